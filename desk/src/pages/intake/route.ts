import type { Area } from '@/area';
import './draft'; // at once: what was kept on this machine goes at logging out, whatever page one is on

export default {
	routes: [{ path: '/intake', name: 'intake', component: () => import('./IntakePage.vue'), meta: { title: 'intake.title', permission: 'staff' } }],
	nav: [{ name: 'intake', label: 'intake.title', icon: 'phone', order: 20, key: 'i' }],
} satisfies Area;
