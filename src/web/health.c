/* Whether the process lives, whether it can serve, and its numbers: for supervisors, proxies and Prometheus. */
#include "loop/search.h"
#include "web/api.h"
#include "web/web_priv.h"

#include <stdio.h>
#include <unistd.h>

extern const struct mh_route_list mh_routes_health;

#define TICK_LATE_MS 30000 /* ticks come twice a second; a store that is busy for so long serves nobody */
#define SIGN_LATE_MS 30000 /* a head is signed every second */

static enum mh_code get_health(struct mh_request *req, struct mh_response *res, struct mh_err *reterr)
{
	mh_res_bytes(res, 200, "application/json", MH_STR("{\"status\":\"ok\"}"));
	return MH_OK;
}

/* --- ready --- */

static enum mh_code not_ready(struct mh_err *reterr, const char *why, const char *hint)
{
	enum mh_code code = MH_FAIL(reterr, MH_E_UNAVAILABLE, "Not ready: %s", why);
	mh_err_hint(reterr, "%s", hint);
	return code;
}

static enum mh_code ledger_well(const struct mh_service_stats *s, mh_time now, struct mh_err *reterr)
{
	if (s->broken)
		return not_ready(reterr, "the ledger contradicts itself and is not signed any more",
				 "Stop the server and run an audit of the ledger before anything else.");
	if (s->behind_since && now - s->behind_since > SIGN_LATE_MS)
		return not_ready(reterr, "the ledger's head has not been signed for too long",
				 "Look into the log for what the disk or the store says.");
	if (s->ticked && now - s->ticked > TICK_LATE_MS)
		return not_ready(reterr, "the writer has stopped looking at due clocks",
				 "Look into the log for what the store says.");
	return MH_OK;
}

/* That the store answers reads is shown by reading; the core has refused with 503 when there is no connection. */
static enum mh_code get_ready(struct mh_request *req, struct mh_response *res, struct mh_err *reterr)
{
	struct mh_ledger_info info;
	if (!req->app) return not_ready(reterr, "no city is open", "Start the server with a store.");
	struct mh_service_stats s = mh_service_stats(mh_api_of(req)->service);
	MH_API_READ(req, reterr);
	MH_TRY(mh_ledger_info(tx.db, tx.city->home_id, 0, tx.arena, &info, reterr));
	MH_TRY(ledger_well(&s, req->received, reterr));
	json_t *j = json_pack("{s:s, s:s, s:I, s:I}", "status", "ready", "version", MINHU_VERSION, "ledger_size",
			      (json_int_t)info.size, "signed_size", (json_int_t)s.signed_size);
	return mh_res_json(res, 200, j, reterr);
}

/* --- metrics --- */

static void metric(struct mh_buf *b, const char *name, const char *type, int64_t value, const char *help)
{
	mh_buf_fmt(b, "# HELP %s %s\n# TYPE %s %s\n%s %lld\n", name, help, name, type, name, (long long)value);
}

static void of_process(struct mh_buf *b)
{
	char line[128] = "";
	FILE *f = fopen("/proc/self/statm", "re");
	bool read = f && fgets(line, sizeof line, f);
	struct mh_str rest = mh_str_c(line), size, pages;
	int64_t resident = 0;
	if (f) fclose(f);
	if (read && mh_str_split(&rest, ' ', &size) && mh_str_split(&rest, ' ', &pages) &&
	    mh_str_to_i64(pages, &resident))
		metric(b, "process_resident_memory_bytes", "gauge", resident * sysconf(_SC_PAGESIZE), "Memory in use.");
}

static void of_writer(struct mh_buf *b, struct mh_service *service)
{
	struct mh_writer_stats w = mh_writer_stats(mh_service_writer(service));
	metric(b, "minhu_writer_jobs_total", "counter", (int64_t)w.jobs, "Jobs whose fate was told.");
	metric(b, "minhu_writer_jobs_failed_total", "counter", (int64_t)w.failed, "Of them with an error.");
	metric(b, "minhu_writer_commits_total", "counter", (int64_t)w.commits, "Durable commits.");
	metric(b, "minhu_writer_undone_total", "counter", (int64_t)w.undone, "Transactions rolled back.");
	metric(b, "minhu_writer_queued", "gauge", (int64_t)w.queued, "Jobs waiting.");
	metric(b, "minhu_writer_largest_batch", "gauge", (int64_t)w.largest, "Most jobs in one commit so far.");
}

static void of_service(struct mh_buf *b, struct mh_service *service, mh_time now)
{
	struct mh_service_stats s = mh_service_stats(service);
	metric(b, "minhu_ledger_entries", "gauge", s.ledger_size, "Committed entries of the newest log.");
	metric(b, "minhu_ledger_signed_entries", "gauge", s.signed_size, "Entries under a signed head.");
	metric(b, "minhu_ledger_unsigned_age_milliseconds", "gauge", s.behind_since ? now - s.behind_since : 0,
	       "Age of the oldest commit that no signed head covers.");
	metric(b, "minhu_ledger_broken", "gauge", s.broken, "1 when the ledger contradicts itself.");
	metric(b, "minhu_tick_age_milliseconds", "gauge", s.ticked ? now - s.ticked : 0, "Since the last tick.");
	metric(b, "minhu_tick_due", "gauge", s.due, "Clocks that the last tick dealt with.");
}

static void of_search(struct mh_buf *b, struct mh_search *search, mh_time now)
{
	struct mh_search_stats s = mh_search_stats(search);
	metric(b, "minhu_search_indexed_entries", "gauge", s.indexed, "Ledger entries that search knows.");
	metric(b, "minhu_search_lag_entries", "gauge", s.behind, "Ledger entries that search does not know yet.");
	metric(b, "minhu_search_lag_milliseconds", "gauge", s.behind_since ? now - s.behind_since : 0,
	       "How long search has been behind.");
}

/* How long the oldest due clock has been waiting; nothing is said when the store cannot be read. */
static void of_clocks(struct mh_request *req, struct mh_buf *b)
{
	mh_time next = MH_TIME_MAX;
	struct mh_db *db = mh_web__borrow(req);
	if (!db) return;
	MH_TX(tx, mh_api_city(req), db, &req->arena, req->received);
	enum mh_code code = mh_matter_next_clock(&tx, &next, NULL);
	mh_web__give_back(req, db);
	if (code == MH_OK)
		metric(b, "minhu_clock_lag_milliseconds", "gauge", next < req->received ? req->received - next : 0,
		       "How long the oldest due clock has been waiting.");
}

/* A reverse proxy says that it is one; the numbers are for whoever is on this machine. */
static bool through_proxy(const struct mh_request *req)
{
	return mh_req_header(req, "Forwarded").len || mh_req_header(req, "X-Forwarded-For").len ||
	       mh_req_header(req, "Via").len;
}

static enum mh_code get_metrics(struct mh_request *req, struct mh_response *res, struct mh_err *reterr)
{
	if (through_proxy(req)) return MH_FAIL(reterr, MH_E_FORBIDDEN, "The metrics are not for the outside");
	struct mh_buf b = MH_BUF(4 << 20);
	mh_web__metrics_text(req, &b);
	of_process(&b);
	if (req->app) {
		of_writer(&b, mh_api_of(req)->service);
		of_service(&b, mh_api_of(req)->service, req->received);
		if (mh_api_of(req)->search) of_search(&b, mh_api_of(req)->search, req->received);
		of_clocks(req, &b);
	}
	enum mh_code code = mh_res_buf(res, 200, "text/plain; version=0.0.4; charset=utf-8", &b, reterr);
	mh_buf_done(&b);
	return code;
}

static const struct mh_route routes[] = {
	{.method = "GET",
	 .path = "/api/v1/health",
	 .perm = MH_PERM_PUBLIC,
	 .handler = get_health,
	 .response = "health",
	 .en = "Whether the server answers",
	 .zh = "服务是否可用"},
	{.method = "GET",
	 .path = "/healthz",
	 .perm = MH_PERM_PUBLIC,
	 .handler = get_health,
	 .response = "health",
	 .en = "Whether the process answers",
	 .zh = "进程是否存活"},
	{.method = "GET",
	 .path = "/readyz",
	 .perm = MH_PERM_PUBLIC,
	 .flags = MH_ROUTE_READ,
	 .handler = get_ready,
	 .response = "ready",
	 .en = "Whether the store is reachable and the ledger in order",
	 .zh = "存储是否可达、账本是否完好"},
	{.method = "GET",
	 .path = "/metrics",
	 .perm = MH_PERM_PUBLIC,
	 .handler = get_metrics,
	 .response = "text/plain",
	 .en = "Numbers for Prometheus; not through a proxy",
	 .zh = "Prometheus 指标，仅限本机直接读取"},
};

const struct mh_route_list mh_routes_health = MH_ROUTES("health", routes);
