/* "Check it" with receipts of the real program: as the log grows, with every bit of one flipped, and with a second city. */
import assert from 'node:assert/strict';
import test, { after } from 'node:test';
import { City, scripts, Shelf } from './kit.mjs';

const { cleaned, verify } = await scripts('verify', 'note');
const city = await City.start();
const elsewhere = await City.start();
after(() => {
	city.stop();
	elsewhere.stop();
});

/** One city's answers, each fetched once, as a page would that stays open. */
function remembered(from) {
	const get = from.get();
	const seen = new Map();
	return (path) => {
		if (!seen.has(path)) seen.set(path, get(path));
		return seen.get(path);
	};
}
const read = (bytes) => cleaned(new Uint8Array(bytes));
const check = (text, get = city.get()) => verify(text, null, get, new Shelf());
const receipts = [];

test('receipts of a growing log hold at once', async () => {
	for (let round = 0; round < 12; round++) {
		const raised = [];
		for (let i = 0; i <= round * 3; i++) raised.push(await city.raise(`路灯不亮 ${round}-${i}`));
		for (const m of [raised[0], raised.at(-1)]) {
			const text = read(await city.text(`/api/v1/matters/${m.ref}/receipt?seq=${m.seq}`));
			const r = await check(text);
			assert.equal(r.verdict, 'whole');
			assert.equal(r.receipt.index, m.seq);
			assert.equal(JSON.parse(Buffer.from(r.entry)).m, m.ref);
			receipts.push(text);
		}
	}
});

test('and still when the log is longer, without their record too', async () => {
	const get = remembered(city);
	const sizes = new Set();
	for (const text of receipts) {
		const r = await check(text, get);
		assert.equal(r.verdict, 'whole');
		sizes.add(r.receipt.checkpoint.size);
		assert.equal(
			(await check(text.replace(/\nextra .*\n/, '\n'), get)).verdict,
			'whole',
			'the record comes from the log',
		);
	}
	assert.ok(sizes.size >= 10, `only ${sizes.size} heads`);
});

test('not one bit of a receipt can change', async () => {
	const get = remembered(city);
	const right = Buffer.from(receipts.at(-1));
	assert.equal((await check(right.toString(), get)).verdict, 'whole');
	const wrong = ['not_receipt', 'damaged', 'other_city', 'forged', 'changed'];
	for (let bit = 0; bit < right.length * 8; bit++) {
		const bent = Buffer.from(right);
		bent[bit >> 3] ^= 1 << (bit & 7);
		const text = read(bent);
		const verdict = text === null ? 'not_receipt' : (await check(text, get)).verdict;
		assert.ok(wrong.includes(verdict), `bit ${bit}: ${verdict}`);
	}
});

test('a city of the same name with another key does not pass for this one', async () => {
	const m = await elsewhere.raise('another city');
	const theirs = read(await elsewhere.text(`/api/v1/matters/${m.ref}/receipt`));
	assert.equal((await check(theirs, elsewhere.get())).verdict, 'whole');
	assert.equal((await check(theirs)).verdict, 'forged');
	const swapped = theirs.replace(/\n\n[\s\S]*$/, `\n\n${(await city.text('/ledger/checkpoint')).toString()}`);
	assert.equal((await check(swapped)).verdict, 'changed', 'their record under our head');
	const renamed = theirs.replaceAll(/[^\n ]+\/ledger\//g, 'other.example/ledger/');
	assert.equal((await check(renamed)).verdict, 'other_city');
});

test('a city that was set back shows less than it signed', async () => {
	const get = remembered(elsewhere);
	const early = await get('/ledger/checkpoint');
	const m = await elsewhere.raise('later');
	const late = read(await elsewhere.text(`/api/v1/matters/${m.ref}/receipt`));
	assert.equal((await check(late, elsewhere.get())).verdict, 'whole');
	assert.ok(Buffer.from(early).length > 0);
	assert.equal((await check(late, get)).verdict, 'newer');
});
