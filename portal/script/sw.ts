/* The worker: opens "say it" off line with the last form that was seen, and sends what waits when the line is back.
 * It keeps forms, styles, scripts and pictures, all of them public. No page about a matter passes through it. */
import { ASSETS, FORM, PAGES } from './kept.ts';
import { sendAll } from './outbox.ts';

const worker = self as unknown as ServiceWorkerGlobalScope;
const ASSETS_MAX = 60; // several releases' worth
const SLOW_MS = 6000;

async function keepIn(name: string, address: string, res: Response): Promise<void> {
	const cache = await caches.open(name);
	await cache.put(address, res);
	const old = await cache.keys();
	for (const request of old.slice(0, Math.max(0, old.length - ASSETS_MAX))) await cache.delete(request);
}

const mayKeep = (res: Response): boolean =>
	res.ok && !res.redirected && !/no-store/.test(res.headers.get('Cache-Control') ?? '');

/** The city's own form while it can be had; the last one otherwise. */
async function formPage(request: Request, address: string): Promise<Response> {
	try {
		const res = await fetch(request, { signal: AbortSignal.timeout(SLOW_MS) });
		if (mayKeep(res)) await keepIn(PAGES, address, res.clone());
		return res;
	} catch (e) {
		const last = await (await caches.open(PAGES)).match(address);
		if (last) return last;
		throw e;
	}
}

/** Names carry a hash of what is in them: what is kept is right for ever. */
async function asset(request: Request): Promise<Response> {
	const kept = await (await caches.open(ASSETS)).match(request);
	if (kept) return kept;
	const res = await fetch(request);
	if (mayKeep(res)) await keepIn(ASSETS, request.url, res.clone());
	return res;
}

worker.addEventListener('install', () => void worker.skipWaiting());
worker.addEventListener('activate', (event) => event.waitUntil(worker.clients.claim()));
worker.addEventListener('fetch', (event) => {
	const { pathname, origin } = new URL(event.request.url);
	if (event.request.method !== 'GET' || origin !== worker.location.origin) return;
	if (pathname.startsWith('/assets/')) event.respondWith(asset(event.request));
	else if (event.request.mode === 'navigate' && FORM.test(pathname))
		event.respondWith(formPage(event.request, pathname));
});

async function sendWaiting(): Promise<void> {
	const sent = await sendAll();
	for (const page of await worker.clients.matchAll()) page.postMessage('sent');
	if (!sent) throw new Error(); // asks the browser to try again later
}

worker.addEventListener('sync', (event) => (event as ExtendableEvent).waitUntil(sendWaiting()));
