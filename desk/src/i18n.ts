/* Texts of our own pages, from locale/*.yaml. A language is loaded when it is chosen. Texts that come from the city's
 * pack are another thing: text.ts. */
import { createI18n } from 'vue-i18n';
import type { MessageKey } from '@gen/messages';

export type { MessageKey };
export const LANGS = ['zh-Hans', 'zh-Hant', 'en'] as const;
export type Lang = (typeof LANGS)[number];

const COOKIE = 'minhu_lang'; // the portal's too

const i18n = createI18n({ legacy: false, locale: 'zh-Hans' as string, fallbackLocale: [], missingWarn: false, messages: {} });

const catalogs: Record<Lang, () => Promise<{ default: object }>> = {
	'zh-Hans': () => import('@gen/zh-Hans.json'),
	'zh-Hant': () => import('@gen/zh-Hant.json'),
	en: () => import('@gen/en.json'),
};

export function lang(): Lang {
	return i18n.global.locale.value as Lang;
}

/** What a browser calls the language: for Intl and Accept-Language. */
export function locale(): string {
	return { 'zh-Hans': 'zh-Hans-CN', 'zh-Hant': 'zh-Hant-HK', en: 'en-GB' }[lang()];
}

/** A text by its key. `n` among the parameters chooses the English plural. Reactive. */
export function t(key: MessageKey, params: Record<string, string | number> = {}): string {
	return typeof params.n === 'number' ? i18n.global.t(key, params, params.n) : i18n.global.t(key, params);
}

function preferred(): Lang {
	const cookie = document.cookie.match(/(?:^|; )minhu_lang=([^;]+)/)?.[1];
	const known = LANGS.find((l) => l === cookie);
	if (known) return known;
	for (const want of navigator.languages) {
		if (/^zh\b.*-(Hant|TW|HK|MO)\b/i.test(want)) return 'zh-Hant';
		if (/^zh\b/i.test(want)) return 'zh-Hans';
		if (/^en\b/i.test(want)) return 'en';
	}
	return 'zh-Hans';
}

export async function useLang(want: Lang = preferred(), keep = false): Promise<void> {
	i18n.global.setLocaleMessage(want, (await catalogs[want]()).default);
	i18n.global.locale.value = want;
	document.documentElement.lang = want;
	if (keep) document.cookie = `${COOKIE}=${want}; Path=/; Max-Age=31536000; SameSite=Lax`;
}

export default i18n;
