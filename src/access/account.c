#include "access/account.h"

#include "access/totp.h"
#include "sql_gen.h"

static bool small_word(struct mh_str s, size_t min, size_t max, const char *marks)
{
	if (s.len < min || s.len > max) return false;
	for (size_t i = 0; i < s.len; i++) {
		char c = s.ptr[i];
		bool lower = c >= 'a' && c <= 'z', digit = c >= '0' && c <= '9';
		if (!lower && (i == 0 || (!digit && mh_str_find(mh_str_c(marks), c) < 0))) return false;
	}
	return true;
}

enum mh_code mh_account_login_ok(struct mh_str login, struct mh_err *reterr)
{
	if (small_word(login, 2, 40, "._-")) return MH_OK;
	enum mh_code code = MH_FAIL(reterr, MH_E_INVALID, "Cannot take this login name");
	mh_err_hint(reterr, "2 to 40 of a-z, 0-9, dot, underscore and dash, beginning with a letter.");
	return code;
}

static bool name_ok(struct mh_str s)
{
	size_t n = mh_utf8_count(s);
	for (size_t i = 0; i < s.len; i++)
		if ((unsigned char)s.ptr[i] < 0x20 || s.ptr[i] == 0x7f) return false;
	return n >= 1 && n <= 60;
}

static enum mh_code no_account(struct mh_str login, struct mh_err *reterr)
{
	return MH_FAIL(reterr, MH_E_NOT_FOUND, "There is no account \"" MH_STR_FMT "\"",
		       MH_STR_ARG(mh_utf8_prefix(login, 40)));
}

enum mh_code mh_account_add(struct mh_tx *tx, const struct mh_account *in, struct mh_err *reterr)
{
	int64_t n;
	MH_TRY(mh_account_login_ok(in->login, reterr));
	if (!name_ok(in->zh) || !name_ok(in->en))
		return MH_FAIL(reterr, MH_E_INVALID,
			       "An account needs names in Chinese and English, of 1 to 60 characters");
	struct mh_q_account_add_in row = {.login = in->login,
					  .zh = in->zh,
					  .en = in->en,
					  .officer = in->officer,
					  .pwhash = in->pwhash,
					  .at = tx->now};
	MH_TRY(mh_q_account_add(tx->db, &row, &n, reterr));
	if (n) return MH_OK;
	return MH_FAIL(reterr, MH_E_CONFLICT, "There is an account \"" MH_STR_FMT "\" already", MH_STR_ARG(in->login));
}

static enum mh_code must_exist(struct mh_tx *tx, struct mh_str login, struct mh_q_account_get_row *ret,
			       struct mh_err *reterr)
{
	bool found = false;
	struct mh_q_account_get_in in = {.login = login};
	MH_TRY(mh_q_account_get(tx->db, tx->arena, &in, &found, ret, reterr));
	return found ? MH_OK : no_account(login, reterr);
}

enum mh_code mh_account_role(struct mh_tx *tx, struct mh_str login, struct mh_str role, struct mh_str org_code,
			     bool give, struct mh_err *reterr)
{
	struct mh_q_account_get_row account;
	int64_t n;
	MH_TRY(must_exist(tx, login, &account, reterr));
	if (!small_word(role, 1, 32, "_"))
		return MH_FAIL(reterr, MH_E_INVALID, "A role is a word of a-z, 0-9 and underscore");
	if (give && mh_org_by_code(&tx->city->orgs, org_code) < 0)
		return MH_FAIL(reterr, MH_E_NOT_FOUND, "The city has no unit \"" MH_STR_FMT "\"",
			       MH_STR_ARG(mh_utf8_prefix(org_code, 64)));
	struct mh_q_account_role_add_in add = {.login = login, .role = role, .org_code = org_code};
	struct mh_q_account_role_drop_in drop = {.login = login, .role = role, .org_code = org_code};
	if (give) return mh_q_account_role_add(tx->db, &add, reterr);
	MH_TRY(mh_q_account_role_drop(tx->db, &drop, &n, reterr));
	return n ? MH_OK : MH_FAIL(reterr, MH_E_NOT_FOUND, "The account does not have this role");
}

static enum mh_code end_sessions(struct mh_tx *tx, struct mh_str login, struct mh_err *reterr)
{
	return mh_q_session_drop_all(tx->db, &(struct mh_q_session_drop_all_in){.login = login}, reterr);
}

enum mh_code mh_account_password(struct mh_tx *tx, struct mh_str login, struct mh_str pwhash, struct mh_err *reterr)
{
	int64_t n;
	struct mh_q_account_set_password_in in = {.login = login, .pwhash = pwhash};
	MH_TRY(mh_q_account_set_password(tx->db, &in, &n, reterr));
	return n ? end_sessions(tx, login, reterr) : no_account(login, reterr);
}

enum mh_code mh_account_lock(struct mh_tx *tx, struct mh_str login, bool locked, struct mh_err *reterr)
{
	int64_t n;
	struct mh_q_account_set_locked_in in = {.login = login, .locked = locked};
	MH_TRY(mh_q_account_set_locked(tx->db, &in, &n, reterr));
	return n ? end_sessions(tx, login, reterr) : no_account(login, reterr);
}

struct mh_str mh_account_totp_about(struct mh_arena *a, struct mh_str login)
{
	return mh_str_fmt(a, "totp:" MH_STR_FMT, MH_STR_ARG(login));
}

enum mh_code mh_account_totp(struct mh_tx *tx, struct mh_str login, bool on, struct mh_bytes *ret_secret,
			     struct mh_err *reterr)
{
	int64_t n;
	struct mh_q_account_set_totp_in in = {.login = login};
	unsigned char *secret = mh_arena_alloc(tx->arena, MH_TOTP_SECRET);
	struct mh_str about = mh_account_totp_about(tx->arena, login);
	MH_TRY_MEM(secret, reterr);
	MH_TRY_MEM(about.ptr, reterr);
	if (on) {
		mh_random(&tx->city->rng, secret, MH_TOTP_SECRET);
		MH_TRY(mh_seal(tx->arena, &tx->city->master, &tx->city->rng, about,
			       (struct mh_bytes){secret, MH_TOTP_SECRET}, &in.totp, reterr));
	}
	MH_TRY(mh_q_account_set_totp(tx->db, &in, &n, reterr));
	if (!n) return no_account(login, reterr);
	if (!on) return end_sessions(tx, login, reterr);
	*ret_secret = (struct mh_bytes){secret, MH_TOTP_SECRET};
	return MH_OK;
}

static enum mh_code roles_of(struct mh_tx *tx, struct mh_str login, json_t **ret, struct mh_err *reterr)
{
	struct mh_q_account_role_of_row *rows;
	size_t n;
	struct mh_q_account_role_of_in in = {.login = login};
	MH_TRY(mh_q_account_role_of(tx->db, tx->arena, &in, &rows, &n, reterr));
	MH_JSON_AUTO json_t *list = json_array();
	MH_TRY_MEM(list, reterr);
	for (size_t i = 0; i < n; i++)
		if (json_array_append_new(list, json_pack("{s:o, s:o}", "role", mh_json_str(rows[i].role), "org",
							  mh_json_str(rows[i].org_code))) != 0)
			return MH_FAIL(reterr, MH_E_NO_MEMORY, "Memory is short");
	*ret = json_incref(list);
	return MH_OK;
}

static enum mh_code show(struct mh_tx *tx, const struct mh_q_account_list_row *r, json_t **ret, struct mh_err *reterr)
{
	json_t *roles = NULL;
	MH_TRY(roles_of(tx, r->login, &roles, reterr));
	json_t *j = json_pack("{s:o, s:o, s:o, s:o, s:b, s:b, s:o}", "login", mh_json_str(r->login), "zh",
			      mh_json_str(r->zh), "en", mh_json_str(r->en), "officer", mh_json_str(r->officer),
			      "locked", r->locked != 0, "totp", r->totp_bytes != 0, "roles", roles);
	MH_TRY_MEM(j, reterr);
	*ret = j;
	return MH_OK;
}

enum mh_code mh_account_list(struct mh_tx *tx, struct mh_str after, int64_t limit, json_t **ret, struct mh_err *reterr)
{
	struct mh_q_account_list_row *rows;
	size_t n;
	struct mh_q_account_list_in in = {.after_login = after, .limit = limit};
	MH_TRY(mh_q_account_list(tx->db, tx->arena, &in, &rows, &n, reterr));
	MH_JSON_AUTO json_t *list = json_array();
	MH_TRY_MEM(list, reterr);
	for (size_t i = 0; i < n; i++) {
		json_t *one;
		MH_TRY(show(tx, &rows[i], &one, reterr));
		if (json_array_append_new(list, one) != 0) return MH_FAIL(reterr, MH_E_NO_MEMORY, "Memory is short");
	}
	*ret = json_incref(list);
	return MH_OK;
}

enum mh_code mh_account_show(struct mh_tx *tx, struct mh_str login, json_t **ret, struct mh_err *reterr)
{
	struct mh_q_account_get_row a;
	MH_TRY(must_exist(tx, login, &a, reterr));
	struct mh_q_account_list_row row = {.login = a.login,
					    .zh = a.zh,
					    .en = a.en,
					    .officer = a.officer,
					    .locked = a.locked,
					    .totp_bytes = (int64_t)a.totp.len,
					    .at = a.at};
	return show(tx, &row, ret, reterr);
}
