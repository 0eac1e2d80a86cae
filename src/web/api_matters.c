/* Matters: raising, reading, and the steps that people take. */
#include "loop/apply.h"
#include "loop/intake.h"
#include "loop/panel.h"
#include "text/hant.h"
#include "web/api.h"

extern const struct mh_route_list mh_routes_matters;

/* --- raising --- */

static enum mh_code raise_job(struct mh_request *req, struct mh_response *res, void *arg, struct mh_db *db,
			      struct mh_err *reterr)
{
	struct mh_intake in = {.kind = mh_req_str(req, "kind"),
			       .fields = mh_req_json(req, "fields"),
			       .key = req->idempotency_key,
			       .raised = mh_req_time(req, "raised", 0)};
	struct mh_outcome out;
	MH_API_JOB(req, db);
	MH_TRY(mh_party_of(&req->actor, &tx.city->orgs, &in.by, reterr));
	MH_TRY(mh_intake_raise(&tx, &in, &out, reterr));
	return mh_api_outcome(req, res, 201, &out, reterr);
}

static enum mh_code post_matter(struct mh_request *req, struct mh_response *res, struct mh_err *reterr)
{
	return mh_request_defer_as(req, mh_intake_request_id(&req->arena, req->idempotency_key), raise_job, NULL,
				   reterr);
}

/* --- one matter --- */

/* Whoever holds no office sees what is public, and nothing that points at files. */
static void keep_public(const struct mh_def *d, json_t *view)
{
	json_t *fields = json_object_get(view, "fields"), *v;
	const char *key;
	void *tmp;
	json_object_foreach_safe(fields, tmp, key, v) {
		int f = mh_def_field(d, mh_str_c(key));
		if (f < 0 || !d->fields[f].is_public) json_object_del(fields, key);
	}
	json_object_del(view, "files");
}

static enum mh_code get_matter(struct mh_request *req, struct mh_response *res, struct mh_err *reterr)
{
	struct mh_glance g;
	struct mh_party by = {.org = -1};
	json_t *view;
	bool charge;
	MH_API_READ(req, reterr);
	MH_TRY(mh_api_find(req, &tx, &g, reterr));
	MH_TRY(mh_party_of(&req->actor, &tx.city->orgs, &by, reterr));
	MH_TRY(mh_api_charge(&tx, &g, &by, &charge, reterr));
	MH_TRY(mh_matter_view(&tx, g.id, false, &view, reterr));
	if (by.org < 0) keep_public(g.def, view);
	json_object_set_new(view, "erased", json_boolean(g.erased));
	json_object_set_new(view, "unmaskable", json_boolean(!g.erased && charge));
	MH_TRY(mh_res_json(res, 200, view, reterr));
	return mh_res_tag(res, reterr);
}

static enum mh_code get_events(struct mh_request *req, struct mh_response *res, struct mh_err *reterr)
{
	struct mh_glance g;
	json_t *list;
	MH_API_READ(req, reterr);
	MH_TRY(mh_api_find(req, &tx, &g, reterr));
	MH_TRY(mh_matter_events(&tx, g.id, &list, reterr));
	return mh_res_json(res, 200, json_pack("{s:o}", "events", list), reterr);
}

static enum mh_code get_links(struct mh_request *req, struct mh_response *res, struct mh_err *reterr)
{
	struct mh_glance g;
	json_t *gathered;
	MH_JSON_AUTO json_t *view = NULL;
	MH_API_READ(req, reterr);
	MH_TRY(mh_api_find(req, &tx, &g, reterr));
	MH_TRY(mh_matter_view(&tx, g.id, false, &view, reterr));
	MH_TRY(mh_apply_gathered(&tx, g.id, &gathered, reterr));
	json_t *j = json_pack("{s:O, s:o}", "links", json_object_get(view, "links"), "gathered", gathered);
	return mh_res_json(res, 200, j, reterr);
}

static enum mh_code get_follow(struct mh_request *req, struct mh_response *res, struct mh_err *reterr)
{
	struct mh_glance g;
	json_t *view;
	MH_API_READ(req, reterr);
	MH_TRY(mh_api_find(req, &tx, &g, reterr));
	if (g.erased) return MH_FAIL(reterr, MH_E_GONE, "The contents of this matter have been erased");
	MH_TRY(mh_matter_follow(&tx, g.id, &view, reterr));
	return mh_res_json(res, 200, view, reterr);
}

static enum mh_code get_why(struct mh_request *req, struct mh_response *res, struct mh_err *reterr)
{
	struct mh_glance g;
	struct mh_buf b = MH_BUF(1 << 20);
	MH_API_READ(req, reterr);
	MH_TRY(mh_api_find(req, &tx, &g, reterr));
	enum mh_code code = mh_matter_why(&tx, g.id, mh_api_lang(req), &b, reterr);
	if (code == MH_OK) code = mh_res_buf(res, 200, "text/plain; charset=utf-8", &b, reterr);
	if (code == MH_OK && req->hant) res->body = mh_hant(&req->arena, res->body); /* nobody's words but ours */
	mh_buf_done(&b);
	return code;
}

/* --- steps --- */

static enum mh_code get_actions(struct mh_request *req, struct mh_response *res, struct mh_err *reterr)
{
	struct mh_glance g;
	struct mh_party by;
	json_t *list;
	MH_API_READ(req, reterr);
	MH_TRY(mh_api_find(req, &tx, &g, reterr));
	MH_TRY(mh_api_party(req, &tx, &g, MH_STR(""), &by, reterr));
	MH_TRY(mh_matter_actions(&tx, g.id, by, &list, reterr));
	json_t *j = json_pack("{s:o, s:o, s:I}", "actions", list, "state", mh_json_str(g.state), "seq",
			      (json_int_t)g.last_seq);
	return mh_res_json(res, 200, j, reterr);
}

static struct mh_str act_key(struct mh_request *req)
{
	struct mh_str key = req->idempotency_key;
	return key.len ? mh_str_fmt(&req->arena, "act:" MH_STR_FMT, MH_STR_ARG(key)) : MH_STR("");
}

static enum mh_code act_job(struct mh_request *req, struct mh_response *res, void *arg, struct mh_db *db,
			    struct mh_err *reterr)
{
	struct mh_glance g;
	struct mh_outcome out;
	MH_API_JOB(req, db);
	MH_TRY(mh_api_find(req, &tx, &g, reterr));
	struct mh_act in = {.matter_id = g.id,
			    .transition = mh_req_str(req, "step"),
			    .fields = mh_req_json(req, "fields"),
			    .evidence = mh_req_json(req, "evidence"),
			    .expect_seq = mh_req_int(req, "seq", -1)};
	MH_TRY(mh_api_party(req, &tx, &g, in.transition, &in.by, reterr));
	in.request_id = act_key(req);
	MH_TRY_MEM(in.request_id.ptr, reterr);
	MH_TRY(mh_matter_act(&tx, &in, &out, reterr));
	return mh_api_outcome(req, res, 200, &out, reterr);
}

static enum mh_code post_action(struct mh_request *req, struct mh_response *res, struct mh_err *reterr)
{
	return mh_request_defer_as(req, act_key(req), act_job, NULL, reterr);
}

/* An officer votes for the own unit's seat only. */
static enum mh_code is_officer(struct mh_tx *tx, const struct mh_party *by, struct mh_err *reterr)
{
	bool is = false;
	MH_TRY(mh_panel_is_officer(tx, by, &is, reterr));
	if (is) return MH_OK;
	enum mh_code code = MH_FAIL(reterr, MH_E_FORBIDDEN, "Only an officer of this role and unit can vote");
	mh_err_hint(reterr, "Send Minhu-Actor: role@orgcode/OFFICER.");
	return code;
}

static enum mh_code ballot_job(struct mh_request *req, struct mh_response *res, void *arg, struct mh_db *db,
			       struct mh_err *reterr)
{
	struct mh_glance g;
	struct mh_party by = {.org = -1};
	struct mh_outcome out;
	MH_API_JOB(req, db);
	MH_TRY(mh_api_find(req, &tx, &g, reterr));
	MH_TRY(mh_party_of(&req->actor, &tx.city->orgs, &by, reterr));
	MH_TRY(is_officer(&tx, &by, reterr));
	MH_TRY(mh_matter_ballot(&tx, g.id, by, mh_req_str(req, "choice"), &out, reterr));
	return mh_api_outcome(req, res, 200, &out, reterr);
}

static enum mh_code post_ballot(struct mh_request *req, struct mh_response *res, struct mh_err *reterr)
{
	return mh_request_defer(req, ballot_job, NULL, reterr);
}

/* --- the table --- */

static const struct mh_param raise_params[] = {{.name = "kind",
						.in = MH_IN_BODY,
						.type = MH_TYPE_STR,
						.required = true,
						.min = 1,
						.max = 64,
						.en = "Kind of matter",
						.zh = "事项类型"},
					       {.name = "fields",
						.in = MH_IN_BODY,
						.type = MH_TYPE_OBJECT,
						.required = true,
						.en = "Values of the intake form, by name",
						.zh = "登记表各项的值"},
					       {.name = "raised",
						.in = MH_IN_BODY,
						.type = MH_TYPE_TIME,
						.en = "When it was really raised (staff only)",
						.zh = "实际提出时间（仅工作人员）"},
					       {0}};
static const struct mh_param ref_params[] = {MH_API_REF, {0}};
static const struct mh_param why_params[] = {MH_API_REF, MH_API_LANG, {0}};
static const struct mh_param follow_why_params[] = {MH_API_LANG, {0}};
#define ACT_PARAMS                                                                                                     \
	{.name = "step",                                                                                               \
	 .in = MH_IN_PATH,                                                                                             \
	 .type = MH_TYPE_STR,                                                                                          \
	 .required = true,                                                                                             \
	 .min = 1,                                                                                                     \
	 .max = 64,                                                                                                    \
	 .en = "Step of the definition",                                                                               \
	 .zh = "流程步骤"},                                                                                            \
		{.name = "fields",                                                                                     \
		 .in = MH_IN_BODY,                                                                                     \
		 .type = MH_TYPE_OBJECT,                                                                               \
		 .en = "Values that the step takes",                                                                   \
		 .zh = "该步骤的填报项"},                                                                              \
		{.name = "evidence",                                                                                   \
		 .in = MH_IN_BODY,                                                                                     \
		 .type = MH_TYPE_OBJECT,                                                                               \
		 .en = "Ids of uploaded files, by name of evidence",                                                   \
		 .zh = "佐证名称对应的文件编号"},                                                                      \
	{                                                                                                              \
		.name = "seq", .in = MH_IN_BODY, .type = MH_TYPE_INT, .min = 0, .max = INT64_MAX,                      \
		.en = "Newest entry that was read: refuse when there is a newer one",                                  \
		.zh = "已读到的最新序号，若已更新则拒绝"                                               \
	}
static const struct mh_param act_params[] = {MH_API_REF, ACT_PARAMS, {0}};
static const struct mh_param follow_act_params[] = {ACT_PARAMS, {0}};
static const struct mh_param ballot_params[] = {MH_API_REF,
						{.name = "choice",
						 .in = MH_IN_BODY,
						 .type = MH_TYPE_STR,
						 .required = true,
						 .min = 1,
						 .max = 64,
						 .en = "The vote",
						 .zh = "表决意见"},
						{0}};

static const struct mh_route routes[] = {
	{.method = "POST",
	 .path = "/api/v1/matters",
	 .perm = MH_PERM_PUBLIC,
	 .params = raise_params,
	 .body = MH_BODY_JSON,
	 .flags = MH_ROUTE_WRITE,
	 .response = "201 outcome",
	 .handler = post_matter,
	 .en = "Raise a matter, once for each Idempotency-Key",
	 .zh = "提出事项，同一幂等键只登记一次"},
	{.method = "GET",
	 .path = "/api/v1/matters/{ref}",
	 .perm = MH_PERM_PUBLIC,
	 .params = ref_params,
	 .flags = MH_ROUTE_READ | MH_ROUTE_KEPT,
	 .response = "matter",
	 .handler = get_matter,
	 .en = "One matter, personal data masked; POST …/unmask shows it to those in charge",
	 .zh = "事项详情，个人信息仅经办可见"},
	{.method = "GET",
	 .path = "/api/v1/matters/{ref}/events",
	 .perm = MH_PERM_PUBLIC,
	 .params = ref_params,
	 .flags = MH_ROUTE_READ | MH_ROUTE_KEPT,
	 .response = "events",
	 .handler = get_events,
	 .en = "Its history in the ledger",
	 .zh = "事项在账本中的经过"},
	{.method = "GET",
	 .path = "/api/v1/matters/{ref}/links",
	 .perm = MH_PERM_PUBLIC,
	 .params = ref_params,
	 .flags = MH_ROUTE_READ | MH_ROUTE_KEPT,
	 .response = "links",
	 .handler = get_links,
	 .en = "What it is linked to, and how much stands behind it",
	 .zh = "关联事项及归集件数"},
	{.method = "GET",
	 .path = "/api/v1/matters/{ref}/why",
	 .perm = MH_PERM_PUBLIC,
	 .params = why_params,
	 .flags = MH_ROUTE_READ,
	 .response = "text/plain",
	 .handler = get_why,
	 .en = "Why each deadline is what it is",
	 .zh = "各项时限的由来"},
	{.method = "GET",
	 .path = "/api/v1/matters/{ref}/actions",
	 .perm = MH_PERM_PUBLIC,
	 .params = ref_params,
	 .flags = MH_ROUTE_READ,
	 .response = "actions",
	 .handler = get_actions,
	 .en = "Steps that you may take now, with their forms",
	 .zh = "当前可办理的步骤及表单"},
	{.method = "POST",
	 .path = "/api/v1/matters/{ref}/actions/{step}",
	 .perm = MH_PERM_PUBLIC,
	 .params = act_params,
	 .body = MH_BODY_JSON,
	 .flags = MH_ROUTE_WRITE,
	 .response = "outcome",
	 .handler = post_action,
	 .en = "Take a step",
	 .zh = "办理一个步骤"},
	{.method = "POST",
	 .path = "/api/v1/matters/{ref}/ballot",
	 .perm = MH_PERM_STAFF,
	 .params = ballot_params,
	 .body = MH_BODY_JSON,
	 .flags = MH_ROUTE_WRITE,
	 .response = "outcome",
	 .handler = post_ballot,
	 .en = "Vote, as a drawn elector",
	 .zh = "被抽中的成员表决"},
	{.method = "GET",
	 .path = "/api/v1/follow",
	 .perm = MH_PERM_HOLDER,
	 .flags = MH_ROUTE_READ,
	 .response = "follow",
	 .handler = get_follow,
	 .en = "What the person who raised it sees",
	 .zh = "诉求人查询进展"},
	{.method = "GET",
	 .path = "/api/v1/follow/why",
	 .perm = MH_PERM_HOLDER,
	 .params = follow_why_params,
	 .flags = MH_ROUTE_READ,
	 .response = "text/plain",
	 .handler = get_why,
	 .en = "Why each deadline is what it is",
	 .zh = "各项时限的由来"},
	{.method = "GET",
	 .path = "/api/v1/follow/actions",
	 .perm = MH_PERM_HOLDER,
	 .flags = MH_ROUTE_READ,
	 .response = "actions",
	 .handler = get_actions,
	 .en = "Steps that the person may take now",
	 .zh = "诉求人当前可办理的步骤"},
	{.method = "POST",
	 .path = "/api/v1/follow/actions/{step}",
	 .perm = MH_PERM_HOLDER,
	 .params = follow_act_params,
	 .body = MH_BODY_JSON,
	 .flags = MH_ROUTE_WRITE,
	 .response = "outcome",
	 .handler = post_action,
	 .en = "The person takes a step",
	 .zh = "诉求人办理一个步骤"},
};

const struct mh_route_list mh_routes_matters = MH_ROUTES("matters", routes);
