#include "rooms.h"

#include "loop/intake.h"

#define REQUEST "{'channel':'web','subject':'request','text':'路灯不亮'}"

static enum mh_code raise(const char *kind, const char *fields, const char *key, struct mh_party by, mh_time raised,
			  struct mh_outcome *ret)
{
	MH_JSON_AUTO json_t *j = given(fields);
	struct mh_intake in = {.kind = mh_str_c(kind), .fields = j, .by = by, .key = mh_str_c(key), .raised = raised};
	return mh_intake_raise(&tx, &in, ret, NULL);
}

static void once(void **state)
{
	struct mh_outcome first, again, other;
	assert_int_equal(raise("request-12345", REQUEST, "key-0001", party("", NULL), 0, &first), MH_OK);
	assert_int_equal(raise("request-12345", REQUEST, "key-0001", party("", NULL), 0, &again), MH_OK);
	assert_true(again.again && !first.again && first.matter_id == again.matter_id);
	assert_string_equal(first.code, again.code);
	assert_int_equal(raise("request-12345", "{'channel':'app','subject':'request','text':'x'}", "key-0001",
			       party("", NULL), 0, &other),
			 MH_E_REUSED_KEY);
	assert_int_equal(raise("request-12345", REQUEST, "", party("", NULL), 0, &other), MH_OK);
	assert_true(other.matter_id != first.matter_id);
}

static void whose(void **state)
{
	struct mh_outcome out;
	struct mh_party office = party("dispatcher", "330100-D01"), nobody = party("", NULL);
	const char *class = "{'title':'x','unit':'330106-D17'}";
	assert_int_equal(raise("problem-class", class, "", nobody, 0, &out), MH_E_FORBIDDEN);
	assert_int_equal(raise("problem-class", class, "", office, 0, &out), MH_OK);
	assert_int_equal(raise("request-12345", REQUEST, "", nobody, tx.now - 1, &out), MH_E_FORBIDDEN);
	assert_int_equal(raise("request-12345", REQUEST, "", office, tx.now - 86400000, &out), MH_OK);
	assert_int_equal(raise("request-12345", REQUEST, "", office, tx.now + 1, &out), MH_E_INVALID);
	assert_int_equal(raise("no-such-kind", REQUEST, "", nobody, 0, &out), MH_E_INVALID);
	assert_int_equal(raise("co-task", "{}", "", office, 0, &out), MH_E_FORBIDDEN);
}

ROOM_TESTS(cmocka_unit_test(once), cmocka_unit_test(whose))
