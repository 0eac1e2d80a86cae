/* Dates and what is left, in words. Reactive to the language and, once a minute, to the time. */
import { ref } from 'vue';
import { left, relative, wall, type Left } from '@/clock';
import { locale, t } from '@/i18n';

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

export function leftOf(due: string): Left {
	return left(due, now.value);
}

/** "逾期 2 天", "今天到期", "还有 3 天". */
export function leftText(due: string): string {
	const l = leftOf(due);
	if (l.urgency === 'late') return l.days > 0 ? t('common.time.late_days', { n: l.days }) : t('common.time.late_hours', { n: l.hours });
	if (l.urgency === 'today') return l.hours < 12 ? t('common.time.left_hours', { n: l.hours }) : t('common.time.today');
	if (l.urgency === 'soon') return t('common.time.tomorrow');
	return t('common.time.left_days', { n: l.days });
}
