/* The place: type a few letters instead of walking down four lists. A combobox by the ARIA Authoring Practices (list
 * autocomplete, the reader chooses) over the form's own search box, whose button does the same without scripts.
 *
 * The page gives: <div data-place> with <input name="….find">; what is chosen goes as "….org" beside it. Where districts are tiles,
 * radio buttons "….area", a tile and what is chosen by typing never contradict each other: the later one counts. For the
 * position inputs [data-lat] and [data-lng] (millionths of a degree) or an input [data-address], and an empty [data-position]. */
import { button, each, element, text } from './texts.ts';

const PAUSE_MS = 200;
const SHOWN = 8;
const MICRO = 1e6;

interface Unit {
	code: string;
	zh: string;
	en: string;
	path?: { zh: string; en: string };
}

const zh = (): boolean => document.documentElement.lang.startsWith('zh');
const named = (u: { zh: string; en: string }): string => (zh() || !u.en ? u.zh : u.en);

async function find(words: string, signal: AbortSignal): Promise<Unit[]> {
	const res = await fetch(`/api/v1/orgs?${new URLSearchParams({ q: words, places: 'true', limit: String(SHOWN) })}`, {
		signal,
	});
	return res.ok ? ((await res.json()) as { orgs: Unit[] }).orgs.slice(0, SHOWN) : [];
}

class Picker {
	private readonly list: HTMLUListElement;
	private readonly org: HTMLInputElement;
	private units: Unit[] = [];
	private at = -1;
	private asking = new AbortController();
	private timer = 0;

	constructor(
		private readonly box: HTMLInputElement,
		private readonly place: HTMLElement,
	) {
		const id = `${box.id || box.name}-list`;
		this.list = element('ul', { id, role: 'listbox', class: 'options', 'aria-label': text('pocket.place.found') });
		this.list.hidden = true;
		this.org = element('input', { type: 'hidden', name: box.name.replace(/find$/, 'org'), 'data-kept': '' });
		this.org.disabled = true;
		const roles = { role: 'combobox', autocomplete: 'off', 'aria-autocomplete': 'list', 'aria-controls': id };
		for (const [name, value] of Object.entries(roles)) box.setAttribute(name, value);
		box.setAttribute('aria-expanded', 'false');
		const around = element('div', { class: 'combobox' });
		box.replaceWith(around);
		around.append(box, this.org, this.list);
		box.form?.addEventListener('reset', () => this.set(''));
		place.addEventListener('change', (e) => this.onTile(e));
		box.addEventListener('input', (e) => this.onInput(e));
		box.addEventListener('keydown', (e) => this.onKey(e));
		box.addEventListener('blur', () => this.close());
		this.list.addEventListener('pointerdown', (e) => this.onPress(e));
	}

	/** What was chosen is not chosen any more when somebody types on. */
	private onInput(e: Event): void {
		if (!e.isTrusted) return;
		this.set('');
		this.later();
	}

	/** Another district: what was found elsewhere before is not meant any more. */
	private onTile(e: Event): void {
		const isTile = e.target instanceof HTMLInputElement && e.target.matches('.tile input');
		if (!e.isTrusted || !isTile || !this.org.value) return;
		this.box.value = '';
		this.set('');
	}

	/** The tile of the district in which it lies, by the name that stands on it. */
	private mark(u: Unit): void {
		const path = named(u.path?.zh || u.path?.en ? u.path : u);
		each<HTMLInputElement>(
			'.tile input',
			(tile) => {
				const name = tile.labels?.[0]?.textContent?.trim();
				if (tile.value && name && (zh() ? path.startsWith(name) : path.endsWith(name))) tile.checked = true;
			},
			this.place,
		);
	}

	/** Not sent while nothing is chosen, so that the page's own choices count. */
	private set(code: string): void {
		this.org.value = code;
		this.org.disabled = !code;
		this.org.dispatchEvent(new Event('input', { bubbles: true }));
	}

	private later(): void {
		clearTimeout(this.timer);
		this.asking.abort();
		if (!this.box.value.trim()) return this.close();
		this.timer = window.setTimeout(() => void this.ask(), PAUSE_MS);
	}

	private async ask(): Promise<void> {
		this.asking = new AbortController();
		this.units = await find(this.box.value.trim(), this.asking.signal).catch(() => []);
		this.at = -1;
		this.list.replaceChildren(...this.units.map((u, i) => this.option(u, i)));
		if (!this.units.length)
			this.list.append(element('li', { role: 'option', 'aria-disabled': 'true' }, text('pocket.place.none')));
		this.open(true);
	}

	private option(u: Unit, i: number): HTMLLIElement {
		const o = element('li', { role: 'option', id: `${this.list.id}-${i}`, 'aria-selected': 'false' }, named(u));
		if (u.path) o.append(element('small', {}, ` ${named(u.path)}`));
		return o;
	}

	private open(yes: boolean): void {
		this.list.hidden = !yes;
		this.box.setAttribute('aria-expanded', String(yes));
		if (!yes) this.box.removeAttribute('aria-activedescendant');
	}

	private close(): void {
		this.asking.abort();
		clearTimeout(this.timer);
		this.open(false);
	}

	private move(by: number): void {
		if (this.list.hidden || !this.units.length) return;
		this.at = (this.at + by + this.units.length + (this.at < 0 && by < 0 ? 1 : 0)) % this.units.length;
		for (const [i, o] of [...this.list.children].entries()) {
			o.setAttribute('aria-selected', String(i === this.at));
			if (i === this.at) o.scrollIntoView({ block: 'nearest' });
		}
		this.box.setAttribute('aria-activedescendant', `${this.list.id}-${this.at}`);
	}

	private onKey(e: KeyboardEvent): void {
		if (e.isComposing) return; // pinyin is being typed
		if (e.key === 'ArrowDown' || e.key === 'ArrowUp') this.move(e.key === 'ArrowDown' ? 1 : -1);
		else if (e.key === 'Enter' && !this.list.hidden) this.choose(this.units[Math.max(0, this.at)]);
		else if (e.key === 'Escape' && !this.list.hidden) this.close();
		else return;
		e.preventDefault();
	}

	private onPress(e: PointerEvent): void {
		e.preventDefault(); // the focus stays in the box
		const i = [...this.list.children].indexOf((e.target as Element).closest('li') as Element);
		this.choose(this.units[i]);
	}

	private choose(u: Unit | undefined): void {
		if (!u) return;
		this.box.value = named(u);
		this.set(u.code);
		this.mark(u);
		each<HTMLInputElement>(`[name="${CSS.escape(this.org.name)}"]`, (marked) => (marked.checked = false), this.place);
		this.close();
	}
}

/* --- the position, after a press and the browser's own question --- */

/** Whether it went into fields of its own, which can be cleared; else it stands in the address. */
function setPosition(place: HTMLElement, at: GeolocationCoordinates): boolean {
	const [lat, lng] = [at.latitude, at.longitude];
	const into = (selector: string): HTMLInputElement | null => place.querySelector<HTMLInputElement>(selector);
	const [latBox, lngBox, address] = [into('[data-lat]'), into('[data-lng]'), into('[data-address]')];
	if (latBox && lngBox) {
		latBox.value = String(Math.round(lat * MICRO));
		lngBox.value = String(Math.round(lng * MICRO));
	} else if (address) address.value = `${address.value} (${lat.toFixed(5)}, ${lng.toFixed(5)})`.trim();
	(address ?? latBox)?.dispatchEvent(new Event('input', { bubbles: true }));
	return latBox !== null && lngBox !== null;
}

function clearPosition(place: HTMLElement): void {
	each<HTMLInputElement>('[data-lat], [data-lng]', (box) => (box.value = ''), place);
}

function position(place: HTMLElement, slot: HTMLElement): void {
	if (!navigator.geolocation) return;
	const said = element('span', { role: 'status' });
	const clear = button('pocket.position.clear', () => {
		clearPosition(place);
		said.textContent = '';
		clear.hidden = true;
	});
	clear.hidden = true;
	const press = (): void => {
		said.textContent = text('pocket.position.looking');
		navigator.geolocation.getCurrentPosition(
			({ coords }) => {
				clear.hidden = !setPosition(place, coords);
				said.textContent = text('pocket.position.found', { m: Math.ceil(coords.accuracy) });
			},
			(e) => {
				const name = e.code === e.PERMISSION_DENIED ? 'pocket.position.denied' : 'pocket.position.failed';
				said.textContent = text(name);
			},
			{ enableHighAccuracy: true, timeout: 15_000, maximumAge: 60_000 },
		);
	};
	slot.replaceChildren(button('pocket.position.use', press), ' ', said, ' ', clear);
}

export function enhancePlaces(): void {
	each('[data-place]', (place) => {
		each<HTMLInputElement>('input[name$=".find"]', (box) => new Picker(box, place), place);
		each('[data-position]', (slot) => position(place, slot), place);
	});
}
