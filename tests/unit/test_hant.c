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

MH_TESTS(cmocka_unit_test(names_become_traditional))
