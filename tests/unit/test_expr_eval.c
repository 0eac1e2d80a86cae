#include "expr_unit.h"

/* urgent = yes, subject = "complaint", stars = 3, level = 2, due = 2026-11-21, note has no value; reopen was used once */
static struct mh_value value(void *ctx, struct mh_str name)
{
	if (mh_str_is(name, "urgent")) return (struct mh_value){.type = MH_V_BOOL, .i = 1};
	if (mh_str_is(name, "subject")) return (struct mh_value){.type = MH_V_STR, .s = MH_STR("complaint")};
	if (mh_str_is(name, "stars")) return (struct mh_value){.type = MH_V_INT, .i = 3};
	if (mh_str_is(name, "level")) return (struct mh_value){.type = MH_V_INT, .i = 2};
	if (mh_str_is(name, "due")) return (struct mh_value){.type = MH_V_DATE, .i = mh_day_from(2026, 11, 21)};
	return (struct mh_value){.type = MH_V_NONE};
}

static struct mh_value call(void *ctx, struct mh_str function, struct mh_str argument, struct mh_str member)
{
	++*(int *)ctx;
	if (mh_str_is(function, "count"))
		return (struct mh_value){.type = MH_V_INT, .i = mh_str_is(argument, "reopen")};
	if (mh_str_is(member, "state")) return (struct mh_value){.type = MH_V_STR, .s = MH_STR("closed")};
	return (struct mh_value){.type = MH_V_NONE};
}

static struct mh_value eval(struct mh_arena *a, const char *text, int *calls)
{
	struct mh_diags d = mh_diags_new(a, MH_STR("t"));
	struct mh_expr *e = mh_expr_parse(a, mh_str_c(text), (struct mh_mark){1, 1}, &expr_scope, MH_V_NONE, &d);
	struct mh_expr_env env = {value, call, calls};
	if (!e) fail_msg("%s: " MH_STR_FMT, text, MH_STR_ARG(d.list[0].message));
	return mh_expr_eval(e, &env);
}

static void truths(void **state)
{
	static const char *const yes[] = {
		"urgent",
		"yes",
		"!no",
		"stars == 3",
		"stars >= 3 && stars <= 3",
		"level < 4",
		"count(reopen) == 1",
		"subject == \"complaint\"",
		"subject != \"consult\"",
		"due == 2026-11-21",
		"due < 2026-11-22",
		"due >= 2026-11-21",
		/* precedence: && before ||, ! before ==, ?: last */
		"yes || no && no",
		"!no == yes",
		"no ? no : no || yes",
		"(yes || no) && urgent",
		"no && yes ? no : yes",
		/* what has no value */
		"!matter(dup_of).nothing",
		"note != \"x\"",
		"note == matter(dup_of).nothing",
		"!(note == \"x\")",
		"matter(dup_of).state == \"closed\"",
		"5wd == 5wd",
		"5wd != 120h",
	};
	static const char *const no[] = {
		"no",
		"!urgent",
		"note == \"\"",
		"note == \"x\"",
		"matter(dup_of).nothing < 3",
		"matter(dup_of).nothing >= 3",
		"matter(dup_of).state < 3",
		"matter(dup_of).state == 3",
		"matter(dup_of).nothing",
		"1d == 24h",
		"count(extend-2) > 0",
		"urgent ? no : yes",
		"matter(dup_of).nothing ? yes : no",
		"matter(dup_of).state && yes",
	};
	struct mh_arena a = MH_ARENA(0);
	int calls = 0;
	for (size_t i = 0; i < sizeof yes / sizeof *yes; i++)
		if (!mh_value_truth(eval(&a, yes[i], &calls))) fail_msg("should be true: %s", yes[i]);
	for (size_t i = 0; i < sizeof no / sizeof *no; i++)
		if (mh_value_truth(eval(&a, no[i], &calls))) fail_msg("should be false: %s", no[i]);
	mh_arena_done(&a);
}

static void values(void **state)
{
	struct mh_arena a = MH_ARENA(0);
	int calls = 0;
	struct mh_value v = eval(&a, "urgent ? 1wd : 5wd", &calls);
	assert_int_equal(v.type, MH_V_SPAN);
	assert_int_equal(v.span.n, 1);
	v = eval(&a, "\"a\\\"b\\\\\"", &calls);
	assert_true(v.type == MH_V_STR && mh_str_is(v.s, "a\"b\\"));
	assert_int_equal(eval(&a, "-12", &calls).i, -12);
	assert_int_equal(eval(&a, "note", &calls).type, MH_V_NONE);
	assert_true(mh_value_truth((struct mh_value){.type = MH_V_INT, .i = 2}));
	assert_false(mh_value_truth((struct mh_value){.type = MH_V_STR, .s = MH_STR("yes")}));
	mh_arena_done(&a);
}

static void stops_when_decided(void **state)
{
	struct mh_arena a = MH_ARENA(0);
	int calls = 0;
	eval(&a, "no && count(reopen) > 0", &calls);
	eval(&a, "yes || count(reopen) > 0", &calls);
	eval(&a, "yes ? 1 : count(reopen)", &calls);
	assert_int_equal(calls, 0);
	mh_arena_done(&a);
}

static void note_use(void *ctx, struct mh_str name, struct mh_str argument)
{
	mh_buf_fmt(ctx, MH_STR_FMT "(" MH_STR_FMT ") ", MH_STR_ARG(name), MH_STR_ARG(argument));
}

static void walk(void **state)
{
	struct mh_arena a = MH_ARENA(0);
	struct mh_diags d = mh_diags_new(&a, MH_STR("t"));
	struct mh_buf b = MH_BUF(1000);
	struct mh_expr *e = mh_expr_parse(&a, MH_STR("urgent ? level < 4 : !(count(reopen) > 1 && note == \"x\")"),
					  (struct mh_mark){1, 1}, &expr_scope, MH_V_BOOL, &d);
	assert_non_null(e);
	mh_expr_walk(e, note_use, &b);
	assert_string_equal(b.ptr, "urgent() level() count(reopen) note() ");
	mh_buf_done(&b);
	mh_arena_done(&a);
}

MH_TESTS(cmocka_unit_test(truths), cmocka_unit_test(values), cmocka_unit_test(stops_when_decided),
	 cmocka_unit_test(walk))
