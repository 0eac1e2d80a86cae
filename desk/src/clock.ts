/* Moments as the city's wall clock shows them, and what is left until one. Pure: what is said about it is time.ts. */

const DAY = 86_400_000;
const HOUR = 3_600_000;
const MINUTE = 60_000;
const MONDAY = 4; // 5 January 1970

export type Urgency = 'late' | 'today' | 'soon' | 'fine';
export interface Left {
	urgency: Urgency;
	days: number; // whole calendar days of the city, between today and then; late: at least 1, or 0 within the day
	hours: number; // whole hours, at least 1
	minutes: number; // whole minutes; 0 from an hour on
	work: boolean; // `days` are working days: those after today up to that day; late: those after that day up to today
}

/** Working days after a day up to another, of days since 1970; negative backwards. */
export type Work = (from: number, to: number) => number;

/** Out of the interface's workdays: `week`, 1 is Monday, and the days that are not as the week has them. */
export function workOf(days: { week: number[]; worked: string[]; off: string[] }): Work {
	const week = new Set(days.week);
	const numbers = (list: string[]): number[] => list.map((d) => Date.parse(`${d}T00:00:00Z`) / DAY);
	const worked = numbers(days.worked);
	const off = numbers(days.off);
	const until = (day: number): number => {
		const weeks = Math.floor((day - MONDAY) / 7);
		let n = weeks * week.size;
		for (let i = weeks * 7 + MONDAY; i <= day; i++) if (week.has(i - weeks * 7 - MONDAY + 1)) n++;
		return n + worked.filter((d) => d <= day).length - off.filter((d) => d <= day).length;
	};
	return (from, to) => until(to) - until(from);
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

/** `work`: for what counts working days. A day that ends in a holiday has none left: then calendar days are told. */
export function left(due: string, now: number, work?: Work | null): Left {
	const at = Date.parse(due);
	const offset = offsetOf(due);
	const [today, then] = [dayNumber(now, offset), dayNumber(at, offset)];
	const days = then - today;
	const away = Math.abs(at - now);
	const hours = Math.max(1, Math.floor(away / HOUR));
	const minutes = away < HOUR ? Math.max(1, Math.ceil(away / MINUTE)) : 0;
	const worked = work ? Math.abs(work(today, then)) : 0;
	if (at < now) return { urgency: 'late', days: work ? worked : Math.floor((now - at) / DAY), hours, minutes, work: !!work };
	const soon = days === 1 || worked === 1;
	return { urgency: days === 0 ? 'today' : soon ? 'soon' : 'fine', days: worked || days, hours, minutes, work: worked > 0 };
}

/** The largest unit that fits, for Intl.RelativeTimeFormat. */
export function relative(at: string, now: number): [number, Intl.RelativeTimeFormatUnit] {
	const s = (Date.parse(at) - now) / 1000;
	const units: [Intl.RelativeTimeFormatUnit, number][] = [['year', 31_536_000], ['month', 2_592_000], ['day', 86_400], ['hour', 3600], ['minute', 60]];
	for (const [unit, seconds] of units) if (Math.abs(s) >= seconds) return [Math.trunc(s / seconds), unit];
	return [Math.trunc(s), 'second'];
}
