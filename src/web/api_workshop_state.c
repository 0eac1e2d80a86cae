/* The workshop: how the ledger is, what works by itself, and who is logged in (how many). */
#include "access/session.h"
#include "loop/checkup.h"
#include "loop/search.h"
#include "sql_gen.h"
#include "web/api.h"

#include <sys/statvfs.h>

extern const struct mh_route_list mh_routes_workshop_state;

#define WAITING_MAX 1000 /* counted exactly up to here */

/* --- the ledger --- */

static json_t *checkup_json(struct mh_request *req, const struct mh_tx *tx)
{
	static const char *const states[] = {[MH_CHECKUP_NEVER] = "never",
					     [MH_CHECKUP_RUNNING] = "running",
					     [MH_CHECKUP_SOUND] = "sound",
					     [MH_CHECKUP_WRONG] = "wrong",
					     [MH_CHECKUP_FAILED] = "failed"};
	struct mh_checkup_report r = {0};
	if (mh_api_of(req)->checkup) r = mh_checkup_report(mh_api_of(req)->checkup);
	return json_pack("{s:s, s:o, s:o, s:I, s:I, s:I, s:I, s:s, s:s}", "state", states[r.state], "began",
			 mh_api_time(tx, r.began), "ended", mh_api_time(tx, r.ended), "log", (json_int_t)r.log, "done",
			 (json_int_t)r.done, "total", (json_int_t)r.total, "entries", (json_int_t)r.entries, "place",
			 r.place, "message", r.message);
}

static enum mh_code log_json(struct mh_tx *tx, int64_t log, json_t *list, struct mh_err *reterr)
{
	struct mh_ledger_info info;
	struct mh_q_ledger_signed_last_row row;
	bool found = false;
	enum mh_code code = mh_ledger_info(tx->db, tx->city->home_id, log, tx->arena, &info, reterr);
	if (code == MH_E_NOT_FOUND) return MH_OK;
	MH_TRY(code);
	struct mh_q_ledger_signed_last_in in = {.home_id = tx->city->home_id, .log = log};
	MH_TRY(mh_q_ledger_signed_last(tx->db, tx->arena, &in, &found, &row, reterr));
	struct mh_str root = found ? mh_str_hex(tx->arena, row.root) : MH_STR("");
	json_t *j = json_pack("{s:I, s:o, s:o, s:I, s:I, s:o, s:o}", "log", (json_int_t)log, "origin",
			      mh_json_str(info.origin), "vkey", mh_json_str(info.vkey), "size", (json_int_t)info.size,
			      "signed_size", (json_int_t)(found ? row.size : 0), "signed_at",
			      mh_api_time(tx, found ? row.at : 0), "root", mh_json_str(root));
	return json_array_append_new(list, j) == 0 ? MH_OK : MH_FAIL(reterr, MH_E_NO_MEMORY, "Memory is short");
}

static enum mh_code get_ledger(struct mh_request *req, struct mh_response *res, struct mh_err *reterr)
{
	struct mh_ledger_info last;
	MH_API_READ(req, reterr);
	struct mh_service_stats s = mh_service_stats(mh_api_of(req)->service);
	MH_JSON_AUTO json_t *logs = json_array();
	MH_TRY_MEM(logs, reterr);
	MH_TRY(mh_ledger_info(tx.db, tx.city->home_id, 0, tx.arena, &last, reterr));
	for (int64_t log = last.log; log >= 1; log--) MH_TRY(log_json(&tx, log, logs, reterr));
	json_t *j = json_pack("{s:O, s:b, s:o, s:o}", "logs", logs, "broken", s.broken, "behind_since",
			      mh_api_time(&tx, s.behind_since), "checkup", checkup_json(req, &tx));
	return mh_res_json(res, 200, j, reterr);
}

static enum mh_code post_checkup(struct mh_request *req, struct mh_response *res, struct mh_err *reterr)
{
	MH_API_READ(req, reterr);
	struct mh_checkup *c = mh_api_of(req)->checkup;
	if (!c) return MH_FAIL(reterr, MH_E_UNAVAILABLE, "The ledger cannot be read again just now");
	MH_TRY(mh_checkup_begin(c, reterr));
	return mh_res_json(res, 202, checkup_json(req, &tx), reterr);
}

/* --- what works by itself --- */

static enum mh_code clocks_json(struct mh_tx *tx, const struct mh_service_stats *s, json_t **ret, struct mh_err *reterr)
{
	struct mh_q_clock_waiting_row *rows;
	size_t n;
	mh_time next = MH_TIME_MAX;
	struct mh_q_clock_waiting_in in = {.home_id = tx->city->home_id, .now = tx->now, .limit = WAITING_MAX};
	MH_TRY(mh_q_clock_waiting(tx->db, tx->arena, &in, &rows, &n, reterr));
	MH_TRY(mh_matter_next_clock(tx, &next, reterr));
	*ret = json_pack("{s:I, s:b, s:o, s:o, s:o}", "waiting", (json_int_t)n, "more", n == WAITING_MAX, "oldest",
			 mh_api_time(tx, n ? rows[0].next_at : 0), "next", mh_api_time(tx, next), "ticked",
			 mh_api_time(tx, s->ticked));
	return MH_OK;
}

static json_t *search_json(struct mh_request *req, const struct mh_tx *tx)
{
	if (!mh_api_of(req)->search) return json_null();
	struct mh_search_stats s = mh_search_stats(mh_api_of(req)->search);
	return json_pack("{s:I, s:I, s:o}", "indexed", (json_int_t)s.indexed, "behind", (json_int_t)s.behind,
			 "behind_since", mh_api_time(tx, s.behind_since));
}

static json_t *writer_json(struct mh_request *req)
{
	struct mh_writer_stats w = mh_writer_stats(mh_service_writer(mh_api_of(req)->service));
	return json_pack("{s:I, s:I, s:I, s:I}", "jobs", (json_int_t)w.jobs, "failed", (json_int_t)w.failed, "commits",
			 (json_int_t)w.commits, "queued", (json_int_t)w.queued);
}

static enum mh_code people_json(struct mh_tx *tx, json_t **ret, struct mh_err *reterr)
{
	struct mh_q_account_count_row accounts;
	struct mh_q_session_count_row sessions;
	struct mh_q_session_count_in in = {.at_after = tx->now - MH_SESSION_MAX_MS,
					   .seen_after = tx->now - MH_SESSION_IDLE_MS};
	MH_TRY(mh_q_account_count(tx->db, tx->arena, &accounts, reterr));
	MH_TRY(mh_q_session_count(tx->db, tx->arena, &in, &sessions, reterr));
	*ret = json_pack("{s:I, s:I, s:I}", "accounts", (json_int_t)accounts.n, "locked", (json_int_t)accounts.n_locked,
			 "sessions", (json_int_t)sessions.n);
	return MH_OK;
}

/* Of the state folder, where keys and files are; the store may lie elsewhere. */
static json_t *disk_json(const struct mh_city *c)
{
	struct statvfs v;
	char path[512];
	snprintf(path, sizeof path, MH_STR_FMT, MH_STR_ARG(c->state_dir));
	if (!c->state_dir.len || statvfs(path, &v) != 0) return json_null();
	return json_pack("{s:I, s:I}", "free", (json_int_t)v.f_bavail * (json_int_t)v.f_frsize, "total",
			 (json_int_t)v.f_blocks * (json_int_t)v.f_frsize);
}

static enum mh_code get_jobs(struct mh_request *req, struct mh_response *res, struct mh_err *reterr)
{
	json_t *clocks = NULL, *people = NULL;
	MH_API_READ(req, reterr);
	struct mh_service_stats s = mh_service_stats(mh_api_of(req)->service);
	enum mh_code code = clocks_json(&tx, &s, &clocks, reterr);
	if (code == MH_OK) code = people_json(&tx, &people, reterr);
	if (code != MH_OK) return json_decref(clocks), code;
	json_t *j = json_pack("{s:s, s:o, s:o, s:o, s:o, s:o, s:i, s:o}", "version", MINHU_VERSION, "now",
			      mh_api_time(&tx, tx.now), "clocks", clocks, "search", search_json(req, &tx), "writer",
			      writer_json(req), "people", people, "listeners", atomic_load(&mh_api_of(req)->listeners),
			      "disk", disk_json(tx.city));
	return mh_res_json(res, 200, j, reterr);
}

/* --- the table --- */

static const struct mh_route routes[] = {
	{.method = "GET",
	 .path = "/api/v1/workshop/ledger",
	 .perm = MH_PERM_AUDIT,
	 .flags = MH_ROUTE_READ,
	 .response = "ledger_health",
	 .handler = get_ledger,
	 .en = "How the ledger is: its logs, their signed heads, and when it was last read again",
	 .zh = "账本状况：各本账、签署头，以及最近一次全面核验"},
	{.method = "POST",
	 .path = "/api/v1/workshop/ledger/checkup",
	 .perm = MH_PERM_AUDIT,
	 .flags = MH_ROUTE_READ,
	 .response = "202 checkup",
	 .handler = post_checkup,
	 .en = "Begin to read the whole ledger again, beside the service",
	 .zh = "开始全面核验账本（不影响服务）"},
	{.method = "GET",
	 .path = "/api/v1/workshop/jobs",
	 .perm = MH_PERM_AUDIT,
	 .flags = MH_ROUTE_READ,
	 .response = "jobs",
	 .handler = get_jobs,
	 .en = "What works by itself: clocks, search, the writer; how many are logged in; room on the disk",
	 .zh = "后台运行情况：时限、检索、写入、在线人数与磁盘余量"},
};

const struct mh_route_list mh_routes_workshop_state = MH_ROUTES("workshop-state", routes);
