#include "expr_unit.h"

static const struct mh_mark place = {7, 11};

static void accepts(void **state)
{
	static const struct {
		const char *text;
		enum mh_value_type want;
	} cases[] = {
		{"yes", MH_V_BOOL},
		{" ( true ) ", MH_V_BOOL},
		{"urgent ? 1wd : subject == \"consult\" ? 1wd : 5wd", MH_V_SPAN},
		{"level < 4 && !urgent || count(reopen) >= 1", MH_V_BOOL},
		{"count( extend-2 ) == -1", MH_V_BOOL},
		{"due > 2026-11-21", MH_V_BOOL},
		{"matter(dup_of).state != \"closed\" && matter(dup_of).level > level", MH_V_BOOL},
		{"matter(x).y", MH_V_BOOL},
		{"urgent == no", MH_V_BOOL},
		{"note == \"a \\\"b\\\" \\\\\"", MH_V_BOOL},
		{"stars", MH_V_NONE},
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct mh_arena a = MH_ARENA(0);
		struct mh_diags d = mh_diags_new(&a, MH_STR("t"));
		struct mh_expr *e = mh_expr_parse(&a, mh_str_c(cases[i].text), place, &expr_scope, cases[i].want, &d);
		if (!e) fail_msg("%s: " MH_STR_FMT, cases[i].text, MH_STR_ARG(d.list[0].message));
		assert_true(mh_str_is(mh_expr_text(e), cases[i].text));
		mh_arena_done(&a);
	}
}

/* column: from 1 in the text. */
static const struct {
	const char *text;
	enum mh_value_type want;
	const char *rule;
	int column;
} bad[] = {
	{"", MH_V_BOOL, "expr-syntax", 1},
	{"level <", MH_V_BOOL, "expr-syntax", 8},
	{"(urgent", MH_V_BOOL, "expr-syntax", 8},
	{"urgent urgent", MH_V_BOOL, "expr-syntax", 8},
	{"level = 4", MH_V_BOOL, "expr-syntax", 7},
	{"urgent & urgent", MH_V_BOOL, "expr-syntax", 8},
	{"level + 1 > 2", MH_V_BOOL, "expr-syntax", 7},
	{"note == 'x'", MH_V_BOOL, "expr-syntax", 9},
	{"note == \"x", MH_V_BOOL, "expr-syntax", 9},
	{"note == \"\\n\"", MH_V_BOOL, "expr-syntax", 9},
	{"stars == 5wx", MH_V_BOOL, "expr-syntax", 10},
	{"due == 2026-02-30", MH_V_BOOL, "expr-syntax", 8},
	{"stars == 1e3", MH_V_BOOL, "expr-syntax", 10},
	{"1 < stars < 5", MH_V_BOOL, "expr-syntax", 11},
	{"urgent ? 1", MH_V_NONE, "expr-syntax", 11},
	{"count()", MH_V_INT, "expr-syntax", 7},
	{"count(\"a\")", MH_V_INT, "expr-syntax", 7},
	{"matter(x).", MH_V_NONE, "expr-syntax", 11},
	{"民", MH_V_NONE, "expr-syntax", 1},
	{"note == \"民\" && x", MH_V_BOOL, "unknown-name", 16},
	{"urgnet", MH_V_BOOL, "unknown-name", 1},
	{"count(reopn) > 1", MH_V_BOOL, "unknown-name", 7},
	{"cuont(reopen) > 1", MH_V_BOOL, "unknown-name", 7},
	{"subject == \"complain\"", MH_V_BOOL, "unknown-value", 12},
	{"\"x\" != subject", MH_V_BOOL, "unknown-value", 1},
	{"stars", MH_V_BOOL, "expr-type", 1},
	{"urgent", MH_V_SPAN, "expr-type", 1},
	{"!stars", MH_V_BOOL, "expr-type", 2},
	{"urgent && stars", MH_V_BOOL, "expr-type", 11},
	{"stars == \"a\"", MH_V_BOOL, "expr-type", 10},
	{"subject < \"a\"", MH_V_BOOL, "unknown-value", 11},
	{"note < \"a\"", MH_V_BOOL, "expr-type", 1},
	{"1wd < 2wd", MH_V_BOOL, "expr-type", 1},
	{"urgent ? 1wd : 5", MH_V_NONE, "expr-type", 16},
	{"stars ? 1 : 2", MH_V_INT, "expr-type", 1},
};

static void refuses_with_the_column(void **state)
{
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		struct mh_arena a = MH_ARENA(0);
		struct mh_diags d = mh_diags_new(&a, MH_STR("t"));
		if (mh_expr_parse(&a, mh_str_c(bad[i].text), place, &expr_scope, bad[i].want, &d))
			fail_msg("accepted: %s", bad[i].text);
		assert_true(d.n > 0);
		if (strcmp(d.list[0].rule, bad[i].rule) != 0 || d.list[0].at.line != 7 ||
		    d.list[0].at.column != bad[i].column + place.column - 1)
			fail_msg("%s: %s at column %d: " MH_STR_FMT, bad[i].text, d.list[0].rule,
				 d.list[0].at.column - place.column + 1, MH_STR_ARG(d.list[0].message));
		mh_arena_done(&a);
	}
}

static void hints(void **state)
{
	struct mh_arena a = MH_ARENA(0);
	struct mh_diags d = mh_diags_new(&a, MH_STR("t"));
	mh_expr_parse(&a, MH_STR("urgnet && subject == \"complain\" && count(reopn) > 0"), place, &expr_scope,
		      MH_V_BOOL, &d);
	assert_int_equal(d.n, 3);
	assert_true(mh_str_is(d.list[0].hint, "Did you mean 'urgent'?"));
	assert_true(mh_str_is(d.list[1].hint, "Did you mean \"complaint\"?"));
	assert_true(mh_str_is(d.list[2].hint, "Did you mean 'reopen'?"));
	mh_arena_done(&a);
}

static void caps(void **state)
{
	static char text[5000];
	struct mh_arena a = MH_ARENA(0);
	struct mh_diags d = mh_diags_new(&a, MH_STR("t"));
	struct mh_str s = {text, sizeof text};
	memset(text, '!', sizeof text);
	assert_null(mh_expr_parse(&a, s, place, &expr_scope, MH_V_NONE, &d));
	s.len = 4000;
	assert_null(mh_expr_parse(&a, s, place, &expr_scope, MH_V_NONE, &d));
	memset(text, '(', sizeof text);
	assert_null(mh_expr_parse(&a, s, place, &expr_scope, MH_V_NONE, &d));
	for (size_t i = 0; i < s.len; i++) text[i] = "no||"[i % 4];
	assert_null(mh_expr_parse(&a, s, place, &expr_scope, MH_V_NONE, &d));
	assert_int_equal(d.errors, 4);
	s.len = 4 * 200 + 2;
	assert_non_null(mh_expr_parse(&a, s, place, &expr_scope, MH_V_NONE, &d));
	mh_arena_done(&a);
}

static void short_memory_is_an_error(void **state)
{
	const struct mh_str text = MH_STR("level < 4 && (count(reopen) >= 1 || note == \"x\")");
	for (size_t cap = 16; cap < 3000; cap += 48) {
		struct mh_arena a = MH_ARENA(cap);
		struct mh_diags d = mh_diags_new(&a, MH_STR("t"));
		struct mh_expr *e = mh_expr_parse(&a, text, place, &expr_scope, MH_V_BOOL, &d);
		assert_true((e != NULL) == (d.errors == 0));
		mh_arena_done(&a);
	}
}

MH_TESTS(cmocka_unit_test(accepts), cmocka_unit_test(refuses_with_the_column), cmocka_unit_test(hints),
	 cmocka_unit_test(caps), cmocka_unit_test(short_memory_is_an_error))
