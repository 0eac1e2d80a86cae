#include "unit.h"

#include "base/diag.h"

static struct mh_mark at(int line, int column)
{
	return (struct mh_mark){line, column};
}

static void printed_by_place(void **state)
{
	struct mh_arena a = MH_ARENA(0);
	struct mh_diags d = mh_diags_new(&a, MH_STR("a.yaml"));
	struct mh_buf out = MH_BUF(4096);
	struct mh_err err = {0};
	MH_DIAG_WARN(&d, "label", at(9, 1), NULL, "no label");
	MH_DIAG_ERROR(&d, "unknown-state", at(3, 7), "Did you mean 'closed'?", "unknown state '%s'", "clsed");
	MH_DIAG_ERROR(&d, "late", at(3, 7), NULL, "same place, later");
	mh_diags_print(&d, &out);
	assert_string_equal(out.ptr, "a.yaml:3:7: error: unknown state 'clsed' [unknown-state]\n"
				     "    hint: Did you mean 'closed'?\n"
				     "a.yaml:3:7: error: same place, later [late]\n"
				     "a.yaml:9:1: warning: no label [label]\n");
	assert_int_equal(mh_diags_result(&d, &err), MH_E_INVALID);
	assert_string_equal(err.message, "a.yaml:3:7: unknown state 'clsed'");
	assert_string_equal(err.detail, "2 errors, 1 warnings");
	assert_string_equal(err.hint, "Did you mean 'closed'?");
	mh_buf_done(&out);
	mh_arena_done(&a);
}

static void warnings_are_no_failure(void **state)
{
	struct mh_arena a = MH_ARENA(0);
	struct mh_diags d = mh_diags_new(&a, MH_STR("a.yaml"));
	assert_int_equal(mh_diags_result(&d, NULL), MH_OK);
	MH_DIAG_WARN(&d, "label", at(0, 0), NULL, "no label");
	assert_int_equal(mh_diags_result(&d, NULL), MH_OK);
	mh_arena_done(&a);
}

static void capped_list_goes_on_counting(void **state)
{
	struct mh_arena a = MH_ARENA(0);
	struct mh_diags d = mh_diags_new(&a, MH_STR("a.yaml"));
	struct mh_buf out = MH_BUF(1 << 20);
	for (int i = 0; i < MH_DIAG_MAX + 5; i++) MH_DIAG_ERROR(&d, "x", at(i + 1, 1), NULL, "wrong");
	assert_int_equal(d.n, MH_DIAG_MAX);
	assert_int_equal(d.errors, MH_DIAG_MAX + 5);
	mh_diags_print(&d, &out);
	assert_true(mh_str_ends(mh_buf_str(&out), "a.yaml: 5 more findings are not listed\n"));
	mh_buf_done(&out);
	mh_arena_done(&a);
}

static void errors_push_warnings_out(void **state)
{
	struct mh_arena a = MH_ARENA(0);
	struct mh_diags d = mh_diags_new(&a, MH_STR("a.yaml"));
	for (int i = 0; i < MH_DIAG_MAX; i++) MH_DIAG_WARN(&d, "x", at(i + 1, 1), NULL, "doubtful");
	MH_DIAG_ERROR(&d, "y", at(7, 1), NULL, "wrong");
	MH_DIAG_WARN(&d, "x", at(8, 1), NULL, "doubtful");
	assert_int_equal(d.n, MH_DIAG_MAX);
	assert_string_equal(d.list[MH_DIAG_MAX - 1].rule, "y");
	assert_int_equal(d.list[MH_DIAG_MAX - 2].at.line, MH_DIAG_MAX - 1);
	mh_arena_done(&a);
}

static void short_memory_still_fails(void **state)
{
	struct mh_arena a = MH_ARENA(1);
	struct mh_diags d = mh_diags_new(&a, MH_STR("a.yaml"));
	struct mh_err err = {0};
	MH_DIAG_ERROR(&d, "x", at(1, 1), NULL, "wrong");
	assert_int_equal(d.n, 0);
	assert_int_equal(mh_diags_result(&d, &err), MH_E_INVALID);
	assert_string_equal(err.message, "a.yaml: cannot be read");
	mh_arena_done(&a);
}

MH_TESTS(cmocka_unit_test(printed_by_place), cmocka_unit_test(warnings_are_no_failure),
	 cmocka_unit_test(capped_list_goes_on_counting), cmocka_unit_test(errors_push_warnings_out),
	 cmocka_unit_test(short_memory_still_fails))
