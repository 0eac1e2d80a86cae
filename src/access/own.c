#include "access/own.h"

#include "access/totp.h"
#include "sql_gen.h"

#include <string.h>

/* --- password, second factor --- */

enum mh_code mh_own_password(struct mh_tx *tx, const struct mh_manager *by, struct mh_str pwhash, struct mh_str keep,
			     struct mh_err *reterr)
{
	int64_t n;
	struct mh_q_account_set_password_in in = {.login = by->login, .pwhash = pwhash};
	struct mh_q_session_drop_others_in others = {.login = by->login, .token_hash = keep};
	MH_TRY(mh_q_account_set_password(tx->db, &in, &n, reterr));
	if (!n) return MH_FAIL(reterr, MH_E_NOT_FOUND, "There is no such account any more");
	MH_TRY(mh_q_session_drop_others(tx->db, &others, reterr));
	return mh_account_note(tx, by, by->login, "own_password", MH_STR(""), reterr);
}

enum mh_code mh_own_totp_begin(struct mh_tx *tx, struct mh_str login, struct mh_bytes *ret_secret,
			       struct mh_err *reterr)
{
	int64_t n;
	struct mh_q_account_set_totp_next_in in = {.login = login};
	unsigned char *secret = mh_arena_alloc(tx->arena, MH_TOTP_SECRET);
	struct mh_str about = mh_account_totp_about(tx->arena, login);
	MH_TRY_MEM(secret, reterr);
	MH_TRY_MEM(about.ptr, reterr);
	mh_random(&tx->city->rng, secret, MH_TOTP_SECRET);
	struct mh_bytes plain = {secret, MH_TOTP_SECRET};
	MH_TRY(mh_seal(tx->arena, &tx->city->master, &tx->city->rng, about, plain, &in.totp_next, reterr));
	MH_TRY(mh_q_account_set_totp_next(tx->db, &in, &n, reterr));
	if (!n) return MH_FAIL(reterr, MH_E_NOT_FOUND, "There is no such account any more");
	*ret_secret = plain;
	return MH_OK;
}

enum mh_code mh_own_totp_confirm(struct mh_tx *tx, const struct mh_manager *by, struct mh_str code,
				 struct mh_err *reterr)
{
	struct mh_q_account_get_row row;
	struct mh_bytes secret;
	int64_t n;
	struct mh_str about = mh_account_totp_about(tx->arena, by->login);
	MH_TRY_MEM(about.ptr, reterr);
	MH_TRY(mh_account_get(tx, by->login, &row, reterr));
	if (!row.totp_next.len) return MH_FAIL(reterr, MH_E_CONFLICT, "There is no authenticator being set up");
	MH_TRY(mh_unseal(tx->arena, &tx->city->master, about, row.totp_next, &secret, reterr));
	int64_t step = mh_totp_step(secret, code, tx->now);
	if (step < 0) {
		enum mh_code bad = MH_FAIL(reterr, MH_E_INVALID, "This is not the code of the new authenticator");
		mh_err_hint(reterr, "Look whether the clock of the telephone is right, and take the next code.");
		return bad;
	}
	struct mh_q_account_set_totp_in in = {.login = by->login, .totp = row.totp_next, .totp_step = step};
	MH_TRY(mh_q_account_set_totp(tx->db, &in, &n, reterr));
	return mh_account_note(tx, by, by->login, "own_totp_on", MH_STR(""), reterr);
}

enum mh_code mh_own_totp_off(struct mh_tx *tx, const struct mh_manager *by, struct mh_err *reterr)
{
	int64_t n;
	struct mh_q_account_set_totp_in in = {.login = by->login};
	MH_TRY(mh_q_account_set_totp(tx->db, &in, &n, reterr));
	return mh_account_note(tx, by, by->login, "own_totp_off", MH_STR(""), reterr);
}

/* --- lists --- */

static bool hex_digit(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

bool mh_view_query_ok(struct mh_str q)
{
	if (q.len > MH_VIEW_QUERY_MAX) return false;
	for (size_t i = 0; i < q.len; i++) {
		char c = q.ptr[i];
		bool word = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
		if (c == '%') {
			if (i + 2 >= q.len || !hex_digit(q.ptr[i + 1]) || !hex_digit(q.ptr[i + 2])) return false;
			i += 2;
		} else if (!word && (!c || !strchr("-._~!$&'()*+,;=:@/?", c))) {
			return false;
		}
	}
	return true;
}

static bool name_ok(struct mh_str s)
{
	size_t n = mh_utf8_count(s);
	for (size_t i = 0; i < s.len; i++)
		if ((unsigned char)s.ptr[i] < 0x20 || s.ptr[i] == 0x7f) return false;
	return n >= 1 && n <= MH_VIEW_NAME_MAX && mh_str_eq(mh_str_trim(s), s);
}

static enum mh_code room_for(struct mh_tx *tx, struct mh_str login, struct mh_str name, struct mh_err *reterr)
{
	struct mh_q_account_view_of_row *rows;
	size_t n;
	struct mh_q_account_view_of_in in = {.login = login, .limit = MH_VIEWS_MAX};
	MH_TRY(mh_q_account_view_of(tx->db, tx->arena, &in, &rows, &n, reterr));
	for (size_t i = 0; i < n; i++)
		if (mh_str_eq(rows[i].name, name)) return MH_OK;
	if (n < MH_VIEWS_MAX) return MH_OK;
	return MH_FAIL(reterr, MH_E_TOO_MANY, "You have kept %d lists already", MH_VIEWS_MAX);
}

enum mh_code mh_view_put(struct mh_tx *tx, struct mh_str login, struct mh_str name, struct mh_str query, int64_t place,
			 struct mh_err *reterr)
{
	if (!name_ok(name))
		return MH_FAIL(reterr, MH_E_INVALID, "The name of a list has 1 to %d characters", MH_VIEW_NAME_MAX);
	if (!mh_view_query_ok(query))
		return MH_FAIL(reterr, MH_E_INVALID, "This is not a query of at most %d bytes", MH_VIEW_QUERY_MAX);
	MH_TRY(room_for(tx, login, name, reterr));
	struct mh_q_account_view_put_in in = {
		.login = login, .name = name, .place = place, .query = query, .at = tx->now};
	return mh_q_account_view_put(tx->db, &in, reterr);
}

enum mh_code mh_view_drop(struct mh_tx *tx, struct mh_str login, struct mh_str name, struct mh_err *reterr)
{
	int64_t n;
	struct mh_q_account_view_drop_in in = {.login = login, .name = name};
	MH_TRY(mh_q_account_view_drop(tx->db, &in, &n, reterr));
	return n ? MH_OK : MH_FAIL(reterr, MH_E_NOT_FOUND, "You have kept no list under this name");
}

enum mh_code mh_view_list(struct mh_tx *tx, struct mh_str login, json_t **ret, struct mh_err *reterr)
{
	struct mh_q_account_view_of_row *rows;
	size_t n;
	struct mh_q_account_view_of_in in = {.login = login, .limit = MH_VIEWS_MAX};
	MH_TRY(mh_q_account_view_of(tx->db, tx->arena, &in, &rows, &n, reterr));
	MH_JSON_AUTO json_t *list = json_array();
	MH_TRY_MEM(list, reterr);
	for (size_t i = 0; i < n; i++)
		if (json_array_append_new(list, json_pack("{s:o, s:o, s:I}", "name", mh_json_str(rows[i].name), "query",
							  mh_json_str(rows[i].query), "place",
							  (json_int_t)rows[i].place)) != 0)
			return MH_FAIL(reterr, MH_E_NO_MEMORY, "Memory is short");
	*ret = json_incref(list);
	return MH_OK;
}

/* --- how pages look --- */

const char *const mh_setting_languages[] = {"zh", "zh-hant", "en", NULL};
const char *const mh_setting_densities[] = {"normal", "compact", "wide", NULL};
const char *const mh_setting_themes[] = {"system", "light", "dark", NULL};
const struct mh_setting mh_settings[] = {{"language", mh_setting_languages},
					 {"density", mh_setting_densities},
					 {"theme", mh_setting_themes},
					 {NULL, NULL}};

/* A word that a later program no longer knows is as if none was chosen. */
static const char *known(const struct mh_setting *s, struct mh_str word)
{
	for (size_t i = 0; s->words[i]; i++)
		if (mh_str_is(word, s->words[i])) return s->words[i];
	return s->words[0];
}

enum mh_code mh_setting_list(struct mh_tx *tx, struct mh_str login, json_t **ret, struct mh_err *reterr)
{
	struct mh_q_account_setting_of_row *rows;
	size_t n;
	struct mh_q_account_setting_of_in in = {.login = login};
	MH_TRY(mh_q_account_setting_of(tx->db, tx->arena, &in, &rows, &n, reterr));
	MH_JSON_AUTO json_t *all = json_object();
	MH_TRY_MEM(all, reterr);
	for (const struct mh_setting *s = mh_settings; s->name; s++) {
		const char *word = s->words[0];
		for (size_t i = 0; i < n; i++)
			if (mh_str_is(rows[i].name, s->name)) word = known(s, rows[i].value);
		if (json_object_set_new(all, s->name, json_string(word)) != 0)
			return MH_FAIL(reterr, MH_E_NO_MEMORY, "Memory is short");
	}
	*ret = json_incref(all);
	return MH_OK;
}

enum mh_code mh_setting_put(struct mh_tx *tx, struct mh_str login, const struct mh_setting *s, const char *word,
			    struct mh_err *reterr)
{
	struct mh_q_account_setting_put_in in = {.login = login, .name = mh_str_c(s->name), .value = mh_str_c(word)};
	return mh_q_account_setting_put(tx->db, &in, reterr);
}
