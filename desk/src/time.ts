/* Dates and what is left, in words. Reactive to the language and, once a minute, to the time. */
import { ref } from 'vue';
import { left, relative, wall, type Left } from '@/clock';
import { locale, t } from '@/i18n';
import { work } from '@/workdays';

/** Now, once a minute. */
export const now = ref(Date.now());
setInterval(() => (now.value = Date.now()), 60_000);

const formats = new Map<string, Intl.DateTimeFormat>();
function format(how: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
	const key = locale() + JSON.stringify(how);
	let f = formats.get(key);
	if (!f) formats.set(key, (f = new Intl.DateTimeFormat(locale(), { ...how, timeZone: 'UTC' })));
	return f;
}

export function dayText(at: string): string {
	return format({ year: 'numeric', month: 'short', day: 'numeric' }).format(wall(at));
}

/** Without the year, for columns. */
export function shortDay(at: string): string {
	return format({ month: 'short', day: 'numeric' }).format(wall(at));
}

export function longDay(at: string): string {
	return format({ year: 'numeric', month: 'long', day: 'numeric', weekday: 'short' }).format(wall(at));
}

export function clockText(at: string): string {
	return format({ hour: '2-digit', minute: '2-digit', hour12: false }).format(wall(at));
}

export function momentText(at: string): string {
	return format({ year: 'numeric', month: 'short', day: 'numeric', hour: '2-digit', minute: '2-digit', hour12: false }).format(wall(at));
}

export function ago(at: string): string {
	const [n, unit] = relative(at, now.value);
	return new Intl.RelativeTimeFormat(locale(), { numeric: 'auto' }).format(n, unit);
}

/** `unit`: what the clock counts, as the interface names it: wd and wh go by working days. */
export function leftOf(due: string, unit?: string | null): Left {
	return left(due, now.value, unit === 'wd' || unit === 'wh' ? work.value : null);
}

const HOURS = 24;
function lateText(l: Left): string {
	if (l.days > 0) return t(l.work ? 'common.time.late_work_days' : 'common.time.late_days', { n: l.days });
	if (l.minutes) return t('common.time.late_minutes', { n: l.minutes });
	return l.hours < HOURS ? t('common.time.late_hours', { n: l.hours }) : t('common.time.late'); // since then nobody worked
}

/** "逾期 2 天", "今天到期", "还有 3 个工作日". */
export function leftText(due: string, unit?: string | null): string {
	const l = leftOf(due, unit);
	if (l.urgency === 'late') return lateText(l);
	if (l.urgency === 'today' && l.minutes) return t('common.time.left_minutes', { n: l.minutes });
	if (l.urgency === 'today') return l.hours < 12 ? t('common.time.left_hours', { n: l.hours }) : t('common.time.today');
	if (left(due, now.value).days === 1) return t('common.time.tomorrow');
	return t(l.work ? 'common.time.left_work_days' : 'common.time.left_days', { n: l.days });
}
