#include "unit.h"

#include "access/party.h"

/* city ─ county ─ town, and a department of the county */
static struct mh_org list[] = {
	{.id = 1, .code = {"C", 1}, .level = 4, .parent = -1, .territory = 0},
	{.id = 2, .code = {"D", 1}, .level = 3, .parent = 0, .territory = 1},
	{.id = 3, .code = {"T", 1}, .level = 2, .parent = 1, .territory = 2},
	{.id = 4, .code = {"X", 1}, .level = 3, .parent = 1, .territory = 1, .department = true},
	{.id = 5, .code = {"E", 1}, .level = 3, .parent = 0, .territory = 4},
};
static const struct mh_orgs orgs = {.list = list, .n = 5, .root = 0};

static void reaches(void **state)
{
	struct mh_party nobody = {.org = -1}, department = {.org = 3}, other = {.org = 4}, city = {.org = 0};
	assert_false(mh_party_reaches(&orgs, &nobody, 2, 2));
	assert_true(mh_party_reaches(&orgs, &department, -1, 2)); /* by the county that it serves */
	assert_true(mh_party_reaches(&orgs, &department, 3, -1));
	assert_false(mh_party_reaches(&orgs, &other, 3, 2));
	assert_true(mh_party_reaches(&orgs, &other, 4, 2));
	assert_false(mh_party_reaches(&orgs, &department, -1, -1)); /* of the whole city until it has a place */
	assert_true(mh_party_reaches(&orgs, &city, -1, -1));
}

static void in_charge(void **state)
{
	struct mh_party handler = {.role = MH_STR("handler"), .org = 3}, county = {.role = MH_STR("handler"), .org = 1},
			caller = {.role = MH_STR("caller"), .org = 3}, admin = {.role = MH_STR("admin"), .org = 0};
	assert_true(mh_party_in_charge(&orgs, &handler, 3, 2));
	assert_false(mh_party_in_charge(&orgs, &handler, 2, 2)); /* another unit of its own territory has it */
	assert_true(mh_party_in_charge(&orgs, &caller, 2, 2));
	assert_false(mh_party_in_charge(&orgs, &caller, 4, 4));
	assert_true(mh_party_in_charge(&orgs, &county, 2, 2));
	assert_true(mh_party_in_charge(&orgs, &county, 3, 2));
	assert_false(mh_party_in_charge(&orgs, &admin, 0, 0));
}

static void outside(void **state)
{
	struct mh_role roles[] = {{.name = MH_STR("handler"), .levels = 2},
				  {.name = MH_STR("public"), .levels = 1, .open = true},
				  {.name = MH_STR("citizen"), .levels = 1},
				  {.name = MH_STR("enterprise"), .levels = 1}};
	int second[] = {3}, open[] = {1};
	struct mh_transition steps[] = {{.name = MH_STR("rate"), .who = {.roles = second, .n_roles = 1}},
					{.name = MH_STR("comment"), .who = {.roles = open, .n_roles = 1}}};
	struct mh_def d = {.roles = roles, .n_roles = 4, .transitions = steps, .n_transitions = 2};
	struct mh_party by = mh_party_outside(&d, MH_STR("rate"), true, 7);
	assert_true(mh_str_is(by.role, "enterprise") && by.matter_id == 7 && by.org == -1);
	assert_true(mh_str_is(mh_party_outside(&d, MH_STR(""), true, 7).role, "citizen"));
	assert_true(mh_str_is(mh_party_outside(&d, MH_STR("comment"), true, 7).role, "public"));
	by = mh_party_outside(&d, MH_STR("rate"), false, 7);
	assert_true(mh_str_is(by.role, "public") && by.matter_id == 0);
	assert_true(mh_party_outside_raises(&d));
	d.n_roles = 2;
	assert_false(mh_party_outside_raises(&d));
	d.n_roles = 1;
	assert_int_equal(mh_party_outside(&d, MH_STR(""), true, 7).role.len, 0);
}

static void staff(void **state)
{
	struct mh_party by;
	struct mh_actor none = {0}, lost = {.role = MH_STR("handler"), .org = MH_STR("Z")};
	assert_int_equal(mh_party_of(&none, &orgs, &by, NULL), MH_OK);
	assert_int_equal(by.org, -1);
	assert_int_equal(mh_party_of(&lost, &orgs, &by, NULL), MH_E_FORBIDDEN);
}

MH_TESTS(cmocka_unit_test(reaches), cmocka_unit_test(in_charge), cmocka_unit_test(outside), cmocka_unit_test(staff))
