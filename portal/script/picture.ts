/* The way from a record to the signed root, as a drawing: the record below, at each step the neighbour that it is joined with,
 * the signed root on top. Colours come from the page (currentColor), so it is right in light and dark. */
import { hex, type Bytes } from './bytes.ts';
import { text } from './texts.ts';
import type { Step } from './tree.ts';

const SVG = 'http://www.w3.org/2000/svg';
const WIDTH = 340;
const ROW = 56;
const MIDDLE = WIDTH / 2;
const BOX = 96;
const SHOWN = 8; // digits of a hash

export const short = (hash: Bytes): string => hex(hash).slice(0, SHOWN);

function shape(tag: string, attributes: Record<string, string | number>, words = ''): SVGElement {
	const e = document.createElementNS(SVG, tag);
	for (const [name, value] of Object.entries(attributes)) e.setAttribute(name, String(value));
	e.textContent = words;
	return e;
}

function box(x: number, y: number, words: string, name: string): SVGElement[] {
	return [
		shape('rect', { x: x - BOX / 2, y: y - 15, width: BOX, height: 30, rx: 6, class: name }),
		shape('text', { x, y: y + 5, 'text-anchor': 'middle', class: name }, words),
	];
}

/** Lines first, so that boxes lie on them. */
export function drawPath(leaf: Bytes, trail: Step[]): SVGElement {
	const height = (trail.length + 1) * ROW + 40;
	const y = (i: number): number => height - 40 - i * ROW; // i = 0: the record
	const lines: SVGElement[] = [];
	const boxes: SVGElement[] = box(MIDDLE, y(0), short(leaf), 'own');
	for (const [i, step] of trail.entries()) {
		const x = step.side === 'left' ? BOX / 2 + 2 : WIDTH - BOX / 2 - 2;
		for (const from of [MIDDLE, x])
			lines.push(shape('line', { x1: from, y1: y(i) - 15, x2: MIDDLE, y2: y(i + 1) + 15 }));
		boxes.push(...box(x, y(i), short(step.neighbour), 'beside'));
		boxes.push(...box(MIDDLE, y(i + 1), short(step.result), i === trail.length - 1 ? 'root' : 'own'));
	}
	const captions = [
		shape('text', { x: MIDDLE, y: height - 8, 'text-anchor': 'middle', class: 'caption' }, text('check.path.leaf')),
		shape(
			'text',
			{ x: MIDDLE, y: y(trail.length) - 22, 'text-anchor': 'middle', class: 'caption' },
			text('check.path.root'),
		),
	];
	const size = { viewBox: `0 0 ${WIDTH} ${height}`, width: WIDTH, height };
	const svg = shape('svg', { ...size, role: 'img', 'aria-label': text('check.path.title'), class: 'proof-path' });
	svg.append(...lines, ...boxes, ...captions);
	return svg;
}

/** The same in words, one line a step. */
export function trailLines(trail: Step[]): string[] {
	if (!trail.length) return [text('check.path.alone')];
	return trail.map((step, i) => {
		const values = { n: i + 1, a: short(step.neighbour), b: short(step.result) };
		return step.side === 'left' ? text('check.path.left', values) : text('check.path.right', values);
	});
}
