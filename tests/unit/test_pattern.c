#include "unit.h"

#include "web/route.h"

#include <string.h>

static void matches(void **state)
{
	static const struct {
		const char *pattern, *text;
		bool yes;
	} cases[] = {
		{"abc", "abc", true},
		{"abc", "ab", false},
		{"abc", "abcd", false},
		{"[a-z]+", "hello", true},
		{"[a-z]+", "", false},
		{"[a-z]*", "", true},
		{"[^a-z]+", "ABC", true},
		{"[^a-z]+", "AbC", false},
		{"\\d{11}", "13800138000", true},
		{"\\d{11}", "1380013800", false},
		{"\\d{2,4}", "123", true},
		{"\\d{2,4}", "12345", false},
		{"a?b", "b", true},
		{"a?b", "ab", true},
		{"a?b", "aab", false},
		{"a*ab", "aaab", true},
		{"[0-9-]+", "1-2", true},
		{"a\\.b", "a.b", true},
		{"a\\.b", "axb", false},
		{"a.b", "axb", true},
		{".*", "民", false},
		{"[a-z][a-z0-9_]{0,3}", "a1_", true},
		{"[a-z][a-z0-9_]{0,3}", "a1__b", false},
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		assert_true(mh_pattern_ok(cases[i].pattern));
		if (mh_pattern_match(cases[i].pattern, mh_str_c(cases[i].text)) != cases[i].yes)
			fail_msg("%s on \"%s\"", cases[i].pattern, cases[i].text);
	}
}

static void refuses(void **state)
{
	static const char *const bad[] = {
		"",       "(a)", "a|b", "[a",  "[]", "[z-a]", "a{2", "a{3,2}",
		"a{999}", "^a$", "\\w", "a**", "*",  "\\",    "{1}", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"};
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		if (mh_pattern_ok(bad[i])) fail_msg("took %s", bad[i]);
}

/* The pattern that makes backtracking matchers hang. */
static void is_linear(void **state)
{
	char text[513];
	memset(text, 'a', 512);
	text[512] = '\0';
	assert_false(mh_pattern_match("a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*b", mh_str_c(text)));
	assert_true(mh_pattern_match("a*", mh_str_c(text)));
	assert_false(mh_pattern_match("a*", (struct mh_str){NULL, 513}));
}

MH_TESTS(cmocka_unit_test(matches), cmocka_unit_test(refuses), cmocka_unit_test(is_linear))
