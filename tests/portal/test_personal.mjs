/* The hint about personal data: it must find what names a person, and leave meters, dates and amounts alone. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { scripts } from './kit.mjs';

const { personalIn } = await scripts('personal');
const finds = {
	id_card: [
		'身份证 11010519491231002X。',
		'11010519491231002x',
		'１１０１０５１９４９１２３１００２Ｘ',
		'110105 19491231 002X',
		'330106199003071236',
	],
	phone: [
		'请打13800138000',
		'138-0013-8000',
		'138 0013 8000',
		'+86 138 0013 8000',
		'8613800138000',
		'2026-11-22 13800138000',
	],
	bank_card: ['6222 0202 0000 0000 006', '4111111111111111', '４１１１ １１１１ １１１１ １１１１'],
	plate: ['浙A12345 占道', '浙A·D12345', '粤Z1234港', '沪b 8F3K2'],
};
const leaves = [
	'',
	'水表读数 20261122',
	'11010519491231002 1',
	'110105194912310021',
	'电话 0571-87654321',
	'金额 1380013.80 元',
	'4111111111111112',
	'2026-11-22 至 2026-12-31',
	'12800138000',
	'浙江A区',
	'京东大厦',
	'单号 138001380001234',
	'苏式月饼 12345',
	'1'.repeat(400),
	'赣南脐橙A级苏州BBBBBB',
];

for (const [sort, texts] of Object.entries(finds))
	test(`finds ${sort}`, () => {
		for (const text of texts) assert.ok(personalIn(text).includes(sort), `${text}: ${personalIn(text)}`);
	});

test('leaves the rest alone', () => {
	for (const text of leaves) assert.deepEqual(personalIn(text), [], text);
});

test('names each sort once, and is quick on long texts', () => {
	assert.deepEqual(personalIn('13800138000 13900139000'), ['phone']);
	const began = performance.now();
	personalIn('1 2-3 4'.repeat(20_000));
	personalIn('浙A'.repeat(50_000));
	assert.ok(performance.now() - began < 500);
});
