/* What a person does to their own account: password, authenticator, kept lists, how pages look. */
#include "access/own.h"
#include "access/password.h"
#include "access/session.h"
#include "access/totp.h"
#include "sql_gen.h"
#include "web/api.h"
#include "web/signin.h"
#include "web/web_priv.h"

#include <string.h>

extern const struct mh_route_list mh_routes_own;

/* --- the password once more, before anything that a stolen session should not do --- */

struct proof {
	struct mh_login in;
	struct mh_login_verdict verdict;
	struct mh_str new_password, pwhash; /* empty: it is not to change */
	enum mh_code (*deed)(struct mh_request *req, struct mh_response *res, struct mh_tx *tx,
			     const struct mh_manager *by, const struct proof *p, struct mh_err *reterr);
};

static enum mh_code judge(struct mh_request *req, void *arg, struct mh_db *db, struct mh_err *reterr)
{
	struct proof *p = arg;
	MH_TRY(mh_login_judge(db, &req->arena, mh_api_city(req), &p->in, req->received, &p->verdict, reterr));
	if (!p->new_password.ptr || p->verdict.fate == MH_LOGIN_WRONG || p->verdict.fate == MH_LOGIN_WAIT) return MH_OK;
	MH_TRY(mh_password_accept(p->in.login, p->new_password, reterr));
	if (mh_str_eq(p->new_password, p->in.password))
		return mh_req_bad_field(req, reterr, "new", "The same as before", "与原口令相同");
	return mh_password_hash(&req->arena, p->new_password, &p->pwhash, reterr);
}

/* As at a login: what failed must be counted, so the refusal is an answer and not an error. */
static enum mh_code refuse(struct mh_request *req, struct mh_response *res, const struct mh_login_verdict *v)
{
	struct mh_err err = {0};
	if (v->fate == MH_LOGIN_WAIT) {
		MH_FAIL(&err, MH_E_TOO_MANY, "There were too many wrong passwords");
		mh_err_hint(&err, "Try again in %d seconds.", v->wait_s);
		req->retry_s = v->wait_s;
	} else {
		MH_FAIL(&err, MH_E_FORBIDDEN, "The password is not right");
		mh_err_detail(&err, "wrong: password");
	}
	mh_web__problem(req, &err, res);
	return MH_OK;
}

static enum mh_code settle(struct mh_request *req, struct mh_response *res, void *arg, struct mh_db *db,
			   struct mh_err *reterr)
{
	const struct proof *p = arg;
	struct mh_manager by;
	MH_API_JOB(req, db);
	MH_TRY(mh_api_manager(req, true, &by, reterr));
	if (p->verdict.fate == MH_LOGIN_WRONG) MH_TRY(mh_login_count(&tx, &p->in, reterr));
	if (p->verdict.fate == MH_LOGIN_WRONG || p->verdict.fate == MH_LOGIN_WAIT) return refuse(req, res, &p->verdict);
	return p->deed(req, res, &tx, &by, p, reterr);
}

static enum mh_code prove(struct mh_request *req, const struct proof *what, struct mh_err *reterr)
{
	struct mh_manager by;
	struct proof *p = MH_NEW(&req->arena, struct proof);
	MH_TRY_MEM(p, reterr);
	MH_TRY(mh_api_manager(req, true, &by, reterr));
	MH_TRY(mh_signin_admit(mh_api_of(req)->signin, req, reterr));
	*p = *what;
	p->in = (struct mh_login){req->login, mh_req_str(req, "password"), MH_STR(""), req->client};
	return mh_request_defer_slow(req, judge, settle, p, reterr);
}

/* --- password --- */

static enum mh_code change_password(struct mh_request *req, struct mh_response *res, struct mh_tx *tx,
				    const struct mh_manager *by, const struct proof *p, struct mh_err *reterr)
{
	struct mh_hash token = mh_sha256_str(req->token);
	struct mh_str keep = mh_hash_hex(&req->arena, &token);
	MH_TRY_MEM(keep.ptr, reterr);
	res->status = 204;
	return mh_own_password(tx, by, p->pwhash, keep, reterr);
}

static enum mh_code put_password(struct mh_request *req, struct mh_response *res, struct mh_err *reterr)
{
	struct proof p = {.new_password = mh_req_str(req, "new"), .deed = change_password};
	return prove(req, &p, reterr);
}

/* --- authenticator --- */

static enum mh_code begin_totp(struct mh_request *req, struct mh_response *res, struct mh_tx *tx,
			       const struct mh_manager *by, const struct proof *p, struct mh_err *reterr)
{
	struct mh_bytes secret;
	struct mh_str uri, base32;
	MH_TRY(mh_own_totp_begin(tx, by->login, &secret, reterr));
	MH_TRY(mh_totp_uri(tx->arena, secret, by->login, &uri, &base32, reterr));
	json_t *j = json_pack("{s:o, s:o}", "uri", mh_json_str(uri), "secret", mh_json_str(base32));
	return mh_res_json(res, 200, j, reterr);
}

static enum mh_code post_totp(struct mh_request *req, struct mh_response *res, struct mh_err *reterr)
{
	return prove(req, &(struct proof){.deed = begin_totp}, reterr);
}

static enum mh_code end_totp(struct mh_request *req, struct mh_response *res, struct mh_tx *tx,
			     const struct mh_manager *by, const struct proof *p, struct mh_err *reterr)
{
	res->status = 204;
	return mh_own_totp_off(tx, by, reterr);
}

static enum mh_code post_totp_off(struct mh_request *req, struct mh_response *res, struct mh_err *reterr)
{
	return prove(req, &(struct proof){.deed = end_totp}, reterr);
}

static enum mh_code confirm_job(struct mh_request *req, struct mh_response *res, void *arg, struct mh_db *db,
				struct mh_err *reterr)
{
	struct mh_manager by;
	MH_API_JOB(req, db);
	MH_TRY(mh_api_manager(req, true, &by, reterr));
	res->status = 204;
	return mh_own_totp_confirm(&tx, &by, mh_req_str(req, "code"), reterr);
}

static enum mh_code put_totp(struct mh_request *req, struct mh_response *res, struct mh_err *reterr)
{
	struct mh_manager by;
	MH_TRY(mh_api_manager(req, true, &by, reterr));
	MH_TRY(mh_signin_admit(mh_api_of(req)->signin, req, reterr));
	return mh_request_defer(req, confirm_job, NULL, reterr);
}

/* --- kept lists --- */

static enum mh_code get_views(struct mh_request *req, struct mh_response *res, struct mh_err *reterr)
{
	struct mh_manager by;
	json_t *list;
	MH_TRY(mh_api_manager(req, true, &by, reterr));
	MH_API_READ(req, reterr);
	MH_TRY(mh_view_list(&tx, by.login, &list, reterr));
	return mh_res_json(res, 200, json_pack("{s:o}", "views", list), reterr);
}

static enum mh_code view_job(struct mh_request *req, struct mh_response *res, void *arg, struct mh_db *db,
			     struct mh_err *reterr)
{
	MH_API_JOB(req, db);
	res->status = 204;
	if (arg) return mh_view_drop(&tx, req->login, mh_req_str(req, "name"), reterr);
	return mh_view_put(&tx, req->login, mh_req_str(req, "name"), mh_req_str(req, "query"),
			   mh_req_int(req, "place", 0), reterr);
}

static enum mh_code put_view(struct mh_request *req, struct mh_response *res, struct mh_err *reterr)
{
	struct mh_manager by;
	MH_TRY(mh_api_manager(req, true, &by, reterr));
	return mh_request_defer(req, view_job, NULL, reterr);
}

static enum mh_code delete_view(struct mh_request *req, struct mh_response *res, struct mh_err *reterr)
{
	struct mh_manager by;
	MH_TRY(mh_api_manager(req, true, &by, reterr));
	return mh_request_defer(req, view_job, req, reterr);
}

/* --- how pages look --- */

static enum mh_code get_settings(struct mh_request *req, struct mh_response *res, struct mh_err *reterr)
{
	struct mh_manager by;
	json_t *all;
	MH_TRY(mh_api_manager(req, true, &by, reterr));
	MH_API_READ(req, reterr);
	MH_TRY(mh_setting_list(&tx, by.login, &all, reterr));
	return mh_res_json(res, 200, all, reterr);
}

static enum mh_code settings_job(struct mh_request *req, struct mh_response *res, void *arg, struct mh_db *db,
				 struct mh_err *reterr)
{
	json_t *all;
	MH_API_JOB(req, db);
	for (const struct mh_setting *s = mh_settings; s->name; s++) {
		int word = mh_req_choice(req, s->name, -1);
		if (word >= 0) MH_TRY(mh_setting_put(&tx, req->login, s, s->words[word], reterr));
	}
	MH_TRY(mh_setting_list(&tx, req->login, &all, reterr));
	return mh_res_json(res, 200, all, reterr);
}

static enum mh_code put_settings(struct mh_request *req, struct mh_response *res, struct mh_err *reterr)
{
	struct mh_manager by;
	MH_TRY(mh_api_manager(req, true, &by, reterr));
	return mh_request_defer(req, settings_job, NULL, reterr);
}

/* --- the table --- */

#define PASSWORD(name_, en_, zh_)                                                                                      \
	{                                                                                                              \
		.name = (name_), .in = MH_IN_BODY, .type = MH_TYPE_STR, .required = true, .max = 256, .en = (en_),     \
		.zh = (zh_)                                                                                            \
	}
#define CURRENT PASSWORD("password", "The present password", "当前口令")

static const struct mh_param password_params[] = {CURRENT, PASSWORD("new", "The new one", "新口令"), {0}};
static const struct mh_param proof_params[] = {CURRENT, {0}};
static const struct mh_param code_params[] = {{.name = "code",
					       .in = MH_IN_BODY,
					       .type = MH_TYPE_STR,
					       .required = true,
					       .max = 16,
					       .en = "Six digits of the new authenticator",
					       .zh = "新身份验证器的六位动态口令"},
					      {0}};
#define VIEW_NAME                                                                                                      \
	{                                                                                                              \
		.name = "name", .in = MH_IN_PATH, .type = MH_TYPE_STR, .required = true, .min = 1,                     \
		.max = MH_VIEW_NAME_MAX, .en = "How it is called", .zh = "名称"                                      \
	}
static const struct mh_param view_params[] = {
	VIEW_NAME,
	{.name = "query",
	 .in = MH_IN_BODY,
	 .type = MH_TYPE_STR,
	 .required = true,
	 .max = MH_VIEW_QUERY_MAX,
	 .en = "Query of GET /api/v1/matters, as it stands behind the question mark",
	 .zh = "GET /api/v1/matters 的查询串（问号之后的部分）"},
	{.name = "place",
	 .in = MH_IN_BODY,
	 .type = MH_TYPE_INT,
	 .min = 0,
	 .max = 1000,
	 .en = "Order; 0",
	 .zh = "次序，缺省 0"},
	{0}};
static const struct mh_param name_params[] = {VIEW_NAME, {0}};
#define SETTING(name_, words, en_, zh_)                                                                                \
	{                                                                                                              \
		.name = (name_), .in = MH_IN_BODY, .type = MH_TYPE_ENUM, .choices = (words), .en = (en_), .zh = (zh_)  \
	}
static const struct mh_param settings_params[] = {
	SETTING("language", mh_setting_languages, "Language", "语言"),
	SETTING("density", mh_setting_densities, "How close lines stand", "疏密"),
	SETTING("theme", mh_setting_themes, "Light or dark", "明暗"),
	{0}};

#define OWN(method_, path_, params_, body_, flags_, response_, handler_, en_, zh_)                                     \
	{                                                                                                              \
		.method = (method_), .path = (path_), .perm = MH_PERM_STAFF, .params = (params_), .body = (body_),     \
		.max_body = (body_) ? 4096 : 0, .flags = (flags_), .response = (response_), .handler = (handler_),     \
		.en = (en_), .zh = (zh_)                                                                               \
	}
static const struct mh_route routes[] = {
	OWN("PUT", "/api/v1/me/password", password_params, MH_BODY_JSON, MH_ROUTE_WRITE | MH_ROUTE_FIRST, "204",
	    put_password, "Change one's password; ends one's other sessions", "修改本人口令，并结束其他会话"),
	OWN("POST", "/api/v1/me/totp", proof_params, MH_BODY_JSON, MH_ROUTE_WRITE, "authenticator", post_totp,
	    "Begin to set up an authenticator (RFC 6238)", "开始设置身份验证器（RFC 6238）"),
	OWN("PUT", "/api/v1/me/totp", code_params, MH_BODY_JSON, MH_ROUTE_WRITE, "204", put_totp,
	    "Show a code of the new authenticator; from then on each login asks for one",
	    "验证新的身份验证器，此后登录需动态口令"),
	OWN("POST", "/api/v1/me/totp/off", proof_params, MH_BODY_JSON, MH_ROUTE_WRITE, "204", post_totp_off,
	    "Log in without an authenticator again", "停用本人的动态口令"),
	OWN("GET", "/api/v1/views", NULL, MH_BODY_NONE, MH_ROUTE_READ, "views", get_views,
	    "The lists that one has kept under a name", "收藏的列表"),
	OWN("PUT", "/api/v1/views/{name}", view_params, MH_BODY_JSON, MH_ROUTE_WRITE, "204", put_view,
	    "Keep a list under a name", "收藏或更新列表"),
	OWN("DELETE", "/api/v1/views/{name}", name_params, MH_BODY_NONE, MH_ROUTE_WRITE, "204", delete_view,
	    "Keep it no longer", "取消收藏"),
	OWN("GET", "/api/v1/settings", NULL, MH_BODY_NONE, MH_ROUTE_READ, "settings", get_settings,
	    "How one likes the pages", "个人显示设置"),
	OWN("PUT", "/api/v1/settings", settings_params, MH_BODY_JSON, MH_ROUTE_WRITE, "settings", put_settings,
	    "Change how one likes the pages", "修改个人显示设置"),
};

const struct mh_route_list mh_routes_own = MH_ROUTES("own", routes);
