/* Bytes, strictly: base64 that has one spelling only, hashes by WebCrypto, joining and comparing. */

export type Bytes = Uint8Array<ArrayBuffer>;

export function utf8(text: string): Bytes {
	return new TextEncoder().encode(text);
}

/** The text of UTF-8 bytes, without a byte order mark; null when they are not UTF-8. */
export function textOf(bytes: Bytes): string | null {
	try {
		return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
	} catch {
		return null;
	}
}

export function joined(...parts: Bytes[]): Bytes {
	const all = new Uint8Array(parts.reduce((n, p) => n + p.length, 0));
	let at = 0;
	for (const p of parts) {
		all.set(p, at);
		at += p.length;
	}
	return all;
}

export function same(a: Bytes, b: Bytes): boolean {
	return a.length === b.length && a.every((byte, i) => byte === b[i]);
}

export function base64(bytes: Bytes): string {
	let s = '';
	for (const b of bytes) s += String.fromCharCode(b);
	return btoa(s);
}

/** Padded base64 of RFC 4648 §4. Null for anything that would be written otherwise: one value, one text. */
export function unbase64(text: string): Bytes | null {
	try {
		const bytes = Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
		return base64(bytes) === text ? bytes : null;
	} catch {
		return null;
	}
}

export function hex(bytes: Bytes): string {
	return Array.from(bytes, (b) => b.toString(16).padStart(2, '0')).join('');
}

export async function sha256(bytes: Bytes): Promise<Bytes> {
	return new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
}
