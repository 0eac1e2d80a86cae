/* What the files of the portal's pages share. The pages are made of the templates in portal/ (page_gen.h); each file fills the structs of its
 * pages and calls the same functions as the JSON API. */
#ifndef MH_WEB_PAGE_PRIV_H
#define MH_WEB_PAGE_PRIV_H
#include "page_gen.h"
#include "web/api.h"

#define MH_PAGE_MAX ((size_t)2 << 20)
#define MH_PAGE_CODE_COOKIE "minhu_code"
#define MH_PAGE_LANG_COOKIE "minhu_lang"

/* One page being made; a value. */
struct mh_web__page {
	struct mh_request *req;
	struct mh_arena *a; /* the request's */
	const struct mh_city *city;
	enum mh_lang lang;
};
struct mh_web__page mh_page__begin(struct mh_request *req);
/* ?lang=, else the cookie, else Accept-Language, else simplified Chinese. */
enum mh_lang mh_page__lang(const struct mh_request *req);

/* --- what every page carries --- */
enum mh_page_nav { MH_NAV_NONE, MH_NAV_SAY, MH_NAV_FOLLOW, MH_NAV_ANSWERS, MH_NAV_CHECK };
struct mh_page__frame {
	struct mh_page_head head;
	struct mh_page_top top;
	struct mh_page_foot foot;
};
struct mh_page__frame mh_page__frame(const struct mh_web__page *p, struct mh_str title, enum mh_page_nav nav);
#define MH_PAGE_FRAME(page_, frame_)                                                                                   \
	((page_)->head = (frame_).head, (page_)->top = (frame_).top, (page_)->foot = (frame_).foot)
/* Sends what was written, and frees it. personal: nobody keeps a copy. */
enum mh_code mh_page__send(const struct mh_web__page *p, struct mh_response *res, int status, bool personal,
			   struct mh_buf *b, struct mh_err *reterr);
/* 303: what was posted is done, look there. `to` lives with the request. */
enum mh_code mh_page__see(struct mh_response *res, struct mh_str to, struct mh_err *reterr);
/* An error as a page (mh_route.error). */
void mh_page__error(struct mh_request *req, const struct mh_err *err, struct mh_response *res);

/* Does a browser ask, for what is no interface? Then even an address that nobody knows is answered by a page. */
bool mh_page__wanted(const struct mh_request *req);

/* --- cookies and foreign pages --- */
struct mh_str mh_page__cookie(const struct mh_request *req, const char *name); /* empty when there is none */
/* age_s 0: forget it; http_only: scripts do not see it. */
enum mh_code mh_page__set_cookie(const struct mh_request *req, struct mh_response *res, const char *name,
				 struct mh_str value, int64_t age_s, bool http_only, struct mh_err *reterr);
/* MH_E_FORBIDDEN when a browser says that another site's page sent this. Browsers always say; what says nothing is no browser,
 * and carries nobody's cookie. */
enum mh_code mh_page__own(const struct mh_request *req, struct mh_err *reterr);
/* Takes the tracking code from the cookie, so that mh_api_find finds its matter. False: there is none. */
bool mh_page__holder(struct mh_request *req);

/* --- words --- */
struct mh_str mh_page__label(const struct mh_web__page *p, const struct mh_label *l);
struct mh_str mh_page__words(const struct mh_web__page *p, struct mh_str zh, struct mh_str en);
struct mh_str mh_page__jlabel(const struct mh_web__page *p, const json_t *l); /* {"zh", "en"} */
struct mh_str mh_page__org(const struct mh_web__page *p, int org);            /* empty for -1 */
struct mh_str mh_page__day(const struct mh_web__page *p, mh_time t);
struct mh_str mh_page__moment(const struct mh_web__page *p, mh_time t);
struct mh_str mh_page__msg(const struct mh_web__page *p, enum mh_msg id, const struct mh_msg_arg *args, size_t n);
const char *mh_page__api_lang(const struct mh_web__page *p); /* "zh" or "en": for texts that the lower layers write */
/* The time left, as a word; *ret_how: "late", "soon" or "fine". */
struct mh_str mh_page__left(const struct mh_web__page *p, mh_time due, mh_time now, struct mh_str *ret_how);
/* The six rooms with the present one marked; -1: none is. */
const struct mh_page_rooms *mh_page__rooms(const struct mh_web__page *p, int now, bool over);

/* --- parameters that every page takes --- */
extern const char *const mh_page__langs[];
#define MH_PAGE_LANG                                                                                                   \
	{                                                                                                              \
		.name = "lang", .in = MH_IN_QUERY, .type = MH_TYPE_ENUM, .choices = mh_page__langs,                    \
		.en = "Language; kept in a cookie", .zh = "语言，存入 Cookie"                                     \
	}
#define MH_PAGE_GET(path_, perm_, params_, handler_, en_, zh_)                                                         \
	{                                                                                                              \
		.method = "GET", .path = (path_), .perm = (perm_), .params = (params_),                                \
		.flags = MH_ROUTE_PAGE | MH_ROUTE_READ | MH_ROUTE_LENIENT, .handler = (handler_),                      \
		.error = mh_page__error, .response = "text/html", .en = (en_), .zh = (zh_)                             \
	}

/* Prefixes of the names that forms send: f. a field, e. evidence. */
#define MH_PAGE_FORM_PARAMS                                                                                            \
	{.name = "f.",                                                                                                 \
	 .in = MH_IN_BODY,                                                                                             \
	 .type = MH_TYPE_STR,                                                                                          \
	 .prefix = true,                                                                                               \
	 .max = 100000,                                                                                                \
	 .en = "Value of a field, by its name behind the dot",                                                         \
	 .zh = "字段的值，点号后为字段名"},                                                                            \
		{.name = "key",                                                                                        \
		 .in = MH_IN_BODY,                                                                                     \
		 .type = MH_TYPE_STR,                                                                                  \
		 .max = 80,                                                                                            \
		 .pattern = "[A-Za-z0-9-]{8,80}",                                                                      \
		 .en = "Idempotency key of this form",                                                                 \
		 .zh = "本表的幂等键"},                                                                                \
		{.name = "do",                                                                                         \
		 .in = MH_IN_BODY,                                                                                     \
		 .type = MH_TYPE_STR,                                                                                  \
		 .max = 20,                                                                                            \
		 .en = "The button: find looks for a place, keep and hide answer the question about personal data",    \
		 .zh = "所按按钮：find 查找地点，keep 与 hide 回答个人信息的提问"},                                    \
	{                                                                                                              \
		.name = "seq", .in = MH_IN_BODY, .type = MH_TYPE_INT, .min = 0, .max = INT64_MAX,                      \
		.en = "Newest entry that the page showed", .zh = "页面所示的最新序号"                         \
	}
/* A new idempotency key, as the desk makes them too: the time, then what is random. Empty when memory is short. */
struct mh_str mh_page__key(struct mh_arena *a, mh_time now);

#endif
