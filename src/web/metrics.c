#include "web/http_priv.h"

static const int64_t bounds_ms[MH_WEB__BUCKETS] = {1, 2, 5, 10, 25, 50, 100, 250, 1000, 5000};
/* The last one stands for every other. */
static const int statuses[MH_WEB__STATUSES] = {200, 201, 202, 204, 304, 400, 401, 403, 404, 405, 408,
					       409, 410, 413, 415, 422, 429, 500, 503, 504, 507, 0};

static size_t route_index(const struct mh_http *h, const struct mh_route *route)
{
	size_t i = 0;
	while (i < h->router.n && h->router.routes[i] != route) i++;
	return i;
}

void mh_web__count(struct mh_http *h, const struct mh_route *route, int status, int64_t ms)
{
	struct mh_web__count *c = &h->counts[route_index(h, route)];
	size_t s = 0, t = 0;
	while (s + 1 < MH_WEB__STATUSES && statuses[s] != status) s++;
	while (t < MH_WEB__BUCKETS && ms > bounds_ms[t]) t++;
	atomic_fetch_add_explicit(&c->by_status[s], 1, memory_order_relaxed);
	atomic_fetch_add_explicit(&c->by_time[t], 1, memory_order_relaxed);
	if (ms > 0) atomic_fetch_add_explicit(&c->ms, (unsigned long long)ms, memory_order_relaxed);
}

/* Patterns are ASCII without quotes or backslashes (router.c), so they need no escaping. */
static void labels(struct mh_buf *b, const struct mh_route *route)
{
	mh_buf_fmt(b, "{method=\"%s\",route=\"%s\"", route ? route->method : "none", route ? route->path : "none");
}

static unsigned long long get(const atomic_ullong *n)
{
	return atomic_load_explicit(n, memory_order_relaxed);
}

static void requests(const struct mh_http *h, struct mh_buf *b)
{
	mh_buf_c(b, "# HELP minhu_http_requests_total Requests answered.\n# TYPE minhu_http_requests_total counter\n");
	for (size_t i = 0; i <= h->router.n; i++) {
		for (size_t s = 0; s < MH_WEB__STATUSES; s++) {
			unsigned long long n = get(&h->counts[i].by_status[s]);
			if (!n) continue;
			mh_buf_c(b, "minhu_http_requests_total");
			labels(b, i < h->router.n ? h->router.routes[i] : NULL);
			if (statuses[s]) mh_buf_fmt(b, ",code=\"%d\"} %llu\n", statuses[s], n);
			else mh_buf_fmt(b, ",code=\"other\"} %llu\n", n);
		}
	}
}

static void histogram(const struct mh_web__count *c, const struct mh_route *route, struct mh_buf *b)
{
	unsigned long long sum = 0;
	for (size_t t = 0; t <= MH_WEB__BUCKETS; t++) {
		sum += get(&c->by_time[t]);
		mh_buf_c(b, "minhu_http_request_seconds_bucket");
		labels(b, route);
		if (t < MH_WEB__BUCKETS)
			mh_buf_fmt(b, ",le=\"%lld.%03lld\"} %llu\n", (long long)bounds_ms[t] / 1000,
				   (long long)bounds_ms[t] % 1000, sum);
		else mh_buf_fmt(b, ",le=\"+Inf\"} %llu\n", sum);
	}
	unsigned long long ms = get(&c->ms);
	mh_buf_c(b, "minhu_http_request_seconds_sum");
	labels(b, route);
	mh_buf_fmt(b, "} %llu.%03llu\nminhu_http_request_seconds_count", ms / 1000, ms % 1000);
	labels(b, route);
	mh_buf_fmt(b, "} %llu\n", sum);
}

static bool used(const struct mh_web__count *c)
{
	for (size_t t = 0; t <= MH_WEB__BUCKETS; t++)
		if (get(&c->by_time[t])) return true;
	return false;
}

void mh_web__metrics_text(const struct mh_request *req, struct mh_buf *b)
{
	if (!req->exchange) return;
	struct mh_http *h = req->exchange->http;
	requests(h, b);
	mh_buf_c(b, "# HELP minhu_http_request_seconds From the head of a request to its answer.\n"
		    "# TYPE minhu_http_request_seconds histogram\n");
	for (size_t i = 0; i <= h->router.n; i++)
		if (used(&h->counts[i])) histogram(&h->counts[i], i < h->router.n ? h->router.routes[i] : NULL, b);
	pthread_mutex_lock(&h->lock);
	unsigned in_flight = h->in_flight;
	pthread_mutex_unlock(&h->lock);
	mh_buf_fmt(b,
		   "# HELP minhu_http_in_flight Requests being answered.\n# TYPE minhu_http_in_flight gauge\n"
		   "minhu_http_in_flight %u\n"
		   "# HELP process_start_time_seconds When the server began, Unix time.\n"
		   "# TYPE process_start_time_seconds gauge\nprocess_start_time_seconds %lld\n",
		   in_flight, (long long)(h->begun / 1000));
}

struct mh_db *mh_web__borrow(struct mh_request *req)
{
	struct mh_db *db = NULL;
	const struct mh_http_store *store = req->exchange ? &req->exchange->http->config.store : NULL;
	if (!store || !store->read || store->read(store->ctx, &db, NULL) != MH_OK) return NULL;
	return db;
}

void mh_web__give_back(struct mh_request *req, struct mh_db *db)
{
	if (db) req->exchange->http->config.store.unread(req->exchange->http->config.store.ctx, db);
}
