/* Answers kept in memory: who may be given one, and when not any more. */
#include "web/http_priv.h"

#include "unit.h"
#include <stdlib.h>
#include <string.h>

static uint64_t written; /* transactions of the store */

static uint64_t version(void *ctx)
{
	return written;
}

static const struct mh_route route = {.path = "/a", .flags = MH_ROUTE_KEPT};
static const struct mh_route other = {.path = "/b", .flags = MH_ROUTE_KEPT};
static const struct mh_route plain = {.path = "/c"};
static const struct mh_pair gzip[] = {{{"Accept-Encoding", 15}, {"gzip", 4}}};

struct kit {
	struct mh_http http;
	struct mh_web_exchange ex;
};

static int setup(void **state)
{
	struct kit *k = calloc(1, sizeof *k);
	pthread_mutex_init(&k->http.kept.lock, NULL);
	k->http.config.store.version = version;
	written = 7;
	*state = k;
	return 0;
}

static int teardown(void **state)
{
	struct kit *k = *state;
	mh_web__kept_release(k->ex.kept);
	mh_web__kept_clear(&k->http.kept);
	assert_int_equal(k->http.kept.bytes, 0);
	free(k);
	return 0;
}

/* A request like the one before it, which has ended. */
static struct mh_web_exchange *ask(struct kit *k)
{
	mh_web__kept_release(k->ex.kept);
	k->ex = (struct mh_web_exchange){.http = &k->http};
	k->ex.req = (struct mh_request){.route = &route,
					.method = MH_STR("GET"),
					.path = MH_STR("/a"),
					.query = MH_STR("x=1"),
					.actor = {.role = MH_STR("handler"),
						  .org = MH_STR("330106"),
						  .officer = MH_STR("A1"),
						  .name = MH_STR("Li")},
					.login = MH_STR("li"),
					.token = MH_STR("t"),
					.tracking_code = MH_STR("c"),
					.lang = MH_STR("zh"),
					.received = 60000};
	return &k->ex;
}

static void make(struct mh_web_exchange *ex, struct mh_str body)
{
	ex->res = (struct mh_response){
		.content_type = "text/plain", .body = body, .etag = MH_STR("tag"), .cache = MH_CACHE_REVALIDATE};
}

static void keep(struct kit *k)
{
	struct mh_web_exchange *ex = ask(k);
	assert_false(mh_web__kept_find(ex));
	make(ex, MH_STR("body"));
	mh_web__kept_put(ex, false);
}

static void given_again(void **state)
{
	struct kit *k = *state;
	keep(k);
	struct mh_web_exchange *ex = ask(k);
	assert_true(mh_web__kept_find(ex));
	assert_int_equal(ex->res.status, 200);
	assert_string_equal(ex->res.content_type, "text/plain");
	assert_true(mh_str_is(ex->res.body, "body"));
	assert_true(mh_str_is(ex->res.etag, "tag"));
	assert_int_equal(ex->res.cache, MH_CACHE_REVALIDATE);
	assert_false(mh_web__kept_compressed(ex));
	mh_web__kept_put(ex, false); /* what was kept is not kept again */
	assert_int_equal(k->http.kept.bytes, 4);
}

static void compressed_apart(void **state)
{
	struct kit *k = *state;
	struct mh_web_exchange *ex = ask(k);
	ex->req.headers = gzip, ex->req.n_headers = 1;
	assert_false(mh_web__kept_find(ex));
	make(ex, MH_STR("small"));
	mh_web__kept_put(ex, true);
	ex = ask(k);
	assert_false(mh_web__kept_find(ex));
	ex = ask(k);
	ex->req.headers = gzip, ex->req.n_headers = 1;
	assert_true(mh_web__kept_find(ex));
	assert_true(mh_web__kept_compressed(ex));
}

/* Anything written makes everything old. */
static void until_written(void **state)
{
	struct kit *k = *state;
	keep(k);
	written++;
	assert_false(mh_web__kept_find(ask(k)));
}

/* A commit between the look at the version and the answer: what was made may be of before it, so it is of the version before. */
static void written_meanwhile(void **state)
{
	struct kit *k = *state;
	struct mh_web_exchange *ex = ask(k);
	assert_false(mh_web__kept_find(ex));
	written++;
	make(ex, MH_STR("perhaps old"));
	mh_web__kept_put(ex, false);
	assert_false(mh_web__kept_find(ask(k)));
}

static void only_for_the_same(void **state)
{
	struct kit *k = *state;
	struct mh_request *req = &k->ex.req;
	struct mh_str *const parts[] = {&req->path,          &req->query,      &req->actor.role, &req->actor.org,
					&req->actor.officer, &req->actor.name, &req->login,      &req->token,
					&req->tracking_code, &req->lang};
	keep(k);
	for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
		ask(k);
		*parts[i] = MH_STR("another");
		assert_false(mh_web__kept_find(&k->ex));
		ask(k);
		*parts[i] = MH_STR("");
		assert_false(mh_web__kept_find(&k->ex));
	}
	ask(k)->req.route = &other;
	assert_false(mh_web__kept_find(&k->ex));
	ask(k)->req.hant = true;
	assert_false(mh_web__kept_find(&k->ex));
	ask(k)->req.received += 60000; /* what is late changes by the minute */
	assert_false(mh_web__kept_find(&k->ex));
	ask(k)->req.received += 59999;
	assert_true(mh_web__kept_find(&k->ex));
}

/* "handler" of "330106" is not "handler3" of "30106". */
static void parts_stay_apart(void **state)
{
	struct kit *k = *state;
	keep(k);
	struct mh_actor *by = &ask(k)->req.actor;
	by->role = MH_STR("handler3"), by->org = MH_STR("30106");
	assert_false(mh_web__kept_find(&k->ex));
}

static void only_where_it_is_allowed(void **state)
{
	struct kit *k = *state;
	for (int i = 0; i < 2; i++) {
		ask(k)->req.route = &plain;
		assert_false(mh_web__kept_find(&k->ex));
		make(&k->ex, MH_STR("x"));
		mh_web__kept_put(&k->ex, false);
		ask(k)->req.method = MH_STR("HEAD");
		assert_false(mh_web__kept_find(&k->ex));
		make(&k->ex, MH_STR("x"));
		mh_web__kept_put(&k->ex, false);
	}
	k->http.config.store.version = NULL; /* a store that others write too */
	assert_false(mh_web__kept_find(ask(k)));
	make(&k->ex, MH_STR("x"));
	mh_web__kept_put(&k->ex, false);
	assert_int_equal(k->http.kept.bytes, 0);
}

enum spoilt { STATUS, EMPTY, LARGE, FROM_FILE, HEADER, CSP, TAG, SPOILT_MAX };

static void spoil(struct mh_response *res, enum spoilt how)
{
	static char large[(512 << 10) + 1];
	static const char tag[100] =
		"a tag that is far longer than any that the program makes itself, by a good deal, yes.";
	switch (how) {
	case STATUS: res->status = 404; break;
	case EMPTY: res->body.len = 0; break;
	case LARGE: res->body = (struct mh_str){large, sizeof large}; break;
	case FROM_FILE: res->file = MH_STR("/x"); break;
	case HEADER: res->n_headers = 1; break;
	case CSP: res->csp = "default-src 'self'"; break;
	case TAG: res->etag = (struct mh_str){tag, sizeof tag}; break;
	case SPOILT_MAX: break;
	}
}

static void only_plain_answers(void **state)
{
	struct kit *k = *state;
	for (int i = 0; i < SPOILT_MAX; i++) {
		assert_false(mh_web__kept_find(ask(k)));
		make(&k->ex, MH_STR("x"));
		spoil(&k->ex.res, (enum spoilt)i);
		mh_web__kept_put(&k->ex, false);
		assert_false(mh_web__kept_find(ask(k)));
	}
	assert_int_equal(k->http.kept.bytes, 0);
}

/* It is being sent while another takes its place. */
static void whole_while_it_is_sent(void **state)
{
	struct kit *k = *state;
	keep(k);
	struct mh_web_exchange *sent = calloc(1, sizeof *sent);
	*sent = *ask(k);
	assert_true(mh_web__kept_find(sent));
	written++;
	keep(k);
	mh_web__kept_clear(&k->http.kept);
	assert_true(mh_str_is(sent->res.body, "body"));
	mh_web__kept_release(sent->kept);
	free(sent);
}

static void never_much(void **state)
{
	enum { EACH = 400 << 10, MANY = 200, MOST = 16 << 20 };
	struct kit *k = *state;
	char *large = calloc(1, EACH);
	bool emptied = false;
	for (int i = 0; i < MANY; i++) {
		char query[16];
		size_t before = k->http.kept.bytes;
		snprintf(query, sizeof query, "%d", i);
		ask(k)->req.query = mh_str_c(query);
		assert_false(mh_web__kept_find(&k->ex));
		make(&k->ex, (struct mh_str){large, EACH});
		mh_web__kept_put(&k->ex, false);
		assert_true(k->http.kept.bytes <= MOST);
		emptied |= k->http.kept.bytes < before;
	}
	assert_true(emptied);
	free(large);
}

#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
MH_TESTS(T(given_again), T(compressed_apart), T(until_written), T(written_meanwhile), T(only_for_the_same),
	 T(parts_stay_apart), T(only_where_it_is_allowed), T(only_plain_answers), T(whole_while_it_is_sent),
	 T(never_much))
