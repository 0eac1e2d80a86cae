#include "unit.h"

#include "../process_sample.h"

static void golden(void **state)
{
	static const char *const langs[][2] = {{"zh", "sample.zh.md"}, {"en", "sample.en.md"}};
	struct mh_arena a = MH_ARENA(0);
	const struct mh_def *def = sample_def(&a, sample_read(&a, SAMPLE));
	assert_non_null(def);
	for (int i = 0; i < 2; i++) {
		struct mh_buf out = MH_BUF((size_t)1 << 20);
		mh_def_explain(def, langs[i][0], &out);
		assert_true(sample_is_golden(&a, langs[i][1], mh_buf_str(&out)));
		mh_buf_done(&out);
	}
	mh_arena_done(&a);
}

/* A text that is too long for its buffer leaves it empty and marked, and leaks nothing. */
static void small_buffer(void **state)
{
	struct mh_arena a = MH_ARENA(0);
	struct mh_buf out = MH_BUF(200);
	mh_def_explain(sample_def(&a, sample_read(&a, SAMPLE)), "zh", &out);
	assert_true(out.failed);
	mh_buf_done(&out);
	mh_arena_done(&a);
}

MH_TESTS(cmocka_unit_test(golden), cmocka_unit_test(small_buffer))
