#include "unit.h"

#include "access/actor.h"

static void reads(void **state)
{
	struct mh_arena a = MH_ARENA(0);
	struct mh_actor actor;
	assert_int_equal(mh_actor_parse(&a, MH_STR("handler@330102-jtj"), &actor, NULL), MH_OK);
	assert_true(mh_str_is(actor.role, "handler") && mh_str_is(actor.org, "330102-jtj") && actor.name.len == 0);
	assert_int_equal(mh_actor_parse(&a, MH_STR("leader@A1;name=%E6%9D%8E"), &actor, NULL), MH_OK);
	assert_true(mh_str_is(actor.name, "李") && actor.officer.len == 0);
	assert_int_equal(mh_actor_parse(&a, MH_STR("panelist@330106/P06;name=a"), &actor, NULL), MH_OK);
	assert_true(mh_str_is(actor.org, "330106") && mh_str_is(actor.officer, "P06") && mh_str_is(actor.name, "a"));
	mh_arena_done(&a);
}

static void refuses(void **state)
{
	static const char *const bad[] = {
		"",           "handler",      "@x",           "handler@",      "Handler@x",  "h@x y",
		"h@x;nome=a", "h@x;name=%E6", "h@x;name=%0a", "h@-x",          "h@x;name=%", "h@x/",
		"h@/x",       "h@x/y z",      "h@x/y/z",      "h@x;name=%E6%9"};
	struct mh_arena a = MH_ARENA(0);
	struct mh_actor actor;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		if (mh_actor_parse(&a, mh_str_c(bad[i]), &actor, NULL) != MH_E_INVALID) fail_msg("took \"%s\"", bad[i]);
	mh_arena_done(&a);
}

static void requires(void **state)
{
	struct mh_actor nobody = {0}, handler = {.role = MH_STR("handler")}, panelist = {.role = MH_STR("panelist")};
	assert_int_equal(mh_actor_require(&nobody, MH_PERM_PUBLIC, false, NULL), MH_OK);
	assert_int_equal(mh_actor_require(&nobody, MH_PERM_HOLDER, false, NULL), MH_E_UNAUTHENTICATED);
	assert_int_equal(mh_actor_require(&nobody, MH_PERM_HOLDER, true, NULL), MH_OK);
	assert_int_equal(mh_actor_require(&nobody, MH_PERM_STAFF, true, NULL), MH_E_UNAUTHENTICATED);
	assert_int_equal(mh_actor_require(&handler, MH_PERM_HANDLE, false, NULL), MH_OK);
	assert_int_equal(mh_actor_require(&handler, MH_PERM_ADMIN, true, NULL), MH_E_FORBIDDEN);
	assert_int_equal(mh_actor_require(&panelist, MH_PERM_STAFF, false, NULL), MH_OK);
	assert_int_equal(mh_actor_require(&panelist, MH_PERM_LEAD, false, NULL), MH_E_FORBIDDEN);
}

MH_TESTS(cmocka_unit_test(reads), cmocka_unit_test(refuses), cmocka_unit_test(requires))
