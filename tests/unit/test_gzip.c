#include "unit.h"

#include "web/web_priv.h"

#include <string.h>
#include <zlib.h>

static const char type[] = "application/json";

static void is_wanted_by_the_header(void **state)
{
	static const struct {
		const char *accept;
		bool wanted;
	} cases[] = {
		{"gzip", true},   {"GZip", true},     {"deflate, gzip;q=0.5", true}, {"br, *", true},
		{"", false},      {"br", false},      {"gzip;q=0", false},           {"gzip; q=0.000, *", false},
		{"*;q=0", false}, {"gzipped", false},
	};
	char body[1024];
	memset(body, 'a', sizeof body);
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		assert_int_equal(
			mh_web__gzip_wanted(mh_str_c(cases[i].accept), type, (struct mh_str){body, sizeof body}),
			cases[i].wanted);
}

static void is_for_long_texts_only(void **state)
{
	char body[1024];
	memset(body, 'a', sizeof body);
	assert_false(mh_web__gzip_wanted(MH_STR("gzip"), type, (struct mh_str){body, 1023}));
	assert_false(mh_web__gzip_wanted(MH_STR("gzip"), "image/jpeg", (struct mh_str){body, 1024}));
	assert_false(mh_web__gzip_wanted(MH_STR("gzip"), NULL, (struct mh_str){body, 1024}));
	assert_true(mh_web__gzip_wanted(MH_STR("gzip"), "text/plain; charset=utf-8", (struct mh_str){body, 1024}));
}

static void comes_back_whole(void **state)
{
	struct mh_arena a = MH_ARENA(0);
	struct mh_str small;
	unsigned char back[6000];
	z_stream z = {0};
	char body[5000];
	for (size_t i = 0; i < sizeof body; i++) body[i] = (char)('a' + i % 7);
	assert_true(mh_web__gzip(&a, (struct mh_str){body, sizeof body}, &small));
	assert_true(small.len < 200);
	assert_int_equal(inflateInit2(&z, 15 + 16), Z_OK);
	z.next_in = (unsigned char *)(uintptr_t)small.ptr;
	z.avail_in = (unsigned)small.len;
	z.next_out = back;
	z.avail_out = sizeof back;
	assert_int_equal(inflate(&z, Z_FINISH), Z_STREAM_END);
	inflateEnd(&z);
	assert_int_equal(z.total_out, sizeof body);
	assert_memory_equal(back, body, sizeof body);
	mh_arena_done(&a);
}

static void what_does_not_shrink_is_sent_as_it_is(void **state)
{
	struct mh_arena a = MH_ARENA(0), little = MH_ARENA(100);
	struct mh_str small = {NULL, 7};
	unsigned char body[2048];
	uint32_t x = 1;
	for (size_t i = 0; i < sizeof body; i++) body[i] = (unsigned char)((x = x * 1664525 + 1013904223) >> 24);
	assert_false(mh_web__gzip(&a, (struct mh_str){(char *)body, sizeof body}, &small));
	assert_false(mh_web__gzip(&little, (struct mh_str){(char *)body, sizeof body}, &small));
	assert_int_equal(small.len, 7);
	mh_arena_done(&a);
	mh_arena_done(&little);
}

MH_TESTS(cmocka_unit_test(is_wanted_by_the_header), cmocka_unit_test(is_for_long_texts_only),
	 cmocka_unit_test(comes_back_whole), cmocka_unit_test(what_does_not_shrink_is_sent_as_it_is))
