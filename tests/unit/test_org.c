/* Units found by name: in either language, within a territory, and only when there is no doubt. */
#include "unit.h"

#include "matter/org.h"

#include <string.h>

static const char *const rows[][4] = {
	{"33", "", "市", "City"},
	{"331", "33", "东区", "East"},
	{"332", "33", "西区", "West"},
	{"3311", "331", "城关镇", "Chengguan"},
	{"3321", "332", "城关镇", "Chengguan"},
	{"3322", "332", "Same", "Same"},
};
#define ROWS (sizeof rows / sizeof *rows)

static struct mh_str parent_of(void *ctx, size_t i)
{
	return mh_str_c(rows[i][1]);
}

static void found_by_name(void **state)
{
	static const struct {
		const char *within, *name, *code;
	} cases[] = {
		{"33", "东区", "331"},
		{"33", "West", "332"},
		{"33", "城关镇", ""},
		{"331", "城关镇", "3311"},
		{"332", "Chengguan", "3321"},
		{"331", "西区", ""},
		{"33", "Same", "3322"},
		{"33", "东", ""},
		{"33", "", ""},
	};
	struct mh_arena a = MH_ARENA(0);
	struct mh_org list[ROWS] = {0};
	struct mh_orgs o = {.list = list, .n = ROWS};
	for (size_t i = 0; i < ROWS; i++)
		list[i] = (struct mh_org){.code = mh_str_c(rows[i][0]),
					  .level = 5 - (int)strlen(rows[i][0]) + 1,
					  .zh = mh_str_c(rows[i][2]),
					  .en = mh_str_c(rows[i][3])};
	assert_int_equal(mh_orgs_link(&a, &o, parent_of, NULL, NULL), MH_OK);
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		int within = mh_org_by_code(&o, mh_str_c(cases[i].within));
		int found = mh_org_by_name(&o, within, mh_str_c(cases[i].name));
		if (!mh_str_is(mh_org_code(&o, found), cases[i].code))
			fail_msg("%s in %s", cases[i].name, cases[i].within);
	}
	mh_arena_done(&a);
}

MH_TESTS(cmocka_unit_test(found_by_name))
