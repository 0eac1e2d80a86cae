/* Personal data in full, for those in charge, each time with a reason that is written down. */
#include "access/unmask.h"
#include "web/api.h"

extern const struct mh_route_list mh_routes_unmask;

static enum mh_code unmask_job(struct mh_request *req, struct mh_response *res, void *arg, struct mh_db *db,
			       struct mh_err *reterr)
{
	struct mh_glance g;
	struct mh_party by;
	json_t *view;
	MH_API_JOB(req, db);
	MH_TRY(mh_api_find(req, &tx, &g, reterr));
	MH_TRY(mh_api_in_charge(req, &tx, &g, &by, reterr));
	if (g.erased) return MH_FAIL(reterr, MH_E_GONE, "The contents of this matter have been erased");
	int reason = mh_req_choice(req, "reason", 0);
	MH_TRY(mh_unmask_record(&tx, g.id, req->login, &by, mh_unmask_reasons[reason], reterr));
	MH_TRY(mh_matter_view(&tx, g.id, true, &view, reterr));
	json_object_set_new(view, "erased", json_false());
	json_object_set_new(view, "unmaskable", json_true());
	return mh_res_json(res, 200, view, reterr);
}

static enum mh_code post_unmask(struct mh_request *req, struct mh_response *res, struct mh_err *reterr)
{
	return mh_request_defer(req, unmask_job, NULL, reterr);
}

static enum mh_code get_unmaskings(struct mh_request *req, struct mh_response *res, struct mh_err *reterr)
{
	struct mh_glance g;
	json_t *list;
	MH_API_READ(req, reterr);
	MH_TRY(mh_api_find(req, &tx, &g, reterr));
	MH_TRY(mh_api_reach(req, &tx, &g, reterr));
	MH_TRY(mh_unmask_list(&tx, g.id, &list, reterr));
	return mh_res_json(res, 200, json_pack("{s:o}", "unmaskings", list), reterr);
}

static const struct mh_param ref_params[] = {MH_API_REF, {0}};
static const struct mh_param unmask_params[] = {MH_API_REF,
						{.name = "reason",
						 .in = MH_IN_BODY,
						 .type = MH_TYPE_ENUM,
						 .required = true,
						 .choices = mh_unmask_reasons,
						 .en = "Why it has to be seen; written down",
						 .zh = "查看理由，将留痕"},
						{0}};

static const struct mh_route routes[] = {
	{.method = "POST",
	 .path = "/api/v1/matters/{ref}/unmask",
	 .perm = MH_PERM_STAFF,
	 .params = unmask_params,
	 .body = MH_BODY_JSON,
	 .flags = MH_ROUTE_WRITE | MH_ROUTE_CHARGE,
	 .response = "matter",
	 .handler = post_unmask,
	 .en = "The matter with its personal data, for those in charge; recorded",
	 .zh = "查看个人信息全文（仅经办，留痕）"},
	{.method = "GET",
	 .path = "/api/v1/matters/{ref}/unmaskings",
	 .perm = MH_PERM_STAFF,
	 .params = ref_params,
	 .flags = MH_ROUTE_READ | MH_ROUTE_TERRITORY,
	 .response = "unmaskings",
	 .handler = get_unmaskings,
	 .en = "Who has seen its personal data, when and why",
	 .zh = "个人信息查看记录"},
};

const struct mh_route_list mh_routes_unmask = MH_ROUTES("unmask", routes);
