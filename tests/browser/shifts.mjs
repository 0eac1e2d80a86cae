/* What moves on a page by itself while it comes up: https://web.dev/articles/cls. What follows a press or a key within half a second
 * is expected, and does not count. */
import { check } from "./kit.mjs";

export const MOST = 0.01; // below that nobody sees it
const TOLD = 8;

/** From now on every document of this page keeps what moved in it: how much, and which elements from where to where. */
export async function watchShifts(page) {
	await page.addInitScript(() => {
		globalThis.shifts = [];
		const name = (node) => {
			const path = [];
			for (let e = node?.nodeType === Node.TEXT_NODE ? node.parentElement : node; e && e !== document.body && path.length < 3; e = e.parentElement)
				path.unshift([e.localName + (e.id && `#${e.id}`), ...e.classList].join("."));
			return path.join(" > ") || "something that is gone";
		};
		const box = (r) => `${Math.round(r.x)},${Math.round(r.y)} ${Math.round(r.width)}×${Math.round(r.height)}`;
		const keep = (entry) => {
			if (!entry.hadRecentInput) globalThis.shifts.push({ value: entry.value, nodes: entry.sources.map((s) => `${name(s.node)}: ${box(s.previousRect)} → ${box(s.currentRect)}`) });
		};
		new PerformanceObserver((list) => list.getEntries().forEach(keep)).observe({ type: "layout-shift", buffered: true });
	});
}

/** How much has moved in the present document, and what. */
export async function shifted(page) {
	const shifts = await page.evaluate(() => globalThis.shifts);
	return { value: shifts.reduce((sum, s) => sum + s.value, 0), nodes: [...new Set(shifts.flatMap((s) => s.nodes))].slice(0, TOLD) };
}

/** Nothing of the present document has moved. */
export async function still(page, where) {
	const { value, nodes } = await shifted(page);
	check(value <= MOST, `${where} moves while it comes up, layout shift ${value.toFixed(3)}:\n${nodes.join("\n")}`);
}
