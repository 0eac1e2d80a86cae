/* Pictures of every page: node shots.mjs FOLDER [OPTION …] [NAME-PART …]; HELP says which. What moves while a page comes up is told. */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { Browser, City, DESKTOP, PHONE } from "./kit.mjs";
import { PAGES, show } from "./pages.mjs";
import { MOST, shifted, watchShifts } from "./shifts.mjs";

const HELP = `usage: ./dev shots [--width PX] [--lang LANG] [--dark] [NAME-PART…]

Pictures of the pages whose names have one of these parts, or of all, into build/shots as NAME.VIEW.LANG.png:
on a desktop and a telephone, in Chinese and in English. What moves while a page comes up is told.

  --width PX    only so wide (320: the narrowest that must do)
  --lang LANG   only in this language: zh-Hans, zh-Hant or en
  --dark        in the dark
`;

const [folder = "build/shots", ...args] = process.argv.slice(2);
function read() {
	const { values, positionals } = parseArgs({ args, allowPositionals: true, options: { width: { type: "string" }, lang: { type: "string" }, dark: { type: "boolean", default: false }, help: { type: "boolean", short: "h" } } });
	const width = Number(values.width);
	if (values.help) return null;
	if (values.width && !(Number.isInteger(width) && width >= 200 && width <= 4000)) throw new Error("--width: pixels, 200 to 4000");
	if (values.lang && !["zh-Hans", "zh-Hant", "en"].includes(values.lang)) throw new Error("--lang: zh-Hans, zh-Hant or en");
	const views = values.width ? { [`${width}px`]: { width, height: width < 700 ? 740 : 900 } } : { desktop: DESKTOP, phone: PHONE };
	return { views, langs: values.lang ? [values.lang] : ["zh-Hans", "en"], dark: values.dark, only: positionals };
}

let asked;
try {
	asked = read();
} catch (error) {
	console.error(`${error.message}\n\n${HELP}`);
	process.exit(2);
}
if (!asked) {
	console.log(HELP);
	process.exit(0);
}

const wanted = PAGES.filter((p) => !asked.only.length || asked.only.some((part) => p.name.includes(part)));
const city = new City({ matters: 600 });
await city.start();
const browser = await Browser.open();
const sessions = {}; // one for each login: so many in a minute would be refused
mkdirSync(folder, { recursive: true });

async function picture(person, page, kind) {
	const tell = (what) => console.log(`${page.name} ${kind}: ${what}`);
	await show(person, page, async () => {
		const { value, nodes } = await shifted(person);
		if (value > MOST) tell(`moves while it comes up, layout shift ${value.toFixed(3)}\n  ${nodes.join("\n  ")}`);
	});
	await person.screenshot({ path: join(folder, `${page.name}.${kind}.png`), fullPage: true });
	for (const complaint of person.complaints.splice(0)) tell(complaint);
}

for (const lang of asked.langs) {
	for (const [size, view] of Object.entries(asked.views)) {
		for (const who of new Set(wanted.map((p) => p.who ?? null))) {
			const more = asked.dark ? { colorScheme: "dark" } : {};
			const person = await browser.person(city, { lang, view, as: sessions[who] ? null : who, storageState: sessions[who], ...more });
			if (who) sessions[who] ??= await person.context().storageState();
			await watchShifts(person);
			for (const page of wanted.filter((p) => (p.who ?? null) === who)) await picture(person, page, [size, lang, ...(asked.dark ? ["dark"] : [])].join("."));
			await person.context().close();
		}
	}
}
await browser.close();
await city.stop();
city.remove();
console.log(`pictures of ${wanted.length} pages are in ${folder}`);
