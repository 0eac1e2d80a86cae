/* The city's log as anybody reads it: /ledger/checkpoint, vkey, tile/… (C2SP tlog-tiles), older logs under /ledger/N/.
 * Nothing that comes is believed longer than its bound, and no wait is longer than ten seconds. */
import { textOf, type Bytes } from './bytes.ts';
import { parseCheckpoint, parseKey, type Checkpoint, type Key } from './note.ts';
import { nodeHash, type Subtree } from './tree.ts';

const WIDTH = 256; // hashes in a full tile
const HASH = 32;
const NOTE_MAX = 65536;
const BUNDLE_MAX = 2 << 20; // 256 entries of at most 4 KiB each, and room
const TILES_MAX = 64; // a proof between two trees of 2^40 needs fewer
const LOGS_MAX = 16;
const WAIT_MS = 10_000;

/** The city did not answer at all (`status` 0), or not with what was asked for. */
export class Unreachable extends Error {
	constructor(readonly status: number) {
		super(String(status));
	}
}

/** How the bytes are got; tests give their own. */
export type Get = (path: string, max: number, headers?: Record<string, string>) => Promise<Bytes>;

async function readUpTo(res: Response, max: number): Promise<Bytes> {
	const reader = res.body?.getReader();
	const all = new Uint8Array(max);
	let n = 0;
	for (let part = await reader?.read(); reader && part && !part.done; part = await reader.read()) {
		if (n + part.value.length > max) {
			await reader.cancel();
			throw new Unreachable(413);
		}
		all.set(part.value, n);
		n += part.value.length;
	}
	return all.slice(0, n);
}

export const httpGet: Get = async (path, max, headers = {}) => {
	try {
		const res = await fetch(path, { headers, credentials: 'same-origin', signal: AbortSignal.timeout(WAIT_MS) });
		if (!res.ok) throw new Unreachable(res.status);
		return await readUpTo(res, max);
	} catch (e) {
		throw e instanceof Unreachable ? e : new Unreachable(0);
	}
};

/** 1234067 → x001/x234/067 */
export function tilePath(level: number | 'entries', index: number, width: number): string {
	const groups = [];
	let rest = index;
	do {
		groups.unshift(String(rest % 1000).padStart(3, '0'));
		rest = Math.floor(rest / 1000);
	} while (rest > 0);
	const name = groups.map((g, i) => (i < groups.length - 1 ? `x${g}` : g)).join('/');
	return `tile/${level}/${name}${width < WIDTH ? `.p/${width}` : ''}`;
}

export interface Log {
	base: string; // "/ledger/" or "/ledger/N/"
	key: Key;
}

async function keyAt(get: Get, base: string): Promise<Key | null> {
	const text = textOf(await get(`${base}vkey`, 1024));
	return text === null ? null : parseKey(text);
}

/** The city's present log, and, when it was once restored and goes by another name now, the older one of that origin. */
export async function findLog(get: Get, origin: string): Promise<{ present: Log; named: Log | null }> {
	const key = await keyAt(get, '/ledger/');
	if (!key) throw new Unreachable(502);
	const present = { base: '/ledger/', key };
	if (key.name === origin) return { present, named: present };
	const n = Number(/\/([0-9]{1,4})$/.exec(key.name)?.[1] ?? 1);
	for (let i = n - 1; i >= 1 && i >= n - LOGS_MAX; i--) {
		const older = await keyAt(get, `/ledger/${i}/`);
		if (older?.name === origin) return { present, named: { base: `/ledger/${i}/`, key: older } };
	}
	return { present, named: null };
}

export async function checkpointOf(get: Get, log: Log): Promise<Checkpoint> {
	const text = textOf(await get(`${log.base}checkpoint`, NOTE_MAX));
	const checkpoint = text === null ? null : parseCheckpoint(text);
	if (!checkpoint) throw new Unreachable(502);
	return checkpoint;
}

/** Hashes of subtrees of the log, from its tiles; each tile is fetched once. */
export function tiles(get: Get, log: Log, size: number): Subtree {
	const seen = new Map<string, Promise<Bytes>>();
	const load = (level: number, index: number): Promise<Bytes> => {
		const width = Math.min(WIDTH, Math.floor(size / WIDTH ** level) - index * WIDTH);
		const path = log.base + tilePath(level, index, width);
		let tile = seen.get(path);
		if (!tile) {
			if (seen.size >= TILES_MAX) throw new Unreachable(413);
			tile = get(path, WIDTH * HASH).then((bytes) => {
				if (bytes.length !== width * HASH) throw new Unreachable(502);
				return bytes;
			});
			seen.set(path, tile);
		}
		return tile;
	};
	return async (level, index) => {
		const n = 2 ** (level % 8);
		const first = index * n;
		const tile = await load(Math.floor(level / 8), Math.floor(first / WIDTH));
		let row = Array.from({ length: n }, (_, i) => {
			const at = ((first % WIDTH) + i) * HASH;
			return tile.slice(at, at + HASH);
		});
		while (row.length > 1) {
			const pairs = row.filter((_, i) => i % 2 === 0).map((left, i) => nodeHash(left, row[2 * i + 1] ?? left));
			row = await Promise.all(pairs);
		}
		const root = row[0];
		if (root?.length !== HASH) throw new Unreachable(502);
		return root;
	};
}

/** Entry `index` of the log, from its bundle. */
export async function entryOf(get: Get, log: Log, index: number, size: number): Promise<Bytes> {
	const bundle = Math.floor(index / WIDTH);
	const width = Math.min(WIDTH, size - bundle * WIDTH);
	const bytes = await get(log.base + tilePath('entries', bundle, width), BUNDLE_MAX);
	for (let at = 0, i = bundle * WIDTH; at + 2 <= bytes.length; i++) {
		const length = (bytes[at] ?? 0) * 256 + (bytes[at + 1] ?? 0);
		if (i === index && at + 2 + length <= bytes.length) return bytes.slice(at + 2, at + 2 + length);
		at += 2 + length;
	}
	throw new Unreachable(502);
}
