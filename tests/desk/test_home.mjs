/* What waits for a person; drafts of intake and the order of its fields. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { asBrowser, modules } from './kit.mjs';

asBrowser();
const { piles, firstStep, usable, spoken, codeIn, groups } = await modules(
	'pages/home/work.ts', 'pages/intake/draft.ts', 'pages/intake/order.ts', 'pages/intake/groups.ts',
);

const step = (name, min = 0) => ({ name, label: name, fields: [], evidence: min ? [{ name: 'e', min }] : [] });
const row = (ref, state, room, owner, due = null) => ({
	ref, kind: 'k', state, room, phase: 'active', owner: owner && { code: owner }, due, seq: 1, title: 'K', state_label: state,
});
const task = (r, ...steps) => ({ row: r, steps, first: steps[0] ?? null, seq: 1 });

test('of the own matters every step waits, of others only what belongs to one state and is not in somebody else’s hands', () => {
	const looked = [
		task(row('a', 's1', 'handle', 'me', '2026-11-25T09:00:00+08:00'), step('power'), step('work')),
		task(row('b', 's2', 'handle', 'them'), step('power'), step('take_back')),
		task(row('c', 's3', 'reply', 'them', '2026-11-23T09:00:00+08:00'), step('power'), step('check')),
		task(row('d', 's4', 'rate', 'them'), step('power')),
		task(row('e', 's5', 'intake', null)),
	];
	const found = piles(looked, 'me', [{ key: 's3', kind: 'k', label: null, matters: 12, late: 0 }], [{ key: 's1', kind: 'k', label: null, matters: 7, late: 0 }]);
	assert.deepEqual(found.map((p) => p.state), ['s3', 's1'], 'the most urgent first');
	assert.deepEqual(found[0].tasks[0].steps.map((s) => s.name), ['check'], 'a step that is open everywhere is a power, no task');
	assert.equal(found[0].matters, 12);
	assert.equal(found[0].mine, false);
	assert.deepEqual(found[1].tasks[0].steps.map((s) => s.name), ['power', 'work']);
	assert.equal(found[1].mine, true);
	assert.equal(found[1].matters, 7, 'as many as the list of the own unit has, whatever was looked at');
	assert.deepEqual(piles([], 'me', [], []), []);
});

test('the button leads onward round the loop, by a form alone if that can be', () => {
	const states = [
		{ name: 'in', room: 'gather', category: 'active' }, { name: 'rush', room: 'gather', category: 'active' },
		{ name: 'no', room: 'handle', category: 'void' }, { name: 'out', room: 'handle', category: 'active' },
	];
	const to = (name, where) => ({ name, to: where, from: [], label: name, by: 'person', ends: false });
	const def = { states, steps: [to('hurry', 'rush'), to('refuse', 'no'), to('file', 'out'), to('send', 'out'), to('stay', null)] };
	const at = row('a', 'in', 'gather', 'me');
	assert.equal(firstStep(def, at, [step('hurry'), step('refuse'), step('file', 1), step('send')]).name, 'send');
	assert.equal(firstStep(def, at, [step('hurry'), step('file', 1)]).name, 'file');
	assert.equal(firstStep(def, at, [step('stay'), step('refuse')]).name, 'stay');
	assert.equal(firstStep(def, at, []), null);
});

test('a draft is shown to its own person only, for a day', () => {
	const now = Date.parse('2026-11-22T10:00:00Z');
	const draft = (at) => ({ key: 'k', kind: 'k', title: {}, values: {}, at, join: null });
	const text = JSON.stringify({ login: 'a', drafts: [draft(now - 1000), draft(now - 86_400_001)] });
	assert.equal(usable(text, 'a', now).length, 1);
	assert.deepEqual(usable(text, 'b', now), []);
	assert.deepEqual(usable('{"login":"a","dra', 'a', now), []);
	assert.deepEqual(usable(null, 'a', now), []);
});

test('fields come up as people tell: what, where, about what, choices, and last who', () => {
	const f = (name, type, more = {}) => ({ name, type, label: {}, required: false, values: [], min: 0, max: 0, personal: false, public: false, ...more });
	const form = [f('ch', 'enum', { required: true }), f('rush', 'bool'), f('head', 'text', { max: 60 }), f('say', 'text', { max: 8000 }), f('who', 'contact'), f('at', 'place'), f('on', 'category')];
	assert.deepEqual(spoken(form).map((one) => one.name), ['say', 'head', 'at', 'on', 'ch', 'rush', 'who']);
	assert.equal(codeIn({ org: '330105', address: '' }), '330105');
	assert.equal(codeIn(['0101']), '0101');
	assert.equal(codeIn([]), '');
	assert.equal(codeIn('text'), '');
});

test('a code is read out in groups of four', () => {
	assert.deepEqual(groups('E8J8-4SG0-E6XR-W6G9'), ['E8J8', '4SG0', 'E6XR', 'W6G9']);
	assert.deepEqual(groups('e8j8 4sg0'), ['e8j8', '4sg0']);
	assert.deepEqual(groups(''), []);
});
