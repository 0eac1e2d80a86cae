import type { Area } from '@/area';

export default {
	routes: [{ path: '/', name: 'home', component: () => import('./HomePage.vue'), meta: { title: 'home.title', permission: 'staff' } }],
	nav: [{ name: 'home', label: 'home.title', icon: 'home', order: 10, key: 'h' }],
} satisfies Area;
