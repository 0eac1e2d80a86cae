/* Every file of tests/process/faults is one good definition with one fault; its first line says which finding it must
 * bring, and where: "# expect: LINE RULE". No other finding may come. */
#include "unit.h"

#include "../process_sample.h"

#include <dirent.h>

#define FAULTS "tests/process/faults"

static struct mh_diags findings(struct mh_arena *a, struct mh_str text)
{
	struct mh_diags d = mh_diags_new(a, MH_STR("fault"));
	mh_def_load(a, text, &d);
	return d;
}

static bool as_expected(struct mh_str text, const struct mh_diags *d)
{
	char rule[64] = "";
	int line = 0;
	if (mh_str_starts(text, "# expect: none\n")) return d->n == 0;
	if (sscanf(text.ptr, "# expect: %d %63s", &line, rule) != 2) return false;
	return d->n == 1 && d->list[0].at.line == line && strcmp(d->list[0].rule, rule) == 0 && d->list[0].hint.len > 0;
}

static bool one_file(const char *name)
{
	struct mh_arena a = MH_ARENA(0);
	struct mh_str path = mh_str_fmt(&a, FAULTS "/%s", name), text = sample_read(&a, path.ptr);
	struct mh_diags d = findings(&a, text);
	bool good = text.len && as_expected(text, &d);
	if (!good) {
		struct mh_buf said = MH_BUF((size_t)1 << 20);
		mh_diags_print(&d, &said);
		fprintf(stderr, "%s, %.60s found:\n" MH_STR_FMT "\n", name, text.len ? text.ptr : "",
			MH_STR_ARG(mh_buf_str(&said)));
		mh_buf_done(&said);
	}
	mh_arena_done(&a);
	return good;
}

static void seeded_faults(void **state)
{
	int n = 0, bad = 0;
	DIR *dir = opendir(FAULTS);
	assert_non_null(dir);
	for (struct dirent *e; (e = readdir(dir));) {
		if (!mh_str_ends(mh_str_c(e->d_name), ".yaml")) continue;
		n++;
		bad += !one_file(e->d_name);
	}
	closedir(dir);
	assert_true(n >= 35);
	assert_int_equal(bad, 0);
}

static void hole_of_endless_claims(void **state)
{
	struct mh_arena a = MH_ARENA(0);
	struct mh_str text = sample_change(&a, sample_read(&a, SAMPLE),
					   "do: [clock: {total: restart}, escalate: {levels: 1}], label: {zh: 不满意",
					   "do: [clock: {total: restart}], label: {zh: 不满意");
	text = sample_change(&a, text, "who: {role: citizen}, max: 1, do", "who: {role: citizen}, do");
	struct mh_diags d = findings(&a, text);
	assert_int_equal(d.n, 1);
	assert_string_equal(d.list[0].rule, "loop-unbounded");
	assert_non_null(strstr(d.list[0].message.ptr, "rating"));
	mh_arena_done(&a);
}

static void no_memory_is_no_crash(void **state)
{
	struct mh_arena a = MH_ARENA(0);
	struct mh_str text = sample_read(&a, SAMPLE);
	for (long i = 0; i < 40; i++) {
		struct mh_arena b = MH_ARENA(0);
		mh_mem_fail_after(i);
		findings(&b, text);
		mh_mem_fail_after(-1);
		mh_arena_done(&b);
	}
	mh_arena_done(&a);
}

MH_TESTS(cmocka_unit_test(seeded_faults), cmocka_unit_test(hole_of_endless_claims),
	 cmocka_unit_test(no_memory_is_no_crash))
