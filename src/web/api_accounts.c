/* Accounts of staff, for administrators; what was done to them, for auditors too. */
#include "access/manage.h"
#include "access/password.h"
#include "web/api.h"

#include <sodium.h>
#include <string.h>

extern const struct mh_route_list mh_routes_accounts;

/* --- reading --- */

#define LISTED 50

static enum mh_code unit_param(struct mh_request *req, const struct mh_tx *tx, int *ret, struct mh_err *reterr)
{
	*ret = -1;
	if (!mh_req_has(req, "unit")) return MH_OK;
	*ret = mh_org_by_code(&tx->city->orgs, mh_req_str(req, "unit"));
	return *ret >= 0 ? MH_OK : mh_req_bad_field(req, reterr, "unit", "The city has no such unit", "没有这个单位");
}

static enum mh_code get_accounts(struct mh_request *req, struct mh_response *res, struct mh_err *reterr)
{
	struct mh_manager by;
	struct mh_str next = {NULL, 0};
	json_t *list;
	MH_TRY(mh_api_manager(req, false, &by, reterr));
	MH_API_READ(req, reterr);
	struct mh_manage_query q = {.text = mh_str_trim(mh_req_str(req, "q")),
				    .role = mh_req_str(req, "role"),
				    .after = mh_req_str(req, "cursor"),
				    .limit = (size_t)mh_req_int(req, "limit", LISTED)};
	MH_TRY(unit_param(req, &tx, &q.org, reterr));
	MH_TRY(mh_manage_list(&tx, &by, &q, &list, &next, reterr));
	return mh_res_json(
		res, 200, json_pack("{s:o, s:o}", "accounts", list, "next", next.len ? mh_json_str(next) : json_null()),
		reterr);
}

static enum mh_code get_account(struct mh_request *req, struct mh_response *res, struct mh_err *reterr)
{
	struct mh_manager by;
	json_t *j;
	MH_TRY(mh_api_manager(req, false, &by, reterr));
	MH_API_READ(req, reterr);
	MH_TRY(mh_manage_sees(&tx, &by, mh_req_str(req, "login"), reterr));
	MH_TRY(mh_account_show(&tx, mh_req_str(req, "login"), &j, reterr));
	return mh_res_json(res, 200, j, reterr);
}

static enum mh_code get_sessions(struct mh_request *req, struct mh_response *res, struct mh_err *reterr)
{
	struct mh_manager by;
	json_t *j;
	MH_TRY(mh_api_manager(req, false, &by, reterr));
	MH_API_READ(req, reterr);
	MH_TRY(mh_manage_sees(&tx, &by, mh_req_str(req, "login"), reterr));
	MH_TRY(mh_api_sessions(req, &tx, mh_req_str(req, "login"), &j, reterr));
	return mh_res_json(res, 200, j, reterr);
}

static enum mh_code get_history(struct mh_request *req, struct mh_response *res, struct mh_err *reterr)
{
	struct mh_manager by;
	int64_t before = 0, next = 0;
	json_t *list;
	struct mh_str cursor = mh_req_str(req, "cursor");
	if (cursor.len && !mh_str_to_i64(cursor, &before))
		return mh_req_bad_field(req, reterr, "cursor", "Not a cursor of this list", "翻页标记无效");
	MH_TRY(mh_api_manager(req, false, &by, reterr));
	MH_API_READ(req, reterr);
	MH_TRY(mh_account_history(&tx, &by, mh_req_str(req, "login"), before, mh_req_int(req, "limit", LISTED), &list,
				  &next, reterr));
	json_t *more = next ? mh_json_str(mh_str_fmt(&req->arena, "%lld", (long long)next)) : json_null();
	return mh_res_json(res, 200, json_pack("{s:o, s:o}", "changes", list, "next", more), reterr);
}

/* --- the roles that can be given --- */

static json_t *known_role(struct mh_str role, json_t *label)
{
	json_t *perms = json_array();
	for (int p = MH_PERM_STAFF; perms && p < MH_PERM_MAX; p++)
		if (mh_perm_role_has(role, (enum mh_perm)p))
			json_array_append_new(perms, json_string(mh_perm_name((enum mh_perm)p)));
	return json_pack("{s:o, s:o, s:o}", "role", mh_json_str(role), "label", label, "permissions", perms);
}

static bool listed(const json_t *list, struct mh_str role)
{
	size_t i;
	json_t *one;
	json_array_foreach(list, i, one)
		if (mh_str_eq(mh_json_get_str(one, "role"), role)) return true;
	return false;
}

static enum mh_code get_roles(struct mh_request *req, struct mh_response *res, struct mh_err *reterr)
{
	const struct mh_city *c = mh_api_city(req);
	const char *zh, *en, *name;
	MH_JSON_AUTO json_t *list = json_array();
	MH_TRY_MEM(list, reterr);
	for (size_t i = 0; (name = mh_perm_role(i, &zh, &en)); i++)
		json_array_append_new(list, known_role(mh_str_c(name), json_pack("{s:s, s:s}", "zh", zh, "en", en)));
	for (size_t d = 0; d < c->n_defs; d++)
		for (size_t r = 0; r < c->defs[d]->n_roles; r++) {
			const struct mh_role *role = &c->defs[d]->roles[r];
			bool office = (role->levels & ~1u) != 0; /* level 0 is the person, who has no account */
			if (office && !listed(list, role->name))
				json_array_append_new(list, known_role(role->name, mh_api_label(&role->label)));
		}
	return mh_res_json(res, 200, json_pack("{s:O}", "roles", list), reterr);
}

/* --- changing --- */

static enum mh_code read_roles(struct mh_request *req, const struct mh_account_post **ret, size_t *ret_n,
			       struct mh_err *reterr)
{
	const json_t *list = mh_req_json(req, "roles");
	*ret = NULL;
	*ret_n = 0;
	if (!list) return MH_OK;
	size_t n = json_array_size(list);
	struct mh_account_post *posts = MH_NEW_ARRAY(&req->arena, n + 1, struct mh_account_post);
	MH_TRY_MEM(posts, reterr);
	for (size_t i = 0; i < n; i++) {
		const json_t *one = json_array_get(list, i);
		posts[i] = (struct mh_account_post){mh_json_get_str(one, "role"), mh_json_get_str(one, "org")};
		if (!posts[i].role.len || !posts[i].org.len || json_object_size(one) != 2)
			return mh_req_bad_field(req, reterr, "roles", "Each is {\"role\": …, \"org\": …}",
						"每项应为 {\"role\": …, \"org\": …}");
	}
	*ret = posts;
	*ret_n = n;
	return MH_OK;
}

/* A password that nobody chose, shown once. */
struct fresh {
	char password[20];
	struct mh_str pwhash;
	struct mh_str login; /* of a new account; empty: of the one in the address */
};

static enum mh_code hash_job(struct mh_request *req, void *arg, struct mh_db *db, struct mh_err *reterr)
{
	struct fresh *f = arg;
	struct mh_rng rng = mh_rng_system();
	mh_manage_temporary(&rng, f->password);
	return mh_password_hash(&req->arena, mh_str_c(f->password), &f->pwhash, reterr);
}

static enum mh_code show_fresh(struct mh_response *res, int status, struct mh_str login, const struct fresh *f,
			       struct mh_err *reterr)
{
	return mh_res_json(res, status, json_pack("{s:o, s:s}", "login", mh_json_str(login), "temporary", f->password),
			   reterr);
}

static enum mh_code add_job(struct mh_request *req, struct mh_response *res, void *arg, struct mh_db *db,
			    struct mh_err *reterr)
{
	const struct fresh *f = arg;
	const struct mh_account_post *roles;
	struct mh_manager by;
	size_t n;
	MH_API_JOB(req, db);
	MH_TRY(mh_api_manager(req, false, &by, reterr));
	MH_TRY(read_roles(req, &roles, &n, reterr));
	struct mh_account in = {.login = mh_req_str(req, "login"),
				.zh = mh_req_str(req, "zh"),
				.en = mh_req_str(req, "en"),
				.officer = mh_req_str(req, "officer"),
				.pwhash = f->pwhash,
				.must_change = true};
	MH_TRY(mh_manage_add(&tx, &by, &in, roles, n, reterr));
	return show_fresh(res, 201, in.login, f, reterr);
}

static enum mh_code post_account(struct mh_request *req, struct mh_response *res, struct mh_err *reterr)
{
	struct fresh *f = MH_NEW(&req->arena, struct fresh);
	MH_TRY_MEM(f, reterr);
	MH_TRY(mh_account_login_ok(mh_req_str(req, "login"), reterr));
	return mh_request_defer_slow(req, hash_job, add_job, f, reterr);
}

static struct mh_str text_or_none(const struct mh_request *req, const char *name)
{
	struct mh_str s = mh_req_str(req, name);
	if (!mh_req_has(req, name)) return (struct mh_str){NULL, 0};
	return s.ptr ? s : MH_STR("");
}

static enum mh_code change_job(struct mh_request *req, struct mh_response *res, void *arg, struct mh_db *db,
			       struct mh_err *reterr)
{
	struct mh_account_change c = MH_ACCOUNT_CHANGE;
	struct mh_manager by;
	struct mh_str login = mh_req_str(req, "login");
	json_t *j;
	MH_API_JOB(req, db);
	MH_TRY(mh_api_manager(req, false, &by, reterr));
	MH_TRY(read_roles(req, &c.roles, &c.n_roles, reterr));
	c.zh = text_or_none(req, "zh");
	c.en = text_or_none(req, "en");
	c.officer = text_or_none(req, "officer");
	if (mh_req_has(req, "locked")) c.locked = mh_req_bool(req, "locked", false);
	if (mh_req_has(req, "must_change")) c.must_change = mh_req_bool(req, "must_change", false);
	MH_TRY(mh_manage_change(&tx, &by, login, &c, reterr));
	MH_TRY(mh_account_show(&tx, login, &j, reterr));
	return mh_res_json(res, 200, j, reterr);
}

static enum mh_code patch_account(struct mh_request *req, struct mh_response *res, struct mh_err *reterr)
{
	return mh_request_defer(req, change_job, NULL, reterr);
}

static enum mh_code password_job(struct mh_request *req, struct mh_response *res, void *arg, struct mh_db *db,
				 struct mh_err *reterr)
{
	const struct fresh *f = arg;
	struct mh_manager by;
	MH_API_JOB(req, db);
	MH_TRY(mh_api_manager(req, false, &by, reterr));
	MH_TRY(mh_manage_password(&tx, &by, mh_req_str(req, "login"), f->pwhash, true, reterr));
	return show_fresh(res, 200, mh_req_str(req, "login"), f, reterr);
}

static enum mh_code post_password(struct mh_request *req, struct mh_response *res, struct mh_err *reterr)
{
	struct fresh *f = MH_NEW(&req->arena, struct fresh);
	MH_TRY_MEM(f, reterr);
	return mh_request_defer_slow(req, hash_job, password_job, f, reterr);
}

static enum mh_code totp_job(struct mh_request *req, struct mh_response *res, void *arg, struct mh_db *db,
			     struct mh_err *reterr)
{
	struct mh_manager by;
	struct mh_bytes none;
	MH_API_JOB(req, db);
	MH_TRY(mh_api_manager(req, false, &by, reterr));
	res->status = 204;
	return mh_manage_totp(&tx, &by, mh_req_str(req, "login"), false, &none, reterr);
}

static enum mh_code delete_totp(struct mh_request *req, struct mh_response *res, struct mh_err *reterr)
{
	return mh_request_defer(req, totp_job, NULL, reterr);
}

static enum mh_code sessions_job(struct mh_request *req, struct mh_response *res, void *arg, struct mh_db *db,
				 struct mh_err *reterr)
{
	struct mh_manager by;
	MH_API_JOB(req, db);
	MH_TRY(mh_api_manager(req, false, &by, reterr));
	res->status = 204;
	return mh_manage_end_sessions(&tx, &by, mh_req_str(req, "login"), arg ? mh_req_str(req, "id") : MH_STR(""),
				      reterr);
}

static enum mh_code delete_sessions(struct mh_request *req, struct mh_response *res, struct mh_err *reterr)
{
	return mh_request_defer(req, sessions_job, NULL, reterr);
}

static enum mh_code delete_session(struct mh_request *req, struct mh_response *res, struct mh_err *reterr)
{
	return mh_request_defer(req, sessions_job, req, reterr);
}

/* --- the table --- */

#define TEXT(name_, in_, required_, max_, en_, zh_)                                                                    \
	{                                                                                                              \
		.name = (name_), .in = (in_), .type = MH_TYPE_STR, .required = (required_), .max = (max_),             \
		.en = (en_), .zh = (zh_)                                                                               \
	}
#define LOGIN_PATH TEXT("login", MH_IN_PATH, true, 40, "Login name", "登录名")
#define ROLES(required_)                                                                                                    \
	{                                                                                                                   \
		.name = "roles", .in = MH_IN_BODY, .type = MH_TYPE_ARRAY, .required = (required_), .min = 1,                \
		.max = MH_ACCOUNT_ROLES, .en = "All roles: {\"role\", \"org\"}", .zh = "全部岗位：{\"role\", \"org\"}" \
	}
#define FLAG(name_, en_, zh_)                                                                                          \
	{                                                                                                              \
		.name = (name_), .in = MH_IN_BODY, .type = MH_TYPE_BOOL, .en = (en_), .zh = (zh_)                      \
	}
#define LIMIT(max_)                                                                                                    \
	{                                                                                                              \
		.name = "limit", .in = MH_IN_QUERY, .type = MH_TYPE_INT, .min = 1, .max = (max_),                      \
		.en = "At most so many; 50", .zh = "最多条数，缺省50"                                           \
	}

static const struct mh_param list_params[] = {
	TEXT("q", MH_IN_QUERY, false, 60, "Part of the login name or of a name", "登录名或姓名的一部分"),
	TEXT("role", MH_IN_QUERY, false, 32, "With this role", "具有此岗位"),
	TEXT("unit", MH_IN_QUERY, false, 64, "With a role in this unit or below it", "在此单位或其下级任岗"),
	TEXT("cursor", MH_IN_QUERY, false, 40, "`next` of the page before", "上一页给出的 next"),
	LIMIT(200),
	{0}};
static const struct mh_param add_params[] = {TEXT("login", MH_IN_BODY, true, 40, "Login name", "登录名"),
					     TEXT("zh", MH_IN_BODY, true, 60, "Name in Chinese", "中文姓名"),
					     TEXT("en", MH_IN_BODY, true, 60, "Name in English", "英文姓名"),
					     TEXT("officer", MH_IN_BODY, false, 64, "Code of the officer", "人员代码"),
					     ROLES(true),
					     {0}};
static const struct mh_param change_params[] = {
	LOGIN_PATH,
	TEXT("zh", MH_IN_BODY, false, 60, "Name in Chinese", "中文姓名"),
	TEXT("en", MH_IN_BODY, false, 60, "Name in English", "英文姓名"),
	TEXT("officer", MH_IN_BODY, false, 64, "Code of the officer, or empty", "人员代码，可为空"),
	ROLES(false),
	FLAG("locked", "Shut, and its sessions end", "停用并结束会话"),
	FLAG("must_change", "Ask for a new password at the next step", "要求先修改口令"),
	{0}};
static const struct mh_param login_params[] = {LOGIN_PATH, {0}};
static const struct mh_param session_params[] = {LOGIN_PATH,
						 {.name = "id",
						  .in = MH_IN_PATH,
						  .type = MH_TYPE_STR,
						  .required = true,
						  .pattern = "[0-9a-f]{64}",
						  .en = "The session, as the list names it",
						  .zh = "会话编号"},
						 {0}};
static const struct mh_param history_params[] = {
	TEXT("login", MH_IN_QUERY, false, 40, "Of this account only", "仅此账号"),
	TEXT("cursor", MH_IN_QUERY, false, 20, "`next` of the page before", "上一页给出的 next"),
	LIMIT(200),
	{0}};

#define ROUTE(method_, path_, perm_, params_, body_, flags_, response_, handler_, en_, zh_)                            \
	{                                                                                                              \
		.method = (method_), .path = (path_), .perm = (perm_), .params = (params_), .body = (body_),           \
		.flags = (flags_), .response = (response_), .handler = (handler_), .en = (en_), .zh = (zh_)            \
	}
#define ADMIN(method_, path_, ...) ROUTE(method_, path_, MH_PERM_ADMIN, __VA_ARGS__)
static const struct mh_route routes[] = {
	ADMIN("GET", "/api/v1/accounts", list_params, MH_BODY_NONE, MH_ROUTE_READ, "accounts", get_accounts,
	      "Accounts that one manages", "所管账号"),
	ADMIN("POST", "/api/v1/accounts", add_params, MH_BODY_JSON, MH_ROUTE_WRITE, "201 temporary", post_account,
	      "Make an account, with a password that is shown once", "建立账号，临时口令仅显示一次"),
	ADMIN("GET", "/api/v1/accounts/{login}", login_params, MH_BODY_NONE, MH_ROUTE_READ, "account", get_account,
	      "One account", "一个账号"),
	ADMIN("PATCH", "/api/v1/accounts/{login}", change_params, MH_BODY_JSON, MH_ROUTE_WRITE, "account",
	      patch_account, "Change names and roles, shut or open it", "修改姓名与岗位，停用或恢复"),
	ADMIN("POST", "/api/v1/accounts/{login}/password", login_params, MH_BODY_NONE, MH_ROUTE_WRITE, "temporary",
	      post_password, "A temporary password, shown once; ends its sessions", "重置为临时口令，并结束会话"),
	ADMIN("DELETE", "/api/v1/accounts/{login}/totp", login_params, MH_BODY_NONE, MH_ROUTE_WRITE, "204", delete_totp,
	      "Let somebody who lost the authenticator log in without it", "解除遗失的身份验证器"),
	ADMIN("GET", "/api/v1/accounts/{login}/sessions", login_params, MH_BODY_NONE, MH_ROUTE_READ, "sessions",
	      get_sessions, "Where it is logged in", "账号的登录会话"),
	ADMIN("DELETE", "/api/v1/accounts/{login}/sessions", login_params, MH_BODY_NONE, MH_ROUTE_WRITE, "204",
	      delete_sessions, "End all its sessions", "结束账号的全部会话"),
	ADMIN("DELETE", "/api/v1/accounts/{login}/sessions/{id}", session_params, MH_BODY_NONE, MH_ROUTE_WRITE, "204",
	      delete_session, "End one of its sessions", "结束账号的一个会话"),
	ADMIN("GET", "/api/v1/roles", NULL, MH_BODY_NONE, MH_ROUTE_READ, "known_roles", get_roles,
	      "Roles that can be given", "可授予的岗位"),
	ROUTE("GET", "/api/v1/account-history", MH_PERM_AUDIT, history_params, MH_BODY_NONE, MH_ROUTE_READ,
	      "account_history", get_history, "What was done to accounts, by whom and when", "账号变更记录"),
};

const struct mh_route_list mh_routes_accounts = MH_ROUTES("accounts", routes);
