#include "base/log.h"
#include "web/http_priv.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>

#define HEADERS_MAX 64
#define BODY_DEFAULT ((size_t)256 << 10)
#define SPARE_MOST ((size_t)256 << 10)
#define DRAIN_MAX ((int64_t)1 << 20) /* of a body nobody wants, so that a small client still reads its answer */

/* --- life --- */

/* Noise for an id, and a past exchange if there is one. */
static struct mh_web_exchange *take_spare(struct mh_http *h, unsigned char noise[8])
{
	struct mh_web_exchange *ex = NULL;
	pthread_mutex_lock(&h->lock);
	if (h->noise_left < 8) {
		mh_random(&h->config.rng, h->noise, sizeof h->noise);
		h->noise_left = sizeof h->noise;
	}
	h->noise_left -= 8;
	memcpy(noise, h->noise + h->noise_left, 8);
	if (h->n_spare) ex = h->spare[--h->n_spare];
	pthread_mutex_unlock(&h->lock);
	return ex;
}

static void write_id(char out[17], const unsigned char noise[8])
{
	static const char digits[] = "0123456789abcdef";
	for (size_t i = 0; i < 8; i++) {
		out[2 * i] = digits[noise[i] >> 4];
		out[2 * i + 1] = digits[noise[i] & 15];
	}
	out[16] = '\0';
}

void *mh_web__on_target(void *cls, const char *uri, struct MHD_Connection *conn)
{
	struct mh_http *h = cls;
	unsigned char noise[8];
	struct mh_web_exchange *ex = take_spare(h, noise);
	struct mh_arena arena = ex ? ex->req.arena : MH_ARENA(h->config.max_arena);
	if (!ex) ex = mh_mem_alloc(sizeof *ex);
	if (!ex) return NULL;
	memset(ex, 0, sizeof *ex);
	ex->http = h;
	ex->conn = conn;
	ex->owners = 1;
	ex->started = mh_ticks();
	ex->req.arena = arena;
	write_id(ex->id, noise);
	ex->req.exchange = ex;
	ex->res.arena = &ex->req.arena;
	ex->req.id = (struct mh_str){ex->id, 16};
	ex->target_in_head = mh_str_c(uri);
	ex->raw_target = mh_str_dup(&ex->req.arena, mh_str_c(uri));
	return ex;
}

/* What a request used is left behind empty for the next, unless it was much. */
static bool spare(struct mh_web_exchange *ex)
{
	struct mh_http *h = ex->http;
	bool kept = false;
	if (ex->req.arena.used > SPARE_MOST) return false;
	mh_arena_clear(&ex->req.arena);
	pthread_mutex_lock(&h->lock);
	kept = h->n_spare < MH_WEB__SPARE;
	if (kept) h->spare[h->n_spare++] = ex;
	pthread_mutex_unlock(&h->lock);
	return kept;
}

void mh_web__exchange_free(struct mh_web_exchange *ex)
{
	mh_arena_done(&ex->req.arena);
	mh_mem_free(ex);
}

static void end_exchange(struct mh_web_exchange *ex)
{
	mh_web__upload_drop(ex->upload);
	mh_buf_done(&ex->body);
	json_decref(ex->req.body);
	mh_res_clear(&ex->res);
	mh_web__kept_release(ex->kept);
	if (!spare(ex)) mh_web__exchange_free(ex);
}

void mh_web__exchange_release(struct mh_web_exchange *ex)
{
	if (atomic_fetch_sub(&ex->owners, 1) == 1) end_exchange(ex);
}

static void log_access(struct mh_web_exchange *ex)
{
	const struct mh_http_config *config = &ex->http->config;
	const struct mh_route *route = ex->req.route;
	struct mh_access_line line = {route ? route->method : "-",
				      route ? route->path : "-",
				      ex->status,
				      mh_ticks() - ex->started,
				      ex->bytes,
				      ex->id};
	if (config->access) config->access(config->access_ctx, &line);
	else
		mh_log_often(MH_LOG_INFO, "access", "%s %s status=%d ms=%lld bytes=%lld request=%s", line.method,
			     line.pattern, line.status, (long long)line.ms, (long long)line.bytes, line.request_id);
}

void mh_web__on_completed(void *cls, struct MHD_Connection *conn, void **ctx, enum MHD_RequestTerminationCode why)
{
	struct mh_http *h = cls;
	struct mh_web_exchange *ex = *ctx;
	*ctx = NULL;
	if (!ex) return;
	mh_web__set_deadline(conn, h->config.header_s);
	if (ex->counted) {
		mh_web__count(h, ex->req.route, ex->status, mh_ticks() - ex->started);
		log_access(ex);
	}
	pthread_mutex_lock(&h->lock);
	if (ex->counted) h->in_flight--;
	/* only the stop waits for this: the watching thread, which waits on the same, goes through every connection */
	if (h->stopping && !h->in_flight) pthread_cond_broadcast(&h->changed);
	pthread_mutex_unlock(&h->lock);
	mh_web__exchange_release(ex);
}

/* --- the head --- */

struct collected {
	struct mh_arena *arena;
	struct mh_pair pairs[HEADERS_MAX]; /* copies */
	struct mh_pair in_head[HEADERS_MAX];
	size_t n;
	bool failed, too_many;
};

static enum MHD_Result collect(void *cls, enum MHD_ValueKind kind, const char *key, size_t key_n, const char *value,
			       size_t value_n)
{
	struct collected *c = cls;
	if (c->n == HEADERS_MAX) {
		c->too_many = true;
		return MHD_NO;
	}
	struct mh_str v = {value ? value : "", value ? value_n : 0};
	struct mh_pair p = {mh_str_dup(c->arena, (struct mh_str){key, key_n}), mh_str_dup(c->arena, v)};
	if (!p.name.ptr || !p.value.ptr) c->failed = true;
	c->in_head[c->n] = (struct mh_pair){{key, key_n}, v};
	c->pairs[c->n++] = p;
	return c->failed ? MHD_NO : MHD_YES;
}

static enum mh_code collect_headers(struct mh_web_exchange *ex, const char *method, const char *version,
				    struct mh_err *reterr)
{
	const union MHD_ConnectionInfo *info = MHD_get_connection_info(ex->conn,
								       MHD_CONNECTION_INFO_REQUEST_HEADER_SIZE);
	struct collected c; /* the pairs are written before they are read */
	c.arena = &ex->req.arena;
	c.n = 0;
	c.failed = c.too_many = false;
	MHD_get_connection_values_n(ex->conn, MHD_HEADER_KIND, collect, &c);
	if (c.too_many) return MH_FAIL(reterr, MH_E_TOO_LARGE, "There are more than %d header fields", HEADERS_MAX);
	MH_TRY(mh_web__head_whole((struct mh_str){method, info ? info->header_size : 0}, ex->target_in_head,
				  mh_str_c(version), c.in_head, c.n, reterr));
	struct mh_pair *copy = c.failed ? NULL : mh_arena_copy(&ex->req.arena, c.pairs, sizeof c.pairs[0] * c.n);
	MH_TRY_MEM(copy, reterr);
	ex->req.headers = copy;
	ex->req.n_headers = c.n;
	return MH_OK;
}

static void note_peer(struct mh_web_exchange *ex)
{
	const union MHD_ConnectionInfo *info = MHD_get_connection_info(ex->conn, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
	char text[INET6_ADDRSTRLEN] = "";
	const struct sockaddr *sa = info ? info->client_addr : NULL;
	if (sa && sa->sa_family == AF_INET)
		inet_ntop(AF_INET, &((const struct sockaddr_in *)(const void *)sa)->sin_addr, text, sizeof text);
	else if (sa && sa->sa_family == AF_INET6)
		inet_ntop(AF_INET6, &((const struct sockaddr_in6 *)(const void *)sa)->sin6_addr, text, sizeof text);
	ex->req.client = mh_str_dup(&ex->req.arena, mh_str_c(text));
}

static bool has_body(const struct mh_web_exchange *ex)
{
	return ex->framing.chunked || ex->framing.length > 0;
}

static enum mh_code check_size(struct mh_web_exchange *ex, struct mh_err *reterr)
{
	const struct mh_route *route = ex->req.route;
	ex->body_max = route->max_body ? route->max_body : BODY_DEFAULT;
	if (ex->framing.length <= 0 || (uint64_t)ex->framing.length <= ex->body_max) return MH_OK;
	enum mh_code code = MH_FAIL(reterr, MH_E_TOO_LARGE, "The body is too large");
	mh_err_detail(reterr, "at most %zu bytes", ex->body_max);
	return code;
}

static enum mh_code find_route(struct mh_web_exchange *ex, struct mh_route_match *m, struct mh_err *reterr)
{
	struct mh_router *router = &ex->http->router;
	enum mh_code code = mh_router_find(router, ex->req.method, ex->req.path, m, reterr);
	if (code == MH_OK) ex->req.route = m->route;
	if (code != MH_E_METHOD) return code;
	mh_res_header(&ex->res, "Allow", mh_router_allow(router, &ex->req.arena, ex->req.path), NULL);
	return code;
}

/* Everything that can be known before the body. *ret_close: nothing after this head on the connection can be trusted. */
static enum mh_code read_head(struct mh_web_exchange *ex, const char *method, const char *version, bool *ret_close,
			      struct mh_err *reterr)
{
	struct mh_request *req = &ex->req;
	struct mh_route_match m = {0};
	*ret_close = true;
	req->lang = MH_STR("zh");
	req->received = mh_now(&ex->http->config.clock);
	req->app = ex->http->config.app;
	req->method = mh_str_dup(&req->arena, mh_str_c(method));
	if (!ex->raw_target.ptr || !req->method.ptr) return MH_FAIL(reterr, MH_E_NO_MEMORY, "Memory is short");
	MH_TRY(collect_headers(ex, method, version, reterr));
	MH_TRY(mh_web__guard(mh_str_c(version), req->headers, req->n_headers, &ex->framing, reterr));
	*ret_close = false;
	note_peer(ex);
	MH_TRY(mh_web__target_parse(&req->arena, ex->raw_target, &req->path, &req->query, reterr));
	MH_TRY(mh_web__identity(req, reterr));
	MH_TRY(find_route(ex, &m, reterr));
	if (ex->http->config.identify) MH_TRY(ex->http->config.identify(ex->http->config.identify_ctx, req, reterr));
	MH_TRY(mh_actor_require(&req->actor, req->route->perm, req->tracking_code.len != 0, reterr));
	MH_TRY(mh_web__check_type(req, has_body(ex), reterr));
	MH_TRY(check_size(ex, reterr));
	MH_TRY(mh_web__check_head(req, &m, reterr));
	if (req->route->body == MH_BODY_FILE)
		MH_TRY(mh_web__upload_begin(req, ex->http->config.upload_dir, &ex->upload, reterr));
	ex->body = MH_BUF(ex->body_max);
	return MH_OK;
}

static bool is_options(const struct mh_web_exchange *ex, enum mh_code code)
{
	return code == MH_E_METHOD && mh_str_is(ex->req.method, "OPTIONS");
}

static enum MHD_Result begin(struct mh_web_exchange *ex, const char *method, const char *version)
{
	bool close;
	pthread_mutex_lock(&ex->http->lock);
	ex->http->in_flight++;
	pthread_mutex_unlock(&ex->http->lock);
	ex->counted = true;
	ex->state = MH_WEB__BODY;
	ex->failed = read_head(ex, method, version, &close, &ex->err);
	mh_web__set_deadline(ex->conn, has_body(ex) ? ex->http->config.body_s : 0);
	if (ex->failed == MH_OK) return MHD_YES;
	/* a client that waits for 100, or has much to send, is told at once; a small body is read to its end first */
	if (has_body(ex) && (ex->framing.expect || ex->framing.length > DRAIN_MAX)) close = true;
	return close ? mh_web__answer_error(ex, &ex->err, true) : MHD_YES;
}

/* --- the body --- */

static enum mh_code take(struct mh_web_exchange *ex, const char *data, size_t n, struct mh_err *reterr)
{
	if ((uint64_t)ex->body_seen > ex->body_max) {
		enum mh_code code = MH_FAIL(reterr, MH_E_TOO_LARGE, "The body is too large");
		mh_err_detail(reterr, "at most %zu bytes", ex->body_max);
		return code;
	}
	if (ex->req.route->body == MH_BODY_NONE) return MH_FAIL(reterr, MH_E_TOO_LARGE, "This address takes no body");
	if (ex->upload) return mh_web__upload_add(ex->upload, data, n, reterr);
	mh_buf_add(&ex->body, data, n);
	return ex->body.failed ? MH_FAIL(reterr, MH_E_NO_MEMORY, "Memory is short") : MH_OK;
}

static enum MHD_Result more(struct mh_web_exchange *ex, const char *data, size_t *n)
{
	ex->body_seen += (int64_t)*n;
	if (ex->failed == MH_OK) ex->failed = take(ex, data, *n, &ex->err);
	*n = 0;
	/* libmicrohttpd takes an answer before or after a body, not within: what is far too long is broken off */
	bool hopeless = ex->failed != MH_OK && ex->body_seen > (int64_t)ex->body_max + DRAIN_MAX;
	return hopeless ? MHD_NO : MHD_YES;
}

/* --- the handler --- */

enum mh_code mh_request_defer(struct mh_request *req, mh_write_job *job, void *arg, struct mh_err *reterr)
{
	if (!req->exchange || !req->exchange->http->config.store.submit)
		return MH_FAIL(reterr, MH_E_UNAVAILABLE, "The store takes no writes just now");
	req->exchange->job = job;
	req->exchange->job_arg = arg;
	return MH_OK;
}

enum mh_code mh_request_defer_as(struct mh_request *req, struct mh_str key, mh_write_job *job, void *arg,
				 struct mh_err *reterr)
{
	MH_TRY_MEM(key.ptr, reterr);
	MH_TRY(mh_request_defer(req, job, arg, reterr));
	req->exchange->job_key = key;
	return MH_OK;
}

enum mh_code mh_request_defer_slow(struct mh_request *req, mh_slow_job *slow, mh_write_job *job, void *arg,
				   struct mh_err *reterr)
{
	MH_TRY(mh_request_defer(req, job, arg, reterr));
	req->exchange->slow = slow;
	return MH_OK;
}

static enum mh_code handle(struct mh_web_exchange *ex, struct mh_err *reterr)
{
	struct mh_http_store *store = &ex->http->config.store;
	struct mh_request *req = &ex->req;
	MH_TRY(mh_web__check_body(req, mh_buf_str(&ex->body), reterr));
	if (ex->upload) MH_TRY(mh_web__upload_end(ex->upload, req, reterr));
	if (mh_web__kept_find(ex)) return MH_OK;
	if ((req->route->flags & MH_ROUTE_READ) && store->read) MH_TRY(store->read(store->ctx, &req->db, reterr));
	enum mh_code code = req->route->handler(req, &ex->res, reterr);
	if (req->db && store->unread) store->unread(store->ctx, req->db);
	req->db = NULL;
	return code;
}

/* On the writer's thread. Once abandoned nothing is begun any more. */
static enum mh_code run_job(struct mh_db *db, void *arg, struct mh_err *reterr)
{
	struct mh_web_exchange *ex = arg;
	if (ex->abandoned) return MH_FAIL(reterr, MH_E_TIMEOUT, "Waited too long");
	mh_res_clear(&ex->res);
	ex->req.n_errors = 0;
	return ex->job(&ex->req, &ex->res, ex->job_arg, db, reterr);
}

static void job_done(void *arg, enum mh_code code, const struct mh_err *err)
{
	struct mh_web_exchange *ex = arg;
	struct mh_http *h = ex->http;
	pthread_mutex_lock(&h->lock);
	if (mh_web__wait_remove(ex)) {
		ex->failed = code;
		if (code != MH_OK && err) ex->err = *err;
		if (code != MH_OK) ex->err.code = code;
		MHD_resume_connection(ex->conn);
	}
	pthread_mutex_unlock(&h->lock);
	mh_web__exchange_release(ex);
	mh_web__http_release(h);
}

void mh_web__slow_done(struct mh_web_exchange *ex, enum mh_code code, const struct mh_err *err)
{
	const struct mh_http_store *store = &ex->http->config.store;
	struct mh_err mine = {0};
	if (code == MH_OK) {
		code = store->submit(store->ctx, run_job, ex, ex->job_key, job_done, &mine);
		err = &mine;
	}
	if (code != MH_OK) job_done(ex, code, err);
}

static enum MHD_Result submit(struct mh_web_exchange *ex)
{
	struct mh_http *h = ex->http;
	struct mh_err err = {0};
	pthread_mutex_lock(&h->lock);
	ex->owners++;
	h->owners++;
	ex->state = MH_WEB__WAITING;
	ex->write_until = mh_ticks() + (int64_t)h->config.write_s * 1000;
	MHD_suspend_connection(ex->conn);
	mh_web__wait_add(ex);
	pthread_mutex_unlock(&h->lock);
	enum mh_code code = ex->slow ? mh_web__slow_add(ex, &err)
				     : h->config.store.submit(h->config.store.ctx, run_job, ex, ex->job_key, job_done,
							      &err);
	if (code != MH_OK) job_done(ex, code, &err);
	return MHD_YES;
}

static enum MHD_Result finish(struct mh_web_exchange *ex)
{
	mh_web__set_deadline(ex->conn, 0);
	if (is_options(ex, ex->failed)) {
		mh_res_bytes(&ex->res, 204, NULL, MH_STR(""));
		return mh_web__answer(ex, false);
	}
	if (ex->failed == MH_OK) ex->failed = handle(ex, &ex->err);
	if (ex->failed != MH_OK) return mh_web__answer_error(ex, &ex->err, false);
	return ex->job ? submit(ex) : mh_web__answer(ex, false);
}

static enum MHD_Result resumed(struct mh_web_exchange *ex)
{
	if (ex->abandoned) return mh_web__answer_abandoned(ex);
	if (ex->failed == MH_OK && ex->res.rest)
		ex->failed = ex->res.rest(&ex->req, &ex->res, ex->res.rest_arg, &ex->err);
	return ex->failed == MH_OK ? mh_web__answer(ex, false) : mh_web__answer_error(ex, &ex->err, false);
}

enum MHD_Result mh_web__on_request(void *cls, struct MHD_Connection *conn, const char *url, const char *method,
				   const char *version, const char *data, size_t *n, void **ctx)
{
	struct mh_web_exchange *ex = *ctx;
	if (!ex) return MHD_NO;
	switch (ex->state) {
	case MH_WEB__HEAD: return begin(ex, method, version);
	case MH_WEB__BODY: return *n ? more(ex, data, n) : finish(ex);
	case MH_WEB__WAITING: return resumed(ex);
	default: return MHD_NO;
	}
}
