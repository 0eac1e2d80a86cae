/* What a person does at a desk with a mouse: pages are opened, steps taken, things picked. Nothing here waits for time. */
import { mkdirSync } from "node:fs";
import { DESKTOP, axe, check, tooWide } from "./kit.mjs";
import { settle } from "./pages.mjs";

/** The page is fit to be used: axe is content, nothing is too wide, nothing was complained of. */
export async function clean(page, where) {
	await settle(page);
	const found = await axe(page);
	check(found.length === 0, `${where}: ${found.join("\n")}`);
	check(!(await tooWide(page)), `${where} scrolls sideways at ${page.viewportSize().width} px`);
	const said = page.complaints.splice(0);
	check(said.length === 0, `${where} complains: ${said.join("\n")}`);
}

/** A picture on the way, in the folder MINHU_SHOTS if it is set: for looking at what a journey passes. */
export async function seen(page, name) {
	if (!process.env.MINHU_SHOTS) return;
	mkdirSync(process.env.MINHU_SHOTS, { recursive: true });
	await page.screenshot({ path: `${process.env.MINHU_SHOTS}/${name}.png`, fullPage: true });
}

export async function matterOf(browser, city, ref, login, { lang = "zh-Hans", view = DESKTOP, ...more } = {}) {
	const page = await browser.person(city, { lang, view, as: login, ...more });
	await openMatter(page, ref);
	return page;
}

export async function openMatter(page, ref) {
	await page.goto(`/desk/matters/${ref}`);
	await page.locator(".actions").waitFor();
}

/** Takes a step on the matter's page; fill: what to do with its form. */
export async function step(page, name, fill = null) {
	const button = page.locator(`.actions [id$='-${name}']`);
	await button.click();
	if (fill) {
		await fill(page.locator(".actions form.step-form"));
		await page.locator(".actions form.step-form button.primary").click();
	}
	await button.waitFor({ state: "detached" });
}

/** A list that searches: type, take the first that is found. */
export async function pick(input, words) {
	await input.fill(words);
	await input.locator("xpath=..").locator("[role=option]:not([aria-disabled])").first().click();
}

export const refIn = (address) => /matters\/([0-9a-f]{32})/.exec(address)[1];
