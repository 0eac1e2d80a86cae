#include "rooms.h"

#include "loop/glance.h"

#include <string.h>

static void looks(void **state)
{
	struct mh_glance g;
	int64_t id = raise_one("request-12345", "{'channel':'phone','subject':'request','text':'x','place':'330106',"
						"'category':'010404'}");
	struct mh_party citizen = {.role = MH_STR("citizen"), .org = -1, .matter_id = id};
	assert_int_equal(mh_glance(&tx, id, &g, NULL), MH_OK);
	assert_true(mh_str_is(g.state, "received") && g.open && !g.erased && g.owner == -1 && g.main_id == 0);
	assert_true(mh_str_is(mh_org_code(&stage->city->orgs, g.place), "330106") && mh_str_is(g.class_code, "010404"));
	assert_true(mh_str_is(g.def->kind, "request-12345") && mh_str_eq(g.def->states[g.at_state].name, g.state));
	take(id, "withdraw", citizen, "{}");
	struct mh_outcome out;
	assert_int_equal(mh_matter_erase(&tx, id, party("admin", "330100-D01"), MH_STR("PIPL 47"), &out, NULL), MH_OK);
	assert_int_equal(mh_glance(&tx, id, &g, NULL), MH_OK);
	assert_true(!g.open && g.erased && g.last_seq == out.seq);
	assert_int_equal(mh_glance(&tx, id + 1, &g, NULL), MH_E_NOT_FOUND);
}

ROOM_TESTS(cmocka_unit_test(looks))
