/* Numbers and the lists behind them: every number of the leader's view opens the queue with the filter that it counts. */
import type { RouteLocationRaw } from 'vue-router';
import type { Schemas } from '@/api/client';
import { t, type MessageKey } from '@/i18n';

export type Flow = Schemas['flow'];
export type Room = Schemas['room_flow'];
export type Days = Schemas['flow_days'];
export type Rising = Schemas['rising'];
export type Cases = Schemas['old_cases'];

export type Filter = Partial<Record<'room' | 'kind' | 'unit' | 'place' | 'category' | 'open' | 'overdue' | 'marked' | 'assigned' | 'level' | 'created_from' | 'created_to' | 'ended_from' | 'ended_to' | 'missed_from' | 'missed_to', string>>;

export function queue(filter: Filter): RouteLocationRaw {
	return { path: '/queue', query: filter };
}

export function roomName(room: string): string {
	return t(`common.room.${room}` as MessageKey);
}

/** Days are texts as the server writes them, 2026-11-22; this counts on from one. */
export function plus(day: string, n: number): string {
	return new Date(Date.parse(`${day}T00:00:00Z`) + n * 86_400_000).toISOString().slice(0, 10);
}

/** The start of a day in the city, whose zone the server's times carry. */
export function start(day: string, zone: string): string {
	return `${day}T00:00:00${zone}`;
}

/** Raised at least `from` and at most `to` days ago; `to` null: or earlier. */
export function aged(flow: Flow, from: number, to: number | null): Filter {
	const today = flow.at.slice(0, 10);
	const zone = flow.at.slice(19);
	const filter: Filter = { open: 'true', created_to: start(plus(today, 1 - from), zone) };
	if (to !== null) filter.created_from = start(plus(today, -to), zone);
	return filter;
}

export interface Bar {
	from: number;
	to: number | null;
	n: number;
}

export function bars(flow: Flow, ages: number[]): Bar[] {
	return ages.map((n, i) => ({ from: i === 0 ? 0 : (flow.age_ends[i - 1] ?? 0) + 1, to: flow.age_ends[i] ?? null, n }));
}

export function barName(bar: Bar): string {
	if (bar.to === null) return t('leader.age.over', { n: bar.from - 1 });
	return bar.from === 0 ? t('leader.age.upto', { n: bar.to }) : t('leader.age.between', { from: bar.from, to: bar.to });
}

/** 7 days against a week of the 28 before, to one decimal, in integers: "2.7", "11". Empty when there was nothing before. */
export function times(recent: number, before: number): string {
	if (before === 0) return '';
	const tenths = Math.floor((recent * 40 + Math.floor(before / 2)) / before);
	return tenths % 10 ? `${Math.floor(tenths / 10)}.${tenths % 10}` : String(tenths / 10);
}
