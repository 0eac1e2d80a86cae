/* The staff at their desks: one request goes through four pairs of hands by keyboard alone, then everybody looks at their own
 * pages, which axe looks at too. Sample accounts: packs/hangzhou/accounts.csv. */
import { Browser, City, DESKTOP, NARROW, PHONE, axe, check, run, simplified, tooWide } from "./kit.mjs";
import { PAGES, settle, show } from "./pages.mjs";
import { still, watchShifts } from "./shifts.mjs";

const TEXT = "石灰坝社区三幢门前的窨井盖破损，老人晚上经过很危险。";
const city = new City({ matters: 150 });
await city.start();
const browser = await Browser.open();
let ref = null;
let code = null;

async function clean(page, where) {
	await settle(page);
	const found = await axe(page);
	check(found.length === 0, `${where}: ${found.join("\n")}`);
	check(!(await tooWide(page)), `${where} scrolls sideways at ${page.viewportSize().width} px`);
	if ((await page.locator("html").getAttribute("lang")) === "zh-Hant") {
		const left = await simplified(page);
		check(left.length === 0, `${where} is not all in traditional characters: ${left.slice(0, 20).join(" | ")}`);
	}
	const said = page.complaints.splice(0);
	check(said.length === 0, `${where} complains: ${said.join("\n")}`);
}

/** Goes on with Tab, as a person does who has no mouse, until the focus is on what the selector names. */
async function tabTo(page, selector, most = 90) {
	for (let i = 0; i < most; i++) {
		if (await page.evaluate((s) => document.activeElement?.matches(s) ?? false, selector)) return;
		await page.keyboard.press("Tab");
	}
	throw new Error(`Tab does not lead to ${selector}`);
}

/** A list that searches: type, wait for what is found, take the first. */
async function pick(page, selector, words) {
	await tabTo(page, selector);
	await page.keyboard.type(words);
	const found = page.locator(`${selector.split(",")[0]} ~ [role=listbox] [role=option]:not([aria-disabled])`).first();
	await found.waitFor();
	if (!(await page.evaluate(() => document.activeElement.getAttribute("aria-activedescendant")))) await page.keyboard.press("ArrowDown");
	await page.keyboard.press("Enter");
}

/** One of a few: round buttons or a select, as the page has it; by Tab and the arrows. */
async function choose(page, field, value) {
	await tabTo(page, `${field} input[type=radio], ${field} select`);
	const here = () => page.evaluate(() => (document.activeElement.type === "radio" && !document.activeElement.checked ? null : document.activeElement.value));
	if ((await here()) === null) await page.keyboard.press(" ");
	for (let i = 0; i < 30 && (await here()) !== value; i++) await page.keyboard.press("ArrowDown");
	check((await here()) === value, `${value} can be chosen`);
}

async function matterOf(login, lang, view = DESKTOP) {
	const page = await browser.person(city, { lang, view, as: login });
	await page.goto(`/desk/matters/${ref}`);
	await page.locator(".actions").waitFor();
	return page;
}

/** Takes a step of the matter page by keyboard; fill: what to do with its form, if it must be filled in. */
async function step(page, name, fill = async () => {}) {
	const button = page.locator(`.actions [id$='-${name}']`);
	await tabTo(page, `.actions [id$='-${name}']`);
	await page.keyboard.press("Enter");
	const form = page.locator(".actions form");
	await Promise.race([form.waitFor(), button.waitFor({ state: "detached" })]);
	if (await form.count()) {
		await fill();
		await tabTo(page, ".actions form button.primary");
		await page.keyboard.press("Enter");
	}
	await button.waitFor({ state: "detached" });
}

const matterNow = async () => (await fetch(`${city.url}/api/v1/matters/${ref}`)).json();

async function operator() {
	const page = await browser.person(city, { lang: "zh-Hans", as: "operator" });
	await page.goto("/desk/intake");
	await settle(page);
	await pick(page, "#i-kind", "12345");
	await page.locator("[data-field=text] textarea").waitFor();
	await tabTo(page, "[data-field=text] textarea");
	await page.keyboard.type(TEXT);
	await page.locator("[data-field=place] .tiles").waitFor();
	await choose(page, "[data-field=place] .tiles", "330105");
	check((await page.locator("#i-place").inputValue()).startsWith("拱墅"), "a tile is the place");
	await choose(page, "[data-field=channel]", "phone");
	await choose(page, "[data-field=subject]", "complaint");
	await page.keyboard.press("Control+Enter");
	await page.locator(".receipt").waitFor();
	await clean(page, "the operator's receipt");
	code = (await page.locator(".receipt .code span").allInnerTexts()).join("");
	check(code.length >= 16, `a code to read out, not "${code}"`);
	ref = /matters\/([0-9a-f]{32})/.exec(await page.locator(".receipt a[href*='/desk/matters/']").getAttribute("href"))[1];
	await page.context().close();
	const registers = await matterOf("operator", "zh-Hans");
	await step(registers, "register");
	await registers.context().close();
}

async function dispatcher() {
	const page = await matterOf("dispatcher", "en");
	await clean(page, "the matter before dispatch");
	await step(page, "dispatch", async () => {
		await pick(page, ".actions form input[id$=category]", "010404");
		await pick(page, ".actions form input[id$=place]", "拱墅");
		await pick(page, ".actions form input[id$=unit]", "330105-D17");
	});
	const { owner, state } = await matterNow();
	check(owner?.code === "330105-D17", `the unit has it, not ${owner?.code} in ${state.name}`);
	await page.context().close();
}

async function handler() {
	const page = await matterOf("gongshu-handler", "zh-Hans", PHONE);
	await step(page, "accept");
	await step(page, "reply", async () => {
		for (const [name, words] of [["answer", "已更换窨井盖，并检查了周边十二处。"], ["record", "现场更换一只。"]]) {
			await tabTo(page, `.actions form textarea[id$=${name}]`);
			await page.keyboard.type(words);
		}
		await choose(page, ".actions form .field:has([value=solved])", "solved");
		await page.locator(".actions form input[type=file]").first().setInputFiles({ name: "record.txt", mimeType: "text/plain", buffer: Buffer.from("one cover replaced\n") });
		await page.waitForFunction(() => !document.querySelector(".actions form progress"));
	});
	await page.context().close();
}

async function delivers() {
	const page = await matterOf("dispatcher", "zh-Hans");
	await step(page, "deliver_open");
	await page.context().close();
}

async function residentRates() {
	const page = await browser.person(city, { lang: "en", view: PHONE });
	await page.goto("/follow");
	await settle(page);
	await tabTo(page, "input[name=code]");
	await page.keyboard.type(code);
	await page.keyboard.press("Enter");
	await page.waitForURL("**/follow/matter");
	const rate = "form[action='/follow/matter/rate']";
	if (!(await page.locator(rate).isVisible())) {
		await tabTo(page, "#step-rate > summary");
		await page.keyboard.press("Enter");
	}
	await tabTo(page, `${rate} [name='f.resolved']`);
	await page.keyboard.press(" ");
	for (const part of ["rate_speed", "rate_result", "rate_service", "rate_quality"]) {
		await tabTo(page, `${rate} [name='f.${part}']`);
		await page.keyboard.press(" ");
		for (let i = 0; i < 3; i++) await page.keyboard.press("ArrowRight");
	}
	await tabTo(page, `${rate} button[value=send]`);
	await Promise.all([page.waitForNavigation(), page.keyboard.press("Enter")]);
	await clean(page, "the rated matter");
	check((await matterNow()).state.room === "apply", "rated by keyboard");
	await page.context().close();
}

/** A person's own pages: every entry of the menu opens, axe is content, nothing moves, nothing is too wide and nothing complains. */
const looks = (login, lang, view) => async () => {
	const page = await browser.person(city, { lang, view, as: login });
	await watchShifts(page);
	await clean(page, `${login}: home`);
	const places = await page.evaluate(() => [...new Set([...document.querySelectorAll("nav a[href^='/desk/']")].map((a) => a.getAttribute("href")))]);
	check(places.length >= 2, `${login} has a menu, not ${places.length} entries`);
	for (const at of places) {
		await page.goto(at);
		await clean(page, `${login}: ${at}`);
		await still(page, `${login}: ${at}`);
	}
	const first = page.locator("a[href^='/desk/matters/']").first();
	await page.goto("/desk/queue");
	await settle(page);
	if (await first.count()) {
		await page.goto(await first.getAttribute("href"));
		await clean(page, `${login}: a matter`);
		await still(page, `${login}: a matter`);
	}
	await page.context().close();
};

/** Every page that there is comes up without anything moving in it. */
const stays = (lang, view) => async () => {
	const pages = PAGES.filter((p) => !p.open || p.leads);
	for (const who of new Set(pages.map((p) => p.who ?? null))) {
		const person = await browser.person(city, { lang, view, as: who });
		await watchShifts(person);
		for (const page of pages.filter((p) => (p.who ?? null) === who)) await show(person, page, () => still(person, page.name));
		await person.context().close();
	}
};

/** What a clock of working days has left is said in working days, as many as the calendar has. */
async function workingDays() {
	const page = await browser.person(city, { lang: "en", as: "dispatcher" });
	await page.goto("/desk/queue?open=true&sort=oldest");
	await page.locator(".c-due .left").first().waitFor();
	const told = await page.locator(".c-due .left").allInnerTexts();
	const ask = (path) => page.evaluate(async (at) => (await fetch(`/api/v1${at}`)).json(), path);
	const { matters } = await ask("/matters?open=true&sort=oldest&limit=50");
	const { week, worked, off } = await ask("/workdays");
	const day = (ms) => new Date(ms + 8 * 3_600_000).toISOString().slice(0, 10);
	const works = (d) => worked.includes(d) || (week.includes(new Date(d).getUTCDay() || 7) && !off.includes(d));
	let compared = 0;
	for (const [i, row] of matters.entries()) {
		if (!["wd", "wh"].includes(row.unit)) continue;
		const [from, to] = [Date.now(), Date.parse(row.due)].sort((a, b) => a - b);
		let n = 0;
		for (let t = from + 86_400_000; day(t) <= day(to); t += 86_400_000) n += works(day(t)) ? 1 : 0;
		const said = /^(\d+) working days? (?:left|late)$/.exec(told[i].trim());
		check(said ? Number(said[1]) === n : n === 0 || /tomorrow|today|hour/.test(told[i]), `${row.number}, due ${row.due}, ${n} working days: ${told[i]}`);
		compared += said ? 1 : 0;
	}
	check(compared >= 3, `working days were compared: ${told}`);
	await page.context().close();
}

/** Whoever changes to traditional characters finds the city's words in them everywhere, without loading the page again; and back. */
async function changesScript() {
	const page = await browser.person(city, { lang: "zh-Hans", as: "dispatcher" });
	const choose = (lang) => page.locator(".top .lang select").selectOption(lang);
	for (const at of ["/desk/", "/desk/queue", "/desk/intake", `/desk/matters/${ref}`]) {
		await page.goto(at);
		await settle(page);
		if (at.includes("matters")) await page.locator(".actions").waitFor();
		const words = () => [...document.querySelectorAll("#main :is(h1, h2, dt, th, label, legend, button)")].map((e) => e.innerText.replace(/\d/g, ""));
		const before = await page.evaluate(words);
		await choose("zh-Hant");
		await page.waitForFunction(() => document.documentElement.lang === "zh-Hant");
		if (at.includes("matters")) await page.locator(".actions").waitFor();
		await settle(page);
		const left = await simplified(page);
		check(left.length === 0, `${at} is not all in traditional characters: ${left.join(" | ")}`);
		const after = await page.evaluate(words);
		check(after.length >= before.length && after.join() !== before.join(), `${at} is there in both: ${after}`);
		await choose("zh-Hans");
		await page.waitForFunction(() => document.documentElement.lang === "zh-Hans");
		await page.waitForFunction((all) => {
			const now = [...document.querySelectorAll("#main :is(h1, h2, dt, th, label, legend, button)")].map((e) => e.innerText.replace(/\d/g, ""));
			return all.every((one) => now.includes(one));
		}, before);
	}
	await page.goto("/desk/intake");
	await choose("zh-Hant");
	await page.locator("#i-kind").fill("訴求");
	await page.locator("[role=option]", { hasText: "12345訴求" }).waitFor();
	await page.context().close();
}

/** Every number of these pages that leads to the queue: how many rows has the list behind it? */
const numbersOf = (login, as, places, expected) => async () => {
	const page = await browser.person(city, { lang: "en", as: login });
	const rows = async (query) => {
		let n = 0;
		for (let cursor = ""; cursor !== null; ) {
			const list = await city.call(login, as, `/matters?${query}&limit=200${cursor && `&cursor=${encodeURIComponent(cursor)}`}`);
			[n, cursor] = [n + list.matters.length, list.next];
		}
		return n;
	};
	const compared = new Map();
	for (const at of places) {
		await page.goto(at);
		await settle(page);
		const links = await page.locator("main a[href*='/desk/queue?']").evaluateAll((all) => all.map((a) => {
			const own = a.matches(".num") ? a : a.querySelector(".num");
			return { query: a.getAttribute("href").split("?")[1], text: (own ?? a).textContent.trim() };
		}));
		for (const { query, text } of links) {
			const [said, more] = text.match(/\d+/g) ?? [];
			if (said === undefined) continue;
			check(more === undefined, `${at}: which number of "${text}" does ${query} mean?`);
			const listed = await rows(query);
			check(Number(said) === listed, `${at}: ${query} says ${text} and lists ${listed}`);
			compared.set(query, said);
		}
	}
	for (const [filter, least] of Object.entries(expected)) {
		const found = [...compared].filter(([query, n]) => query.includes(filter) && n !== "0").length;
		check(found >= least, `${found} of ${least} numbers with ${filter} on ${places}`);
	}
	await page.context().close();
};

/** The bars that stood for events once: what missed a deadline is listed, on the page too. */
async function missedIsListed() {
	const page = await browser.person(city, { lang: "zh-Hans", as: "leader" });
	await page.goto("/desk/leader");
	await settle(page);
	const link = page.locator(".days .legend a[href*=missed_from]");
	const n = Number(/\d+/.exec(await link.innerText())[0]);
	await link.click();
	await page.waitForURL(/queue\?.*missed_from/);
	const rows = page.locator("table:has(.c-due)[aria-busy=false] tbody tr"); // the page before has tables too, and stays until this one is ready
	await rows.nth(Math.min(n, 50) - 1).waitFor();
	check((await rows.count()) === Math.min(n, 50), `${n} missed a deadline`);
	check(await page.getByText(/到期未办/).first().isVisible(), "the filter is named");
	await clean(page, "what missed a deadline");
	await page.context().close();
}

/** A page waits for its first answers before it is shown, but not for ever. */
async function hangingAnswer() {
	const page = await browser.person(city, { lang: "en", as: "leader" });
	await page.clock.install();
	await page.route("**/api/v1/flow", () => {}); // never answered
	await page.goto("/desk/leader");
	const heading = page.locator("main h1");
	await heading.waitFor({ state: "attached" });
	await page.waitForTimeout(1000);
	check(!(await heading.isVisible()), "it waits for the whole");
	await page.clock.runFor(11_000);
	await heading.waitFor();
	await page.context().close();
}

const failed = await run({
	"operator: intake by keyboard": operator,
	"dispatcher: dispatch by keyboard": dispatcher,
	"handler on a telephone: accept and answer": handler,
	"dispatcher: deliver": delivers,
	"resident: rate by keyboard": residentRates,
	"dispatcher: time left in working days": workingDays,
	"dispatcher: from simplified to traditional characters and back": changesScript,
	"leader: every number opens its list": numbersOf("leader", "leader@330100", ["/desk/leader", "/desk/"], {
		"room=": 6, "level=": 2, "unit=": 2, "kind=": 5, "place=": 13, "category=": 1, "created_from=": 13, "ended_from=": 5, "missed_from=": 3, "marked=true": 3,
	}),
	"leader: what missed a deadline is listed (Chinese)": missedIsListed,
	"leader: an answer that hangs does not hide the page for ever": hangingAnswer,
	"handler: every number of the home opens its list": numbersOf("gongshu-handler", "handler@330105-D17", ["/desk/"], { "mine=true": 1, "open=true": 2 }),
	"call-back officer's pages, Chinese": looks("caller", "zh-Hans", DESKTOP),
	"supervisor's pages, traditional, 320 px": looks("supervisor", "zh-Hant", NARROW),
	"subdistrict leader's pages, English, telephone": looks("mishixiang-leader", "en", PHONE),
	"auditor's pages, English": looks("auditor", "en", DESKTOP),
	"administrator's pages, Chinese": looks("admin", "zh-Hans", DESKTOP),
	"administrator's pages, English, telephone": looks("admin", "en", PHONE),
	"nothing moves on any page, English, telephone": stays("en", PHONE),
});
await browser.close();
const code_ = await city.stop();
city.remove();
process.exit(failed || code_ ? 1 : 0);
