#include "calendar_sample.h"

static void official_totals(void **state)
{
	/* Days less weekends less 11 public holidays (13 from 2025), less 3 September 2015 and less the two working days by
	 * which Spring Festival 2020 was lengthened. */
	static const int totals[] = {249, 250, 249, 250, 250, 249, 250, 249, 249, 251, 248, 248};
	struct mh_arena a = MH_ARENA(0);
	const struct mh_cal *cal = sample_city(&a);
	for (int y = 2015; y <= 2026; y++)
		assert_int_equal(mh_cal_workdays_between(cal, mh_day_from(y - 1, 12, 31), mh_day_from(y, 12, 31)),
				 totals[y - 2015]);
	mh_arena_done(&a);
}

static void official_days(void **state)
{
	static const char *const worked[] = {"2024-02-04", "2024-02-18", "2025-01-26", "2025-02-08",
					     "2025-04-27", "2025-09-28", "2025-10-11", "2026-01-04",
					     "2026-02-14", "2026-02-28", "2026-05-09", "2026-09-20",
					     "2026-10-10", "2020-01-19", "2024-02-09", "2026-02-13"};
	static const char *const off[] = {"2020-01-31", "2020-02-01", "2020-02-02", "2024-02-10",
					  "2024-02-12", "2025-10-08", "2026-01-02", "2026-02-16",
					  "2026-02-23", "2026-04-06", "2026-05-05", "2026-06-19",
					  "2026-09-25", "2026-10-07", "2026-10-11", "2015-09-03"};
	struct mh_arena a = MH_ARENA(0);
	const struct mh_cal *cal = sample_city(&a);
	for (size_t i = 0; i < sizeof worked / sizeof *worked; i++) assert_true(mh_cal_is_working(cal, on(worked[i])));
	for (size_t i = 0; i < sizeof off / sizeof *off; i++) assert_false(mh_cal_is_working(cal, on(off[i])));
	assert_string_equal(mh_cal_find(cal, on("2026-02-17"))->zh.ptr, "春节");
	assert_string_equal(mh_cal_find(cal, on("2026-02-17"))->en.ptr, "Spring Festival");
	assert_null(mh_cal_find(cal, on("2026-02-13")));
	assert_true(mh_cal_covers(cal, on("2015-01-01")) && mh_cal_covers(cal, on("2026-12-31")));
	assert_false(mh_cal_covers(cal, on("2014-12-31")) || mh_cal_covers(cal, on("2027-01-01")));
	assert_true(mh_cal_is_working(cal, on("2027-01-01"))); /* a Friday: the notice is not out */
	mh_arena_done(&a);
}

static void count_agrees_with_counting(void **state)
{
	struct mh_arena a = MH_ARENA(0);
	const struct mh_cal *cal = sample_city(&a);
	mh_day first = mh_day_from(1969, 6, 1);
	int64_t sum = mh_cal_workdays_upto(cal, first);
	for (mh_day d = first + 1; d < mh_day_from(2030, 1, 1); d++) {
		sum += mh_cal_is_working(cal, d);
		assert_int_equal(mh_cal_workdays_upto(cal, d), sum);
		if (mh_cal_is_working(cal, d)) assert_int_equal(mh_cal_workday_at(cal, sum), d);
	}
	assert_int_equal(mh_cal_workdays_between(cal, on("2024-02-21"), on("2024-02-08")), -5);
	mh_arena_done(&a);
}

static void difference_of_revisions(void **state)
{
	struct mh_arena a = MH_ARENA(0);
	const struct mh_cal *was = sample_city(&a), *is;
	struct mh_cal_rules rules = sample_rules(2);
	rules.last_year = 2027;
	struct mh_cal_builder *b;
	assert_int_equal(mh_cal_builder_new(&a, &rules, &b, NULL), MH_OK);
	assert_int_equal(mh_cal_builder_copy(b, was, NULL), MH_OK);
	sample_row(b, "2027-01-01", false, MH_STR("元旦"), MH_STR("New Year's Day"));
	sample_row(b, "2026-10-10", false, MH_STR("补休"), MH_STR("Day in lieu")); /* replaces the make-up Saturday */
	is = sample_finish(b);
	struct mh_cal_diff d;
	assert_int_equal(mh_cal_diff(&a, was, is, &d, NULL), MH_OK);
	assert_int_equal(d.n, 2);
	assert_int_equal(d.changes[0].day, on("2026-10-10"));
	assert_true(d.changes[0].was_working && !d.changes[0].is_working);
	assert_string_equal(d.changes[0].was_en.ptr, "National Day");
	assert_int_equal(d.changes[1].day, on("2027-01-01"));
	assert_true(d.changes[1].was_working && !d.changes[1].is_working);
	assert_int_equal(d.changes[1].was_zh.len, 0);
	assert_true(d.years && !d.week && !d.hours && !d.zone);
	assert_int_equal(mh_cal_diff(&a, was, was, &d, NULL), MH_OK);
	assert_true(d.n == 0 && !d.years && !d.hours);
	mh_arena_done(&a);
}

static void canonical_text(void **state)
{
	struct mh_arena a = MH_ARENA(0);
	struct mh_cal_rules rules = sample_rules(3);
	struct mh_cal_builder *b;
	assert_int_equal(mh_cal_builder_new(&a, &rules, &b, NULL), MH_OK);
	sample_row(b, "2024-02-18", true, MH_STR("春节"), MH_STR("Spring \"Festival\""));
	sample_row(b, "2024-02-12", false, MH_STR("春节"), MH_STR("Spring Festival"));
	const struct mh_cal *cal = sample_finish(b);
	struct mh_buf text = MH_BUF(4096);
	mh_cal_text(cal, &text);
	assert_string_equal(text.ptr,
			    "minhu-calendar/1\nregion \"330100\"\nrevision 3\nsource \"国务院办公厅节假日安排通知\"\n"
			    "zone 480\nweek 1111100\nhours 510-720 840-1050\nyears 2015-2026\n"
			    "day 2024-02-12 0 \"春节\" \"Spring Festival\"\n"
			    "day 2024-02-18 1 \"春节\" \"Spring \\\"Festival\\\"\"\n");
	struct mh_hash want = mh_sha256_str(mh_buf_str(&text)), got = mh_cal_hash(cal);
	assert_true(mh_hash_eq(&want, &got));
	mh_buf_done(&text);
	mh_arena_done(&a);
}

MH_TESTS(cmocka_unit_test(official_totals), cmocka_unit_test(official_days),
	 cmocka_unit_test(count_agrees_with_counting), cmocka_unit_test(difference_of_revisions),
	 cmocka_unit_test(canonical_text))
