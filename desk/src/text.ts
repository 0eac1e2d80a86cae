/* Texts of the city's pack come in two languages with the data. Who reads traditional characters gets them as the server sends them:
 * the desk carries no dictionary, which would be larger than the desk. */
import { watch } from 'vue';
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

/** In which characters the server sends the pack's texts just now. English comes along with either. Reactive. */
export function script(): 'Hans' | 'Hant' {
	return lang() === 'zh-Hant' ? 'Hant' : 'Hans';
}

/** What was read in other characters is to be forgotten: at once, before anything is shown again. For as long as the page is open. */
export function onScript(forget: () => void): void {
	watch(script, forget, { flush: 'sync' });
}
