/* What was pressed "send" on and is not answered yet. An item is the form's own POST, frozen, with the idempotency key that
 * its draft had from the beginning; so it may be sent any number of times, by the page and by the worker at once, and is
 * registered once (docs/decisions/ on sending off line). */
import { all, drop, put, take } from './store.ts';

export interface Item {
	key: string;
	action: string; // where the form goes, a path of this host
	form: string; // the page that it was written on
	fields: [string, string | File][];
	since: number; // ms
	done?: string; // sent: where its receipt is, or its matter
	at?: number; // when it was sent, ms
	locked?: boolean; // a step of a matter whose code this device has forgotten
	refused?: boolean; // the city answered, and wants something changed
}

/** What became of it: kept for later, or answered. `page` is the answer to show when it leads nowhere else. */
export type Outcome = { state: 'waiting' } | { state: 'locked' } | { state: 'sent'; url: string } | { state: 'refused'; page: string };

const ASKS_CODE = '/follow'; // where a step leads when the code in the cookie is not its matter's
const LATER = [408, 425, 429, 500, 502, 503, 504];
const WAIT_MS = 120_000; // photographs over a bad line

export const keep = (item: Item): Promise<void> => put('outbox', item);
export const waiting = (): Promise<Item[]> => all<Item>('outbox');
export const forget = (key: string): Promise<void> => drop('outbox', key);

function body(item: Item): FormData {
	const data = new FormData();
	for (const [name, value] of item.fields) data.append(name, value);
	return data;
}

interface Answer {
	status: number;
	redirected: boolean;
	url: string;
	page: string;
}

/** How much has left the phone only XMLHttpRequest says, and workers have none: `far` hears of it on pages. */
function upload(item: Item, far: (share: number) => void): Promise<Answer> {
	return new Promise((done, failed) => {
		const line = new XMLHttpRequest();
		line.open('POST', item.action);
		line.timeout = WAIT_MS;
		line.upload.onprogress = (e) => e.lengthComputable && far(e.loaded / e.total);
		line.onerror = line.ontimeout = line.onabort = failed;
		line.onload = () => {
			const redirected = new URL(line.responseURL).pathname !== item.action;
			done({ status: line.status, redirected, url: line.responseURL, page: line.responseText });
		};
		line.send(body(item));
	});
}

async function submit(item: Item): Promise<Answer> {
	const res = await fetch(item.action, { method: 'POST', body: body(item), signal: AbortSignal.timeout(WAIT_MS) });
	return { status: res.status, redirected: res.redirected, url: res.url, page: await res.text() };
}

async function post(item: Item, far?: (share: number) => void): Promise<Outcome> {
	const { status, redirected, url, page } = await (far ? upload(item, far) : submit(item));
	if (LATER.includes(status)) return { state: 'waiting' };
	if (redirected && new URL(url).pathname === ASKS_CODE) return { state: 'locked' };
	if (status < 300 && redirected) return { state: 'sent', url };
	return { state: 'refused', page };
}

/** The bytes of the files in it. */
export const weight = (item: Item): number =>
	item.fields.reduce((n, [, value]) => n + (typeof value === 'string' ? 0 : value.size), 0);

/** Tries once. What the city has taken is marked, so that nobody sends it a third time; the mark goes when it was shown. */
export async function send(item: Item, far?: (share: number) => void): Promise<Outcome> {
	const kept = await take<Item>('outbox', item.key).catch(() => item);
	if (kept?.done) return { state: 'sent', url: kept.done };
	const outcome = await post(item, far).catch((): Outcome => ({ state: 'waiting' }));
	const { locked: _, ...plain } = item;
	if (outcome.state === 'sent')
		await keep({ ...plain, fields: [], done: outcome.url, at: Date.now() }).catch(() => undefined);
	if (outcome.state === 'locked') await keep({ ...plain, locked: true }).catch(() => undefined);
	if (outcome.state === 'waiting' && item.locked) await keep(plain).catch(() => undefined); // nobody knows any more
	if (outcome.state === 'refused') await keep({ ...item, refused: true }).catch(() => undefined);
	return outcome;
}

/** Takes a step of a matter, and does not raise one. */
export const isStep = (item: Item): boolean => item.action.startsWith('/follow/');

/** Everything that waits, one after the other; stops at the first that cannot go. */
export async function sendAll(): Promise<boolean> {
	for (const item of await waiting()) {
		if (item.done || item.refused) continue;
		if ((await send(item)).state === 'waiting') return false;
	}
	return true;
}
