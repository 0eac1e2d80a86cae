/* Whether the city is well, part by part: one sentence each, and a lamp that a word repeats. */
import type { Schemas } from '@/api/client';
import { t } from '@/i18n';
import { when } from './sections';

export interface Lamp {
	to: string;
	well: boolean;
	title: string;
	text: string;
}

const LATE_MS = 60_000;
const ROOM = 2 ** 30; // bytes of the disk below which to act

export function gib(bytes: number): string {
	return (bytes / 2 ** 30).toFixed(1);
}

function since(at: string | null, now: string): number {
	return at ? Date.parse(now) - Date.parse(at) : 0;
}

function ledger(h: Schemas['ledger_health'], now: string): Lamp {
	const log = h.logs[0];
	const behind = since(h.behind_since, now) > LATE_MS;
	const wrong = h.broken || h.checkup.state === 'wrong';
	return {
		to: 'ledger',
		well: !wrong && !behind,
		title: t('workshop.lamp.ledger'),
		text: wrong ? t('workshop.ledger.broken') : behind ? t('workshop.lamp.unsigned', { at: when(h.behind_since) }) : t('workshop.lamp.signed', { n: log?.signed_size ?? 0, at: when(log?.signed_at) }),
	};
}

function clocks(j: Schemas['jobs']): Lamp {
	const stuck = since(j.clocks.oldest, j.now) > LATE_MS || since(j.clocks.ticked, j.now) > LATE_MS;
	return { to: 'jobs', well: !stuck, title: t('workshop.lamp.clocks'), text: stuck ? t('workshop.lamp.clocks_late', { n: j.clocks.waiting }) : t('workshop.lamp.clocks_good', { at: when(j.clocks.next) }) };
}

function search(j: Schemas['jobs']): Lamp {
	const s = j.search;
	const late = !s || since(s.behind_since, j.now) > LATE_MS;
	return { to: 'jobs', well: !late, title: t('workshop.lamp.search'), text: !s ? t('workshop.lamp.search_none') : late ? t('workshop.lamp.search_late', { n: s.behind }) : t('workshop.lamp.search_good') };
}

function disk(j: Schemas['jobs']): Lamp | null {
	if (!j.disk) return null;
	return { to: 'jobs', well: j.disk.free > ROOM, title: t('workshop.lamp.disk'), text: t('workshop.lamp.disk_free', { free: gib(j.disk.free), total: gib(j.disk.total) }) };
}

function people(j: Schemas['jobs']): Lamp {
	return { to: 'jobs', well: true, title: t('workshop.lamp.people'), text: t('workshop.lamp.people_n', { sessions: j.people.sessions, accounts: j.people.accounts, locked: j.people.locked }) };
}

export function lamps(j: Schemas['jobs'], h: Schemas['ledger_health']): Lamp[] {
	return [ledger(h, j.now), clocks(j), search(j), disk(j), people(j)].filter((l) => l !== null);
}
