import type { Area } from '@/area';

export default {
	routes: [{ path: '/leader', name: 'leader', component: () => import('./LeaderPage.vue'), meta: { title: 'leader.page.title', permission: 'lead|assess' } }],
	nav: [{ name: 'leader', label: 'leader.page.nav', icon: 'chart', order: 40, key: 'l' }],
} satisfies Area;
