/* Officers of the city, for who must name one: their names, units and offices, which the city itself published in its pack. Nothing
 * else about them is kept, and nothing else is told. */
#include "sql_gen.h"
#include "text/hant.h"
#include "web/api.h"

#include <stdlib.h>

extern const struct mh_route_list mh_routes_officers;

#define MOST 200

struct wanted {
	const struct mh_orgs *orgs;
	struct mh_str q, role;
	int under; /* -1: anywhere */
};

static bool names(const struct wanted *w, const struct mh_q_officer_all_row *o)
{
	return mh_api_contains(o->zh, w->q) || mh_api_contains(o->en, w->q) || mh_str_eq(o->code, w->q);
}

static bool is_wanted(const struct wanted *w, const struct mh_q_officer_all_row *o)
{
	int org = mh_org_by_id(w->orgs, o->org_id);
	if (org < 0 || (w->role.len && !mh_str_eq(o->role, w->role))) return false;
	if (w->under >= 0 && !mh_org_contains(w->orgs, w->under, org)) return false;
	const struct mh_org *u = &w->orgs->list[org];
	return names(w, o) || mh_api_contains(u->zh, w->q) || mh_api_contains(u->en, w->q);
}

/* Whose own name or code it is, then whose unit's; then by code. */
static int by_use(const void *a, const void *b, void *ctx)
{
	const struct mh_q_officer_all_row *x = *(const struct mh_q_officer_all_row *const *)a;
	const struct mh_q_officer_all_row *y = *(const struct mh_q_officer_all_row *const *)b;
	bool nx = names(ctx, x), ny = names(ctx, y);
	return nx != ny ? (nx ? -1 : 1) : mh_str_cmp(x->code, y->code);
}

static json_t *show(const struct mh_city *c, const struct mh_q_officer_all_row *o)
{
	return json_pack("{s:o, s:o, s:o, s:o, s:o}", "code", mh_json_str(o->code), "zh", mh_json_str(o->zh), "en",
			 mh_json_str(o->en), "role", mh_json_str(o->role), "unit",
			 mh_api_org(c, mh_org_by_id(&c->orgs, o->org_id)));
}

static enum mh_code get_officers(struct mh_request *req, struct mh_response *res, struct mh_err *reterr)
{
	struct mh_str unit = mh_req_str(req, "unit"), q = mh_req_str(req, "q");
	struct mh_q_officer_all_row *rows, **found;
	size_t n_rows, n = 0, limit = (size_t)mh_req_int(req, "limit", 50);
	MH_API_READ(req, reterr);
	struct wanted w = {.orgs = &tx.city->orgs,
			   .q = req->hant ? mh_hans(tx.arena, q) : q,
			   .role = mh_req_str(req, "role"),
			   .under = unit.len ? mh_org_by_code(&tx.city->orgs, unit) : -1};
	if (unit.len && w.under < 0) return MH_FAIL(reterr, MH_E_NOT_FOUND, "The city has no such unit");
	MH_TRY(mh_q_officer_all(tx.db, tx.arena, &rows, &n_rows, reterr));
	found = MH_NEW_ARRAY(tx.arena, n_rows + 1, struct mh_q_officer_all_row *);
	MH_TRY_MEM(found, reterr);
	for (size_t i = 0; i < n_rows; i++)
		if (is_wanted(&w, &rows[i])) found[n++] = &rows[i];
	qsort_r(found, n, sizeof(struct mh_q_officer_all_row *), by_use, &w);
	json_t *list = json_array();
	for (size_t i = 0; list && i < n && i < limit; i++)
		if (json_array_append_new(list, show(tx.city, found[i])) != 0) break;
	return mh_res_json(res, 200, json_pack("{s:o, s:b}", "officers", list, "more", n > limit), reterr);
}

static const struct mh_param params[] = {{.name = "unit",
					  .in = MH_IN_QUERY,
					  .type = MH_TYPE_STR,
					  .max = 64,
					  .en = "Only of this unit and what is below it",
					  .zh = "仅限该单位及其下级"},
					 {.name = "role",
					  .in = MH_IN_QUERY,
					  .type = MH_TYPE_STR,
					  .max = 64,
					  .en = "Only who holds this role",
					  .zh = "仅限任该岗位的人员"},
					 {.name = "q",
					  .in = MH_IN_QUERY,
					  .type = MH_TYPE_STR,
					  .max = 60,
					  .en = "Part of a name or of a unit's, or a code",
					  .zh = "姓名或单位名称片段，或人员代码"},
					 {.name = "limit",
					  .in = MH_IN_QUERY,
					  .type = MH_TYPE_INT,
					  .min = 1,
					  .max = MOST,
					  .en = "How many at most; 50",
					  .zh = "最多条数，缺省50"},
					 {0}};

static const struct mh_route routes[] = {
	{.method = "GET",
	 .path = "/api/v1/officers",
	 .perm = MH_PERM_STAFF,
	 .params = params,
	 .flags = MH_ROUTE_READ | MH_ROUTE_KEPT,
	 .response = "officers",
	 .handler = get_officers,
	 .en = "Officers by name, unit or role, for a field that names one",
	 .zh = "按姓名、单位或岗位查找人员"},
};

const struct mh_route_list mh_routes_officers = MH_ROUTES("officers", routes);
