/* A list, page by page. Its first pages stay in memory, so that coming back shows it at once, where it was; what came in the
 * meantime is announced and not pushed under the reader's hand. */
import { computed, ref, shallowRef } from 'vue';
import { api } from '@/api/client';
import { onLogout } from '@/session';
import { onScript, script } from '@/text';
import { textOf, type Filter } from './filter';
import { reread, type Row } from './row';

export const PAGE = 50;
const KEPT = 12; // lists in memory
const REREAD_MS = 300; // changes that come together are read together

interface Kept {
	rows: Row[];
	next: string | null;
	scroll: number;
}

const memory = new Map<string, Kept>();

function remember(key: string, kept: Kept): void {
	memory.delete(key);
	memory.set(key, kept);
	if (memory.size > KEPT) memory.delete(memory.keys().next().value as string);
}

function forgetLists(): void {
	memory.clear();
}
onLogout(forgetLists);
onScript(forgetLists);

export interface Asked {
	filter: Filter;
	q: string; // words to search for instead; empty: none
	as: string; // who asks
}

async function fetchPage(asked: Asked, cursor: string | null, signal?: AbortSignal): Promise<{ rows: Row[]; next: string | null }> {
	const at = cursor ? { cursor } : {};
	const stop = signal ? { signal } : {};
	if (asked.q) {
		const found = await api.get('/api/v1/search', { query: { q: asked.q, limit: PAGE, ...at }, ...stop });
		return { rows: found.hits, next: found.next };
	}
	const page = await api.get('/api/v1/matters', { query: { ...asked.filter, limit: PAGE, ...at }, ...stop });
	return { rows: page.matters, next: page.next };
}

function keyOf(asked: Asked): string {
	return [asked.as, asked.q, textOf(asked.filter)].join('\n');
}

export function useList() {
	const rows = shallowRef<Row[]>([]);
	const next = shallowRef<string | null>(null);
	const waiting = ref(false); // for the first page
	const more = ref(false); // for another page
	const error = shallowRef<unknown>(null);
	const fresh = shallowRef<Set<string>>(new Set()); // matters that changed and are not on the page
	const first = ref(true); // nothing was ever shown: the page shows the ground of rows
	let asked: Asked | null = null;
	let of = script();
	let stop = new AbortController();

	function keep(scroll = 0): void {
		if (asked && of === script()) remember(keyOf(asked), { rows: rows.value, next: next.value, scroll });
	}

	function take(page: { rows: Row[]; next: string | null }): void {
		rows.value = page.rows;
		next.value = page.next;
		fresh.value = new Set();
		first.value = false;
	}

	/** Shows what is asked for; tells where the reader was when it comes from memory. */
	async function show(want: Asked): Promise<number | null> {
		stop.abort();
		stop = new AbortController();
		asked = want;
		of = script();
		error.value = null;
		const kept = memory.get(keyOf(want));
		if (kept) {
			take(kept);
			void refresh();
			return kept.scroll;
		}
		waiting.value = true;
		const mine = stop;
		try {
			take(await fetchPage(want, null, mine.signal));
			keep();
		} catch (e) {
			if (mine.signal.aborted) return null;
			error.value = e;
			rows.value = [];
			next.value = null;
			first.value = false;
		} finally {
			if (mine === stop) waiting.value = false;
		}
		return null;
	}

	/** Rows that are shown become what they are now; new ones are counted only. */
	async function refresh(): Promise<void> {
		const want = asked;
		if (!want) return;
		try {
			const page = await fetchPage(want, null);
			if (want !== asked) return;
			const now = new Map(page.rows.map((r) => [r.ref, r]));
			const known = new Set(rows.value.map((r) => r.ref));
			rows.value = rows.value.map((r) => now.get(r.ref) ?? r);
			fresh.value = new Set([...fresh.value, ...page.rows.filter((r) => !known.has(r.ref)).map((r) => r.ref)]);
		} catch {
			// What is shown stays: it says itself how old it is when the connection is lost.
		}
	}

	/** The list as it is now, from the start. */
	async function renew(): Promise<void> {
		if (!asked) return;
		memory.delete(keyOf(asked));
		await show(asked);
	}

	async function loadMore(): Promise<void> {
		if (!asked || !next.value || more.value || waiting.value) return;
		const want = asked;
		more.value = true;
		try {
			const page = await fetchPage(want, next.value);
			if (want !== asked) return;
			const known = new Set(rows.value.map((r) => r.ref));
			rows.value = [...rows.value, ...page.rows.filter((r) => !known.has(r.ref))];
			next.value = page.next;
		} catch (e) {
			error.value = e;
		} finally {
			more.value = false;
		}
	}

	/* --- as it happens --- */

	let changed = new Set<string>();
	let timer: ReturnType<typeof setTimeout> | undefined;

	async function settle(): Promise<void> {
		timer = undefined;
		const refs = changed;
		changed = new Set();
		const here = rows.value.filter((r) => refs.has(r.ref));
		const anew = await Promise.all(here.map((r) => reread(r).catch(() => r)));
		const by = new Map(anew.map((r) => [r.ref, r]));
		rows.value = rows.value.map((r) => by.get(r.ref) ?? r);
		if (refs.size > here.length) await refresh();
	}

	/** Somebody did something to a matter. */
	function touched(matter: string): void {
		changed.add(matter);
		timer ??= setTimeout(() => void settle(), REREAD_MS);
	}

	function leave(scroll: number): void {
		keep(scroll);
		stop.abort();
		clearTimeout(timer);
		asked = null;
	}

	return { rows, next, waiting, more, error, first, fresh: computed(() => fresh.value.size), show, renew, refresh, loadMore, touched, leave };
}

