/* The bundler: the desk (index.html) and the portal's entries, into ../build/pages/dist. README.md says what is an entry. */
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import vue from '@vitejs/plugin-vue';
import { defineConfig } from 'vite';

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

const entries: Record<string, string> = {
	desk: here('index.html'),
	'portal-main': here('../portal/script/main.ts'),
	'portal-check': here('../portal/script/check.ts'),
	portal: here('../portal/style/portal.css'),
};

export default defineConfig({
	root: here('.'),
	base: '/',
	publicDir: false,
	plugins: [vue()],
	resolve: {
		alias: { '@': here('src'), '@gen': here('../build/pages/gen'), '@portal': here('../portal') },
		dedupe: ['@noble/ed25519', '@paulmillr/qr'], // looked for here, though the portal's scripts lie elsewhere
	},
	define: { __VUE_I18N_FULL_INSTALL__: false, __VUE_I18N_LEGACY_API__: false, __INTLIFY_PROD_DEVTOOLS__: false },
	build: {
		outDir: here('../build/pages/dist'),
		emptyOutDir: true,
		assetsInlineLimit: 0,
		target: 'es2022',
		modulePreload: { polyfill: false },
		reportCompressedSize: false,
		chunkSizeWarningLimit: 1200,
		rollupOptions: {
			input: Object.fromEntries(Object.entries(entries).filter(([, path]) => existsSync(path))),
			output: {
				entryFileNames: 'assets/[name].[hash].js',
				chunkFileNames: 'assets/[name].[hash].js',
				assetFileNames: 'assets/[name].[hash][extname]',
			},
		},
	},
	/* `npm run dev` in desk/: the desk with hot reload, before a server that `./dev run` has started. */
	server: {
		fs: { allow: [here('..')] },
		proxy: Object.fromEntries(
			['/api', '/ledger', '/follow', '/say'].map((p) => [
				p,
				{ target: process.env.MINHU ?? 'http://127.0.0.1:8080', changeOrigin: false }, // else the pages' Origin is a stranger's
			]),
		),
	},
});
