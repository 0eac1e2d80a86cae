/* The steps that a person may take now, as the interface says; for one matter and for several at once. */
import { api, type Schemas } from '@/api/client';
import { acting, roleName } from '@/session';
import { script } from '@/text';

export type Step = Schemas['form'];
export interface Steps {
	steps: Step[];
	seq: number; // the matter's newest entry when they were asked for
}

const KEPT = 400;
const known = new Map<string, Steps>();

/** What is known stays good as long as nothing was entered for the matter. */
export async function stepsOf(row: { ref: string; seq: number }, signal?: AbortSignal): Promise<Steps> {
	const who = `${acting.value ? roleName(acting.value) : ''} ${script()}`;
	const key = `${who} ${row.ref} ${row.seq}`;
	const there = known.get(key);
	if (there) return there;
	const got = await api.get('/api/v1/matters/{ref}/actions', { path: { ref: row.ref }, ...(signal ? { signal } : {}) });
	const steps = { steps: got.actions, seq: got.seq };
	if (known.size >= KEPT) known.clear();
	known.set(`${who} ${row.ref} ${got.seq}`, steps);
	return steps;
}

/** Does every item in turn, a few at a time, in their order. */
export async function inTurn<T, R>(items: readonly T[], atOnce: number, one: (item: T, i: number) => Promise<R>): Promise<R[]> {
	const out = new Array<R>(items.length);
	let next = 0;
	const worker = async (): Promise<void> => {
		while (next < items.length) {
			const i = next++;
			out[i] = await one(items[i] as T, i);
		}
	};
	await Promise.all(Array.from({ length: Math.min(atOnce, items.length) }, worker));
	return out;
}

/** Files prove the handling of one matter, so a step that asks for them is taken singly. */
export function needsProof(step: Step): boolean {
	return step.evidence.some((e) => e.min > 0);
}

/** The same step with the same form; forms of two definitions may differ under one name. */
function signature(step: Step): string {
	return JSON.stringify([step.name, step.label, step.fields]);
}

/** The steps that all of them allow, in the order of the first. */
export function common(lists: readonly (readonly Step[])[]): Step[] {
	const [head, ...rest] = lists;
	if (!head) return [];
	const sets = rest.map((list) => new Set(list.filter((s) => !needsProof(s)).map(signature)));
	return head.filter((s) => !needsProof(s) && sets.every((set) => set.has(signature(s))));
}
