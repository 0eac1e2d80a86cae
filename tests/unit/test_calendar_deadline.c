#include "calendar_sample.h"

static struct {
	struct mh_arena arena;
	const struct mh_cal *city, *districts;
} world;

static int set_up(void **state)
{
	world.arena = MH_ARENA(0);
	world.city = sample_city(&world.arena);
	struct mh_cal_rules rules = sample_rules(1);
	struct mh_cal_builder *b;
	rules.region = MH_STR("330106");
	if (mh_cal_builder_new(&world.arena, &rules, &b, NULL) || mh_cal_builder_copy(b, world.city, NULL)) return -1;
	sample_load(b, "calendar-districts.csv");
	world.districts = sample_finish(b);
	return 0;
}

static int tear_down(void **state)
{
	mh_arena_done(&world.arena);
	return 0;
}

static void golden(void **state)
{
	static const struct {
		const char *from, *span, *due;
	} cases[] = {
		/* Spring Festival 2024: off 10–17 February, worked on Sundays 4 and 18 February. */
		{"2024-02-08 16:00", "1wd", "2024-02-09 17:30"},
		{"2024-02-08 16:00", "2wd", "2024-02-18 17:30"},
		{"2024-02-08 16:00", "5wd", "2024-02-21 17:30"},
		{"2024-02-03 10:00", "1wd", "2024-02-04 17:30"}, /* Saturday -> make-up Sunday */
		{"2024-02-04 10:00", "1wd",
		 "2024-02-05 17:30"}, /* on a make-up Sunday, which is a start day like any */
		{"2024-02-13 03:00", "1wd", "2024-02-18 17:30"}, /* in the holiday, at night */
		{"2024-02-09 17:00", "2wh", "2024-02-18 10:00"},
		/* National Day 2025: off 1–8 October, worked on Sunday 28 September and Saturday 11 October. */
		{"2025-09-26 10:00", "5wd", "2025-10-10 17:30"},
		{"2025-09-26 10:00", "6wd", "2025-10-11 17:30"},
		{"2025-09-26 10:00", "7wd", "2025-10-13 17:30"},
		{"2025-09-30 20:00", "1wd", "2025-10-09 17:30"},
		{"2025-09-30 16:30", "2wh", "2025-10-09 09:30"},
		{"2025-10-05 12:00", "1wh", "2025-10-09 09:30"},
		/* Spring Festival 2020, lengthened: Monday 3 February is the first working day. */
		{"2020-01-23 09:00", "1wd", "2020-02-03 17:30"},
		/* Night, weekend, lunch and the edges of business hours. */
		{"2025-11-10 00:00", "1wd", "2025-11-11 17:30"},
		{"2025-11-10 17:30", "1wd", "2025-11-11 17:30"},
		{"2025-11-10 23:59", "1wd", "2025-11-11 17:30"},
		{"2025-11-14 18:00", "1wd", "2025-11-17 17:30"},
		{"2025-11-15 09:00", "1wd", "2025-11-17 17:30"},
		{"2025-11-10 11:00", "2wh", "2025-11-10 15:00"},
		{"2025-11-10 12:30", "2wh", "2025-11-10 16:00"},
		{"2025-11-10 08:30", "7wh", "2025-11-10 17:30"}, /* not 8:30 of the next day */
		{"2025-11-14 17:30", "1wh", "2025-11-17 09:30"},
		{"2025-11-10 05:00", "14wh", "2025-11-11 17:30"},
		/* Natural days from the next day, plain time. */
		{"2024-01-01 10:00", "60d", "2024-03-01 23:59"},
		{"2024-02-09 23:59", "1d", "2024-02-10 23:59"},
		{"2024-02-09 00:00", "1d", "2024-02-10 23:59"},
		{"2024-02-09 17:00", "24h", "2024-02-10 17:00"},
		{"2024-02-09 23:00", "90min", "2024-02-10 00:30"},
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct mh_cal_due due = mh_cal_due(world.city, at(cases[i].from), span(cases[i].span));
		expect_time(due.at, cases[i].due);
		assert_false(due.provisional);
	}
}

/* jmix #790: P1D on a business calendar became 24 business hours, which is three days. */
static void jmix_790_days_are_not_hours(void **state)
{
	mh_time t = at("2025-11-10 09:00");
	expect_time(mh_cal_due(world.city, t, span("1wd")).at, "2025-11-11 17:30");
	expect_time(mh_cal_due(world.city, t, span("24wh")).at, "2025-11-13 12:00");
	expect_time(mh_cal_due(world.city, t, span("1d")).at, "2025-11-11 23:59");
	expect_time(mh_cal_due(world.city, t, span("24h")).at, "2025-11-11 09:00");
}

/* rickar/cal #106, vacanza/holidays #3293: the weekday was looked at before the day table. */
static void rickar_106_make_up_days_are_worked(void **state)
{
	assert_int_equal(mh_day_weekday(on("2025-09-28")), 7);
	assert_int_equal(mh_cal_used(world.city, at("2025-09-27 12:00"), at("2025-09-28 23:00"), MH_UNIT_WD), 1);
	assert_int_equal(mh_cal_used(world.city, at("2025-09-27 12:00"), at("2025-09-28 23:00"), MH_UNIT_WH),
			 7 * 3600000);
	assert_true(mh_cal_is_open(world.city, at("2025-09-28 10:00")));
	assert_false(mh_cal_is_open(world.city, at("2025-09-28 12:00")));
	assert_false(mh_cal_is_open(world.city, at("2025-10-01 10:00")));
	assert_int_equal(mh_cal_used(world.city, at("2025-10-01 00:00"), at("2025-10-08 23:59"), MH_UNIT_WH), 0);
}

/* jBPM #1342, #1830: timers that begin outside business hours. All starts of one closed stretch give the same due. */
static void jbpm_1342_starts_outside_business_hours(void **state)
{
	mh_time from = at("2025-09-30 17:30"), to = at("2025-10-09 08:30");
	for (mh_time t = from; t <= to; t += 1800000)
		expect_time(mh_cal_due(world.city, t, span("3wh")).at, "2025-10-09 11:30");
	for (mh_time t = from; t < at("2025-10-09 00:00"); t += 1800000)
		expect_time(mh_cal_due(world.city, t, span("1wd")).at, "2025-10-09 17:30");
}

/* Zammad #390: holidays of one region. The nine districts were off for the G20 summit, the four counties were not. */
static void zammad_390_regional_holidays(void **state)
{
	expect_time(mh_cal_due(world.city, at("2016-08-30 16:00"), span("3wd")).at, "2016-09-02 17:30");
	expect_time(mh_cal_due(world.districts, at("2016-08-30 16:00"), span("3wd")).at, "2016-09-09 17:30");
	expect_time(mh_cal_due(world.districts, at("2016-08-26 16:00"), span("1wd")).at, "2016-08-28 17:30");
}

static void beyond_the_table_is_provisional(void **state)
{
	assert_false(mh_cal_due(world.city, at("2026-12-30 10:00"), span("1wd")).provisional);
	struct mh_cal_due due = mh_cal_due(world.city, at("2026-12-30 10:00"), span("2wd"));
	assert_true(due.provisional);
	expect_time(due.at, "2027-01-01 17:30");
	assert_true(mh_cal_due(world.city, at("2014-12-30 10:00"), span("5wd")).provisional);
	assert_false(mh_cal_due(world.city, at("2026-12-30 10:00"), span("9d")).provisional);
}

static void other_hours(void **state)
{
	struct mh_arena a = MH_ARENA(0);
	struct mh_cal_rules rules = sample_rules(1);
	rules.week = 0x7f;
	rules.n_hours = 1;
	rules.hours[0] = (struct mh_cal_hours){0, 1440}; /* a hotline that never closes */
	const struct mh_cal *cal = sample_with(&a, &rules, NULL);
	mh_time t = at("2025-11-15 09:00");
	assert_int_equal(mh_cal_due(cal, t, span("1wd")).at, at("2025-11-17 00:00") - 1);
	assert_int_equal(mh_cal_due(cal, t, span("5wh")).at, mh_cal_due(cal, t, span("5h")).at);
	assert_int_equal(mh_cal_due(cal, t, span("15wh")).at, at("2025-11-16 00:00"));
	rules.n_hours = 3;
	rules.hours[0] = (struct mh_cal_hours){480, 600};
	rules.hours[1] = (struct mh_cal_hours){660, 720};
	rules.hours[2] = (struct mh_cal_hours){1200, 1260}; /* an evening counter */
	cal = sample_with(&a, &rules, NULL);
	expect_time(mh_cal_due(cal, at("2025-11-15 09:30"), span("90min")).at, "2025-11-15 11:00");
	expect_time(mh_cal_due(cal, at("2025-11-15 09:30"), span("2wh")).at, "2025-11-15 20:30");
	expect_time(mh_cal_due(cal, at("2025-11-15 09:30"), span("1wd")).at, "2025-11-16 21:00");
	mh_arena_done(&a);
}

/* The law that everything rests on. */
static void inverse_is_the_first_instant(void **state)
{
	struct mh_rng_seed seed;
	struct mh_rng r = mh_rng_seeded(&seed, 1);
	for (int i = 0; i < 20000; i++) {
		enum mh_unit unit = (enum mh_unit)mh_random_below(&r, MH_UNIT_MAX);
		mh_time t = any_time(&r);
		int64_t n = any_steps(&r, unit), want = mh_cal_position(world.city, t, unit) + n;
		mh_time due = mh_cal_due_from(world.city, t, n, 0, unit).at;
		assert_int_equal(mh_cal_position(world.city, due, unit), want);
		assert_true(mh_cal_position(world.city, due - 1, unit) < want);
		assert_int_equal(mh_cal_used(world.city, t, due, unit), n);
	}
}

static void position_never_falls_and_adds_up(void **state)
{
	struct mh_rng_seed seed;
	struct mh_rng r = mh_rng_seeded(&seed, 2);
	for (int i = 0; i < 20000; i++) {
		enum mh_unit unit = (enum mh_unit)mh_random_below(&r, MH_UNIT_MAX);
		mh_time a = any_time(&r), b = any_time(&r), c = any_time(&r);
		int64_t ab = mh_cal_used(world.city, a, b, unit);
		assert_true(a <= b ? ab >= 0 : ab <= 0);
		assert_int_equal(ab + mh_cal_used(world.city, b, c, unit), mh_cal_used(world.city, a, c, unit));
		assert_int_equal(mh_cal_used(world.city, a, a, unit), 0);
	}
}

/* Counted day by day and minute by minute, by another way. */
static mh_time plain_wd(mh_time t, int64_t n)
{
	mh_day day = mh_time_day(t, MH_ZONE_CHINA);
	while (n > 0) n -= mh_cal_is_working(world.districts, ++day);
	return mh_day_start(day, MH_ZONE_CHINA) + 1050 * 60000;
}

static mh_time plain_wh(mh_time t, int64_t minutes)
{
	for (; minutes > 0; t += 60000) {
		int64_t m = (t - mh_day_start(mh_time_day(t, MH_ZONE_CHINA), MH_ZONE_CHINA)) / 60000;
		bool open = (m >= 510 && m < 720) || (m >= 840 && m < 1050);
		minutes -= open && mh_cal_is_working(world.districts, mh_time_day(t, MH_ZONE_CHINA));
	}
	return t;
}

static void agrees_with_plain_counting(void **state)
{
	struct mh_rng_seed seed;
	struct mh_rng r = mh_rng_seeded(&seed, 3);
	for (int i = 0; i < 3000; i++) {
		mh_time t = any_time(&r);
		int64_t n = 1 + (int64_t)mh_random_below(&r, 90);
		assert_int_equal(mh_cal_due(world.districts, t, (struct mh_span){n, MH_UNIT_WD}).at, plain_wd(t, n));
		t -= t % 60000;
		int64_t m = 1 + (int64_t)mh_random_below(&r, 4000);
		if (i % 10 == 0)
			assert_int_equal(mh_cal_due_from(world.districts, t, m * 60000, 0, MH_UNIT_WH).at,
					 plain_wh(t, m));
	}
}

static void before_goes_back(void **state)
{
	expect_time(mh_cal_before(world.city, at("2025-10-10 17:30"), span("2wd")), "2025-09-30 17:30");
	expect_time(mh_cal_before(world.city, at("2025-10-09 09:30"), span("2wh")), "2025-09-30 16:30");
	expect_time(mh_cal_before(world.city, at("2025-10-09 09:30"), span("90min")), "2025-10-09 08:00");
}

static void extremes_stay_in_range(void **state)
{
	for (int u = 0; u < MH_UNIT_MAX; u++) {
		struct mh_span most = {INT64_MAX, (enum mh_unit)u}, least = {INT64_MIN, (enum mh_unit)u};
		mh_time far = mh_cal_due(world.city, INT64_MAX, most).at,
			early = mh_cal_due(world.city, INT64_MIN, least).at;
		assert_int_equal(mh_time_civil(far, MH_ZONE_CHINA).year, 9999);
		assert_int_equal(mh_time_civil(early, MH_ZONE_CHINA).year, 1);
		mh_cal_before(world.city, 0, least);
		mh_cal_due_from(world.city, 0, INT64_MIN, INT64_MAX, (enum mh_unit)u);
		mh_cal_due_from(world.city, 0, INT64_MAX, INT64_MIN, (enum mh_unit)u);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(golden),
					   cmocka_unit_test(jmix_790_days_are_not_hours),
					   cmocka_unit_test(rickar_106_make_up_days_are_worked),
					   cmocka_unit_test(jbpm_1342_starts_outside_business_hours),
					   cmocka_unit_test(zammad_390_regional_holidays),
					   cmocka_unit_test(beyond_the_table_is_provisional),
					   cmocka_unit_test(other_hours),
					   cmocka_unit_test(inverse_is_the_first_instant),
					   cmocka_unit_test(position_never_falls_and_adds_up),
					   cmocka_unit_test(agrees_with_plain_counting),
					   cmocka_unit_test(before_goes_back),
					   cmocka_unit_test(extremes_stay_in_range)};
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
