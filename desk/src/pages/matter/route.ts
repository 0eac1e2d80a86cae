import type { Area } from '@/area';

export default {
	routes: [{ path: '/matters/:ref', name: 'matter', component: () => import('./MatterPage.vue'), props: (to) => ({ address: to.params.ref }), meta: { title: 'matter.page.title' } }],
} satisfies Area;
