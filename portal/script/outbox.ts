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
	done?: string; // sent: where its receipt is
	refused?: boolean; // the city answered, and wants something changed
}

/** What became of it: kept for later, or answered. `page` is the answer to show when it leads nowhere else. */
export type Outcome = { state: 'waiting' } | { state: 'sent'; url: string } | { state: 'refused'; page: string };

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

async function post(item: Item): Promise<Outcome> {
	const res = await fetch(item.action, { method: 'POST', body: body(item), signal: AbortSignal.timeout(WAIT_MS) });
	if (LATER.includes(res.status)) return { state: 'waiting' };
	if (res.ok && res.redirected) return { state: 'sent', url: res.url };
	return { state: 'refused', page: await res.text() };
}

/** Tries once. What the city has taken is marked, so that nobody sends it a third time; the mark goes when it was shown. */
export async function send(item: Item): Promise<Outcome> {
	const kept = await take<Item>('outbox', item.key).catch(() => item);
	if (kept?.done) return { state: 'sent', url: kept.done };
	const outcome = await post(item).catch((): Outcome => ({ state: 'waiting' }));
	if (outcome.state === 'sent') await keep({ ...item, fields: [], done: outcome.url }).catch(() => undefined);
	if (outcome.state === 'refused') await keep({ ...item, refused: true }).catch(() => undefined);
	return outcome;
}

/** Everything that waits, one after the other; stops at the first that cannot go. */
export async function sendAll(): Promise<boolean> {
	for (const item of await waiting()) {
		if (item.done || item.refused) continue;
		if ((await send(item)).state === 'waiting') return false;
	}
	return true;
}
