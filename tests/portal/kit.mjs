/* What the tests of the portal's scripts share: a script as a module, a log by the book, and a real city. */
import { createHash, generateKeyPairSync, sign } from 'node:crypto';
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

export const SOURCE = process.env.MINHU_SOURCE ?? resolve(import.meta.dirname ?? '.', '../..');
const MINHU = process.env.MINHU ?? join(SOURCE, 'build/minhu');
const MODULES = process.env.MINHU_MODULES ?? join(SOURCE, 'desk/node_modules');

/** The named scripts of portal/script as one module, bundled as for the browser. */
export async function scripts(...names) {
	const esbuild = createRequire(join(MODULES, 'x.js'))('esbuild');
	const dir = mkdtempSync(join(tmpdir(), 'minhu-script-'));
	await esbuild.build({
		stdin: {
			contents: names.map((name) => `export * from "./${name}.ts";`).join('\n'),
			resolveDir: join(SOURCE, 'portal/script'),
			sourcefile: 'all.ts',
		},
		outdir: dir,
		outExtension: { '.js': '.mjs' },
		entryNames: 'all',
		bundle: true,
		splitting: true,
		format: 'esm',
		target: 'es2022',
		nodePaths: [MODULES],
		logLevel: 'silent',
	});
	const all = await import(pathToFileURL(join(dir, 'all.mjs')));
	process.on('exit', () => rmSync(dir, { recursive: true, force: true }));
	return all;
}

/* --- a log by the definition of RFC 6962, recursive, slow, and shared with nothing that is tested --- */

const sha = (...parts) => createHash('sha256').update(Buffer.concat(parts)).digest();
const leafOf = (entry) => sha(Buffer.from([0]), entry);
const nodeOf = (l, r) => sha(Buffer.from([1]), l, r);
const splitOf = (n) => 2 ** Math.floor(Math.log2(n - 1));

export class BookLog {
	constructor(origin, entries) {
		const { publicKey, privateKey } = generateKeyPairSync('ed25519');
		const raw = Buffer.concat([Buffer.from([1]), publicKey.export({ format: 'der', type: 'spki' }).subarray(-32)]);
		Object.assign(this, { origin, entries, privateKey, memo: new Map() });
		this.id = sha(Buffer.from(`${origin}\n`), raw).subarray(0, 4);
		this.vkey = `${origin}+${this.id.toString('hex')}+${raw.toString('base64')}`;
		this.leaves = entries.map((e) => leafOf(e));
	}

	root(from, to) {
		const name = `${from}-${to}`;
		if (!this.memo.has(name)) {
			const k = to - from > 1 ? splitOf(to - from) : 0;
			const value =
				to === from ? sha() : k ? nodeOf(this.root(from, from + k), this.root(from + k, to)) : this.leaves[from];
			this.memo.set(name, value);
		}
		return this.memo.get(name);
	}

	path(at, from, to) {
		if (to - from === 1) return [];
		const k = from + splitOf(to - from);
		return at < k ? [...this.path(at, from, k), this.root(k, to)] : [...this.path(at, k, to), this.root(from, k)];
	}

	checkpoint(size, root = this.root(0, size)) {
		const text = `${this.origin}\n${size}\n${root.toString('base64')}\n`;
		const sig = Buffer.concat([this.id, sign(null, Buffer.from(text), this.privateKey)]);
		return `${text}\n— ${this.origin} ${sig.toString('base64')}\n`;
	}

	receipt(at, size, { extra = false } = {}) {
		const line = extra ? `extra ${this.entries[at].toString('base64')}\n` : '';
		const path = this.path(at, 0, size).map((h) => `${h.toString('base64')}\n`);
		return `c2sp.org/tlog-proof@v1\n${line}index ${at}\n${path.join('')}\n${this.checkpoint(size)}`;
	}

	/** The log as the web shows it at `size`; other words for what to show instead. */
	get(size, other = {}) {
		return async (path) => {
			const found = other[path] ?? this.file(path.replace('/ledger/', ''), size);
			if (found === null) throw Object.assign(new Error(), { gone: true });
			return new Uint8Array(Buffer.from(found));
		};
	}

	file(name, size) {
		if (name === 'vkey') return `${this.vkey}\n`;
		if (name === 'checkpoint') return this.checkpoint(size);
		const [, level, index, width = '256'] = /^tile\/(\w+)\/([x0-9/]+?)(?:\.p\/(\d+))?$/.exec(name);
		const first = Number(index.replace(/[x/]/g, '')) * 256;
		if (level === 'entries') {
			const some = this.entries.slice(first, Math.min(first + Number(width), size));
			return Buffer.concat(some.flatMap((e) => [Buffer.from([e.length >> 8, e.length & 255]), e]));
		}
		const span = 256 ** Number(level);
		const hashes = Array.from({ length: Number(width) }, (_, i) =>
			this.root((first + i) * span, (first + i + 1) * span),
		);
		return Buffer.concat(hashes);
	}
}

/* --- a real city --- */

export class City {
	static async start() {
		const city = new City();
		city.dir = mkdtempSync(join(tmpdir(), 'minhu-portal-'));
		const store = ['--store', `sqlite:${city.dir}/city.db`, '--state', `${city.dir}/state`];
		const made = spawnSync(MINHU, ['init', ...store, '--pack', join(SOURCE, 'packs/hangzhou')], { encoding: 'utf8' });
		if (made.status !== 0) throw new Error(made.stderr);
		city.server = spawn(MINHU, ['serve', '--trust-actor-header', '--listen', '127.0.0.1:0', ...store], {
			stdio: ['ignore', 'pipe', 'ignore'],
		});
		city.url = await new Promise((found, lost) => {
			let text = '';
			city.server.on('exit', () => lost(new Error(`the server did not start: ${text}`)));
			city.server.stdout.on('data', (part) => {
				text += part;
				const url = /http:\/\/[0-9.:]+/.exec(text)?.[0];
				if (url) found(url);
			});
		});
		return city;
	}

	async ask(path, options = {}) {
		return fetch(this.url + path, options);
	}

	/** By an operator, because what comes from the public at one address is limited. */
	async raise(text, key = `test-${Math.random()}-${Date.now()}`) {
		const body = JSON.stringify({ kind: 'request-12345', fields: { channel: 'web', subject: 'request', text } });
		const headers = {
			'Content-Type': 'application/json',
			'Idempotency-Key': key,
			'Minhu-Actor': 'operator@330100-D01',
		};
		const res = await this.ask('/api/v1/matters', { method: 'POST', headers, body });
		if (res.status !== 201) throw new Error(await res.text());
		return res.json();
	}

	/** A file of the city, once it is there: heads are signed once a second. */
	async text(path) {
		for (let i = 0; i < 50; i++) {
			const res = await this.ask(path);
			if (res.ok) return Buffer.from(await res.arrayBuffer());
			await new Promise((go) => setTimeout(go, 200));
		}
		throw new Error(`${path} did not come`);
	}

	get() {
		return async (path) => new Uint8Array(await (await this.ask(path)).arrayBuffer());
	}

	stop() {
		this.server?.removeAllListeners('exit');
		this.server?.kill();
		rmSync(this.dir, { recursive: true, force: true });
	}
}

export class Shelf {
	constructor(kept = {}) {
		this.kept = { ...kept };
	}
	read(origin) {
		return this.kept[origin] ?? null;
	}
	write(origin, vkey) {
		this.kept[origin] = vkey;
	}
}
