/* The queue: filters and addresses, the steps that several matters share, and deeds that can be undone until they are sent. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { asBrowser, modules } from './kit.mjs';

asBrowser();
const desk = await modules('pages/queue/filter.ts', 'pages/queue/steps.ts', 'pages/queue/outbox.ts', 'pages/queue/row.ts');
const { changed, common, dayIn, dueFilter, filterOf, inTurn, queryOf, sound, textOf, toMonday, zoneOf } = desk;

test('an address holds a filter as the interface names it, and nothing else', () => {
	const raw = { open: 'true', sort: 'due', kind: 'a', state: 'b', level: '3', mine: 'false', q: 'x', cursor: 'n1', overdue: 'perhaps', place: '' };
	const filter = filterOf(raw);
	assert.deepEqual(filter, { open: true, sort: 'due', kind: 'a', state: 'b', level: 3, mine: false });
	assert.deepEqual(filterOf(queryOf(filter)), filter);
	assert.equal(textOf(filter), textOf(filterOf(Object.fromEntries(Object.entries(raw).reverse()))), 'one order for equal filters');
	assert.deepEqual(filterOf({ kind: ['a', 'b'] }), { kind: 'a' });
});

test('a change takes away what is undefined and keeps the rest', () => {
	assert.deepEqual(changed({ open: true, kind: 'a' }, { kind: undefined, room: 'reply' }), { open: true, room: 'reply' });
	assert.deepEqual(sound({ open: false, sort: 'due' }), { open: false }, 'what is over has no such order');
	assert.deepEqual(sound({ open: true, sort: 'due' }), { open: true, sort: 'due' });
});

test('days are the days of the city', () => {
	const now = Date.parse('2026-11-21T17:30:00Z'); // already Sunday in the city
	const zone = zoneOf('2026-11-22T09:00:00+08:00');
	assert.equal(zone, '+08:00');
	assert.equal(dayIn(zone, now), '2026-11-22');
	assert.equal(toMonday(zone, now), 1);
	assert.equal(toMonday('Z', now), 2);
	assert.equal(toMonday('Z', Date.parse('2026-11-23T12:00:00Z')), 7, 'on a Monday the week is before us');
	assert.deepEqual(dueFilter('today', zone, now), { overdue: false, due_before: '2026-11-23T00:00:00+08:00' });
	assert.deepEqual(dueFilter('later', zone, now), { due_after: '2026-11-23T00:00:00+08:00' });
	assert.equal(dueFilter('none', zone, now), null);
});

const step = (name, { label = name, fields = [], min = 0 } = {}) => ({ name, label, fields, evidence: min ? [{ name: 'e', min }] : [] });

test('what several matters allow is what each allows with the same form and without files', () => {
	const a = [step('one'), step('two'), step('three', { min: 1 }), step('four', { fields: [{ name: 'x' }] })];
	const b = [step('two'), step('one'), step('three', { min: 1 }), step('four', { fields: [{ name: 'y' }] })];
	assert.deepEqual(common([a, b]).map((s) => s.name), ['one', 'two']);
	assert.deepEqual(common([a, []]), []);
	assert.deepEqual(common([]), []);
	assert.deepEqual(common([a]).map((s) => s.name), ['one', 'two', 'four']);
});

test('many are asked a few at a time and answer in their order', async () => {
	let now = 0;
	let most = 0;
	const out = await inTurn([5, 1, 4, 2, 3], 2, async (n) => {
		most = Math.max(most, ++now);
		await new Promise((done) => setTimeout(done, n));
		now--;
		return n * 10;
	});
	assert.deepEqual(out, [50, 10, 40, 20, 30]);
	assert.equal(most, 2);
});

/* --- deeds --- */

const sent = [];
let answer = () => ({ status: 200, body: {} });
globalThis.fetch = async (url, init) => {
	sent.push({ url: String(url), key: init.headers['Idempotency-Key'], body: JSON.parse(init.body) });
	const { status, body } = answer(String(url));
	return new Response(JSON.stringify(body), { status, headers: { 'Content-Type': 'application/json' } });
};
const label = { zh: '步骤', en: 'Step' };
const deeds = (...refs) => refs.map((ref, i) => ({ ref, number: `n-${ref}`, step: 'do', fields: { a: 1 }, seq: i + 7 }));

test('what is undone in time is never sent', async (t) => {
	t.mock.timers.enable({ apis: ['setTimeout', 'Date'] });
	sent.length = 0;
	const batch = desk.post(label, deeds('a', 'b'));
	assert.equal(batch.phase, 'waiting');
	t.mock.timers.tick(desk.WAIT_MS - 1);
	assert.equal(desk.undo(batch), true);
	t.mock.timers.tick(60_000);
	await desk.send(batch);
	assert.equal(sent.length, 0);
	assert.equal(batch.phase, 'undone');
	desk.close(batch);
	assert.equal(desk.batches.includes(batch), false);
});

test('each deed is sent once, one after another, and says how it went', async () => {
	sent.length = 0;
	answer = (url) => (url.includes('/b/') ? { status: 412, body: { status: 412, code: 'STALE', title: 'x', title_zh: 'x' } } : { status: 200, body: {} });
	let told = 0;
	const off = desk.onBatch(() => told++);
	const batch = desk.post(label, deeds('a', 'b', 'c'));
	await desk.send(batch);
	await desk.send(batch);
	off();
	assert.deepEqual(sent.map((s) => s.url), ['a', 'b', 'c'].map((r) => `/api/v1/matters/${r}/actions/do`));
	assert.deepEqual(sent.map((s) => s.body.seq), [7, 8, 9], 'a step is refused when somebody else was faster');
	assert.equal(new Set(sent.map((s) => s.key)).size, 3);
	assert.deepEqual(batch.outcomes.map((o) => o.how), ['done', 'failed', 'done']);
	assert.equal(batch.outcomes[1].problem.stale, true);
	assert.equal(desk.undo(batch), false, 'the ledger takes nothing back');
	assert.equal(told, 1);
	await desk.again(batch);
	assert.equal(sent.length, 3, 'a refusal is not tried again');
});

test('what was lost is sent again as the same deed', async () => {
	sent.length = 0;
	answer = () => ({ status: 500, body: { status: 500, code: 'INTERNAL', title: 'x', title_zh: 'x' } });
	const batch = desk.post(label, deeds('a'));
	await desk.send(batch);
	assert.equal(desk.canRetry(batch.outcomes[0]), true);
	answer = () => ({ status: 200, body: {} });
	await desk.again(batch);
	assert.equal(batch.outcomes[0].how, 'done');
	assert.equal(sent.length, 2);
	assert.equal(sent[0].key, sent[1].key);
});

test('the clock of a row is the one that runs out first', () => {
	const clock = (name, due) => ({ name, due, late: false, lasting: false, how: 'running', label: null });
	assert.equal(desk.firstClock([clock('a', '2026-11-25T09:00:00+08:00'), clock('b', null), clock('c', '2026-11-24T23:00:00Z')]).name, 'c');
	assert.equal(desk.firstClock([clock('b', null)]), null);
	const late = { ...clock('d', '2026-11-20T09:00:00+08:00'), late: true, how: 'expired' };
	assert.equal(desk.firstClock([clock('a', '2026-11-25T09:00:00+08:00'), late]).name, 'd', 'what is late stays late, whatever else runs');
});
