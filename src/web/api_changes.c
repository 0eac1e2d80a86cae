/* Changes as they happen (server-sent events): the public headers of new entries of the ledger, for staff whose territory holds
 * the matter.
 *
 * A listener sleeps without a thread; it is woken when the ledger has grown, at most twice a second, and then reads the new
 * entries itself. That costs each listener a small read instead of the whole server a queue, and whoever falls behind or comes
 * back (Last-Event-ID) goes on from the ledger, which forgets nothing. */
#include "sql_gen.h"
#include "web/api.h"
#include "web/web_priv.h"

#include <string.h>

extern const struct mh_route_list mh_routes_changes;

#define LISTENERS 64
#define ASK_MS 500
#define HEARTBEAT_MS 10000
#define LIFE_MS 1800000 /* then the client comes again, and its session is looked at again */
#define BATCH 100
#define BATCHES 20 /* looked through in one go when little of it is ours */
#define OUT_MAX ((size_t)2 << 20)

struct changes {
	struct mh_request *req; /* of the exchange, which outlives what is sent */
	struct mh_api *api;
	struct mh_arena keep, scratch;
	struct mh_party by;
	_Atomic int64_t position, asked, spoken; /* position: the next entry, with its log */
	int64_t begun;
	struct mh_buf out;
	size_t sent;
};

/* --- which entries --- */

static bool ours(const struct changes *c, struct mh_tx *tx, int64_t matter_id, const json_t *entry)
{
	const struct mh_orgs *orgs = &tx->city->orgs;
	struct mh_glance g;
	if (matter_id == 0) return true; /* of the city itself */
	int owner = mh_org_by_code(orgs, mh_json_get_str(entry, "org"));
	if (owner >= 0 && mh_party_reaches(orgs, &c->by, owner, -1)) return true;
	return mh_glance(tx, matter_id, &g, NULL) == MH_OK && mh_party_reaches(orgs, &c->by, g.owner, g.place);
}

static void say(struct changes *c, struct mh_tx *tx, const struct mh_q_search_entries_row *row, int64_t log)
{
	MH_JSON_AUTO json_t *entry = NULL;
	struct mh_str text = {(const char *)row->entry.ptr, row->entry.len};
	if (mh_json_parse(text, &entry, NULL) != MH_OK || !ours(c, tx, row->matter_id, entry)) return;
	mh_buf_fmt(&c->out, "id: %lld\nevent: entry\ndata: ", (long long)mh_seq_join(log, row->seq));
	mh_buf_str_add(&c->out, text); /* one line by its format */
	mh_buf_c(&c->out, "\n\n");
}

static enum mh_code look(struct changes *c, struct mh_tx *tx, bool *ret_more)
{
	struct mh_q_search_entries_row *rows;
	struct mh_ledger_info last;
	size_t n;
	int64_t at = atomic_load(&c->position), log = mh_seq_log(at), home = tx->city->home_id;
	struct mh_q_search_entries_in in = {.home_id = home, .log = log, .from_seq = mh_seq_index(at), .limit = BATCH};
	MH_TRY(mh_q_search_entries(tx->db, tx->arena, &in, &rows, &n, NULL));
	for (size_t i = 0; i < n; i++) say(c, tx, &rows[i], log);
	if (n) atomic_store(&c->position, mh_seq_join(log, rows[n - 1].seq + 1));
	*ret_more = n == BATCH;
	if (n) return MH_OK;
	MH_TRY(mh_ledger_info(tx->db, home, 0, tx->arena, &last, NULL));
	*ret_more = last.log > log;
	if (*ret_more) atomic_store(&c->position, mh_seq_join(log + 1, 0));
	return MH_OK;
}

static bool look_once(struct changes *c, struct mh_db *db)
{
	bool more = false;
	MH_DB_TX(snapshot, db);
	if (mh_db_begin_read(&snapshot, NULL) != MH_OK) return false;
	MH_TX(tx, mh_service_city(c->api->service), db, &c->scratch, 0);
	return look(c, &tx, &more) == MH_OK && more;
}

/* What cannot be read now is read at the next heartbeat. */
static void fill(struct changes *c)
{
	struct mh_db *db = mh_web__borrow(c->req);
	bool more = db != NULL;
	for (int i = 0; i < BATCHES && more && c->out.len < OUT_MAX / 4; i++) {
		more = look_once(c, db);
		mh_arena_clear(&c->scratch);
	}
	mh_web__give_back(c->req, db);
}

/* --- the stream --- */

static bool changes_ready(void *ctx)
{
	struct changes *c = ctx;
	int64_t now = mh_ticks();
	if (now - atomic_load(&c->spoken) >= HEARTBEAT_MS || now - c->begun >= LIFE_MS) return true;
	return now - atomic_load(&c->asked) >= ASK_MS &&
	       mh_service_stats(c->api->service).ledger_size > mh_seq_index(atomic_load(&c->position));
}

static ptrdiff_t hand_out(struct changes *c, char *out, size_t room)
{
	size_t n = c->out.len - c->sent;
	if (n > room) n = room;
	memcpy(out, c->out.ptr + c->sent, n);
	c->sent += n;
	return (ptrdiff_t)n;
}

static ptrdiff_t changes_next(void *ctx, char *out, size_t room)
{
	struct changes *c = ctx;
	int64_t now = mh_ticks();
	if (c->sent < c->out.len) return hand_out(c, out, room);
	if (now - c->begun >= LIFE_MS) return 0;
	mh_buf_clear(&c->out);
	c->sent = 0;
	fill(c);
	atomic_store(&c->asked, now);
	if (c->out.failed) return -1; /* it comes again and goes on where it was */
	if (!c->out.len && now - atomic_load(&c->spoken) >= HEARTBEAT_MS) mh_buf_c(&c->out, ":\n\n");
	if (!c->out.len) return MH_STREAM_WAIT;
	atomic_store(&c->spoken, now);
	return hand_out(c, out, room);
}

static void changes_done(void *ctx)
{
	struct changes *c = ctx;
	atomic_fetch_sub(&c->api->listeners, 1);
	mh_buf_done(&c->out);
	mh_arena_done(&c->scratch);
	mh_arena_done(&c->keep);
	mh_mem_free(c);
}

/* --- beginning --- */

static enum mh_code first_position(struct mh_request *req, struct mh_tx *tx, int64_t *ret, struct mh_err *reterr)
{
	struct mh_ledger_info info;
	if (mh_req_has(req, "Last-Event-ID")) {
		*ret = mh_req_int(req, "Last-Event-ID", 0) + 1;
		return MH_OK;
	}
	MH_TRY(mh_ledger_info(tx->db, tx->city->home_id, 0, tx->arena, &info, reterr));
	*ret = mh_seq_join(info.log, info.size);
	return MH_OK;
}

static enum mh_code begin(struct mh_request *req, struct mh_tx *tx, struct changes *c, struct mh_err *reterr)
{
	int64_t position;
	MH_TRY(mh_party_of(&req->actor, &tx->city->orgs, &c->by, reterr));
	c->by.role = mh_str_dup(&c->keep, c->by.role);
	MH_TRY_MEM(c->by.role.ptr, reterr);
	c->by.officer = (struct mh_str){NULL, 0}; /* its text ends with the request's; reaching does not ask for it */
	MH_TRY(first_position(req, tx, &position, reterr));
	atomic_store(&c->position, position);
	mh_buf_c(&c->out, "retry: 2000\n\n");
	return c->out.failed ? MH_FAIL(reterr, MH_E_NO_MEMORY, "Memory is short") : MH_OK;
}

static enum mh_code get_changes(struct mh_request *req, struct mh_response *res, struct mh_err *reterr)
{
	struct mh_api *api = mh_api_of(req);
	MH_API_READ(req, reterr);
	struct changes *c = mh_mem_alloc(sizeof *c);
	MH_TRY_MEM(c, reterr);
	*c = (struct changes){.req = req,
			      .api = api,
			      .keep = MH_ARENA(64 << 10),
			      .scratch = MH_ARENA(16 << 20),
			      .out = MH_BUF(OUT_MAX),
			      .begun = mh_ticks()};
	atomic_store(&c->spoken, c->begun);
	int listeners = atomic_fetch_add(&api->listeners, 1);
	enum mh_code code = listeners >= LISTENERS ? MH_FAIL(reterr, MH_E_TOO_MANY,
							     "Too many are listening for changes; ask again later")
						   : begin(req, &tx, c, reterr);
	if (code == MH_OK) code = mh_res_header(res, "X-Accel-Buffering", MH_STR("no"), reterr);
	if (code != MH_OK) {
		changes_done(c);
		return code;
	}
	res->content_type = "text/event-stream";
	res->stream = (struct mh_stream){.ctx = c, .next = changes_next, .done = changes_done, .ready = changes_ready};
	return MH_OK;
}

static const struct mh_param params[] = {{.name = "Last-Event-ID",
					  .in = MH_IN_HEADER,
					  .type = MH_TYPE_INT,
					  .min = 0,
					  .max = INT64_MAX,
					  .en = "Go on behind this entry; from now on when left out",
					  .zh = "从该条之后继续，缺省从当前开始"},
					 {0}};

static const struct mh_route routes[] = {
	{.method = "GET",
	 .path = "/api/v1/changes",
	 .perm = MH_PERM_STAFF,
	 .params = params,
	 .flags = MH_ROUTE_READ,
	 .response = "text/event-stream",
	 .handler = get_changes,
	 .en = "New entries of one's territory as they come (server-sent events)",
	 .zh = "本辖区账本新记录推送（SSE）"},
};

const struct mh_route_list mh_routes_changes = MH_ROUTES("changes", routes);
