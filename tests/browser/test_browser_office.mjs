/* What the staff do less often than every day, on their pages: a panel votes, two requests become one and two again, a call is handed
 * over, many are registered at once, lists are kept and saved, officers and assessors find what is theirs. */
import { readFileSync } from "node:fs";
import { inflateRawSync } from "node:zlib";
import { Browser, City, PHONE, check, run } from "./kit.mjs";
import { clean, matterOf, openMatter, pick, refIn, seen, step } from "./hands.mjs";
import { settle } from "./pages.mjs";

const city = new City({ matters: 60 });
await city.start();
const browser = await Browser.open();
const CITY_DISPATCHER = ["dispatcher", "dispatcher@330100-D01"];
const OPERATOR = ["operator", "operator@330100-D01"];
const ADMIN = ["admin", "admin@330100"];
const JPEG = readFileSync(new URL("../../packs/hangzhou/sample/files/after.png", import.meta.url));

const view = (ref) => city.call(null, "", `/matters/${ref}`);
const raise = (fields, kind = "request-12345", who = [null, ""]) => city.call(...who, "/matters", { kind, fields });
const request = (text, more = {}) => raise({ channel: "phone", subject: "complaint", text, ...more });

/* --- a panel --- */

/** A rectification that waits for its panel; the codes of those who were drawn. */
async function toBeAccepted() {
	const unit = "330105001";
	const fields = { origin: "inspection", title: "河道有垃圾", finding: "三处", term: "deadline", unit, place: "330105" };
	const { ref } = await raise(fields, "rectification", ["supervisor", "inspector@330100-D02"]);
	const handler = ["mishixiang-handler", `handler@${unit}`];
	await city.act(...handler, ref, "submit_plan", { fields: { measure: "清理", target: "无垃圾", due: "2030-06-03" }, files: { plan: "plan\n" } });
	await city.act("gongshu-leader", "reviewer@330105", ref, "approve_plan");
	const files = { before_after: [JPEG, Buffer.concat([JPEG, JPEG])], site_record: JPEG };
	await city.act(...handler, ref, "claim_done", { fields: { summary: "已清理三处，建立巡河台账" }, files, type: "image/png" });
	return ref;
}

async function drawn(ref) {
	for (let i = 0; i < 200; i++) {
		const { vote } = await view(ref);
		if (vote.drawn) return vote.electors.map((e) => e.code);
		await new Promise((done) => setTimeout(done, 50)); // the head is signed once a second
	}
	throw new Error("no panel was drawn");
}

/** The sample city has one account for all members of panels: the administrator says whose it is. */
async function becomes(code) {
	const officers = readFileSync(new URL("../../packs/hangzhou/officers.csv", import.meta.url), "utf8");
	const org = new RegExp(`^${code},panelist,([^,]+),`, "m").exec(officers)[1];
	await city.call(...ADMIN, "/accounts/gongshu-panelist", { officer: code, roles: [{ role: "panelist", org }] }, { method: "PATCH" });
	return `panelist@${org}`;
}

async function ballot() {
	const ref = await toBeAccepted();
	const panel = await drawn(ref);
	check(panel.length === 5, `five are drawn, not ${panel}`);
	const as = await becomes(panel[0]);
	const page = await browser.person(city, { lang: "zh-Hans", as: "gongshu-panelist", view: PHONE });
	await settle(page);
	await seen(page, "ballot-0-home");
	await page.getByRole("link", { name: "去投票" }).click();
	await page.getByRole("button", { name: "投出这一票" }).waitFor();
	check(refIn(page.url()) === ref, "the home page leads to the matter");
	const [photo] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name: "下载（留痕）" }).nth(1).click()]);
	check(JPEG.equals(readFileSync(await photo.path())), "who judges may see what was done");
	await clean(page, "the ballot");
	await seen(page, "ballot-1-matter");
	const cast = page.getByRole("button", { name: "投出这一票" });
	check(await cast.isDisabled(), "nothing is cast before it is chosen");
	await page.getByLabel("赞成").check();
	await cast.click();
	await cast.waitFor({ state: "detached" });
	await seen(page, "ballot-2-cast");
	check((await page.locator("main").innerText()).includes("1 / 5 人已投"), "the page counts the vote");
	check((await city.call("gongshu-panelist", as, "/ballots")).matters.length === 0, "nothing more to vote on");
	await page.context().close();
	const { vote } = await view(ref);
	check(vote.cast === 1 && vote.electors.find((e) => e.code === panel[0]).voted, "the ledger has the vote");
	for (const [i, code] of panel.slice(1).entries()) await city.call("gongshu-panelist", await becomes(code), `/matters/${ref}/ballot`, { choice: i ? "pass" : "fail" });
	const after = await matterOf(browser, city, ref, "supervisor", { lang: "en" });
	await seen(after, "ballot-3-over");
	const text = await after.locator("main").innerText();
	for (const words of ["Public notice", "Passed", "Outcome: Accepted", "5 of 5 have voted"]) check(text.includes(words), `the page says ${words}`);
	check((await after.getByRole("button", { name: "Cast your vote" }).count()) === 0, "nobody else has a ballot");
	check((await view(ref)).fields.verdict === "passed", "four of five are more than two thirds");
	await after.context().close();
}

/* --- two that are one --- */

async function merge() {
	const where = { place: "330105001", category: "010404" };
	const main = await request("石灰坝社区北门的路灯连着三盏不亮。", where);
	const twin = await request("北门那几盏路灯又坏了，天黑看不见路。", where);
	for (const one of [main, twin]) await city.act(...OPERATOR, one.ref, "register");
	const page = await matterOf(browser, city, twin.ref, "dispatcher", { lang: "en" });
	await page.locator(".actions [id$='-merge']").click();
	const modal = page.locator("dialog.modal");
	await modal.locator(".candidates button", { hasText: main.number }).click();
	await modal.getByRole("button", { name: /^Compare what both people said/ }).click();
	await modal.getByText("连着三盏不亮").waitFor();
	check((await modal.locator(".beside").innerText()).includes("天黑看不见路"), "both texts are beside each other");
	await clean(page, "two matters side by side");
	await seen(page, "merge-1");
	await modal.getByRole("button", { name: "Merge into the main matter" }).click();
	await page.locator(".actions [id$='-unmerge']").waitFor();
	await page.getByText(`Handled together with ${main.number}`).waitFor();
	await seen(page, "merge-2");
	const one = await view(twin.ref);
	check(one.main === main.ref && one.state.room === "handle", `${one.main} is the main matter, room ${one.state.room}`);
	check((await view(main.ref)).reports === 2, "two reports stand behind the main matter");
	const looks = (await city.call("dispatcher", "dispatcher@330100-D01", `/matters/${main.ref}/unmaskings`)).unmaskings;
	check(looks.some((l) => l.login === "dispatcher" && l.reason === "verify"), "who has looked is written down");
	await step(page, "unmerge", async (form) => form.locator("textarea").fill("Two different gates"));
	await seen(page, "merge-3");
	const again = await view(twin.ref);
	check(again.main === null && again.state.room === "gather", `it is apart: ${again.main}, room ${again.state.room}`);
	await openMatter(page, main.ref);
	await seen(page, "merge-4");
	check((await view(main.ref)).reports === 1, "one report stands behind each");
	await page.context().close();
}

/* --- many at once, and undone --- */

async function bulk() {
	const refs = [];
	for (const text of ["桥头窨井盖松动。", "桥头护栏缺了一段。"]) refs.push(await request(text));
	const page = await browser.person(city, { lang: "zh-Hans", as: "operator" });
	await page.goto("/desk/queue?open=true&room=intake&sort=newest");
	const choose = async () => {
		for (const { number } of refs) await page.locator("tbody tr", { hasText: number }).locator("input[type=checkbox]").check();
		await page.locator(".bulk").getByRole("button", { name: "受理登记", exact: true }).click();
		await page.locator("dialog.modal button.primary").click();
	};
	const states = async () => Promise.all(refs.map(async ({ ref }) => (await view(ref)).state.room));
	await choose();
	const outbox = page.locator(".outbox section").last();
	await outbox.getByRole("button", { name: "撤销" }).waitFor();
	await seen(page, "bulk-1");
	await outbox.getByRole("button", { name: "撤销" }).click();
	await outbox.getByRole("button", { name: "撤销" }).waitFor({ state: "detached" });
	await seen(page, "bulk-2");
	check((await states()).every((room) => room === "intake"), "what was undone was never sent");
	await choose();
	await page.locator(".outbox").getByRole("button", { name: "立即发出" }).click();
	for (const { number } of refs) await page.locator("tbody tr", { hasText: number }).getByText("待汇总派单").waitFor();
	await seen(page, "bulk-3");
	check((await states()).every((room) => room === "gather"), "both are registered");
	await page.context().close();
}

/* --- lists that are kept and saved --- */

async function views() {
	const page = await browser.person(city, { lang: "en", as: "supervisor" });
	await page.goto("/desk/queue?kind=request-12345&open=true&sort=newest");
	await page.getByRole("button", { name: "Save as a view" }).click();
	await page.getByLabel("Name of the view").first().fill("Lamps & gates");
	await page.getByRole("button", { name: "Save", exact: true }).click();
	const tab = page.getByRole("navigation", { name: "Views" }).getByRole("link", { name: /^Lamps & gates/ });
	await tab.waitFor();
	await seen(page, "view-1");
	await page.goto("/desk/queue?open=true&sort=due");
	await tab.click();
	await page.waitForURL(/kind=request-12345/);
	const kept = (await city.call("supervisor", "supervisor@330100-D02", "/views")).views;
	check(kept.length === 1 && kept[0].query.includes("kind=request-12345"), JSON.stringify(kept));
	await page.context().close();
}

/** The cells of a CSV file; quotes as RFC 4180 has them. */
function csv(text) {
	const rows = [[""]];
	let quoted = false;
	for (let i = 0; i < text.length; i++) {
		const c = text[i];
		const row = rows.at(-1);
		if (quoted && c === '"' && text[i + 1] === '"') row[row.length - 1] += text[++i];
		else if (c === '"') quoted = !quoted;
		else if (!quoted && c === ",") row.push("");
		else if (!quoted && c === "\n") rows.push([""]);
		else if (quoted || c !== "\r") row[row.length - 1] += c;
	}
	return rows.filter((r) => r.length > 1 || r[0]);
}

/** The files of a ZIP by name, by its central directory. */
function unzip(bytes) {
	const files = {};
	const end = bytes.lastIndexOf(Buffer.from("PK\x05\x06"));
	let at = bytes.readUInt32LE(end + 16);
	for (let n = bytes.readUInt16LE(end + 10); n > 0; n--) {
		const [method, size, name, more, comment, head] = [bytes.readUInt16LE(at + 10), bytes.readUInt32LE(at + 20), bytes.readUInt16LE(at + 28), bytes.readUInt16LE(at + 30), bytes.readUInt16LE(at + 32), bytes.readUInt32LE(at + 42)];
		const from = head + 30 + bytes.readUInt16LE(head + 26) + bytes.readUInt16LE(head + 28);
		const raw = bytes.subarray(from, from + size);
		files[bytes.toString("utf8", at + 46, at + 46 + name)] = (method ? inflateRawSync(raw) : raw).toString("utf8");
		at += 46 + name + more + comment;
	}
	return files;
}

async function files() {
	const page = await browser.person(city, { lang: "zh-Hans", as: "dispatcher" });
	await page.goto("/desk/queue?kind=request-12345&sort=newest");
	await settle(page);
	const { matters } = await city.call("dispatcher", "dispatcher@330100-D01", "/matters/tally?kind=request-12345");
	const save = async (name) => {
		await page.locator("details.menu > summary").click();
		await seen(page, "save-menu");
		const [file] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name }).click()]);
		return [file.suggestedFilename(), readFileSync(await file.path())];
	};
	const [name, text] = await save(/CSV/);
	const rows = csv(text.toString("utf8").replace(/^\ufeff/, ""));
	check(name.endsWith(".csv") && rows.length === matters + 1, `${name} has ${rows.length} rows for ${matters} matters`);
	check(rows.every((r) => r.length === rows[0].length), "every row has every cell");
	check(rows[0][0] === "事项编号", `the heads are words: ${rows[0]}`);
	const [book, bytes] = await save(/Excel/);
	const sheet = Object.entries(unzip(bytes)).find(([path]) => /sheet1\.xml$/.test(path));
	check(book.endsWith(".xlsx") && sheet, `${book} is a workbook`);
	check(sheet[1].match(/<row\b/g).length === matters + 1, "the workbook has as many rows");
	await page.context().close();
}

/* --- an officer by name --- */

/** An address names the step whose form is open; the form finds the officer by name, and the matter says whom it names. */
async function namesAnOfficer() {
	const who = ["village-handler", "registrar@330106-D03"];
	await city.call(...ADMIN, "/accounts/village-handler", { roles: [{ role: "registrar", org: "330106-D03" }] }, { method: "PATCH" });
	const fields = { channel: "forwarded", purpose: "claim", old: true, text: "十年前的安置遗留", place: "330106109", category: "0403" };
	const { ref } = await raise(fields, "petition-case", who);
	const page = await browser.person(city, { lang: "en", as: "village-handler" });
	await page.goto(`/desk/matters/${ref}?step=name_leader`);
	const input = page.locator(".actions form input[id$=lead_officer]");
	await input.waitFor();
	await clean(page, "the form of a step that the address names");
	await pick(input, "guoliang");
	await seen(page, "officer");
	await page.locator(".actions form.step-form button.primary").click();
	await page.locator(".actions [id$=-name_leader]").waitFor({ state: "detached" });
	await page.locator(".record dd", { hasText: "Shen Guoliang · Xihu District" }).waitFor();
	const told = await page.locator(".matter-head .left").innerText();
	check(/\b\d+ days left/.test(told), `a clock of days counts days: ${told}`);
	await page.context().close();
}

/* --- a call is handed over; a caller's earlier matter --- */

async function handOver() {
	const first = await browser.person(city, { lang: "en", as: "operator", permissions: ["clipboard-read", "clipboard-write"] });
	const earlier = await request("楼道灯不亮。");
	await first.goto("/desk/intake");
	const own = first.getByRole("region", { name: "The caller's earlier matter" });
	await own.getByLabel("Tracking code").fill("23AB-CD45-EF67-GH89");
	await own.getByRole("button", { name: "Look" }).click();
	await own.locator(".problem").waitFor();
	await seen(first, "own-1-wrong");
	await own.getByLabel("Tracking code").fill(earlier.code.toLowerCase().replaceAll("-", " "));
	await own.getByRole("button", { name: "Look" }).click();
	await own.getByRole("link", { name: earlier.number }).waitFor();
	check(!(await own.innerText()).includes("楼道灯"), "what was said is not shown by a code alone");
	await seen(first, "own-2-right");
	const phone = "13900001234";
	await pick(first.locator("#i-kind"), "12345");
	await first.locator("[data-field=text] textarea").fill("电梯又停了，老人下不了楼。");
	await first.locator("[data-field=contact] input[type=tel]").fill(phone);
	await first.locator("[data-field=channel]").getByLabel("Telephone").check();
	await first.locator("[data-field=subject]").getByLabel("Request for help").check();
	await first.getByRole("button", { name: /^Register/ }).click();
	await first.locator(".receipt").waitFor();
	await first.getByRole("button", { name: /^Copy the link/ }).click();
	await first.getByText("Copied").first().waitFor();
	const link = await first.evaluate(() => navigator.clipboard.readText());
	await seen(first, "hand-1-receipt");
	await first.context().close();

	const second = await browser.person(city, { lang: "zh-Hans", as: "dispatcher" });
	await second.goto(link);
	await second.locator(".actions").waitFor();
	await second.locator("header select").first().selectOption("operator@330100-D01");
	await second.locator(".actions [id$='-register']").waitFor();
	await second.getByRole("button", { name: /^查看个人信息/ }).click();
	await second.getByRole("button", { name: "留痕并查看" }).click();
	await second.getByText("老人下不了楼").waitFor();
	await seen(second, "hand-2-second");
	await step(second, "register", (form) => pick(form.locator("input[id$=category]"), "010404"));
	await seen(second, "hand-3-registered");
	const ref = refIn(link);
	const whole = await city.call(...OPERATOR, `/matters/${ref}/unmask`, { reason: "handle" });
	check(whole.fields.text.includes("电梯又停了") && whole.fields.contact.phone === phone, "nothing had to be typed again");
	check(whole.state.room === "gather" && whole.category === "010404", "the second person went on from there");
	const found = await city.call(...OPERATOR, `/search?q=${phone}`);
	check(found.hits.length === 0, "nobody is looked up by telephone number");
	await second.context().close();
}

/* --- a half-written answer --- */

/** Another script builds the page anew: what was written and sent along stands there again, and goes out once. */
async function keepsForm() {
	const { ref } = await request("楼道灯不亮，上下楼看不清。");
	const unit = "330105-D17";
	const handler = ["gongshu-handler", `handler@${unit}`];
	await city.act(...OPERATOR, ref, "register");
	await city.act(...CITY_DISPATCHER, ref, "dispatch", { fields: { category: "010404", place: "330105", unit } });
	await city.act(...handler, ref, "accept");
	const page = await matterOf(browser, city, ref, "gongshu-handler");
	const choose = (lang) => page.locator(".top .lang select").selectOption(lang);
	const form = page.locator(".actions form.step-form");
	await page.locator(".actions [id$='-reply']").click();
	await form.locator("textarea").first().fill("已更换灯头，路灯恢复照明");
	await form.locator("textarea").nth(1).fill("更换12号杆灯头");
	await form.locator("input[type=file]").first().setInputFiles({ name: "after.png", mimeType: "image/png", buffer: JPEG });
	await form.locator(".files li", { hasText: "after.png" }).locator("progress").waitFor({ state: "detached" });
	for (const [lang, word] of [["zh-Hant", "提交答覆"], ["en", "Answer"]]) {
		await choose(lang);
		await form.getByRole("heading", { name: word, exact: true }).waitFor();
		const left = await form.locator("textarea").evaluateAll((all) => all.slice(0, 2).map((one) => one.value));
		check(left.join() === "已更换灯头，路灯恢复照明,更换12号杆灯头", `${lang}: what was typed is there: ${left}`);
		check((await form.locator(".files li", { hasText: "after.png" }).count()) === 1, `${lang}: the file is there`);
		await seen(page, `keeps-${lang}`);
	}
	await page.setViewportSize(PHONE);
	const top = async (what) => (await page.locator(what).first().boundingBox()).y;
	const order = [await top(".actions"), await top(".deadlines"), await top(".record"), await top(".history")];
	check(order.every((y, i) => i === 0 || y > order[i - 1]), `on a telephone: steps, deadlines, record, history: ${order}`);
	await clean(page, "a matter on a telephone");
	await seen(page, "keeps-phone");
	await form.locator("select, input[type=radio]").first().waitFor();
	const radio = form.locator("input[type=radio]");
	if (await radio.count()) await radio.first().check();
	else await form.locator("select").first().selectOption({ index: 1 });
	await form.locator("button.primary").click();
	await form.waitFor({ state: "detached" });
	const { events } = await city.call(null, "", `/matters/${ref}/events`);
	check(events.filter((e) => e.e === "reply").length === 1, "it is answered once");
	await page.context().close();
}

/* --- officers and assessors --- */

async function visitingOfficer() {
	const text = "厂房用电增容申请了两个月，没有答复。";
	const { ref, number } = await raise({ channel: "web", subject: "energy", text, place: "330105001", contact: { name: "某某电子" } }, "enterprise-request");
	const page = await browser.person(city, { lang: "en", view: PHONE, as: "mishixiang-handler" });
	await page.locator("header .role select").selectOption("officer@330105001");
	const line = page.locator(".pile li", { hasText: number });
	await line.waitFor();
	await settle(page);
	await seen(page, "officer-1-home");
	await page.getByRole("button", { name: "Menu" }).click();
	await page.getByRole("navigation").getByRole("link", { name: "Intake" }).waitFor(); // the server lets officers take matters in
	await page.getByRole("button", { name: "Menu" }).click();
	await line.getByRole("link", { name: /Business request/ }).click();
	await page.getByRole("button", { name: "Show personal data" }).click();
	await page.getByRole("button", { name: "Record and show" }).click();
	await page.getByText("某某电子").waitFor(); // whoever must be in touch within the hour may see with whom
	await page.goBack();
	await line.waitFor();
	await line.getByRole("button", { name: "Record first contact" }).click();
	await page.locator("dialog textarea").first().fill("Met the manager; the meter room is ready, the grid company has not come");
	await seen(page, "officer-2-dialog");
	await page.locator("dialog").getByRole("button", { name: "Record first contact" }).click();
	await page.locator(".outbox").getByRole("button", { name: "Send now" }).click();
	await page.locator(".outbox").getByText("Done.").waitFor();
	await seen(page, "officer-3-done");
	check((await view(ref)).state.room === "gather", "the officer was in touch");
	const unit = "330105-D17";
	await city.act("gongshu-dispatcher", "dispatcher@330105-D01", ref, "dispatch", { fields: { category: "010404", unit } });
	const handler = ["gongshu-handler", `handler@${unit}`];
	await city.act(...handler, ref, "submit_plan", { fields: { plan: "一周内装表接电" } });
	await city.act(...handler, ref, "reply", { fields: { answer: "已装表接电", record: "增容至250kVA", result: "solved" }, files: { work_record: "meter\n" } });
	await openMatter(page, ref);
	await seen(page, "officer-4-matter");
	await step(page, "deliver", (form) => form.locator("textarea").first().fill("Went there, the power is on"));
	await clean(page, "the delivered matter");
	await seen(page, "officer-5-delivered");
	const after = await view(ref);
	check(after.state.room === "rate", `it is to be called back, not ${after.state.name}`);
	const { events } = await city.call(null, "", `/matters/${ref}/events`);
	check(events.filter((e) => e.by === "officer").length === 2, "the ledger has both visits");
	await page.context().close();
}

async function assessor() {
	const page = await browser.person(city, { lang: "zh-Hans", as: "assessor" });
	await settle(page);
	await seen(page, "assessor-1-home");
	await page.getByRole("navigation").getByRole("link", { name: "总览" }).click();
	await page.locator("main a[href*='/desk/queue?'][href*='room=']").first().waitFor();
	await clean(page, "the assessor's overview");
	await seen(page, "assessor-2-overview");
	const room = page.locator("main a[href*='room=handle']").first();
	const n = Number(/\d+/.exec(await room.innerText())[0]);
	await room.click();
	await page.locator("tbody tr").first().waitFor();
	await page.locator(".total", { hasText: new RegExp(`\\b${n} 件`) }).waitFor(); // the list holds as many as the number says
	await page.locator("tbody tr a").first().click();
	await page.locator(".actions").waitFor();
	await seen(page, "assessor-3-matter");
	check((await page.getByRole("button", { name: /^查看个人信息/ }).count()) === 0, "figures need no names");
	check((await page.locator(".actions button").count()) === 0, "whoever assesses handles nothing");
	const refused = await city.call("assessor", "assessor@330100-D02", `/matters/${refIn(page.url())}/unmask`, { reason: "audit" }).then(() => "", String);
	check(refused.includes("403"), "the server refuses it too");
	await page.context().close();
}

/** Pages of accounts and units call roles by their names; the same that whoever holds the role sees at the top. */
async function rolesByName() {
	const page = await browser.person(city, { lang: "en", as: "admin" });
	await page.goto("/desk/workshop/accounts/village-handler");
	const changes = page.locator("table tbody tr");
	await changes.first().waitFor();
	await page.waitForFunction(() => !/@\d/.test(document.querySelector("table").innerText)); // units are read one by one
	const told = await changes.first().innerText();
	check(/\+ Petition bureau · Xihu District Petition Bureau/.test(told) && /\u2212 Handler · /.test(told), `a change of roles in words: ${told}`);
	await clean(page, "an account whose roles changed");
	await page.goto("/desk/workshop/units/330106-D03");
	const account = page.locator("li", { hasText: "village-handler" });
	await account.waitFor();
	const role = await account.locator(".tag").first().innerText();
	check(role === "Petition bureau", `the account's role at the unit: ${role}`);
	const facts = await page.locator("dl.facts").first().innerText();
	check(/Department/.test(facts) && /Petitions/.test(facts) && !/\bdepartment\b|\bpetition\b/.test(facts), `the unit's sort and duty in words: ${facts}`);
	await page.goto("/desk/workshop/channels");
	const messages = page.locator("tbody th[scope=row]");
	await messages.first().waitFor();
	for (const told of await messages.allInnerTexts()) check(told === "" || /[A-Z]|\s/.test(told[0]), `a message in words: ${told}`);
	const { messages: all } = await city.call(...ADMIN, "/workshop/channels");
	for (const m of all) check(m.about.zh !== m.template && m.about.en !== m.template, `the pack has words for ${m.template}`);
	await clean(page, "the messages that are sent");
	await page.goto("/desk/workshop/definitions/request-12345");
	const drawn = async (lang, word, not) => {
		await page.locator(".top .lang select").selectOption(lang);
		await page.waitForFunction(([has, hasNot]) => {
			const src = decodeURIComponent(document.querySelector("figure img")?.src ?? "");
			return src.includes(has) && !src.includes(hasNot);
		}, [word, not]);
	};
	await drawn("zh-Hant", "訴求人", "诉求人");
	await drawn("zh-Hans", "诉求人", "訴求人");
	await drawn("en", "Dispatch", "派单");
	await page.context().close();
}

const failed = await run({
	"a panel votes (Chinese)": ballot,
	"two requests become one and two again (English)": merge,
	"many are registered at once, undone and done (Chinese)": bulk,
	"a list is kept under a name (English)": views,
	"lists are saved and open (Chinese)": files,
	"an officer is found by name (English)": namesAnOfficer,
	"a half-written answer outlives a change of script (Chinese, English)": keepsForm,
	"a call is handed over; an earlier matter by its code (English, Chinese)": handOver,
	"a visiting officer on a telephone (English)": visitingOfficer,
	"an assessor sees figures and no names (Chinese)": assessor,
	"roles, units and messages are called by their names, drawings too (English)": rolesByName,
});
await browser.close();
const code_ = await city.stop();
city.remove();
process.exit(failed || code_ ? 1 : 0);
