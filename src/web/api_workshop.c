/* The workshop of administrators: definitions, their versions and what differs between two, and trying a file. Everything here
 * reads; what comes into force is the business of whoever can put files on the server, and of the ledger. */
#include "sql_gen.h"
#include "text/hant.h"
#include "web/api.h"

extern const struct mh_route_list mh_routes_workshop;

#define TEXT_MAX ((size_t)4 << 20)
#define DRAFT_MAX (1 << 20) /* bytes of a file to be tried, as for `minhu process check` */

/* --- versions --- */

static int64_t added_at(const struct mh_q_definition_dates_row *rows, size_t n, const struct mh_def *d)
{
	for (size_t i = 0; i < n; i++)
		if (rows[i].version == d->version && mh_str_eq(rows[i].kind, d->kind)) return rows[i].at;
	return 0;
}

static int64_t live_of(const struct mh_q_definition_live_row *rows, size_t n, const struct mh_def *d)
{
	for (size_t i = 0; i < n; i++)
		if (rows[i].version == d->version && mh_str_eq(rows[i].kind, d->kind)) return rows[i].n;
	return 0;
}

static json_t *version_json(const struct mh_tx *tx, const struct mh_def *d, int64_t at, int64_t live)
{
	mh_day today = mh_time_day(tx->now, tx->city->zone_min);
	return json_pack("{s:o, s:I, s:o, s:o, s:o, s:o, s:b, s:b, s:i, s:i, s:I}", "kind", mh_json_str(d->kind),
			 "version", (json_int_t)d->version, "title", mh_api_label(&d->title), "since",
			 mh_json_str(d->since), "added", mh_api_time(tx, at), "sha256",
			 mh_json_str(mh_hash_hex(tx->arena, &d->hash)), "child_only", d->child_only, "in_force",
			 mh_city_def_for(tx->city, d->kind, today) == d, "states", (int)d->n_states, "steps",
			 (int)d->n_transitions, "open", (json_int_t)live);
}

static enum mh_code get_definitions(struct mh_request *req, struct mh_response *res, struct mh_err *reterr)
{
	struct mh_q_definition_dates_row *dates;
	struct mh_q_definition_live_row *live;
	size_t n_dates, n_live;
	MH_API_READ(req, reterr);
	MH_TRY(mh_q_definition_dates(tx.db, tx.arena, &dates, &n_dates, reterr));
	struct mh_q_definition_live_in in = {.home_id = tx.city->home_id};
	MH_TRY(mh_q_definition_live(tx.db, tx.arena, &in, &live, &n_live, reterr));
	MH_JSON_AUTO json_t *list = json_array();
	MH_TRY_MEM(list, reterr);
	for (size_t i = 0; i < tx.city->n_defs; i++) {
		const struct mh_def *d = tx.city->defs[i];
		json_t *one = version_json(&tx, d, added_at(dates, n_dates, d), live_of(live, n_live, d));
		if (json_array_append_new(list, one) != 0) return MH_FAIL(reterr, MH_E_NO_MEMORY, "Memory is short");
	}
	return mh_res_json(res, 200, json_pack("{s:O}", "definitions", list), reterr);
}

static enum mh_code find(struct mh_request *req, int64_t version, const struct mh_def **ret, struct mh_err *reterr)
{
	*ret = mh_city_def(mh_api_city(req), mh_req_str(req, "kind"), version);
	return *ret ? MH_OK : MH_FAIL(reterr, MH_E_NOT_FOUND, "There is no such version of a definition");
}

static json_t *words_of(const struct mh_def *d, const char *lang)
{
	struct mh_buf b = MH_BUF(TEXT_MAX);
	mh_def_explain(d, lang, &b);
	json_t *j = b.failed ? NULL : mh_json_str(mh_buf_str(&b));
	mh_buf_done(&b);
	return j;
}

static enum mh_code get_definition(struct mh_request *req, struct mh_response *res, struct mh_err *reterr)
{
	const struct mh_def *d;
	MH_TRY(find(req, mh_req_int(req, "version", 0), &d, reterr));
	json_t *j = json_pack("{s:o, s:I, s:o, s:o, s:o}", "kind", mh_json_str(d->kind), "version",
			      (json_int_t)d->version, "title", mh_api_label(&d->title), "text", mh_json_str(d->text),
			      "words", words_of(d, mh_api_lang(req)));
	return mh_res_json(res, 200, j, reterr);
}

static enum mh_code get_diagram(struct mh_request *req, struct mh_response *res, struct mh_err *reterr)
{
	const struct mh_def *d;
	struct mh_str svg;
	MH_TRY(find(req, mh_req_int(req, "version", 0), &d, reterr));
	const char *lang = mh_api_lang(req);
	MH_TRY(mh_drawings_get(&mh_api_of(req)->drawings, d, lang, &svg, reterr));
	if (req->hant && strcmp(lang, "zh") == 0) svg = mh_hant(&req->arena, svg); /* nobody's words but the city's */
	MH_TRY_MEM(svg.ptr, reterr);
	mh_res_bytes(res, 200, "image/svg+xml", svg);
	res->cache = MH_CACHE_REVALIDATE;
	res->csp = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'";
	return mh_res_tag(res, reterr);
}

/* --- differences --- */

/* The lines of mh_def_diff, the first (which versions) left out: a sign +, - or ~ before what came, went or changed; what
 * belongs to it stands indented below. */
static json_t *diff_lines(struct mh_str text)
{
	struct mh_str line;
	json_t *list = json_array();
	mh_str_split(&text, '\n', &line);
	while (list && mh_str_split(&text, '\n', &line)) {
		bool below = line.len && line.ptr[0] == ' ';
		bool sign = line.len > 1 && line.ptr[1] == ' ' && strchr("+-~", line.ptr[0]);
		struct mh_str mark = {line.ptr, sign ? 1 : 0};
		if (sign) line = (struct mh_str){line.ptr + 2, line.len - 2};
		line = mh_str_trim(line);
		if (line.len && json_array_append_new(list, json_pack("{s:o, s:b, s:o}", "sign", mh_json_str(mark),
								      "below", below, "text", mh_json_str(line))) != 0)
			break;
	}
	return list;
}

static enum mh_code diff_json(const struct mh_def *a, const struct mh_def *b, const char *lang, bool *ret_unsafe,
			      json_t **ret, struct mh_err *reterr)
{
	struct mh_buf out = MH_BUF(TEXT_MAX);
	mh_def_diff(a, b, lang, &out, ret_unsafe);
	enum mh_code code = out.failed ? MH_FAIL(reterr, MH_E_TOO_LARGE, "The comparison is too long") : MH_OK;
	if (code == MH_OK) *ret = diff_lines(mh_buf_str(&out));
	mh_buf_done(&out);
	return code;
}

static enum mh_code get_compare(struct mh_request *req, struct mh_response *res, struct mh_err *reterr)
{
	const struct mh_def *a, *b;
	bool unsafe;
	json_t *lines;
	MH_TRY(find(req, mh_req_int(req, "from", 0), &a, reterr));
	MH_TRY(find(req, mh_req_int(req, "to", 0), &b, reterr));
	MH_TRY(diff_json(a, b, mh_api_lang(req), &unsafe, &lines, reterr));
	json_t *j = json_pack("{s:o, s:I, s:I, s:b, s:o}", "kind", mh_json_str(a->kind), "from", (json_int_t)a->version,
			      "to", (json_int_t)b->version, "unsafe", unsafe, "lines", lines);
	return mh_res_json(res, 200, j, reterr);
}

/* --- trying a file --- */

static json_t *findings(const struct mh_diags *d)
{
	json_t *list = json_array();
	for (size_t i = 0; list && i < d->n; i++) {
		const struct mh_diag *g = &d->list[i];
		json_t *one = json_pack("{s:s, s:s, s:i, s:i, s:o, s:o}", "severity",
					g->severity == MH_SEV_ERROR ? "error" : "warning", "rule", g->rule, "line",
					g->at.line, "column", g->at.column, "message", mh_json_str(g->message), "hint",
					mh_json_str(g->hint));
		if (json_array_append_new(list, one) != 0) break;
	}
	return list;
}

static const struct mh_def *newest(const struct mh_city *c, struct mh_str kind)
{
	const struct mh_def *best = NULL;
	for (size_t i = 0; i < c->n_defs; i++)
		if (mh_str_eq(c->defs[i]->kind, kind) && (!best || c->defs[i]->version > best->version))
			best = c->defs[i];
	return best;
}

/* A sound draft beside what is in force. */
static enum mh_code beside(struct mh_request *req, const struct mh_def *d, json_t *j, struct mh_err *reterr)
{
	const struct mh_def *old = newest(mh_api_city(req), d->kind);
	bool unsafe = false;
	json_t *lines = json_array();
	struct mh_str svg;
	if (old) {
		json_decref(lines);
		MH_TRY(diff_json(old, d, mh_api_lang(req), &unsafe, &lines, reterr));
	}
	json_object_set_new(j, "changes", lines);
	json_object_set_new(j, "unsafe", json_boolean(unsafe));
	json_object_set_new(j, "against", old ? json_integer(old->version) : json_null());
	json_object_set_new(j, "title", mh_api_label(&d->title));
	json_object_set_new(j, "words", words_of(d, mh_api_lang(req)));
	MH_TRY(mh_drawings_once(&mh_api_of(req)->drawings, &req->arena, d, mh_api_lang(req), &svg, reterr));
	json_object_set_new(j, "diagram", mh_json_str(svg));
	return MH_OK;
}

static enum mh_code post_try(struct mh_request *req, struct mh_response *res, struct mh_err *reterr)
{
	struct mh_diags diags = mh_diags_new(&req->arena, MH_STR("draft"));
	struct mh_str text = mh_req_str(req, "text");
	if (text.len > DRAFT_MAX)
		return mh_req_bad_field(req, reterr, "text", "Longer than a definition may be",
					"超过流程定义的长度上限");
	const struct mh_def *d = mh_def_load(&req->arena, text, &diags);
	if (!d && !diags.errors) return MH_FAIL(reterr, MH_E_NO_MEMORY, "Memory is short");
	MH_JSON_AUTO json_t *j = json_pack("{s:b, s:o, s:o, s:I, s:n, s:s, s:s, s:n, s:b, s:[]}", "sound", d != NULL,
					   "findings", findings(&diags), "kind", mh_json_str(d ? d->kind : MH_STR("")),
					   "version", (json_int_t)(d ? d->version : 0), "title", "words", "", "diagram",
					   "", "against", "unsafe", 0, "changes");
	MH_TRY_MEM(j, reterr);
	if (d) MH_TRY(beside(req, d, j, reterr));
	return mh_res_json(res, 200, json_incref(j), reterr);
}

/* --- the table --- */

#define KIND                                                                                                           \
	{                                                                                                              \
		.name = "kind", .in = MH_IN_PATH, .type = MH_TYPE_STR, .required = true, .min = 1, .max = 64,          \
		.en = "Kind of matter", .zh = "事项类型"                                                           \
	}
#define VERSION(name_, in_, en_, zh_)                                                                                  \
	{                                                                                                              \
		.name = (name_), .in = (in_), .type = MH_TYPE_INT, .required = true, .min = 1, .max = INT32_MAX,       \
		.en = (en_), .zh = (zh_)                                                                               \
	}
static const struct mh_param version_params[] = {
	KIND, VERSION("version", MH_IN_PATH, "Version", "版本"), MH_API_LANG, {0}};
static const struct mh_param compare_params[] = {KIND,
						 VERSION("from", MH_IN_QUERY, "The older version", "旧版本"),
						 VERSION("to", MH_IN_QUERY, "The newer version", "新版本"),
						 MH_API_LANG,
						 {0}};
static const struct mh_param try_params[] = {{.name = "text",
					      .in = MH_IN_BODY,
					      .type = MH_TYPE_STR,
					      .required = true,
					      .min = 1,
					      .max = DRAFT_MAX,
					      .en = "The file",
					      .zh = "文件内容"},
					     MH_API_LANG,
					     {0}};

static const struct mh_route routes[] = {
	{.method = "GET",
	 .path = "/api/v1/workshop/definitions",
	 .perm = MH_PERM_AUDIT,
	 .flags = MH_ROUTE_READ,
	 .response = "definitions",
	 .handler = get_definitions,
	 .en = "Every version of every definition that this city has known, and what is still under way on it",
	 .zh = "本市用过的各版流程定义及其在办件数"},
	{.method = "GET",
	 .path = "/api/v1/workshop/definitions/{kind}/compare",
	 .perm = MH_PERM_AUDIT,
	 .params = compare_params,
	 .response = "definition_diff",
	 .handler = get_compare,
	 .en = "What changed from one version of a definition to another",
	 .zh = "两版流程定义的差别"},
	{.method = "GET",
	 .path = "/api/v1/workshop/definitions/{kind}/{version}",
	 .perm = MH_PERM_AUDIT,
	 .params = version_params,
	 .response = "definition",
	 .handler = get_definition,
	 .en = "One version of a definition: the file, and what it says in words",
	 .zh = "某版流程定义：原文与文字说明"},
	{.method = "GET",
	 .path = "/api/v1/workshop/definitions/{kind}/{version}/diagram.svg",
	 .perm = MH_PERM_AUDIT,
	 .params = version_params,
	 .response = "image/svg+xml",
	 .handler = get_diagram,
	 .en = "One version of a definition as a drawing",
	 .zh = "某版流程定义的流程图"},
	{.method = "POST",
	 .path = "/api/v1/workshop/definitions/try",
	 .perm = MH_PERM_ADMIN,
	 .params = try_params,
	 .body = MH_BODY_JSON,
	 .max_body = (size_t)4 << 20,
	 .response = "definition_trial",
	 .handler = post_try,
	 .en = "Check a file without keeping it: findings line by line, and what it would change",
	 .zh = "检查一份定义文件（不保存）：逐行指出问题并说明将带来的变化"},
};

const struct mh_route_list mh_routes_workshop = MH_ROUTES("workshop", routes);
