/* Answers kept in memory, for as long as nothing at all has been written to the store.
 *
 * An answer to GET depends on the store, on who asks, on what is asked and how, and where something may be late on the minute.
 * All of that is its key, except the store: whose version is the number of transactions that the one writer has finished. It is
 * read before the answer's snapshot begins and counted before anybody is told of a commit, so that nobody who has been told of a
 * change is given what was before it. There is nothing to forget about, and no kind of answer needs a thought of its own. The
 * price: in a busy city an answer is kept for milliseconds only. */
#include "base/hash.h"
#include "web/http_priv.h"

#include <string.h>

#define BODY_MOST ((size_t)512 << 10)
#define BYTES_MOST ((size_t)16 << 20)
#define MINUTE 60000

struct mh_web__answer {
	atomic_uint refs;
	const char *content_type; /* static */
	char etag[72];
	bool compressed;
	enum mh_cache cache;
	size_t n;
	char body[];
};

void mh_web__kept_release(struct mh_web__answer *a)
{
	if (a && atomic_fetch_sub(&a->refs, 1) == 1) mh_mem_free(a);
}

static void part(struct mh_buf *b, struct mh_str s)
{
	mh_buf_str_add(b, s);
	mh_buf_ch(b, '\0'); /* in none of them: texts of a head are free of it */
}

static bool may_keep(const struct mh_web_exchange *ex)
{
	const struct mh_http_store *store = &ex->http->config.store;
	return (ex->req.route->flags & MH_ROUTE_KEPT) && store->version && mh_str_is(ex->req.method, "GET");
}

static bool key_of(struct mh_web_exchange *ex, bool zipped)
{
	const struct mh_request *req = &ex->req;
	const struct mh_actor *by = &req->actor;
	struct mh_buf b = MH_BUF(64 << 10);
	const struct {
		const struct mh_route *route;
		int64_t minute, zipped, hant; /* as wide as the pointer: nothing lies between them */
	} head = {req->route, req->received / MINUTE, zipped, req->hant};
	mh_buf_add(&b, &head, sizeof head);
	const struct mh_str parts[] = {req->path,  req->query, by->role,           by->org,  by->officer, by->name,
				       req->login, req->token, req->tracking_code, req->lang};
	for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) part(&b, parts[i]);
	if (!b.failed) ex->keep_key = mh_sha256_str(mh_buf_str(&b));
	mh_buf_done(&b);
	return !b.failed;
}

static struct mh_web__kept_slot *slot_of(struct mh_web__kept *k, const struct mh_hash *key)
{
	return &k->slots[(key->b[0] | (unsigned)key->b[1] << 8) % MH_WEB__KEPT];
}

static struct mh_web__answer *find(struct mh_web__kept *k, const struct mh_hash *key, uint64_t version)
{
	struct mh_web__kept_slot *s = slot_of(k, key);
	struct mh_web__answer *found = NULL;
	pthread_mutex_lock(&k->lock);
	if (s->answer && s->version == version && mh_hash_eq(&s->key, key)) {
		found = s->answer;
		atomic_fetch_add(&found->refs, 1);
	}
	pthread_mutex_unlock(&k->lock);
	return found;
}

bool mh_web__kept_find(struct mh_web_exchange *ex)
{
	const struct mh_http_store *store = &ex->http->config.store;
	if (!may_keep(ex)) return false;
	ex->keep_version = store->version(store->ctx);
	ex->keep = key_of(ex, mh_web__gzip_accepted(mh_req_header(&ex->req, "Accept-Encoding")));
	if (!ex->keep) return false;
	struct mh_web__answer *a = ex->kept = find(&ex->http->kept, &ex->keep_key, ex->keep_version);
	if (!a) return false;
	ex->res.status = 200;
	ex->res.content_type = a->content_type;
	ex->res.etag = mh_str_c(a->etag);
	ex->res.cache = a->cache;
	ex->res.body = (struct mh_str){a->body, a->n};
	return true;
}

bool mh_web__kept_compressed(const struct mh_web_exchange *ex)
{
	return ex->kept->compressed;
}

static bool fits(const struct mh_web_exchange *ex)
{
	const struct mh_response *res = &ex->res;
	return ex->keep && !ex->kept && (!res->status || res->status == 200) && res->body.len &&
	       res->body.len <= BODY_MOST && !res->file.len && !res->stream.next && !res->n_headers && !res->csp &&
	       res->etag.len < sizeof((struct mh_web__answer *)0)->etag;
}

/* A slot holds one answer: whoever comes later has it, as what came before is likely to be out of date. */
void mh_web__kept_put(struct mh_web_exchange *ex, bool compressed)
{
	struct mh_web__kept *k = &ex->http->kept;
	const struct mh_response *res = &ex->res;
	struct mh_web__answer *a = fits(ex) ? mh_mem_alloc(sizeof *a + res->body.len) : NULL;
	if (!a) return;
	atomic_init(&a->refs, 1);
	a->content_type = res->content_type;
	if (res->etag.len) memcpy(a->etag, res->etag.ptr, res->etag.len);
	a->cache = res->cache;
	a->compressed = compressed;
	a->n = res->body.len;
	memcpy(a->body, res->body.ptr, a->n);
	struct mh_web__kept_slot *s = slot_of(k, &ex->keep_key);
	pthread_mutex_lock(&k->lock);
	struct mh_web__answer *old = s->answer;
	bool room = k->bytes - (old ? old->n : 0) + a->n <= BYTES_MOST;
	if (room) {
		k->bytes = k->bytes - (old ? old->n : 0) + a->n;
		s->answer = a;
		s->key = ex->keep_key;
		s->version = ex->keep_version;
	}
	pthread_mutex_unlock(&k->lock);
	mh_web__kept_release(room ? old : a);
	if (!room) mh_web__kept_clear(k);
}

void mh_web__kept_clear(struct mh_web__kept *k)
{
	for (size_t i = 0; i < MH_WEB__KEPT; i++) {
		pthread_mutex_lock(&k->lock);
		struct mh_web__answer *a = k->slots[i].answer;
		k->slots[i].answer = NULL;
		if (a) k->bytes -= a->n;
		pthread_mutex_unlock(&k->lock);
		mh_web__kept_release(a);
	}
}
