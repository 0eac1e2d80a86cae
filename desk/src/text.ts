/* Texts of the city's pack come in two languages with the data. Who reads traditional characters gets them as the server sends them:
 * the desk carries no dictionary, which would be larger than the desk. */
import { lang } from '@/i18n';

export interface Both {
	zh: string;
	en: string;
}

/** The text in the reader's language. Reactive. Empty when there is none. */
export function say(text: Both | null | undefined): string {
	if (!text) return '';
	return lang() === 'en' ? text.en || text.zh : text.zh || text.en;
}
