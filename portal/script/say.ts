/* The form by which something is said: kept while it is written, sent once, also when the line breaks in between. Steps of a matter
 * (form[data-step-form]: rate, contest, withdraw …) are sent in the same way, but no draft of them is kept: they belong to whoever
 * has the code.
 *
 * The page gives: <form data-keep> with an <input name=key|data-key>, and <p data-draft hidden> for the note under it. */
import { keepDraft } from './draft.ts';
import { forget, isStep, keep, send, sendAll, waiting, weight, type Item } from './outbox.ts';
import { personalIn, type Personal } from './personal.ts';
import { shrinkIn } from './photo.ts';
import { enhancePlaces } from './place.ts';
import { button, each, element, text } from './texts.ts';

const AGAIN_MS = 30_000;
const SLOW_BYTES = 64 * 1024; // of files: less is gone before a bar can be seen
const PERSONAL: Record<Personal, string> = {
	id_card: 'pocket.personal.id_card',
	bank_card: 'pocket.personal.bank_card',
	phone: 'pocket.personal.phone',
	plate: 'pocket.personal.plate',
};

/** The files of what was sent, into the form that came back: the city keeps none of a form that it asks about. */
function fillFiles(item: Item): void {
	const forms = `form[action="${item.action}"] input[type=file]`;
	each<HTMLInputElement>(forms, (input) => {
		const basket = new DataTransfer();
		for (const [name, value] of item.fields) if (name === input.name && value instanceof File) basket.items.add(value);
		if (!basket.files.length) return;
		input.files = basket.files;
		each('[data-again]', (e) => e.remove());
	});
}

/** Shows the city's answer as if the browser had sent the form itself. */
function show(page: string, item: Item): void {
	const answer = new DOMParser().parseFromString(page, 'text/html');
	document.title = answer.title;
	document.body.replaceWith(document.adoptNode(answer.body));
	here = '';
	scrollTo(0, 0);
	enhance();
	fillFiles(item);
	document.querySelector<HTMLElement>('[data-errors], main h1')?.focus();
}

let here = ''; // the key of what this page has sent and still shows

/** A note above the form that is read out; it replaces the one before. */
function tell(place: HTMLElement, name: string, ...more: Node[]): void {
	document.querySelector('[data-told]')?.remove();
	const note = element(
		'div',
		{ class: 'notice', role: 'status', tabindex: '-1', 'data-told': name },
		text(name),
		' ',
		...more,
	);
	if (place instanceof HTMLFormElement) place.before(note);
	else place.prepend(note);
	note.focus();
}

function itemOf(form: HTMLFormElement, key: string, submitter: HTMLElement | null): Item {
	const field = form.elements.namedItem(form.dataset.keep || 'key');
	if (field instanceof HTMLInputElement) field.value = key;
	const fields = [...new FormData(form, submitter).entries()].filter(([, v]) => typeof v === 'string' || v.size > 0);
	return { key, action: new URL(form.action).pathname, form: location.pathname, fields, since: Date.now() };
}

/** A bar for what takes a while; its number is for the eye, those who listen are not told every step. */
function bar(): { line: HTMLElement; far: (share: number) => void } {
	const progress = element('progress', { max: '100', value: '0', 'aria-label': text('pocket.outbox.sending') });
	const number = element('span', { 'aria-hidden': 'true' });
	const far = (share: number): void => {
		progress.value = Math.round(share * 100);
		number.textContent = text('pocket.outbox.share', { n: progress.value });
	};
	far(0);
	return { line: element('p', { class: 'bar', 'data-bar': '' }, progress, number), far };
}

async function goOn(place: HTMLElement, item: Item): Promise<void> {
	const { line, far } = bar();
	tell(place, 'pocket.outbox.sending', ...(weight(item) > SLOW_BYTES ? [line] : []));
	const outcome = await send(item, far);
	if (outcome.state === 'sent') location.assign(outcome.url);
	else if (outcome.state === 'locked') {
		here = item.key;
		tell(place, 'pocket.outbox.locked', toCode());
	} else if (outcome.state === 'refused') {
		await forget(item.key).catch(() => undefined);
		show(outcome.page, item);
	} else {
		here = item.key;
		tell(
			place,
			'pocket.outbox.kept',
			button('pocket.outbox.again', () => void goOn(place, item)),
		);
		await askWorker();
	}
}

const toCode = (): HTMLElement => element('a', { href: '/follow' }, text('pocket.outbox.code'));

/** Chromium sends what waits even when the page is closed; elsewhere the next page of ours does. */
async function askWorker(): Promise<void> {
	const worker = await navigator.serviceWorker?.ready.catch(() => undefined);
	const sync = (worker as { sync?: { register(tag: string): Promise<void> } } | undefined)?.sync;
	await sync?.register('outbox').catch(() => undefined);
}

/** key: at the time of sending; sending: what is to happen to the draft. */
function onSubmit(form: HTMLFormElement, key: () => string, sending: () => Promise<void>): void {
	form.addEventListener('submit', (event) => {
		const asks = event.submitter instanceof HTMLButtonElement && event.submitter.formNoValidate;
		if (asks) return; // looks something up and sends nothing
		event.preventDefault();
		if (form.getAttribute('aria-busy') === 'true') return;
		form.setAttribute('aria-busy', 'true');
		const item = itemOf(form, key(), event.submitter);
		void (async () => {
			// Where nothing can be kept, the browser sends the form itself.
			if (
				!(await keep(item).then(
					() => true,
					() => false,
				))
			)
				return form.submit();
			await sending();
			form.inert = true; // what is on its way cannot be changed any more
			await goOn(form, item);
		})();
	});
}

/** The server gave the key with the page. Who leaves the matter takes along what waits of it. */
function keepStep(form: HTMLFormElement): void {
	const key = form.elements.namedItem('key');
	if (key instanceof HTMLInputElement)
		onSubmit(
			form,
			() => key.value,
			async () => undefined,
		);
}

function onLeave(form: HTMLFormElement): void {
	form.addEventListener('submit', (event) => {
		event.preventDefault();
		void waiting()
			.then((items) => Promise.all(items.filter(isStep).map((item) => forget(item.key))))
			.catch(() => undefined)
			.finally(() => form.submit());
	});
}

function noteDraft(form: HTMLFormElement, place: HTMLElement): (kept: boolean) => void {
	return (kept) => {
		place.hidden = !kept || form.inert;
		if (kept && !place.childElementCount)
			place.append(
				text('pocket.draft.kept'),
				' ',
				button('pocket.draft.throw_away', () => form.dispatchEvent(new Event('throw-away'))),
			);
	};
}

async function keepForm(form: HTMLFormElement): Promise<void> {
	const place = form.querySelector<HTMLElement>('[data-draft]') ?? form.appendChild(element('p', { class: 'hint' }));
	const drafting = await keepDraft(form, () => Date.now(), noteDraft(form, place));
	form.addEventListener('throw-away', () => void drafting.throwAway());
	onSubmit(form, () => drafting.key, drafting.end);
}

/* --- what the fields themselves gain --- */

function count(area: HTMLTextAreaElement): void {
	const line = element('p', { class: 'hint', 'data-count': '' });
	area.after(line);
	const update = (): void => {
		const left = area.maxLength - area.value.length;
		line.textContent = left <= area.maxLength / 4 ? text('pocket.count.left', { n: left }) : '';
	};
	if (area.maxLength > 0) area.addEventListener('input', update);
	if (area.maxLength > 0) update();
}

function warn(area: HTMLTextAreaElement | HTMLInputElement): void {
	const line = element('p', { class: 'notice personal', role: 'status' });
	line.hidden = true;
	area.after(line);
	area.addEventListener('input', () => {
		const found = personalIn(area.value);
		const words = new Intl.ListFormat(document.documentElement.lang).format(found.map((f) => text(PERSONAL[f])));
		const said = found.length ? text('pocket.personal.hint', { what: words }) : '';
		if (line.textContent !== said) line.textContent = said;
		line.hidden = !found.length;
	});
}

function photographs(input: HTMLInputElement): void {
	const line = element('p', { class: 'hint', role: 'status' });
	input.after(line);
	input.addEventListener('change', () => {
		void shrinkIn(input).then(({ before, after, drawn }) => {
			const kib = (n: number): number => Math.ceil(n / 1024);
			const name = drawn ? 'pocket.photo.smaller' : 'pocket.photo.kept';
			line.textContent = after ? text(name, { before: kib(before), after: kib(after) }) : '';
		});
	});
}

/* --- what waits, on whichever page --- */

function noteOf(item: Item, main: HTMLElement): HTMLElement {
	const state = item.done ? 'done' : item.refused ? 'refused' : item.locked ? 'locked' : 'waiting';
	const seen = isStep(item) ? 'pocket.outbox.matter' : 'pocket.outbox.receipt';
	const next = item.done
		? element('a', { href: item.done }, text(seen))
		: item.locked
			? toCode()
			: button(item.refused ? 'pocket.outbox.look' : 'pocket.outbox.again', () => void goOn(main, item));
	const away = button('pocket.outbox.drop', () => void forget(item.key).then(tellWaiting));
	const note = { class: 'notice', role: 'status', 'data-waiting': '' };
	return element('div', note, text(`pocket.outbox.${state}`), ' ', next, ' ', away);
}

async function tellWaiting(): Promise<void> {
	const items = await waiting().catch((): Item[] => []);
	const main = document.querySelector('main') ?? document.body;
	each('[data-waiting]', (e) => e.remove());
	for (const item of items)
		if (item.done && new URL(item.done).pathname === location.pathname) {
			await forget(item.key);
			if (isStep(item) && (item.at ?? 0) > performance.timeOrigin) location.assign(item.done); // shown before it was sent
		} else if (!document.querySelector('[data-told]')) main.prepend(noteOf(item, main));
}

async function flush(): Promise<void> {
	await sendAll().catch(() => false);
	const mine = here ? (await waiting().catch((): Item[] => [])).find((item) => item.key === here) : undefined;
	const news = mine?.locked && !document.querySelector('[data-told="pocket.outbox.locked"]');
	if (mine && (mine.done || mine.refused || news)) return goOn(document.querySelector('main') ?? document.body, mine);
	await tellWaiting();
}

/** Once for the page: what waits is sent when the line is back, and every half minute while the page is open. */
export function watchOutbox(): void {
	addEventListener('online', () => void flush());
	navigator.serviceWorker?.addEventListener('message', () => void flush()); // the worker has sent something
	setInterval(
		() => void waiting().then((items) => (items.some((i) => !i.done && !i.refused) ? flush() : undefined)),
		AGAIN_MS,
	);
	void flush();
}

export function enhance(): void {
	each<HTMLFormElement>('form[data-keep]', (form) => void keepForm(form));
	each<HTMLFormElement>('form[data-step-form]', keepStep);
	each<HTMLFormElement>('form[action="/follow/leave"]', onLeave);
	each<HTMLTextAreaElement>('textarea[maxlength]', count);
	each<HTMLTextAreaElement>('[data-personal]', warn);
	each<HTMLInputElement>('input[type=file][data-photo]', photographs);
	enhancePlaces();
}
