#include "rooms.h"

#include "loop/intake.h"

static int64_t next(int year)
{
	int64_t n = 0;
	assert_int_equal(mh_city_next_number(stage->city, stage->db, year, &n, NULL), MH_OK);
	return n;
}

/* Numbers have no gaps: neither by what was refused, nor by what was undone, nor by a year that comes back. */
static void numbers(void **state)
{
	struct mh_city *c = stage->city;
	assert_int_equal(next(2031), 1);
	assert_int_equal(next(2031), 2);
	mh_city_unnumber(c, 2031, 2);
	assert_int_equal(next(2031), 2);
	mh_city_unnumber(c, 2031, 1); /* not the last one: it stays */
	mh_city_unnumber(c, 2032, 2);
	assert_int_equal(next(2031), 3);
	mh_city_rolled_back(c); /* nothing of it was written */
	assert_int_equal(next(2031), 1);
	assert_int_equal(next(2032), 1);
	assert_int_equal(next(2031), 2);
	assert_int_equal(mh_city_before_commit(c, stage->db, NULL), MH_OK);
	mh_city_committed(c);
	assert_int_equal(next(2031), 3);
	mh_city_rolled_back(c);
	assert_int_equal(next(2031), 3); /* the store has 2 */
	assert_int_equal(next(2032), 2);
	mh_city_rolled_back(c);
}

static struct mh_outcome raise(struct mh_str key)
{
	MH_JSON_AUTO json_t *j = given("{'channel':'web','subject':'request','text':'路灯不亮'}");
	struct mh_intake in = {.kind = MH_STR("request-12345"), .fields = j, .by = party("", NULL), .key = key};
	struct mh_outcome out;
	assert_int_equal(mh_intake_raise(&tx, &in, &out, NULL), MH_OK);
	return out;
}

static bool fresh(const char *key)
{
	return mh_city_key_fresh(stage->city, mh_str_c(key));
}

/* What was asked ahead is not asked again, and holds until somebody uses the key in this transaction. */
static void keys(void **state)
{
	struct mh_outcome first = raise(MH_STR("key-old0"));
	struct mh_str ahead[] = {MH_STR("raise:key-new0"), MH_STR("raise:key-old0"), MH_STR("raise:key-new0"),
				 MH_STR("raise:key-new1")};
	assert_int_equal(mh_city_ahead(stage->city, stage->db, ahead, 4, NULL), MH_OK);
	assert_true(fresh("raise:key-new0") && fresh("raise:key-new1"));
	assert_false(fresh("raise:key-old0") || fresh("raise:key-else"));
	struct mh_outcome again = raise(MH_STR("key-old0")), one = raise(MH_STR("key-new0"));
	assert_true(again.again && again.matter_id == first.matter_id && !one.again);
	assert_false(fresh("raise:key-new0"));
	again = raise(MH_STR("key-new0"));
	assert_true(again.again && again.matter_id == one.matter_id);
	mh_city_committed(stage->city);
	assert_false(fresh("raise:key-new1"));
}

/* More than one statement takes. */
static void many_keys(void **state)
{
	enum { N = 150 };
	struct mh_str ahead[N];
	for (int i = 0; i < N; i++) ahead[i] = mh_str_fmt(&room_arena, "raise:many-%03d", N - i);
	raise(MH_STR("many-007"));
	raise(MH_STR("many-149"));
	assert_int_equal(mh_city_ahead(stage->city, stage->db, ahead, N, NULL), MH_OK);
	int n = 0;
	for (int i = 0; i < N; i++) n += mh_city_key_fresh(stage->city, ahead[i]);
	assert_int_equal(n, N - 2);
	assert_false(fresh("raise:many-007") || fresh("raise:many-149"));
	mh_city_committed(stage->city);
	assert_false(fresh("raise:many-001"));
}

ROOM_TESTS(cmocka_unit_test(keys), cmocka_unit_test(many_keys), cmocka_unit_test(numbers))
