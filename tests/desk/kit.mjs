/* Scripts of the desk as modules, bundled as for the browser, so that their logic is tested without one. */
import { mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

export const SOURCE = process.env.MINHU_SOURCE ?? resolve(import.meta.dirname ?? '.', '../..');
const MODULES = process.env.MINHU_MODULES ?? join(SOURCE, 'desk/node_modules');

/** These files of desk/src as one module. */
export async function modules(...files) {
	const esbuild = createRequire(join(MODULES, 'x.js'))('esbuild');
	const dir = mkdtempSync(join(tmpdir(), 'minhu-desk-'));
	process.on('exit', () => rmSync(dir, { recursive: true, force: true }));
	await esbuild.build({
		stdin: {
			contents: files.map((file) => `export * from "./${file}";`).join('\n'),
			resolveDir: join(SOURCE, 'desk/src'),
			sourcefile: 'all.ts',
		},
		outfile: join(dir, 'all.mjs'),
		alias: { '@': join(SOURCE, 'desk/src') },
		external: ['@gen/*'],
		bundle: true,
		format: 'esm',
		target: 'es2022',
		nodePaths: [MODULES],
		define: { __VUE_I18N_FULL_INSTALL__: 'false', __VUE_I18N_LEGACY_API__: 'false', __INTLIFY_PROD_DEVTOOLS__: 'false' },
		logLevel: 'silent',
	});
	return import(pathToFileURL(join(dir, 'all.mjs')));
}

/** What a browser has and node has not, as far as the scripts need it. */
export function asBrowser() {
	const kept = new Map();
	globalThis.localStorage = globalThis.sessionStorage = {
		getItem: (k) => kept.get(k) ?? null,
		setItem: (k, v) => kept.set(k, String(v)),
		removeItem: (k) => kept.delete(k),
	};
}
