/* Pictures of every page, desktop and telephone, Chinese and English: node shots.mjs FOLDER [NAME-PART …]. */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { Browser, City, DESKTOP, PHONE } from "./kit.mjs";
import { PAGES, show } from "./pages.mjs";

const [folder = "build/shots", ...only] = process.argv.slice(2);
const city = new City({ matters: 600 });
await city.start();
const wanted = PAGES.filter((p) => !only.length || only.some((part) => p.name.includes(part)));
const browser = await Browser.open();
/* What moves on a page by itself while it comes up: https://web.dev/articles/cls; below a hundredth nobody sees it. */
const MOVED = 0.01;
function watchShifts() {
	globalThis.moved = 0;
	const watch = new PerformanceObserver((list) => list.getEntries().forEach((e) => (globalThis.moved += e.hadRecentInput ? 0 : e.value)));
	watch.observe({ type: "layout-shift", buffered: true });
}

const sessions = {}; // one for each login: so many in a minute would be refused
mkdirSync(folder, { recursive: true });
for (const lang of ["zh-Hans", "en"]) {
	for (const [size, view] of [["desktop", DESKTOP], ["phone", PHONE]]) {
		for (const who of new Set(wanted.map((p) => p.who ?? null))) {
			const person = await browser.person(city, { lang, view, as: sessions[who] ? null : who, storageState: sessions[who] });
			if (who) sessions[who] ??= await person.context().storageState();
			await person.addInitScript(watchShifts);
			for (const page of wanted.filter((p) => (p.who ?? null) === who)) {
				await show(person, page);
				await person.screenshot({ path: join(folder, `${page.name}.${size}.${lang}.png`), fullPage: true });
				const moved = await person.evaluate(() => globalThis.moved);
				if (moved > MOVED) console.log(`${page.name} ${size} ${lang}: moves while it comes up, layout shift ${moved.toFixed(2)}`);
				for (const complaint of person.complaints.splice(0)) console.log(`${page.name} ${size} ${lang}: ${complaint}`);
			}
			await person.context().close();
		}
	}
}
await browser.close();
await city.stop();
city.remove();
console.log(`pictures of ${wanted.length} pages are in ${folder}`);
