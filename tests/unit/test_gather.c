#include "rooms.h"

#include "loop/gather.h"

#include <string.h>

static int unit(const char *code)
{
	return mh_org_by_code(&stage->city->orgs, mh_str_c(code));
}

static void proposes(void **state)
{
	MH_JSON_AUTO json_t *j = NULL;
	MH_JSON_AUTO json_t *all = NULL;
	assert_int_equal(mh_gather_propose(&tx, MH_STR("010404"), unit("330106"), &j, NULL), MH_OK);
	assert_true(mh_str_is(mh_json_get_str(json_object_get(j, "unit"), "code"), "330106-D17"));
	assert_true(mh_str_is(mh_json_get_str(j, "row"), "0104")); /* the longest row that begins the category */
	assert_int_equal(json_array_size(json_object_get(j, "co_units")), 1);
	assert_true(mh_json_get_str(json_object_get(j, "reason"), "zh").len > 0);
	assert_int_equal(mh_gather_propose(&tx, MH_STR("010404"), -1, &all, NULL),
			 MH_OK); /* no place: the city's own */
	assert_true(mh_str_starts(mh_json_get_str(json_object_get(all, "unit"), "code"), "330100"));
	json_t *none = NULL;
	assert_int_equal(mh_gather_propose(&tx, MH_STR("99"), -1, &none, NULL), MH_E_INVALID);
	assert_null(none);
}

#define HOLE(place) "{'channel':'phone','subject':'request','text':'x','category':'010401','place':'" place "'}"

static size_t alike(int64_t id, int limit, struct mh_str *first)
{
	MH_JSON_AUTO json_t *list = NULL;
	struct mh_glance g;
	assert_int_equal(mh_glance(&tx, id, &g, NULL), MH_OK);
	assert_int_equal(mh_gather_alike(&tx, &g, limit, &list, NULL), MH_OK);
	if (json_array_size(list)) *first = mh_str_dup(&room_arena, mh_json_get_str(json_array_get(list, 0), "ref"));
	return json_array_size(list);
}

static void finds_alike(void **state)
{
	struct mh_str first = {NULL, 0};
	struct mh_glance b;
	int64_t one = raise_one("request-12345", HOLE("330108")), two = raise_one("request-12345", HOLE("330108"));
	int64_t far = raise_one("request-12345", HOLE("330110"));
	int64_t vague = raise_one("request-12345", "{'channel':'web','subject':'request','text':'x'}");
	assert_int_equal(alike(one, 10, &first), 1);
	assert_int_equal(mh_glance(&tx, two, &b, NULL), MH_OK);
	assert_true(mh_str_eq(first, b.ref));
	assert_int_equal(alike(far, 10, &first), 0);
	assert_int_equal(alike(vague, 10, &first), 0);
	raise_one("request-12345", HOLE("330108"));
	assert_int_equal(alike(one, 10, &first), 2);
	assert_false(mh_str_eq(first, b.ref)); /* the newest comes first */
	assert_int_equal(alike(one, 1, &first), 1);
}

static void steps(void **state)
{
	struct mh_str step, field;
	struct mh_glance g;
	int64_t main = raise_one("request-12345", HOLE("330106")), id = raise_one("request-12345", HOLE("330106"));
	assert_int_equal(mh_glance(&tx, id, &g, NULL), MH_OK);
	assert_int_equal(mh_gather_step(&g, MH_DO_MERGE, &step, &field, NULL), MH_E_CONFLICT); /* not yet registered */
	take(id, "register", party("operator", "330100-D01"), "{}");
	assert_int_equal(mh_glance(&tx, id, &g, NULL), MH_OK);
	assert_int_equal(mh_gather_step(&g, MH_DO_MERGE, &step, &field, NULL), MH_OK);
	assert_true(mh_str_is(step, "merge") && mh_str_is(field, "dup_of"));
	struct mh_glance m;
	char into[100];
	assert_int_equal(mh_glance(&tx, main, &m, NULL), MH_OK);
	snprintf(into, sizeof into, "{'dup_of':'" MH_STR_FMT "'}", MH_STR_ARG(m.number));
	take(id, "merge", party("dispatcher", "330100-D01"), into);
	assert_int_equal(mh_glance(&tx, id, &g, NULL), MH_OK);
	assert_int_equal(g.main_id, main);
	assert_int_equal(mh_gather_step(&g, MH_DO_UNMERGE, &step, NULL, NULL), MH_OK);
	assert_true(mh_str_is(step, "unmerge"));
}

ROOM_TESTS(cmocka_unit_test(proposes), cmocka_unit_test(finds_alike), cmocka_unit_test(steps))
