/* What a list asks for. The page's address holds it exactly as the interface names it, so that a number on another page, a
 * saved view and a link in a message open the same list. A filter that the interface gains does not compile until it has a
 * place here. */
import type { paths } from '@gen/openapi';

export type ListQuery = NonNullable<paths['/api/v1/matters']['get']['parameters']['query']>;
export type Filter = Omit<ListQuery, 'cursor' | 'limit'>;
export type FilterName = keyof Filter;

type Shape = 'text' | 'flag' | 'number' | 'time';
const SHAPES: Record<FilterName, Shape> = {
	mine: 'flag',
	unit: 'text',
	open: 'flag',
	overdue: 'flag',
	kind: 'text',
	state: 'text',
	phase: 'text',
	room: 'text',
	level: 'number',
	place: 'text',
	category: 'text',
	due_after: 'time',
	due_before: 'time',
	created_from: 'time',
	created_to: 'time',
	ended_from: 'time',
	ended_to: 'time',
	missed_from: 'time',
	missed_to: 'time',
	merged: 'flag',
	marked: 'flag',
	assigned: 'flag',
	parent: 'text',
	sort: 'text',
};
export const NAMES = Object.keys(SHAPES) as FilterName[];

type Raw = Record<string, unknown>;

function first(v: unknown): string {
	return String((Array.isArray(v) ? v[0] : v) ?? '');
}

/** From an address. What is not a filter is left out, and so is what cannot be one. */
export function filterOf(raw: Raw): Filter {
	const out: Raw = {};
	for (const name of NAMES) {
		const text = first(raw[name]);
		if (!text) continue;
		if (SHAPES[name] === 'flag') {
			if (text === 'true' || text === 'false') out[name] = text === 'true';
		} else if (SHAPES[name] === 'number') {
			if (/^\d+$/.test(text)) out[name] = Number(text);
		} else out[name] = text;
	}
	return out as Filter;
}

/** For an address: texts, in one order, so that equal filters have equal addresses. */
export function queryOf(filter: Filter): Record<string, string> {
	const out: Record<string, string> = {};
	for (const name of NAMES) {
		const v = filter[name];
		if (v !== undefined && v !== '') out[name] = String(v);
	}
	return out;
}

export function textOf(filter: Filter): string {
	return new URLSearchParams(queryOf(filter)).toString();
}

export function filterOfText(text: string): Filter {
	return filterOf(Object.fromEntries(new URLSearchParams(text)));
}

/** Without `sort`: what is counted. */
export function counted(filter: Filter): Omit<Filter, 'sort'> {
	const { sort: _, ...rest } = filter;
	return rest;
}

/** With some changed; undefined takes one away. */
export function changed(filter: Filter, change: { [K in FilterName]?: Filter[K] | undefined }): Filter {
	return filterOf(queryOf({ ...filter, ...change } as Filter));
}

/** Only open matters can be ordered by what is due. */
export function sound(filter: Filter): Filter {
	if (filter.sort === 'due' && (filter.open === false || filter.ended_from || filter.ended_to || filter.parent)) return changed(filter, { sort: undefined });
	return filter;
}

/* --- days, as the city counts them --- */

/** "+08:00" of a time that the server gave. */
export function zoneOf(time: string | undefined): string {
	return /([+-]\d\d:\d\d)$/.exec(time ?? '')?.[1] ?? 'Z';
}

function minutes(zone: string): number {
	const m = /([+-])(\d\d):(\d\d)/.exec(zone);
	return m ? (m[1] === '-' ? -1 : 1) * (Number(m[2]) * 60 + Number(m[3])) : 0;
}

/** The day in the city, `plus` days on: "2026-11-22". */
export function dayIn(zone: string, now: number, plus = 0): string {
	return new Date(now + minutes(zone) * 60_000 + plus * 86_400_000).toISOString().slice(0, 10);
}

export function startOf(day: string, zone: string): string {
	return `${day}T00:00:00${zone}`;
}

/** Days until next Monday, as the tally of the interface ends a week. */
export function toMonday(zone: string, now: number): number {
	const weekday = new Date(`${dayIn(zone, now)}T00:00:00Z`).getUTCDay(); // 0: Sunday
	return ((8 - weekday) % 7) || 7;
}

/** What the groups of the tally by `due` mean as filters. */
export function dueFilter(key: string, zone: string, now: number): Partial<Filter> | null {
	const at = (plus: number): string => startOf(dayIn(zone, now, plus), zone);
	switch (key) {
		case 'late': return { overdue: true };
		case 'today': return { overdue: false, due_before: at(1) };
		case 'this_week': return { due_after: at(1), due_before: at(toMonday(zone, now)) };
		case 'later': return { due_after: at(toMonday(zone, now)) };
		default: return null; // without a deadline: no filter asks for that
	}
}

/** What a change of the group takes away first. */
export const NO_DUE = { overdue: undefined, due_after: undefined, due_before: undefined } as const;
