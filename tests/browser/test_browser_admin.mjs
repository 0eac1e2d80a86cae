/* What keeps a city's house: an account is made and its owner gets in, a definition is tried, a resident's wish for erasure is
 * fulfilled; and the pages on paper and in the dark. */
import { readFileSync } from "node:fs";
import { Browser, City, DESKTOP, PHONE, axe, check, run } from "./kit.mjs";
import { clean, openMatter, pick, refIn, seen } from "./hands.mjs";
import { settle } from "./pages.mjs";

const city = new City({ matters: 40 });
await city.start();
const browser = await Browser.open();
const ADMIN = ["admin", "admin@330100"];
const DEFINITION = readFileSync(new URL("../../packs/hangzhou/process/callback-check.yaml", import.meta.url), "utf8");
const view = (ref, who = [null, ""]) => city.call(...who, `/matters/${ref}`);
const raise = (text) => city.call(null, "", "/matters", { kind: "request-12345", fields: { channel: "web", subject: "complaint", text, contact: { name: "林小满", phone: "13800000000" } } });

/* --- accounts and passwords --- */

async function logIn(page, login, password) {
	await page.locator("input[autocomplete=username]").fill(login);
	await page.locator("input[autocomplete=current-password]").fill(password);
	await page.getByRole("button", { name: /^(登录|Log in)$/ }).click();
}

async function account() {
	const admin = await browser.person(city, { lang: "zh-Hans", as: "admin" });
	await admin.goto("/desk/workshop/accounts");
	await admin.getByRole("button", { name: "新建账号" }).click();
	await admin.getByLabel("登录名").first().fill("lin-xiaoman");
	await admin.getByLabel("中文姓名").fill("林小满");
	await admin.locator("fieldset select").selectOption("handler");
	await pick(admin.locator("fieldset [role=combobox]"), "330105-D17");
	await seen(admin, "account-1");
	await admin.getByRole("button", { name: "建立账号" }).click();
	const temporary = await admin.locator(".secret code").innerText();
	await clean(admin, "the new account");
	await seen(admin, "account-2");

	const page = await browser.person(city, { lang: "en", view: PHONE });
	await page.goto("/desk/queue");
	await logIn(page, "lin-xiaoman", temporary);
	await page.waitForURL("**/desk/password");
	await page.goto("/desk/queue");
	await page.waitForURL("**/desk/password");
	page.complaints.length = 0; // that nobody was logged in, the browser says too
	await clean(page, "the password page");
	await seen(page, "account-3-must");
	const change = async (old, next) => {
		await page.getByLabel("Present password").fill(old);
		await page.getByLabel("New password").fill(next);
		await page.getByRole("button", { name: "Save" }).click();
	};
	const mine = "four grey herons";
	await change("not the temporary one", mine);
	await page.getByText("That is not your present password").waitFor();
	await seen(page, "account-4-wrong");
	await change(temporary, temporary);
	await page.getByText("The same as before").waitFor();
	await seen(page, "account-5-same");
	await change(temporary, mine);
	await page.waitForURL("**/desk/");
	await seen(page, "account-6-home");
	const me = await page.evaluate(async () => (await fetch("/api/v1/me")).json());
	check(!me.must_change && me.acting.role === "handler" && me.acting.org.code === "330105-D17", JSON.stringify(me));
	await page.locator("header").getByRole("button", { name: "Log out" }).click();
	await page.waitForURL("**/desk/login");
	for (let i = 0; i < 12 && (await page.getByText(/Try again in/).count()) === 0; i++) {
		await logIn(page, "lin-xiaoman", `guess ${i} of many`);
		await page.locator(".problem").waitFor();
		if (i === 0) await seen(page, "account-7-wrong");
		await page.waitForFunction(() => !document.querySelector("button.primary").disabled);
	}
	await seen(page, "account-8-shut");
	check((await page.getByText(/Try again in/).count()) > 0, "who guesses is told to wait");
	await page.context().close();

	await admin.getByRole("link", { name: "林小满" }).click();
	await admin.getByRole("heading", { name: /林小满/ }).waitFor();
	await clean(admin, "the account's page");
	await seen(admin, "account-9-page");
	await admin.context().close();
}

/* --- a definition --- */

async function definition() {
	const page = await browser.person(city, { lang: "en", as: "admin" });
	await page.goto("/desk/workshop/try");
	const file = page.locator("input[type=file]");
	const bad = DEFINITION.replace("to: doubtful", "to: doubtfull");
	const line = bad.slice(0, bad.indexOf("doubtfull")).split("\n").length;
	await file.setInputFiles({ name: "bad.yaml", mimeType: "application/yaml", buffer: Buffer.from(bad) });
	await page.getByRole("button", { name: `Line ${line}`, exact: true }).first().click();
	await page.locator(`#line-${line}.error`).waitFor();
	const said = await page.locator(".findings").innerText();
	check(said.includes("doubtfull"), `the finding names what is wrong: ${said}`);
	await clean(page, "a file with a fault");
	await seen(page, "try-1-bad");
	const good = DEFINITION.replace("version: 1\n", "version: 2\n").replace("within: 5wd, warn: 60%", "within: 6wd, warn: 60%").replace("  decision:", "  weather: {type: text, max: 60, label: {zh: 天气, en: Weather}}\n  decision:");
	await file.setInputFiles({ name: "good.yaml", mimeType: "application/yaml", buffer: Buffer.from(good) });
	await page.getByText("Sound", { exact: true }).waitFor();
	const diff = await page.locator(".diff").innerText();
	check(/6 working days/.test(diff) && /weather/i.test(diff), `the difference says what changed: ${diff}`);
	await page.locator("img[alt^='Diagram of']").waitFor();
	check(await page.locator("img[alt^='Diagram of']").evaluate((img) => img.decode().then(() => img.naturalWidth > 100)), "the diagram is drawn");
	await clean(page, "a sound file");
	await seen(page, "try-2-good");
	const { processes } = await city.call(...ADMIN, "/processes");
	check(processes.find((p) => p.kind === "callback-check").version === 1, "trying keeps nothing");
	await page.context().close();
}

/* --- erasure --- */

async function erasure() {
	const { ref, code, number } = await raise("对门装修没有围挡，灰尘吹进我家窗户。");
	const person = await browser.person(city, { lang: "zh-Hans", view: PHONE, js: false });
	await person.goto("/follow");
	await person.locator("input[name=code]").fill(code);
	await person.locator("#follow-form button").first().click();
	await person.locator("#step-withdraw > summary").click();
	await person.locator("#step-withdraw button[value=send]").click();
	await person.waitForURL("**/follow/matter");
	await person.getByText("申请删除个人信息").click();
	await seen(person, "erase-1-ask");
	await Promise.all([person.waitForNavigation(), person.getByRole("button", { name: "申请删除" }).click()]);
	await person.getByText(/您已于 .* 申请删除/).waitFor();
	await seen(person, "erase-2-asked");

	const page = await browser.person(city, { lang: "en", as: "admin" });
	await page.goto("/desk/");
	await settle(page);
	await seen(page, "erase-3-home");
	await page.goto("/desk/workshop");
	await page.locator(".lamps").getByRole("link", { name: "Erasures" }).click();
	await page.getByRole("link", { name: number }).waitFor();
	await clean(page, "wishes for erasure");
	await seen(page, "erase-4-list");
	await page.getByRole("link", { name: number }).click();
	await page.getByText(/asked for this on/).waitFor();
	check(refIn(page.url()) === ref, "the list leads to the matter");
	await page.getByRole("button", { name: "Erase", exact: true }).click();
	await seen(page, "erase-5-dialog");
	await page.getByRole("button", { name: "Erase for good" }).click();
	await page.getByText("Erased as the law requires").waitFor();
	await clean(page, "the erased matter");
	await seen(page, "erase-6-done");
	const gone = await view(ref, ["operator", "operator@330100-D01"]);
	check(gone.erased && !JSON.stringify(gone).includes("灰尘"), "nothing of it is left");
	check((await city.call(...ADMIN, "/erasures")).wishes.length === 0, "nobody waits any more");
	await person.goto("/follow/matter");
	await seen(person, "erase-7-told");
	check((await person.locator("h1").innerText()).includes("内容已经依法删除"), "the person is told");
	for (let i = 0; i < 100; i++) {
		const receipt = await fetch(`${city.url}/api/v1/matters/${ref}/receipt`);
		if (receipt.ok) break;
		check(receipt.status === 503 && i < 99, `the proof is there still: ${receipt.status}`);
		await new Promise((done) => setTimeout(done, 50));
	}
	await person.context().close();
	await page.context().close();
}

/* --- on paper --- */

async function paper() {
	const { ref } = await raise("小区北门的消防通道长期停满私家车，消防车进不来。".repeat(20));
	await city.answer(ref);
	const page = await browser.person(city, { lang: "zh-Hans", as: "dispatcher", view: { width: 794, height: 1123 } }); // A4 at 96 dpi
	await openMatter(page, ref);
	await settle(page);
	await page.keyboard.press("u");
	await page.getByRole("button", { name: "留痕并查看" }).click();
	await page.getByText("消防通道").first().waitFor();
	await page.emulateMedia({ media: "print" });
	await seen(page, "print");
	const shown = await page.evaluate(() => {
		const seen = (e) => e.checkVisibility() && e.getBoundingClientRect().width > 0;
		const cut = (e) => getComputedStyle(e).overflowX !== "visible" && e.scrollWidth > e.clientWidth + 1 && e.clientWidth > 1;
		return {
			buttons: [...document.querySelectorAll("button, select, nav, .toasts > *")].filter(seen).map((e) => e.outerHTML.slice(0, 80)),
			cut: [...document.querySelectorAll("main *")].filter((e) => seen(e) && cut(e)).map((e) => e.className || e.tagName),
		};
	});
	check(shown.buttons.length === 0, `nothing to press on paper: ${shown.buttons}`);
	check(shown.cut.length === 0, `nothing is cut: ${shown.cut}`);
	const text = await page.locator("main").innerText();
	for (const words of ["已更换灯头", "经过", "消防车进不来", "时限"]) check(text.includes(words), `the paper says ${words}`);
	const pdf = (await page.pdf({ format: "A4" })).toString("latin1");
	const sheets = pdf.match(/\/Type\s*\/Page\b/g).length;
	check(sheets <= 3, `${sheets} sheets for one matter`);
	await page.context().close();
}

/* --- in the dark --- */

const dark = (login, lang, view, places) => async () => {
	const page = await browser.person(city, { lang, view, as: login, colorScheme: "dark" });
	for (const at of places) {
		await page.goto(at);
		await settle(page);
		const found = await axe(page);
		await seen(page, `dark-${at.replace(/\W+/g, "-")}`);
		check(found.length === 0, `${at} in the dark: ${found.join("\n")}`);
	}
	await page.context().close();
};

/** The names that a page lacks are one question, however many accounts it lists. */
async function namesAtOnce() {
	const page = await browser.person(city, { lang: "en", as: "admin" });
	const asked = [];
	page.on("request", (r) => r.url().includes("/api/v1/orgs?") && asked.push(r.url()));
	await page.goto("/desk/workshop/accounts");
	await settle(page);
	await page.getByText("Mishixiang Subdistrict").first().waitFor();
	check(asked.length === 1 && asked[0].includes("codes="), `names were asked for ${asked.length} times: ${asked.join(" ")}`);
	await page.context().close();
}

const failed = await run({
	"names of units are one question": namesAtOnce,
	"an account is made, its password changed, and guessing shut out (Chinese, English)": account,
	"a definition is tried (English)": definition,
	"erasure is asked for and carried out (Chinese, English)": erasure,
	"a matter on paper (Chinese)": paper,
	"portal in the dark (Chinese, telephone)": dark(null, "zh-Hans", PHONE, ["/", "/say/request-12345", "/answers", "/check"]),
	"desk in the dark (English)": dark("admin", "en", DESKTOP, ["/desk/", "/desk/queue", "/desk/leader", "/desk/intake", "/desk/workshop", "/desk/workshop/definitions/request-12345"]),
});
await browser.close();
const code_ = await city.stop();
city.remove();
process.exit(failed || code_ ? 1 : 0);
