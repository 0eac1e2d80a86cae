#include "load_unit.h"

static void lookups(void **state)
{
	struct small s MH_CLEANUP(small_done);
	small_load(&s, "kind: small", "kind: small");
	const struct mh_def *d = s.def;
	assert_non_null(d);
	for (size_t i = 0; i < d->n_fields; i++) assert_int_equal(mh_def_field(d, d->fields[i].name), i);
	for (size_t i = 0; i < d->n_roles; i++) assert_int_equal(mh_def_role(d, d->roles[i].name), i);
	assert_int_equal(mh_def_transition(d, MH_STR("late")), 1);
	assert_int_equal(mh_def_evidence(d, MH_STR("record")), 0);
	assert_int_equal(mh_def_clock(d, MH_STR("answer")), 0);
	assert_int_equal(mh_def_state(d, MH_STR("closed")), 1);
	assert_int_equal(mh_def_state(d, MH_STR("close")), -1);
	assert_int_equal(mh_def_field(d, MH_STR("")), -1);
	assert_int_equal(mh_def_clock(d, MH_STR("late")), -1);
	assert_non_null(mh_def_clock_rule(d, 0, 0));
	assert_null(mh_def_clock_rule(d, 1, 0));
	assert_true(!mh_def_is_over(d, 0) && mh_def_is_over(d, 1));
}

static void names_of_enums(void **state)
{
	for (int i = 0; i < MH_ROOM_MAX; i++) assert_non_null(mh_room_names[i]);
	for (int i = 0; i < MH_CAT_MAX; i++) assert_non_null(mh_category_names[i]);
	for (int i = 0; i < MH_F_TYPE_MAX; i++) assert_non_null(mh_field_type_names[i]);
	assert_string_equal(mh_room_names[MH_ROOM_APPLY], "apply");
	assert_string_equal(mh_field_type_names[MH_F_CATEGORY], "category");
}

MH_TESTS(cmocka_unit_test(lookups), cmocka_unit_test(names_of_enums))
