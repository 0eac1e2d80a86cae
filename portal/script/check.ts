/* The page /check: takes a receipt however it comes, has it verified, and says the outcome. What it says stands in the page,
 * in one <template data-verdict> for each outcome. */
import { textOf, type Bytes } from './bytes.ts';
import { httpGet, Unreachable } from './log.ts';
import { cleaned, fingerprint, RECEIPT_MAX } from './note.ts';
import { drawPath, trailLines } from './picture.ts';
import { fromCamera, fromPicture, scanner } from './scan.ts';
import { each, element, offer, text, time } from './texts.ts';
import { verify, type Memory, type Report } from './verify.ts';

const ENTRY_MAX = 65535;
const FILES_MAX = 8;
const CODE = /^[0-9A-Za-z]{4}(-?[0-9A-Za-z]{4}){3,7}$/;
const REF = /^[0-9a-f]{32}$/;

/** Keys seen before. A browser that keeps nothing has no memory, and is told so by "offline" only. */
const memory: Memory = {
	read(origin) {
		try {
			return localStorage.getItem(`minhu-key ${origin}`);
		} catch {
			return null;
		}
	},
	write(origin, vkey) {
		try {
			localStorage.setItem(`minhu-key ${origin}`, vkey);
		} catch {
			// nothing depends on it
		}
	},
};

function one<E extends HTMLElement>(selector: string): E {
	const e = document.querySelector<E>(selector);
	if (!e) throw new Error(selector);
	return e;
}

function tell(name: string): void {
	one('[data-said]').textContent = name ? text(name) : '';
}

/* --- the outcome --- */

interface Record {
	t?: unknown;
	e?: unknown;
	m?: unknown;
	p?: unknown;
}

function recordOf(entry: Bytes | undefined): Record {
	try {
		const value: unknown = JSON.parse((entry && textOf(entry)) ?? '');
		return typeof value === 'object' && value !== null ? value : {};
	} catch {
		return {};
	}
}

interface Event {
	t: number;
	e: string;
	p: number;
	label?: { zh: string; en: string };
}

/** The name of what happened, as the city's definition has it; the record's own word when the city does not say. */
async function happening(record: Record): Promise<string> {
	const word = record.p === -1 ? text('check.fact.first') : typeof record.e === 'string' ? record.e : '';
	if (typeof record.m !== 'string' || !REF.test(record.m)) return word;
	try {
		const body = textOf(await httpGet(`/api/v1/matters/${record.m}/events`, 1 << 20)) ?? '';
		const { events } = JSON.parse(body) as { events: Event[] };
		const label = events.find((e) => e.t === record.t && e.e === record.e && e.p === record.p)?.label;
		return (document.documentElement.lang.startsWith('zh') ? label?.zh : label?.en) || word;
	} catch {
		return word;
	}
}

async function facts(r: Report): Promise<{ [name: string]: string }> {
	const record = recordOf(r.included ? r.entry : undefined);
	return {
		time: typeof record.t === 'number' ? time(record.t) : '',
		what: r.included ? await happening(record) : '',
		place: r.receipt ? String(r.receipt.index) : '',
		size: r.receipt ? String(r.receipt.checkpoint.size) : '',
		today: r.today ? String(r.today.size) : '',
		origin: r.receipt?.checkpoint.origin ?? '',
		key: r.key ? await fingerprint(r.key) : '',
	};
}

function showVerdict(r: Report, name: string): void {
	const sheet = one<HTMLTemplateElement>(`template[data-verdict="${name}"]`);
	const copy = document.importNode(sheet.content, true);
	each('[data-slot=line]', (e) => (e.textContent = String(r.line ?? '')), copy);
	each('[data-slot=origin]', (e) => (e.textContent = r.receipt?.checkpoint.origin ?? ''), copy);
	one('[data-verdict-place]').replaceChildren(copy);
	one('[data-result]').dataset.result = name;
}

function showSteps(r: Report): void {
	const state = (holds: boolean | undefined): string => (holds === undefined ? 'open' : holds ? 'yes' : 'no');
	const words = { yes: 'check.proved.yes', no: 'check.proved.no', open: 'check.proved.open' };
	each('[data-step]', (e) => {
		const s = state({ sealed: r.sealed, included: r.included, unbroken: r.unbroken }[e.dataset.step ?? '']);
		e.dataset.state = s;
		each('[data-word]', (w) => (w.textContent = text(words[s as keyof typeof words])), e);
	});
	each('[data-steps]', (part) => (part.hidden = r.sealed === undefined));
	each('[data-limits]', (part) => (part.hidden = !r.included));
}

function showPath(r: Report): void {
	const shown = r.included && r.leaf && r.trail;
	one('[data-path]').hidden = !shown;
	if (!shown || !r.leaf || !r.trail) return;
	one('[data-picture]').replaceChildren(drawPath(r.leaf, r.trail));
	one('[data-trail]').replaceChildren(...trailLines(r.trail).map((line) => element('li', {}, line)));
}

async function show(r: Report): Promise<void> {
	showVerdict(r, r.verdict);
	showSteps(r);
	showPath(r);
	const entry = r.included && r.entry ? textOf(r.entry) : null;
	one('[data-record-part]').hidden = entry === null;
	one('[data-record]').textContent = entry ?? '';
	const known = await facts(r);
	each('[data-fact]', (e) => {
		const value = known[e.dataset.fact ?? ''] ?? '';
		e.hidden = !value;
		each('dd:not(.hint)', (dd) => (dd.textContent = value), e);
	});
	one('[data-facts]').hidden = !Object.values(known).some(Boolean);
	const result = one('[data-result]');
	result.hidden = false;
	tell('');
	result.focus();
}

/* --- how a receipt comes --- */

let turn = 0; // a newer question makes an older answer void

async function check(receipt: string, given: Bytes | null): Promise<void> {
	const mine = ++turn;
	tell('check.page.working');
	one('[data-result]').hidden = true;
	try {
		const report = await verify(receipt, given, httpGet, memory);
		if (mine === turn) await show(report);
	} catch {
		showVerdict({ verdict: 'not_receipt' }, 'failed');
		one('[data-result]').hidden = false;
		tell('');
	}
}

async function fetched(address: string, headers: { [name: string]: string } = {}): Promise<void> {
	tell('check.page.working');
	try {
		const receipt = cleaned(await httpGet(address, RECEIPT_MAX, headers));
		await check(receipt ?? '', null);
	} catch (e) {
		if (!(e instanceof Unreachable)) throw e;
		await show({ verdict: e.status === 0 || e.status === 503 ? 'offline' : 'not_receipt' });
	}
}

/** What stands behind the # of a link to this page: a receipt, a public matter's entry, or a tracking code. */
function fromFragment(fragment: string): Promise<void> | null {
	const given = new URLSearchParams(fragment);
	const [receipt, ref, seq] = [given.get('receipt'), given.get('ref') ?? '', given.get('seq') ?? ''];
	if (receipt !== null) return check(fromBase64Url(receipt), null);
	if (REF.test(ref)) return fetched(`/api/v1/matters/${ref}/receipt${/^[0-9]{1,15}$/.test(seq) ? `?seq=${seq}` : ''}`);
	return CODE.test(fragment) ? fetched('/api/v1/follow/receipt', { Authorization: `Tracking ${fragment}` }) : null;
}

function fromBase64Url(data: string): string {
	try {
		const bytes = atob(
			data
				.slice(0, 2 * RECEIPT_MAX)
				.replaceAll('-', '+')
				.replaceAll('_', '/'),
		);
		return cleaned(Uint8Array.from(bytes, (c) => c.charCodeAt(0))) ?? '';
	} catch {
		return '';
	}
}

/** A text by any way: a receipt, an address with a fragment (as our QR codes hold), or a bare code. */
async function fromText(words: string): Promise<void> {
	const trimmed = words.trim();
	if (/^https?:\/\/\S+$/.test(trimmed)) {
		const mine = trimmed.startsWith(`${location.origin}/`) ? fromFragment(/#(.*)$/.exec(trimmed)?.[1] ?? '') : null;
		return mine ?? show({ verdict: 'not_receipt' });
	}
	if (CODE.test(trimmed)) return (await fromFragment(trimmed)) ?? undefined;
	await check(cleaned(new TextEncoder().encode(words.slice(0, RECEIPT_MAX))) ?? '', null);
}

/** A receipt, perhaps its record beside it, or a picture of a code. */
async function fromFiles(files: File[]): Promise<void> {
	let receipt: string | null = null;
	let record: Bytes | null = null;
	for (const file of files.slice(0, FILES_MAX)) {
		if (file.type.startsWith('image/')) return picture(file);
		const bytes = new Uint8Array(await file.slice(0, RECEIPT_MAX + 1).arrayBuffer());
		const words = bytes.length <= RECEIPT_MAX ? cleaned(bytes) : null;
		if (words?.startsWith('c2sp.org/tlog-proof')) receipt = words;
		else if (file.size <= ENTRY_MAX) record = bytes;
	}
	await check(receipt ?? '', record);
}

async function picture(file: Blob): Promise<void> {
	const scan = await scanner().catch(() => null);
	if (!scan) return tell('check.page.no_scan');
	const words = await fromPicture(scan, file);
	return words === null ? tell('check.page.no_code') : fromText(words);
}

async function camera(b: HTMLButtonElement): Promise<void> {
	const scan = await scanner().catch(() => null);
	if (!scan) return tell('check.page.no_scan');
	const video = one<HTMLVideoElement>('[data-video]');
	const stop = new AbortController();
	const said = b.textContent;
	b.textContent = text('check.page.scan_stop');
	b.addEventListener('click', () => stop.abort(), { once: true });
	video.hidden = false;
	try {
		const words = await fromCamera(scan, video, stop.signal);
		if (words !== null) await fromText(words);
	} catch {
		tell('check.page.no_camera');
	} finally {
		video.hidden = true;
		b.textContent = said;
		b.addEventListener('click', () => void camera(b), { once: true });
	}
}

function start(): void {
	const ask = one<HTMLFormElement>('[data-ask]');
	offer(ask, !!globalThis.crypto?.subtle);
	if (ask.hidden) return tell('check.page.insecure');
	const scan = one<HTMLButtonElement>('[data-scan]');
	ask.addEventListener('submit', (e) => {
		e.preventDefault();
		void fromText(one<HTMLTextAreaElement>('[data-paste]').value);
	});
	each<HTMLInputElement>('[data-file]', (input) =>
		input.addEventListener('change', () => void fromFiles([...(input.files ?? [])]).then(() => (input.value = ''))),
	);
	scan.hidden = !navigator.mediaDevices;
	scan.addEventListener('click', () => void camera(scan), { once: true });
	document.addEventListener('dragover', (e) => e.preventDefault());
	document.addEventListener('drop', (e) => {
		e.preventDefault();
		const files = [...(e.dataTransfer?.files ?? [])];
		void (files.length ? fromFiles(files) : fromText(e.dataTransfer?.getData('text/plain') ?? ''));
	});
	const open = (): void => {
		const fragment = location.hash.slice(1);
		if (fragment && fromFragment(fragment)) history.replaceState(null, '', location.pathname);
	};
	addEventListener('hashchange', open);
	open();
}

start();
