/* What the files of the JSON API share: the city behind the server, who acts, which matter is meant. */
#ifndef MH_WEB_API_H
#define MH_WEB_API_H
#include "access/party.h"
#include "loop/glance.h"
#include "loop/service.h"
#include "web/request.h"

#include <pthread.h>
#include <stdatomic.h>

/* Drawings of definitions, kept; any thread. */
struct mh_drawings {
	pthread_mutex_t lock;
	struct mh_arena arena;
	struct mh_drawing *first;
	size_t n;
};
#define MH_DRAWINGS                                                                                                    \
	{                                                                                                              \
		.lock = PTHREAD_MUTEX_INITIALIZER, .arena = {.cap = (size_t)256 << 20 }                                \
	}
/* *ret lives as long as `d`. lang: static. Errors: those of mh_def_svg; MH_E_UNAVAILABLE after very many definitions. */
enum mh_code mh_drawings_get(struct mh_drawings *d, const struct mh_def *def, const char *lang, struct mh_str *ret,
			     struct mh_err *reterr);
/* Drawn and forgotten, for a draft. *ret lives in the arena. */
enum mh_code mh_drawings_once(struct mh_drawings *d, struct mh_arena *a, const struct mh_def *def, const char *lang,
			      struct mh_str *ret, struct mh_err *reterr);
void mh_drawings_done(struct mh_drawings *d);

struct mh_open311; /* web/open311.h */
struct mh_desk;    /* loop/desk.h */
struct mh_portal;  /* web/portal.h */
struct mh_search;  /* loop/search.h */
struct mh_checkup; /* loop/checkup.h */
struct mh_signin;  /* web/signin.h */
/* mh_http_config.app. Lives as long as the server. */
struct mh_api {
	struct mh_service *service;
	struct mh_search *search;   /* NULL: there is none */
	struct mh_checkup *checkup; /* likewise */
	struct mh_desk *desk;       /* NULL: there are no lists */
	struct mh_drawings drawings;
	atomic_int listeners;             /* streams of changes */
	struct mh_signin *signin;         /* NULL: Minhu-Actor is believed, there are no sessions */
	struct mh_str files_dir;          /* where evidence is kept; NUL behind */
	struct mh_str upload_dir;         /* where it lies before; likewise */
	const struct mh_open311 *open311; /* NULL: this city does not offer it */
	const struct mh_portal *portal;   /* NULL: nothing is said about the residents' pages */
};
static inline struct mh_api *mh_api_of(const struct mh_request *req)
{
	return req->app;
}
struct mh_city *mh_api_city(const struct mh_request *req);

/* One state of the store for a reading handler: declares `tx`. Leaves the handler with an error when there is no store. */
#define MH_API_READ(req, reterr)                                                                                       \
	MH_DB_TX(mh_api_snapshot_, (req)->db);                                                                         \
	MH_TRY(mh_api_begin((req), &mh_api_snapshot_, (reterr)));                                                      \
	MH_TX(tx, mh_api_city(req), (req)->db, &(req)->arena, (req)->received)
/* For a job on the writer's thread: declares `tx`. */
#define MH_API_JOB(req, db) MH_TX(tx, mh_api_city(req), (db), &(req)->arena, mh_now(&mh_api_city(req)->clock))
enum mh_code mh_api_begin(struct mh_request *req, struct mh_db_tx *snapshot, struct mh_err *reterr);

/* The matter that the address means: {ref} is its number or reference; under /follow it is the one of the tracking code.
 * MH_E_NOT_FOUND, MH_E_UNAUTHENTICATED (no code). */
enum mh_code mh_api_find(struct mh_request *req, struct mh_tx *tx, struct mh_glance *ret, struct mh_err *reterr);
/* Who acts on it: under /follow its holder; else staff, else whoever shows its code, else the public. `step` may be empty.
 * MH_E_FORBIDDEN: a unit that is not there, or the code of another matter. */
enum mh_code mh_api_party(struct mh_request *req, struct mh_tx *tx, const struct mh_glance *g, struct mh_str step,
			  struct mh_party *ret, struct mh_err *reterr);
/* MH_E_FORBIDDEN unless staff whose territory holds the matter act, or its holder. */
enum mh_code mh_api_reach(struct mh_request *req, struct mh_tx *tx, const struct mh_glance *g, struct mh_err *reterr);

/* May `by` see personal data of it in full: in charge of it (mh_party_in_charge), or on the panel that votes on it now, which must
 * see what it judges. */
enum mh_code mh_api_charge(struct mh_tx *tx, const struct mh_glance *g, const struct mh_party *by, bool *ret,
			   struct mh_err *reterr);
/* Who acts, when they may see personal data of it in full; else MH_E_FORBIDDEN. */
enum mh_code mh_api_in_charge(struct mh_request *req, struct mh_tx *tx, const struct mh_glance *g, struct mh_party *ret,
			      struct mh_err *reterr);

/* The receipt of an entry of the matter, with the entry in it. MH_E_NOT_FOUND; MH_E_UNAVAILABLE until it is signed. */
enum mh_code mh_api_receipt(struct mh_tx *tx, int64_t matter_id, int64_t seq, struct mh_response *res,
			    struct mh_err *reterr);

/* A job's answer: {"number", "ref", "state", "seq", "due", "again", "receipt"}; 201 also says where, and with "code" how to follow it,
 * which only whoever raised the matter may get. Made after the commit (mh_response.rest). out's texts live in the request's arena or
 * the city. */
enum mh_code mh_api_outcome(struct mh_request *req, struct mh_response *res, int status, const struct mh_outcome *out,
			    struct mh_err *reterr);
json_t *mh_api_org(const struct mh_city *c, int org); /* null for -1 */
json_t *mh_api_time(const struct mh_tx *tx, mh_time t);
json_t *mh_api_label(const struct mh_label *l);
/* What a role is called: by the table of rights; else by the newest definition that has it, which may call it by its part there. */
json_t *mh_api_role(const struct mh_city *c, struct mh_str role);
json_t *mh_api_word(const struct mh_city *c, const char *map,
		    struct mh_str code); /* mh_city_word; else the code itself */
/* For lists that are searched by typing. Latin letters in either case; nothing is in everything. */
bool mh_api_contains(struct mh_str hay, struct mh_str needle);
bool mh_api_begins(struct mh_str hay, struct mh_str needle);
/* ?lang=, else Accept-Language */
const char *mh_api_lang(const struct mh_request *req);

/* Who manages accounts, or acts on their own: the account and the unit. MH_E_FORBIDDEN: a unit that is not there. MH_E_CONFLICT with
 * `own`: no account is logged in (Minhu-Actor). */
struct mh_manager;
enum mh_code mh_api_manager(struct mh_request *req, bool own, struct mh_manager *ret, struct mh_err *reterr);
/* {"sessions": […]} of an account, new reference. */
enum mh_code mh_api_sessions(struct mh_request *req, struct mh_tx *tx, struct mh_str login, json_t **ret,
			     struct mh_err *reterr);

/* Parameters that many rows share. */
#define MH_API_REF                                                                                                     \
	{                                                                                                              \
		.name = "ref", .in = MH_IN_PATH, .type = MH_TYPE_STR, .required = true, .min = 1, .max = 64,           \
		.en = "Number or reference of the matter", .zh = "事项编号或引用号"                            \
	}
#define MH_API_SEQ                                                                                                                    \
	{                                                                                                                             \
		.name = "seq", .in = MH_IN_QUERY, .type = MH_TYPE_INT, .min = 0, .max = INT64_MAX,                                    \
		.en = "Entry of the ledger; the matter's newest when left out", .zh = "账本序号，缺省为该事项最新一条" \
	}
#define MH_API_LANG                                                                                                    \
	{                                                                                                              \
		.name = "lang", .in = MH_IN_QUERY, .type = MH_TYPE_ENUM, .choices = mh_api_languages,                  \
		.en = "Language; otherwise by Accept-Language", .zh = "语言，缺省按请求头"                    \
	}
#define MH_API_CURSOR                                                                                                  \
	{                                                                                                              \
		.name = "cursor", .in = MH_IN_QUERY, .type = MH_TYPE_STR, .max = 60,                                   \
		.en = "`next` of the page before", .zh = "上一页给出的翻页标记"                              \
	}
#define MH_API_LIMIT                                                                                                   \
	{                                                                                                              \
		.name = "limit", .in = MH_IN_QUERY, .type = MH_TYPE_INT, .min = 1, .max = 200,                         \
		.en = "Rows on a page; 50", .zh = "每页条数，缺省50"                                            \
	}
/* A cursor that is a number: the page holds what is below it. INT64_MAX without one; errors name the field. */
enum mh_code mh_api_before(struct mh_request *req, int64_t *ret, struct mh_err *reterr);
/* The number as a cursor, or null for 0. */
json_t *mh_api_next(const struct mh_tx *tx, int64_t next);
extern const char *const mh_api_languages[]; /* zh, en */
#endif
