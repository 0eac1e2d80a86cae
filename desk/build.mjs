// Builds the pages into build/pages/dist: the desk and the portal's entries, the portal's worker, the portal's pictures.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readdirSync, renameSync, writeFileSync } from 'node:fs';
import { extname, basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const dist = here('../build/pages/dist/');

await build({ configFile: here('vite.config.ts'), logLevel: 'warn' });
if (existsSync(dist + 'desk/index.html')) renameSync(dist + 'desk/index.html', dist + 'index.html');

// A worker is one classic script under a name of its own, because browsers ask for it by its address.
const worker = here('../portal/script/sw.ts');
if (existsSync(worker)) {
	await build({
		configFile: false,
		logLevel: 'warn',
		publicDir: false,
		build: {
			outDir: dist,
			emptyOutDir: false,
			target: 'es2022',
			lib: { entry: worker, formats: ['iife'], name: 'worker', fileName: () => 'sw.js' },
		},
	});
}

// Pictures keep their names, with a hash.
const images = here('../portal/image/');
mkdirSync(dist + 'assets', { recursive: true });
for (const name of existsSync(images) ? readdirSync(images) : []) {
	const body = readFileSync(images + name);
	const hash = createHash('sha256').update(body).digest('hex').slice(0, 8);
	const ext = extname(name);
	writeFileSync(`${dist}assets/${basename(name, ext)}.${hash}${ext}`, body);
}
