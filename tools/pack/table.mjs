// Strict CSV for the pack tools: what is not RFC 4180 with one header line is an error with its line.
import { readFileSync } from 'node:fs';

function split_record(line, where) {
	const fields = [];
	let rest = line;
	for (;;) {
		const m = /^(?:"((?:[^"]|"")*)"|([^",]*))(,|$)/.exec(rest);
		if (!m)
			throw new Error(`${where}: a field is not valid CSV`);
		fields.push(m[1] === undefined ? m[2] : m[1].replaceAll('""', '"'));
		if (!m[3])
			return fields;
		rest = rest.slice(m[0].length);
	}
}

export function read_table(file, columns) {
	const text = readFileSync(file, 'utf8');
	if (text.includes('\r') || text.includes('\ufffd') || text.startsWith('\ufeff') || !text.endsWith('\n'))
		throw new Error(`${file}: wants UTF-8 without mark, lines that end in LF, also the last`);
	const [head, ...lines] = text.slice(0, -1).split('\n');
	if (head !== columns.join(','))
		throw new Error(`${file}:1: header is "${head}", wanted "${columns.join(',')}"`);
	return lines.map((line, i) => {
		const where = `${file}:${i + 2}`;
		const fields = split_record(line, where);
		if (fields.length !== columns.length)
			throw new Error(`${where}: ${fields.length} fields, wanted ${columns.length}`);
		return { where, ...Object.fromEntries(columns.map((c, n) => [c, fields[n]])) };
	});
}
