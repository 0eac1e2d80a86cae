/* The words that scripts say. The server renders them in the reader's language into <template data-texts>, each as an element
 * with data-t="name"; nothing is said that the page does not bring. */

let words: Map<string, string> | undefined;

function load(): Map<string, string> {
	const all = new Map<string, string>();
	for (const sheet of document.querySelectorAll<HTMLTemplateElement>('template[data-texts]'))
		for (const one of sheet.content.querySelectorAll<HTMLElement>('[data-t]'))
			all.set(one.dataset.t ?? '', one.textContent.trim());
	return all;
}

/** The text of that name, its {places} filled; empty where the page has none. */
export function text(name: string, values: Record<string, string | number> = {}): string {
	words ??= load();
	return (words.get(name) ?? '').replace(/\{(\w+)\}/g, (whole, key: string) => String(values[key] ?? whole));
}

/** A time as the page's language writes it, by the reader's clock, whose zone it names. */
export function time(seconds: number): string {
	const at = new Date(seconds * 1000);
	const lang = document.documentElement.lang || undefined;
	return at.toLocaleString(lang === 'en' ? 'en-GB' : lang, { dateStyle: 'long', timeStyle: 'long' });
}

/** A new element with attributes and children; `text` is text, never markup. */
export function element<K extends keyof HTMLElementTagNameMap>(
	tag: K,
	attributes: Record<string, string> = {},
	...children: (Node | string)[]
): HTMLElementTagNameMap[K] {
	const e = document.createElement(tag);
	for (const [name, value] of Object.entries(attributes)) e.setAttribute(name, value);
	e.append(...children);
	return e;
}

/** A button that says the named text. */
export function button(name: string, press: () => void): HTMLButtonElement {
	const b = element('button', { type: 'button', class: 'button second' }, text(name));
	b.addEventListener('click', press);
	return b;
}

/** What only scripts can do has its place from the first paint on (class scripted); here it is said whether this browser can. */
export function offer(e: HTMLElement, can: boolean): void {
	e.hidden = !can;
	e.classList.add('on');
}

/** Every element that the selector finds, now. */
export function each<E extends HTMLElement>(
	selector: string,
	what: (e: E) => void,
	inside: ParentNode = document,
): void {
	for (const e of inside.querySelectorAll<E>(selector)) what(e);
}
