/* What was typed and is not registered yet. It is kept on this machine only, so that a lost connection, a closed tab or a second
 * call loses nothing. Machines are shared: it belongs to one login, is gone after logging out, and after a day in any case.
 * It carries the key of the deed, so that sending it again after a lost answer registers nothing twice. */
import { shallowRef, watch } from 'vue';
import { deedKey, type Schemas } from '@/api/client';
import { me, onLogout } from '@/session';
import type { Drafts } from '@/forms';

export interface Draft {
	key: string;
	kind: string;
	title: Schemas['label'];
	values: Drafts;
	at: number; // last typed
	join: { ref: string; number: string } | null; // the matter that it seems to be the same as
}

interface Kept {
	login: string;
	drafts: Draft[];
}

const PLACE = 'minhu-drafts';
const DAY_MS = 86_400_000;

export const drafts = shallowRef<Draft[]>([]);

/** What of it may still be shown to this person. */
export function usable(text: string | null, login: string, now: number): Draft[] {
	try {
		const kept = JSON.parse(text ?? 'null') as Kept | null;
		return kept?.login === login ? kept.drafts.filter((d) => now - d.at < DAY_MS) : [];
	} catch {
		return []; // cut off by a crash: there is nothing to show
	}
}

function write(): void {
	const login = me.value?.login;
	try {
		if (!login || !drafts.value.length) localStorage.removeItem(PLACE);
		else localStorage.setItem(PLACE, JSON.stringify({ login, drafts: drafts.value } satisfies Kept));
	} catch {
		// No room, or the browser keeps nothing: the page itself still has it.
	}
}

export function begin(form: Schemas['intake_form'], values: Drafts): Draft {
	return { key: deedKey(), kind: form.kind, title: form.title, values, at: Date.now(), join: null };
}

export function keep(draft: Draft): void {
	drafts.value = [{ ...draft, values: { ...draft.values }, at: Date.now() }, ...drafts.value.filter((d) => d.key !== draft.key)];
	write();
}

export function drop(key: string): void {
	drafts.value = drafts.value.filter((d) => d.key !== key);
	write();
}

export function forget(): void {
	drafts.value = [];
	try {
		localStorage.removeItem(PLACE);
	} catch {
		// It was not kept.
	}
}

watch(
	() => me.value?.login,
	(login) => {
		if (!login) return; // the session ran out: whoever logs in again goes on, and somebody else does not get it
		drafts.value = usable(localStorage.getItem(PLACE), login, Date.now());
		write();
	},
	{ immediate: true },
);
onLogout(forget);

/* --- what stays the same from call to call --- */

const PINS = 'minhu-intake-pins';
type Pins = Record<string, Record<string, string>>; // by kind, by field

/** Choices that a person has pinned for a kind: no texts, nothing personal. */
export function pins(kind: string): Record<string, string> {
	try {
		return (JSON.parse(localStorage.getItem(PINS) ?? '{}') as Pins)[kind] ?? {};
	} catch {
		return {};
	}
}

export function pin(kind: string, field: string, value: string | null): Record<string, string> {
	const of = { ...pins(kind) };
	if (value) of[field] = value;
	else delete of[field];
	try {
		const all = JSON.parse(localStorage.getItem(PINS) ?? '{}') as Pins;
		localStorage.setItem(PINS, JSON.stringify({ ...all, [kind]: of }));
	} catch {
		// Not kept: it holds for this page.
	}
	return of;
}

/* --- which kinds come up --- */

const USED = 'minhu-intake-used';

export function used(): string[] {
	try {
		return JSON.parse(localStorage.getItem(USED) ?? '[]') as string[];
	} catch {
		return [];
	}
}

export function use(kind: string): void {
	try {
		localStorage.setItem(USED, JSON.stringify([kind, ...used().filter((k) => k !== kind)].slice(0, 10)));
	} catch {
		// The kinds stand in the order of the interface then.
	}
}
