#include "load_unit.h"

#define TITLE "title: {zh: 小事, en: Small matter}"
#define LEVELS "levels: {1: 村, 2: 镇, 3: 县, 4: 市}"

/* The head of a file uses every reader of values. */
static void heads(void **state)
{
	static const struct edit list[] = {
		{TITLE, "title: 小事", NULL},
		{TITLE, "title: {zh: 小事}", NULL},
		{TITLE, "title: {zh: [x]}", "type"},
		{TITLE, "title: ''", "type"},
		{TITLE, "title: {zh: 小事, fr: x}", "unknown-key"},
		{"version: 1", "version: 0", "range"},
		{"version: 1", "version: '1'", "type"},
		{"version: 1", "version: 1\nsince: 2026-03-01\nintake: no", NULL},
		{"version: 1", "version: 1\nsince: 2026-02-30", "type"},
		{"version: 1", "version: 1\nintake: never", "type"},
		{"calendar: workdays", "calendar: Work Days", "bad-name"},
		{"calendar: workdays", "calendar: [workdays]", "type"},
		{"kind: small", "kind: ''", "bad-name"},
		{"kind: small", "kind: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "bad-name"},
		{LEVELS, "levels: {1: 村, 2: 镇, 3: 县}", "missing-key"},
		{LEVELS, "levels: {1: 村, 2: 镇, 3: 县, 4: 市, 5: 省}", "unknown-key"},
		{LEVELS, "levels: [村]", "type"},
		{LEVELS, LEVELS "\nevidnce: {}", "unknown-key"},
		{"evidence:\n  record: {accept: [photo], label: {zh: 记录, en: record}}", "evidence: []", "type"},
	};
	CHECK(list);
}

static void too_many(void **state)
{
	struct mh_buf b MH_CLEANUP(mh_buf_done) = MH_BUF(1 << 20);
	mh_buf_c(&b, "roles:\n");
	for (int i = 0; i < 101; i++) mh_buf_fmt(&b, "  r%d: {level: 1}\n", i);
	const struct edit list[] = {{"roles:\n", b.ptr, "too-many"}};
	CHECK(list);
}

static void a_list_is_no_definition(void **state)
{
	struct mh_arena a = MH_ARENA(0);
	struct mh_diags d = mh_diags_new(&a, MH_STR("t"));
	assert_null(mh_def_load(&a, MH_STR("[format]"), &d));
	assert_null(mh_def_load(&a, MH_STR("format: matter/1\n"), &d));
	assert_null(mh_def_load(&a, MH_STR("format: scenarios/1\n"), &d));
	assert_null(mh_def_load(&a, MH_STR(""), &d));
	assert_true(d.errors >= 4);
	mh_arena_done(&a);
}

MH_TESTS(cmocka_unit_test(heads), cmocka_unit_test(too_many), cmocka_unit_test(a_list_is_no_definition))
