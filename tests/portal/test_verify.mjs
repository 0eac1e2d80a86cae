/* "Check it" against a log by the definition, and every way in which a receipt or a city can be wrong. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { BookLog, scripts, Shelf } from './kit.mjs';

const { cleaned, tilePath, Unreachable, verify } = await scripts('verify', 'note', 'log');
const ORIGIN = 'city.example/ledger/330100';
const entry = (i) => Buffer.from(`{"v":1,"t":${1795289150 + i},"e":"created","n":${i}}`);
const log = new BookLog(
	ORIGIN,
	Array.from({ length: 70_000 }, (_, i) => entry(i)),
);
const check = (text, get, { given = null, shelf = new Shelf() } = {}) => verify(text, given, get, shelf);

test('every place in every tree up to 20 is proved', async () => {
	for (let size = 1; size <= 20; size++)
		for (let at = 0; at < size; at++) {
			const r = await check(log.receipt(at, size), log.get(20));
			assert.equal(r.verdict, 'whole', `${at} of ${size}`);
			assert.equal(r.trail.length, log.path(at, 0, size).length);
		}
});

test('every tree up to 40 is found again in every later one', async () => {
	for (let now = 1; now <= 40; now++)
		for (let size = 1; size <= now; size++)
			assert.equal((await check(log.receipt(size - 1, size), log.get(now))).verdict, 'whole', `${size} in ${now}`);
});

test('across the edges of tiles', async () => {
	const sizes = [255, 256, 257, 511, 512, 513, 1000, 65535, 65536, 65537, 69999, 70000];
	for (const size of sizes)
		for (const now of sizes.filter((n) => n >= size))
			for (const at of [0, size >> 1, size - 1])
				assert.equal((await check(log.receipt(at, size), log.get(now))).verdict, 'whole', `${at} of ${size} in ${now}`);
});

test('a receipt that carries its record needs no entries of the city', async () => {
	const asked = [];
	const get = log.get(600);
	const r = await check(log.receipt(300, 500, { extra: true }), (path) => (asked.push(path), get(path)));
	assert.equal(r.verdict, 'whole');
	assert.deepEqual(
		asked.filter((p) => p.includes('entries')),
		[],
	);
});

for (const extra of [true, false])
	test(`no single bit can change (${extra ? 'with' : 'without'} the record in it)`, async () => {
		const right = Buffer.from(log.receipt(300, 500, { extra }));
		const get = log.get(600);
		assert.equal((await check(right.toString(), get)).verdict, 'whole');
		const seen = {};
		for (let bit = 0; bit < right.length * 8; bit++) {
			const bent = Buffer.from(right);
			bent[bit >> 3] ^= 1 << (bit & 7);
			const text = cleaned(new Uint8Array(bent));
			const verdict = text === null ? 'not_receipt' : (await check(text, get)).verdict;
			seen[verdict] = (seen[verdict] ?? 0) + 1;
			const wrong = ['not_receipt', 'damaged', 'other_city', 'forged', 'changed'].includes(verdict);
			assert.ok(wrong, `bit ${bit} in ${JSON.stringify(bent.toString('latin1'))}: ${verdict}`);
		}
		for (const verdict of ['not_receipt', 'damaged', 'other_city', 'forged', 'changed'])
			assert.ok(seen[verdict] > 0, verdict);
	});

test('a bit of the record, given as a file', async () => {
	const given = (bytes) => ({ given: new Uint8Array(bytes) });
	assert.equal((await check(log.receipt(5, 9), log.get(9), given(entry(5)))).verdict, 'whole');
	for (let bit = 0; bit < entry(5).length * 8; bit++) {
		const bent = Buffer.from(entry(5));
		bent[bit >> 3] ^= 1 << (bit & 7);
		assert.equal((await check(log.receipt(5, 9), log.get(9), given(bent))).verdict, 'changed');
	}
	assert.equal((await check(log.receipt(5, 9), log.get(9), given(entry(6)))).verdict, 'changed');
});

test("another city's receipt, and one signed by a stranger in this city's name", async () => {
	const other = new BookLog('other.example/ledger/110101', log.entries.slice(0, 9));
	assert.equal((await check(other.receipt(1, 9), log.get(9))).verdict, 'other_city');
	const stranger = new BookLog(ORIGIN, log.entries.slice(0, 9));
	assert.equal((await check(stranger.receipt(1, 9), log.get(9))).verdict, 'forged');
});

test('a checkpoint that was tampered with', async () => {
	const text = log.receipt(3, 9);
	const [, , root] = log.checkpoint(9).split('\n');
	const wrong = [
		text.replace(`${ORIGIN}\n9\n`, `${ORIGIN}\n10\n`),
		text.replace(`\n${root}\n`, `\n${Buffer.alloc(32).toString('base64')}\n`),
	];
	for (const w of wrong) assert.equal((await check(w, log.get(9))).verdict, 'forged');
	assert.equal((await check(`${text.split('\n—')[0]}\n`, log.get(9))).verdict, 'damaged', 'without a signature');
	const twice = text.replace(/\n(— .*)\n$/, '\n$1\n$1x\n');
	assert.equal((await check(twice, log.get(9))).verdict, 'damaged');
});

test("a witness's line proves nothing and disturbs nothing", async () => {
	const line = `— witness.example ${Buffer.alloc(76, 7).toString('base64')}\n`;
	assert.equal((await check(log.receipt(3, 9) + line, log.get(9))).verdict, 'whole');
	const alone = log.receipt(3, 9).replace(/— .*\n$/u, line);
	assert.equal((await check(alone, log.get(9))).verdict, 'forged');
});

test('a city that shows less than it signed, or another past', async () => {
	assert.equal((await check(log.receipt(3, 9), log.get(8))).verdict, 'newer');
	const twin = new BookLog(ORIGIN, [...log.entries.slice(0, 4), Buffer.from('another'), ...log.entries.slice(5, 12)]);
	Object.assign(twin, { privateKey: log.privateKey, vkey: log.vkey, id: log.id });
	assert.equal((await check(log.receipt(3, 9), twin.get(12))).verdict, 'rewritten');
	assert.equal((await check(log.receipt(3, 9), twin.get(9))).verdict, 'rewritten');
	assert.equal((await check(log.receipt(4, 9, { extra: true }), twin.get(12))).verdict, 'rewritten');
	const unsigned = log.checkpoint(12).replace(/\n12\n/, '\n13\n');
	assert.equal((await check(log.receipt(3, 9), log.get(12, { '/ledger/checkpoint': unsigned }))).verdict, 'rewritten');
});

test('a key that changed is an alarm', async () => {
	const other = new BookLog(ORIGIN, log.entries.slice(0, 9));
	const shelf = new Shelf({ [ORIGIN]: other.vkey });
	assert.equal((await check(log.receipt(3, 9), log.get(9), { shelf })).verdict, 'key_changed');
	assert.equal(shelf.kept[ORIGIN], other.vkey, 'and the kept one stays');
});

test('without a connection: as far as the kept key goes', async () => {
	const gone = async () => {
		throw new Unreachable(0);
	};
	const shelf = new Shelf();
	assert.equal((await check(log.receipt(3, 9, { extra: true }), gone, { shelf })).verdict, 'offline');
	await check(log.receipt(3, 9), log.get(9), { shelf });
	const r = await check(log.receipt(3, 9, { extra: true }), gone, { shelf });
	assert.deepEqual([r.verdict, r.sealed, r.included, r.unbroken], ['part', true, true, undefined]);
	assert.equal((await check(log.receipt(3, 9), gone, { shelf })).verdict, 'entry_missing');
	const noTiles = async (path) => (path.includes('/tile/') ? gone() : log.get(12)(path));
	assert.equal((await check(log.receipt(3, 9, { extra: true }), noTiles)).verdict, 'part');
});

test('an older log of a restored city', async () => {
	const newer = new BookLog(`${ORIGIN}/2`, log.entries.slice(0, 3));
	const get = async (path) =>
		path.startsWith('/ledger/1/') ? log.get(9)(path.replace('/1/', '/')) : newer.get(3)(path);
	assert.equal((await check(log.receipt(3, 9), get)).verdict, 'whole');
	assert.equal((await check(newer.receipt(1, 3), get)).verdict, 'whole');
	assert.equal((await check(log.receipt(3, 9).replaceAll(ORIGIN, `${ORIGIN}/7`), get)).verdict, 'other_city');
});

test('hostile texts end soon', async () => {
	const head = 'c2sp.org/tlog-proof@v1\nindex 0\n';
	const hash = `${Buffer.alloc(32).toString('base64')}\n`;
	const bad = [
		'',
		'\n',
		'x'.repeat(70_000),
		head,
		head + hash.repeat(64),
		`${head}${hash.repeat(65)}\n${log.checkpoint(9)}`,
		`c2sp.org/tlog-proof@v1\nindex 9007199254740993\n\n${log.checkpoint(9)}`,
		`c2sp.org/tlog-proof@v1\nindex 01\n\n${log.checkpoint(9)}`,
		`c2sp.org/tlog-proof@v1\nindex -1\n\n${log.checkpoint(9)}`,
		`${head}\n${log.checkpoint(9).repeat(80)}`,
		`${head}\n${'\n'.repeat(60_000)}`,
		`${head}\n— ${'— '.repeat(30_000)}\n`,
	];
	for (const text of bad) {
		const { verdict } = await check(text, log.get(9));
		assert.ok(['not_receipt', 'damaged'].includes(verdict), verdict);
	}
	// A receipt whose numbers cannot be true together.
	assert.equal((await check(log.receipt(3, 9).replace('index 3', 'index 9'), log.get(9))).verdict, 'changed');
});

test("Windows' ends of lines, blanks around it, a mark at the front", async () => {
	const text = `\uFEFF  ${log.receipt(3, 9).replaceAll('\n', '\r\n')}\r\n \t`;
	assert.equal((await check(cleaned(new Uint8Array(Buffer.from(text))), log.get(9))).verdict, 'whole');
	assert.equal(cleaned(new Uint8Array([0xff, 0xfe, 0x41])), null);
});

test('paths of tiles', () => {
	assert.equal(tilePath(0, 1234067, 256), 'tile/0/x001/x234/067');
	assert.equal(tilePath(2, 0, 7), 'tile/2/000.p/7');
	assert.equal(tilePath('entries', 999, 1), 'tile/entries/999.p/1');
	assert.equal(tilePath(0, 1000, 256), 'tile/0/x001/000');
});
