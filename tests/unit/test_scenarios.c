/* Every story of the sample city's definitions comes true on the real engine, on both stores. */
#include "unit.h"

#include "matter/scenario.h"
#include "pg.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *pack_dir(void)
{
	const char *only = getenv("MINHU_PACK");
	static char path[512];
	snprintf(path, sizeof path, "%s/packs/hangzhou", getenv("MINHU_SOURCE") ? getenv("MINHU_SOURCE") : ".");
	return only ? only : path;
}

static void stories(const char *uri)
{
	assert_non_null(uri);
	struct mh_stage *stage MH_CLEANUP(mh_stage_freep) = NULL;
	struct mh_arena a = MH_ARENA(0);
	struct mh_buf report = MH_BUF(1 << 20);
	struct mh_err err = {0};
	struct mh_scenario_count count = {0};
	struct mh_str *names = NULL;
	size_t n = 0;
	char dir[600];
	snprintf(dir, sizeof dir, "%s/process", pack_dir());
	if (mh_stage_open_on(mh_str_c(uri), mh_str_c(pack_dir()), &stage, &report, &err) != MH_OK)
		fail_msg("%s %s\n%s", err.message, err.detail, report.ptr ? report.ptr : "");
	mh_buf_clear(&report);
	assert_int_equal(mh_dir_list(&a, dir, ".scenarios.yaml", &names, &n, &err), MH_OK);
	const char *only = getenv("MINHU_STORY");
	for (size_t i = 0; i < n; i++) {
		struct mh_str text, path = mh_str_fmt(&a, "%s/" MH_STR_FMT, dir, MH_STR_ARG(names[i]));
		if (only && !mh_str_starts(names[i], only)) continue;
		assert_int_equal(mh_file_read(&a, path.ptr, 1 << 20, &text, &err), MH_OK);
		if (mh_scenarios_run(stage, text, names[i], &count, &report, &err) != MH_OK)
			fail_msg("%s", err.message);
	}
	if (count.failed || getenv("MINHU_VERBOSE")) fprintf(stderr, "%s", report.ptr ? report.ptr : "");
	assert_int_equal(count.failed, 0);
	assert_true(count.passed > 0);
	mh_buf_done(&report);
	mh_arena_done(&a);
}

static void on_sqlite(void **state)
{
	stories("sqlite::memory:");
}

static void on_postgres(void **state)
{
	stories(pg_start());
}

MH_TESTS(cmocka_unit_test(on_sqlite), cmocka_unit_test(on_postgres))
