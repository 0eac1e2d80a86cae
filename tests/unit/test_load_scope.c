#include "load_unit.h"

#define LATE "  late: {from: open, to: closed, who: clock, do: [board: {color: red}]}"
#define WHEN(text) "  x: {from: open, to: closed, who: {role: clerk}, when: '" text "'}\n" LATE

static void names(void **state)
{
	static const struct edit list[] = {
		{LATE, WHEN("level < 4 && owner_level >= 1 && reports > 1 && state == \"open\""), NULL},
		{LATE, WHEN("state == \"opne\""), "unknown-value"},
		{LATE, WHEN("subject == \"ask\" && due < 2026-11-21 && stars == 5 && unit == \"330100\""), NULL},
		{LATE, WHEN("subject == \"asks\""), "unknown-value"},
		{LATE, WHEN("due < 5"), "expr-type"},
		{LATE, WHEN("rounds > 1"), "unknown-name"},
		{LATE, WHEN("count(late) > 1 && open_children(task) == 0"), NULL},
		{LATE, WHEN("count(lates) > 1"), "unknown-name"},
		{LATE, WHEN("count(late).x > 1"), "unknown-name"},
		{LATE, WHEN("open_children(Task) == 0"), "unknown-name"},
		{LATE, WHEN("matter(other).state == \"whatever\" && matter(other).stars > 3"), NULL},
		{LATE, WHEN("matter(other)"), "unknown-name"},
		{LATE, WHEN("matter(unit).state == \"x\""), "unknown-name"},
		{LATE, WHEN("days(due) > 1"), "unknown-name"},
	};
	CHECK(list);
}

static void hints_fit_the_call(void **state)
{
	struct small s MH_CLEANUP(small_done), t MH_CLEANUP(small_done);
	small_load(&s, LATE, WHEN("count(laet) > 1"));
	assert_true(mh_str_is(s.diags.list[0].hint, "Did you mean 'late'?"));
	small_load(&t, LATE, WHEN("sbject == \"ask\""));
	assert_true(mh_str_is(t.diags.list[0].hint, "Did you mean 'subject'?"));
}

MH_TESTS(cmocka_unit_test(names), cmocka_unit_test(hints_fit_the_call))
