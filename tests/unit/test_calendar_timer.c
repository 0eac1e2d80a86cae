#include "calendar/timer.h"
#include "calendar_sample.h"

static struct {
	struct mh_arena arena;
	const struct mh_cal *cal, *next;
} world;

/* Revision 2 gives away Friday 26 December 2025. */
static int set_up(void **state)
{
	world.arena = MH_ARENA(0);
	world.cal = sample_city(&world.arena);
	struct mh_cal_rules rules = sample_rules(2);
	struct mh_cal_builder *b;
	if (mh_cal_builder_new(&world.arena, &rules, &b, NULL) || mh_cal_builder_copy(b, world.cal, NULL)) return -1;
	sample_row(b, "2025-12-26", false, MH_STR("暴雪停工"), MH_STR("Snow day"));
	world.next = sample_finish(b);
	return 0;
}

static int tear_down(void **state)
{
	mh_arena_done(&world.arena);
	return 0;
}

static mh_time due_of(const struct mh_timer_state *s)
{
	struct mh_cal_due due = {0};
	assert_true(mh_timer_due(s, world.cal, &due));
	return due.at;
}

static void pause(struct mh_timer_state *s, mh_time t)
{
	assert_int_equal(mh_timer_pause(s, world.cal, t, NULL), MH_OK);
}

static void resume(struct mh_timer_state *s, mh_time t)
{
	assert_int_equal(mh_timer_resume(s, world.cal, t, NULL), MH_OK);
}

static void pause_over_a_holiday(void **state)
{
	struct mh_timer_state s = mh_timer_start(world.cal, at("2025-09-26 10:00"), span("5wd"));
	expect_time(due_of(&s), "2025-10-10 17:30");
	pause(&s, at("2025-09-29 12:00"));
	assert_int_equal(s.used, 1); /* the make-up Sunday */
	resume(&s, at("2025-10-09 10:00"));
	expect_time(due_of(&s), "2025-10-13 17:30");
	/* A pause within the holiday costs no working day and gives none. */
	s = mh_timer_start(world.cal, at("2025-09-26 10:00"), span("5wd"));
	pause(&s, at("2025-09-30 18:00"));
	resume(&s, at("2025-10-08 22:00"));
	expect_time(due_of(&s), "2025-10-10 17:30");
}

static void pause_on_the_last_day(void **state)
{
	struct mh_timer_state s = mh_timer_start(world.cal, at("2025-11-10 10:00"), span("2wd"));
	expect_time(due_of(&s), "2025-11-12 17:30");
	pause(&s, at("2025-11-12 10:00"));
	resume(&s, at("2025-11-15 10:00")); /* a Saturday: not late for what the pause held up */
	expect_time(due_of(&s), "2025-11-17 17:30");
	/* Late before the pause, late after it. */
	s = mh_timer_start(world.cal, at("2025-11-10 10:00"), span("2wd"));
	pause(&s, at("2025-11-12 17:31"));
	resume(&s, at("2025-11-15 10:00"));
	assert_true(due_of(&s) < at("2025-11-15 10:00"));
	assert_int_equal(mh_timer_left(&s, world.cal, at("2025-11-15 10:00")), 0);
}

static void pause_on_the_start_day(void **state)
{
	struct mh_timer_state s = mh_timer_start(world.cal, at("2025-11-10 10:00"), span("2wd"));
	pause(&s, at("2025-11-10 11:00"));
	resume(&s, at("2025-11-10 15:00"));
	expect_time(due_of(&s), "2025-11-12 17:30");
	assert_int_equal(mh_timer_left(&s, world.cal, at("2025-11-10 16:00")), 2);
	assert_int_equal(mh_timer_left(&s, world.cal, at("2025-11-11 17:30")), 1);
	assert_int_equal(mh_timer_left(&s, world.cal, at("2025-11-13 09:00")), 0);
}

/* However a pause is cut into pieces, and however often a clock is paused for no time at all. */
static void cutting_changes_nothing(void **state)
{
	struct mh_rng_seed seed;
	struct mh_rng r = mh_rng_seeded(&seed, 4);
	for (int i = 0; i < 5000; i++) {
		struct mh_span budget = {1 + (int64_t)mh_random_below(&r, 40),
					 (enum mh_unit)mh_random_below(&r, MH_UNIT_MAX)};
		mh_time start = any_time(&r), t = start;
		struct mh_timer_state whole = mh_timer_start(world.cal, start, budget), cut = whole;
		mh_time down = start + (mh_time)mh_random_below(&r, 10 * 86400000LL);
		mh_time up = down + (mh_time)mh_random_below(&r, 10 * 86400000LL);
		for (int k = 0; k < 3; k++) {
			t += (mh_time)mh_random_below(&r, (uint64_t)(down - t) + 1);
			pause(&cut, t);
			resume(&cut, t);
			assert_int_equal(due_of(&cut), due_of(&whole));
		}
		pause(&whole, down);
		pause(&cut, down);
		for (int k = 0; k < 3; k++) {
			mh_time mid = down + (mh_time)mh_random_below(&r, (uint64_t)(up - down) + 1);
			resume(&cut, mid);
			pause(&cut, mid);
		}
		resume(&whole, up);
		resume(&cut, up);
		assert_int_equal(due_of(&cut), due_of(&whole));
	}
}

/* GLPI #10594: pauses were counted round the clock and deadlines in business time, so a pause gave too much back.
 * A pause moves the due instant by its own length in the unit of the clock, no more and no less. */
static void glpi_10594_a_pause_gives_back_its_length(void **state)
{
	struct mh_rng_seed seed;
	struct mh_rng r = mh_rng_seeded(&seed, 5);
	for (int i = 0; i < 5000; i++) {
		struct mh_span budget = {1 + (int64_t)mh_random_below(&r, 40),
					 (enum mh_unit)mh_random_below(&r, MH_UNIT_MAX)};
		mh_time start = any_time(&r), down = start + (mh_time)mh_random_below(&r, 20 * 86400000LL);
		mh_time up = down + (mh_time)mh_random_below(&r, 20 * 86400000LL);
		struct mh_timer_state s = mh_timer_start(world.cal, start, budget);
		mh_time before = due_of(&s);
		pause(&s, down);
		resume(&s, up);
		assert_int_equal(mh_cal_used(world.cal, before, due_of(&s), budget.unit),
				 mh_cal_used(world.cal, down, up, budget.unit));
	}
	struct mh_timer_state s = mh_timer_start(world.cal, at("2025-11-14 16:30"), span("2wh"));
	pause(&s, at("2025-11-14 17:00"));
	resume(&s, at("2025-11-17 09:00")); /* a weekend: 64 hours, of which 1 is business */
	expect_time(due_of(&s), "2025-11-17 10:30");
}

static void extend_stop_and_refusals(void **state)
{
	struct mh_timer_state s = mh_timer_start(world.cal, at("2025-11-10 10:00"), span("5wd")), kept;
	assert_int_equal(mh_timer_extend(&s, span("5wd"), NULL), MH_OK);
	expect_time(due_of(&s), "2025-11-24 17:30");
	kept = s;
	assert_int_equal(mh_timer_extend(&s, span("5d"), NULL), MH_E_INVALID);
	assert_int_equal(mh_timer_extend(&s, span("0wd"), NULL), MH_E_INVALID);
	assert_int_equal(mh_timer_resume(&s, world.cal, at("2025-11-12 10:00"), NULL), MH_E_CONFLICT);
	assert_int_equal(mh_timer_pause(&s, world.cal, at("2025-11-10 09:59"), NULL), MH_E_INVALID);
	assert_int_equal(mh_timer_pause(&s, world.next, at("2025-11-12 10:00"), NULL), MH_E_INVALID);
	assert_memory_equal(&s, &kept, sizeof s);
	pause(&s, at("2025-11-12 18:00"));
	assert_int_equal(s.used, 2);
	struct mh_cal_due due;
	assert_false(mh_timer_due(&s, world.cal, &due));
	assert_int_equal(mh_timer_pause(&s, world.cal, at("2025-11-13 10:00"), NULL), MH_E_CONFLICT);
	assert_int_equal(mh_timer_extend(&s, span("1wd"), NULL), MH_OK);
	assert_int_equal(mh_timer_stop(&s, world.cal, at("2025-11-20 10:00"), NULL), MH_OK);
	assert_int_equal(s.used, 2);
	assert_int_equal(mh_timer_left(&s, world.cal, at("2025-12-20 10:00")), 9);
	assert_int_equal(mh_timer_stop(&s, world.cal, at("2025-11-20 10:00"), NULL), MH_E_CONFLICT);
	assert_int_equal(mh_timer_extend(&s, span("1wd"), NULL), MH_E_CONFLICT);
	assert_int_equal(mh_timer_resume(&s, world.cal, at("2025-11-20 10:00"), NULL), MH_E_CONFLICT);
}

static mh_time warn_of(const char *start, const char *budget, int percent, const char *before)
{
	struct mh_timer_state s = mh_timer_start(world.cal, at(start), span(budget));
	struct mh_timer_warn w = {.percent = percent};
	if (before) w.before = span(before);
	mh_time t = 0;
	assert_true(mh_timer_warn(&s, world.cal, &w, &t));
	return t;
}

static void warns_before_the_end(void **state)
{
	expect_time(warn_of("2025-11-10 10:00", "1wd", 50, NULL), "2025-11-11 12:00"); /* half of seven hours is left */
	expect_time(warn_of("2025-11-10 10:00", "5wd", 80, NULL), "2025-11-14 17:30"); /* one day of five is left */
	expect_time(warn_of("2025-09-26 10:00", "5wd", 60, NULL), "2025-09-30 17:30");
	expect_time(warn_of("2025-11-10 10:00", "4wh", 50, NULL), "2025-11-10 12:00");
	expect_time(warn_of("2025-11-10 10:00", "10d", 50, NULL), "2025-11-15 23:59");
	expect_time(warn_of("2025-11-10 10:00", "24h", 75, NULL), "2025-11-11 04:00");
	expect_time(warn_of("2025-11-10 10:00", "20wd", 0, "10wd"), "2025-11-24 17:30");
	expect_time(warn_of("2025-11-10 10:00", "60d", 0, "2wd"), "2026-01-07 17:30"); /* due Friday 9 January, 23:59 */
	struct mh_timer_state s = mh_timer_start(world.cal, at("2025-11-10 10:00"), span("5wd"));
	pause(&s, at("2025-11-11 10:00"));
	mh_time t;
	assert_false(mh_timer_warn(&s, world.cal, &(struct mh_timer_warn){.percent = 50}, &t));
}

static void revision_moves_only_what_is_ahead(void **state)
{
	struct mh_timer_state s = mh_timer_start(world.cal, at("2025-12-22 10:00"), span("5wd"));
	expect_time(due_of(&s), "2025-12-29 17:30");
	struct mh_timer_state late = s, paused = s;
	assert_int_equal(mh_timer_revise(&s, world.cal, world.next, at("2025-12-25 09:00"), NULL), MH_OK);
	assert_int_equal(s.cal_rev, 2);
	struct mh_cal_due due;
	assert_true(mh_timer_due(&s, world.next, &due));
	expect_time(due.at, "2025-12-30 17:30");
	/* Announced afterwards: the day was counted and stays so. */
	assert_int_equal(mh_timer_revise(&late, world.cal, world.next, at("2025-12-28 09:00"), NULL), MH_OK);
	assert_true(mh_timer_due(&late, world.next, &due));
	expect_time(due.at, "2025-12-29 17:30");
	pause(&paused, at("2025-12-24 09:00"));
	assert_int_equal(mh_timer_revise(&paused, world.cal, world.next, at("2025-12-25 09:00"), NULL), MH_OK);
	assert_int_equal(paused.running_since, MH_TIMER_PAUSED);
	assert_int_equal(mh_timer_revise(&paused, world.next, world.cal, at("2025-12-25 09:00"), NULL), MH_E_INVALID);
	assert_int_equal(mh_timer_revise(&paused, world.cal, world.next, at("2025-12-25 09:00"), NULL), MH_E_INVALID);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(pause_over_a_holiday),
					   cmocka_unit_test(pause_on_the_last_day),
					   cmocka_unit_test(pause_on_the_start_day),
					   cmocka_unit_test(cutting_changes_nothing),
					   cmocka_unit_test(glpi_10594_a_pause_gives_back_its_length),
					   cmocka_unit_test(extend_stop_and_refusals),
					   cmocka_unit_test(warns_before_the_end),
					   cmocka_unit_test(revision_moves_only_what_is_ahead)};
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
