#include "base/json.h"
#include "unit.h"

#include <stdlib.h>
#include <string.h>

/* What the ledger's hashes rest on: the bytes of jansson's compact, sorted form. */
static void same(const json_t *j)
{
	struct mh_arena a = MH_ARENA(0);
	char *want = json_dumps(j, JSON_COMPACT | JSON_SORT_KEYS | JSON_ENCODE_ANY);
	struct mh_str got = mh_json_text(&a, j);
	assert_non_null(want);
	assert_non_null(got.ptr);
	assert_int_equal(got.len, strlen(want));
	assert_memory_equal(got.ptr, want, got.len);
	free(want);
	mh_arena_done(&a);
}

static void same_text(const char *text)
{
	json_t *j = json_loads(text, JSON_DECODE_ANY | JSON_ALLOW_NUL, NULL);
	assert_non_null(j);
	same(j);
	json_decref(j);
}

static void test_values(void **state)
{
	static const char *const texts[] = {
		"{}",
		"[]",
		"null",
		"true",
		"false",
		"0",
		"-1",
		"\"\"",
		"[[],{},[{}]]",
		"9223372036854775807",
		"-9223372036854775808",
		"{\"b\":1,\"a\":2,\"\":3,\"ab\":4,\"A\":5,\"路\":6,\"a/b\":7}",
		"[1,-20,300,\"x\",null,true,false]",
		"\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u0001\\u001f\\u007f\\u2028 路灯 \\ud83d\\ude00\"",
		"\"a\\u0000b\"",
		"{\"\\n\\\"\":\"\\\\\"}"};
	(void)state;
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) same_text(texts[i]);
}

static json_t *some(unsigned *seed, int depth)
{
	static const char *const strings[] = {"",   "a", "路灯不亮",  "\"quoted\"", "back\\slash", "\x01\x1f\n\t",
					      "zz", "0", "keys/slash"};
	*seed = *seed * 1103515245u + 12345u;
	unsigned r = *seed >> 16;
	json_t *j;
	switch (depth > 5 ? r % 4 : r % 6) {
	case 0: return json_string(strings[r / 8 % 9]);
	case 1: return json_integer((json_int_t)((unsigned long long)r * 0x9E3779B97F4A7C15ull));
	case 2: return json_boolean(r & 8);
	case 3: return json_null();
	case 4:
		j = json_array();
		for (unsigned i = 0; i < r / 8 % 5; i++) json_array_append_new(j, some(seed, depth + 1));
		return j;
	default:
		j = json_object();
		for (unsigned i = 0; i < r / 8 % 40; i++) {
			char key[24];
			*seed = *seed * 1103515245u + 12345u;
			snprintf(key, sizeof key, "%x%s", *seed >> 20, *seed & 65536 ? "键" : "");
			json_object_set_new(j, key, some(seed, depth + 2));
		}
		return j;
	}
}

static void test_like_jansson(void **state)
{
	(void)state;
	for (unsigned i = 0; i < 2000; i++) {
		unsigned seed = i;
		json_t *j = some(&seed, 0);
		same(j);
		json_decref(j);
	}
}

static void test_nothing(void **state)
{
	struct mh_arena a = MH_ARENA(0), tiny = MH_ARENA(1);
	json_t *real = json_real(0.5), *long_ = json_string("more than fits");
	(void)state;
	assert_null(mh_json_text(&a, NULL).ptr);
	assert_null(mh_json_text(&a, real).ptr);
	assert_null(mh_json_text(&tiny, long_).ptr);
	json_decref(real);
	json_decref(long_);
	mh_arena_done(&a);
	mh_arena_done(&tiny);
}

static void test_depth(void **state)
{
	json_t *j = json_array();
	struct mh_arena a = MH_ARENA(0);
	(void)state;
	for (int i = 1; i < 2040; i++) {
		json_t *outer = json_array();
		json_array_append_new(outer, j);
		j = outer;
	}
	same(j);
	for (int i = 0; i < 20; i++) {
		json_t *outer = json_array();
		json_array_append_new(outer, j);
		j = outer;
	}
	assert_null(mh_json_text(&a, j).ptr);
	json_decref(j);
	mh_arena_done(&a);
}

MH_TESTS(cmocka_unit_test(test_values), cmocka_unit_test(test_like_jansson), cmocka_unit_test(test_nothing),
	 cmocka_unit_test(test_depth))
