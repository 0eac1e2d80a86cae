#include "web/signin.h"

#include "access/limit.h"
#include "base/hash.h"
#include "web/web_priv.h"

#include <openssl/crypto.h>
#include <pthread.h>
#include <string.h>

#define ADDRESSES ((size_t)16 << 10)
#define KNOWN 256     /* sessions kept in memory */
#define KNOWN_MS 1000 /* should another program end one in the same PostgreSQL, it is over so soon */

/* A session as the store had it, valid until something is written to the store. */
struct known {
	struct mh_hash token;
	uint64_t version;
	int64_t until; /* ticks */
	struct mh_arena arena;
	struct mh_session session;
};

struct mh_signin {
	struct mh_signin_config config;
	struct mh_limit *logins, *writes;
	pthread_mutex_t lock; /* guards known */
	struct known known[KNOWN];
};

enum mh_code mh_signin_new(const struct mh_signin_config *config, struct mh_signin **ret, struct mh_err *reterr)
{
	struct mh_signin *s = mh_mem_alloc(sizeof *s);
	MH_TRY_MEM(s, reterr);
	s->config = *config;
	pthread_mutex_init(&s->lock, NULL);
	for (size_t i = 0; i < KNOWN; i++) s->known[i].arena = MH_ARENA(16 << 10);
	struct mh_limit_rule logins = {config->login_burst ? config->login_burst : 20,
				       config->login_per_hour ? config->login_per_hour : 600};
	struct mh_limit_rule writes = {config->write_burst ? config->write_burst : 60,
				       config->write_per_hour ? config->write_per_hour : 1200};
	enum mh_code code = mh_limit_new(logins, ADDRESSES, &s->logins, reterr);
	if (code == MH_OK) code = mh_limit_new(writes, ADDRESSES, &s->writes, reterr);
	if (code == MH_OK) *ret = s;
	else mh_signin_free(s);
	return code;
}

void mh_signin_free(struct mh_signin *s)
{
	if (!s) return;
	mh_limit_free(s->logins);
	mh_limit_free(s->writes);
	for (size_t i = 0; i < KNOWN; i++) mh_arena_done(&s->known[i].arena);
	pthread_mutex_destroy(&s->lock);
	mh_mem_free(s);
}

static enum mh_code take(struct mh_limit *l, struct mh_request *req, struct mh_err *reterr)
{
	int wait = 0;
	if (mh_limit_take(l, req->client, mh_ticks(), &wait)) return MH_OK;
	req->retry_s = wait;
	enum mh_code code = MH_FAIL(reterr, MH_E_TOO_MANY, "There were too many requests from this address");
	mh_err_hint(reterr, "Try again in %d seconds.", wait);
	return code;
}

enum mh_code mh_signin_admit(struct mh_signin *s, struct mh_request *req, struct mh_err *reterr)
{
	return take(s->logins, req, reterr);
}

/* --- the proxy --- */

static bool on_this_machine(struct mh_str address)
{
	return mh_str_starts(address, "127.") || mh_str_is(address, "::1");
}

/* What the proxy itself has added stands last; what stands before it, the client may have written. */
static struct mh_str last_of(struct mh_str list)
{
	struct mh_str item = {NULL, 0};
	while (list.len && mh_str_split(&list, ',', &item)) {
	}
	return mh_str_trim(item);
}

static void look_behind_proxy(struct mh_request *req)
{
	if (!on_this_machine(req->client)) return;
	struct mh_str address = last_of(mh_req_header(req, "X-Forwarded-For"));
	if (address.len && address.len <= 64) req->client = address;
	req->secure = mh_str_is(last_of(mh_req_header(req, "X-Forwarded-Proto")), "https");
}

/* --- the cookie --- */

static struct mh_str cookie(const struct mh_request *req)
{
	struct mh_str rest = mh_req_header(req, "Cookie"), item, name;
	while (rest.len && mh_str_split(&rest, ';', &item)) {
		item = mh_str_trim(item);
		mh_str_split(&item, '=', &name);
		if (mh_str_is(name, MH_SIGNIN_COOKIE)) return item;
	}
	return (struct mh_str){NULL, 0};
}

static bool changes(const struct mh_request *req)
{
	return !mh_str_is(req->method, "GET") && !mh_str_is(req->method, "HEAD") && !mh_str_is(req->method, "OPTIONS");
}

/* A browser sends the cookie with whatever any page asks; the Origin header, which pages cannot choose, or a value that only our
 * own pages can read must say that it was ours. SameSite=Strict stands before this, for browsers that know it. */
static enum mh_code from_own_page(const struct mh_request *req, struct mh_str token, struct mh_err *reterr)
{
	struct mh_str origin = mh_req_header(req, "Origin"), shown = mh_req_header(req, "Minhu-Csrf");
	struct mh_str host = mh_req_header(req, "Host");
	char text[256] = "";
	snprintf(text, sizeof text, MH_STR_FMT, MH_STR_ARG(host));
	if (origin.len) {
		size_t scheme = mh_str_starts(origin, "https://") ? 8 : mh_str_starts(origin, "http://") ? 7 : 0;
		if (scheme && mh_web__name_eq((struct mh_str){origin.ptr + scheme, origin.len - scheme}, text))
			return MH_OK;
		return MH_FAIL(reterr, MH_E_FORBIDDEN, "This request comes from a page of another site");
	}
	struct mh_arena scratch = MH_ARENA(4096);
	struct mh_str want = mh_session_csrf(&scratch, token);
	bool good = want.len && shown.len == want.len && CRYPTO_memcmp(shown.ptr, want.ptr, want.len) == 0;
	mh_arena_done(&scratch);
	if (good) return MH_OK;
	enum mh_code code = MH_FAIL(reterr, MH_E_FORBIDDEN, "Could not see that this request comes from our own page");
	mh_err_hint(reterr, "Send the value `csrf` of GET /api/v1/me as Minhu-Csrf; programs use a bearer token.");
	return code;
}

/* --- the last use, written down behind the request --- */

struct seen {
	char hash[65];
	mh_time at;
};

static enum mh_code seen_job(struct mh_db *db, void *arg, struct mh_err *reterr)
{
	const struct seen *s = arg;
	return mh_session_seen(db, mh_str_c(s->hash), s->at, reterr);
}

static void seen_done(void *arg, enum mh_code code, const struct mh_err *err)
{
	mh_mem_free(arg);
}

/* A failure only makes the session end earlier. */
static void note_use(struct mh_signin *s, const struct mh_session *session, mh_time now)
{
	struct seen *arg = session->stale && s->config.store.submit ? mh_mem_alloc(sizeof *arg) : NULL;
	if (!arg) return;
	snprintf(arg->hash, sizeof arg->hash, MH_STR_FMT, MH_STR_ARG(session->hash));
	arg->at = now;
	if (s->config.store.submit(s->config.store.ctx, seen_job, arg, MH_STR(""), seen_done, NULL) != MH_OK)
		mh_mem_free(arg);
}

/* --- who acts --- */

static bool copy(struct mh_arena *a, const struct mh_session *from, struct mh_session *to)
{
	struct mh_session_role *roles = MH_NEW_ARRAY(a, from->n_roles + 1, struct mh_session_role);
	if (!roles) return false;
	*to = *from;
	to->hash = mh_str_dup(a, from->hash);
	to->login = mh_str_dup(a, from->login);
	to->zh = mh_str_dup(a, from->zh);
	to->en = mh_str_dup(a, from->en);
	to->officer = mh_str_dup(a, from->officer);
	bool good = to->hash.ptr && to->login.ptr && to->zh.ptr && to->en.ptr && to->officer.ptr;
	for (size_t i = 0; i < from->n_roles && good; i++) {
		roles[i].role = mh_str_dup(a, from->roles[i].role);
		roles[i].org = mh_str_dup(a, from->roles[i].org);
		good = roles[i].role.ptr && roles[i].org.ptr;
	}
	to->roles = roles;
	return good;
}

static struct known *known_of(struct mh_signin *s, const struct mh_hash *token)
{
	return &s->known[token->b[0] % KNOWN];
}

static bool recall(struct mh_signin *s, const struct mh_hash *token, uint64_t version, struct mh_arena *a,
		   struct mh_session *ret)
{
	struct known *k = known_of(s, token);
	struct mh_session got;
	pthread_mutex_lock(&s->lock);
	bool good = mh_ticks() < k->until && k->version == version && mh_hash_eq(&k->token, token) &&
		    copy(a, &k->session, &got);
	pthread_mutex_unlock(&s->lock);
	if (good) *ret = got;
	return good;
}

static void remember(struct mh_signin *s, const struct mh_hash *token, uint64_t version,
		     const struct mh_session *session)
{
	struct known *k = known_of(s, token);
	pthread_mutex_lock(&s->lock);
	mh_arena_clear(&k->arena);
	k->until = 0;
	if (copy(&k->arena, session, &k->session)) {
		k->token = *token;
		k->version = version;
		k->until = mh_ticks() + KNOWN_MS;
	}
	pthread_mutex_unlock(&s->lock);
}

static enum mh_code ask(struct mh_signin *s, struct mh_request *req, struct mh_str token, struct mh_session *ret,
			struct mh_err *reterr)
{
	struct mh_db *db = NULL;
	if (!s->config.store.read) return MH_FAIL(reterr, MH_E_UNAVAILABLE, "The store cannot be read just now");
	MH_TRY(s->config.store.read(s->config.store.ctx, &db, reterr));
	enum mh_code code = mh_session_find(db, &req->arena, token, req->received, ret, reterr);
	if (s->config.store.unread) s->config.store.unread(s->config.store.ctx, db);
	return code;
}

static enum mh_code find(struct mh_signin *s, struct mh_request *req, struct mh_str token, struct mh_session *ret,
			 struct mh_err *reterr)
{
	const struct mh_http_store *store = &s->config.store;
	if (!store->version) return ask(s, req, token, ret, reterr);
	uint64_t version = store->version(store->ctx); /* before the store is asked */
	struct mh_hash hash = mh_sha256_str(token);
	if (recall(s, &hash, version, &req->arena, ret)) return MH_OK;
	MH_TRY(ask(s, req, token, ret, reterr));
	remember(s, &hash, version, ret);
	return MH_OK;
}

static enum mh_code act_as(struct mh_request *req, const struct mh_session *session, struct mh_str token,
			   struct mh_err *reterr)
{
	struct mh_str as = mh_req_header(req, "Minhu-As");
	/* somebody else knows this password: until it is changed the person is nobody, and is told so where that matters */
	if (session->must_change && !(req->route->flags & MH_ROUTE_FIRST)) {
		if (req->route->perm < MH_PERM_STAFF) return MH_OK;
		enum mh_code code = MH_FAIL(reterr, MH_E_FORBIDDEN, "Choose a password of your own first");
		mh_err_detail(reterr, "needed: password");
		mh_err_hint(reterr, "PUT /api/v1/me/password.");
		return code;
	}
	if (as.len || session->n_roles) MH_TRY(mh_session_actor(session, as, &req->actor, reterr));
	req->login = session->login;
	req->token = token;
	return MH_OK;
}

static enum mh_code with_token(struct mh_signin *s, struct mh_request *req, struct mh_err *reterr)
{
	struct mh_session session;
	struct mh_str token = req->bearer.len ? req->bearer : cookie(req);
	if (!token.len) return MH_OK;
	struct mh_err why = {0};
	enum mh_code code = find(s, req, token, &session, &why);
	/* a cookie that has run out is nobody's; a program is told */
	if (code == MH_E_UNAUTHENTICATED && !req->bearer.len) return MH_OK;
	if (code != MH_OK) {
		if (reterr) *reterr = why;
		return code;
	}
	if (!req->bearer.len && changes(req)) MH_TRY(from_own_page(req, token, reterr));
	note_use(s, &session, req->received);
	return act_as(req, &session, token, reterr);
}

enum mh_code mh_signin_identify(void *ctx, struct mh_request *req, struct mh_err *reterr)
{
	struct mh_signin *s = ctx;
	req->actor = (struct mh_actor){0};
	if (mh_req_header(req, "Minhu-Actor").len) {
		enum mh_code code = MH_FAIL(reterr, MH_E_UNAUTHENTICATED,
					    "The header Minhu-Actor is not believed here");
		mh_err_hint(
			reterr,
			"Log in: POST /api/v1/session. For tests on one machine: minhu serve --trust-actor-header.");
		return code;
	}
	if (s->config.behind_proxy) look_behind_proxy(req);
	MH_TRY(with_token(s, req, reterr));
	return !mh_actor_known(&req->actor) && changes(req) ? take(s->writes, req, reterr) : MH_OK;
}
