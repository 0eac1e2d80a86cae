#include "calendar_sample.h"

static enum mh_code try_rules(struct mh_cal_rules rules)
{
	struct mh_arena a = MH_ARENA(0);
	struct mh_cal_builder *b = NULL;
	enum mh_code code = mh_cal_builder_new(&a, &rules, &b, NULL);
	assert_true((code == MH_OK) == (b != NULL));
	mh_arena_done(&a);
	return code;
}

#define REFUSED(change)                                                                                                \
	do {                                                                                                           \
		struct mh_cal_rules r = sample_rules(1);                                                               \
		change;                                                                                                \
		assert_int_equal(try_rules(r), MH_E_INVALID);                                                          \
	} while (0)

static void refuses_rules(void **state)
{
	assert_int_equal(try_rules(sample_rules(1)), MH_OK);
	REFUSED(r.revision = 0);
	REFUSED(r.week = 0);
	REFUSED(r.week = 0x80);
	REFUSED(r.n_hours = 0);
	REFUSED(r.n_hours = MH_CAL_HOURS_MAX + 1);
	REFUSED(r.hours[0].from = -1);
	REFUSED(r.hours[0].to = 510);
	REFUSED(r.hours[1].from = 720);
	REFUSED(r.hours[1].from = 600);
	REFUSED(r.hours[1].to = 1441);
	REFUSED(r.zone_min = 2000);
	REFUSED(r.first_year = 2027);
	REFUSED(r.last_year = INT32_MAX);
	REFUSED(r.region = MH_STR(""));
	REFUSED(r.source = MH_STR("a\nb"));
	REFUSED(r.source = MH_STR("\xff"));
}

static enum mh_code try_row(struct mh_cal_builder *b, mh_day day, struct mh_str zh)
{
	struct mh_cal_day row = {.day = day, .zh = zh, .en = MH_STR("x")};
	return mh_cal_builder_day(b, &row, NULL);
}

static void refuses_rows(void **state)
{
	struct mh_arena a = MH_ARENA(0);
	struct mh_cal_rules rules = sample_rules(1);
	struct mh_cal_builder *b;
	const struct mh_cal *cal = NULL;
	struct mh_err err = {0};
	assert_int_equal(mh_cal_builder_new(&a, &rules, &b, NULL), MH_OK);
	assert_int_equal(try_row(b, on("2014-12-31"), MH_STR("x")), MH_E_INVALID);
	assert_int_equal(try_row(b, on("2027-01-01"), MH_STR("x")), MH_E_INVALID);
	assert_int_equal(try_row(b, INT32_MAX, MH_STR("x")), MH_E_INVALID);
	assert_int_equal(try_row(b, INT32_MIN, MH_STR("x")), MH_E_INVALID);
	assert_int_equal(try_row(b, on("2026-01-01"), MH_STR("")), MH_E_INVALID);
	assert_int_equal(try_row(b, on("2026-01-01"), MH_STR("x\ty")), MH_E_INVALID);
	assert_int_equal(try_row(b, on("2026-01-01"), MH_STR("x")), MH_OK);
	assert_int_equal(try_row(b, on("2026-01-02"), MH_STR("x")), MH_OK);
	assert_int_equal(try_row(b, on("2026-01-01"), MH_STR("y")), MH_OK);
	assert_int_equal(mh_cal_builder_finish(b, &cal, &err), MH_E_INVALID);
	assert_string_equal(err.message, "2026-01-01 is given twice");
	assert_null(cal);
	assert_int_equal(mh_cal_builder_finish(b, &cal, NULL), MH_E_CONFLICT);
	assert_int_equal(try_row(b, on("2026-01-03"), MH_STR("x")), MH_E_CONFLICT);
	mh_arena_done(&a);
}

static void copies_give_way_once(void **state)
{
	struct mh_arena a = MH_ARENA(0);
	const struct mh_cal *city = sample_city(&a), *again = NULL;
	struct mh_cal_rules rules = sample_rules(2);
	struct mh_cal_builder *b;
	assert_int_equal(mh_cal_builder_new(&a, &rules, &b, NULL), MH_OK);
	assert_int_equal(mh_cal_builder_copy(b, city, NULL), MH_OK);
	again = sample_finish(b);
	const struct mh_cal_day *x, *y;
	assert_int_equal(mh_cal_days(city, &x), mh_cal_days(again, &y));
	assert_int_equal(mh_cal_days(city, &x), 409);
	struct mh_hash hx = mh_cal_hash(city), hy = mh_cal_hash(again);
	assert_false(mh_hash_eq(&hx, &hy)); /* the revision is part of it */
	assert_int_equal(mh_cal_builder_new(&a, &rules, &b, NULL), MH_OK);
	assert_int_equal(mh_cal_builder_copy(b, city, NULL), MH_OK);
	assert_int_equal(mh_cal_builder_copy(b, city, NULL), MH_OK);
	assert_int_equal(mh_cal_builder_finish(b, &again, NULL), MH_E_INVALID);
	mh_arena_done(&a);
}

/* The Nth allocation fails, for every N until none does. */
static void short_memory(void **state)
{
	bool done = false;
	int failures = 0;
	for (long n = 0; !done; n++) {
		struct mh_arena a = MH_ARENA(0);
		struct mh_cal_rules rules = sample_rules(1);
		struct mh_cal_builder *b = NULL;
		const struct mh_cal *cal = NULL;
		mh_mem_fail_after(n);
		enum mh_code code = mh_cal_builder_new(&a, &rules, &b, NULL);
		for (mh_day d = 0; d < 300 && !code; d++) code = try_row(b, on("2024-01-01") + d, MH_STR("测试"));
		if (!code) code = mh_cal_builder_finish(b, &cal, NULL);
		mh_mem_fail_after(-1);
		done = code == MH_OK;
		failures += !done;
		assert_true(done ? cal != NULL : code == MH_E_NO_MEMORY && cal == NULL);
		mh_arena_done(&a);
	}
	assert_true(failures > 3);
}

MH_TESTS(cmocka_unit_test(refuses_rules), cmocka_unit_test(refuses_rows), cmocka_unit_test(copies_give_way_once),
	 cmocka_unit_test(short_memory))
