/* A kind of matter that nobody has heard of, put into a pack as a file: forms, buttons, filter, timeline and diagram are there. */
import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Browser, City, check, run } from "./kit.mjs";
import { settle } from "./pages.mjs";

const SOURCE = process.env.MINHU_SOURCE ?? new URL("../..", import.meta.url).pathname;
const folder = mkdtempSync(join(tmpdir(), "minhu-seventh-"));
const pack = join(folder, "pack");
cpSync(join(SOURCE, "packs/hangzhou"), pack, { recursive: true });
cpSync(join(SOURCE, "tests/browser/seventh/lost-property.yaml"), join(pack, "process/lost-property.yaml"));
const city = new City({ matters: 5, pack });
await city.start();
const browser = await Browser.open();
let number = null;

async function said() {
	const page = await browser.person(city, { lang: "en" });
	await page.goto("/say");
	await page.getByRole("link", { name: "Lost property" }).first().click();
	await page.getByLabel("Umbrella").check();
	await page.getByLabel("Where it was found").fill("Bus 49, last row");
	await page.locator("button[value=send]").last().click();
	await page.waitForURL("**/receipt");
	number = /\d{4}-\d{6}-\d{6}/.exec(await page.locator("main").innerText())[0];
	await page.context().close();
}

async function handled() {
	const page = await browser.person(city, { lang: "zh-Hans", as: "dispatcher" });
	await page.goto("/desk/queue?kind=lost-property");
	await settle(page);
	const row = page.locator("tbody tr", { hasText: number });
	check((await row.innerText()).includes("失物招领"), "the queue calls it by its name");
	await page.locator("button[aria-controls=filter-panel]").click();
	check((await page.locator("#filter-panel option[value=lost-property]").count()) === 1, "it can be filtered by");
	await row.locator("a").first().click();
	await page.getByRole("button", { name: /^入库/ }).click();
	await page.getByLabel("货架号").fill("7");
	await page.locator(".actions form button.primary").click();
	await page.getByRole("button", { name: /^交还失主/ }).waitFor();
	const text = await page.locator("main").innerText();
	for (const word of ["入库", "保管中", "货架号", "雨伞", "保管期限"]) check(text.includes(word), `the matter's page says ${word}`);
	check(!text.includes("Bus 49"), "what is personal is hidden");
	await page.context().close();
}

async function drawn() {
	const page = await browser.person(city, { lang: "en", as: "admin" });
	await page.goto("/desk/workshop/definitions/lost-property");
	await settle(page);
	check((await page.locator("main").innerText()).includes("Lost property"), "the workshop knows it");
	const picture = await page.evaluate(async () => {
		const answer = await fetch("/api/v1/processes/lost-property/diagram.svg?lang=en");
		return answer.text();
	});
	check(picture.includes("<svg") && picture.includes("On the shelf"), "its diagram is drawn");
	await page.context().close();
}

const failed = await run({
	"a resident says it by the form of its definition": said,
	"the staff find, open and handle it": handled,
	"the workshop draws it": drawn,
});
await browser.close();
const code = await city.stop();
city.remove();
rmSync(folder, { recursive: true, force: true });
process.exit(failed || code ? 1 : 0);
