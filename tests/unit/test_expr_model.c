#include "expr_unit.h"

static void conditions(void **state)
{
	static const struct {
		const char *text, *can_be_true, *can_be_false;
	} cases[] = {
		{"level < 4", "(level < 4)", "(level >= 4)"},
		{"count(extend-2) >= 1", "(cnt_extend_2 >= 1)", "(cnt_extend_2 < 1)"},
		{"!(level == 4)", "(level != 4)", "(level == 4)"},
		{"urgent", "", ""},
		{"yes", "true", "false"},
		{"urgent && level < 4", "(level < 4)", ""},
		{"urgent || level < 4", "", "(level >= 4)"},
		{"level < 4 && count(reopen) > 0", "((level < 4) && (cnt_reopen > 0))",
		 "((level >= 4) || (cnt_reopen <= 0))"},
		{"urgent ? level < 4 : level < 3", "((level < 4) || (level < 3))", "((level >= 4) || (level >= 3))"},
		{"level > 1 ? level < 4 : urgent", "(((level > 1) && (level < 4)) || (level <= 1))",
		 "(((level > 1) && (level >= 4)) || (level <= 1))"},
		{"stars >= level", "", ""},
	};
	struct mh_arena a = MH_ARENA(0);
	struct mh_diags d = mh_diags_new(&a, MH_STR("t"));
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct mh_expr *e = mh_expr_parse(&a, mh_str_c(cases[i].text), (struct mh_mark){1, 1}, &expr_scope,
						  MH_V_BOOL, &d);
		assert_non_null(e);
		struct mh_str t = mh_expr_promela(&a, e), f = mh_expr_promela_false(&a, e);
		if (!mh_str_is(t, cases[i].can_be_true) || !mh_str_is(f, cases[i].can_be_false))
			fail_msg("%s: " MH_STR_FMT " / " MH_STR_FMT, cases[i].text, MH_STR_ARG(t), MH_STR_ARG(f));
	}
	mh_arena_done(&a);
}

/* Choices inside the conditions of choices must not double the text with each level. */
static void nested_choices_stay_small(void **state)
{
	struct mh_arena a = MH_ARENA(0);
	struct mh_diags d = mh_diags_new(&a, MH_STR("t"));
	struct mh_buf b = MH_BUF(4096);
	for (int i = 0; i < 50; i++) mh_buf_ch(&b, '(');
	mh_buf_c(&b, "level<4");
	for (int i = 0; i < 50; i++) mh_buf_c(&b, "?level<4:no)");
	struct mh_expr *e = mh_expr_parse(&a, mh_buf_str(&b), (struct mh_mark){1, 1}, &expr_scope, MH_V_BOOL, &d);
	assert_non_null(e);
	assert_true(mh_expr_promela(&a, e).len < 4096);
	mh_buf_done(&b);
	mh_arena_done(&a);
}

MH_TESTS(cmocka_unit_test(conditions), cmocka_unit_test(nested_choices_stay_small))
