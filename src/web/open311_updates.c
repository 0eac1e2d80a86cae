/* Open311, FixMyStreet's extension: what has changed, read from the ledger. An update is an event that brought a request into
 * another state or published an answer; its id is the event's number, so it never changes and never comes twice. */
#include "web/open311_priv.h"

#define DAY_MS ((int64_t)86400000)
#define SPAN_MS (90 * DAY_MS)
#define CHUNK 1000
#define EVENTS_MAX 20000 /* looked at for one answer */
#define UPDATES_MAX 1000

/* --- time in the ledger --- */

static enum mh_code time_of(struct mh_tx *tx, int64_t log, int64_t seq, bool *ret_found, mh_time *ret,
			    struct mh_err *reterr)
{
	struct mh_q_open311_events_row *rows;
	size_t n;
	MH_JSON_AUTO json_t *e = NULL;
	struct mh_q_open311_events_in in = {.home_id = tx->city->home_id, .log = log, .from_seq = seq, .limit = 1};
	MH_TRY(mh_q_open311_events(tx->db, tx->arena, &in, &rows, &n, reterr));
	*ret_found = n == 1;
	if (!n) return MH_OK;
	MH_TRY(mh_json_parse((struct mh_str){(const char *)rows[0].entry.ptr, rows[0].entry.len}, &e, reterr));
	*ret = mh_json_get_int(e, "t", 0) * 1000;
	return MH_OK;
}

enum mh_code mh_o311__first_event(struct mh_tx *tx, mh_time at, int64_t *ret_log, int64_t *ret_seq,
				  struct mh_err *reterr)
{
	struct mh_q_ledger_head_last_row head;
	bool found = false;
	struct mh_q_ledger_head_last_in in = {.home_id = tx->city->home_id};
	MH_TRY(mh_q_ledger_head_last(tx->db, tx->arena, &in, &found, &head, reterr));
	if (!found) return MH_FAIL(reterr, MH_E_CORRUPT, "The store has no ledger");
	int64_t low = 0, high = head.size;
	while (low < high) { /* entries know seconds: one of the second that has begun counts */
		int64_t mid = low + (high - low) / 2;
		mh_time t = 0;
		MH_TRY(time_of(tx, head.log, mid, &found, &t, reterr));
		if (!found || t + 999 >= at) high = mid;
		else low = mid + 1;
	}
	*ret_log = head.log;
	*ret_seq = low;
	return MH_OK;
}

/* --- one update --- */

struct list {
	const struct mh_o311_call *call;
	struct mh_tx *tx;
	mh_time from, to;
	int64_t log;
	size_t n;
	struct mh_o311_doc doc;
};

static enum mh_code describe(struct list *l, const struct mh_o311_row *row, int state, int64_t seq, bool moved,
			     struct mh_str *ret, struct mh_err *reterr)
{
	struct mh_q_open311_published_at_row p;
	bool found = false;
	struct mh_q_open311_published_at_in in = {.home_id = l->tx->city->home_id, .seq = seq};
	struct mh_str label = mh_o311__label(l->call, &row->def->states[state].label);
	MH_TRY(mh_q_open311_published_at(l->tx->db, l->tx->arena, &in, &found, &p, reterr));
	struct mh_str text = found ? mh_o311__published(l->tx->arena, row->def, p.body) : MH_STR("");
	*ret = !moved && !text.len ? text
	       : text.len ? mh_str_fmt(l->tx->arena, MH_STR_FMT "\n" MH_STR_FMT, MH_STR_ARG(label), MH_STR_ARG(text))
			  : label;
	return MH_OK;
}

static enum mh_code update(struct list *l, const struct mh_o311_row *row, const json_t *e, int64_t seq, mh_time at,
			   struct mh_err *reterr)
{
	struct mh_str to = mh_json_get_str(e, "to"), from = mh_json_get_str(e, "from"), text;
	int state = mh_def_state(row->def, to);
	/* raising is no update; nor is a state of a version that it has left since */
	if (state < 0 || !from.len) return MH_OK;
	MH_TRY(describe(l, row, state, seq, !mh_str_eq(to, from), &text, reterr));
	if (!text.len) return MH_OK;
	if (l->n++ == UPDATES_MAX) {
		enum mh_code code = MH_FAIL(reterr, MH_E_INVALID, "There are more than %d updates in this time",
					    UPDATES_MAX);
		mh_err_hint(reterr, "Ask for a shorter time between start_date and end_date.");
		return code;
	}
	struct mh_o311_node *n = mh_o311_object(&l->doc, l->doc.root, "request_update");
	mh_o311_text(&l->doc, n, "update_id", mh_str_fmt(l->tx->arena, "%lld", (long long)seq));
	mh_o311_text(&l->doc, n, "service_request_id", row->number);
	mh_o311_text(&l->doc, n, "status", mh_o311__status(l->call, row->def, state));
	mh_o311_text(&l->doc, n, "updated_datetime", mh_time_text(l->tx->arena, at, l->tx->city->zone_min));
	mh_o311_text(&l->doc, n, "description", text);
	mh_o311_text(&l->doc, n, "external_status_code", to);
	mh_o311_text(&l->doc, n, "media_url", MH_STR(""));
	return MH_OK;
}

static enum mh_code event(struct list *l, const struct mh_q_open311_events_row *r, bool *ret_past,
			  struct mh_err *reterr)
{
	MH_JSON_AUTO json_t *e = NULL;
	struct mh_o311_row row;
	bool shown;
	MH_TRY(mh_json_parse((struct mh_str){(const char *)r->entry.ptr, r->entry.len}, &e, reterr));
	mh_time at = mh_json_get_int(e, "t", 0) * 1000;
	*ret_past = at > l->to;
	if (*ret_past || at + 999 < l->from || !r->matter_id) return MH_OK;
	MH_TRY(mh_o311__row_by_id(l->call, l->tx, r->matter_id, &shown, &row, reterr));
	/* a partner hears of its own; whoever shows no key, of all that is public */
	if (!shown || (l->call->client.len && !row.mine)) return MH_OK;
	return update(l, &row, e, mh_seq_join(l->log, r->seq), at, reterr);
}

static enum mh_code collect(struct list *l, struct mh_err *reterr)
{
	struct mh_q_open311_events_row *rows;
	size_t n, seen = 0;
	int64_t seq;
	bool past = false;
	MH_TRY(mh_o311__first_event(l->tx, l->from, &l->log, &seq, reterr));
	do {
		struct mh_q_open311_events_in in = {
			.home_id = l->tx->city->home_id, .log = l->log, .from_seq = seq, .limit = CHUNK};
		MH_TRY(mh_q_open311_events(l->tx->db, l->tx->arena, &in, &rows, &n, reterr));
		for (size_t i = 0; i < n && !past; i++) MH_TRY(event(l, &rows[i], &past, reterr));
		if (n) seq = rows[n - 1].seq + 1;
		seen += n;
	} while (n == CHUNK && !past && seen < EVENTS_MAX);
	if (seen < EVENTS_MAX || past) return MH_OK;
	enum mh_code code = MH_FAIL(reterr, MH_E_INVALID, "Too much has happened in this time");
	mh_err_hint(reterr, "Ask for a shorter time between start_date and end_date.");
	return code;
}

enum mh_code mh_o311__updates(struct mh_request *req, struct mh_response *res, struct mh_err *reterr)
{
	struct mh_o311_call call;
	struct list l = {.from = req->received - DAY_MS, .to = req->received + DAY_MS};
	MH_TRY(mh_o311__begin(req, false, &call, reterr));
	if (mh_req_has(req, "start_date") != mh_req_has(req, "end_date"))
		return mh_req_bad_field(req, reterr, "start_date", "start_date and end_date come together",
					"start_date 与 end_date 须同时给出");
	MH_TRY(mh_o311__instant(req, "start_date", &l.from, reterr));
	MH_TRY(mh_o311__instant(req, "end_date", &l.to, reterr));
	if (l.from > l.to || l.to - l.from > SPAN_MS)
		return mh_req_bad_field(req, reterr, "end_date", "it must lie 0 to 90 days after start_date",
					"应在 start_date 之后 90 天以内");
	MH_API_READ(req, reterr);
	l.call = &call;
	l.tx = &tx;
	l.doc = mh_o311_doc_new(&req->arena, "service_request_updates", MH_O311_LIST);
	MH_TRY(collect(&l, reterr));
	return mh_o311__answer(&call, res, &l.doc, reterr);
}
