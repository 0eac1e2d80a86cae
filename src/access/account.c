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

static enum mh_code names_ok(struct mh_str zh, struct mh_str en, struct mh_err *reterr)
{
	if (name_ok(zh) && name_ok(en)) return MH_OK;
	return MH_FAIL(reterr, MH_E_INVALID, "An account needs names in Chinese and English, of 1 to 60 characters");
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
	MH_TRY(names_ok(in->zh, in->en, reterr));
	struct mh_q_account_add_in row = {.login = in->login,
					  .zh = in->zh,
					  .en = in->en,
					  .officer = in->officer,
					  .pwhash = in->pwhash,
					  .must_change = in->must_change,
					  .at = tx->now};
	MH_TRY(mh_q_account_add(tx->db, &row, &n, reterr));
	if (n) return MH_OK;
	return MH_FAIL(reterr, MH_E_CONFLICT, "There is an account \"" MH_STR_FMT "\" already", MH_STR_ARG(in->login));
}

enum mh_code mh_account_get(struct mh_tx *tx, struct mh_str login, struct mh_q_account_get_row *ret,
			    struct mh_err *reterr)
{
	bool found = false;
	struct mh_q_account_get_in in = {.login = login};
	MH_TRY(mh_q_account_get(tx->db, tx->arena, &in, &found, ret, reterr));
	return found ? MH_OK : no_account(login, reterr);
}

enum mh_code mh_account_names(struct mh_tx *tx, struct mh_str login, struct mh_str zh, struct mh_str en,
			      struct mh_str officer, struct mh_err *reterr)
{
	int64_t n;
	MH_TRY(names_ok(zh, en, reterr));
	struct mh_q_account_set_names_in in = {.login = login, .zh = zh, .en = en, .officer = officer};
	MH_TRY(mh_q_account_set_names(tx->db, &in, &n, reterr));
	return n ? MH_OK : no_account(login, reterr);
}

enum mh_code mh_account_role(struct mh_tx *tx, struct mh_str login, struct mh_str role, struct mh_str org_code,
			     bool give, struct mh_err *reterr)
{
	struct mh_q_account_get_row account;
	int64_t n;
	MH_TRY(mh_account_get(tx, login, &account, reterr));
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

enum mh_code mh_account_password(struct mh_tx *tx, struct mh_str login, struct mh_str pwhash, bool must_change,
				 struct mh_err *reterr)
{
	int64_t n;
	struct mh_q_account_set_password_in in = {.login = login, .pwhash = pwhash, .must_change = must_change};
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

enum mh_code mh_account_roles(struct mh_tx *tx, struct mh_str login, struct mh_account_post **ret, size_t *ret_n,
			      struct mh_err *reterr)
{
	struct mh_q_account_role_of_row *rows;
	size_t n;
	struct mh_q_account_role_of_in in = {.login = login};
	MH_TRY(mh_q_account_role_of(tx->db, tx->arena, &in, &rows, &n, reterr));
	struct mh_account_post *list = MH_NEW_ARRAY(tx->arena, n + 1, struct mh_account_post);
	MH_TRY_MEM(list, reterr);
	for (size_t i = 0; i < n; i++) list[i] = (struct mh_account_post){rows[i].role, rows[i].org_code};
	*ret = list;
	*ret_n = n;
	return MH_OK;
}

static json_t *roles_json(const struct mh_account_post *roles, size_t n)
{
	json_t *list = json_array();
	for (size_t i = 0; list && i < n; i++)
		json_array_append_new(list, json_pack("{s:o, s:o}", "role", mh_json_str(roles[i].role), "org",
						      mh_json_str(roles[i].org)));
	return list;
}

static json_t *show(const struct mh_q_account_list_row *r, const struct mh_account_post *roles, size_t n)
{
	return json_pack("{s:o, s:o, s:o, s:o, s:b, s:b, s:b, s:o}", "login", mh_json_str(r->login), "zh",
			 mh_json_str(r->zh), "en", mh_json_str(r->en), "officer", mh_json_str(r->officer), "locked",
			 r->locked != 0, "must_change", r->must_change != 0, "totp", r->totp_bytes != 0, "roles",
			 roles_json(roles, n));
}

/* --- pages --- */

#define PAGE 500

struct page {
	struct mh_q_account_list_row *rows;
	struct mh_account_post *posts;
	const struct mh_q_account_role_page_row *roles;
	size_t n, n_roles;
};

static enum mh_code read_page(struct mh_tx *tx, struct mh_str after, struct page *p, struct mh_err *reterr)
{
	struct mh_q_account_role_page_row *roles;
	struct mh_q_account_list_in in = {.after_login = after, .limit = PAGE};
	MH_TRY(mh_q_account_list(tx->db, tx->arena, &in, &p->rows, &p->n, reterr));
	if (!p->n) return MH_OK;
	struct mh_q_account_role_page_in of = {.after_login = after, .last_login = p->rows[p->n - 1].login};
	MH_TRY(mh_q_account_role_page(tx->db, tx->arena, &of, &roles, &p->n_roles, reterr));
	p->posts = MH_NEW_ARRAY(tx->arena, p->n_roles + 1, struct mh_account_post);
	MH_TRY_MEM(p->posts, reterr);
	for (size_t i = 0; i < p->n_roles; i++)
		p->posts[i] = (struct mh_account_post){roles[i].role, roles[i].org_code};
	p->roles = roles;
	return MH_OK;
}

struct listing {
	mh_account_wanted *wanted;
	const void *ctx;
	size_t limit;
	json_t *list;
	struct mh_str next; /* of a full page: the last login in it */
};

static enum mh_code take_page(const struct page *p, struct listing *l, struct mh_err *reterr)
{
	size_t at = 0;
	for (size_t i = 0; i < p->n && !l->next.len; i++) {
		const struct mh_q_account_list_row *r = &p->rows[i];
		size_t from = at;
		while (at < p->n_roles && mh_str_eq(p->roles[at].login, r->login)) at++;
		struct mh_account_seen seen = {r->login, r->zh, r->en, p->posts + from, at - from};
		if (l->wanted && !l->wanted(l->ctx, &seen)) continue;
		if (json_array_append_new(l->list, show(r, seen.roles, seen.n_roles)) != 0)
			return MH_FAIL(reterr, MH_E_NO_MEMORY, "Memory is short");
		if (json_array_size(l->list) == l->limit) l->next = r->login;
	}
	return MH_OK;
}

enum mh_code mh_account_list(struct mh_tx *tx, struct mh_str after, size_t limit, mh_account_wanted *wanted,
			     const void *ctx, json_t **ret, struct mh_str *ret_next, struct mh_err *reterr)
{
	MH_JSON_AUTO json_t *list = json_array();
	struct listing l = {.wanted = wanted, .ctx = ctx, .limit = limit, .list = list};
	struct page p = {.n = PAGE};
	MH_TRY_MEM(list, reterr);
	for (size_t looked = 0; p.n == PAGE && !l.next.len; looked += p.n) {
		p = (struct page){0};
		MH_TRY(read_page(tx, after, &p, reterr));
		MH_TRY(take_page(&p, &l, reterr));
		if (p.n) after = p.rows[p.n - 1].login;
		if (!l.next.len && p.n == PAGE && looked + PAGE >= MH_ACCOUNT_LOOKED) l.next = after;
	}
	*ret_next = l.next;
	*ret = json_incref(list);
	return MH_OK;
}

enum mh_code mh_account_show(struct mh_tx *tx, struct mh_str login, json_t **ret, struct mh_err *reterr)
{
	struct mh_q_account_get_row a;
	struct mh_account_post *roles;
	size_t n;
	MH_TRY(mh_account_get(tx, login, &a, reterr));
	MH_TRY(mh_account_roles(tx, login, &roles, &n, reterr));
	struct mh_q_account_list_row row = {.login = a.login,
					    .zh = a.zh,
					    .en = a.en,
					    .officer = a.officer,
					    .locked = a.locked,
					    .must_change = a.must_change,
					    .totp_bytes = (int64_t)a.totp.len,
					    .at = a.at};
	json_t *j = show(&row, roles, n);
	MH_TRY_MEM(j, reterr);
	*ret = j;
	return MH_OK;
}
