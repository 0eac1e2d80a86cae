/* Pictures of every page, desktop and telephone, Chinese and English: node shots.mjs FOLDER [NAME-PART …]. */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { Browser, City, DESKTOP, PHONE } from "./kit.mjs";
import { PAGES, show } from "./pages.mjs";

const [folder = "build/shots", ...only] = process.argv.slice(2);
const city = new City({ matters: 600 });
await city.start();
const browser = await Browser.open();
mkdirSync(folder, { recursive: true });
for (const lang of ["zh-Hans", "en"]) {
	for (const [size, view] of [["desktop", DESKTOP], ["phone", PHONE]]) {
		for (const who of new Set(PAGES.map((p) => p.who ?? null))) {
			const person = await browser.person(city, { lang, view, as: who });
			for (const page of PAGES.filter((p) => (p.who ?? null) === who && (!only.length || only.some((part) => p.name.includes(part))))) {
				await show(person, page);
				await person.screenshot({ path: join(folder, `${page.name}.${size}.${lang}.png`), fullPage: true });
				for (const complaint of person.complaints.splice(0)) console.log(`${page.name} ${size} ${lang}: ${complaint}`);
			}
			await person.context().close();
		}
	}
}
await browser.close();
await city.stop();
city.remove();
console.log(`pictures of ${PAGES.length} pages are in ${folder}`);
