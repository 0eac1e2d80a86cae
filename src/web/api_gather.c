/* 汇总: proposals, candidates, merging and taking apart. */
#include "loop/gather.h"
#include "web/api.h"

extern const struct mh_route_list mh_routes_gather;

static enum mh_code get_propose(struct mh_request *req, struct mh_response *res, struct mh_err *reterr)
{
	json_t *j;
	int place = -1;
	struct mh_str code = mh_req_str(req, "place");
	MH_API_READ(req, reterr);
	if (code.len) {
		place = mh_org_by_code(&tx.city->orgs, code);
		if (place < 0)
			return mh_req_bad_field(req, reterr, "place", "The city has no such place", "没有该属地");
	}
	MH_TRY(mh_gather_propose(&tx, mh_req_str(req, "category"), place, &j, reterr));
	return mh_res_json(res, 200, j, reterr);
}

static enum mh_code get_candidates(struct mh_request *req, struct mh_response *res, struct mh_err *reterr)
{
	struct mh_glance g;
	json_t *list;
	MH_API_READ(req, reterr);
	MH_TRY(mh_api_find(req, &tx, &g, reterr));
	MH_TRY(mh_gather_alike(&tx, &g, (int)mh_req_int(req, "limit", 20), &list, reterr));
	return mh_res_json(res, 200, json_pack("{s:o}", "candidates", list), reterr);
}

/* Merging is a step like any other: who may, from where, and how it is undone stand in the definition. */
static enum mh_code take(struct mh_request *req, struct mh_response *res, struct mh_db *db, enum mh_effect_kind what,
			 struct mh_err *reterr)
{
	struct mh_glance g;
	struct mh_outcome out;
	struct mh_str field = {NULL, 0};
	const json_t *given = mh_req_json(req, "fields");
	MH_API_JOB(req, db);
	MH_TRY(mh_api_find(req, &tx, &g, reterr));
	struct mh_act in = {.matter_id = g.id, .expect_seq = -1};
	MH_TRY(mh_gather_step(&g, what, &in.transition, what == MH_DO_MERGE ? &field : NULL, reterr));
	MH_JSON_AUTO json_t *fields = given ? json_copy((json_t *)(uintptr_t)given) : json_object();
	MH_TRY_MEM(fields, reterr);
	if (field.len) {
		struct mh_str name = mh_str_dup(&req->arena, field);
		MH_TRY_MEM(name.ptr, reterr);
		if (json_object_set_new(fields, name.ptr, mh_json_str(mh_req_str(req, "into"))) != 0)
			return MH_FAIL(reterr, MH_E_NO_MEMORY, "Memory is short");
	}
	in.fields = fields;
	MH_TRY(mh_api_party(req, &tx, &g, in.transition, &in.by, reterr));
	if (req->idempotency_key.len) {
		in.request_id = mh_str_fmt(&req->arena, "act:" MH_STR_FMT, MH_STR_ARG(req->idempotency_key));
		MH_TRY_MEM(in.request_id.ptr, reterr);
	}
	MH_TRY(mh_matter_act(&tx, &in, &out, reterr));
	return mh_api_outcome(req, res, 200, &out, reterr);
}

static enum mh_code merge_job(struct mh_request *req, struct mh_response *res, void *arg, struct mh_db *db,
			      struct mh_err *reterr)
{
	return take(req, res, db, MH_DO_MERGE, reterr);
}

static enum mh_code unmerge_job(struct mh_request *req, struct mh_response *res, void *arg, struct mh_db *db,
				struct mh_err *reterr)
{
	return take(req, res, db, MH_DO_UNMERGE, reterr);
}

static enum mh_code post_merge(struct mh_request *req, struct mh_response *res, struct mh_err *reterr)
{
	return mh_request_defer(req, merge_job, NULL, reterr);
}

static enum mh_code post_unmerge(struct mh_request *req, struct mh_response *res, struct mh_err *reterr)
{
	return mh_request_defer(req, unmerge_job, NULL, reterr);
}

#define FIELDS                                                                                                         \
	{                                                                                                              \
		.name = "fields", .in = MH_IN_BODY, .type = MH_TYPE_OBJECT, .en = "Values that the step takes",        \
		.zh = "该步骤的填报项"                                                                          \
	}
static const struct mh_param propose_params[] = {{.name = "category",
						  .in = MH_IN_QUERY,
						  .type = MH_TYPE_STR,
						  .required = true,
						  .min = 1,
						  .max = 32,
						  .en = "Code of the category",
						  .zh = "诉求分类代码"},
						 {.name = "place",
						  .in = MH_IN_QUERY,
						  .type = MH_TYPE_STR,
						  .max = 64,
						  .en = "Code of the territory",
						  .zh = "属地代码"},
						 {0}};
static const struct mh_param candidate_params[] = {MH_API_REF,
						   {.name = "limit",
						    .in = MH_IN_QUERY,
						    .type = MH_TYPE_INT,
						    .min = 1,
						    .max = 100,
						    .en = "At most so many; 20",
						    .zh = "最多条数，缺省20"},
						   {0}};
static const struct mh_param merge_params[] = {MH_API_REF,
					       {.name = "into",
						.in = MH_IN_BODY,
						.type = MH_TYPE_STR,
						.required = true,
						.min = 1,
						.max = 64,
						.en = "Number or reference of the matter that it is handled with",
						.zh = "并入的事项"},
					       FIELDS,
					       {0}};
static const struct mh_param unmerge_params[] = {MH_API_REF, FIELDS, {0}};

static const struct mh_route routes[] = {
	{.method = "GET",
	 .path = "/api/v1/propose",
	 .perm = MH_PERM_STAFF,
	 .params = propose_params,
	 .flags = MH_ROUTE_READ | MH_ROUTE_KEPT,
	 .response = "proposal",
	 .handler = get_propose,
	 .en = "The unit that the duty catalogue gives, and why",
	 .zh = "按派单目录建议承办单位及理由"},
	{.method = "GET",
	 .path = "/api/v1/matters/{ref}/merge-candidates",
	 .perm = MH_PERM_DISPATCH,
	 .params = candidate_params,
	 .flags = MH_ROUTE_READ | MH_ROUTE_KEPT | MH_ROUTE_TERRITORY,
	 .response = "candidates",
	 .handler = get_candidates,
	 .en = "Open matters of the same category in the same town",
	 .zh = "同类同属地的在办事项"},
	{.method = "POST",
	 .path = "/api/v1/matters/{ref}/merge",
	 .perm = MH_PERM_DISPATCH,
	 .params = merge_params,
	 .body = MH_BODY_JSON,
	 .flags = MH_ROUTE_WRITE | MH_ROUTE_TERRITORY,
	 .response = "outcome",
	 .handler = post_merge,
	 .en = "Handle it together with another",
	 .zh = "并案办理"},
	{.method = "POST",
	 .path = "/api/v1/matters/{ref}/unmerge",
	 .perm = MH_PERM_DISPATCH,
	 .params = unmerge_params,
	 .body = MH_BODY_JSON,
	 .flags = MH_ROUTE_WRITE | MH_ROUTE_TERRITORY,
	 .response = "outcome",
	 .handler = post_unmerge,
	 .en = "Take it apart again",
	 .zh = "取消并案"},
};

const struct mh_route_list mh_routes_gather = MH_ROUTES("gather", routes);
