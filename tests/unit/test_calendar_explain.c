#include "calendar/explain.h"
#include "calendar_sample.h"

#include <string.h>

static struct {
	struct mh_arena arena;
	const struct mh_cal *cal;
} world;

static int set_up(void **state)
{
	world.arena = MH_ARENA(0);
	world.cal = sample_city(&world.arena);
	return 0;
}

static int tear_down(void **state)
{
	mh_arena_done(&world.arena);
	return 0;
}

static struct mh_timer_state started(const char *start, const char *budget)
{
	return mh_timer_start(world.cal, at(start), span(budget));
}

static void expect_text(const struct mh_timer_state *s, const char *lang, const char *want)
{
	struct mh_buf b = MH_BUF(1 << 16);
	mh_cal_explain(world.cal, s, lang, &b);
	assert_false(b.failed);
	assert_string_equal(b.ptr, want);
	mh_buf_done(&b);
}

static void working_days_over_spring_festival(void **state)
{
	struct mh_timer_state s = started("2024-02-08 16:00", "5wd");
	expect_text(&s, "en",
		    "From Thu 8 Feb 2024, 16:00: 5 working days.\n"
		    "Thu 8 Feb: the day of the start, not counted.\n"
		    "Fri 9 Feb: 1 working day counted.\n"
		    "Sat 10 – Sat 17 Feb: Spring Festival, not counted.\n"
		    "Sun 18 Feb: worked to make up for Spring Festival, 1 working day counted.\n"
		    "Mon 19 – Wed 21 Feb: 3 working days counted.\n"
		    "Due: Wed 21 Feb 2024, 17:30.\n");
	expect_text(&s, "zh",
		    "自2024年2月8日（周四）16:00起算，期限 5 个工作日。\n"
		    "2月8日（周四）：起算当日，不计入。\n"
		    "2月9日（周五）：计 1 个工作日。\n"
		    "2月10日（周六）至2月17日（周六）：春节放假，不计。\n"
		    "2月18日（周日）：春节调休上班，计 1 个工作日。\n"
		    "2月19日（周一）至2月21日（周三）：计 3 个工作日。\n"
		    "到期：2024年2月21日（周三）17:30。\n");
}

static void working_hours_over_a_weekend(void **state)
{
	struct mh_timer_state s = started("2025-11-14 17:00", "2wh");
	expect_text(&s, "en",
		    "From Fri 14 Nov 2025, 17:00: 2 working hours.\n"
		    "Fri 14 Nov: 30 minutes counted.\n"
		    "Sat 15 – Sun 16 Nov: weekend, not counted.\n"
		    "Mon 17 Nov: 1 working hour 30 minutes counted.\n"
		    "Due: Mon 17 Nov 2025, 10:00.\n");
	s = started("2025-11-14 18:00", "2wh");
	expect_text(&s, "zh",
		    "自2025年11月14日（周五）18:00起算，期限 2 个工作小时。\n"
		    "11月14日（周五）：已过办公时间，不计。\n"
		    "11月15日（周六）至11月16日（周日）：周末，不计。\n"
		    "11月17日（周一）：计 2 个工作小时。\n"
		    "到期：2025年11月17日（周一）10:30。\n");
}

static void plain_units(void **state)
{
	struct mh_timer_state s = started("2025-11-14 17:00", "60d");
	expect_text(&s, "en",
		    "From Fri 14 Nov 2025, 17:00: 60 days.\n"
		    "Natural days: weekends and holidays count.\n"
		    "Fri 14 Nov: the day of the start, not counted.\n"
		    "Sat 15 Nov – Tue 13 Jan 2026: 60 days counted.\n"
		    "Due: Tue 13 Jan 2026, 23:59:59.\n");
	s = started("2025-11-14 17:00", "90min");
	expect_text(&s, "zh",
		    "自2025年11月14日（周五）17:00起算，期限 1 小时 30 分钟。\n"
		    "按自然时间连续计算，含夜间、周末和节假日。\n"
		    "到期：2025年11月14日（周五）18:30。\n");
}

static void after_a_pause(void **state)
{
	struct mh_timer_state s = started("2025-09-26 10:00", "5wd");
	assert_int_equal(mh_timer_pause(&s, world.cal, at("2025-09-29 12:00"), NULL), MH_OK);
	expect_text(&s, "en", "Paused, with 4 working days left.\n");
	expect_text(&s, "zh", "计时已暂停，剩余 4 个工作日。\n");
	assert_int_equal(mh_timer_resume(&s, world.cal, at("2025-10-09 10:00"), NULL), MH_OK);
	expect_text(&s, "en",
		    "From Thu 9 Oct 2025, 10:00: 5 working days; used before: 1 working day.\n"
		    "Thu 9 – Fri 10 Oct: 2 working days counted.\n"
		    "Sat 11 Oct: worked to make up for National Day and Mid-Autumn Festival, 1 working day counted.\n"
		    "Sun 12 Oct: weekend, not counted.\n"
		    "Mon 13 Oct: 1 working day counted.\n"
		    "Due: Mon 13 Oct 2025, 17:30.\n");
	/* Paused on the start day: its end is owed to the day on which the clock first runs at closing time. */
	s = started("2025-11-10 10:00", "1wd");
	assert_int_equal(mh_timer_pause(&s, world.cal, at("2025-11-10 12:00"), NULL), MH_OK);
	assert_int_equal(mh_timer_resume(&s, world.cal, at("2025-11-15 10:00"), NULL), MH_OK);
	expect_text(&s, "en",
		    "From Sat 15 Nov 2025, 10:00: 1 working day.\n"
		    "Sat 15 – Sun 16 Nov: weekend, not counted.\n"
		    "Mon 17 Nov: for the day of the start, not counted.\n"
		    "Tue 18 Nov: 1 working day counted.\n"
		    "Due: Tue 18 Nov 2025, 17:30.\n");
	assert_int_equal(mh_timer_stop(&s, world.cal, at("2025-11-18 12:00"), NULL), MH_OK);
	expect_text(&s, "zh", "计时已停止，剩余 1 个工作日。\n");
}

static void long_spans_are_condensed(void **state)
{
	struct mh_timer_state s = started("2025-09-01 10:00", "60wd");
	expect_text(&s, "en",
		    "From Mon 1 Sep 2025, 10:00: 60 working days.\n"
		    "Mon 1 Sep: the day of the start, not counted.\n"
		    "Tue 2 – Sat 27 Sep: 19 working days counted; 7 days off not counted.\n"
		    "Sun 28 Sep: worked to make up for National Day and Mid-Autumn Festival, 1 working day counted.\n"
		    "Mon 29 – Tue 30 Sep: 2 working days counted.\n"
		    "Wed 1 – Wed 8 Oct: National Day and Mid-Autumn Festival, not counted.\n"
		    "Thu 9 – Fri 10 Oct: 2 working days counted.\n"
		    "Sat 11 Oct: worked to make up for National Day and Mid-Autumn Festival, 1 working day counted.\n"
		    "Sun 12 Oct – Fri 28 Nov: 35 working days counted; 13 days off not counted.\n"
		    "Due: Fri 28 Nov 2025, 17:30.\n");
	s = started("2015-09-01 10:00", "3000wd");
	expect_text(&s, "zh",
		    "自2015年9月1日（周二）10:00起算，期限 3000 个工作日。\n"
		    "9月1日（周二）：起算当日，不计入。\n"
		    "9月2日（周三）至2027年9月2日（周四）：计 3000 个工作日，休息日 1384 天不计。\n"
		    "到期：2027年9月2日（周四）17:30。\n"
		    "暂定：2027 年的节假日安排不在本日历中，暂按平常的工作周计算。\n");
}

static void used_up_and_short_of_room(void **state)
{
	struct mh_timer_state s = started("2025-11-10 10:00", "1wd");
	assert_int_equal(mh_timer_pause(&s, world.cal, at("2025-11-13 10:00"), NULL), MH_OK);
	assert_int_equal(mh_timer_resume(&s, world.cal, at("2025-11-13 10:00"), NULL), MH_OK);
	expect_text(&s, "en",
		    "From Thu 13 Nov 2025, 10:00: 1 working day; used before: 2 working days.\n"
		    "Due: Tue 11 Nov 2025, 17:30.\n");
	struct mh_buf b = MH_BUF(20);
	mh_cal_explain(world.cal, &s, "en", &b);
	assert_true(b.failed);
	mh_buf_done(&b);
}

/* What is counted line by line is what was left of the budget. */
static void lines_add_up(void **state)
{
	struct mh_rng_seed seed;
	struct mh_rng r = mh_rng_seeded(&seed, 6);
	for (int i = 0; i < 300; i++) {
		struct mh_span budget = {1 + (int64_t)mh_random_below(&r, 300), MH_UNIT_WD};
		mh_time t = any_time(&r);
		struct mh_timer_state s = mh_timer_start(world.cal, t, budget);
		if (i % 2) {
			t += (mh_time)mh_random_below(&r, 200000000);
			assert_int_equal(mh_timer_pause(&s, world.cal, t, NULL), MH_OK);
			t += (mh_time)mh_random_below(&r, 900000000);
			assert_int_equal(mh_timer_resume(&s, world.cal, t, NULL), MH_OK);
		}
		struct mh_buf b = MH_BUF(1 << 16);
		mh_cal_explain(world.cal, &s, "zh", &b);
		long long sum = 0, n;
		for (const char *p = b.ptr; (p = strstr(p, "计 ")) != NULL; p += 4)
			if (sscanf(p, "计 %lld 个工作日", &n) == 1) sum += n;
		mh_buf_done(&b);
		assert_int_equal(sum, mh_timer_left(&s, world.cal, s.running_since));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(working_days_over_spring_festival),
					   cmocka_unit_test(working_hours_over_a_weekend),
					   cmocka_unit_test(plain_units),
					   cmocka_unit_test(after_a_pause),
					   cmocka_unit_test(long_spans_are_condensed),
					   cmocka_unit_test(used_up_and_short_of_room),
					   cmocka_unit_test(lines_add_up)};
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
