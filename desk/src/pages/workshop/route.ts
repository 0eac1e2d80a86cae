import type { Area } from '@/area';

const meta = { permission: 'audit' };

export default {
	routes: [
		{
			path: '/workshop',
			component: () => import('./WorkshopFrame.vue'),
			children: [
				{ path: '', name: 'workshop', component: () => import('./HomePage.vue'), meta: { ...meta, title: 'workshop.page.title' } },
				{ path: 'definitions', name: 'definitions', component: () => import('./DefinitionsPage.vue'), meta: { ...meta, title: 'workshop.nav.definitions' } },
				{ path: 'definitions/:kind', name: 'definition', component: () => import('./DefinitionPage.vue'), props: true, meta: { ...meta, title: 'workshop.nav.definitions' } },
				{ path: 'try', name: 'try', component: () => import('./TryPage.vue'), meta: { permission: 'admin', title: 'workshop.nav.try' } },
				{ path: 'calendar', name: 'calendar', component: () => import('./CalendarPage.vue'), meta: { ...meta, title: 'workshop.nav.calendar' } },
				{ path: 'units/:code?', name: 'units', component: () => import('./UnitsPage.vue'), props: true, meta: { ...meta, title: 'workshop.nav.units' } },
				{ path: 'duties', name: 'duties', component: () => import('./DutiesPage.vue'), meta: { ...meta, title: 'workshop.nav.duties' } },
				{ path: 'accounts', name: 'accounts', component: () => import('./AccountsPage.vue'), meta: { permission: 'admin', title: 'workshop.nav.accounts' } },
				{ path: 'accounts/:login', name: 'account', component: () => import('./AccountPage.vue'), props: true, meta: { permission: 'admin', title: 'workshop.nav.accounts' } },
				{ path: 'erasures', name: 'erasures', component: () => import('./ErasuresPage.vue'), meta: { permission: 'admin', title: 'workshop.nav.erasures' } },
				{ path: 'channels', name: 'channels', component: () => import('./ChannelsPage.vue'), meta: { ...meta, title: 'workshop.nav.channels' } },
				{ path: 'ledger', name: 'ledger', component: () => import('./LedgerPage.vue'), meta: { ...meta, title: 'workshop.nav.ledger' } },
				{ path: 'jobs', name: 'jobs', component: () => import('./JobsPage.vue'), meta: { ...meta, title: 'workshop.nav.jobs' } },
			],
		},
	],
	nav: [{ name: 'workshop', label: 'workshop.page.title', icon: 'tools', order: 50, key: 'w' }],
} satisfies Area;
