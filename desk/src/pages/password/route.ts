import type { Area } from '@/area';

export default {
	routes: [{ path: '/password', name: 'password', component: () => import('./PasswordPage.vue'), meta: { title: 'desk.password.title' } }],
} satisfies Area;
