#include "unit.h"

#include "web/web_priv.h"

#include <string.h>

static void paths(void **state)
{
	static const struct {
		const char *raw, *path, *query;
	} cases[] = {
		{"/", "/", ""},
		{"/a/b", "/a/b", ""},
		{"/a/", "/a/", ""},
		{"/a?x=1&y", "/a", "x=1&y"},
		{"/%E6%B0%91", "/民", ""},
		{"/a?x?y=/", "/a", "x?y=/"},
		{"/a%20b;c=1", "/a b;c=1", ""},
		{"/...", "/...", ""},
		{"/..", NULL, NULL},
		{"/a/../b", NULL, NULL},
		{"/%2E%2e", NULL, NULL},
		{"/./a", NULL, NULL},
		{"/a//b", NULL, NULL},
		{"//", NULL, NULL},
		{"/a%2Fb", NULL, NULL},
		{"/a%5Cb", NULL, NULL},
		{"/a%00", NULL, NULL},
		{"/a%7F", NULL, NULL},
		{"/%C0%AE", NULL, NULL},
		{"/%", NULL, NULL},
		{"/%4", NULL, NULL},
		{"/%4g", NULL, NULL},
		{"/a b", NULL, NULL},
		{"/a\"", NULL, NULL},
		{"", NULL, NULL},
		{"a", NULL, NULL},
		{"*", NULL, NULL},
		{"http://x/", NULL, NULL},
		{"/a#b", NULL, NULL},
		{"/a?<", NULL, NULL},
		{"/\xE6\xB0\x91", NULL, NULL},
		{"/a?\xE6", NULL, NULL},
	};
	struct mh_arena a = MH_ARENA(0);
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct mh_str path, query;
		enum mh_code code = mh_web__target_parse(&a, mh_str_c(cases[i].raw), &path, &query, NULL);
		if (code != (cases[i].path ? MH_OK : MH_E_INVALID)) fail_msg("%s: %d", cases[i].raw, code);
		if (code != MH_OK) continue;
		if (!mh_str_is(path, cases[i].path) || !mh_str_is(query, cases[i].query))
			fail_msg("%s read as " MH_STR_FMT, cases[i].raw, MH_STR_ARG(path));
	}
	mh_arena_done(&a);
}

static void forms(void **state)
{
	struct mh_arena a = MH_ARENA(0);
	const struct mh_pair *p;
	size_t n;
	assert_int_equal(mh_web__form_parse(&a, MH_STR("a=1&b=%E6%B0%91+x&&c&d=%0D%0A&a=="), &p, &n, NULL), MH_OK);
	assert_int_equal(n, 5);
	assert_true(mh_str_is(p[0].name, "a") && mh_str_is(p[0].value, "1"));
	assert_true(mh_str_is(p[1].value, "民 x"));
	assert_true(mh_str_is(p[2].name, "c") && p[2].value.len == 0);
	assert_true(mh_str_is(p[3].value, "\r\n"));
	assert_true(mh_str_is(p[4].value, "="));
	static const char *const bad[] = {"=1", "a=%", "a=%00", "a=%FF", "%01=a", "a=\x01"};
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		if (mh_web__form_parse(&a, mh_str_c(bad[i]), &p, &n, NULL) != MH_E_INVALID) fail_msg("took %s", bad[i]);
	char many[2 * MH_WEB_PAIRS + 1];
	for (size_t i = 0; i < MH_WEB_PAIRS; i++) memcpy(many + 2 * i, "a&", 3);
	assert_int_equal(mh_web__form_parse(&a, mh_str_c(many), &p, &n, NULL), MH_E_TOO_LARGE);
	mh_arena_done(&a);
}

MH_TESTS(cmocka_unit_test(paths), cmocka_unit_test(forms))
