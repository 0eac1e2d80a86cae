/* What the city is made of: units, officers, categories, definitions. Each is asked for once and kept as long as the page is open and its
 * texts are in the right characters. */
import { shallowReactive, shallowRef } from 'vue';
import { api, type Schemas } from '@/api/client';
import { first } from '@/load';
import { onScript, say, script } from '@/text';

export type Org = Schemas['org'];
export type Tile = Schemas['tile'];
export type Category = Schemas['category'];
export type Definition = Schemas['definition_parts'];

const orgs = shallowReactive(new Map<string, Org | null>());

function keep(list: Org[], of: string): Org[] {
	if (of === script()) for (const one of list) orgs.set(one.code, one);
	return list;
}

const SHOWN = 30;

/** Units by a part of their name; without one, the highest. `places`: only ground, no departments. */
export async function findOrgs(q: string, places = false): Promise<Org[]> {
	const query = { limit: SHOWN, ...(q ? { q } : {}), ...(places ? { places } : {}) };
	const of = script();
	return keep((await api.get('/api/v1/orgs', { query })).orgs, of);
}

const AT_ONCE = 60;
let missing: string[] = [];

/* The names that a page lacks when it is drawn are one question. */
async function readMissing(): Promise<void> {
	await Promise.resolve(); // until all have said theirs
	const of = script();
	for (let codes; (codes = missing.splice(0, AT_ONCE)).length; ) {
		const asked = codes;
		await api.get('/api/v1/orgs', { query: { codes: asked.join(',') } }).then(
			({ orgs: list }) => keep(list, of),
			() => asked.forEach((code) => orgs.delete(code)),
		);
	}
}

/** The name of a unit; its code until it has been read. Reactive. */
export function orgName(code: string): string {
	const known = orgs.get(code);
	if (known === undefined && code) {
		orgs.set(code, null);
		if (missing.push(code) === 1) void first(readMissing());
	}
	return known ? say(known) : code;
}

/** "Zhejiang › Hangzhou": where the unit stands, as far as it is known. */
export function orgPath(org: Org): string {
	const parent = org.parent ? orgs.get(org.parent) : null;
	if (org.parent && parent === undefined) orgName(org.parent);
	return parent ? say(parent) : '';
}

export type Officer = Schemas['officer'];

const officers = shallowReactive(new Map<string, Officer | null>());

/** Officers by a part of their name or of their unit's; `role`: only who holds it. */
export async function findOfficers(q: string, role = ''): Promise<Officer[]> {
	const of = script();
	const query = { limit: SHOWN, ...(q ? { q } : {}), ...(role ? { role } : {}) };
	const found = (await api.get('/api/v1/officers', { query })).officers;
	if (of === script()) for (const one of found) officers.set(one.code, one);
	return found;
}

/** "Shen Guoliang · Xihu District": an officer with their unit; the code until they have been read. Reactive. */
export function officerName(code: string): string {
	const known = officers.get(code);
	if (known === undefined && code) {
		officers.set(code, null);
		first(findOfficers(code)).catch(() => officers.delete(code));
	}
	return known ? `${say(known)} · ${say(known.unit)}` : code;
}

export interface District {
	org: Org;
	tile: Tile;
}
const mapped = shallowRef<District[]>([]);
let mapping: Promise<void> | null = null;

async function readMap(): Promise<void> {
	const of = script();
	const root = (await api.get('/api/v1/orgs', { query: {} })).orgs[0];
	if (!root) return;
	const { orgs: below } = await api.get('/api/v1/orgs', { query: { parent: root.code, places: true } });
	if (of !== script()) return void (mapping = null); // the characters changed meanwhile
	keep([root, ...below], of);
	const list = below.flatMap((org) => (org.tile ? [{ org, tile: org.tile }] : []));
	mapped.value = list.sort((a, b) => a.tile.row - b.tile.row || a.tile.col - b.tile.col);
}

/** The districts that have a place on the tile map, row by row; empty when the pack has no map. Reactive. */
export function districts(): District[] {
	mapping ??= first(readMap()).catch(() => void (mapping = null));
	return mapped.value;
}

/** What a form of these fields will show is read now, so that nothing in it comes later than the form. */
export function prepareForm(fields: readonly { type: string }[]): void {
	if (fields.some((f) => f.type === 'place')) districts();
}

/** The district in which a unit lies, as far as that is known yet; itself, if it is one. Reactive. */
export function districtOf(code: string): string {
	const tiles = new Set(districts().map((d) => d.org.code));
	for (let at = code, n = 0; at && n < 6; n++) {
		if (tiles.has(at)) return at;
		const known = orgs.get(at);
		if (known === undefined) orgName(at);
		at = known?.parent ?? '';
	}
	return '';
}

const tree = shallowReactive(new Map<string, Category>());
let asked: Promise<void> | null = null;

async function readCategories(): Promise<void> {
	const of = script();
	const { categories } = await api.get('/api/v1/categories');
	if (of === script()) for (const one of categories) tree.set(one.code, one);
}

/** All of them, by code. Read at the first call. */
export async function categories(): Promise<Map<string, Category>> {
	asked ??= first(readCategories()).catch((e: unknown) => {
		asked = null;
		throw e;
	});
	await asked;
	return tree;
}

/** "Water › Drainage": a category with what it belongs to. Its code until the tree has been read. Reactive. */
export function categoryName(code: string): string {
	if (!asked) void categories().catch(() => undefined);
	const names: string[] = [];
	for (let c = tree.get(code); c && names.length < 6; c = tree.get(c.parent)) names.unshift(say(c));
	return names.join(' › ') || code;
}

const numbers = shallowReactive(new Map<string, string>());

/** The number by which people call a matter; the beginning of its reference until it has been read. Reactive. */
export function matterNumber(ref: string): string {
	if (!numbers.has(ref)) {
		numbers.set(ref, ref.slice(0, 8));
		first(api.get('/api/v1/matters/{ref}', { path: { ref } }).then((m) => numbers.set(ref, m.number))).catch(() => numbers.delete(ref));
	}
	return numbers.get(ref) ?? '';
}

const definitions = new Map<string, Promise<Definition>>();

/** A version of a kind's definition, which never changes. */
export function definition(kind: string, version?: number): Promise<Definition> {
	const key = `${kind} ${version ?? ''}`;
	let d = definitions.get(key);
	if (!d) {
		d = api.get('/api/v1/processes/{kind}', { path: { kind }, query: version === undefined ? {} : { version } });
		d.catch(() => definitions.delete(key));
		definitions.set(key, d);
	}
	return d;
}

onScript(() => {
	orgs.clear();
	officers.clear();
	tree.clear();
	asked = null;
	mapping = null;
	mapped.value = [];
	definitions.clear();
});
