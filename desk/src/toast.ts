/* Short messages at the edge of the page; with `undo` the deed can be taken back as long as it is shown. */
import { shallowReactive } from 'vue';
import { problemOf } from '@/api/problem';

export interface Toast {
	id: number;
	kind: 'done' | 'problem';
	text: string;
	hint: string;
	undo?: () => Promise<void> | void;
}

const SHOWN_MS = 6000;
const UNDO_MS = 10_000;
export const toasts = shallowReactive<Toast[]>([]);
let last = 0;

function show(toast: Omit<Toast, 'id'>, ms: number): void {
	const id = ++last;
	toasts.push({ id, ...toast });
	if (ms) setTimeout(() => drop(id), ms);
}

export function drop(id: number): void {
	const i = toasts.findIndex((one) => one.id === id);
	if (i >= 0) toasts.splice(i, 1);
}

export function done(text: string, undo?: () => Promise<void> | void): void {
	show(undo ? { kind: 'done', text, hint: '', undo } : { kind: 'done', text, hint: '' }, undo ? UNDO_MS : SHOWN_MS);
}

/** Stays until it is closed: what went wrong must not vanish unread. */
export function failed(e: unknown): void {
	const p = problemOf(e);
	show({ kind: 'problem', text: [p.title, p.detail].filter(Boolean).join(' · '), hint: p.hint }, 0);
}
