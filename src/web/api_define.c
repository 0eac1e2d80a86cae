/* A new version of a definition, while the city serves.
 *
 * By an address and not by a signal or a watched folder: whoever sends it is known, is told at which line it is wrong, and the same
 * writer that serves everybody else brings it into force with a commit, so no request sees half of it. */
#include "access/manage.h"
#include "web/api.h"

extern const struct mh_route_list mh_routes_define;

#define TEXT_MAX ((size_t)1 << 20)
#define REPORT_MAX ((size_t)1 << 20)
#define FILE_NAME MH_STR("definition")

static enum mh_code whole_city(struct mh_request *req, struct mh_manager *ret, struct mh_err *reterr)
{
	MH_TRY(mh_api_manager(req, false, ret, reterr));
	if (ret->org == mh_api_city(req)->orgs.root) return MH_OK;
	return MH_FAIL(reterr, MH_E_FORBIDDEN, "Definitions hold for the whole city, and so must your role");
}

static json_t *show(struct mh_arena *a, const struct mh_def *d)
{
	return json_pack("{s:o, s:I, s:o, s:o, s:o, s:b}", "kind", mh_json_str(d->kind), "version",
			 (json_int_t)d->version, "title", mh_api_label(&d->title), "since", mh_json_str(d->since),
			 "sha256", mh_json_str(mh_hash_hex(a, &d->hash)), "child_only", d->child_only);
}

static enum mh_code define_job(struct mh_request *req, struct mh_response *res, void *arg, struct mh_db *db,
			       struct mh_err *reterr)
{
	const struct mh_def *d = arg;
	struct mh_manager by;
	struct mh_buf report = MH_BUF(REPORT_MAX);
	MH_API_JOB(req, db);
	MH_TRY(whole_city(req, &by, reterr));
	enum mh_code code = mh_city_define(&tx, d->text, FILE_NAME, &report, reterr);
	mh_buf_done(&report);
	MH_TRY(code);
	struct mh_str what = mh_str_fmt(&req->arena, MH_STR_FMT "@%lld", MH_STR_ARG(d->kind), (long long)d->version);
	MH_TRY_MEM(what.ptr, reterr);
	MH_TRY(mh_account_note(&tx, &by, by.login, "definition", what, reterr));
	return mh_res_json(res, 201, show(&req->arena, d), reterr);
}

/* Read here first, so that a file with a fault costs the writer nothing. */
static enum mh_code post_process(struct mh_request *req, struct mh_response *res, struct mh_err *reterr)
{
	struct mh_manager by;
	struct mh_diags diags = mh_diags_new(&req->arena, FILE_NAME);
	MH_TRY(whole_city(req, &by, reterr));
	struct mh_def *d = mh_def_load(&req->arena, mh_req_str(req, "text"), &diags);
	MH_TRY(mh_diags_result(&diags, reterr));
	MH_TRY_MEM(d, reterr);
	return mh_request_defer(req, define_job, d, reterr);
}

static const struct mh_param params[] = {{.name = "text",
					  .in = MH_IN_BODY,
					  .type = MH_TYPE_STR,
					  .required = true,
					  .min = 1,
					  .max = TEXT_MAX,
					  .en = "The file",
					  .zh = "文件内容"},
					 {0}};

static const struct mh_route routes[] = {
	{.method = "POST",
	 .path = "/api/v1/processes",
	 .perm = MH_PERM_ADMIN,
	 .params = params,
	 .body = MH_BODY_JSON,
	 .max_body = (size_t)4 << 20,
	 .flags = MH_ROUTE_WRITE,
	 .response = "201 process",
	 .handler = post_process,
	 .en = "Bring a new version of a definition into force",
	 .zh = "启用流程定义的新版本"},
};

const struct mh_route_list mh_routes_define = MH_ROUTES("define", routes);
