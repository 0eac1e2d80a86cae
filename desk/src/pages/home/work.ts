/* What waits for a person, found out from what the engine lets them do, not from what their role is called.
 *
 * Of each state that open matters are in, the most urgent ones are looked at: which steps may this person take? Then:
 * - of what their own unit has, every step is work that waits;
 * - while another unit handles a matter (the room `handle`), it waits for that unit and for nobody else;
 * - else a step that belongs to one state waits for whoever may take it, and a step that is open almost everywhere (a leader's
 *   instruction) is a power and not a task. */
import { api, type Schemas } from '@/api/client';
import { definition, type Definition } from '@/city';
import { isOpen, type Row } from '../queue/row';
import { inTurn, needsProof, stepsOf, type Step } from '../queue/steps';

export interface Task {
	row: Row;
	steps: Step[];
	first: Step | null; // what its button does
	seq: number;
}
export interface Pile {
	key: string;
	kind: string;
	state: string;
	kindLabel: Schemas['label'];
	stateLabel: Schemas['label'];
	tasks: Task[];
	mine: boolean; // the list behind it is of the own unit
	matters: number; // in the list behind it
}

const OF_MINE = 30;
const OF_STATE = 2;
const STATES = 40;
const AT_ONCE = 6;
const POWER_IN = 3; // states: a step that is open in so many is no task of one of them

type Counts = readonly Schemas['matter_count'][];

/** Looked-at matters with what may be done, as piles by state; the most urgent first. Pure, for tests.
 *  counts, ours: open matters by state, all in reach and those of the own unit. */
export function piles(looked: readonly Task[], unit: string, counts: Counts, ours: Counts): Pile[] {
	const where = new Map<string, Set<string>>();
	for (const t of looked)
		for (const s of t.steps) {
			const at = where.get(`${t.row.kind}/${s.name}`) ?? new Set();
			where.set(`${t.row.kind}/${s.name}`, at.add(t.row.state));
		}
	const isPower = (row: Row, s: Step): boolean => (where.get(`${row.kind}/${s.name}`)?.size ?? 0) >= POWER_IN;

	const out = new Map<string, Pile>();
	for (const t of looked) {
		const mine = t.row.owner?.code === unit;
		const steps = mine ? t.steps : t.row.room === 'handle' ? [] : t.steps.filter((s) => !isPower(t.row, s));
		if (!steps.length || !isOpen(t.row)) continue;
		const key = `${t.row.kind}/${t.row.state}`;
		const pile = out.get(key) ?? {
			key,
			kind: t.row.kind,
			state: t.row.state,
			kindLabel: t.row.title,
			stateLabel: t.row.state_label,
			tasks: [],
			mine: true,
			matters: 0,
		};
		pile.tasks.push({ ...t, steps, first: t.first && steps.includes(t.first) ? t.first : (steps[0] ?? null) });
		pile.mine &&= mine;
		out.set(key, pile);
	}
	const due = (p: Pile): number => Math.min(...p.tasks.map((t) => (t.row.due ? Date.parse(t.row.due) : Infinity)));
	for (const p of out.values()) p.matters = (p.mine ? ours : counts).find((c) => c.kind === p.kind && c.key === p.state)?.matters ?? 0;
	return [...out.values()].sort((a, b) => due(a) - due(b) || b.matters - a.matters);
}

const ROOMS = ['intake', 'gather', 'handle', 'reply', 'rate', 'apply'];

/* Round the loop: into a later room, or to a good end in the same one. */
function isOnward(def: Definition, row: Row, s: Step): boolean {
	const to = def.states.find((one) => one.name === def.steps.find((d) => d.name === s.name)?.to);
	if (!to || to.category === 'void') return false;
	const by = ROOMS.indexOf(to.room) - ROOMS.indexOf(row.room);
	return by > 0 || (by === 0 && to.category === 'done');
}

/** The step that a button offers: one that leads onward if there is one, of these one that a form alone can carry. */
export function firstStep(def: Definition, row: Row, steps: readonly Step[]): Step | null {
	const onward = steps.filter((s) => isOnward(def, row, s));
	const among = onward.length ? onward : steps;
	return among.find((s) => !needsProof(s)) ?? among[0] ?? null;
}

async function look(rows: readonly Row[]): Promise<Task[]> {
	return inTurn(rows, AT_ONCE, async (row) => {
		try {
			const [got, def] = await Promise.all([stepsOf(row), definition(row.kind)]);
			return { row, ...got, first: firstStep(def, row, got.steps) };
		} catch {
			return { row, steps: [], first: null, seq: row.seq }; // it was closed or handed on in the meantime
		}
	});
}

export interface Work {
	piles: Pile[];
	next: Task[]; // what runs out next, whoever it waits for
}

const NEXT = 5;
const OF_SOON = 12;

export async function findWork(unit: string): Promise<Work> {
	const [mine, soon, states, ours] = await Promise.all([
		api.get('/api/v1/matters', { query: { mine: true, open: true, sort: 'due', limit: OF_MINE } }),
		api.get('/api/v1/matters', { query: { open: true, sort: 'due', limit: OF_SOON } }),
		api.get('/api/v1/matters/tally', { query: { open: true, group: 'state' } }),
		api.get('/api/v1/matters/tally', { query: { mine: true, open: true, group: 'state' } }),
	]);
	const known = new Map([...mine.matters, ...soon.matters].map((r) => [r.ref, r]));
	const heads = await inTurn(states.counts.slice(0, STATES), AT_ONCE, async (c) => {
		const query = { kind: c.kind, state: c.key, open: true, sort: 'due', limit: OF_STATE } as const;
		return (await api.get('/api/v1/matters', { query })).matters;
	});
	for (const r of heads.flat()) known.set(r.ref, r);
	const looked = await look([...known.values()]);
	const found = piles(looked, unit, states.counts, ours.counts);
	const waiting = new Set(found.flatMap((p) => p.tasks.map((t) => t.row.ref)));
	const next = soon.matters.filter((r) => !waiting.has(r.ref)).slice(0, NEXT);
	return { piles: found, next: next.flatMap((r) => looked.find((t) => t.row.ref === r.ref) ?? []) };
}
