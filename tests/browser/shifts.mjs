/* What moves on a page by itself while it comes up: https://web.dev/articles/cls. What follows a press or a key within half a second
 * is expected and does not count. */

/** From now on every document of this page keeps what moved: how much, and which elements from where to where. */
export async function watchShifts(page) {
	await page.addInitScript(() => {
		globalThis.shifts = [];
		const name = (node) => {
			const e = node?.nodeType === Node.ELEMENT_NODE ? node : node?.parentElement;
			if (!e) return "(gone)";
			const path = [];
			for (let at = e; at && at !== document.body && path.length < 3; at = at.parentElement) path.unshift(at.localName + (at.id ? `#${at.id}` : "") + [...at.classList].map((c) => `.${c}`).join(""));
			return path.join(" > ");
		};
		const box = (r) => `${Math.round(r.x)},${Math.round(r.y)} ${Math.round(r.width)}×${Math.round(r.height)}`;
		const keep = (entry) => {
			if (entry.hadRecentInput) return;
			const nodes = entry.sources.map((s) => `${name(s.node)} (${box(s.previousRect)} → ${box(s.currentRect)})`);
			globalThis.shifts.push({ value: entry.value, nodes });
		};
		new PerformanceObserver((list) => list.getEntries().forEach(keep)).observe({ type: "layout-shift", buffered: true });
	});
}

/** How much has moved in the present document, and what: {value, nodes}. */
export async function shifted(page) {
	const shifts = await page.evaluate(() => globalThis.shifts ?? []);
	return { value: shifts.reduce((sum, s) => sum + s.value, 0), nodes: shifts.flatMap((s) => s.nodes.map((node) => `${s.value.toFixed(4)} ${node}`)) };
}
