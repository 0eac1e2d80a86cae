/* What every page of the portal needs: language, frame, cookies, dates, errors. */
#include "base/random.h"
#include "text/hant.h"
#include "web/asset.h"
#include "web/page_priv.h"
#include "web/web_priv.h"

#include <string.h>

#define YEAR_S ((int64_t)365 * 86400)

const char *const mh_page__langs[] = {"zh-Hans", "zh-Hant", "en", NULL};

/* --- language --- */

static int asked_lang(const struct mh_request *req)
{
	for (const struct mh_param *p = req->route ? req->route->params : NULL; req->values && p && p->name; p++)
		if (strcmp(p->name, "lang") == 0 && p->choices == mh_page__langs)
			return req->values[p - req->route->params].given
				       ? (int)req->values[p - req->route->params].number
				       : -1;
	return -1;
}

enum mh_lang mh_page__lang(const struct mh_request *req)
{
	enum mh_lang lang = MH_LANG_HANS;
	int asked = asked_lang(req);
	if (asked >= 0) return (enum mh_lang)asked;
	if (!mh_lang_of_tag(mh_page__cookie(req, MH_PAGE_LANG_COOKIE), &lang))
		mh_lang_of_header(mh_req_header(req, "Accept-Language"), &lang);
	return lang;
}

struct mh_web__page mh_page__begin(struct mh_request *req)
{
	const struct mh_city *city = req->app ? mh_api_city(req) : NULL;
	return (struct mh_web__page){.req = req, .a = &req->arena, .city = city, .lang = mh_page__lang(req)};
}

/* --- frame and answer --- */

static struct mh_str switch_to(const struct mh_web__page *p, enum mh_lang lang)
{
	bool page = mh_str_is(p->req->method, "GET") ||
		    mh_str_starts(p->req->path, "/say/"); /* where it is shown again */
	struct mh_str path = page && p->req->path.len && p->req->path.len < 200 ? p->req->path : MH_STR("/");
	for (size_t i = 0; i < path.len; i++)
		if ((unsigned char)path.ptr[i] <= 0x20 || (unsigned char)path.ptr[i] > 0x7e) path = MH_STR("/");
	return mh_str_fmt(p->a, MH_STR_FMT "?lang=%s", MH_STR_ARG(path), mh_lang_tag(lang));
}

struct mh_page__frame mh_page__frame(const struct mh_web__page *p, struct mh_str title, enum mh_page_nav nav)
{
	static const enum mh_msg names[] = {[MH_LANG_HANS] = MH_MSG_COMMON_LANG_HANS,
					    [MH_LANG_HANT] = MH_MSG_COMMON_LANG_HANT,
					    [MH_LANG_EN] = MH_MSG_COMMON_LANG_EN};
	struct mh_page__frame f = {.head = {.lang = mh_str_c(mh_lang_tag(p->lang)), .title = title},
				   .top = {.say = nav == MH_NAV_SAY,
					   .follow = nav == MH_NAV_FOLLOW,
					   .answers = nav == MH_NAV_ANSWERS,
					   .check = nav == MH_NAV_CHECK}};
	struct mh_page_foot_lang *langs = MH_NEW_ARRAY(p->a, MH_LANG_MAX, struct mh_page_foot_lang);
	for (enum mh_lang l = 0; langs && l < MH_LANG_MAX; l++)
		langs[l] = (struct mh_page_foot_lang){.tag = mh_str_c(mh_lang_tag(l)),
						      .name = names[l],
						      .href = switch_to(p, l),
						      .now = l == p->lang};
	f.foot.langs = langs;
	f.foot.n_langs = langs ? MH_LANG_MAX : 0;
	f.foot.city = p->city ? mh_page__org(p, p->city->orgs.root) : MH_STR("");
	return f;
}

enum mh_code mh_page__send(const struct mh_web__page *p, struct mh_response *res, int status, bool personal,
			   struct mh_buf *b, struct mh_err *reterr)
{
	enum mh_code code = mh_res_buf(res, status, "text/html; charset=utf-8", b, reterr);
	mh_buf_done(b);
	MH_TRY(code);
	MH_TRY(mh_page_headers(res, reterr));
	res->cache = personal ? MH_CACHE_NO_STORE : MH_CACHE_REVALIDATE;
	if (asked_lang(p->req) >= 0)
		MH_TRY(mh_page__set_cookie(p->req, res, MH_PAGE_LANG_COOKIE, mh_str_c(mh_lang_tag(p->lang)), YEAR_S,
					   false, reterr));
	return personal || status != 200 ? MH_OK : mh_res_tag(res, reterr);
}

enum mh_code mh_page__see(struct mh_response *res, struct mh_str to, struct mh_err *reterr)
{
	MH_TRY_MEM(to.ptr, reterr);
	res->status = 303;
	res->cache = MH_CACHE_NO_STORE;
	return mh_res_header(res, "Location", to, reterr);
}

static const struct {
	enum mh_msg title, hint;
} errors[MH_CODE_MAX] = {
#define MH_ERROR(name, http, retry, en, zh) [MH_E_##name] = {MH_MSG_ERRORS_##name##_TITLE, MH_MSG_ERRORS_##name##_HINT},
#include "base/errors.def"
#undef MH_ERROR
};

void mh_page__error(struct mh_request *req, const struct mh_err *err, struct mh_response *res)
{
	struct mh_web__page p = mh_page__begin(req);
	enum mh_code code = err->code > MH_OK && err->code < MH_CODE_MAX ? err->code : MH_E_INTERNAL;
	struct mh_page_error page = {.title = errors[code].title,
				     .hint = errors[code].hint,
				     .request = req->id,
				     .ours = mh_err_info(code)->http >= 500};
	struct mh_page__frame frame = mh_page__frame(&p, mh_msg(p.lang, page.title), MH_NAV_NONE);
	struct mh_buf b = MH_BUF(MH_PAGE_MAX);
	MH_PAGE_FRAME(&page, frame);
	mh_page_error(&b, &page, p.lang);
	if (mh_page__send(&p, res, mh_err_info(code)->http, true, &b, NULL) != MH_OK) mh_res_clear(res);
}

bool mh_page__wanted(const struct mh_request *req)
{
	static const char *const not_pages[] = {"/api/", "/open311/", "/ledger/", "/assets/"};
	struct mh_str accept = mh_req_header(req, "Accept");
	for (size_t i = 0; i < sizeof not_pages / sizeof *not_pages; i++)
		if (mh_str_starts(req->path, not_pages[i])) return false;
	return accept.len && memmem(accept.ptr, accept.len, "text/html", 9);
}

/* --- cookies and foreign pages --- */

struct mh_str mh_page__cookie(const struct mh_request *req, const char *name)
{
	struct mh_str rest = mh_req_header(req, "Cookie"), item, key;
	while (rest.len && mh_str_split(&rest, ';', &item)) {
		item = mh_str_trim(item);
		mh_str_split(&item, '=', &key);
		if (mh_str_is(key, name)) return item;
	}
	return (struct mh_str){NULL, 0};
}

enum mh_code mh_page__set_cookie(const struct mh_request *req, struct mh_response *res, const char *name,
				 struct mh_str value, int64_t age_s, bool http_only, struct mh_err *reterr)
{
	struct mh_str text = mh_str_fmt(res->arena, "%s=" MH_STR_FMT "; Path=/; Max-Age=%lld; SameSite=Lax%s%s", name,
					MH_STR_ARG(value), (long long)age_s, http_only ? "; HttpOnly" : "",
					req->secure ? "; Secure" : "");
	MH_TRY_MEM(text.ptr, reterr);
	return mh_res_header(res, "Set-Cookie", text, reterr);
}

enum mh_code mh_page__own(const struct mh_request *req, struct mh_err *reterr)
{
	struct mh_str site = mh_req_header(req, "Sec-Fetch-Site"), origin = mh_req_header(req, "Origin");
	char host[256];
	snprintf(host, sizeof host, MH_STR_FMT, MH_STR_ARG(mh_req_header(req, "Host")));
	size_t scheme = mh_str_starts(origin, "https://") ? 8 : mh_str_starts(origin, "http://") ? 7 : 0;
	bool same = scheme && mh_web__name_eq((struct mh_str){origin.ptr + scheme, origin.len - scheme}, host);
	if (site.len ? mh_str_is(site, "same-origin") || mh_str_is(site, "none") : !origin.len || same) return MH_OK;
	return MH_FAIL(reterr, MH_E_FORBIDDEN, "This form comes from a page of another site");
}

static bool code_like(struct mh_str s)
{
	for (size_t i = 0; i < s.len; i++) {
		char c = s.ptr[i];
		if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-'))
			return false;
	}
	return s.len >= 4 && s.len <= 64;
}

bool mh_page__holder(struct mh_request *req)
{
	struct mh_str code = mh_page__cookie(req, MH_PAGE_CODE_COOKIE);
	if (!code_like(code)) return false;
	req->tracking_code = code;
	return true;
}

struct mh_str mh_page__key(struct mh_arena *a, mh_time now)
{
	unsigned char bytes[16];
	struct mh_rng rng = mh_rng_system();
	mh_random(&rng, bytes, sizeof bytes);
	struct mh_str hex = mh_str_hex(a, (struct mh_bytes){bytes, sizeof bytes});
	return hex.ptr ? mh_str_fmt(a, "%llx-" MH_STR_FMT, (unsigned long long)now, MH_STR_ARG(hex)) : hex;
}
