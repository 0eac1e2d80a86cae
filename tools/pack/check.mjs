#!/usr/bin/env node
// Checks a pack's ground data: counts, references, duplicates, cycles, and that every kind of request has somebody who
// answers for it, in every place. Needs no package. Exit status 1 and one line per fault when something is wrong.
//
//   node tools/pack/check.mjs [packs/hangzhou]
import { readFileSync, existsSync } from 'node:fs';
import { join } from 'node:path';
import { read_table } from './table.mjs';

const pack = process.argv[2] ?? 'packs/hangzhou';
const faults = [];
const fault = (row, text) => faults.push(`${row.where ?? row}: ${text}`);
const list = (text) => (text ? text.split('|') : []);

// What the public source holds for a city; a pack without an entry here is checked for everything else.
const expected_counts = {
	330100: { '4 government': 1, '3 government': 13, '2 street': 93, '2 township': 98, '2 zone': 5,
		'1 village': 1906, '1 community': 1414 },
};

// The few keys wanted from pack.yaml, which is written one entry a line: `name:` then `  key: {…}`.
function section_keys(text, name) {
	const block = new RegExp(`^${name}:\\n((?:  .*\\n)+)`, 'm').exec(text);
	return new Set([...(block?.[1] ?? '').matchAll(/^  ([a-z0-9-]+): +\{zh: .+, en: .+\}$/gm)].map((m) => m[1]));
}

function index_by_code(rows, key = 'code') {
	const index = new Map();
	for (const row of rows) {
		if (index.has(row[key]))
			fault(row, `${row[key]} is there twice`);
		index.set(row[key], row);
	}
	return index;
}

function check_tree(rows, index, step_ok) {
	const seen = new Set();
	for (const row of rows) {
		const parent = index.get(row.parent);
		if (row.parent && !parent)
			fault(row, `parent ${row.parent} is not there`);
		else if (row.parent && !seen.has(row.parent))
			fault(row, `parent ${row.parent} must stand before ${row.code} (this also rules out cycles)`);
		else if (!step_ok(row, parent))
			fault(row, `level ${row.level} under level ${parent?.level ?? 'none'}`);
		seen.add(row.code);
	}
}

// The body at org or the nearest one above it that carries the duty: how the engine finds a unit.
function holder(org, duty, orgs, bodies) {
	for (let at = org; at; at = orgs.get(at.parent)) {
		const found = bodies.get(`${at.code} ${duty}`);
		if (found)
			return found;
	}
	return undefined;
}

function check_orgs(rows, yaml) {
	const kinds = section_keys(yaml, 'kinds'), duties = section_keys(yaml, 'duties');
	const orgs = index_by_code(rows);
	const beside = (row) => ['department', 'hotline', 'supervision', 'utility'].includes(row.kind);
	check_tree(rows, orgs, (row, parent) => (!parent ? row.level === '4' && row.kind === 'government'
		: Number(parent.level) - Number(row.level) === (beside(row) ? 0 : 1)));
	const bodies = new Map(), names = new Set(), counts = {};
	for (const row of rows) {
		if (!kinds.has(row.kind))
			fault(row, `kind ${row.kind} is not in pack.yaml`);
		if (!/^\d{6}(\d{3}(\d{3})?)?$/.test(row.code) && !/^\d{6}-D\d\d$/.test(row.code))
			fault(row, `code ${row.code} has no known form`);
		if (row.parent && orgs.get(row.parent)?.level !== '4' && !row.code.startsWith(row.parent))
			fault(row, `code ${row.code} does not continue ${row.parent}`);
		if (!row.zh || !row.en || !row.short_zh || !/^[\x20-\x7eü]+$/.test(row.en))
			fault(row, 'a name is missing, or the English one has other letters');
		if (names.has(`${row.parent} ${row.zh}`))
			fault(row, `${row.zh} is there twice under ${row.parent}`);
		names.add(`${row.parent} ${row.zh}`);
		counts[`${row.level} ${row.kind}`] = (counts[`${row.level} ${row.kind}`] ?? 0) + 1;
		for (const duty of list(row.duty)) {
			if (!duties.has(duty))
				fault(row, `duty ${duty} is not in pack.yaml`);
			const key = `${beside(row) ? row.parent : row.code} ${duty}`;
			if (bodies.has(key))
				fault(row, `duty ${duty} has two bodies: ${bodies.get(key).code} and ${row.code}`);
			bodies.set(key, row);
		}
	}
	const city = rows.find((r) => !r.parent)?.code;
	for (const [what, n] of Object.entries(expected_counts[city] ?? {}))
		if (counts[what] !== n)
			fault(`${pack}/orgs.csv`, `${counts[what] ?? 0} of "${what}", wanted ${n}`);
	return { orgs, bodies, counts, duties };
}

function check_categories(rows) {
	const index = index_by_code(rows);
	check_tree(rows, index, (row, parent) => Number(row.level) === (parent ? Number(parent.level) + 1 : 1));
	const names = new Map();
	for (const row of rows) {
		const words = list(row.keywords);
		if (row.code.length !== 2 * Number(row.level) || !row.code.startsWith(row.parent) || /\D/.test(row.code))
			fault(row, `code ${row.code} does not say level ${row.level} under "${row.parent}"`);
		if (!row.zh || !/^[\x20-\x7e]+$/.test(row.en))
			fault(row, 'a name is missing, or the English one has other letters');
		if (words.length < 3 || words.length > 8 || new Set(words).size !== words.length || words.some((w) => !w.trim()))
			fault(row, `wants 3 to 8 different keywords, has ${words.length}`);
		if (names.has(row.zh))
			fault(row, `${row.zh} is also ${names.get(row.zh)}`);
		names.set(row.zh, row.code);
	}
	const parents = new Set(rows.map((r) => r.parent));
	for (const row of rows)
		if (row.level !== '3' && !parents.has(row.code))
			fault(row, `${row.code} has nothing below it`);
	return { index, leaves: rows.filter((r) => r.level === '3') };
}

// A rule must have a lead in every place of its level, and every co-unit at or above that place.
function check_rule(rule, { orgs, bodies, duties }, places) {
	const co = list(rule.co);
	if (!['2', '3', '4'].includes(rule.level) || !['0', '1'].includes(rule.urgent) || !/^[1-9]\d?$/.test(rule.days))
		fault(rule, 'level, urgent or days out of range');
	if ((rule.level === '2') !== (rule.lead === 'territory'))
		fault(rule, 'the township level, and only it, is led by the place itself');
	if (new Set([rule.lead, ...co]).size !== co.length + 1)
		fault(rule, 'a unit is named twice');
	if (!rule.zh_note)
		fault(rule, 'no note says why');
	for (const duty of [rule.lead, ...co])
		if (!duties.has(duty))
			fault(rule, `duty ${duty} is not in pack.yaml`);
	for (const place of places[rule.level] ?? []) {
		if (!bodies.has(`${place.code} ${rule.lead}`))
			fault(rule, `${place.zh} has nobody for ${rule.lead}`);
		for (const duty of co)
			if (duty !== 'territory' && !holder(place, duty, orgs, bodies))
				fault(rule, `neither ${place.zh} nor a place above it has anybody for ${duty}`);
	}
}

function check_duty(rows, categories, org_data) {
	const rules = index_by_code(rows, 'category');
	const all = [...org_data.orgs.values()];
	const places = { 4: all.filter((o) => o.level === '4' && o.kind === 'government'),
		3: all.filter((o) => o.level === '3' && o.kind === 'government'),
		2: all.filter((o) => o.level === '2' && ['street', 'township', 'zone'].includes(o.kind)) };
	rows.forEach((rule, i) => {
		if (!categories.index.has(rule.category))
			fault(rule, `category ${rule.category} is not there`);
		if (i && rows[i - 1].category >= rule.category)
			fault(rule, 'rows are not in the order of their codes');
		check_rule(rule, org_data, places);
	});
	for (const leaf of categories.leaves)
		if (!rules.has(leaf.code) && !rules.has(leaf.parent))
			fault(leaf, `${leaf.code} ${leaf.zh} has no lead`);
	return rows.filter((r) => r.urgent === '1').length;
}

const table = (name, columns) => read_table(join(pack, name), columns.split(','));
try {
	const yaml = readFileSync(join(pack, 'pack.yaml'), 'utf8');
	const org_data = check_orgs(table('orgs.csv', 'code,parent,level,kind,duty,zh,en,short_zh'), yaml);
	const categories = check_categories(table('categories.csv', 'code,parent,level,zh,en,keywords'));
	const rules = table('duty.csv', 'category,level,lead,co,urgent,days,zh_note');
	const urgent = check_duty(rules, categories, org_data);
	for (const [, name] of yaml.matchAll(/^  [a-z]+: ([a-z-]+\.csv)$/gm))
		if (!existsSync(join(pack, name)) && name !== 'calendar.csv')
			fault(`${pack}/pack.yaml`, `${name} is not there`);
	const by_level = [1, 2, 3].map((l) => [...categories.index.values()].filter((c) => c.level === String(l)).length);
	console.log(`${pack}: ${org_data.orgs.size} orgs (${Object.entries(org_data.counts).sort()
		.map(([k, n]) => `${k} ${n}`).join(', ')}); categories ${by_level.join('/')}; ${rules.length} duty rows, ${urgent} urgent`);
} catch (e) {
	faults.push(e.message);
}
for (const line of faults.slice(0, 50))
	console.error(line);
if (faults.length)
	console.error(`${faults.length} faults`);
process.exitCode = faults.length ? 1 : 0;
