/* Lists under a name: those that everybody has, by what their role opens, and those that a person has kept. */
import { shallowRef } from 'vue';
import { api, type Schemas } from '@/api/client';
import type { MessageKey } from '@/i18n';
import { dayIn, filterOfText, startOf, textOf, type Filter } from './filter';

export interface View {
	key: string;
	label: MessageKey | null; // null: the person named it
	name: string;
	filter: Filter;
	place: number;
}

type May = (permission: string) => boolean;

const WEEK_DAYS = 7;

/** The city's own views, as filters: what is ours today, what is late, what has come in, and where the role's work waits. */
export function builtIn(may: May, zone: string, now: number): View[] {
	const day = (plus: number): string => startOf(dayIn(zone, now, plus), zone);
	const of = (key: string, label: MessageKey, filter: Filter): View => ({ key: `*${key}`, label, name: '', filter, place: 0 });
	const views = [
		of('mine', 'queue.view.mine', { mine: true, open: true, sort: 'due' }),
		of('today', 'queue.view.today', { mine: true, open: true, due_before: day(1), sort: 'due' }),
	];
	if (may('dispatch'))
		views.push(
			of('intake', 'queue.view.intake', { room: 'intake', open: true, sort: 'due' }),
			of('gather', 'queue.view.gather', { room: 'gather', open: true, sort: 'due' }),
		);
	views.push(
		of('late', 'queue.view.late', { open: true, overdue: true, sort: 'due' }),
		of('marked', 'queue.view.marked', { open: true, marked: true, sort: 'due' }),
		of('week', 'queue.view.week', { created_from: day(1 - WEEK_DAYS) }),
		of('open', 'queue.view.open', { open: true, sort: 'due' }),
		of('all', 'queue.view.all', { sort: 'newest' }), // without any filter the page chooses for itself
	);
	return views;
}

export function same(a: Filter, b: Filter): boolean {
	return textOf(a) === textOf(b);
}

/* --- kept ones --- */

export const kept = shallowRef<View[]>([]);

function viewOf(v: Schemas['view']): View {
	return { key: `=${v.name}`, label: null, name: v.name, filter: filterOfText(v.query), place: v.place };
}

export async function readKept(): Promise<void> {
	const got = await api.get('/api/v1/views');
	kept.value = got.views.map(viewOf).sort((a, b) => a.place - b.place || a.name.localeCompare(b.name));
}

export async function keepView(name: string, filter: Filter, place = kept.value.length): Promise<void> {
	await api.put('/api/v1/views/{name}', { path: { name }, body: { query: textOf(filter), place } });
	await readKept();
}

export async function dropView(view: View): Promise<void> {
	await api.delete('/api/v1/views/{name}', { path: { name: view.name } });
	await readKept();
}

/** The new name first, so that a lost connection leaves two and never none. */
export async function renameView(view: View, name: string): Promise<void> {
	if (name === view.name) return;
	await api.put('/api/v1/views/{name}', { path: { name }, body: { query: textOf(view.filter), place: view.place } });
	await dropView(view);
}

/** One place earlier or later; every view gets its number, since old ones may share one. */
export async function moveView(view: View, by: -1 | 1): Promise<void> {
	const order = [...kept.value];
	const i = order.indexOf(view);
	const k = i + by;
	if (i < 0 || k < 0 || k >= order.length) return;
	[order[i], order[k]] = [order[k] as View, view];
	kept.value = order;
	for (const [place, v] of order.entries())
		if (v.place !== place) await api.put('/api/v1/views/{name}', { path: { name: v.name }, body: { query: textOf(v.filter), place } });
	await readKept();
}
