#include "unit.h"

#include "text/hant.h"

static void names_become_traditional(void **state)
{
	struct mh_arena a = MH_ARENA(1 << 20);
	assert_true(mh_str_is(mh_hant(&a, MH_STR("余杭区良渚街道")), "餘杭區良渚街道"));
	assert_true(mh_str_is(mh_hant(&a, MH_STR("待受理")), "待受理"));
	assert_true(mh_str_is(mh_hant(&a, MH_STR("为什么在里面")), "為什麼在裡面"));
	struct mh_str latin = MH_STR("12345 request");
	assert_ptr_equal(mh_hant(&a, latin).ptr, latin.ptr);
	assert_int_equal(mh_hant(&a, MH_STR("")).len, 0);
	mh_arena_done(&a);
}

/* More texts than are kept: one that takes another's place must not answer for it. */
static void texts_are_not_mixed_up(void **state)
{
	static const char *const hans[] = {"区", "办", "门", "议"}, *const hant[] = {"區", "辦", "門", "議"};
	struct mh_arena a = MH_ARENA(8 << 20);
	for (int i = 0; i < 30000; i++) {
		int n = i % 12000, k = n % 4;
		struct mh_str out = mh_hant(&a, mh_str_fmt(&a, "%d%s", n, hans[k]));
		struct mh_str want = mh_str_fmt(&a, "%d%s", n, hant[k]);
		if (!mh_str_eq(out, want)) fail_msg("%d: " MH_STR_FMT, n, MH_STR_ARG(out));
		mh_arena_clear(&a);
	}
	mh_arena_done(&a);
}

static void long_texts_too(void **state)
{
	struct mh_arena a = MH_ARENA(1 << 20);
	struct mh_str text = MH_STR("");
	for (int i = 0; i < 60; i++) text = mh_str_fmt(&a, MH_STR_FMT "办", MH_STR_ARG(text));
	struct mh_str out = mh_hant(&a, text);
	assert_int_equal(out.len, text.len);
	assert_true(mh_str_starts(out, "辦辦") && mh_str_ends(out, "辦辦"));
	mh_arena_done(&a);
}

static void and_back(void **state)
{
	struct mh_arena a = MH_ARENA(1 << 20);
	assert_true(mh_str_is(mh_hans(&a, MH_STR("餘杭區")), "余杭区"));
	assert_true(mh_str_is(mh_hans(&a, MH_STR("余杭区")), "余杭区"));
	assert_int_equal(mh_hans(&a, MH_STR("")).len, 0);
	mh_arena_done(&a);
}

MH_TESTS(cmocka_unit_test(names_become_traditional), cmocka_unit_test(texts_are_not_mixed_up),
	 cmocka_unit_test(long_texts_too), cmocka_unit_test(and_back))
