#include "unit.h"

#include "../process_sample.h"

static void golden(void **state)
{
	static const char *const langs[][2] = {{"zh", "sample.zh.mmd"}, {"en", "sample.en.mmd"}};
	struct mh_arena a = MH_ARENA(0);
	const struct mh_def *def = sample_def(&a, sample_read(&a, SAMPLE));
	assert_non_null(def);
	for (int i = 0; i < 2; i++) {
		struct mh_buf out = MH_BUF((size_t)1 << 20);
		mh_def_mermaid(def, langs[i][0], &out);
		assert_true(sample_is_golden(&a, langs[i][1], mh_buf_str(&out)));
		mh_buf_done(&out);
	}
	mh_arena_done(&a);
}

/* Words of a label that Mermaid would take for its own. */
static void escapes(void **state)
{
	struct mh_arena a = MH_ARENA(0);
	struct mh_buf out = MH_BUF((size_t)1 << 20);
	struct mh_str text = sample_change(&a, sample_read(&a, SAMPLE), "{zh: 退单, en: Return}",
					   "{zh: 退单, en: 'a;b:\"c\" #1 {d}'}");
	const struct mh_def *def = sample_def(&a, text);
	assert_non_null(def);
	mh_def_mermaid(def, "en", &out);
	assert_non_null(strstr(out.ptr, "a#59;b#58;#34;c#34; #35;1 #123;d#125;"));
	mh_buf_done(&out);
	mh_arena_done(&a);
}

MH_TESTS(cmocka_unit_test(golden), cmocka_unit_test(escapes))
