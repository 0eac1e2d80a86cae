/* Search for staff: matters that they may open, newest first, without what was said in them. */
#include "loop/search.h"
#include "web/api.h"

extern const struct mh_route_list mh_routes_search;

#define PAGE 200  /* candidates looked at together */
#define MOST 5000 /* candidates looked at for one answer; then it says where to go on */

static json_t *hit_json(const struct mh_tx *tx, const struct mh_glance *g)
{
	return json_pack("{s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:b, s:I}", "ref", mh_json_str(g->ref), "number",
			 mh_json_str(g->number), "kind", mh_json_str(g->def->kind), "state", mh_json_str(g->state),
			 "owner", mh_api_org(tx->city, g->owner), "place", mh_api_org(tx->city, g->place), "category",
			 mh_json_str(g->class_code), "open", g->open, "seq", (json_int_t)g->last_seq);
}

struct hunt {
	struct mh_party by;
	int64_t before;
	int limit;
	json_t *hits;
	bool done; /* there is nothing more */
};

/* One candidate. Whoever may not open a matter does not learn that it speaks of what was searched for. */
static enum mh_code look(struct mh_tx *tx, struct hunt *h, int64_t id, struct mh_err *reterr)
{
	struct mh_glance g;
	struct mh_err err = {0};
	enum mh_code code = mh_glance(tx, id, &g, &err);
	if (code == MH_E_NOT_FOUND) return MH_OK;
	if (code != MH_OK) {
		if (reterr) *reterr = err;
		return code;
	}
	if (g.erased || !mh_party_reaches(&tx->city->orgs, &h->by, g.owner, g.place)) return MH_OK;
	if (json_array_append_new(h->hits, hit_json(tx, &g)) != 0)
		return MH_FAIL(reterr, MH_E_NO_MEMORY, "Memory is short");
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
			if (json_array_size(h->hits) == (size_t)h->limit) return MH_OK;
			MH_TRY(look(tx, h, ids[i], reterr));
			h->before = ids[i];
		}
	}
	h->done = n < PAGE;
	return MH_OK;
}

static enum mh_code get_search(struct mh_request *req, struct mh_response *res, struct mh_err *reterr)
{
	struct mh_str cursor = mh_req_str(req, "cursor");
	struct hunt h = {.before = INT64_MAX, .limit = (int)mh_req_int(req, "limit", 50)};
	MH_API_READ(req, reterr);
	if (!mh_api_of(req)->search) return MH_FAIL(reterr, MH_E_UNAVAILABLE, "There is no search on this server");
	if (cursor.len && !mh_str_to_i64(cursor, &h.before))
		return mh_req_bad_field(req, reterr, "cursor", "Not a cursor of this list", "翻页标记无效");
	MH_TRY(mh_party_of(&req->actor, &tx.city->orgs, &h.by, reterr));
	MH_JSON_AUTO json_t *hits = json_array();
	MH_TRY_MEM(hits, reterr);
	h.hits = hits;
	enum mh_code code = hunt(req, &tx, &h, reterr);
	if (code == MH_E_INVALID)
		return mh_req_bad_field(req, reterr, "q", "Give a letter, a digit or a Chinese character to search for",
					"请输入要查找的文字");
	MH_TRY(code);
	json_t *next = h.done ? json_null() : mh_json_str(mh_str_fmt(tx.arena, "%lld", (long long)h.before));
	struct mh_search_stats s = mh_search_stats(mh_api_of(req)->search);
	return mh_res_json(res, 200,
			   json_pack("{s:O, s:o, s:I}", "hits", hits, "next", next, "behind", (json_int_t)s.behind),
			   reterr);
}

static const struct mh_param params[] = {{.name = "q",
					  .in = MH_IN_QUERY,
					  .type = MH_TYPE_STR,
					  .required = true,
					  .min = 1,
					  .max = 100,
					  .en = "Words that all occur; Chinese as it stands in the text",
					  .zh = "要查找的文字，以空格分开的各段须同时出现"},
					 {.name = "cursor",
					  .in = MH_IN_QUERY,
					  .type = MH_TYPE_STR,
					  .max = 40,
					  .en = "`next` of the page before",
					  .zh = "上一页给出的翻页标记"},
					 {.name = "limit",
					  .in = MH_IN_QUERY,
					  .type = MH_TYPE_INT,
					  .min = 1,
					  .max = 200,
					  .en = "Rows on a page; 50",
					  .zh = "每页条数，缺省50"},
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
