/* Changes as they happen: one stream of /api/v1/changes for all of the page. After a gap it goes on where it was; when it
 * cannot, whoever listens is told to read anew. A fetch, not an EventSource, which could not send the role. */
import { onScopeDispose, readonly, ref } from 'vue';
import { headers } from '@/api/client';
import type { Schemas } from '@/api/client';

export type Change = Schemas['event'];
type Listener = (change: Change | null) => void; // null: something may have been missed

const listeners = new Set<Listener>();
const state = ref<'off' | 'on' | 'waiting'>('off');
export const live = readonly(state);

const WAITS_MS = [1000, 2000, 5000, 10_000, 30_000];
let stop: AbortController | null = null;
let last = '';

function tell(change: Change | null): void {
	for (const one of listeners) one(change);
}

function take(block: string): void {
	let data = '';
	for (const line of block.split('\n')) {
		if (line.startsWith('id:')) last = line.slice(3).trim();
		if (line.startsWith('data:')) data += line.slice(5).trim();
	}
	if (data) tell(JSON.parse(data) as Change);
}

async function listen(signal: AbortSignal): Promise<void> {
	const res = await fetch('/api/v1/changes', {
		headers: headers({ Accept: 'text/event-stream', ...(last ? { 'Last-Event-ID': last } : {}) }),
		credentials: 'same-origin',
		signal,
	});
	if (!res.ok || !res.body) throw new Error(String(res.status));
	state.value = 'on';
	const reader = res.body.pipeThrough(new TextDecoderStream()).getReader();
	let rest = '';
	for (;;) {
		const { value, done } = await reader.read();
		if (done) return;
		const blocks = (rest + value).replace(/\r\n/g, '\n').split('\n\n');
		rest = blocks.pop() ?? '';
		blocks.forEach(take);
	}
}

async function run(signal: AbortSignal): Promise<void> {
	for (let tries = 0; !signal.aborted; ) {
		const began = Date.now();
		const gap = state.value === 'waiting';
		try {
			if (gap && !last) tell(null);
			await listen(signal);
		} catch {
			if (signal.aborted) break;
		}
		state.value = 'waiting';
		tries = Date.now() - began > 60_000 ? 0 : tries + 1;
		await new Promise((done) => setTimeout(done, WAITS_MS[Math.min(tries, WAITS_MS.length - 1)]));
	}
}

/** Begins the stream anew, as who one is now. */
export function restartChanges(): void {
	stop?.abort();
	stop = null;
	last = '';
	state.value = 'off';
	if (!listeners.size) return;
	stop = new AbortController();
	void run(stop.signal);
}

/** Calls back for each change as long as the component lives. */
export function useChanges(listener: Listener): void {
	listeners.add(listener);
	if (!stop) restartChanges();
	onScopeDispose(() => {
		listeners.delete(listener);
		if (!listeners.size) restartChanges();
	});
}
