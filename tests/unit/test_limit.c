#include "unit.h"

#include "access/limit.h"

#include <stdio.h>

static void bucket(void **state)
{
	struct mh_limit *l;
	int wait = 0;
	assert_int_equal(mh_limit_new((struct mh_limit_rule){3, 3600}, 100, &l, NULL), MH_OK);
	for (int i = 0; i < 3; i++) assert_true(mh_limit_take(l, MH_STR("a"), 1000, &wait));
	assert_false(mh_limit_take(l, MH_STR("a"), 1000, &wait));
	assert_in_range(wait, 1, 2);
	assert_true(mh_limit_take(l, MH_STR("b"), 1000, &wait)); /* another address is not disturbed */
	assert_false(mh_limit_take(l, MH_STR("a"), 1999, &wait));
	assert_true(mh_limit_take(l, MH_STR("a"), 2000, &wait));
	assert_false(mh_limit_take(l, MH_STR("a"), 2000, &wait));
	assert_false(mh_limit_take(l, MH_STR("a"), 500, &wait)); /* a clock that steps back gives nothing */
	for (int i = 0; i < 3; i++)
		assert_true(mh_limit_take(l, MH_STR("a"), INT64_MAX / 2, &wait)); /* full, not fuller */
	assert_false(mh_limit_take(l, MH_STR("a"), INT64_MAX / 2, &wait));
	mh_limit_free(l);
}

/* More addresses than the table tells apart: it forgets, it does not fail. */
static void flood(void **state)
{
	struct mh_limit *l;
	char key[32];
	int wait = 0;
	assert_int_equal(mh_limit_new((struct mh_limit_rule){1, 1}, 16, &l, NULL), MH_OK);
	for (int i = 0; i < 10000; i++) {
		snprintf(key, sizeof key, "10.0.%d.%d", i / 256, i % 256);
		assert_true(mh_limit_take(l, mh_str_c(key), i, &wait));
	}
	assert_false(mh_limit_take(l, mh_str_c(key), 10000, &wait)); /* the newest is still known */
	assert_true(wait > 3000);
	mh_limit_free(l);
	mh_limit_free(NULL);
}

MH_TESTS(cmocka_unit_test(bucket), cmocka_unit_test(flood))
