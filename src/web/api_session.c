/* Logging in and out, and what one is. */
#include "access/account.h"
#include "access/session.h"
#include "sql_gen.h"
#include "web/api.h"
#include "web/signin.h"
#include "web/web_priv.h"

#include <sodium.h>

extern const struct mh_route_list mh_routes_session;

/* --- logging in --- */

struct attempt {
	struct mh_login in;
	struct mh_login_verdict verdict;
	bool bearer;
};

static enum mh_code judge(struct mh_request *req, void *arg, struct mh_db *db, struct mh_err *reterr)
{
	struct attempt *a = arg;
	return mh_login_judge(db, &req->arena, mh_api_city(req), &a->in, req->received, &a->verdict, reterr);
}

static enum mh_code set_cookie(struct mh_request *req, struct mh_response *res, const char *token, int64_t max_age,
			       struct mh_err *reterr)
{
	struct mh_str text = mh_str_fmt(&req->arena, "%s=%s; Path=/; HttpOnly; SameSite=Strict; Max-Age=%lld%s",
					MH_SIGNIN_COOKIE, token, (long long)max_age, req->secure ? "; Secure" : "");
	MH_TRY_MEM(text.ptr, reterr);
	return mh_res_header(res, "Set-Cookie", text, reterr);
}

static enum mh_code welcome(struct mh_request *req, struct mh_response *res, const struct attempt *a, const char *token,
			    struct mh_tx *tx, struct mh_err *reterr)
{
	struct mh_q_account_get_row account;
	MH_TRY(mh_account_get(tx, a->in.login, &account, reterr));
	json_t *j = json_pack("{s:o, s:o, s:o, s:b}", "login", mh_json_str(a->in.login), "csrf",
			      mh_json_str(mh_session_csrf(&req->arena, mh_str_c(token))), "until",
			      mh_api_time(tx, tx->now + MH_SESSION_MAX_MS), "must_change", account.must_change != 0);
	MH_TRY_MEM(j, reterr);
	if (a->bearer) json_object_set_new(j, "token", json_string(token));
	MH_TRY(mh_res_json(res, 200, j, reterr));
	return a->bearer ? MH_OK : set_cookie(req, res, token, MH_SESSION_MAX_MS / 1000, reterr);
}

/* A job that fails is rolled back, and the failure must be counted: so the refusal is an answer here, not an error. */
static enum mh_code refuse(struct mh_request *req, struct mh_response *res, const struct mh_login_verdict *v)
{
	struct mh_err err = {0};
	if (v->fate == MH_LOGIN_WAIT) {
		MH_FAIL(&err, MH_E_TOO_MANY, "There were too many failed logins");
		mh_err_hint(&err, "Try again in %d seconds.", v->wait_s);
		req->retry_s = v->wait_s;
	} else if (v->fate == MH_LOGIN_CODE) {
		MH_FAIL(&err, MH_E_UNAUTHENTICATED, "The code of your authenticator is needed too");
		mh_err_detail(&err, "needed: code");
	} else {
		MH_FAIL(&err, MH_E_UNAUTHENTICATED, "The name, the password or the code is not right");
	}
	mh_web__problem(req, &err, res);
	return MH_OK;
}

static enum mh_code settle(struct mh_request *req, struct mh_response *res, void *arg, struct mh_db *db,
			   struct mh_err *reterr)
{
	const struct attempt *a = arg;
	struct mh_login_verdict v = a->verdict; /* the job may run again */
	char token[MH_SESSION_TOKEN + 1] = "";
	MH_API_JOB(req, db);
	MH_TRY(mh_login_settle(&tx, &a->in, &v, token, reterr));
	enum mh_code code = v.fate == MH_LOGIN_GOOD ? welcome(req, res, a, token, &tx, reterr) : refuse(req, res, &v);
	sodium_memzero(token, sizeof token);
	return code;
}

static enum mh_code post_session(struct mh_request *req, struct mh_response *res, struct mh_err *reterr)
{
	struct mh_signin *signin = mh_api_of(req)->signin;
	if (!signin)
		return MH_FAIL(reterr, MH_E_CONFLICT,
			       "This server believes Minhu-Actor; there is nothing to log in to");
	MH_TRY(mh_signin_admit(signin, req, reterr));
	struct attempt *a = MH_NEW(&req->arena, struct attempt);
	MH_TRY_MEM(a, reterr);
	a->in = (struct mh_login){mh_req_str(req, "login"), mh_req_str(req, "password"), mh_req_str(req, "code"),
				  req->client};
	a->bearer = mh_req_bool(req, "bearer", false);
	return mh_request_defer_slow(req, judge, settle, a, reterr);
}

/* --- logging out --- */

static enum mh_code leave_job(struct mh_request *req, struct mh_response *res, void *arg, struct mh_db *db,
			      struct mh_err *reterr)
{
	struct mh_str hash;
	if (arg) {
		hash = mh_req_str(req, "id");
	} else {
		struct mh_hash h = mh_sha256_str(req->token);
		hash = mh_hash_hex(&req->arena, &h);
		MH_TRY_MEM(hash.ptr, reterr);
		MH_TRY(set_cookie(req, res, "", 0, reterr));
	}
	enum mh_code code = mh_session_end(db, req->login, hash, reterr);
	if (!arg && code == MH_E_NOT_FOUND) code = MH_OK; /* ended elsewhere meanwhile */
	if (code == MH_OK) res->status = 204;
	return code;
}

static enum mh_code delete_session(struct mh_request *req, struct mh_response *res, struct mh_err *reterr)
{
	if (req->login.len) return mh_request_defer(req, leave_job, NULL, reterr);
	res->status = 204;
	return set_cookie(req, res, "", 0, reterr);
}

static enum mh_code delete_other(struct mh_request *req, struct mh_response *res, struct mh_err *reterr)
{
	return mh_request_defer(req, leave_job, req, reterr);
}

/* --- what one is --- */

static json_t *permissions(struct mh_str role)
{
	json_t *list = json_array();
	for (int p = MH_PERM_STAFF; list && p < MH_PERM_MAX; p++)
		if (mh_perm_role_has(role, (enum mh_perm)p))
			json_array_append_new(list, json_string(mh_perm_name((enum mh_perm)p)));
	return list;
}

static json_t *role_json(const struct mh_tx *tx, struct mh_str role, struct mh_str org)
{
	return json_pack("{s:o, s:o, s:o, s:o}", "role", mh_json_str(role), "label", mh_api_role(tx->city, role), "org",
			 mh_api_org(tx->city, mh_org_by_code(&tx->city->orgs, org)), "permissions", permissions(role));
}

static enum mh_code get_me(struct mh_request *req, struct mh_response *res, struct mh_err *reterr)
{
	struct mh_session s = {0};
	MH_API_READ(req, reterr);
	if (req->token.len) MH_TRY(mh_session_find(req->db, &req->arena, req->token, req->received, &s, reterr));
	json_t *roles = json_array();
	for (size_t i = 0; roles && i < s.n_roles; i++)
		json_array_append_new(roles, role_json(&tx, s.roles[i].role, s.roles[i].org));
	json_t *j = json_pack("{s:o, s:o, s:o, s:o, s:o, s:o}", "login", mh_json_str(s.login), "zh", mh_json_str(s.zh),
			      "en", mh_json_str(s.en), "officer", mh_json_str(req->actor.officer), "acting",
			      role_json(&tx, req->actor.role, req->actor.org), "roles", roles);
	if (j && req->token.len) {
		json_object_set_new(j, "must_change", json_boolean(s.must_change));
		json_object_set_new(j, "csrf", mh_json_str(mh_session_csrf(&req->arena, req->token)));
		json_object_set_new(j, "until", mh_api_time(&tx, s.at + MH_SESSION_MAX_MS));
	}
	return mh_res_json(res, 200, j, reterr);
}

#define SESSIONS_SHOWN 100

enum mh_code mh_api_sessions(struct mh_request *req, struct mh_tx *tx, struct mh_str login, json_t **ret,
			     struct mh_err *reterr)
{
	struct mh_q_session_of_row *rows;
	size_t n;
	struct mh_q_session_of_in in = {.login = login, .limit = SESSIONS_SHOWN};
	MH_TRY(mh_q_session_of(tx->db, tx->arena, &in, &rows, &n, reterr));
	struct mh_hash h = mh_sha256_str(req->token);
	struct mh_str own = mh_hash_hex(&req->arena, &h);
	MH_JSON_AUTO json_t *list = json_array();
	MH_TRY_MEM(list, reterr);
	for (size_t i = 0; i < n; i++)
		json_array_append_new(list,
				      json_pack("{s:o, s:o, s:o, s:b}", "id", mh_json_str(rows[i].token_hash), "at",
						mh_api_time(tx, rows[i].at), "seen", mh_api_time(tx, rows[i].seen),
						"this", mh_str_eq(rows[i].token_hash, own)));
	json_t *j = json_pack("{s:O}", "sessions", list);
	MH_TRY_MEM(j, reterr);
	*ret = j;
	return MH_OK;
}

static enum mh_code get_sessions(struct mh_request *req, struct mh_response *res, struct mh_err *reterr)
{
	json_t *j;
	MH_API_READ(req, reterr);
	MH_TRY(mh_api_sessions(req, &tx, req->login, &j, reterr));
	return mh_res_json(res, 200, j, reterr);
}

static const struct mh_param login_params[] = {{.name = "login",
						.in = MH_IN_BODY,
						.type = MH_TYPE_STR,
						.required = true,
						.max = 64,
						.en = "Login name",
						.zh = "登录名"},
					       {.name = "password",
						.in = MH_IN_BODY,
						.type = MH_TYPE_STR,
						.required = true,
						.max = 256,
						.en = "Password",
						.zh = "口令"},
					       {.name = "code",
						.in = MH_IN_BODY,
						.type = MH_TYPE_STR,
						.max = 16,
						.en = "Six digits of the authenticator, if the account has one",
						.zh = "动态口令（如已启用）"},
					       {.name = "bearer",
						.in = MH_IN_BODY,
						.type = MH_TYPE_BOOL,
						.en = "For programs: give the token in the answer instead of a cookie",
						.zh = "供程序使用：在应答中给出令牌，不设置 Cookie"},
					       {0}};
static const struct mh_param id_params[] = {{.name = "id",
					     .in = MH_IN_PATH,
					     .type = MH_TYPE_STR,
					     .required = true,
					     .pattern = "[0-9a-f]{64}",
					     .en = "The session, as the list names it",
					     .zh = "会话编号"},
					    {0}};

static const struct mh_route routes[] = {
	{.method = "POST",
	 .path = "/api/v1/session",
	 .perm = MH_PERM_PUBLIC,
	 .params = login_params,
	 .body = MH_BODY_JSON,
	 .max_body = 4096,
	 .flags = MH_ROUTE_WRITE,
	 .response = "session",
	 .handler = post_session,
	 .en = "Log in",
	 .zh = "登录"},
	{.method = "DELETE",
	 .path = "/api/v1/session",
	 .perm = MH_PERM_PUBLIC,
	 .flags = MH_ROUTE_WRITE | MH_ROUTE_FIRST,
	 .handler = delete_session,
	 .en = "Log out",
	 .zh = "退出登录"},
	{.method = "GET",
	 .path = "/api/v1/me",
	 .perm = MH_PERM_STAFF,
	 .flags = MH_ROUTE_READ | MH_ROUTE_FIRST,
	 .response = "me",
	 .handler = get_me,
	 .en = "Who is logged in, as what, and the roles to choose from",
	 .zh = "当前账号、身份及可选身份"},
	{.method = "GET",
	 .path = "/api/v1/sessions",
	 .perm = MH_PERM_STAFF,
	 .flags = MH_ROUTE_READ,
	 .response = "sessions",
	 .handler = get_sessions,
	 .en = "Where the account is logged in",
	 .zh = "本账号的登录会话"},
	{.method = "DELETE",
	 .path = "/api/v1/sessions/{id}",
	 .perm = MH_PERM_STAFF,
	 .params = id_params,
	 .flags = MH_ROUTE_WRITE,
	 .handler = delete_other,
	 .en = "End one of the account's sessions",
	 .zh = "结束一个会话"},
};

const struct mh_route_list mh_routes_session = MH_ROUTES("session", routes);
