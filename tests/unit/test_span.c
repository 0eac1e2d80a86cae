#include "unit.h"

#include "calendar/span.h"

static void reads_and_writes(void **state)
{
	static const struct {
		const char *text;
		int64_t n, steps;
		enum mh_unit unit;
	} cases[] = {{"5wd", 5, 5, MH_UNIT_WD},
		     {"2wh", 2, 7200000, MH_UNIT_WH},
		     {"60d", 60, 60, MH_UNIT_D},
		     {"24h", 24, 86400000, MH_UNIT_H},
		     {"90min", 90, 5400000, MH_UNIT_MIN},
		     {"0d", 0, 0, MH_UNIT_D},
		     {"100000min", 100000, 6000000000, MH_UNIT_MIN}};
	struct mh_arena a = MH_ARENA(0);
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct mh_span s;
		assert_true(mh_span_parse(mh_str_c(cases[i].text), &s));
		assert_int_equal(s.n, cases[i].n);
		assert_int_equal(s.unit, cases[i].unit);
		assert_int_equal(mh_span_steps(s), cases[i].steps);
		assert_true(mh_str_is(mh_span_text(&a, s), cases[i].text));
	}
	mh_arena_done(&a);
}

static void refuses(void **state)
{
	static const char *const bad[] = {"",
					  "5",
					  "wd",
					  "00wd",
					  "05wd",
					  "-5wd",
					  "+5wd",
					  " 5wd",
					  "5 wd",
					  "5wd ",
					  "5WD",
					  "5.5h",
					  "5m",
					  "5day",
					  "100001d",
					  "1e3h",
					  "５wd",
					  "100000000min",
					  "99999999999999999999wd",
					  "5wdwd",
					  "P1D"};
	struct mh_span s = {42, MH_UNIT_H};
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) assert_false(mh_span_parse(mh_str_c(bad[i]), &s));
	assert_false(mh_span_parse((struct mh_str){NULL, 0}, &s));
	assert_false(mh_span_parse((struct mh_str){"5wd\0", 4}, &s));
	assert_int_equal(s.n, 42);
	assert_int_equal(s.unit, MH_UNIT_H);
}

static void steps_saturate(void **state)
{
	assert_int_equal(mh_span_steps((struct mh_span){INT64_MAX, MH_UNIT_H}), INT64_MAX);
	assert_int_equal(mh_span_steps((struct mh_span){INT64_MIN, MH_UNIT_MIN}), INT64_MIN);
}

static void words_in_both_languages(void **state)
{
	struct mh_arena a = MH_ARENA(0);
	assert_string_equal(mh_span_words(&a, (struct mh_span){1, MH_UNIT_WD}, "en").ptr, "1 working day");
	assert_string_equal(mh_span_words(&a, (struct mh_span){5, MH_UNIT_WD}, "en").ptr, "5 working days");
	assert_string_equal(mh_span_words(&a, (struct mh_span){5, MH_UNIT_WD}, "zh-Hant").ptr, "5 个工作日");
	assert_string_equal(mh_span_words(&a, (struct mh_span){60, MH_UNIT_D}, "zh").ptr, "60 日");
	assert_string_equal(mh_span_words(&a, (struct mh_span){90, MH_UNIT_MIN}, NULL).ptr, "90 minutes");
	mh_arena_done(&a);
}

MH_TESTS(cmocka_unit_test(words_in_both_languages), cmocka_unit_test(reads_and_writes), cmocka_unit_test(refuses),
	 cmocka_unit_test(steps_saturate))
