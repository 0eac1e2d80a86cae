/* A row of a list, and what a matter that was read anew makes of it. */
import { api, type Schemas } from '@/api/client';
import { say } from '@/text';

export type Row = Schemas['matter_row'];
export type Matter = Schemas['matter'];

/** The clock that counts, in a list and on the matter's page: the first that has run or will run out. What is late stays late whatever
 *  else runs. The rows of the interface come with it (src/loop/desk.c). */
export function firstClock(clocks: Matter['clocks']): Matter['clocks'][number] | null {
	let best: Matter['clocks'][number] | null = null;
	for (const c of clocks) if (c.due && (!best?.due || Date.parse(c.due) < Date.parse(best.due))) best = c;
	return best;
}

const OPEN_PHASES = ['initial', 'active', 'waiting'];

export function isOpen(row: { phase: string }): boolean {
	return OPEN_PHASES.includes(row.phase);
}

/** The row after the matter has changed; what only lists say is kept. */
export function rowOf(m: Matter, before: Row): Row {
	const open = isOpen({ phase: m.state.category });
	const clock = open ? firstClock(m.clocks) : null;
	return {
		...before,
		title: m.title,
		state: m.state.name,
		state_label: m.state.label,
		phase: m.state.category,
		room: m.state.room,
		level: m.level,
		owner: m.owner,
		answers: m.answers,
		place: m.place,
		category_label: m.category === before.category ? before.category_label : null,
		category: m.category,
		mark: m.mark,
		merged: m.main !== null,
		due: clock?.due ?? null,
		clock: clock?.label ?? null,
		unit: clock?.unit ?? null,
		late: clock?.late ?? false,
		entered: m.entered,
		seq: m.seq,
	};
}

export async function reread(row: Row): Promise<Row> {
	return rowOf(await api.get('/api/v1/matters/{ref}', { path: { ref: row.ref } }), row);
}

/** What stands for the matter in a list, which never holds what people wrote: what it is about and where. */
export function headline(row: Pick<Row, 'category_label' | 'title'>): string {
	return say(row.category_label) || say(row.title);
}
