import type { Area } from '@/area';

export default {
	routes: [{ path: '/queue', name: 'queue', component: () => import('./QueuePage.vue'), meta: { title: 'queue.title', permission: 'staff' } }],
	nav: [{ name: 'queue', label: 'queue.title', icon: 'list', order: 30, key: 'q' }],
} satisfies Area;
