/* The record of what was done to accounts. */
#include "access/manage.h"
#include "sql_gen.h"

#define PAGE 200
#define LOOKED 2000 /* rows for one page of those that somebody may see */

enum mh_code mh_account_note(struct mh_tx *tx, const struct mh_manager *by, struct mh_str login, const char *what,
			     struct mh_str detail, struct mh_err *reterr)
{
	struct mh_q_account_log_add_in in = {.home_id = tx->city->home_id,
					     .id = mh_city_next_id(tx->city, tx->now),
					     .login = login,
					     .by_login = by ? by->login : MH_STR(""),
					     .by_role = by ? by->role : MH_STR(""),
					     .by_org = by ? mh_org_code(&tx->city->orgs, by->org) : MH_STR(""),
					     .what = mh_str_c(what),
					     .detail = detail,
					     .at = tx->now};
	return mh_q_account_log_add(tx->db, &in, reterr);
}

static enum mh_code read_rows(struct mh_tx *tx, struct mh_str login, int64_t before, int64_t limit,
			      struct mh_q_account_log_page_row **ret, size_t *ret_n, struct mh_err *reterr)
{
	if (!login.len) {
		struct mh_q_account_log_page_in in = {
			.home_id = tx->city->home_id, .before_id = before, .limit = limit};
		return mh_q_account_log_page(tx->db, tx->arena, &in, ret, ret_n, reterr);
	}
	struct mh_q_account_log_of_row *rows;
	struct mh_q_account_log_of_in in = {
		.home_id = tx->city->home_id, .login = login, .before_id = before, .limit = limit};
	MH_TRY(mh_q_account_log_of(tx->db, tx->arena, &in, &rows, ret_n, reterr));
	struct mh_q_account_log_page_row *copy = MH_NEW_ARRAY(tx->arena, *ret_n + 1, struct mh_q_account_log_page_row);
	MH_TRY_MEM(copy, reterr);
	for (size_t i = 0; i < *ret_n; i++)
		copy[i] = (struct mh_q_account_log_page_row){.id = rows[i].id,
							     .login = rows[i].login,
							     .by_login = rows[i].by_login,
							     .by_role = rows[i].by_role,
							     .by_org = rows[i].by_org,
							     .what = rows[i].what,
							     .detail = rows[i].detail,
							     .at = rows[i].at};
	*ret = copy;
	return MH_OK;
}

static json_t *show(const struct mh_tx *tx, const struct mh_q_account_log_page_row *r)
{
	return json_pack("{s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "at",
			 mh_json_str(mh_time_text(tx->arena, r->at, tx->city->zone_min)), "login",
			 mh_json_str(r->login), "by", mh_json_str(r->by_login), "role", mh_json_str(r->by_role), "org",
			 mh_json_str(r->by_org), "what", mh_json_str(r->what), "detail", mh_json_str(r->detail));
}

/* Whether `by` may see this account; the answer for the same login again is remembered. */
struct sight {
	struct mh_str login;
	bool sees;
};

static enum mh_code look(struct mh_tx *tx, const struct mh_manager *by, struct mh_str login, struct sight *s,
			 struct mh_err *reterr)
{
	if (s->login.len && mh_str_eq(s->login, login)) return MH_OK;
	struct mh_err why = {0};
	enum mh_code code = mh_manage_sees(tx, by, login, &why);
	if (code != MH_OK && code != MH_E_FORBIDDEN && code != MH_E_NOT_FOUND) {
		if (reterr) *reterr = why;
		return code;
	}
	/* what no account did (Minhu-Actor, a definition of the city) is the whole city's to see */
	bool top = code == MH_E_NOT_FOUND && (!by || by->org == tx->city->orgs.root);
	*s = (struct sight){login, code == MH_OK || top};
	return MH_OK;
}

enum mh_code mh_account_history(struct mh_tx *tx, const struct mh_manager *by, struct mh_str login, int64_t before,
				int64_t limit, json_t **ret, int64_t *ret_next, struct mh_err *reterr)
{
	MH_JSON_AUTO json_t *list = json_array();
	struct mh_q_account_log_page_row *rows;
	struct sight s = {{NULL, 0}, false};
	size_t n = PAGE, looked = 0;
	int64_t next = before > 0 ? before : INT64_MAX;
	bool full = false;
	MH_TRY_MEM(list, reterr);
	if (login.len) MH_TRY(mh_manage_sees(tx, by, login, reterr));
	while (n == PAGE && !full && looked < LOOKED) {
		MH_TRY(read_rows(tx, login, next, PAGE, &rows, &n, reterr));
		looked += n;
		for (size_t i = 0; i < n && !full; i++) {
			next = rows[i].id;
			MH_TRY(look(tx, by, rows[i].login, &s, reterr));
			if (s.sees && json_array_append_new(list, show(tx, &rows[i])) != 0)
				return MH_FAIL(reterr, MH_E_NO_MEMORY, "Memory is short");
			full = json_array_size(list) == (size_t)limit;
		}
	}
	*ret_next = full || n == PAGE ? next : 0;
	*ret = json_incref(list);
	return MH_OK;
}
