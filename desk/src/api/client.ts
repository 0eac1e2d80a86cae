/* The HTTP interface, typed by its own description. A deed carries a key of its own (Idempotency-Key), and what the network
 * lost is sent again with the same key, so nothing happens twice. Errors become a Problem. */
import type { components, paths } from '@gen/openapi';
import { lang } from '@/i18n';
import { Problem, type ProblemBody } from './problem';

export type Schemas = components['schemas'];
export { Problem };

type Method = 'get' | 'post' | 'put' | 'patch' | 'delete';
type PathsWith<M extends Method> = {
	[P in keyof paths]: paths[P] extends { [K in M]: object } ? P : never;
}[keyof paths];
type Op<P extends keyof paths, M extends Method> = paths[P] extends { [K in M]: infer O } ? O : never;
type Params<O> = O extends { parameters: infer X } ? X : never;
type Of<O, W extends string> = Params<O> extends { [K in W]: infer V } ? V : Params<O> extends { [K in W]?: infer V } ? V : never;
type Body<O> = O extends { requestBody: { content: { 'application/json': infer B } } } ? B
	: O extends { requestBody?: { content: { 'application/json': infer B } } } ? B : never;
type Good<O> = O extends { responses: infer R }
	? { [S in keyof R]: S extends 200 | 201 ? (R[S] extends { content: infer C } ? C[keyof C] : undefined) : never }[keyof R]
	: never;

type Must<W extends string, V> = [Exclude<V, undefined>] extends [never] ? object : Record<W, V>;
export type Ask<O> = Must<'path', Of<O, 'path'>> & { query?: NonNullable<Of<O, 'query'>>; body?: Body<O>; key?: string; signal?: AbortSignal };

/** What every request carries; session.ts fills it. */
export const identity: { as: string; csrf: string; lost: () => void } = { as: '', csrf: '', lost: () => undefined };

const TRIES = 4;
const WAIT_MS = [0, 400, 1200, 3000];

/** A key for one deed: make it when the form opens, not when it is sent, so that sending again is the same deed. The time comes
 * first, so that young keys lie side by side in the store's index. */
export function deedKey(): string {
	return `${Date.now().toString(16)}-${crypto.randomUUID()}`;
}

export function headers(more: Record<string, string> = {}): Record<string, string> {
	const all: Record<string, string> = { 'Accept-Language': lang(), ...more };
	if (identity.as) all['Minhu-As'] = identity.as;
	if (identity.csrf) all['Minhu-Csrf'] = identity.csrf;
	return all;
}

export function address(path: string, values: Record<string, unknown> = {}, query: Record<string, unknown> = {}): string {
	const filled = path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(String(values[name])));
	const search = new URLSearchParams();
	for (const [k, v] of Object.entries(query)) {
		if (v === undefined || v === null || v === '') continue;
		for (const one of Array.isArray(v) ? v : [v]) search.append(k, String(one));
	}
	const text = search.toString();
	return text ? `${filled}?${text}` : filled;
}

async function read(res: Response): Promise<unknown> {
	if (res.status === 204) return undefined;
	return (res.headers.get('Content-Type') ?? '').includes('json') ? res.json() : res.text();
}

/** Sends until an answer comes. What may be tried again: the network's silence and 503, both with the same key. */
async function send(method: Method, url: string, init: RequestInit): Promise<Response> {
	for (let i = 0; ; i++) {
		if (WAIT_MS[i]) await new Promise((done) => setTimeout(done, WAIT_MS[i]));
		try {
			const res = await fetch(url, { ...init, method: method.toUpperCase(), credentials: 'same-origin' });
			if (res.status !== 503 || i + 1 >= TRIES) return res;
		} catch (e) {
			if ((e as Error).name === 'AbortError') throw e;
			if (i + 1 >= TRIES) throw Problem.network();
		}
	}
}

async function call(method: Method, path: string, ask: { path?: object; query?: object; body?: unknown; key?: string; signal?: AbortSignal }): Promise<unknown> {
	const writes = method !== 'get';
	const init: RequestInit = {
		headers: headers({
			...(ask.body === undefined ? {} : { 'Content-Type': 'application/json' }),
			...(writes ? { 'Idempotency-Key': ask.key ?? deedKey() } : {}),
		}),
	};
	if (ask.body !== undefined) init.body = JSON.stringify(ask.body);
	if (ask.signal) init.signal = ask.signal;
	const res = await send(method, address(path, ask.path as Record<string, unknown>, ask.query as Record<string, unknown>), init);
	const body = await read(res);
	if (res.ok) return body;
	const problem = new Problem(res.status, typeof body === 'object' && body ? (body as ProblemBody) : null);
	if (res.status === 401) identity.lost();
	throw problem;
}

function verb<M extends Method>(method: M) {
	return <P extends PathsWith<M>>(path: P, ...ask: object extends Ask<Op<P, M>> ? [Ask<Op<P, M>>?] : [Ask<Op<P, M>>]): Promise<Good<Op<P, M>>> =>
		call(method, path as string, (ask[0] ?? {}) as never) as Promise<Good<Op<P, M>>>;
}

export const api = { get: verb('get'), post: verb('post'), put: verb('put'), patch: verb('patch'), delete: verb('delete') };
