/* Several names in one sentence, as the language joins them: "a, b and c", “甲、乙和丙”. */
import { locale } from '@/i18n';

export function joined(names: string[]): string {
	return new Intl.ListFormat(locale(), { type: 'conjunction' }).format(names);
}
