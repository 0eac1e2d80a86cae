/* Moments as the city's wall clock shows them, and what is left until one. Pure: what is said about it is time.ts. */

const DAY = 86_400_000;
const HOUR = 3_600_000;

export type Urgency = 'late' | 'today' | 'soon' | 'fine';
export interface Left {
	urgency: Urgency;
	days: number; // whole calendar days of the city, between today and then; late: at least 1, or 0 within the day
	hours: number; // whole hours, at least 1
}

/** "2026-11-21T09:30:00+08:00" → minutes east of Greenwich. */
export function offsetOf(text: string): number {
	const m = /([+-])(\d\d):(\d\d)$/.exec(text);
	return m ? (m[1] === '-' ? -1 : 1) * (Number(m[2]) * 60 + Number(m[3])) : 0;
}

/** The wall clock of the city as a date whose UTC parts are the ones to show. */
export function wall(text: string): Date {
	return new Date(Date.parse(text) + offsetOf(text) * 60_000);
}

function dayNumber(ms: number, offset: number): number {
	return Math.floor((ms + offset * 60_000) / DAY);
}

export function left(due: string, now: number): Left {
	const at = Date.parse(due);
	const offset = offsetOf(due);
	const days = dayNumber(at, offset) - dayNumber(now, offset);
	const hours = Math.max(1, Math.floor(Math.abs(at - now) / HOUR));
	if (at < now) return { urgency: 'late', days: Math.floor((now - at) / DAY), hours };
	return { urgency: days === 0 ? 'today' : days === 1 ? 'soon' : 'fine', days, hours };
}

/** The largest unit that fits, for Intl.RelativeTimeFormat. */
export function relative(at: string, now: number): [number, Intl.RelativeTimeFormatUnit] {
	const s = (Date.parse(at) - now) / 1000;
	const units: [Intl.RelativeTimeFormatUnit, number][] = [['year', 31_536_000], ['month', 2_592_000], ['day', 86_400], ['hour', 3600], ['minute', 60]];
	for (const [unit, seconds] of units) if (Math.abs(s) >= seconds) return [Math.trunc(s / seconds), unit];
	return [Math.trunc(s), 'second'];
}
