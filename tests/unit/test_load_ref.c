#include "load_unit.h"

#define LATE "  late: {from: open, to: closed, who: clock, do: [board: {color: red}]}"

static struct mh_str hint_of(struct small *s, const char *rule)
{
	for (size_t i = 0; i < s->diags.n; i++)
		if (strcmp(s->diags.list[i].rule, rule) == 0) return s->diags.list[i].hint;
	fail_msg("no %s", rule);
	return (struct mh_str){NULL, 0};
}

static void hints(void **state)
{
	struct small near MH_CLEANUP(small_done), far MH_CLEANUP(small_done), none MH_CLEANUP(small_done);
	small_load(&near, "then: late", "then: laet");
	assert_true(mh_str_is(hint_of(&near, "unknown-transition"), "Did you mean 'late'?"));
	small_load(&far, "to: closed, who: clock", "to: nirvana, who: clock");
	assert_true(mh_str_is(hint_of(&far, "unknown-state"), "Known here: open, closed"));
	small_load(&none, "    room: intake\n", "    room: intake\n    vote: jury\n");
	assert_true(mh_str_is(hint_of(&none, "unknown-vote"), "Declare it first"));
}

static void expression_places_skip_the_quote(void **state)
{
	struct small plain MH_CLEANUP(small_done), quoted MH_CLEANUP(small_done);
	small_load(&plain, LATE, "  x: {from: open, to: closed, who: {role: clerk}, when: nix}\n" LATE);
	small_load(&quoted, LATE, "  x: {from: open, to: closed, who: {role: clerk}, when: 'nix'}\n" LATE);
	assert_string_equal(plain.diags.list[0].rule, "unknown-name");
	assert_int_equal(quoted.diags.list[0].at.column, plain.diags.list[0].at.column + 1);
}

MH_TESTS(cmocka_unit_test(hints), cmocka_unit_test(expression_places_skip_the_quote))
