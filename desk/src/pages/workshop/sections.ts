/* The parts of the workshop, in the order of its menu. */
import type { MessageKey } from '@/i18n';
import { momentText } from '@/time';
import type { IconName } from '@/ui/icons';

export interface Section {
	name: string; // of the route
	label: MessageKey;
	text: MessageKey;
	icon: IconName;
}

export const sections: Section[] = [
	{ name: 'definitions', label: 'workshop.nav.definitions', text: 'workshop.about.definitions', icon: 'flow' },
	{ name: 'try', label: 'workshop.nav.try', text: 'workshop.about.try', icon: 'upload' },
	{ name: 'calendar', label: 'workshop.nav.calendar', text: 'workshop.about.calendar', icon: 'clock' },
	{ name: 'units', label: 'workshop.nav.units', text: 'workshop.about.units', icon: 'people' },
	{ name: 'duties', label: 'workshop.nav.duties', text: 'workshop.about.duties', icon: 'list' },
	{ name: 'accounts', label: 'workshop.nav.accounts', text: 'workshop.about.accounts', icon: 'person' },
	{ name: 'erasures', label: 'workshop.nav.erasures', text: 'workshop.about.erasures', icon: 'lock' },
	{ name: 'channels', label: 'workshop.nav.channels', text: 'workshop.about.channels', icon: 'link' },
	{ name: 'ledger', label: 'workshop.nav.ledger', text: 'workshop.about.ledger', icon: 'seal' },
	{ name: 'jobs', label: 'workshop.nav.jobs', text: 'workshop.about.jobs', icon: 'tools' },
];

/** A time as the city's clocks show it, or a dash. */
export function when(text: string | null | undefined): string {
	return text ? momentText(text) : '—';
}
