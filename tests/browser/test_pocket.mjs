/* The scripts of the residents' pages in a real browser: kept, sent once, checked. Each journey in the language it names. */
import { axe, Browser, check, City, PHONE, run, tooWide } from "./kit.mjs";

const city = new City({ matters: 20 });
await city.start();
const browser = await Browser.open();
const FORM = "/say/request-12345";
const WORDS = { "zh-Hans": "仓兴街 12 号门前路灯不亮", en: "The street lamp at Cangxing Street 12 is out" };

const words = (page) => page.locator("textarea[required]").first();
const same = (a, b, what) => check(a === b, `${what}: ${JSON.stringify(a)} is not ${JSON.stringify(b)}`);
const counted = async () => (await (await fetch(`${city.url}/api/v1/counts`)).json()).reports;
const kept = (page, shelf) =>
	page.evaluate(
		(name) =>
			new Promise((done) => {
				const open = indexedDB.open("minhu");
				open.onsuccess = () => {
					const all = open.result.transaction(name).objectStore(name).getAll();
					all.onsuccess = () => (open.result.close(), done(all.result.length));
				};
			}),
		shelf,
	);

/** The form, with the worker in charge and the page kept. */
async function openForm(page) {
	await page.goto(FORM);
	await page.evaluate(() => navigator.serviceWorker.ready);
	await page.waitForFunction(async (at) => !!(await caches.match(at)), FORM);
}

/** Until the draft holds the choice too: the words may have been kept before it. */
async function fillIn(page, lang) {
	const choice = page.locator("form[data-keep] input[type=radio][required]").first();
	await words(page).fill(WORDS[lang]);
	await choice.check();
	await page.waitForFunction(() => !document.querySelector("[data-draft]").hidden);
	await page.waitForFunction(
		(name) =>
			new Promise((done) => {
				const open = indexedDB.open("minhu");
				open.onsuccess = () => {
					const all = open.result.transaction("draft").objectStore("draft").getAll();
					all.onsuccess = () => (open.result.close(), done(all.result.some((d) => d.values.some(([n]) => n === name))));
				};
			}),
		await choice.getAttribute("name"),
	);
}

async function raise(page, lang) {
	await openForm(page);
	await fillIn(page, lang);
	await page.locator("button[value=send]").click();
	await page.waitForURL("**/receipt");
	return (await page.locator("#code").innerText()).trim();
}

async function offlineAndBack(lang) {
	const page = await browser.person(city, { lang, view: PHONE });
	const before = await counted();
	await openForm(page);
	await fillIn(page, lang);
	await page.context().setOffline(true);
	await page.reload(); // the worker's copy
	await page.waitForFunction((text) => document.querySelector("textarea[required]")?.value === text, WORDS[lang]);
	same(await kept(page, "draft"), 1, "drafts");
	// Chromium's own background sync is not cut off with the page; this journey is about the page.
	await page.evaluate(() => (SyncManager.prototype.register = () => Promise.resolve()));
	await page.locator("button[value=send]").click();
	await page.locator('[data-told="pocket.outbox.kept"]').waitFor();
	same(await kept(page, "outbox"), 1, "in the outbox");
	same(await kept(page, "draft"), 0, "drafts");
	same(await counted(), before, "matters while off line");
	const faults = await axe(page);
	check(!faults.length, faults.join("\n"));
	await page.context().setOffline(false);
	await page.waitForURL("**/receipt");
	await page.locator("#code").waitFor();
	same(await counted(), before + 1, "matters");
	await page.waitForFunction(
		() =>
			new Promise((done) => {
				const open = indexedDB.open("minhu");
				open.onsuccess = () => {
					const all = open.result.transaction("outbox").objectStore("outbox").getAll();
					all.onsuccess = () => (open.result.close(), done(all.result.length === 0));
				};
			}),
	);
	await page.context().close();
}

/** The city has registered the matter, and the answer never arrives. */
async function answerLost() {
	const page = await browser.person(city, { lang: "en", view: PHONE, serviceWorkers: "block" });
	const before = await counted();
	let tries = 0;
	await page.route(`**${FORM}`, async (route) => {
		if (route.request().method() !== "POST") return route.continue();
		tries += 1;
		if (tries > 2) return route.continue();
		await route.fetch({ maxRedirects: 0 });
		return route.abort("connectionreset");
	});
	await page.goto(FORM);
	await fillIn(page, "en");
	await page.locator("button[value=send]").click();
	for (let i = 0; i < 2; i++) await page.locator('[data-told="pocket.outbox.kept"] button').click();
	await page.waitForURL("**/receipt");
	check(tries >= 3, `${tries} tries`);
	same(await counted(), before + 1, "matters");
	await page.context().close();
}

/** What is big shows how far it is while it goes. */
async function barWhileSending() {
	const page = await browser.person(city, { lang: "en", view: PHONE, serviceWorkers: "block" });
	const bar = page.locator("[data-bar] progress");
	await page.route(`**${FORM}`, async (route) => {
		if (route.request().method() === "POST") await bar.waitFor();
		return route.continue();
	});
	await page.goto(FORM);
	await fillIn(page, "en");
	await page.locator("#photos").setInputFiles({ name: "plan.pdf", mimeType: "application/pdf", buffer: Buffer.alloc(300_000, "%PDF-1.4\n") });
	await page.locator("button[value=send]").click();
	await page.waitForURL("**/receipt");
	await page.context().close();
}

/** Another language is another page: the last letter comes along. */
async function anotherLanguage() {
	const page = await browser.person(city, { lang: "zh-Hans", view: PHONE });
	await openForm(page);
	await fillIn(page, "zh-Hans");
	await words(page).press("ControlOrMeta+End");
	await words(page).pressSequentially("，很急");
	await page.locator(".langs button[lang=en]").click();
	await page.waitForURL("**lang=en");
	await page.waitForFunction((text) => document.querySelector("textarea[required]")?.value === text, `${WORDS["zh-Hans"]}，很急`);
	await page.context().close();
}

async function draftThrownAway() {
	const page = await browser.person(city, { lang: "en" });
	await openForm(page);
	await fillIn(page, "en");
	await page.locator("[data-draft] button").click();
	await page.waitForFunction(() => document.querySelector("[data-draft]").hidden); // it is gone from the shelf too
	same(await words(page).inputValue(), "", "the text");
	await page.reload();
	await page.waitForTimeout(500);
	same(await words(page).inputValue(), "", "the text after opening anew");
	same(await kept(page, "draft"), 0, "drafts");
	await page.context().close();
}

async function hints(lang) {
	const page = await browser.person(city, { lang, view: PHONE });
	await page.goto(FORM);
	await words(page).fill("13800138000 浙A12345");
	const hint = page.locator(".notice.personal").first();
	await hint.waitFor();
	const said = await hint.innerText();
	check(lang === "en" ? /mobile number and a licence plate/.test(said) : /手机号和车牌号/.test(said), said);
	await words(page).fill("A meter reads 20261122");
	check(!(await hint.isVisible()), "the hint stays");
	await page.context().close();
}

async function placeByKeyboard() {
	const page = await browser.person(city, { lang: "en", permissions: ["geolocation"], geolocation: { latitude: 30.27408, longitude: 120.15507 } });
	await page.goto(FORM);
	const box = page.getByRole("combobox", { name: /street|village|community/i });
	await box.focus();
	await page.keyboard.type("cangq");
	await page.locator("[role=listbox] [role=option]").first().waitFor();
	const faults = await axe(page);
	check(!faults.length, faults.join("\n"));
	await page.keyboard.press("ArrowDown");
	same(await box.getAttribute("aria-activedescendant"), await page.locator("[role=option][aria-selected=true]").getAttribute("id"), "what is marked");
	await page.keyboard.press("Enter");
	same(await box.inputValue(), "Cangqian Subdistrict", "what was chosen");
	same(await page.locator('input[name$=".org"]').inputValue(), "330110012", "its code");
	const district = page.locator(".tile :checked");
	same(await district.inputValue(), "330110", "the tile of its district");
	await district.focus();
	await page.keyboard.press("ArrowRight");
	same(await district.inputValue(), "330105", "the tile east of it");
	same(await box.inputValue(), "", "what was found in the other district");
	check(await page.locator('input[name$=".org"]').isDisabled(), "its code goes out");
	await page.locator("[data-position] button").first().click();
	await page.waitForFunction(() => document.querySelector("[data-lat]").value === "30274080");
	await page.locator("[data-position] button").last().click();
	same(await page.locator("[data-lat]").inputValue(), "", "the position after it was cleared");
	await page.context().close();
}

/** A JPEG with an Exif block that says where it was taken. */
async function photographWithPlace(page) {
	const plain = Buffer.from(
		await page.evaluate(async () => {
			const canvas = Object.assign(document.createElement("canvas"), { width: 2400, height: 1200 });
			canvas.getContext("2d").fillRect(10, 10, 300, 300);
			const blob = await new Promise((done) => canvas.toBlob(done, "image/jpeg"));
			return [...new Uint8Array(await blob.arrayBuffer())];
		}),
	);
	const exif = Buffer.concat([Buffer.from("Exif\0\0"), Buffer.from("GPS 30.27408 120.15507")]);
	const head = Buffer.from([0xff, 0xe1, 0, exif.length + 2]);
	return Buffer.concat([plain.subarray(0, 2), head, exif, plain.subarray(2)]);
}

async function photographsLoseTheirPlace() {
	const page = await browser.person(city, { lang: "en" });
	await page.goto(FORM);
	const buffer = await photographWithPlace(page);
	check(buffer.includes("GPS 30.27408"), "the test's own picture");
	await page.locator("#photos").setInputFiles({ name: "IMG.jpg", mimeType: "image/jpeg", buffer });
	await page.waitForFunction(() => document.querySelector("#photos").files[0]?.lastModified === 0);
	const sent = Buffer.from(await page.evaluate(async () => [...new Uint8Array(await document.querySelector("#photos").files[0].arrayBuffer())]));
	check(!sent.includes("GPS") && !sent.includes("Exif"), "the place is still in the picture");
	same(sent.subarray(0, 2).toString("hex"), "ffd8", "what kind of file");
	await page.context().close();
}

async function codeFromFragment() {
	const page = await browser.person(city, { lang: "zh-Hans", view: PHONE });
	const code = await raise(page, "zh-Hans");
	await page.goto(`/follow#${code}`);
	await page.waitForFunction((c) => document.querySelector("[data-code]").value === c, code);
	check(!page.url().includes("#"), page.url());
	await page.keyboard.press("Enter"); // the focus is on the button
	await page.waitForURL("**/follow/matter");
	await page.context().close();
}

const outcome = async (page, want) => {
	await page.waitForFunction((name) => document.querySelector("[data-result]:not([hidden])")?.dataset.result === name, want).catch(async () => {
		throw new Error(`${await page.locator("[data-result]").getAttribute("data-result")} is not ${want}`);
	});
};
const paste = async (page, text) => {
	await page.locator("[data-paste]").fill(text);
	await page.locator("[data-ask] button").first().click();
};

async function checked(lang) {
	const page = await browser.person(city, { lang, view: PHONE });
	const code = await raise(page, lang);
	const picture = await page.locator("svg.qr").screenshot();
	await page.waitForTimeout(1500); // heads are signed once a second
	await page.goto("/check");
	await paste(page, code);
	await outcome(page, "whole");
	await page.locator("[data-path] summary").click();
	check(await page.locator(".proof-path").isVisible(), "no picture of the proof");
	check(!(await tooWide(page)), "the page scrolls sideways");
	const faults = await axe(page);
	check(!faults.length, faults.join("\n"));
	await page.locator("#receipt-picture").setInputFiles({ name: "qr.png", mimeType: "image/png", buffer: picture });
	await outcome(page, "whole");
	const headers = { Authorization: `Tracking ${code}` };
	const receipt = await (await fetch(`${city.url}/api/v1/follow/receipt`, { headers })).text();
	await page.locator("#receipt-file").setInputFiles({ name: "a.tlog-proof", mimeType: "text/plain", buffer: Buffer.from(receipt) });
	await outcome(page, "whole");
	const record = /extra (\S+)/.exec(receipt)[1];
	const bent = Buffer.from(record, "base64");
	bent[20] ^= 1;
	await paste(page, receipt.replace(record, bent.toString("base64")));
	await outcome(page, "changed");
	await paste(page, receipt.replaceAll(/\S+\/ledger\/\S+/g, "other.example/ledger/1"));
	await outcome(page, "other_city");
	await paste(page, receipt.replace("index", "indes"));
	await outcome(page, "damaged");
	await paste(page, "hello");
	await outcome(page, "not_receipt");
	await page.context().setOffline(true);
	await paste(page, receipt);
	await outcome(page, "part");
	await page.context().close();
}

async function light() {
	const page = await browser.person(city, { view: PHONE, serviceWorkers: "block" });
	const load = async (address) => {
		await page.goto(address);
		return page.evaluate(() =>
			performance
				.getEntriesByType("resource")
				.filter((r) => r.name.endsWith(".js"))
				.reduce((n, r) => n + r.encodedBodySize, 0),
		);
	};
	const bytes = await load(FORM);
	check(bytes > 1000 && bytes <= 15 * 1024, `${bytes} bytes of scripts on ${FORM}`);
	const more = await load("/check");
	check(more <= 20 * 1024, `${more} bytes of scripts on /check`);
	await page.context().close();
}

const failed = await run({
	"off line and back, on a telephone (Chinese)": () => offlineAndBack("zh-Hans"),
	"off line and back, on a telephone (English)": () => offlineAndBack("en"),
	"an answer that was lost registers nothing twice": answerLost,
	"a long sending shows how far it is": barWhileSending,
	"a draft can be thrown away": draftThrownAway,
	"what was typed comes along into another language": anotherLanguage,
	"a hint before personal data goes out (Chinese)": () => hints("zh-Hans"),
	"a hint before personal data goes out (English)": () => hints("en"),
	"a place and a position by keyboard": placeByKeyboard,
	"photographs lose their place": photographsLoseTheirPlace,
	"a code in the fragment fills the form and goes": codeFromFragment,
	"a receipt is checked (Chinese)": () => checked("zh-Hans"),
	"a receipt is checked (English)": () => checked("en"),
	"scripts weigh little": light,
});
await browser.close();
await city.stop();
city.remove();
process.exit(failed);
