#include "rooms.h"

#include "loop/apply.h"
#include "sql_gen.h"

static int64_t report(void)
{
	return raise_one("request-12345", "{'channel':'web','subject':'request','text':'x'}");
}

static void link_ids(int64_t from, int64_t to, const char *word, int64_t seq, bool ended)
{
	int64_t n;
	struct mh_q_link_add_in in = {
		.home_id = stage->city->home_id, .from_id = from, .to_id = to, .word = mh_str_c(word), .seq = seq};
	struct mh_q_link_end_in end = {
		.ended_seq = seq + 1, .home_id = stage->city->home_id, .from_id = from, .word = mh_str_c(word)};
	assert_int_equal(mh_q_link_add(tx.db, &in, NULL), MH_OK);
	if (ended) assert_int_equal(mh_q_link_end(tx.db, &end, &n, NULL), MH_OK);
}

/* Two matters in the class; below the first a tree of two reports, one of which has been answered and let go; a third matter
 * was linked and taken away again. */
static void counts(void **state)
{
	MH_JSON_AUTO json_t *j = NULL;
	int64_t class = report(), a = report(), b = report(), gone = report(), a1 = report(), a2 = report();
	link_ids(a, class, "class", 10, false);
	link_ids(b, class, "class", 11, false);
	link_ids(gone, class, "class", 12, true);
	link_ids(a1, a, "main", 13, true);
	link_ids(a2, a1, "main", 14, false);
	link_ids(a1, class, "same", 15, false);
	assert_int_equal(mh_apply_gathered(&tx, class, &j, NULL), MH_OK);
	json_t *of_class = json_object_get(j, "class"), *same = json_object_get(j, "same");
	assert_int_equal(mh_json_get_int(of_class, "matters", -1), 2);
	assert_int_equal(mh_json_get_int(of_class, "reports", -1), 4);
	assert_int_equal(mh_json_get_int(same, "matters", -1), 1);
	assert_int_equal(mh_json_get_int(same, "reports", -1), 2);
	assert_int_equal(json_object_size(j), 2);
}

static void nothing(void **state)
{
	MH_JSON_AUTO json_t *j = NULL;
	assert_int_equal(mh_apply_gathered(&tx, report(), &j, NULL), MH_OK);
	assert_int_equal(json_object_size(j), 0);
}

ROOM_TESTS(cmocka_unit_test(counts), cmocka_unit_test(nothing))
