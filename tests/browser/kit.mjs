/* A city with some past, the real program serving it, and Debian's Chromium to use it with. */
import { spawn, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { chromium } from "playwright-core";

const SOURCE = process.env.MINHU_SOURCE ?? new URL("../..", import.meta.url).pathname;
const MINHU = process.env.MINHU ?? join(SOURCE, "build/minhu");
const PACK = join(SOURCE, "packs/hangzhou");
const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const CHROMIUM = process.env.MINHU_CHROMIUM ?? "/usr/bin/chromium";
export const PASSWORD = "eleven-quiet-rivers";
export const DESKTOP = { width: 1280, height: 900 };
export const PHONE = { width: 390, height: 844 };
export const NARROW = { width: 320, height: 640 };
const WAIT_MS = 20_000;

function program(args, input) {
	const run = spawnSync(MINHU, args, { input, encoding: "utf8", timeout: 240_000 });
	if (run.status !== 0) throw new Error(`minhu ${args[0]} ended with ${run.status}: ${run.stderr}`);
	return run.stdout;
}

/** A store with a year of sample matters and the sample accounts. */
export class City {
	constructor({ matters = 120, pack = PACK } = {}) {
		this.dir = mkdtempSync(join(tmpdir(), "minhu-browser-"));
		this.store = `sqlite:${this.dir}/city.db`;
		const from = new Date(Date.now() - 366 * 86_400_000).toISOString().slice(0, 10);
		program(["init", "--store", this.store, "--pack", pack, "--as-of", from]);
		program(["sample", "--store", this.store, "--pack", pack, "--matters", String(matters), "--seed", "7"]);
		program(["user", "import", join(PACK, "accounts.csv"), "--store", this.store], PASSWORD + "\n");
	}

	async start(listen = "127.0.0.1:0") {
		this.server = spawn(MINHU, ["serve", "--store", this.store, "--listen", listen, "--lang", "en"], { stdio: ["ignore", "pipe", "pipe"] });
		this.log = "";
		this.server.stderr.on("data", (bytes) => (this.log = (this.log + bytes).slice(-20_000)));
		for await (const line of createInterface(this.server.stdout)) {
			const found = /http:\/\/\S+/.exec(line);
			if (found) return (this.url = found[0].replace(/\/$/, ""));
		}
		throw new Error("the server did not start: " + this.log);
	}

	/** The interface as somebody of packs/hangzhou/accounts.csv acting as role@unit; login null: as anybody. Without `body`: a GET. */
	async call(login, as, path, body, { method = body === undefined ? "GET" : "POST", type = "application/json" } = {}) {
		const headers = { "Idempotency-Key": crypto.randomUUID() };
		if (body !== undefined) headers["Content-Type"] = type;
		if (login) Object.assign(headers, { Authorization: `Bearer ${await this.token(login)}`, "Minhu-As": as });
		const sent = body === undefined || type !== "application/json" ? body : JSON.stringify(body);
		const answer = await fetch(this.url + "/api/v1" + path, { method, headers, body: sent });
		if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
		return answer.json();
	}

	/** A session that does not need a browser; one for each login. */
	async token(login) {
		this.tokens ??= {};
		this.tokens[login] ??= this.call(null, "", "/session", { login, password: PASSWORD, bearer: true }).then((session) => session.token);
		return this.tokens[login];
	}

	/** What the staff do meanwhile, by the interface: one step. files: texts or bytes by the name of the evidence, of one type. */
	async act(login, as, ref, step, { fields = {}, files = {}, type = "text/plain" } = {}) {
		const evidence = {};
		for (const [name, content] of Object.entries(files)) {
			evidence[name] = [];
			for (const one of [content].flat()) evidence[name].push((await this.call(login, as, `/matters/${ref}/files`, one, { type })).id);
		}
		return this.call(login, as, `/matters/${ref}/actions/${step}`, { fields, evidence });
	}

	/** A registered matter goes to a district's unit, is handled and answered: what stands between saying it and rating it. */
	async answer(ref) {
		const hotline = "330100-D01";
		const unit = "330105-D17";
		await this.act("operator", `operator@${hotline}`, ref, "register");
		await this.act("dispatcher", `dispatcher@${hotline}`, ref, "dispatch", { fields: { category: "010404", place: "330105", unit } });
		await this.act("gongshu-handler", `handler@${unit}`, ref, "accept");
		await this.act("gongshu-handler", `handler@${unit}`, ref, "reply", {
			fields: { answer: "已更换灯头，路灯恢复照明", record: "更换12号杆灯头", result: "solved" },
			files: { work_record: "Lamp head replaced, pole 12\n" },
		});
		await this.act("dispatcher", `dispatcher@${hotline}`, ref, "deliver_open");
	}

	/** Resolves to the exit code: what is left of a matter must be on disk. */
	stop() {
		return new Promise((done) => {
			this.server.once("exit", done);
			this.server.kill("SIGTERM");
		});
	}

	remove() {
		rmSync(this.dir, { recursive: true, force: true });
	}
}

/** One browser for all journeys; each journey gets a context of its own. */
export class Browser {
	static last = null;

	static async open() {
		const it = new Browser();
		Browser.last = it;
		it.chromium = await chromium.launch({ executablePath: CHROMIUM, args: ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"] });
		return it;
	}

	/** lang: zh-Hans, zh-Hant or en. What the page complains of (errors, CSP, missing texts) is in person.complaints. */
	async person(city, { lang = "en", view = DESKTOP, js = true, as = null, ...more } = {}) {
		const context = await this.chromium.newContext({ baseURL: city.url, locale: lang, viewport: view, javaScriptEnabled: js, serviceWorkers: "allow", hasTouch: view.width < 600, ...more });
		context.setDefaultTimeout(WAIT_MS);
		await context.addCookies([{ name: "minhu_lang", value: lang, url: city.url }]);
		const page = await context.newPage();
		page.complaints = [];
		page.on("console", (said) => ["error", "warning"].includes(said.type()) && page.complaints.push(said.text()));
		page.on("pageerror", (error) => page.complaints.push(String(error)));
		if (as) await signIn(page, as);
		return page;
	}

	close() {
		return this.chromium.close();
	}
}

/** Logs in as one of packs/hangzhou/accounts.csv, through the page. */
export async function signIn(page, login) {
	await page.goto("/desk/login");
	await page.locator("input[autocomplete=username]").fill(login);
	await page.locator("input[autocomplete=current-password]").fill(PASSWORD);
	await page.keyboard.press("Enter");
	await page.waitForURL((url) => !url.pathname.startsWith("/desk/login"));
}

/** What axe finds at WCAG 2.2 AA on the page as it is now: [] when all is well. */
export async function axe(page) {
	await page.evaluate(AXE);
	const found = await page.evaluate(() => globalThis.axe.run(document, { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"] }));
	return found.violations.map((v) => `${v.id}: ${v.nodes.map((n) => n.target.join(" ")).slice(0, 4).join(" · ")} (${v.help})`);
}

/** What stands on the page in characters that only simplified Chinese has (none of Big5), apart from what people wrote. Texts of
 * one's own are in the page's fields and in values of text; names of people are never converted. */
export function simplified(page) {
	return page.evaluate(() => {
		const known = new Set();
		const big5 = new TextDecoder("big5");
		for (let a = 0xa4; a <= 0xf9; a++)
			for (let b = 0x40; b <= 0xfe; b++) for (const c of big5.decode(new Uint8Array([a, b]))) known.add(c);
		const written = "[data-type=text], .pairs dd, .who, [lang=zh-Hans], noscript, script, style";
		const texts = [];
		const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
		for (let n = walk.nextNode(); n; n = walk.nextNode()) if (!n.parentElement.closest(written)) texts.push(n.data.trim());
		for (const e of document.querySelectorAll("[title], [aria-label], [placeholder]"))
			if (!e.closest(written)) texts.push(...["title", "aria-label", "placeholder"].map((a) => e.getAttribute(a) ?? ""));
		return [...new Set(texts.filter((t) => [...t].some((c) => /\p{Script=Han}/u.test(c) && !known.has(c))))];
	});
}

/** Does the page scroll sideways? */
export function tooWide(page) {
	return page.evaluate(() => document.documentElement.scrollWidth > document.documentElement.clientWidth + 1);
}

export function check(truth, what) {
	if (!truth) throw new Error(what);
}

/** What the failed journey's pages showed at last; they are closed, so that the next journey starts alone. */
async function leavePictures(name) {
	const dir = join(process.env.MINHU_BUILD ?? join(SOURCE, "build"), "shots/failed");
	mkdirSync(dir, { recursive: true });
	for (const context of Browser.last?.chromium.contexts() ?? []) {
		for (const [i, page] of context.pages().entries()) {
			const path = join(dir, `${name.replace(/[^a-z0-9]+/gi, "-")}-${i}.png`);
			await page.screenshot({ path, fullPage: true }).then(() => console.error(`seen last: ${path}`), () => {});
		}
		await context.close();
	}
}

/** Runs journeys one after the other and prints TAP. A failed one leaves a picture in build/shots/failed/. */
export async function run(journeys) {
	console.log(`1..${Object.keys(journeys).length}`);
	let n = 0;
	let failed = 0;
	for (const [name, journey] of Object.entries(journeys)) {
		const begun = Date.now();
		n += 1;
		try {
			await journey();
			console.log(`ok ${n} - ${name} # ${((Date.now() - begun) / 1000).toFixed(1)} s`);
		} catch (error) {
			failed += 1;
			console.log(`not ok ${n} - ${name}`);
			console.error(`${name}: ${error.stack ?? error}`);
			await leavePictures(name);
		}
	}
	return failed ? 1 : 0;
}
