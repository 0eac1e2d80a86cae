/* Who acts, by session: what is remembered of one, and when the store is asked again. */
#include "rooms.h"

#include "access/account.h"
#include "access/password.h"
#include "web/signin.h"

#include <string.h>
#include <time.h>

#define PASSWORD "a long password"

static uint64_t written = 1; /* transactions of the store */
static unsigned asked;       /* how often it was read */
static const struct mh_route staff = {.perm = MH_PERM_STAFF};

static uint64_t version(void *ctx)
{
	return written;
}

static enum mh_code lend(void *ctx, struct mh_db **ret, struct mh_err *reterr)
{
	asked++;
	*ret = tx.db;
	return MH_OK;
}

static void person(const char *name, char token[65])
{
	struct mh_account in = {.login = mh_str_c(name), .zh = MH_STR("李"), .en = MH_STR("Li")};
	struct mh_login login = {mh_str_c(name), MH_STR(PASSWORD), MH_STR(""), MH_STR("192.0.2.7")};
	struct mh_login_verdict v;
	assert_int_equal(mh_password_hash(tx.arena, MH_STR(PASSWORD), &in.pwhash, NULL), MH_OK);
	assert_int_equal(mh_account_add(&tx, &in, NULL), MH_OK);
	assert_int_equal(mh_account_role(&tx, in.login, MH_STR("handler"), MH_STR("330106"), true, NULL), MH_OK);
	assert_int_equal(mh_login_judge(tx.db, tx.arena, tx.city, &login, tx.now, &v, NULL), MH_OK);
	assert_int_equal(mh_login_settle(&tx, &login, &v, token, NULL), MH_OK);
}

static struct mh_signin *begin(bool counted)
{
	struct mh_signin *s;
	struct mh_signin_config config = {.city = tx.city,
					  .store = {.read = lend, .version = counted ? version : NULL}};
	assert_int_equal(mh_signin_new(&config, &s, NULL), MH_OK);
	asked = 0;
	return s;
}

static enum mh_code ask(struct mh_signin *s, const char *token, const char *as, struct mh_request *ret)
{
	struct mh_pair *role = MH_NEW(tx.arena, struct mh_pair);
	*role = (struct mh_pair){MH_STR("Minhu-As"), mh_str_c(as)};
	*ret = (struct mh_request){.arena = MH_ARENA(1 << 20),
				   .route = &staff,
				   .method = MH_STR("GET"),
				   .headers = role,
				   .n_headers = as[0] ? 1 : 0,
				   .bearer = mh_str_c(token),
				   .client = MH_STR("192.0.2.7"),
				   .received = tx.now};
	return mh_signin_identify(s, ret, NULL);
}

/* Is it somebody, and who? The store was read `reads` times until now. */
static void is(struct mh_signin *s, const char *token, const char *login, unsigned reads)
{
	struct mh_request req;
	enum mh_code code = ask(s, token, "", &req);
	assert_int_equal(code, login ? MH_OK : MH_E_UNAUTHENTICATED);
	if (login) assert_true(mh_str_is(req.login, login) && mh_str_is(req.actor.role, "handler"));
	else assert_int_equal(req.login.len + req.actor.role.len, 0);
	assert_int_equal(asked, reads);
	mh_arena_done(&req.arena);
}

static void asked_once(void **state)
{
	char one[65], two[65];
	person("li.one", one);
	person("li.two", two);
	struct mh_signin *s = begin(true);
	is(s, one, "li.one", 1);
	is(s, one, "li.one", 1);
	is(s, two, "li.two", 2); /* in the place of the other one, perhaps, but never for it */
	is(s, two, "li.two", 2);
	is(s, "0123456789abcdef", NULL, 3);
	is(s, "0123456789abcdef", NULL, 4); /* what is not one is not remembered */
	mh_signin_free(s);
}

/* Whatever is written may have been its end. */
static void over_when_it_ends(void **state)
{
	char token[65];
	person("li.three", token);
	struct mh_signin *s = begin(true);
	is(s, token, "li.three", 1);
	written++;
	is(s, token, "li.three", 2);
	assert_int_equal(mh_account_lock(&tx, MH_STR("li.three"), true, NULL), MH_OK);
	written++;
	is(s, token, NULL, 3);
	mh_signin_free(s);
}

static void rights_as_they_are_now(void **state)
{
	char token[65];
	struct mh_request req;
	person("li.four", token);
	struct mh_signin *s = begin(true);
	is(s, token, "li.four", 1);
	assert_int_equal(ask(s, token, "leader@330105", &req), MH_E_FORBIDDEN);
	mh_arena_done(&req.arena);
	assert_int_equal(mh_account_role(&tx, MH_STR("li.four"), MH_STR("leader"), MH_STR("330105"), true, NULL),
			 MH_OK);
	written++;
	assert_int_equal(ask(s, token, "leader@330105", &req), MH_OK);
	assert_true(mh_str_is(req.actor.org, "330105"));
	mh_arena_done(&req.arena);
	assert_int_equal(mh_account_role(&tx, MH_STR("li.four"), MH_STR("leader"), MH_STR("330105"), false, NULL),
			 MH_OK);
	written++;
	assert_int_equal(ask(s, token, "leader@330105", &req), MH_E_FORBIDDEN);
	mh_arena_done(&req.arena);
	mh_signin_free(s);
}

/* Another program may write a store on PostgreSQL, and nobody counts that here. */
static void not_for_long(void **state)
{
	char token[65];
	struct timespec second = {.tv_sec = 1, .tv_nsec = 20000000};
	person("li.five", token);
	struct mh_signin *s = begin(true);
	is(s, token, "li.five", 1);
	assert_int_equal(mh_account_lock(&tx, MH_STR("li.five"), true, NULL), MH_OK);
	nanosleep(&second, NULL);
	is(s, token, NULL, 2);
	mh_signin_free(s);
}

static void asked_always_where_nobody_counts(void **state)
{
	char token[65];
	person("li.six", token);
	struct mh_signin *s = begin(false);
	is(s, token, "li.six", 1);
	is(s, token, "li.six", 2);
	mh_signin_free(s);
}

ROOM_TESTS(cmocka_unit_test(asked_once), cmocka_unit_test(over_when_it_ends), cmocka_unit_test(rights_as_they_are_now),
	   cmocka_unit_test(not_for_long), cmocka_unit_test(asked_always_where_nobody_counts))
