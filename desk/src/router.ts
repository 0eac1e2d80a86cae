/* The desk's addresses. Each page brings its own: src/pages/NAME/route.ts (README.md). */
import { createRouter, createWebHistory, type RouteRecordRaw } from 'vue-router';
import type { Area, NavEntry } from '@/area';

const areas = Object.values(import.meta.glob<{ default: Area }>('./pages/*/route.ts', { eager: true })).map((m) => m.default);

/** In the order of the menu. */
export const nav: NavEntry[] = areas.flatMap((a) => a.nav ?? []).sort((a, b) => a.order - b.order);

const routes: RouteRecordRaw[] = areas.flatMap((a) => a.routes);

export default createRouter({
	history: createWebHistory('/desk/'),
	routes: [...routes, { path: '/:rest(.*)*', name: 'nowhere', component: () => import('@/ui/NoPage.vue') }],
	scrollBehavior: (_to, _from, saved) => saved ?? { top: 0 },
});
