/* The resident's whole loop in the portal with no script at all; what every page for everybody weighs and looks like.
 * What scripts add, off line too, is in test_pocket.mjs. */
import { Browser, City, DESKTOP, NARROW, PHONE, axe, check, run, tooWide } from "./kit.mjs";
import { settle } from "./pages.mjs";
import { still, watchShifts } from "./shifts.mjs";

const KIND = "request-12345";
const DISTRICT = "330105";
const TEXT = "湖墅南路第十二号灯杆的路灯不亮，夜里行人看不清路。";

async function clean(page, where) {
	const found = await axe(page);
	check(found.length === 0, `${where}: ${found.join("\n")}`);
	check(!(await tooWide(page)), `${where} scrolls sideways at ${page.viewportSize().width} px`);
}

async function say(page) {
	await page.goto("/say");
	await page.locator(`main a[href='/say/${KIND}']`).click();
	const subject = page.locator("[name='f.subject']");
	if ((await subject.first().getAttribute("type")) === "radio") await page.locator("[name='f.subject'][value=request]").check();
	else await subject.selectOption("request");
	await page.locator("[name='f.text']").fill(TEXT);
	const tiles = await page.locator(".tile").evaluateAll((all) => all.map((one) => Object.values(one.getBoundingClientRect().toJSON()).slice(2, 4)));
	check(tiles.length === 14 && tiles.flat().every((px) => px >= 44), `districts to touch: ${tiles.join(" ")}`);
	await page.locator(".tile", { has: page.locator(`[value='${DISTRICT}']`) }).click();
	check(await page.locator(`[name='f.place.area'][value='${DISTRICT}']`).isChecked(), "a tile is the district");
}

const code = async (page) => (await page.locator("#code").innerText()).replace(/\s/g, "");

/** The reference stands on no page that a resident sees; staff find the matter by what was said. */
async function refOf(city, page) {
	const number = /\d{4}-\d{6}-\d{6}/.exec(await page.locator("main").innerText())[0];
	const answer = await fetch(`${city.url}/api/v1/matters/${number}`);
	return (await answer.json()).ref;
}

async function follow(page, secret) {
	await page.goto("/follow");
	await page.locator("input[name=code]").fill(secret);
	await page.locator("#follow-form button").first().click();
	await page.waitForURL("**/follow/matter");
}

async function fillRating(page) {
	const form = page.locator("form[action='/follow/matter/rate']");
	if (!(await form.isVisible())) await page.locator("#step-rate > summary").click();
	await form.locator("[name='f.resolved'][value=yes]").check();
	for (const part of ["rate_speed", "rate_result", "rate_service", "rate_quality"]) {
		const stars = form.locator(`[name='f.${part}'][value='5']`);
		if (await stars.count()) await stars.check();
		else await form.locator(`[name='f.${part}']`).fill("5");
	}
	return form.locator("button[value=send]");
}

async function rate(page) {
	await (await fillRating(page)).click();
	await page.waitForURL("**/follow/matter");
}

const city = new City({ matters: 40 });
await city.start();
const browser = await Browser.open();

/** Says it, follows it, rates it: as much as a person without scripts can do, which is all of it. */
const whole = (lang, view) => async () => {
	const page = await browser.person(city, { lang, view, js: false });
	await say(page);
	await page.locator("button[value=send]").last().click();
	await page.waitForURL("**/receipt");
	const secret = await code(page);
	check(/^[0-9A-Z-]{16,}$/i.test(secret), `a code to keep, not ${secret}`);
	check(!page.url().includes(secret), "no code in an address");
	const ref = await refOf(city, page);
	const { place } = await (await fetch(`${city.url}/api/v1/matters/${ref}`)).json();
	check(place?.code === DISTRICT, `it lies where the tile said, not in ${place?.code}`);
	await city.answer(ref);
	const other = await browser.person(city, { lang, view, js: false });
	await follow(other, secret);
	check((await other.locator("main").innerText()).includes("已更换灯头"), "the answer is there to read");
	await rate(other);
	check((await other.locator("form[action='/follow/matter/rate']").count()) === 0, "it is rated once");
	const { state } = await (await fetch(`${city.url}/api/v1/matters/${ref}`)).json();
	check(state.room === "apply", `the rating moves it to the last room, not to ${state.room}`);
	await page.context().close();
	await other.context().close();
};

/** Rated in a lift: kept, not sent with another matter's code, sent when the line and the code are back; the first answer is lost. */
async function ratedOffLine() {
	const page = await browser.person(city, { lang: "en", view: PHONE, serviceWorkers: "block" });
	await say(page);
	await page.locator("button[value=send]").last().click();
	await page.waitForURL("**/receipt");
	const secret = await code(page);
	const ref = await refOf(city, page);
	await city.answer(ref);
	await follow(page, secret);
	const send = await fillRating(page);
	await page.context().setOffline(true);
	await send.click();
	await page.locator('[data-told="pocket.outbox.kept"]').waitFor();
	const faults = await axe(page);
	check(faults.length === 0, faults.join("\n"));
	await page.context().clearCookies({ name: "minhu_code" });
	await page.context().setOffline(false);
	await page.locator('[data-told="pocket.outbox.locked"]').waitFor();
	const room = async () => (await (await fetch(`${city.url}/api/v1/matters/${ref}`)).json()).state.room;
	check((await room()) === "rate", "nothing is rated without its code");
	let tries = 0;
	await page.route("**/follow/matter/rate", async (route) => {
		if (page.url().endsWith("/follow")) return route.continue(); // without a code it is asked for
		tries += 1;
		if (tries > 1) return route.continue();
		await route.fetch({ maxRedirects: 0 });
		return route.abort("connectionreset");
	});
	await follow(page, secret);
	const again = page.locator("[data-waiting] button").first();
	await again.waitFor();
	await Promise.all([page.waitForNavigation(), again.click()]);
	await page.waitForFunction(() => document.readyState === "complete" && !document.querySelector("[data-waiting], form[action='/follow/matter/rate']"));
	check(tries === 2 && (await room()) === "apply", `rated after ${tries} tries`);
	const { events } = await (await fetch(`${city.url}/api/v1/follow`, { headers: { Authorization: `Tracking ${secret}` } })).json();
	check(JSON.stringify(events).split('"rate"').length === 2, "it is rated once");
	await page.context().close();
}

const looks = (lang, view) => async () => {
	const page = await browser.person(city, { lang, view });
	await watchShifts(page);
	for (const at of ["/", "/say", `/say/${KIND}`, "/follow", "/answers", "/check", "/no-such-page"]) {
		await page.goto(at);
		await settle(page);
		await still(page, at);
		await clean(page, at);
	}
	const said = page.complaints.filter((one) => !one.includes("404")); // the address that is not there
	check(said.length === 0, said.join("\n"));
	await page.context().close();
};

/** All that a first visit fetches, as it comes over the line. */
async function weight() {
	for (const at of ["/", `/say/${KIND}`, "/check"]) {
		const page = await browser.person(city, { lang: "zh-Hans", view: PHONE, serviceWorkers: "block" });
		const session = await page.context().newCDPSession(page);
		let bytes = 0;
		await session.send("Network.enable");
		session.on("Network.loadingFinished", (one) => (bytes += one.encodedDataLength));
		await page.goto(at);
		await page.waitForLoadState("networkidle");
		check(bytes > 2000 && bytes <= 60 * 1024, `${at} costs ${bytes} bytes at first`);
		await page.context().close();
	}
}

const failed = await run({
	"without scripts, in Chinese": whole("zh-Hans", PHONE),
	"without scripts, in English": whole("en", DESKTOP),
	"a rating off line is kept and sent once": ratedOffLine,
	"every page for everybody, Chinese, telephone": looks("zh-Hans", PHONE),
	"every page for everybody, traditional, 320 px": looks("zh-Hant", NARROW),
	"every page for everybody, English, desktop": looks("en", DESKTOP),
	"a first visit costs at most 60 KiB": weight,
});
await browser.close();
const code_ = await city.stop();
city.remove();
process.exit(failed || code_ ? 1 : 0);
