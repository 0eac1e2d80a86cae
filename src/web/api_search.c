/* Search for staff: matters that they may open, newest first, as rows of a list: without what was said in them. */
#include "loop/desk.h"
#include "loop/search.h"
#include "web/list.h"

extern const struct mh_route_list mh_routes_search;

#define PAGE 200  /* candidates looked at together */
#define MOST 5000 /* candidates looked at for one answer; then it says where to go on */

#define ANSWER_MAX ((size_t)1 << 20)

struct hunt {
	struct mh_party by;
	struct mh_desk *desk;
	int64_t before;
	int limit, n;
	struct mh_buf *out;
	bool done; /* there is nothing more */
};

/* One candidate. Whoever may not open a matter does not learn that it speaks of what was searched for. */
static enum mh_code look(struct mh_tx *tx, struct hunt *h, int64_t id, struct mh_err *reterr)
{
	struct mh_glance g;
	struct mh_list_row row;
	struct mh_err err = {0};
	bool found;
	enum mh_code code = mh_glance(tx, id, &g, &err);
	if (code == MH_E_NOT_FOUND) return MH_OK;
	if (code != MH_OK) {
		if (reterr) *reterr = err;
		return code;
	}
	if (g.erased || !mh_party_reaches(&tx->city->orgs, &h->by, g.owner, g.place)) return MH_OK;
	MH_TRY(mh_list_one(tx, h->desk, id, &found, &row, reterr));
	if (!found) return MH_OK;
	if (h->n++) mh_buf_ch(h->out, ',');
	mh_list_row_json(h->out, tx->city, &row, tx->now);
	return MH_OK;
}

static enum mh_code hunt(struct mh_request *req, struct mh_tx *tx, struct hunt *h, struct mh_err *reterr)
{
	int64_t *ids;
	size_t n = PAGE;
	for (int seen = 0; seen < MOST && n == PAGE;) {
		MH_TRY(mh_search_find(mh_api_of(req)->search, tx->arena, mh_req_str(req, "q"), h->before, PAGE, &ids,
				      &n, reterr));
		for (size_t i = 0; i < n; i++, seen++) {
			if (h->n == h->limit) return MH_OK;
			MH_TRY(look(tx, h, ids[i], reterr));
			h->before = ids[i];
		}
	}
	h->done = n < PAGE;
	return MH_OK;
}

static enum mh_code answer(struct mh_request *req, struct mh_response *res, const struct hunt *h, struct mh_err *reterr)
{
	struct mh_search_stats s = mh_search_stats(mh_api_of(req)->search);
	mh_buf_c(h->out, "],\"next\":");
	if (h->done) mh_buf_c(h->out, "null");
	else mh_buf_fmt(h->out, "\"%lld\"", (long long)h->before);
	mh_buf_fmt(h->out, ",\"behind\":%lld}", (long long)s.behind);
	return mh_res_buf(res, 200, "application/json", h->out, reterr);
}

static enum mh_code search(struct mh_request *req, struct mh_response *res, struct mh_buf *out, struct mh_err *reterr)
{
	struct hunt h = {.desk = mh_api_of(req)->desk, .limit = (int)mh_req_int(req, "limit", 50), .out = out};
	MH_API_READ(req, reterr);
	if (!mh_api_of(req)->search) return MH_FAIL(reterr, MH_E_UNAVAILABLE, "There is no search on this server");
	MH_TRY(mh_api_before(req, &h.before, reterr));
	MH_TRY(mh_party_of(&req->actor, &tx.city->orgs, &h.by, reterr));
	if (h.desk) MH_TRY(mh_desk_sync(h.desk, &tx, reterr));
	mh_buf_c(out, "{\"hits\":[");
	enum mh_code code = hunt(req, &tx, &h, reterr);
	if (code == MH_E_INVALID)
		return mh_req_bad_field(req, reterr, "q", "Give a letter, a digit or a Chinese character to search for",
					"请输入要查找的文字");
	MH_TRY(code);
	return answer(req, res, &h, reterr);
}

static enum mh_code get_search(struct mh_request *req, struct mh_response *res, struct mh_err *reterr)
{
	struct mh_buf out = MH_BUF(ANSWER_MAX);
	enum mh_code code = search(req, res, &out, reterr);
	mh_buf_done(&out);
	return code;
}

static const struct mh_param params[] = {{.name = "q",
					  .in = MH_IN_QUERY,
					  .type = MH_TYPE_STR,
					  .required = true,
					  .min = 1,
					  .max = 100,
					  .en = "Words that all occur; Chinese as it stands in the text",
					  .zh = "要查找的文字，以空格分开的各段须同时出现"},
					 MH_API_CURSOR,
					 MH_API_LIMIT,
					 {0}};

static const struct mh_route routes[] = {
	{.method = "GET",
	 .path = "/api/v1/search",
	 .perm = MH_PERM_STAFF,
	 .params = params,
	 .flags = MH_ROUTE_READ,
	 .response = "search",
	 .handler = get_search,
	 .en = "Matters of one's territory by their texts, newest first",
	 .zh = "在本辖区事项中全文检索，新者在前"},
};

const struct mh_route_list mh_routes_search = MH_ROUTES("search", routes);
