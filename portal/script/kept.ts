/* What the worker keeps so that "say it" opens off line. The page helps once: it was loaded before the worker was there. */

export const PAGES = 'minhu-pages-1';
export const ASSETS = 'minhu-assets-1';
export const FORM = /^\/say(\/[A-Za-z0-9_-]{1,64})?$/;

/** This page, its styles, scripts and pictures. */
export async function keepThisPage(): Promise<void> {
	if (!FORM.test(location.pathname)) return;
	await navigator.serviceWorker.ready;
	const loaded = performance.getEntriesByType('resource').map((r) => new URL(r.name));
	const mine = loaded.filter((u) => u.origin === location.origin && u.pathname.startsWith('/assets/'));
	await (await caches.open(ASSETS)).addAll([...new Set(mine.map((u) => u.pathname))]);
	await (await caches.open(PAGES)).add(location.pathname);
}
