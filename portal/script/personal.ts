/* Finds what should not stand in a text that others will read: numbers that name one person. It only ever gives a hint.
 * Checks where the number has one (GB 11643 for identity cards, Luhn for bank cards), so that a meter's reading is none. */

export type Personal = 'id_card' | 'bank_card' | 'phone' | 'plate';

/** Full-width digits and letters as plain ones. */
function narrow(text: string): string {
	return text.replace(/[０-９Ａ-Ｚａ-ｚ]/g, (c) => String.fromCharCode(c.charCodeAt(0) - 0xfee0));
}

/** "138 0000-0000" is one number too. */
function unparted(text: string): string {
	return text.replace(/(\d)[ \u3000-](?=\d)/g, '$1');
}

/** GB 11643-1999: weights 7 9 10 5 …, remainder by 11; a date inside that can be one. */
function isIdCard(number: string): boolean {
	const weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
	const sum = weights.reduce((n, w, i) => n + w * Number(number[i]), 0);
	const [month, day] = [Number(number.slice(10, 12)), Number(number.slice(12, 14))];
	return '10X98765432'[sum % 11] === number[17]?.toUpperCase() && month >= 1 && month <= 12 && day >= 1 && day <= 31;
}

function isLuhn(number: string): boolean {
	let sum = 0;
	for (let i = 0; i < number.length; i++) {
		const digit = Number(number[number.length - 1 - i]);
		sum += i % 2 === 0 ? digit : digit > 4 ? 2 * digit - 9 : 2 * digit;
	}
	return sum % 10 === 0;
}

const PLATE =
	/[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼][A-HJ-Z][·• ]?[A-HJ-NP-Z0-9]{4,5}[A-HJ-NP-Z0-9挂学警港澳]/i;

function sortOf(run: string): Personal | null {
	if (/^\d{17}[\dXx]$/.test(run) && isIdCard(run)) return 'id_card';
	const digits = run.replace(/x$/i, '');
	if (/^(86)?1[3-9]\d{9}$/.test(digits)) return 'phone';
	return digits.length >= 16 && digits.length <= 19 && isLuhn(digits) ? 'bank_card' : null;
}

/** The sorts of personal numbers in a text, each once. */
export function personalIn(text: string): Personal[] {
	const found = new Set<Personal>();
	const plain = narrow(text);
	for (const form of [plain, unparted(plain)])
		for (const [run] of form.matchAll(/\d+[Xx]?/g)) {
			const sort = run.length <= 20 ? sortOf(run) : null;
			if (sort) found.add(sort);
		}
	const plate = PLATE.exec(plain);
	if (plate && /\d/.test(plate[0])) found.add('plate');
	return [...found];
}
