/* Every page there is, once: what the pictures show and what axe looks at. A page that needs a matter gets one through `open`. */
const anyMatter = async (page) => {
	const row = page.locator("a[href^='/desk/matters/']").first();
	await row.waitFor();
	await page.goto(await row.getAttribute("href"));
};

/** name, address, who (a login of packs/hangzhou/accounts.csv; null: anybody), open: how to get there when no address leads there */
export const PAGES = [
	{ name: "portal-home", at: "/" },
	{ name: "portal-say", at: "/say" },
	{ name: "portal-say-form", at: "/say", open: async (page) => page.locator("main a[href^='/say/']").first().click() },
	{ name: "portal-follow", at: "/follow" },
	{ name: "portal-answers", at: "/answers" },
	{ name: "portal-check", at: "/check" },
	{ name: "portal-nothing-here", at: "/no-such-page" },
	{ name: "desk-login", at: "/desk/login" },
	{ name: "desk-home-operator", at: "/desk/", who: "operator" },
	{ name: "desk-home-handler", at: "/desk/", who: "gongshu-handler" },
	{ name: "desk-home-leader", at: "/desk/", who: "gongshu-leader" },
	{ name: "desk-queue", at: "/desk/queue", who: "dispatcher" },
	{ name: "desk-intake", at: "/desk/intake", who: "operator" },
	{ name: "desk-matter", at: "/desk/queue", who: "dispatcher", open: anyMatter },
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

export async function show(page, { at, open }) {
	await page.goto(at);
	await settle(page);
	if (!open) return;
	await open(page);
	await settle(page);
}
