#include "rooms.h"

#include "access/account.h"
#include "access/password.h"
#include "access/session.h"
#include "access/totp.h"
#include "access/unmask.h"

#include <string.h>

#define PASSWORD "a long password"
#define DAY ((mh_time)86400000)

static struct mh_login login(const char *name, const char *password, const char *code)
{
	return (struct mh_login){mh_str_c(name), mh_str_c(password), mh_str_c(code), MH_STR("192.0.2.7")};
}

static enum mh_login_fate attempt(const char *name, const char *password, const char *code, char token[65],
				  int *ret_wait)
{
	struct mh_login in = login(name, password, code);
	struct mh_login_verdict v;
	assert_int_equal(mh_login_judge(tx.db, tx.arena, tx.city, &in, tx.now, &v, NULL), MH_OK);
	assert_int_equal(mh_login_settle(&tx, &in, &v, token, NULL), MH_OK);
	if (ret_wait) *ret_wait = v.wait_s;
	return v.fate;
}

static void make(const char *name)
{
	struct mh_account in = {.login = mh_str_c(name), .zh = MH_STR("李"), .en = MH_STR("Li")};
	assert_int_equal(mh_password_hash(tx.arena, MH_STR(PASSWORD), &in.pwhash, NULL), MH_OK);
	assert_int_equal(mh_account_add(&tx, &in, NULL), MH_OK);
	assert_int_equal(mh_account_add(&tx, &in, NULL), MH_E_CONFLICT);
}

static enum mh_code find(const char *token, struct mh_session *ret)
{
	return mh_session_find(tx.db, tx.arena, mh_str_c(token), tx.now, ret, NULL);
}

static void lives(void **state)
{
	char token[65];
	struct mh_session s;
	struct mh_actor actor;
	mh_time begun = tx.now;
	make("li.one");
	assert_int_equal(mh_account_role(&tx, MH_STR("li.one"), MH_STR("handler"), MH_STR("nowhere"), true, NULL),
			 MH_E_NOT_FOUND);
	assert_int_equal(mh_account_role(&tx, MH_STR("li.one"), MH_STR("handler"), MH_STR("330106"), true, NULL),
			 MH_OK);
	assert_int_equal(mh_account_role(&tx, MH_STR("li.one"), MH_STR("leader"), MH_STR("330105"), true, NULL), MH_OK);
	assert_int_equal(attempt("li.one", PASSWORD, "", token, NULL), MH_LOGIN_GOOD);
	assert_int_equal(strlen(token), 64);
	assert_int_equal(find(token, &s), MH_OK);
	assert_int_equal(s.n_roles, 2);
	assert_false(mh_str_is(s.hash, token)); /* the token itself is nowhere */
	assert_int_equal(mh_session_actor(&s, MH_STR(""), &actor, NULL), MH_OK);
	assert_true(mh_str_is(actor.role, "leader")); /* the first in the table of rights, not in the alphabet */
	assert_int_equal(mh_session_actor(&s, MH_STR("leader@330105"), &actor, NULL), MH_OK);
	assert_true(mh_str_is(actor.org, "330105"));
	assert_int_equal(mh_session_actor(&s, MH_STR("leader@330106"), &actor, NULL), MH_E_FORBIDDEN);
	assert_int_equal(mh_session_actor(&s, MH_STR("leader"), &actor, NULL), MH_E_FORBIDDEN);

	tx.now = begun + MH_SESSION_IDLE_MS - 1;
	assert_int_equal(find(token, &s), MH_OK);
	assert_true(s.stale);
	assert_int_equal(mh_session_seen(tx.db, s.hash, tx.now, NULL), MH_OK);
	tx.now = begun + MH_SESSION_IDLE_MS + 1000; /* used since */
	assert_int_equal(find(token, &s), MH_OK);
	tx.now += MH_SESSION_IDLE_MS;
	assert_int_equal(find(token, &s), MH_E_UNAUTHENTICATED);

	tx.now = begun + MH_SESSION_MAX_MS; /* used all day long, and over all the same */
	assert_int_equal(mh_session_seen(tx.db, s.hash, tx.now - 1, NULL), MH_OK);
	assert_int_equal(find(token, &s), MH_E_UNAUTHENTICATED);
	tx.now = begun;
	assert_int_equal(find("", &s), MH_E_UNAUTHENTICATED);
}

static void ended(void **state)
{
	char token[65], other[65];
	struct mh_session s;
	make("li.two");
	assert_int_equal(attempt("li.two", PASSWORD, "", token, NULL), MH_LOGIN_GOOD);
	assert_int_equal(find(token, &s), MH_OK);
	assert_int_equal(mh_session_end(tx.db, MH_STR("li.one"), s.hash, NULL), MH_E_NOT_FOUND); /* not that one's */
	assert_int_equal(mh_session_end(tx.db, MH_STR("li.two"), s.hash, NULL), MH_OK);
	assert_int_equal(find(token, &s), MH_E_UNAUTHENTICATED);
	assert_int_equal(attempt("li.two", PASSWORD, "", token, NULL), MH_LOGIN_GOOD);
	assert_int_equal(attempt("li.two", PASSWORD, "", other, NULL), MH_LOGIN_GOOD);
	assert_string_not_equal(token, other);
	assert_int_equal(mh_account_lock(&tx, MH_STR("li.two"), true, NULL), MH_OK);
	assert_int_equal(find(token, &s), MH_E_UNAUTHENTICATED);
	assert_int_equal(find(other, &s), MH_E_UNAUTHENTICATED);
	assert_int_equal(attempt("li.two", PASSWORD, "", token, NULL), MH_LOGIN_WRONG);
	assert_int_equal(mh_account_lock(&tx, MH_STR("nobody"), true, NULL), MH_E_NOT_FOUND);
}

/* A name that exists and one that does not are told apart by nothing. */
static void guessing(void **state)
{
	char token[65];
	int wait = 0, was = 0;
	make("li.three");
	static const char *const names[] = {"li.three", "no.such.name"};
	mh_time begun = tx.now;
	int waits[2][12] = {{0}};
	for (int k = 0; k < 2; k++) {
		tx.now = begun + (k + 1) * 2 * DAY; /* the address starts anew */
		for (int i = 0; i < 12; i++) {
			enum mh_login_fate fate = attempt(names[k], "wrong password", "", token, &wait);
			waits[k][i] = fate == MH_LOGIN_WAIT ? wait : 0;
			if (fate == MH_LOGIN_WAIT) tx.now += wait * 1000;
			else assert_int_equal(fate, MH_LOGIN_WRONG);
		}
	}
	assert_memory_equal(waits[0], waits[1], sizeof waits[0]);
	for (int i = 0; i < 12; i++) {
		if (i < 6) assert_int_equal(waits[0][i], 0);
		if (waits[0][i]) {
			assert_true(waits[0][i] > was);
			was = waits[0][i];
		}
	}
	assert_true(was >= 8);
	/* while it waits even the right password is not looked at; after a day it is forgotten */
	tx.now = begun + 2 * DAY + 1;
	for (int i = 0; i < 40; i++) attempt("li.three", "wrong password", "", token, NULL), tx.now += 1000;
	assert_int_equal(attempt("li.three", PASSWORD, "", token, NULL), MH_LOGIN_WAIT);
	tx.now += 2 * DAY;
	assert_int_equal(attempt("li.three", PASSWORD, "", token, NULL), MH_LOGIN_GOOD);
	tx.now = begun;
}

static void second_factor(void **state)
{
	char token[65], code[7], next[7];
	struct mh_bytes secret;
	tx.now += 40 * DAY; /* the address's failures of the test before are forgotten */
	make("li.four");
	assert_int_equal(mh_account_totp(&tx, MH_STR("li.four"), true, &secret, NULL), MH_OK);
	assert_int_equal(secret.len, MH_TOTP_SECRET);
	mh_totp_code(secret, tx.now / 30000, code);
	mh_totp_code(secret, tx.now / 30000 + 1, next);
	assert_int_equal(attempt("li.four", PASSWORD, "", token, NULL), MH_LOGIN_CODE);
	assert_int_equal(attempt("li.four", PASSWORD, "000000", token, NULL), MH_LOGIN_WRONG);
	assert_int_equal(attempt("li.four", "wrong password", code, token, NULL), MH_LOGIN_WRONG);
	assert_int_equal(attempt("li.four", PASSWORD, code, token, NULL), MH_LOGIN_GOOD);
	assert_int_equal(attempt("li.four", PASSWORD, code, token, NULL), MH_LOGIN_WRONG); /* a code works once */
	assert_int_equal(attempt("li.four", PASSWORD, next, token, NULL), MH_LOGIN_GOOD);
	assert_int_equal(mh_account_totp(&tx, MH_STR("li.four"), false, &secret, NULL), MH_OK);
	assert_int_equal(attempt("li.four", PASSWORD, "", token, NULL), MH_LOGIN_GOOD);
}

static void listed(void **state)
{
	struct mh_str next;
	json_t *list = NULL;
	struct mh_party by = party("caller", "330100-D01");
	make("li.five");
	assert_int_equal(mh_account_login_ok(MH_STR("Li"), NULL), MH_E_INVALID);
	assert_int_equal(mh_account_login_ok(MH_STR("a"), NULL), MH_E_INVALID);
	assert_int_equal(mh_account_list(&tx, MH_STR(""), 100, NULL, NULL, &list, &next, NULL), MH_OK);
	struct mh_str text = mh_json_text(tx.arena, list);
	assert_null(strstr(text.ptr, "argon2"));
	assert_non_null(strstr(text.ptr, "li.five"));
	json_decref(list);
	assert_int_equal(mh_unmask_record(&tx, 77, MH_STR("li.five"), &by, mh_unmask_reasons[1], NULL), MH_OK);
	assert_int_equal(mh_unmask_list(&tx, 77, &list, NULL), MH_OK);
	assert_int_equal(json_array_size(list), 1);
	assert_string_equal(json_string_value(json_object_get(json_array_get(list, 0), "reason")), "call_back");
	json_decref(list);
}

ROOM_TESTS(cmocka_unit_test(lives), cmocka_unit_test(ended), cmocka_unit_test(guessing),
	   cmocka_unit_test(second_factor), cmocka_unit_test(listed))
