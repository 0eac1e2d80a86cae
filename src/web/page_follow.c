/* Follow it: the code is typed once, kept in a cookie that scripts do not see, and never stands in an address. */
#include "web/page_follow.h"
#include "loop/wish.h"
#include "web/keep_part.h"
#include "web/signin.h"
#include "web/web_priv.h"

extern const struct mh_route_list mh_routes_page_follow;

#define FILES_MAX 10
#define BODY_MAX ((size_t)24 << 20)
#define HOUR_S 3600

/* --- the code --- */

static enum mh_code show_code(struct mh_request *req, struct mh_response *res, bool wrong, struct mh_err *reterr)
{
	struct mh_web__page p = mh_page__begin(req);
	struct mh_page_follow page = {.wrong = wrong};
	struct mh_page__frame frame = mh_page__frame(&p, mh_msg(p.lang, MH_MSG_PORTAL_FOLLOW_TITLE), MH_NAV_FOLLOW);
	struct mh_buf b = MH_BUF(MH_PAGE_MAX);
	MH_PAGE_FRAME(&page, frame);
	mh_page_follow(&b, &page, p.lang);
	return mh_page__send(&p, res, wrong ? 404 : 200, true, &b, reterr);
}

static enum mh_code get_code(struct mh_request *req, struct mh_response *res, struct mh_err *reterr)
{
	return show_code(req, res, false, reterr);
}

/* As it was given, whatever spaces were typed. */
static struct mh_str tidy(struct mh_arena *a, struct mh_str typed)
{
	struct mh_buf b = MH_BUF(128);
	for (size_t i = 0; i < typed.len; i++)
		if ((unsigned char)typed.ptr[i] > 0x20) mh_buf_ch(&b, typed.ptr[i]);
	struct mh_str out = b.failed ? (struct mh_str){NULL, 0} : mh_str_dup(a, mh_buf_str(&b));
	mh_buf_done(&b);
	for (size_t i = 0; i < out.len; i++) {
		char c = out.ptr[i];
		if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-'))
			return (struct mh_str){NULL, 0};
	}
	return out;
}

static enum mh_code post_code(struct mh_request *req, struct mh_response *res, struct mh_err *reterr)
{
	int64_t id;
	struct mh_err err = {0};
	struct mh_str code = tidy(&req->arena, mh_req_str(req, "code"));
	MH_TRY(mh_page__own(req, reterr));
	if (mh_api_of(req)->signin) MH_TRY(mh_signin_admit(mh_api_of(req)->signin, req, reterr));
	MH_API_READ(req, reterr);
	if (code.len < 4 || mh_matter_find_code(&tx, code, &id, &err) != MH_OK) {
		if (err.code == MH_OK || err.code == MH_E_NOT_FOUND || err.code == MH_E_INVALID)
			return show_code(req, res, true, reterr);
		if (reterr) *reterr = err;
		return err.code;
	}
	MH_TRY(mh_page__set_cookie(req, res, MH_PAGE_CODE_COOKIE, code, HOUR_S, true, reterr));
	return mh_page__see(res, MH_STR("/follow/matter"), reterr);
}

static enum mh_code post_leave(struct mh_request *req, struct mh_response *res, struct mh_err *reterr)
{
	MH_TRY(mh_page__own(req, reterr));
	MH_TRY(mh_page__set_cookie(req, res, MH_PAGE_CODE_COOKIE, MH_STR(""), 0, true, reterr));
	return mh_page__see(res, MH_STR("/"), reterr);
}

/* --- the matter --- */

static enum mh_code get_matter(struct mh_request *req, struct mh_response *res, struct mh_err *reterr)
{
	struct mh_web__page p = mh_page__begin(req);
	struct mh_glance g;
	if (!mh_page__holder(req)) return mh_page__see(res, MH_STR("/follow"), reterr);
	MH_API_READ(req, reterr);
	struct mh_err err = {0};
	enum mh_code code = mh_api_find(req, &tx, &g, &err);
	if (code == MH_E_NOT_FOUND)
		return show_code(req, res, true, reterr); /* a cookie of another city, or a wrong one */
	if (code != MH_OK) {
		if (reterr) *reterr = err;
		return code;
	}
	return mh_page__matter(&p, &tx, &g, NULL, -1, res, reterr);
}

/* --- a step --- */

struct act {
	struct mh_str step;
	const json_t *fields;
	struct mh_str names[FILES_MAX]; /* evidence that each file is for */
	struct mh_file files[FILES_MAX];
	size_t n_files;
};

static enum mh_code name_files(struct mh_tx *tx, struct act *a, int64_t id, json_t *to, struct mh_err *reterr)
{
	for (size_t i = 0; i < a->n_files; i++) {
		struct mh_file file = a->files[i];
		int64_t file_id;
		bool known;
		struct mh_str name = mh_str_dup(tx->arena, a->names[i]);
		file.matter_id = id;
		MH_TRY_MEM(name.ptr, reterr);
		MH_TRY(mh_matter_file(tx, &file, &file_id, &known, reterr));
		json_t *list = json_object_get(to, name.ptr);
		if (!list && json_object_set_new(to, name.ptr, list = json_array()) != 0) return mh_no_memory(reterr);
		struct mh_str text = mh_str_fmt(tx->arena, "%lld", (long long)file_id);
		if (json_array_append_new(list, mh_json_str(text)) != 0) return mh_no_memory(reterr);
	}
	return MH_OK;
}

static enum mh_code act_job(struct mh_request *req, struct mh_response *res, void *arg, struct mh_db *db,
			    struct mh_err *reterr)
{
	struct act *a = arg;
	struct mh_glance g;
	struct mh_outcome out;
	MH_JSON_AUTO json_t *evidence = json_object();
	MH_TRY_MEM(evidence, reterr);
	MH_API_JOB(req, db);
	MH_TRY(mh_api_find(req, &tx, &g, reterr));
	struct mh_act in = {
		.matter_id = g.id,
		.transition = a->step,
		.fields = a->fields,
		.expect_seq = -1,
		.request_id = mh_str_fmt(&req->arena, "act:web:" MH_STR_FMT, MH_STR_ARG(mh_req_str(req, "key")))};
	MH_TRY(mh_api_party(req, &tx, &g, in.transition, &in.by, reterr));
	MH_TRY(name_files(&tx, a, g.id, evidence, reterr));
	if (json_object_size(evidence)) in.evidence = evidence;
	MH_TRY(mh_matter_act(&tx, &in, &out, reterr));
	return mh_page__see(res, MH_STR("/follow/matter"), reterr);
}

static enum mh_code keep_files(struct mh_request *req, struct act *a, struct mh_err *reterr)
{
	for (size_t i = 0; i < req->n_parts; i++) {
		struct mh_str name = req->parts[i].name;
		if (!req->parts[i].is_file || !req->parts[i].body.len || !mh_str_starts(name, "e.")) continue;
		if (a->n_files == FILES_MAX) return MH_FAIL(reterr, MH_E_TOO_LARGE, "At most %d files", FILES_MAX);
		a->names[a->n_files] = (struct mh_str){name.ptr + 2, name.len - 2};
		MH_TRY(mh_web__keep_part(req, i, &a->files[a->n_files++], reterr));
	}
	return MH_OK;
}

/* Only whether its form is worth showing again; the engine judges. */
static bool can_be_taken(const struct mh_glance *g, int t)
{
	for (size_t i = 0; i < g->def->transitions[t].n_from; i++)
		if (g->def->transitions[t].from[i] == g->at_state) return true;
	return false;
}

static enum mh_code post_step(struct mh_request *req, struct mh_response *res, struct mh_err *reterr)
{
	struct mh_web__page p = mh_page__begin(req);
	struct mh_page__form f;
	struct mh_glance g;
	struct act *a = MH_NEW(&req->arena, struct act);
	MH_TRY_MEM(a, reterr);
	MH_TRY(mh_page__own(req, reterr));
	if (!mh_page__holder(req)) return mh_page__see(res, MH_STR("/follow"), reterr);
	MH_API_READ(req, reterr);
	MH_TRY(mh_api_find(req, &tx, &g, reterr));
	a->step = mh_req_str(req, "step");
	int t = mh_def_transition(g.def, a->step);
	if (t < 0) return MH_FAIL(reterr, MH_E_NOT_FOUND, "There is no such step");
	struct mh_str of = mh_req_str(req, "of");
	if (of.len && !mh_str_eq(of, g.number))
		return mh_page__see(res, MH_STR("/follow"), reterr); /* the cookie is another's */
	MH_TRY(mh_page__form_step(&p, g.def, t, &f, reterr));
	MH_TRY(mh_page__form_read(&f, false, reterr));
	if (f.n_wrong && can_be_taken(&g, t)) return mh_page__matter(&p, &tx, &g, &f, t, res, reterr);
	if (f.n_wrong) return MH_FAIL(reterr, MH_E_CONFLICT, "The matter has moved on");
	/* a form whose answer was lost comes again when the matter has moved on: by itself */
	a->fields = f.fields;
	MH_TRY(keep_files(req, a, reterr));
	return mh_request_defer(req, act_job, a, reterr);
}

/* --- erasure --- */

static enum mh_code erase_job(struct mh_request *req, struct mh_response *res, void *arg, struct mh_db *db,
			      struct mh_err *reterr)
{
	struct mh_glance g;
	MH_API_JOB(req, db);
	MH_TRY(mh_api_find(req, &tx, &g, reterr));
	MH_TRY(mh_wish_erasure(&tx, &g, reterr));
	return mh_page__see(res, MH_STR("/follow/matter"), reterr);
}

static enum mh_code post_erase(struct mh_request *req, struct mh_response *res, struct mh_err *reterr)
{
	MH_TRY(mh_page__own(req, reterr));
	if (!mh_page__holder(req)) return mh_page__see(res, MH_STR("/follow"), reterr);
	return mh_request_defer(req, erase_job, NULL, reterr);
}

/* --- the table --- */

static const struct mh_param plain_params[] = {MH_PAGE_LANG, {0}};
static const struct mh_param code_params[] = {
	{.name = "code", .in = MH_IN_BODY, .type = MH_TYPE_STR, .max = 80, .en = "Tracking code", .zh = "查询码"}, {0}};
static const struct mh_param step_params[] = {{.name = "step",
					       .in = MH_IN_PATH,
					       .type = MH_TYPE_STR,
					       .required = true,
					       .min = 1,
					       .max = 64,
					       .en = "Step of the definition",
					       .zh = "流程步骤"},
					      {.name = "of",
					       .in = MH_IN_BODY,
					       .type = MH_TYPE_STR,
					       .max = 64,
					       .en = "Number of the matter for which the form was written",
					       .zh = "填表时所办事项的编号"},
					      MH_PAGE_FORM_PARAMS,
					      {0}};

static const struct mh_route routes[] = {
	MH_PAGE_GET("/follow", MH_PERM_PUBLIC, plain_params, get_code, "Where a tracking code is typed", "输入查询码"),
	{.method = "POST",
	 .path = "/follow",
	 .perm = MH_PERM_PUBLIC,
	 .params = code_params,
	 .body = MH_BODY_FORM,
	 .flags = MH_ROUTE_PAGE | MH_ROUTE_READ | MH_ROUTE_LENIENT,
	 .response = "303 text/html",
	 .handler = post_code,
	 .error = mh_page__error,
	 .en = "Opens the matter of a code; the code goes into a cookie",
	 .zh = "凭查询码打开事项，查询码存入 Cookie"},
	MH_PAGE_GET("/follow/matter", MH_PERM_PUBLIC, plain_params, get_matter,
		    "The matter whose code the cookie holds", "凭 Cookie 中查询码查看事项"),
	{.method = "POST",
	 .path = "/follow/leave",
	 .perm = MH_PERM_PUBLIC,
	 .body = MH_BODY_FORM,
	 .flags = MH_ROUTE_PAGE | MH_ROUTE_LENIENT,
	 .response = "303 text/html",
	 .handler = post_leave,
	 .error = mh_page__error,
	 .en = "Forgets the code on this device",
	 .zh = "在本设备上清除查询码"},
	{.method = "POST",
	 .path = "/follow/matter/erase",
	 .perm = MH_PERM_PUBLIC,
	 .body = MH_BODY_FORM,
	 .flags = MH_ROUTE_PAGE | MH_ROUTE_WRITE | MH_ROUTE_LENIENT,
	 .response = "303 text/html",
	 .handler = post_erase,
	 .error = mh_page__error,
	 .en = "The person asks for the erasure of what is personal",
	 .zh = "诉求人申请删除个人信息"},
	{.method = "POST",
	 .path = "/follow/matter/{step}",
	 .perm = MH_PERM_PUBLIC,
	 .params = step_params,
	 .body = MH_BODY_FORM,
	 .max_body = BODY_MAX,
	 .flags = MH_ROUTE_PAGE | MH_ROUTE_READ | MH_ROUTE_WRITE | MH_ROUTE_MULTIPART | MH_ROUTE_LENIENT,
	 .response = "303 text/html",
	 .handler = post_step,
	 .error = mh_page__error,
	 .en = "The person takes a step, by a form",
	 .zh = "诉求人以表单办理一个步骤"},
};

const struct mh_route_list mh_routes_page_follow = MH_ROUTES("page_follow", routes);
