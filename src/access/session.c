#include "access/session.h"

#include "access/account.h"
#include "access/password.h"
#include "access/perm.h"
#include "access/totp.h"
#include "sql_gen.h"

#define DAY_MS ((int64_t)86400 * 1000)
#define FREE_NAME 5
#define FREE_ADDRESS 20
#define WAIT_MAX_S 900

/* --- failures --- */

static struct mh_str wait_key(struct mh_arena *a, const char *kind, struct mh_str what)
{
	struct mh_bytes parts[] = {{(const unsigned char *)kind, 5}, {(const unsigned char *)what.ptr, what.len}};
	struct mh_hash h = mh_sha256_of(parts, 2);
	return mh_hash_hex(a, &h);
}

static enum mh_code wait_of(struct mh_db *db, struct mh_arena *a, struct mh_str key, mh_time now,
			    struct mh_q_login_wait_get_row *ret, struct mh_err *reterr)
{
	bool found = false;
	struct mh_q_login_wait_get_row row = {0};
	MH_TRY_MEM(key.ptr, reterr);
	MH_TRY(mh_q_login_wait_get(db, a, &(struct mh_q_login_wait_get_in){.key_hash = key}, &found, &row, reterr));
	if (!found || now - row.at > DAY_MS) row = (struct mh_q_login_wait_get_row){0};
	*ret = row;
	return MH_OK;
}

static int64_t wait_ms(int64_t failures, int64_t free)
{
	int64_t s = 1;
	if (failures <= free) return 0;
	for (int64_t i = free; i < failures && s < WAIT_MAX_S; i++) s *= 2;
	return (s > WAIT_MAX_S ? WAIT_MAX_S : s) * 1000;
}

static enum mh_code count_failure(struct mh_tx *tx, struct mh_str key, int64_t free, struct mh_err *reterr)
{
	struct mh_q_login_wait_get_row row;
	MH_TRY(wait_of(tx->db, tx->arena, key, tx->now, &row, reterr));
	struct mh_q_login_wait_put_in in = {.key_hash = key,
					    .failures = row.failures + 1,
					    .until = tx->now + wait_ms(row.failures + 1, free),
					    .at = tx->now};
	return mh_q_login_wait_put(tx->db, &in, reterr);
}

/* --- judging --- */

static enum mh_code check_code(struct mh_arena *a, const struct mh_city *city, const struct mh_q_account_get_row *acc,
			       const struct mh_login *in, mh_time now, struct mh_login_verdict *v,
			       struct mh_err *reterr)
{
	struct mh_bytes secret;
	if (!acc->totp.len) return MH_OK;
	struct mh_str about = mh_account_totp_about(a, acc->login);
	MH_TRY_MEM(about.ptr, reterr);
	MH_TRY(mh_unseal(a, &city->master, about, acc->totp, &secret, reterr));
	v->totp_step = mh_totp_step(secret, in->code, now);
	if (v->totp_step <= acc->totp_step) v->fate = in->code.len ? MH_LOGIN_WRONG : MH_LOGIN_CODE;
	return MH_OK;
}

enum mh_code mh_login_judge(struct mh_db *db, struct mh_arena *a, const struct mh_city *city, const struct mh_login *in,
			    mh_time now, struct mh_login_verdict *ret, struct mh_err *reterr)
{
	struct mh_login_verdict v = {.fate = MH_LOGIN_WRONG, .totp_step = -1};
	struct mh_q_login_wait_get_row name, address;
	struct mh_q_account_get_row acc = {0};
	bool found = false;
	MH_TRY(wait_of(db, a, wait_key(a, "name:", in->login), now, &name, reterr));
	MH_TRY(wait_of(db, a, wait_key(a, "addr:", in->address), now, &address, reterr));
	mh_time until = name.until > address.until ? name.until : address.until;
	if (until > now) {
		v.fate = MH_LOGIN_WAIT;
		v.wait_s = (int)((until - now + 999) / 1000);
		*ret = v;
		return MH_OK;
	}
	MH_TRY(mh_q_account_get(db, a, &(struct mh_q_account_get_in){.login = in->login}, &found, &acc, reterr));
	bool fits = mh_password_is(found ? acc.pwhash : MH_STR(""), in->password);
	if (fits && !acc.locked) {
		v.fate = MH_LOGIN_GOOD;
		MH_TRY(check_code(a, city, &acc, in, now, &v, reterr));
	}
	*ret = v;
	return MH_OK;
}

static struct mh_str token_hash(struct mh_arena *a, struct mh_str token)
{
	struct mh_hash h = mh_sha256_str(token);
	return mh_hash_hex(a, &h);
}

static enum mh_code open_session(struct mh_tx *tx, const struct mh_login *in, char ret_token[MH_SESSION_TOKEN + 1],
				 struct mh_err *reterr)
{
	static const char digits[] = "0123456789abcdef";
	unsigned char random[MH_SESSION_TOKEN / 2];
	mh_random(&tx->city->rng, random, sizeof random);
	for (size_t i = 0; i < MH_SESSION_TOKEN; i++) ret_token[i] = digits[random[i / 2] >> (i % 2 ? 0 : 4) & 15];
	ret_token[MH_SESSION_TOKEN] = '\0';
	struct mh_str hash = token_hash(tx->arena, mh_str_c(ret_token));
	MH_TRY_MEM(hash.ptr, reterr);
	struct mh_q_session_sweep_in old = {.at_before = tx->now - MH_SESSION_MAX_MS,
					    .seen_before = tx->now - MH_SESSION_IDLE_MS - MH_SESSION_SEEN_MS};
	MH_TRY(mh_q_session_sweep(tx->db, &old, reterr));
	MH_TRY(mh_q_login_wait_drop(
		tx->db, &(struct mh_q_login_wait_drop_in){.key_hash = wait_key(tx->arena, "name:", in->login)},
		reterr));
	struct mh_q_session_add_in row = {.token_hash = hash, .login = in->login, .at = tx->now};
	return mh_q_session_add(tx->db, &row, reterr);
}

enum mh_code mh_login_settle(struct mh_tx *tx, const struct mh_login *in, struct mh_login_verdict *v,
			     char ret_token[MH_SESSION_TOKEN + 1], struct mh_err *reterr)
{
	int64_t n = 1;
	struct mh_q_account_use_totp_in use = {.login = in->login, .totp_step = v->totp_step};
	if (v->fate == MH_LOGIN_GOOD && v->totp_step >= 0) MH_TRY(mh_q_account_use_totp(tx->db, &use, &n, reterr));
	if (!n) v->fate = MH_LOGIN_WRONG;
	if (v->fate == MH_LOGIN_GOOD) return open_session(tx, in, ret_token, reterr);
	return v->fate == MH_LOGIN_WRONG ? mh_login_count(tx, in, reterr) : MH_OK;
}

enum mh_code mh_login_count(struct mh_tx *tx, const struct mh_login *in, struct mh_err *reterr)
{
	struct mh_q_login_wait_sweep_in old = {.at_before = tx->now - DAY_MS};
	MH_TRY(mh_q_login_wait_sweep(tx->db, &old, reterr));
	MH_TRY(count_failure(tx, wait_key(tx->arena, "name:", in->login), FREE_NAME, reterr));
	return count_failure(tx, wait_key(tx->arena, "addr:", in->address), FREE_ADDRESS, reterr);
}

/* --- using --- */

static enum mh_code over(struct mh_err *reterr)
{
	enum mh_code code = MH_FAIL(reterr, MH_E_UNAUTHENTICATED, "You are not logged in any more");
	mh_err_hint(reterr, "Log in again: POST /api/v1/session.");
	return code;
}

static enum mh_code read_roles(struct mh_db *db, struct mh_arena *a, struct mh_session *s, struct mh_err *reterr)
{
	struct mh_q_account_role_of_row *rows;
	size_t n;
	MH_TRY(mh_q_account_role_of(db, a, &(struct mh_q_account_role_of_in){.login = s->login}, &rows, &n, reterr));
	struct mh_session_role *roles = MH_NEW_ARRAY(a, n + 1, struct mh_session_role);
	MH_TRY_MEM(roles, reterr);
	for (size_t i = 0; i < n; i++) {
		size_t at = i, rank = mh_perm_role_rank(rows[i].role);
		for (; at > 0 && mh_perm_role_rank(roles[at - 1].role) > rank; at--) roles[at] = roles[at - 1];
		roles[at] = (struct mh_session_role){rows[i].role, rows[i].org_code};
	}
	s->roles = roles;
	s->n_roles = n;
	return MH_OK;
}

enum mh_code mh_session_find(struct mh_db *db, struct mh_arena *a, struct mh_str token, mh_time now,
			     struct mh_session *ret, struct mh_err *reterr)
{
	bool found = false;
	struct mh_q_session_get_row row;
	struct mh_str hash = token_hash(a, token);
	MH_TRY_MEM(hash.ptr, reterr);
	if (token.len != MH_SESSION_TOKEN) return over(reterr);
	MH_TRY(mh_q_session_get(db, a, &(struct mh_q_session_get_in){.token_hash = hash}, &found, &row, reterr));
	if (!found || row.locked || now - row.at >= MH_SESSION_MAX_MS || now - row.seen >= MH_SESSION_IDLE_MS)
		return over(reterr);
	struct mh_session s = {.hash = hash,
			       .login = row.login,
			       .zh = row.zh,
			       .en = row.en,
			       .officer = row.officer,
			       .at = row.at,
			       .must_change = row.must_change != 0,
			       .stale = now - row.seen >= MH_SESSION_SEEN_MS};
	MH_TRY(read_roles(db, a, &s, reterr));
	*ret = s;
	return MH_OK;
}

enum mh_code mh_session_actor(const struct mh_session *s, struct mh_str as, struct mh_actor *ret, struct mh_err *reterr)
{
	struct mh_str rest = as, role = {NULL, 0};
	if (as.len) mh_str_split(&rest, '@', &role);
	for (size_t i = 0; i < s->n_roles; i++) {
		const struct mh_session_role *r = &s->roles[i];
		if (as.len && !(mh_str_eq(r->role, role) && mh_str_eq(r->org, rest))) continue;
		*ret = (struct mh_actor){.role = r->role, .org = r->org, .officer = s->officer, .name = s->zh};
		return MH_OK;
	}
	enum mh_code code = MH_FAIL(reterr, MH_E_FORBIDDEN, "This is not one of your roles");
	mh_err_hint(reterr, "GET /api/v1/me lists them; name one in the header Minhu-As: role@orgcode.");
	return code;
}

enum mh_code mh_session_seen(struct mh_db *db, struct mh_str hash, mh_time now, struct mh_err *reterr)
{
	return mh_q_session_seen(db, &(struct mh_q_session_seen_in){.token_hash = hash, .seen = now}, reterr);
}

enum mh_code mh_session_end(struct mh_db *db, struct mh_str login, struct mh_str hash, struct mh_err *reterr)
{
	int64_t n;
	struct mh_q_session_drop_in in = {.token_hash = hash, .login = login};
	MH_TRY(mh_q_session_drop(db, &in, &n, reterr));
	return n ? MH_OK : MH_FAIL(reterr, MH_E_NOT_FOUND, "There is no such session");
}

struct mh_str mh_session_csrf(struct mh_arena *a, struct mh_str token)
{
	struct mh_bytes parts[] = {{(const unsigned char *)"minhu/csrf/1", 12},
				   {(const unsigned char *)token.ptr, token.len}};
	struct mh_hash h = mh_sha256_of(parts, 2);
	return mh_hash_hex(a, &h);
}
