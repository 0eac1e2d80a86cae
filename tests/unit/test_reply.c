#include "rooms.h"

#include "loop/glance.h"
#include "loop/reply.h"
#include "sql_gen.h"

static void publish(int64_t matter, int64_t seq, const char *place)
{
	struct mh_q_publication_add_in in = {.home_id = stage->city->home_id,
					     .seq = seq,
					     .matter_id = matter,
					     .public_place = mh_str_c(place),
					     .body = MH_STR("{\"answer\":\"done\"}"),
					     .at = tx.now};
	assert_int_equal(mh_q_publication_add(tx.db, &in, NULL), MH_OK);
}

static void pages(void **state)
{
	int64_t next = -1, id = raise_one("request-12345", "{'channel':'web','subject':'request','text':'x'}");
	for (int64_t i = 0; i < 3; i++) publish(id, 1000 + i, i == 1 ? "rules" : "answers");
	json_t *list = NULL;
	assert_int_equal(mh_reply_answers(&tx, MH_STR(""), INT64_MAX, 2, &list, &next, NULL), MH_OK);
	assert_int_equal(json_array_size(list), 2);
	assert_int_equal(mh_json_get_int(json_array_get(list, 0), "seq", 0), 1002);
	assert_true(mh_str_is(mh_json_get_str(json_object_get(json_array_get(list, 0), "fields"), "answer"), "done"));
	json_decref(list);
	assert_int_equal(mh_reply_answers(&tx, MH_STR(""), next, 2, &list, &next, NULL), MH_OK);
	assert_int_equal(json_array_size(list), 1);
	assert_int_equal(next, 0);
	json_decref(list);
	assert_int_equal(mh_reply_answers(&tx, MH_STR("rules"), INT64_MAX, 9, &list, &next, NULL), MH_OK);
	assert_int_equal(json_array_size(list), 1);
	assert_true(mh_str_is(mh_json_get_str(json_array_get(list, 0), "place"), "rules"));
	json_decref(list);
}

ROOM_TESTS(cmocka_unit_test(pages))
