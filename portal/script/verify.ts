/* What "check it" decides, without a page: three questions about a receipt, each with its own answer.
 *
 *   sealed    is the head that the receipt ends in signed by this city?
 *   included  does the record stand at its place under that head?
 *   unbroken  does what the city shows today still contain that head, unchanged?
 *
 * "Unknown" is not "wrong": without a connection the first two are answered from the key that this browser kept. */
import { same, type Bytes } from './bytes.ts';
import { checkpointOf, entryOf, findLog, tiles, Unreachable, type Get, type Log } from './log.ts';
import { isSigned, parseKey, parseReceipt, type Checkpoint, type Key, type Receipt } from './note.ts';
import { climb, consistency, extendsTree, leafHash, type Step } from './tree.ts';

export type Verdict =
	| 'not_receipt' // nothing that we know
	| 'damaged' // a receipt once, and one of its lines cannot be read
	| 'other_city' // of a log that is not this city's
	| 'key_changed' // the city shows another key than this browser has seen: alarm
	| 'forged' // not signed by the city's key
	| 'changed' // record, place or path do not lead to the signed head
	| 'newer' // the city shows less than it has signed: alarm
	| 'rewritten' // the city shows another past than it has signed: alarm
	| 'entry_missing' // the head is genuine, the record could not be had
	| 'part' // genuine as far as it goes; the city could not be asked about today
	| 'offline' // nothing could be checked: no key here and no connection
	| 'whole'; // everything holds

export interface Report {
	verdict: Verdict;
	line?: number; // of "damaged"
	receipt?: Receipt;
	key?: Key;
	entry?: Bytes;
	leaf?: Bytes;
	trail?: Step[];
	today?: Checkpoint;
	sealed?: boolean;
	included?: boolean;
	unbroken?: boolean;
}

/** The keys that this browser saw before, by origin. */
export interface Memory {
	read(origin: string): string | null;
	write(origin: string, vkey: string): void;
}

interface Found {
	log: Log | null;
	key: Key;
}

async function keyFor(get: Get, memory: Memory, origin: string): Promise<Found | Verdict> {
	const kept = await parseKey(memory.read(origin) ?? '');
	try {
		const { named } = await findLog(get, origin);
		if (!named) return 'other_city';
		if (kept && kept.vkey !== named.key.vkey) return 'key_changed';
		memory.write(origin, named.key.vkey);
		return { log: named, key: named.key };
	} catch (e) {
		if (!(e instanceof Unreachable)) throw e;
		return kept ? { log: null, key: kept } : 'offline';
	}
}

async function theEntry(get: Get, log: Log | null, r: Receipt, given: Bytes | null): Promise<Bytes | null> {
	if (given ?? r.entry) return given ?? r.entry;
	if (!log) return null;
	try {
		return await entryOf(get, log, r.index, r.checkpoint.size);
	} catch (e) {
		if (!(e instanceof Unreachable)) throw e;
		return null;
	}
}

/** Does the log as it is shown today begin with the receipt's tree? */
async function compare(
	get: Get,
	log: Log,
	old: Checkpoint,
): Promise<Pick<Report, 'today' | 'unbroken'> & { verdict: Verdict }> {
	try {
		const today = await checkpointOf(get, log);
		if (!(await isSigned(today, log.key))) return { verdict: 'rewritten', today, unbroken: false };
		if (today.size < old.size) return { verdict: 'newer', today, unbroken: false };
		const proof = await consistency(tiles(get, log, today.size), old.size, today.size);
		const unbroken = await extendsTree(old.size, old.root, today.size, today.root, proof);
		return { verdict: unbroken ? 'whole' : 'rewritten', today, unbroken };
	} catch (e) {
		if (!(e instanceof Unreachable)) throw e;
		return { verdict: 'part' };
	}
}

/** Everything about one receipt. `given`: the record's bytes where they came as a file of their own. */
export async function verify(text: string, given: Bytes | null, get: Get, memory: Memory): Promise<Report> {
	const receipt = parseReceipt(text);
	if ('none' in receipt) return { verdict: 'not_receipt' };
	if ('line' in receipt) return { verdict: 'damaged', line: receipt.line };
	const found = await keyFor(get, memory, receipt.checkpoint.origin);
	if (typeof found === 'string') return { verdict: found, receipt };
	const { key, log } = found;
	const sealed = await isSigned(receipt.checkpoint, key);
	if (!sealed) return { verdict: 'forged', receipt, key, sealed };
	const known = { receipt, key, sealed };
	if (receipt.index >= receipt.checkpoint.size) return { ...known, verdict: 'changed', included: false };
	const entry = await theEntry(get, log, receipt, given);
	if (!entry) {
		const now = log ? await compare(get, log, receipt.checkpoint) : null;
		return { ...known, ...now, verdict: now?.unbroken === false ? now.verdict : 'entry_missing' };
	}
	const leaf = await leafHash(entry);
	const trail = await climb(leaf, receipt.index, receipt.checkpoint.size, receipt.proof);
	const included = !!trail && same(trail.at(-1)?.result ?? leaf, receipt.checkpoint.root);
	if (!trail || !included) return { ...known, verdict: 'changed', entry, included: false };
	const proved = { ...known, entry, leaf, trail, included };
	return log ? { ...proved, ...(await compare(get, log, receipt.checkpoint)) } : { ...proved, verdict: 'part' };
}
