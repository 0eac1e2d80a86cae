import type { Area } from '@/area';

export default {
	routes: [{ path: '/login', name: 'login', component: () => import('./LoginPage.vue'), meta: { open: true, title: 'desk.login.title' } }],
} satisfies Area;
