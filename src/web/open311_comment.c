/* Open311, FixMyStreet's extension: a partner adds to a request that it sent. It acts for the person who raised it and can do no
 * more than they: the configuration says which step of the definition an update is, the engine whether it can be taken. */
#include "web/open311_priv.h"

#include <ctype.h>

struct comment {
	struct mh_o311_call call;
	struct mh_str request_id; /* key under which the engine remembers it */
};

static bool same_word(struct mh_str a, struct mh_str b)
{
	if (a.len != b.len) return false;
	for (size_t i = 0; i < a.len; i++)
		if (tolower((unsigned char)a.ptr[i]) != tolower((unsigned char)b.ptr[i])) return false;
	return true;
}

static bool fits(const struct mh_o311_rule *rule, struct mh_str status)
{
	for (size_t i = 0; i < rule->status.n; i++)
		if (same_word(rule->status.list[i], status)) return true;
	return rule->status.n == 0;
}

static bool starts_in(const struct mh_def *d, struct mh_str step, int state)
{
	int t = mh_def_transition(d, step);
	for (size_t i = 0; t >= 0 && i < d->transitions[t].n_from; i++)
		if (d->transitions[t].from[i] == state) return true;
	return false;
}

static enum mh_code answer(struct mh_request *req, struct mh_response *res, const struct comment *c, int64_t seq,
			   struct mh_err *reterr)
{
	struct mh_o311_doc d = mh_o311_doc_new(&req->arena, "service_request_updates", MH_O311_LIST);
	struct mh_o311_node *n = mh_o311_object(&d, d.root, "request_update");
	mh_o311_text(&d, n, "update_id", mh_str_fmt(&req->arena, "%lld", (long long)seq));
	return mh_o311__answer(&c->call, res, &d, reterr);
}

/* Sent again, perhaps after the request has moved on: the same answer, and nothing is done. */
static enum mh_code before(struct mh_tx *tx, const struct comment *c, const struct mh_o311_row *row, int64_t *ret_seq,
			   struct mh_err *reterr)
{
	struct mh_q_request_key_get_row key;
	bool found = false;
	struct mh_q_request_key_get_in in = {.home_id = tx->city->home_id, .request_id = c->request_id};
	*ret_seq = -1;
	MH_TRY(mh_q_request_key_get(tx->db, tx->arena, &in, &found, &key, reterr));
	if (found && key.matter_id != row->id)
		return MH_FAIL(reterr, MH_E_REUSED_KEY, "This update_id was used for another request");
	if (found) *ret_seq = key.seq;
	return MH_OK;
}

static enum mh_code text_of(struct mh_request *req, struct mh_str *ret, struct mh_err *reterr)
{
	size_t n;
	const struct mh_pair *media = mh_req_list(req, "media_url", &n);
	struct mh_buf b = MH_BUF((size_t)300 << 10);
	mh_buf_str_add(&b, mh_req_str(req, "description"));
	for (size_t i = 0; i < n; i++) {
		mh_buf_ch(&b, '\n');
		mh_buf_str_add(&b, media[i].value);
	}
	*ret = b.failed ? (struct mh_str){NULL, 0} : mh_str_dup(&req->arena, mh_buf_str(&b));
	mh_buf_done(&b);
	MH_TRY_MEM(ret->ptr, reterr);
	return MH_OK;
}

static enum mh_code take(struct mh_request *req, struct mh_tx *tx, const struct comment *c,
			 const struct mh_o311_row *row, const struct mh_o311_rule *rule, struct mh_outcome *ret,
			 struct mh_err *reterr)
{
	struct mh_str text, field = mh_str_dup(&req->arena, rule->field);
	MH_TRY_MEM(field.ptr, reterr);
	MH_TRY(text_of(req, &text, reterr));
	MH_JSON_AUTO json_t *fields = json_pack("{s:o}", field.ptr, mh_json_str(text));
	MH_TRY_MEM(fields, reterr);
	struct mh_act act = {.matter_id = row->id,
			     .transition = rule->step,
			     .fields = fields,
			     .by = mh_party_outside(row->def, rule->step, true, row->id),
			     .request_id = c->request_id,
			     .expect_seq = -1};
	return mh_matter_act(tx, &act, ret, reterr);
}

/* The first rule that can be taken. A step that the engine refuses by a condition has changed nothing: the next one is tried. */
static enum mh_code act(struct mh_request *req, struct mh_tx *tx, const struct comment *c,
			const struct mh_o311_row *row, struct mh_outcome *ret, struct mh_err *reterr)
{
	const struct mh_o311_kind *k = row->service->kind;
	for (size_t i = 0; i < k->n_rules; i++) {
		const struct mh_o311_rule *rule = &k->rules[i];
		if (!fits(rule, mh_req_str(req, "status")) || !starts_in(row->def, rule->step, row->state)) continue;
		uint64_t writes = mh_db_writes(tx->db);
		enum mh_code code = take(req, tx, c, row, rule, ret, reterr);
		if (code != MH_E_CONFLICT || mh_db_writes(tx->db) != writes) return code;
	}
	return MH_FAIL(reterr, MH_E_CONFLICT, "Nothing can be added to this request as it stands now");
}

static enum mh_code job(struct mh_request *req, struct mh_response *res, void *arg, struct mh_db *db,
			struct mh_err *reterr)
{
	struct comment *c = arg;
	struct mh_o311_row row;
	struct mh_outcome out;
	int64_t seq;
	MH_API_JOB(req, db);
	MH_TRY(mh_o311__row_by_number(&c->call, &tx, mh_req_str(req, "service_request_id"), &row, reterr));
	if (!row.mine) return MH_FAIL(reterr, MH_E_FORBIDDEN, "This api_key did not send that request");
	MH_TRY(before(&tx, c, &row, &seq, reterr));
	if (seq >= 0) return answer(req, res, c, seq, reterr);
	MH_TRY(act(req, &tx, c, &row, &out, reterr));
	return answer(req, res, c, out.seq, reterr);
}

enum mh_code mh_o311__post_update(struct mh_request *req, struct mh_response *res, struct mh_err *reterr)
{
	static const char *const needed[] = {"service_request_id", "update_id", "status", "updated_datetime",
					     "description"};
	struct comment *c = MH_NEW(&req->arena, struct comment);
	mh_time written = 0;
	MH_TRY_MEM(c, reterr);
	MH_TRY(mh_o311__begin(req, true, &c->call, reterr));
	for (size_t i = 0; i < sizeof needed / sizeof *needed; i++)
		if (!mh_req_has(req, needed[i])) mh_req_bad_field(req, reterr, needed[i], "it is required", "必填");
	if (req->n_errors) return MH_FAIL(reterr, MH_E_INVALID, "%zu fields are not valid", req->n_errors);
	MH_TRY(mh_o311__instant(req, "updated_datetime", &written, reterr));
	c->request_id = mh_str_fmt(&req->arena, "open311-update:" MH_STR_FMT ":" MH_STR_FMT, MH_STR_ARG(c->call.client),
				   MH_STR_ARG(mh_req_str(req, "update_id")));
	MH_TRY_MEM(c->request_id.ptr, reterr);
	return mh_request_defer(req, job, c, reterr);
}
