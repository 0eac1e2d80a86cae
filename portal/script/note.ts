/* The signed texts of C2SP: keys (vkey), signed notes, checkpoints, and the receipt around them (tlog-proof). Everything
 * is untrusted and bounded; what has two spellings is refused, so that not one bit of a receipt can be changed. */
import { hex, joined, same, sha256, textOf, unbase64, utf8, type Bytes } from './bytes.ts';

export const RECEIPT_MAX = 73728; // bytes, as the server's own reader
const SIGNATURES_MAX = 64;
const HASHES_MAX = 64;
const NAME_MAX = 200;
const ED25519 = 1;

export interface Key {
	name: string;
	id: Bytes; // 4
	pub: Bytes; // 32
	vkey: string;
}

/** The first four bytes of SHA-256(name ‖ LF ‖ algorithm ‖ key). */
async function keyId(name: string, algorithmAndKey: Bytes): Promise<Bytes> {
	return (await sha256(joined(utf8(`${name}\n`), algorithmAndKey))).slice(0, 4);
}

/** "name+hex(id)+base64(algorithm ‖ key)"; null when it is none, or its id belongs to another key. */
export async function parseKey(text: string): Promise<Key | null> {
	const vkey = text.replace(/\n$/, '');
	const [, name = '', id = '', data = ''] = /^([^\s+]{1,200})\+([0-9a-f]{8})\+([A-Za-z0-9+/=]+)$/u.exec(vkey) ?? [];
	const raw = unbase64(data);
	if (!raw || raw.length !== 33 || raw[0] !== ED25519) return null;
	const want = await keyId(name, raw);
	return hex(want) === id ? { name, id: want, pub: raw.slice(1), vkey } : null;
}

/** What people compare with another source: the first 16 bytes of SHA-256 of the key's text, in groups of four. */
export async function fingerprint(key: Key): Promise<string> {
	const all = hex((await sha256(utf8(key.vkey))).slice(0, 16));
	return (all.match(/.{4}/g) ?? []).join(' ');
}

export interface Checkpoint {
	origin: string;
	size: number;
	root: Bytes;
	text: Bytes; // what is signed
	signatures: { name: string; id: Bytes; sig: Bytes }[];
}

/** A plain number, as it must be written; null otherwise, and beyond what is exact here. */
function numberOf(text: string): number | null {
	if (!/^(0|[1-9][0-9]{0,15})$/.test(text)) return null;
	const n = Number(text);
	return Number.isSafeInteger(n) ? n : null;
}

function hashOf(line: string): Bytes | null {
	const hash = unbase64(line);
	return hash?.length === 32 ? hash : null;
}

function parseSignature(line: string): Checkpoint['signatures'][number] | null {
	const [, name = '', data = ''] = /^— ([^\s+]+) ([A-Za-z0-9+/=]+)$/u.exec(line) ?? [];
	const raw = unbase64(data);
	if (!raw || raw.length <= 4 || name.length > NAME_MAX) return null;
	return { name, id: raw.slice(0, 4), sig: raw.slice(4) };
}

/** origin LF size LF root LF, LF, signature lines. Lines of others behind the root are skipped, as the format demands. */
export function parseCheckpoint(note: string): Checkpoint | null {
	const cut = note.lastIndexOf('\n\n');
	if (cut < 0 || !note.endsWith('\n')) return null;
	const [origin = '', size = '', root = '', ...more] = note.slice(0, cut).split('\n');
	const n = numberOf(size);
	const hash = hashOf(root);
	if (!origin || n === null || !hash || more.some((line) => !line)) return null;
	const lines = note.slice(cut + 2, -1).split('\n');
	if (lines.length > SIGNATURES_MAX) return null;
	const signatures = [];
	for (const line of lines) {
		const one = parseSignature(line);
		if (!one) return null;
		signatures.push(one);
	}
	return { origin, size: n, root: hash, text: utf8(note.slice(0, cut + 1)), signatures };
}

async function ed25519(pub: Bytes, sig: Bytes, text: Bytes): Promise<boolean> {
	try {
		const key = await crypto.subtle.importKey('raw', pub, { name: 'Ed25519' }, false, ['verify']);
		return await crypto.subtle.verify({ name: 'Ed25519' }, key, sig, text);
	} catch {
		// Browsers before 2025 know the curve not yet, and get it as a script.
		const { verifyAsync } = await import('@noble/ed25519');
		return verifyAsync(sig, text, pub, { zip215: false }).catch(() => false);
	}
}

/** Signed by this key, and of the log that the key is named for. Lines by keys that we do not know prove nothing. */
export async function isSigned(c: Checkpoint, key: Key): Promise<boolean> {
	if (c.origin !== key.name) return false;
	const mine = c.signatures.filter((s) => s.name === key.name && same(s.id, key.id));
	for (const s of mine) if (s.sig.length !== 64 || !(await ed25519(key.pub, s.sig, c.text))) return false;
	return mine.length > 0;
}

export interface Receipt {
	index: number;
	proof: Bytes[];
	entry: Bytes | null; // what the receipt carries in its "extra" line
	checkpoint: Checkpoint;
}

/** What is wrong with a text that should be a receipt: it is none, or the line where it is damaged (from 1). */
export type Damage = { none: true } | { line: number };

export function parseReceipt(text: string): Receipt | Damage {
	const lines = text.split('\n');
	let at = 0;
	const next = (): string => lines[at++] ?? '';
	if (next() !== 'c2sp.org/tlog-proof@v1') return { none: true };
	let line = next();
	let entry: Bytes | null = null;
	if (line.startsWith('extra ')) {
		entry = unbase64(line.slice(6));
		if (!entry) return { line: at };
		line = next();
	}
	const index = line.startsWith('index ') ? numberOf(line.slice(6)) : null;
	if (index === null) return { line: at };
	const proof: Bytes[] = [];
	for (line = next(); line !== ''; line = next()) {
		const hash = hashOf(line);
		if (!hash || proof.length === HASHES_MAX) return { line: at };
		proof.push(hash);
	}
	const checkpoint = parseCheckpoint(lines.slice(at).join('\n'));
	return checkpoint ? { index, proof, entry, checkpoint } : { line: at + 1 };
}

/** A text as it came from a file or the clipboard. Ends of lines may have become Windows', and blanks may stand around it. */
export function cleaned(bytes: Bytes): string | null {
	const text = textOf(bytes)?.replaceAll('\r\n', '\n');
	return text === undefined ? null : `${text.replace(/^[ \t\n]+|[ \t\n]+$/g, '')}\n`;
}
