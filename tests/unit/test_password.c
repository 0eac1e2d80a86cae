#include "unit.h"

#include "access/password.h"
#include "base/time.h"

static void accepted(void **state)
{
	static const char *const good[] = {"correct horse", "一二三四五六七八九十", "Aa1!Aa1!Aa1!"};
	static const char *const bad[] = {"", "short", "aaaaaaaaaaaa", "lilei12345", "tab\tinside it"};
	for (size_t i = 0; i < sizeof good / sizeof *good; i++)
		assert_int_equal(mh_password_accept(MH_STR("lilei1234"), mh_str_c(good[i]), NULL), MH_OK);
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		assert_int_equal(mh_password_accept(MH_STR("lilei1234"), mh_str_c(bad[i]), NULL), MH_E_INVALID);
}

static void checked(void **state)
{
	struct mh_arena a = MH_ARENA(0);
	struct mh_str one, two;
	assert_int_equal(mh_password_hash(&a, MH_STR("correct horse"), &one, NULL), MH_OK);
	assert_int_equal(mh_password_hash(&a, MH_STR("correct horse"), &two, NULL), MH_OK);
	assert_true(mh_str_starts(one, "$argon2id$v=19$m=19456,t=2,p=1$"));
	assert_false(mh_str_eq(one, two));
	assert_true(mh_password_is(one, MH_STR("correct horse")));
	assert_false(mh_password_is(one, MH_STR("correct horsf")));
	assert_false(mh_password_is(one, MH_STR("")));
	assert_false(mh_password_is(MH_STR(""), MH_STR("")));
	assert_false(mh_password_is(MH_STR("$argon2id$nonsense"), MH_STR("correct horse")));
	mh_arena_done(&a);
}

/* No account must not be quicker to refuse than a wrong password. The best of several, because the machine is shared. */
static void even_time(void **state)
{
	struct mh_arena a = MH_ARENA(0);
	struct mh_str hash;
	int64_t best[2] = {INT64_MAX, INT64_MAX};
	assert_int_equal(mh_password_hash(&a, MH_STR("correct horse"), &hash, NULL), MH_OK);
	for (int i = 0; i < 6; i++)
		for (int k = 0; k < 2; k++) {
			int64_t begun = mh_ticks();
			assert_false(mh_password_is(k ? hash : MH_STR(""), MH_STR("wrong wrong")));
			int64_t took = mh_ticks() - begun;
			if (took < best[k]) best[k] = took;
		}
	assert_true(best[0] * 2 + 2 >= best[1]);
	mh_arena_done(&a);
}

MH_TESTS(cmocka_unit_test(accepted), cmocka_unit_test(checked), cmocka_unit_test(even_time))
