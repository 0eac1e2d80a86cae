/* What a page's route.ts exports. */
import type { RouteRecordRaw } from 'vue-router';
import type { MessageKey } from '@/i18n';
import type { IconName } from '@/ui/icons';

export interface NavEntry {
	name: string; // of the route it opens
	label: MessageKey;
	icon: IconName;
	order: number; // home 10, intake 20, queue 30, leader 40, workshop 50
	key?: string; // goes there after g: "g q"
}

export interface Area {
	routes: RouteRecordRaw[];
	nav?: NavEntry[];
}

declare module 'vue-router' {
	interface RouteMeta {
		title?: MessageKey; // of the browser's tab
		open?: boolean; // also for who is not logged in
		permission?: string; // of `GET /api/v1/me`; without it for all staff. The menus follow it
	}
}
