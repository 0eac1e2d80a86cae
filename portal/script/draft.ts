/* A draft lies on the phone from the first letter on, with the key under which it will be sent. It goes when it was sent, when
 * its writer throws it away, and after thirty days. Passwords and files are not kept, and no hidden field that does not ask for
 * it (data-kept). */
import { drop, put, take } from './store.ts';

const LASTS_MS = 30 * 24 * 3600 * 1000;
const PAUSE_MS = 400; // of typing

export interface Draft {
	form: string;
	key: string;
	values: [string, string][];
	at: number;
}

type Control = HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement;

function* controls(form: HTMLFormElement): Generator<Control> {
	for (const c of form.elements) {
		const known = c instanceof HTMLInputElement || c instanceof HTMLTextAreaElement || c instanceof HTMLSelectElement;
		if (!known || !c.name || ['password', 'file', 'submit'].includes(c.type)) continue;
		if (c.type !== 'hidden' || c.dataset.kept !== undefined) yield c;
	}
}

type Tick = HTMLInputElement & { type: 'checkbox' | 'radio' };
const ticks = (c: Control): c is Tick => c.type === 'checkbox' || c.type === 'radio';

function valuesOf(form: HTMLFormElement): [string, string][] {
	const values: [string, string][] = [];
	for (const c of controls(form)) if (ticks(c) ? c.checked : c.value) values.push([c.name, c.value]);
	return values;
}

function fill(form: HTMLFormElement, values: [string, string][]): void {
	const has = (name: string, value: string): boolean => values.some(([n, v]) => n === name && v === value);
	for (const c of controls(form)) {
		const first = values.find(([name]) => name === c.name)?.[1];
		if (ticks(c)) c.checked = has(c.name, c.value);
		else if (first !== undefined) [c.value, c.disabled] = [first, false];
		c.dispatchEvent(new Event('input', { bubbles: true }));
		c.dispatchEvent(new Event('change', { bubbles: true }));
	}
}

/** Was anything written that would be a pity to lose? */
function written(form: HTMLFormElement): boolean {
	for (const c of controls(form)) {
		if (c instanceof HTMLTextAreaElement && c.value !== c.defaultValue) return true;
		if (c instanceof HTMLInputElement && !ticks(c) && c.value !== c.defaultValue) return true;
	}
	return false;
}

export interface Drafting {
	key: string;
	/** Sent: no draft any more, and nothing that is typed from now on makes one. */
	end(): Promise<void>;
	throwAway(): Promise<void>;
}

/** Of one deed. The time comes first, so that young keys lie side by side in the store's index. */
const newKey = (now: number): string => `${now.toString(16)}-${crypto.randomUUID()}`;

/** Puts a kept draft back, and keeps it from now on. `changed` hears whether there is one. */
export async function keepDraft(
	form: HTMLFormElement,
	now: () => number,
	changed: (kept: boolean) => void,
): Promise<Drafting> {
	const name = location.pathname;
	let before = await take<Draft>('draft', name).catch(() => undefined);
	if (before && now() - before.at > LASTS_MS) {
		await drop('draft', name);
		before = undefined;
	}
	const drafting = { key: before?.key ?? newKey(now()), over: false };
	let timer = 0;
	const write = async (): Promise<void> => {
		if (drafting.over || !written(form)) return;
		const draft: Draft = { form: name, key: drafting.key, values: valuesOf(form), at: now() };
		changed(
			await put('draft', draft).then(
				() => true,
				() => false,
			),
		);
	};
	const later = (): void => {
		clearTimeout(timer);
		timer = window.setTimeout(() => void write(), PAUSE_MS);
	};
	if (before && !written(form)) fill(form, before.values);
	changed(before !== undefined);
	form.addEventListener('input', later);
	document.addEventListener('visibilitychange', () => void write());
	// The same page in another language: it is left when the last letter has been kept. Without scripts the form is sent instead.
	document.addEventListener('click', (e) => {
		const other = (e.target as Element).closest<HTMLButtonElement>('.langs button');
		if (!other) return;
		e.preventDefault();
		void write().finally(() => location.assign(other.formAction));
	});
	const end = async (): Promise<void> => {
		drafting.over = true;
		clearTimeout(timer);
		await drop('draft', name).catch(() => undefined);
		changed(false);
	};
	const throwAway = async (): Promise<void> => {
		clearTimeout(timer);
		form.reset();
		await drop('draft', name).catch(() => undefined);
		drafting.key = newKey(now());
		changed(false);
	};
	return {
		get key() {
			return drafting.key;
		},
		end,
		throwAway,
	};
}
