/* Deeds that wait a moment before they are sent, and how they went.
 *
 * What is entered into the ledger is never taken back: it can only be followed by another entry that everybody sees. An
 * "undo" that sent a second, contrary deed would put both into the record, would have told the unit and the person already,
 * and most steps have no contrary. So the undo that we can promise is not to have sent it yet (docs/decisions). */
import { computed, reactive, shallowReactive } from 'vue';
import { api, deedKey, type Schemas } from '@/api/client';
import { problemOf, type Problem } from '@/api/problem';

export const WAIT_MS = 6000;

export interface Deed {
	ref: string;
	number: string;
	step: string;
	fields: Record<string, unknown>;
	evidence?: Record<string, string[]>;
	seq: number;
	key: string; // sent again, it is the same deed
}
export type Outcome = { how: 'waiting' | 'sending' | 'done' | 'left' } | { how: 'failed'; problem: Problem };
export interface Batch {
	id: number;
	label: Schemas['label']; // of the step
	deeds: Deed[];
	outcomes: Outcome[];
	phase: 'waiting' | 'sending' | 'over' | 'undone';
	until: number; // when it is sent
}

export const batches = shallowReactive<Batch[]>([]);
export const unsent = computed(() => batches.filter((b) => b.phase === 'waiting' || b.phase === 'sending'));

const timers = new Map<number, ReturnType<typeof setTimeout>>();
let last = 0;

type Listener = (batch: Batch) => void;
const listeners = new Set<Listener>();

/** Is told of each batch when all its deeds have been tried. */
export function onBatch(one: Listener): () => void {
	listeners.add(one);
	return () => listeners.delete(one);
}

/** A place for what the person has confirmed; it is sent when WAIT_MS are over. */
export function post(label: Schemas['label'], deeds: Omit<Deed, 'key'>[]): Batch {
	const batch = reactive<Batch>({
		id: ++last,
		label,
		deeds: deeds.map((d) => ({ ...d, key: deedKey() })),
		outcomes: deeds.map(() => ({ how: 'waiting' })),
		phase: 'waiting',
		until: Date.now() + WAIT_MS,
	}) as Batch;
	batches.push(batch);
	timers.set(batch.id, setTimeout(() => void send(batch), WAIT_MS));
	return batch;
}

/** Nothing has been sent, nothing was entered. False when it was too late. */
export function undo(batch: Batch): boolean {
	if (batch.phase !== 'waiting') return false;
	clearTimeout(timers.get(batch.id));
	batch.phase = 'undone';
	batch.outcomes = batch.deeds.map(() => ({ how: 'left' }));
	return true;
}

/** Now, without waiting any longer. */
export async function send(batch: Batch): Promise<void> {
	if (batch.phase !== 'waiting') return;
	clearTimeout(timers.get(batch.id));
	await carryOut(batch, () => true);
}

/** What the network or a busy server lost; a refusal stays one. */
export function canRetry(o: Outcome): boolean {
	return o.how === 'failed' && (o.problem.status <= 0 || o.problem.status === 429 || o.problem.status >= 500);
}

/** Once more what was lost; the keys are the old ones, so what did arrive is not done twice. */
export async function again(batch: Batch): Promise<void> {
	if (batch.phase === 'over') await carryOut(batch, canRetry);
}

async function carryOut(batch: Batch, which: (o: Outcome) => boolean): Promise<void> {
	batch.phase = 'sending';
	for (const [i, deed] of batch.deeds.entries()) {
		if (!which(batch.outcomes[i] as Outcome)) continue;
		batch.outcomes[i] = { how: 'sending' };
		batch.outcomes[i] = await one(deed);
	}
	batch.phase = 'over';
	for (const l of listeners) l(batch);
}

async function one(deed: Deed): Promise<Outcome> {
	const body = { fields: deed.fields, seq: deed.seq, ...(deed.evidence ? { evidence: deed.evidence } : {}) };
	try {
		await api.post('/api/v1/matters/{ref}/actions/{step}', { path: { ref: deed.ref, step: deed.step }, body, key: deed.key });
		return { how: 'done' };
	} catch (e) {
		return { how: 'failed', problem: problemOf(e) };
	}
}

export function count(batch: Batch, how: Outcome['how']): number {
	return batch.outcomes.filter((o) => o.how === how).length;
}

export function close(batch: Batch): void {
	const i = batches.findIndex((b) => b.id === batch.id);
	if (i >= 0 && (batch.phase === 'over' || batch.phase === 'undone')) batches.splice(i, 1);
}

// Who leaves the desk has confirmed what waits: it is sent at once, and the browser asks before it drops what is on its way.
if (typeof addEventListener === 'function')
	addEventListener('beforeunload', (e) => {
		if (!unsent.value.length) return;
		for (const b of batches) void send(b);
		e.preventDefault();
	});
