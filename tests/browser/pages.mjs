/* Every page there is, once: what the pictures show, and where nothing may move. A page that needs a matter gets one through `open`. */
const anyMatter = async (page) => {
	const row = page.locator("a[href^='/desk/matters/']").first();
	await row.waitFor();
	await page.goto(await row.getAttribute("href"));
};

/** Says something, as short as it may be, and stands before the receipt. */
const anyReceipt = async (page) => {
	await page.locator("main a[href^='/say/']").first().click();
	await page.locator("textarea[required]").first().fill("湖墅南路 12 号门前路灯不亮，夜里看不清路。");
	await page.locator("form[data-keep] input[type=radio][required]").first().check();
	await Promise.all([page.waitForURL("**/receipt"), page.locator("button[value=send]").click()]);
};

/** A row is chosen: what may be done with it stands at the foot. */
const chosenRow = async (page) => {
	await page.locator("tbody input[type=checkbox]").first().click();
	await page.locator("[aria-live] button, .bulk button, .bar button").first().waitFor({ timeout: 3000 }).catch(() => {});
};

/** The kind of matter that residents raise most, chosen as an operator does. */
const firstKind = async (page) => {
	await page.locator("#i-kind").fill("12345");
	await page.locator("#i-kind ~ [role=listbox] [role=option]:not([aria-disabled])").first().click();
	await page.locator("[data-field=text] textarea").waitFor();
};

/** name, address, who (a login of packs/hangzhou/accounts.csv; null: anybody), open: how to get there when no address leads there;
 * leads: to another address, of which nothing is pressed any more */
export const PAGES = [
	{ name: "portal-home", at: "/" },
	{ name: "portal-say", at: "/say" },
	{ name: "portal-say-form", at: "/say", open: async (page) => page.locator("main a[href^='/say/']").first().click(), leads: true },
	{ name: "portal-receipt", at: "/say", open: anyReceipt, leads: true },
	{ name: "portal-matter", at: "/follow/matter" }, // of that receipt: its code is in a cookie
	{ name: "portal-follow", at: "/follow" },
	{ name: "portal-answers", at: "/answers" },
	{ name: "portal-answer", at: "/answers", open: async (page) => page.locator("main article a").first().click(), leads: true },
	{ name: "portal-check", at: "/check" },
	{ name: "portal-nothing-here", at: "/no-such-page" },
	{ name: "desk-login", at: "/desk/login" },
	{ name: "desk-home-operator", at: "/desk/", who: "operator" },
	{ name: "desk-home-handler", at: "/desk/", who: "gongshu-handler" },
	{ name: "desk-home-leader", at: "/desk/", who: "gongshu-leader" },
	{ name: "desk-queue", at: "/desk/queue", who: "dispatcher" },
	{ name: "desk-queue-all", at: "/desk/queue?open=true&sort=due", who: "dispatcher" },
	{ name: "desk-queue-filter", at: "/desk/queue?open=true", who: "dispatcher", open: async (page) => page.locator("[aria-controls=filter-panel]").click() },
	{ name: "desk-intake", at: "/desk/intake", who: "operator" },
	{ name: "desk-intake-form", at: "/desk/intake", who: "operator", open: firstKind },
	{ name: "desk-keys", at: "/desk/queue", who: "operator", open: async (page) => page.locator(".help-button").dispatchEvent("click") },
	{ name: "desk-matter", at: "/desk/queue", who: "dispatcher", open: anyMatter, leads: true },
	{ name: "desk-queue-step", at: "/desk/queue?open=true&room=gather", who: "dispatcher", open: chosenRow },
	{ name: "desk-matter-step", at: "/desk/queue?open=true&room=gather", who: "dispatcher", open: async (page) => (await anyMatter(page), await page.locator(".steps button").first().click()) },
	{ name: "desk-password", at: "/desk/password", who: "dispatcher" },
	{ name: "desk-leader", at: "/desk/leader", who: "leader" },
	{ name: "desk-workshop", at: "/desk/workshop", who: "admin" },
	{ name: "desk-workshop-definitions", at: "/desk/workshop/definitions", who: "admin" },
	{ name: "desk-workshop-definition", at: "/desk/workshop/definitions/request-12345", who: "auditor" },
	{ name: "desk-workshop-try", at: "/desk/workshop/try", who: "admin" },
	{ name: "desk-workshop-calendar", at: "/desk/workshop/calendar", who: "admin" },
	{ name: "desk-workshop-unit", at: "/desk/workshop/units/330105-D17", who: "admin" },
	{ name: "desk-workshop-duties", at: "/desk/workshop/duties", who: "admin" },
	{ name: "desk-workshop-accounts", at: "/desk/workshop/accounts", who: "admin" },
	{ name: "desk-workshop-account", at: "/desk/workshop/accounts/urban", who: "admin" },
	{ name: "desk-workshop-erasures", at: "/desk/workshop/erasures", who: "admin" },
	{ name: "desk-workshop-channels", at: "/desk/workshop/channels", who: "admin" },
	{ name: "desk-workshop-ledger", at: "/desk/workshop/ledger", who: "admin" },
	{ name: "desk-workshop-jobs", at: "/desk/workshop/jobs", who: "admin" },
];

/** Waits until nothing moves any more: a stream of changes never lets the network rest, so the page's own marks count. */
export async function settle(page) {
	await page.waitForLoadState("load");
	await page.waitForFunction(() => !document.querySelector("[aria-busy=true], .skeleton"), null, { timeout: 15_000 }).catch(() => {});
	await page.evaluate(() => document.fonts.ready);
	await page.waitForTimeout(150);
}

/** Goes to one of PAGES. `loaded` is called for every document that has come up by itself on the way. */
export async function show(page, { at, open }, loaded = async () => {}) {
	await page.goto(at);
	await settle(page);
	await loaded();
	if (!open) return;
	const began = () => page.evaluate(() => performance.timeOrigin);
	const before = await began();
	await open(page);
	await settle(page);
	if ((await began()) !== before) await loaded();
}
