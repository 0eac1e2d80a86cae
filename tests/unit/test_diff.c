#include "unit.h"

#include "../process_sample.h"

struct change {
	const char *from, *to;
};

/* A second version of the sample, with each kind of change. */
static const struct change changes[] = {
	{"version: 1\n", "version: 2\n"},
	{"accept: {within: 1wd, warn: 50%", "accept: {within: 2wd, warn: 50%"},
	{"      hold: {within: 10wd, then: split, label: {zh: 并件时限, en: time as merged}}",
	 "      kept: {within: 8wd, then: split, label: {zh: 并件时限, en: time as merged}}"},
	{"who: {role: handler, org: owner}, max: 1, label: {zh: 请反映人补充",
	 "who: {role: handler, org: owner}, max: 2, label: {zh: 请反映人补充"},
	{"  stars:   {type: int, min: 1, max: 5,", "  stars:   {type: int, min: 1, max: 10,"},
	{"    values: {consult: {zh: 咨询, en: question}, complaint: {zh: 投诉, en: complaint}}",
	 "    values: {consult: {zh: 咨询, en: question}, praise: {zh: 表扬, en: praise}}"},
	{"  leader:   {level: [1, 2, 3, 4],", "  leader:   {level: [2, 3, 4],"},
	{"    closes: 3wd\n", "    closes: 4wd\n"},
	{"  ask_help: {", "  help: {"},
	{"  - no_silent_stall: yes\n", ""},
};

static struct mh_str second(struct mh_arena *a)
{
	struct mh_str text = sample_read(a, SAMPLE);
	for (size_t i = 0; i < sizeof changes / sizeof *changes; i++) {
		text = sample_change(a, text, changes[i].from, changes[i].to);
		if (!text.len) fprintf(stderr, "not there exactly once: %s\n", changes[i].from);
	}
	return text;
}

static void golden(void **state)
{
	static const char *const langs[][2] = {{"zh", "sample.zh.diff"}, {"en", "sample.en.diff"}};
	struct mh_arena a = MH_ARENA(0);
	const struct mh_def *v1 = sample_def(&a, sample_read(&a, SAMPLE)), *v2 = sample_def(&a, second(&a));
	assert_non_null(v1);
	assert_non_null(v2);
	for (int i = 0; i < 2; i++) {
		struct mh_buf out = MH_BUF((size_t)1 << 20);
		bool unsafe = false;
		mh_def_diff(v1, v2, langs[i][0], &out, &unsafe);
		assert_true(unsafe); /* a value of subject is gone */
		assert_true(sample_is_golden(&a, langs[i][1], mh_buf_str(&out)));
		mh_buf_done(&out);
	}
	mh_arena_done(&a);
}

static bool is_unsafe(const char *from, const char *to)
{
	struct mh_arena a = MH_ARENA(0);
	struct mh_buf out = MH_BUF((size_t)1 << 20);
	bool unsafe = false;
	struct mh_str text = sample_read(&a, SAMPLE);
	const struct mh_def *v1 = sample_def(&a, text), *v2 = sample_def(&a, sample_change(&a, text, from, to));
	assert_non_null(v1);
	assert_non_null(v2);
	mh_def_diff(v1, v2, "en", &out, &unsafe);
	assert_false(out.failed);
	mh_buf_done(&out);
	mh_arena_done(&a);
	return unsafe;
}

static void safety(void **state)
{
	assert_false(is_unsafe("version: 1\n", "version: 2\n"));
	assert_false(is_unsafe("accept: {within: 1wd", "accept: {within: 3wd"));
	assert_false(is_unsafe("  ask_help: {", "  help: {"));
	assert_true(is_unsafe("  contact: {type: contact", "  callback: {type: contact")); /* a field is gone */
	assert_true(is_unsafe("  stars:   {type: int, min: 1, max: 5,", "  stars:   {type: text, max: 5,"));
}

static void nothing(void **state)
{
	struct mh_arena a = MH_ARENA(0);
	struct mh_buf out = MH_BUF((size_t)1 << 20);
	bool unsafe = true;
	const struct mh_def *def = sample_def(&a, sample_read(&a, SAMPLE));
	assert_non_null(def);
	mh_def_diff(def, def, "zh", &out, &unsafe);
	assert_false(unsafe);
	assert_non_null(strstr(out.ptr, "没有变化"));
	mh_buf_done(&out);
	mh_arena_done(&a);
}

MH_TESTS(cmocka_unit_test(golden), cmocka_unit_test(safety), cmocka_unit_test(nothing))
