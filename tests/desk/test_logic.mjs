#!/usr/bin/env node
// What the desk works out by itself: time that is left, and forms made of a definition's fields.
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const desk = join(dirname(fileURLToPath(import.meta.url)), '../../desk');
const vite = createRequire(join(desk, 'package.json')).resolve('vite');
const esbuild = createRequire(vite)('esbuild');

async function load(path) {
	const { outputFiles } = await esbuild.build({ entryPoints: [join(desk, 'src', path)], bundle: true, write: false, format: 'esm' });
	return import('data:text/javascript;base64,' + Buffer.from(outputFiles[0].text).toString('base64'));
}
const clock = await load('clock.ts');
const forms = await load('forms.ts');

const at = (text) => Date.parse(text);
const field = (type, more = {}) => ({ name: 'x', label: { zh: '', en: '' }, type, required: false, values: [], min: 0, max: 0, personal: false, public: false, ...more });

const tests = {
	'days are those of the city, wherever the browser is': () => {
		const due = '2026-11-25T00:30:00+08:00';
		assert.equal(clock.left(due, at('2026-11-24T23:50:00+08:00')).urgency, 'soon');
		assert.equal(clock.left(due, at('2026-11-25T00:10:00+08:00')).urgency, 'today');
		assert.equal(clock.left(due, at('2026-11-22T12:00:00+08:00')).days, 3);
		assert.deepEqual(clock.left(due, at('2026-11-25T03:30:00+08:00')), { urgency: 'late', days: 0, hours: 3, minutes: 0, work: false });
		assert.equal(clock.left(due, Date.parse(due) - 29.5 * 60_000).minutes, 30, 'half an hour is not an hour');
		assert.equal(clock.left(due, at('2026-11-27T01:00:00+08:00')).days, 2);
	},
	'what counts working days is told in working days': () => {
		// the New Year of 2027 as it might be announced: Friday to Sunday off, Saturday before worked
		const work = clock.workOf({ week: [1, 2, 3, 4, 5], worked: ['2026-12-26'], off: ['2027-01-01'] });
		const due = '2026-11-23T17:30:00+08:00'; // a Monday
		const told = (now, until = due) => { const l = clock.left(until, at(now), work); return [l.urgency, l.days, l.work]; };
		assert.deepEqual(told('2026-11-20T09:00:00+08:00'), ['soon', 1, true]);
		assert.deepEqual(told('2026-11-18T09:00:00+08:00'), ['fine', 3, true]);
		assert.deepEqual(told('2026-11-22T09:00:00+08:00'), ['soon', 1, true]);
		assert.deepEqual(told('2026-11-23T09:00:00+08:00'), ['today', 0, false]);
		assert.deepEqual(told('2026-11-23T18:30:00+08:00'), ['late', 0, true]);
		assert.deepEqual(told('2026-11-24T00:30:00+08:00'), ['late', 1, true]);
		assert.deepEqual(told('2026-11-29T12:00:00+08:00'), ['late', 4, true], 'the week-end adds nothing');
		assert.deepEqual(told('2026-12-24T09:00:00+08:00', '2026-12-28T17:30:00+08:00'), ['fine', 3, true], 'a Saturday that is worked');
		assert.deepEqual(told('2026-12-31T09:00:00+08:00', '2027-01-04T17:30:00+08:00'), ['soon', 1, true], 'a holiday');
		assert.deepEqual(told('2027-01-01T09:00:00+08:00', '2027-01-03T17:30:00+08:00'), ['fine', 2, false], 'no working day left: calendar days');
		for (let d = 20_000; d < 21_000; d++) assert.equal(work(d, d + 500), -work(d + 500, d));
		assert.equal(work(20_000, 20_007), 5);
		assert.equal(clock.left(due, at('2026-11-20T09:00:00+08:00')).days, 3, 'other clocks count every day');
	},
	'the wall clock shown is the city\'s': () => {
		assert.equal(clock.wall('2026-11-25T17:30:00+08:00').toISOString(), '2026-11-25T17:30:00.000Z');
		assert.equal(clock.wall('2026-11-25T17:30:00Z').getUTCHours(), 17);
		assert.equal(clock.offsetOf('2026-11-25T17:30:00-03:30'), -210);
	},
	'relative times take the largest unit': () => {
		const now = at('2026-11-25T12:00:00Z');
		assert.deepEqual(clock.relative('2026-11-25T11:00:00Z', now), [-1, 'hour']);
		assert.deepEqual(clock.relative('2026-11-23T11:00:00Z', now), [-2, 'day']);
		assert.deepEqual(clock.relative('2026-11-25T11:59:30Z', now), [-30, 'second']);
	},
	'each type becomes what the interface takes, and back': () => {
		const round = (f, v) => forms.valueOf(f, forms.draftOf(f, v));
		assert.equal(round(field('text'), ' a '), 'a');
		assert.equal(round(field('int', { min: 1, max: 9 }), 7), 7);
		assert.equal(round(field('date'), '2026-11-25'), '2026-11-25');
		assert.equal(round(field('org'), '330106'), '330106');
		assert.deepEqual(round(field('orgs'), ['a', 'b']), ['a', 'b']);
		assert.deepEqual(round(field('enums'), ['a']), ['a']);
		assert.equal(round(field('category'), '0101'), '0101');
		assert.equal(round(field('place'), '330106'), '330106');
		assert.deepEqual(round(field('place'), { org: '330106', address: '1 号' }), { org: '330106', address: '1 号' });
		assert.deepEqual(round(field('contact'), { name: 'A', phone: '1' }), { name: 'A', phone: '1' });
		assert.equal(round(field('bool', { required: true }), false), false);
	},
	'nothing given is nothing sent': () => {
		for (const type of ['text', 'int', 'date', 'enum', 'org', 'orgs', 'enums', 'category', 'place', 'contact', 'matter', 'officer', 'bool'])
			assert.equal(forms.valueOf(field(type), forms.draftOf(field(type))), undefined, type);
	},
	'what is wrong is seen before it is sent': () => {
		assert.equal(forms.faultOf(field('text', { required: true }), '  '), 'missing');
		assert.equal(forms.faultOf(field('text', { max: 2 }), '路灯'), null);
		assert.equal(forms.faultOf(field('text', { max: 2 }), '路灯坏'), 'too_long');
		assert.equal(forms.faultOf(field('text', { max: 1 }), '𠮷'), null);
		assert.equal(forms.faultOf(field('int', { min: 1, max: 5 }), '6'), 'too_large');
		assert.equal(forms.faultOf(field('int', { min: 1, max: 5 }), '0'), 'too_small');
		assert.equal(forms.faultOf(field('int'), '1.5'), 'not_a_number');
		assert.equal(forms.faultOf(field('orgs', { max: 1 }), ['a', 'b']), 'too_many');
		assert.equal(forms.faultOf(field('bool', { required: true }), null), 'missing');
	},
	'evidence takes what the definition accepts': () => {
		const accept = forms.acceptOf({ name: 'e', label: { zh: '', en: '' }, min: 1, accept: 1 | 8 });
		assert.equal(accept, 'image/*,audio/*');
	},
};

console.log(`1..${Object.keys(tests).length}`);
let bad = 0;
for (const [i, [name, run]] of Object.entries(tests).entries()) {
	try {
		run();
		console.log(`ok ${i + 1} - ${name}`);
	} catch (e) {
		bad++;
		console.log(`not ok ${i + 1} - ${name}\n# ${String(e.message).replaceAll('\n', '\n# ')}`);
	}
}
process.exit(bad ? 1 : 0);
