/* The Merkle tree of RFC 6962: leaf = SHA-256(0 ‖ entry), node = SHA-256(1 ‖ left ‖ right). The checks are the iterative
 * ones of RFC 9162 §2.1.3.2 and §2.1.4.2; proofs of consistency are made here too, from the city's tiles, by the recursive
 * definition. Sizes stay below 2^53, so plain numbers are exact; shifts of JavaScript end at 2^31 and are not used. */
import { joined, same, sha256, type Bytes } from './bytes.ts';

const ZERO = new Uint8Array([0]);
const ONE = new Uint8Array([1]);

export const leafHash = (entry: Bytes): Promise<Bytes> => sha256(joined(ZERO, entry));
export const nodeHash = (left: Bytes, right: Bytes): Promise<Bytes> => sha256(joined(ONE, left, right));

const half = (n: number): number => Math.floor(n / 2);
const odd = (n: number): boolean => n % 2 === 1;

/** One step of the way up: the neighbour that stood in the receipt, its side, and what both make. */
export interface Step {
	side: 'left' | 'right';
	neighbour: Bytes;
	result: Bytes;
}

/** From a leaf to the root that it makes. Null when the proof has not the length that index and size demand. */
export async function climb(leaf: Bytes, index: number, size: number, proof: Bytes[]): Promise<Step[] | null> {
	if (index >= size) return null;
	let at = index;
	let last = size - 1;
	let result = leaf;
	const trail: Step[] = [];
	for (const neighbour of proof) {
		if (last === 0) return null;
		const left = odd(at) || at === last;
		result = left ? await nodeHash(neighbour, result) : await nodeHash(result, neighbour);
		trail.push({ side: left ? 'left' : 'right', neighbour, result });
		if (left) while (!odd(at) && at !== 0) [at, last] = [half(at), half(last)];
		[at, last] = [half(at), half(last)];
	}
	return last === 0 ? trail : null;
}

/** Does the tree (size, root) begin with the tree (old, oldRoot)? Needs old <= size. */
export async function extendsTree(
	old: number,
	oldRoot: Bytes,
	size: number,
	root: Bytes,
	proof: Bytes[],
): Promise<boolean> {
	if (old === size) return proof.length === 0 && same(oldRoot, root);
	if (old === 0) return proof.length === 0;
	let at = old - 1;
	let last = size - 1;
	while (odd(at)) [at, last] = [half(at), half(last)];
	const rest = [...proof];
	const first = at === 0 ? oldRoot : rest.shift();
	if (!first) return false;
	let was = first;
	let is = first;
	for (const c of rest) {
		if (last === 0) return false;
		if (odd(at) || at === last) {
			was = await nodeHash(c, was);
			is = await nodeHash(c, is);
			while (!odd(at) && at !== 0) [at, last] = [half(at), half(last)];
		} else is = await nodeHash(is, c);
		[at, last] = [half(at), half(last)];
	}
	return last === 0 && same(was, oldRoot) && same(is, root);
}

/** The root of the complete subtree over the leaves [index · 2^level, (index + 1) · 2^level). */
export type Subtree = (level: number, index: number) => Promise<Bytes>;

/** The largest power of two below n; n > 1. As an exponent. */
function split(n: number): number {
	let level = 0;
	while (2 ** (level + 1) < n) level++;
	return level;
}

/** The root over the leaves [from, to), where `from` is a place at which RFC 6962 splits a tree. */
async function rangeRoot(read: Subtree, from: number, to: number): Promise<Bytes> {
	if (to - from === 1) return read(0, from);
	const level = split(to - from);
	const k = 2 ** level;
	if (to - from === 2 * k) return read(level + 1, from / (2 * k));
	return nodeHash(await read(level, from / k), await rangeRoot(read, from + k, to));
}

async function subproof(read: Subtree, old: number, from: number, to: number, whole: boolean): Promise<Bytes[]> {
	if (old === to) return whole ? [] : [await rangeRoot(read, from, to)];
	const k = 2 ** split(to - from);
	if (old <= from + k)
		return [...(await subproof(read, old, from, from + k, whole)), await rangeRoot(read, from + k, to)];
	return [...(await subproof(read, old, from + k, to, false)), await rangeRoot(read, from, from + k)];
}

/** RFC 6962 §2.1.2: that the tree of `size` leaves begins with the tree of `old`. */
export async function consistency(read: Subtree, old: number, size: number): Promise<Bytes[]> {
	return old === 0 || old === size ? [] : subproof(read, old, 0, size, true);
}
