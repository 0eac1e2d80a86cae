/* The city itself: forms, units, categories, definitions, counts and what was made public. */
#include "loop/reply.h"
#include "sql_gen.h"
#include "text/hant.h"
#include "web/api.h"
#include "web/portal.h"

#include <stdlib.h>

extern const struct mh_route_list mh_routes_city;

#define UNITS_MAX 500

/* --- the routes themselves --- */

static json_t *param_json(const struct mh_param *p)
{
	static const char *const in[MH_IN_MAX] = {
		[MH_IN_PATH] = "path", [MH_IN_QUERY] = "query", [MH_IN_HEADER] = "header", [MH_IN_BODY] = "body"};
	static const char *const types[MH_TYPE_MAX] = {
		[MH_TYPE_STR] = "string",    [MH_TYPE_INT] = "integer", [MH_TYPE_BOOL] = "boolean",
		[MH_TYPE_ENUM] = "enum",     [MH_TYPE_DAY] = "day",     [MH_TYPE_TIME] = "time",
		[MH_TYPE_OBJECT] = "object", [MH_TYPE_ARRAY] = "array"};
	return json_pack("{s:s, s:s, s:s, s:b, s:s, s:s}", "name", p->name, "in", in[p->in], "type", types[p->type],
			 "required", p->required, "en", p->en, "zh", p->zh);
}

static json_t *route_json(const struct mh_route *r)
{
	static const char *const bodies[MH_BODY_KIND_MAX] = {
		[MH_BODY_NONE] = "none", [MH_BODY_JSON] = "json", [MH_BODY_FORM] = "form", [MH_BODY_FILE] = "file"};
	json_t *params = json_array();
	for (const struct mh_param *p = r->params; params && p && p->name; p++)
		if (json_array_append_new(params, param_json(p)) != 0) break;
	return json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:o}", "method", r->method, "path", r->path, "permission",
			 mh_perm_name(r->perm), "body", bodies[r->body], "en", r->en, "zh", r->zh, "params", params);
}

static enum mh_code get_index(struct mh_request *req, struct mh_response *res, struct mh_err *reterr)
{
	size_t n;
	const struct mh_route_list *const *lists = mh_routes_all(&n);
	MH_JSON_AUTO json_t *all = json_array();
	MH_TRY_MEM(all, reterr);
	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < lists[i]->n; k++)
			if (json_array_append_new(all, route_json(&lists[i]->routes[k])) != 0)
				return MH_FAIL(reterr, MH_E_NO_MEMORY, "Memory is short");
	res->cache = MH_CACHE_PUBLIC;
	return mh_res_json(res, 200, json_pack("{s:s, s:O}", "minhu", MINHU_VERSION, "routes", all), reterr);
}

/* --- forms --- */

static enum mh_code get_forms(struct mh_request *req, struct mh_response *res, struct mh_err *reterr)
{
	MH_API_READ(req, reterr);
	return mh_res_json(res, 200, json_pack("{s:o}", "forms", mh_city_forms(&tx)), reterr);
}

/* --- units --- */

/* Which units are asked for. */
struct wanted {
	const struct mh_orgs *orgs;
	struct mh_str q, codes;
	int under; /* -1: anywhere when something is searched, else the root */
	bool places;
};

static bool is_named(struct mh_str codes, struct mh_str code)
{
	struct mh_str one;
	while (mh_str_split(&codes, ',', &one))
		if (mh_str_eq(one, code)) return true;
	return false;
}

static bool is_wanted(const struct wanted *w, const struct mh_org *u)
{
	if (w->codes.len) return is_named(w->codes, u->code);
	bool here = w->under >= 0 ? u->parent == w->under : w->q.len ? true : u->parent < 0;
	if (!here || (w->places && u->department)) return false;
	return mh_api_contains(u->zh, w->q) || mh_api_contains(u->en, w->q) || mh_str_eq(u->code, w->q);
}

/* As a person would want them: names that begin with what was typed, then the larger territories, then by code. */
static int by_use(const void *a, const void *b, void *ctx)
{
	const struct wanted *w = ctx;
	const struct mh_org *x = &w->orgs->list[*(const int *)a], *y = &w->orgs->list[*(const int *)b];
	bool bx = mh_api_begins(x->zh, w->q) || mh_api_begins(x->en, w->q),
	     by = mh_api_begins(y->zh, w->q) || mh_api_begins(y->en, w->q);
	if (bx != by) return bx ? -1 : 1;
	return x->level != y->level ? y->level - x->level : mh_str_cmp(x->code, y->code);
}

/* Its place on the tile map, or null. */
static json_t *tile_json(const struct mh_request *req, int org)
{
	const struct mh_portal_tile *t = mh_portal_tile_of(mh_api_of(req)->portal, org);
	return t ? json_pack("{s:i, s:i}", "row", t->row, "col", t->col) : json_null();
}

/* Where a unit lies, for who knows three villages of its name: 余杭区仓前街道; Cangqian Subdistrict, Yuhang District. */
static json_t *org_found(const struct mh_request *req, struct mh_tx *tx, int org)
{
	const struct mh_org *list = tx->city->orgs.list;
	struct mh_str zh = MH_STR(""), en = MH_STR("");
	for (int p = list[org].parent; p >= 0 && list[p].parent >= 0; p = list[p].parent) {
		zh = mh_str_fmt(tx->arena, MH_STR_FMT MH_STR_FMT, MH_STR_ARG(list[p].zh), MH_STR_ARG(zh));
		en = mh_str_fmt(tx->arena, MH_STR_FMT "%s" MH_STR_FMT, MH_STR_ARG(en), en.len ? ", " : "",
				MH_STR_ARG(list[p].en));
		if (!zh.ptr || !en.ptr) return NULL;
	}
	json_t *j = mh_api_org(tx->city, org);
	json_object_set_new(j, "path", json_pack("{s:o, s:o}", "zh", mh_json_str(zh), "en", mh_json_str(en)));
	json_object_set_new(j, "tile", tile_json(req, org));
	return j;
}

static enum mh_code get_orgs(struct mh_request *req, struct mh_response *res, struct mh_err *reterr)
{
	struct mh_str parent = mh_req_str(req, "parent");
	MH_API_READ(req, reterr);
	const struct mh_orgs *o = &tx.city->orgs;
	struct wanted w = {.orgs = o,
			   .q = req->hant ? mh_hans(&req->arena, mh_req_str(req, "q")) : mh_req_str(req, "q"),
			   .codes = mh_req_str(req, "codes"),
			   .under = parent.len ? mh_org_by_code(o, parent) : -1,
			   .places = mh_req_bool(req, "places", false)};
	if (parent.len && w.under < 0) return MH_FAIL(reterr, MH_E_NOT_FOUND, "The city has no such unit");
	size_t limit = (size_t)mh_req_int(req, "limit", UNITS_MAX), n = 0;
	int *found = MH_NEW_ARRAY(tx.arena, o->n, int);
	MH_TRY_MEM(found, reterr);
	for (size_t i = 0; i < o->n; i++)
		if (is_wanted(&w, &o->list[i])) found[n++] = (int)i;
	qsort_r(found, n, sizeof *found, by_use, &w);
	MH_JSON_AUTO json_t *list = json_array();
	MH_TRY_MEM(list, reterr);
	for (size_t i = 0; i < n && i < limit; i++)
		if (json_array_append_new(list, org_found(req, &tx, found[i])) != 0)
			return MH_FAIL(reterr, MH_E_NO_MEMORY, "Memory is short");
	return mh_res_json(res, 200, json_pack("{s:O, s:b}", "orgs", list, "more", n > limit), reterr);
}

static enum mh_code get_categories(struct mh_request *req, struct mh_response *res, struct mh_err *reterr)
{
	MH_API_READ(req, reterr);
	MH_JSON_AUTO json_t *list = json_array();
	MH_TRY_MEM(list, reterr);
	for (size_t i = 0; i < tx.city->n_classes; i++) {
		const struct mh_class *c = &tx.city->classes[i];
		json_t *one = json_pack("{s:o, s:o, s:o, s:o}", "code", mh_json_str(c->code), "parent",
					mh_json_str(c->parent), "zh", mh_json_str(c->zh), "en", mh_json_str(c->en));
		if (json_array_append_new(list, one) != 0) return MH_FAIL(reterr, MH_E_NO_MEMORY, "Memory is short");
	}
	return mh_res_json(res, 200, json_pack("{s:O}", "categories", list), reterr);
}

/* --- definitions --- */

static enum mh_code get_processes(struct mh_request *req, struct mh_response *res, struct mh_err *reterr)
{
	MH_API_READ(req, reterr);
	MH_JSON_AUTO json_t *list = json_array();
	MH_TRY_MEM(list, reterr);
	for (size_t i = 0; i < tx.city->n_defs; i++) {
		const struct mh_def *d = tx.city->defs[i];
		json_t *one = json_pack("{s:o, s:I, s:o, s:o, s:o, s:b}", "kind", mh_json_str(d->kind), "version",
					(json_int_t)d->version, "title", mh_api_label(&d->title), "since",
					mh_json_str(d->since), "sha256", mh_json_str(mh_hash_hex(tx.arena, &d->hash)),
					"child_only", d->child_only);
		if (json_array_append_new(list, one) != 0) return MH_FAIL(reterr, MH_E_NO_MEMORY, "Memory is short");
	}
	return mh_res_json(res, 200, json_pack("{s:O}", "processes", list), reterr);
}

static const struct mh_def *newest(const struct mh_city *c, struct mh_str kind)
{
	const struct mh_def *d = NULL;
	for (size_t i = 0; i < c->n_defs; i++)
		if (mh_str_eq(c->defs[i]->kind, kind)) d = c->defs[i];
	return d;
}

static const struct mh_def *of_version(const struct mh_city *c, struct mh_str kind, int64_t version)
{
	for (size_t i = 0; i < c->n_defs; i++)
		if (mh_str_eq(c->defs[i]->kind, kind) && c->defs[i]->version == version) return c->defs[i];
	return NULL;
}

static enum mh_code get_process(struct mh_request *req, struct mh_response *res, struct mh_err *reterr)
{
	struct mh_str kind = mh_req_str(req, "kind");
	int64_t version = mh_req_int(req, "version", 0);
	const struct mh_city *c = mh_api_city(req);
	const struct mh_def *d = version ? of_version(c, kind, version) : newest(c, kind);
	if (!d) return MH_FAIL(reterr, MH_E_NOT_FOUND, "There is no such kind of matter");
	MH_TRY(mh_res_json(res, 200, mh_definition_json(d), reterr));
	res->cache = MH_CACHE_PUBLIC;
	return mh_res_tag(res, reterr);
}

static enum mh_code get_svg(struct mh_request *req, struct mh_response *res, struct mh_err *reterr)
{
	const struct mh_def *d = newest(mh_api_city(req), mh_req_str(req, "kind"));
	struct mh_str svg;
	if (!d) return MH_FAIL(reterr, MH_E_NOT_FOUND, "There is no such kind of matter");
	MH_TRY(mh_drawings_get(&mh_api_of(req)->drawings, d, mh_api_lang(req), &svg, reterr));
	mh_res_bytes(res, 200, "image/svg+xml", svg);
	res->cache = MH_CACHE_PUBLIC;
	res->csp = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'";
	return mh_res_tag(res, reterr);
}

static enum mh_code get_mermaid(struct mh_request *req, struct mh_response *res, struct mh_err *reterr)
{
	const struct mh_def *d = newest(mh_api_city(req), mh_req_str(req, "kind"));
	if (!d) return MH_FAIL(reterr, MH_E_NOT_FOUND, "There is no such kind of matter");
	struct mh_buf b = MH_BUF(4 << 20);
	mh_def_mermaid(d, mh_api_lang(req), &b);
	enum mh_code code = mh_res_buf(res, 200, "text/plain; charset=utf-8", &b, reterr);
	mh_buf_done(&b);
	res->cache = MH_CACHE_PUBLIC;
	return code;
}

/* --- counts and publications --- */

static enum mh_code get_counts(struct mh_request *req, struct mh_response *res, struct mh_err *reterr)
{
	struct mh_q_matter_count_row *rows;
	size_t n;
	json_int_t reports = 0, matters = 0;
	MH_API_READ(req, reterr);
	struct mh_q_matter_count_in in = {.home_id = tx.city->home_id};
	MH_TRY(mh_q_matter_count(tx.db, tx.arena, &in, &rows, &n, reterr));
	MH_JSON_AUTO json_t *list = json_array();
	MH_TRY_MEM(list, reterr);
	for (size_t i = 0; i < n; i++) {
		json_t *one = json_pack("{s:o, s:o, s:I, s:I}", "kind", mh_json_str(rows[i].kind), "phase",
					mh_json_str(rows[i].category), "reports", (json_int_t)rows[i].reports,
					"matters", (json_int_t)rows[i].matters);
		if (json_array_append_new(list, one) != 0) return MH_FAIL(reterr, MH_E_NO_MEMORY, "Memory is short");
		reports += rows[i].reports;
		matters += rows[i].matters;
	}
	return mh_res_json(
		res, 200, json_pack("{s:O, s:I, s:I}", "counts", list, "reports", reports, "matters", matters), reterr);
}

static enum mh_code get_answers(struct mh_request *req, struct mh_response *res, struct mh_err *reterr)
{
	json_t *list;
	int64_t before, next;
	MH_API_READ(req, reterr);
	MH_TRY(mh_api_before(req, &before, reterr));
	MH_TRY(mh_reply_answers(&tx, mh_req_str(req, "place"), before, (int)mh_req_int(req, "limit", 50), &list, &next,
				reterr));
	json_t *j = json_pack("{s:o, s:o}", "answers", list, "next", mh_api_next(&tx, next));
	return mh_res_json(res, 200, j, reterr);
}

static const struct mh_param org_params[] = {{.name = "parent",
					      .in = MH_IN_QUERY,
					      .type = MH_TYPE_STR,
					      .max = 64,
					      .en = "Only what stands directly below this unit",
					      .zh = "仅列该单位的下级"},
					     {.name = "q",
					      .in = MH_IN_QUERY,
					      .type = MH_TYPE_STR,
					      .max = 60,
					      .en = "Part of a name, or a code",
					      .zh = "名称片段或代码"},
					     {.name = "codes",
					      .in = MH_IN_QUERY,
					      .type = MH_TYPE_STR,
					      .max = 2000,
					      .en = "These units and no others: codes with commas between them",
					      .zh = "仅列这些单位，代码以逗号分隔"},
					     {.name = "places",
					      .in = MH_IN_QUERY,
					      .type = MH_TYPE_BOOL,
					      .en = "Only territories, no departments",
					      .zh = "仅列区划，不含部门"},
					     {.name = "limit",
					      .in = MH_IN_QUERY,
					      .type = MH_TYPE_INT,
					      .min = 1,
					      .max = UNITS_MAX,
					      .en = "How many at most; 500",
					      .zh = "最多条数，缺省500"},
					     {0}};
static const struct mh_param draw_params[] = {{.name = "kind",
					       .in = MH_IN_PATH,
					       .type = MH_TYPE_STR,
					       .required = true,
					       .min = 1,
					       .max = 64,
					       .en = "Kind of matter",
					       .zh = "事项类型"},
					      MH_API_LANG,
					      {0}};
static const struct mh_param process_params[] = {{.name = "kind",
						  .in = MH_IN_PATH,
						  .type = MH_TYPE_STR,
						  .required = true,
						  .min = 1,
						  .max = 64,
						  .en = "Kind of matter",
						  .zh = "事项类型"},
						 {.name = "version",
						  .in = MH_IN_QUERY,
						  .type = MH_TYPE_INT,
						  .min = 1,
						  .max = 1000000,
						  .en = "Its version; the newest",
						  .zh = "版本，缺省为最新"},
						 {0}};
static const struct mh_param answer_params[] = {{.name = "place",
						 .in = MH_IN_QUERY,
						 .type = MH_TYPE_STR,
						 .max = 64,
						 .en = "Public place, such as answers or rules",
						 .zh = "公开栏目，如 answers、rules"},
						MH_API_CURSOR,
						MH_API_LIMIT,
						{0}};

static const struct mh_route routes[] = {
	{.method = "GET",
	 .path = "/api/v1",
	 .perm = MH_PERM_PUBLIC,
	 .response = "index",
	 .handler = get_index,
	 .en = "Every address of this server, from the table that it works by",
	 .zh = "本服务的全部接口"},
	{.method = "GET",
	 .path = "/api/v1/forms",
	 .perm = MH_PERM_PUBLIC,
	 .flags = MH_ROUTE_READ | MH_ROUTE_KEPT,
	 .response = "forms",
	 .handler = get_forms,
	 .en = "Intake forms of every kind that can be raised",
	 .zh = "各类事项的登记表"},
	{.method = "GET",
	 .path = "/api/v1/orgs",
	 .perm = MH_PERM_PUBLIC,
	 .params = org_params,
	 .flags = MH_ROUTE_READ | MH_ROUTE_KEPT,
	 .response = "orgs",
	 .handler = get_orgs,
	 .en = "Units: the root, those below one, or those of a name",
	 .zh = "单位查询"},
	{.method = "GET",
	 .path = "/api/v1/categories",
	 .perm = MH_PERM_PUBLIC,
	 .flags = MH_ROUTE_READ | MH_ROUTE_KEPT,
	 .response = "categories",
	 .handler = get_categories,
	 .en = "The tree of categories",
	 .zh = "诉求分类"},
	{.method = "GET",
	 .path = "/api/v1/processes",
	 .perm = MH_PERM_PUBLIC,
	 .flags = MH_ROUTE_READ | MH_ROUTE_KEPT,
	 .response = "processes",
	 .handler = get_processes,
	 .en = "Definitions in force, with their hashes",
	 .zh = "现行流程定义及其哈希"},
	{.method = "GET",
	 .path = "/api/v1/processes/{kind}",
	 .perm = MH_PERM_PUBLIC,
	 .params = process_params,
	 .flags = MH_ROUTE_READ | MH_ROUTE_KEPT,
	 .response = "definition_parts",
	 .handler = get_process,
	 .en = "A definition: the words and forms for everything that its matters can show",
	 .zh = "流程定义的名称与表单"},
	{.method = "GET",
	 .path = "/api/v1/processes/{kind}/diagram.svg",
	 .perm = MH_PERM_PUBLIC,
	 .params = draw_params,
	 .flags = MH_ROUTE_READ,
	 .response = "image/svg+xml",
	 .handler = get_svg,
	 .en = "A definition as a drawing",
	 .zh = "流程图"},
	{.method = "GET",
	 .path = "/api/v1/processes/{kind}/diagram.mmd",
	 .perm = MH_PERM_PUBLIC,
	 .params = draw_params,
	 .flags = MH_ROUTE_READ,
	 .response = "text/plain",
	 .handler = get_mermaid,
	 .en = "A definition as Mermaid text",
	 .zh = "流程图（Mermaid 文本）"},
	{.method = "GET",
	 .path = "/api/v1/counts",
	 .perm = MH_PERM_PUBLIC,
	 .flags = MH_ROUTE_READ | MH_ROUTE_KEPT,
	 .response = "counts",
	 .handler = get_counts,
	 .en = "How many reports and matters, by kind and phase",
	 .zh = "各类事项的件数与诉求数"},
	{.method = "GET",
	 .path = "/api/v1/answers",
	 .perm = MH_PERM_PUBLIC,
	 .params = answer_params,
	 .flags = MH_ROUTE_READ | MH_ROUTE_KEPT,
	 .response = "answers",
	 .handler = get_answers,
	 .en = "What was made public, newest first",
	 .zh = "公开的答复与制度"},
};

const struct mh_route_list mh_routes_city = MH_ROUTES("city", routes);
