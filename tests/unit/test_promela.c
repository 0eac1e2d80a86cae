#include "unit.h"

#include "../process_sample.h"

static void golden(void **state)
{
	struct mh_arena a = MH_ARENA(0);
	struct mh_buf out = MH_BUF((size_t)1 << 20);
	const struct mh_def *def = sample_def(&a, sample_read(&a, SAMPLE));
	assert_non_null(def);
	mh_def_promela(def, &out);
	assert_true(sample_is_golden(&a, "sample.pml", mh_buf_str(&out)));
	mh_buf_done(&out);
	mh_arena_done(&a);
}

/* What stands in the model of the sample with one place changed. */
static bool has(const char *from, const char *to, const char *text)
{
	struct mh_arena a = MH_ARENA(0);
	struct mh_buf out = MH_BUF((size_t)1 << 20);
	struct mh_str file = sample_read(&a, SAMPLE);
	const struct mh_def *def = sample_def(&a, from ? sample_change(&a, file, from, to) : file);
	if (def) mh_def_promela(def, &out);
	bool found = out.len && strstr(out.ptr, text);
	mh_buf_done(&out);
	mh_arena_done(&a);
	return found;
}

static void guards(void **state)
{
	assert_true(has(NULL, NULL, "st == S_dispatched && (level < 4)"));
	assert_true(has(NULL, NULL, "st == S_dispatched && (level >= 4) ->"));
	assert_true(has(NULL, NULL, "st == S_verifying && cnt_vote_failed < 2 ->"));
	assert_true(has(NULL, NULL, "st == S_verifying && !(cnt_vote_failed < 2) ->"));
	/* data is a free choice both ways */
	assert_true(
		has("when: 'level < 4', do: [escalate: {levels: 1}], else",
		    "when: 'subject == \"consult\"', do: [escalate: {levels: 1}], else",
		    "st == S_dispatched ->\n\t\tprintf(\"step: dispatched -> top_overdue by escalate_accept (else)"));
	assert_true(has("when: 'level < 4', do: [escalate: {levels: 1}], else",
			"when: 'level < 4 && count(ask) == 0', do: [escalate: {levels: 1}], else",
			"((level >= 4) || (cnt_ask != 0))"));
}

static void what_is_left_out(void **state)
{
	assert_false(has(NULL, NULL, "by remind_top"));
	assert_false(has(NULL, NULL, "by ping_look"));
	assert_false(has(NULL, NULL, "by ask_help")); /* stays, changes nothing that a guard asks for */
	assert_true(has(NULL, NULL, "by extend"));
}

static void idling(void **state)
{
	assert_true(has(NULL, NULL, "st == S_working && !((clk_total == 1)) ->"));
	assert_false(has(NULL, NULL, "by nobody, for ever\\n\") }\n\t/* rating"));
	assert_false(has(NULL, NULL, "st == S_rating && !("));
}

MH_TESTS(cmocka_unit_test(golden), cmocka_unit_test(guards), cmocka_unit_test(what_is_left_out),
	 cmocka_unit_test(idling))
