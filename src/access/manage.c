#include "access/manage.h"

#include "access/session.h"
#include "sql_gen.h"

#include <string.h>

/* --- may they? --- */

static bool all_within(const struct mh_orgs *orgs, int unit, const struct mh_account_post *roles, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		int org = mh_org_by_code(orgs, roles[i].org);
		if (org < 0 || !mh_org_contains(orgs, unit, org)) return false;
	}
	return n > 0 || unit == orgs->root;
}

static enum mh_code outside(struct mh_err *reterr)
{
	enum mh_code code = MH_FAIL(reterr, MH_E_FORBIDDEN, "The account lies outside your territory");
	mh_err_hint(reterr, "You manage accounts whose every role lies in your own unit or below it.");
	return code;
}

enum mh_code mh_manage_sees(struct mh_tx *tx, const struct mh_manager *by, struct mh_str login, struct mh_err *reterr)
{
	struct mh_q_account_get_row row;
	struct mh_account_post *roles;
	size_t n;
	MH_TRY(mh_account_get(tx, login, &row, reterr));
	if (!by) return MH_OK;
	MH_TRY(mh_account_roles(tx, login, &roles, &n, reterr));
	return all_within(&tx->city->orgs, by->org, roles, n) ? MH_OK : outside(reterr);
}

static enum mh_code may(struct mh_tx *tx, const struct mh_manager *by, struct mh_str login, struct mh_err *reterr)
{
	MH_TRY(mh_manage_sees(tx, by, login, reterr));
	if (!by || !by->login.len || !mh_str_eq(by->login, login)) return MH_OK;
	enum mh_code code = MH_FAIL(reterr, MH_E_FORBIDDEN, "Nobody manages their own account");
	mh_err_hint(reterr, "Your password and authenticator are at /api/v1/me; for the rest ask a colleague.");
	return code;
}

/* A role that nothing knows opens nothing but the lists of staff; more likely it is a slip. */
static bool role_known(const struct mh_city *c, struct mh_str role)
{
	const char *zh, *en, *name;
	for (size_t i = 0; (name = mh_perm_role(i, &zh, &en)); i++)
		if (mh_str_is(role, name)) return true;
	for (size_t d = 0; d < c->n_defs; d++)
		for (size_t r = 0; r < c->defs[d]->n_roles; r++)
			if (mh_str_eq(c->defs[d]->roles[r].name, role)) return true;
	return false;
}

static enum mh_code may_give(struct mh_tx *tx, const struct mh_manager *by, const struct mh_account_post *p,
			     struct mh_err *reterr)
{
	if (!by) return MH_OK;
	if (!role_known(tx->city, p->role))
		return MH_FAIL(reterr, MH_E_INVALID, "Nothing here knows the role \"" MH_STR_FMT "\"",
			       MH_STR_ARG(mh_utf8_prefix(p->role, 32)));
	int org = mh_org_by_code(&tx->city->orgs, p->org);
	if (org < 0)
		return MH_FAIL(reterr, MH_E_INVALID, "The city has no unit \"" MH_STR_FMT "\"",
			       MH_STR_ARG(mh_utf8_prefix(p->org, 64)));
	if (mh_org_contains(&tx->city->orgs, by->org, org)) return MH_OK;
	enum mh_code code = MH_FAIL(reterr, MH_E_FORBIDDEN, "The unit lies outside your territory");
	mh_err_hint(reterr, "You give roles in your own unit and below it.");
	return code;
}

/* --- deeds --- */

static bool has_post(const struct mh_account_post *list, size_t n, const struct mh_account_post *p)
{
	for (size_t i = 0; i < n; i++)
		if (mh_str_eq(list[i].role, p->role) && mh_str_eq(list[i].org, p->org)) return true;
	return false;
}

/* Gives those of `to` that `from` lacks, or takes those of `from` that `to` lacks, and writes each down in `said`. */
static enum mh_code turn(struct mh_tx *tx, const struct mh_manager *by, struct mh_str login, bool give,
			 const struct mh_account_post *list, size_t n, const struct mh_account_post *others,
			 size_t n_others, struct mh_buf *said, struct mh_err *reterr)
{
	for (size_t i = 0; i < n; i++) {
		if (has_post(others, n_others, &list[i]) || has_post(list, i, &list[i])) continue;
		if (give) MH_TRY(may_give(tx, by, &list[i], reterr));
		MH_TRY(mh_account_role(tx, login, list[i].role, list[i].org, give, reterr));
		mh_buf_fmt(said, "%s%c" MH_STR_FMT "@" MH_STR_FMT, said->len ? " " : "", give ? '+' : '-',
			   MH_STR_ARG(list[i].role), MH_STR_ARG(list[i].org));
	}
	return said->failed ? MH_FAIL(reterr, MH_E_NO_MEMORY, "Memory is short") : MH_OK;
}

static enum mh_code set_roles(struct mh_tx *tx, const struct mh_manager *by, struct mh_str login,
			      const struct mh_account_post *roles, size_t n, const char *what, struct mh_err *reterr)
{
	struct mh_account_post *had;
	size_t n_had;
	struct mh_buf said = MH_BUF(1 << 16);
	if ((by && n == 0) || n > MH_ACCOUNT_ROLES)
		return MH_FAIL(reterr, MH_E_INVALID, "An account has 1 to %d roles", MH_ACCOUNT_ROLES);
	MH_TRY(mh_account_roles(tx, login, &had, &n_had, reterr));
	enum mh_code code = turn(tx, by, login, true, roles, n, had, n_had, &said, reterr);
	if (code == MH_OK) code = turn(tx, by, login, false, had, n_had, roles, n, &said, reterr);
	if (code == MH_OK && (said.len || strcmp(what, "role") != 0))
		code = mh_account_note(tx, by, login, what, mh_buf_str(&said), reterr);
	mh_buf_done(&said);
	return code;
}

enum mh_code mh_manage_add(struct mh_tx *tx, const struct mh_manager *by, const struct mh_account *in,
			   const struct mh_account_post *roles, size_t n, struct mh_err *reterr)
{
	MH_TRY(mh_account_add(tx, in, reterr));
	return set_roles(tx, by, in->login, roles, n, "make", reterr);
}

enum mh_code mh_manage_role(struct mh_tx *tx, const struct mh_manager *by, struct mh_str login, struct mh_str role,
			    struct mh_str org, bool give, struct mh_err *reterr)
{
	struct mh_account_post post = {role, org};
	struct mh_str said = mh_str_fmt(tx->arena, "%c" MH_STR_FMT "@" MH_STR_FMT, give ? '+' : '-', MH_STR_ARG(role),
					MH_STR_ARG(org));
	MH_TRY_MEM(said.ptr, reterr);
	MH_TRY(may(tx, by, login, reterr));
	if (give) MH_TRY(may_give(tx, by, &post, reterr));
	MH_TRY(mh_account_role(tx, login, role, org, give, reterr));
	return mh_account_note(tx, by, login, "role", said, reterr);
}

static enum mh_code set_names(struct mh_tx *tx, const struct mh_manager *by, struct mh_str login,
			      const struct mh_account_change *c, struct mh_err *reterr)
{
	struct mh_q_account_get_row row;
	if (!c->zh.ptr && !c->en.ptr && !c->officer.ptr) return MH_OK;
	MH_TRY(mh_account_get(tx, login, &row, reterr));
	MH_TRY(mh_account_names(tx, login, c->zh.ptr ? c->zh : row.zh, c->en.ptr ? c->en : row.en,
				c->officer.ptr ? c->officer : row.officer, reterr));
	struct mh_str said = mh_str_fmt(tx->arena, "%s%s%s", c->zh.ptr ? "zh " : "", c->en.ptr ? "en " : "",
					c->officer.ptr ? "officer" : "");
	MH_TRY_MEM(said.ptr, reterr);
	return mh_account_note(tx, by, login, "names", mh_str_trim(said), reterr);
}

enum mh_code mh_manage_change(struct mh_tx *tx, const struct mh_manager *by, struct mh_str login,
			      const struct mh_account_change *change, struct mh_err *reterr)
{
	int64_t n;
	struct mh_q_account_set_must_change_in must = {.login = login, .must_change = change->must_change};
	MH_TRY(may(tx, by, login, reterr));
	MH_TRY(set_names(tx, by, login, change, reterr));
	if (change->roles) MH_TRY(set_roles(tx, by, login, change->roles, change->n_roles, "role", reterr));
	if (change->locked >= 0) {
		MH_TRY(mh_account_lock(tx, login, change->locked, reterr));
		MH_TRY(mh_account_note(tx, by, login, change->locked ? "lock" : "unlock", MH_STR(""), reterr));
	}
	if (change->must_change < 0) return MH_OK;
	MH_TRY(mh_q_account_set_must_change(tx->db, &must, &n, reterr));
	return mh_account_note(tx, by, login, "must_change", change->must_change ? MH_STR("yes") : MH_STR("no"),
			       reterr);
}

enum mh_code mh_manage_password(struct mh_tx *tx, const struct mh_manager *by, struct mh_str login,
				struct mh_str pwhash, bool temporary, struct mh_err *reterr)
{
	MH_TRY(may(tx, by, login, reterr));
	MH_TRY(mh_account_password(tx, login, pwhash, temporary, reterr));
	return mh_account_note(tx, by, login, "password", temporary ? MH_STR("temporary") : MH_STR(""), reterr);
}

void mh_manage_temporary(const struct mh_rng *rng, char ret[20])
{
	struct mh_key key;
	mh_random(rng, key.b, sizeof key.b);
	mh_tracking_code(&key, 0, ret);
	memset(&key, 0, sizeof key);
}

enum mh_code mh_manage_totp(struct mh_tx *tx, const struct mh_manager *by, struct mh_str login, bool on,
			    struct mh_bytes *ret_secret, struct mh_err *reterr)
{
	MH_TRY(may(tx, by, login, reterr));
	if (by && on) return MH_FAIL(reterr, MH_E_FORBIDDEN, "Only the person can set up their authenticator");
	MH_TRY(mh_account_totp(tx, login, on, ret_secret, reterr));
	return mh_account_note(tx, by, login, on ? "totp_on" : "totp_off", MH_STR(""), reterr);
}

enum mh_code mh_manage_end_sessions(struct mh_tx *tx, const struct mh_manager *by, struct mh_str login,
				    struct mh_str hash, struct mh_err *reterr)
{
	MH_TRY(may(tx, by, login, reterr));
	if (hash.len) MH_TRY(mh_session_end(tx->db, login, hash, reterr));
	else MH_TRY(mh_q_session_drop_all(tx->db, &(struct mh_q_session_drop_all_in){.login = login}, reterr));
	return mh_account_note(tx, by, login, "sessions", hash.len ? MH_STR("one") : MH_STR("all"), reterr);
}

/* --- reading --- */

struct filter {
	const struct mh_orgs *orgs;
	const struct mh_manager *by;
	const struct mh_manage_query *q;
};

static char low(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
}

static bool holds(struct mh_str text, struct mh_str part)
{
	for (size_t i = 0; i + part.len <= text.len; i++) {
		size_t k = 0;
		while (k < part.len && low(text.ptr[i + k]) == low(part.ptr[k])) k++;
		if (k == part.len) return true;
	}
	return false;
}

static bool wanted(const void *ctx, const struct mh_account_seen *a)
{
	const struct filter *f = ctx;
	const struct mh_manage_query *q = f->q;
	if (q->text.len && !holds(a->login, q->text) && !holds(a->zh, q->text) && !holds(a->en, q->text)) return false;
	if (f->by && !all_within(f->orgs, f->by->org, a->roles, a->n_roles)) return false;
	bool fits = !q->role.len && q->org < 0;
	for (size_t i = 0; i < a->n_roles && !fits; i++) {
		int org = q->org < 0 ? -1 : mh_org_by_code(f->orgs, a->roles[i].org);
		fits = (!q->role.len || mh_str_eq(q->role, a->roles[i].role)) &&
		       (q->org < 0 || (org >= 0 && mh_org_contains(f->orgs, q->org, org)));
	}
	return fits;
}

enum mh_code mh_manage_list(struct mh_tx *tx, const struct mh_manager *by, const struct mh_manage_query *q,
			    json_t **ret, struct mh_str *ret_next, struct mh_err *reterr)
{
	struct filter f = {.orgs = &tx->city->orgs, .by = by, .q = q};
	return mh_account_list(tx, q->after, q->limit, wanted, &f, ret, ret_next, reterr);
}
