/* Texts of the city's pack come in two languages with the data. Traditional characters are the server's business: it answers
 * `Accept-Language: zh-Hant` with converted texts where it can, so that the desk carries no dictionary. */
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
