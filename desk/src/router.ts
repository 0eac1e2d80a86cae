/* The desk's addresses. Each page brings its own: src/pages/NAME/route.ts (README.md). */
import { createRouter, createWebHistory, type RouteRecordRaw } from 'vue-router';
import { watch } from 'vue';
import { identity } from '@/api/client';
import type { Area, NavEntry } from '@/area';
import { restartChanges } from '@/changes';
import { lang, t } from '@/i18n';
import { acting, may, me, whoami } from '@/session';
import { readWorkdays } from '@/workdays';

const areas = Object.values(import.meta.glob<{ default: Area }>('./pages/*/route.ts', { eager: true })).map((m) => m.default);

/** In the order of the menu. Who sees an entry is who may open its page: mayOpen. */
export const nav: NavEntry[] = areas.flatMap((a) => a.nav ?? []).sort((a, b) => a.order - b.order);

const routes: RouteRecordRaw[] = areas.flatMap((a) => a.routes);

const router = createRouter({
	history: createWebHistory('/desk/'),
	routes: [...routes, { path: '/:rest(.*)*', name: 'nowhere', component: () => import('@/ui/NoPage.vue') }],
	scrollBehavior: (_to, _from, saved) => saved ?? { top: 0 },
});

/** Whether the acting role may open the route of this name. */
export function mayOpen(name: string): boolean {
	return may(router.resolve({ name }).meta.permission);
}

// Who one is, is asked once; a session that has ended leads to the login and back again.
router.beforeEach(async (to) => {
	if (to.meta.open) return true;
	const [who] = await Promise.all([me.value ?? whoami(), readWorkdays()]);
	if (!who) return { name: 'login', query: to.fullPath === '/' ? {} : { to: to.fullPath } };
	// A password that somebody else chose opens nothing but the page that changes it.
	return who.must_change && to.name !== 'password' ? { name: 'password' } : true;
});

identity.lost = () => {
	const here = router.currentRoute.value;
	if (!me.value || here.meta.open) return;
	me.value = null;
	void router.replace({ name: 'login', query: { to: here.fullPath } });
};

function title(): void {
	const own = router.currentRoute.value.meta.title;
	document.title = own ? `${t(own)} · ${t('common.name.full')}` : t('common.name.full');
}
router.afterEach(title);
watch(lang, title);
watch(acting, restartChanges);

export default router;
