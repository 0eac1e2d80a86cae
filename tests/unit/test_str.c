#include "unit.h"

#include "base/str.h"

static void numbers(void **state)
{
	int64_t v = 7;
	assert_true(mh_str_to_i64(MH_STR("-9223372036854775808"), &v));
	assert_int_equal(v, INT64_MIN);
	assert_true(mh_str_to_i64(MH_STR("9223372036854775807"), &v));
	assert_int_equal(v, INT64_MAX);
	assert_false(mh_str_to_i64(MH_STR("9223372036854775808"), &v));
	assert_false(mh_str_to_i64(MH_STR(""), &v));
	assert_false(mh_str_to_i64(MH_STR("-"), &v));
	assert_false(mh_str_to_i64(MH_STR("1 "), &v));
	assert_int_equal(v, INT64_MAX);
}

static void utf8(void **state)
{
	struct mh_bytes good = {(const unsigned char *)"民呼\xF0\x9F\x93\x9E", 10};
	assert_int_equal(mh_utf8_bad(good), -1);
	assert_int_equal(mh_utf8_bad((struct mh_bytes){(const unsigned char *)"a\xC0\x80", 3}), 1);    /* overlong */
	assert_int_equal(mh_utf8_bad((struct mh_bytes){(const unsigned char *)"\xED\xA0\x80", 3}), 0); /* surrogate */
	assert_int_equal(mh_utf8_bad((struct mh_bytes){(const unsigned char *)"\xF4\x90\x80\x80", 4}),
			 0);                                                                         /* > U+10FFFF */
	assert_int_equal(mh_utf8_bad((struct mh_bytes){(const unsigned char *)"ab\xE6\xB0", 4}), 2); /* cut */
	assert_int_equal(mh_utf8_count(mh_str_c("民呼a")), 3);
	assert_int_equal(mh_utf8_prefix(mh_str_c("民呼a"), 2).len, 6);
}

static void buf_escapes_and_caps(void **state)
{
	struct mh_buf b = MH_BUF(64);
	mh_buf_json(&b, MH_STR("a\"\\\n\x01民"));
	assert_string_equal(b.ptr, "\"a\\\"\\\\\\n\\u0001民\"");
	mh_buf_clear(&b);
	mh_buf_xml(&b, MH_STR("<&\x02>"));
	assert_string_equal(b.ptr, "&lt;&amp;&gt;");
	mh_buf_clear(&b);
	for (int i = 0; i < 65; i++) mh_buf_ch(&b, 'x');
	assert_true(b.failed);
	assert_int_equal(b.len, 0);
	mh_buf_done(&b);
}

static void splitting(void **state)
{
	struct mh_str rest = MH_STR("a,,b"), head;
	assert_true(mh_str_split(&rest, ',', &head) && mh_str_is(head, "a"));
	assert_true(mh_str_split(&rest, ',', &head) && head.len == 0);
	assert_true(mh_str_split(&rest, ',', &head) && mh_str_is(head, "b"));
	assert_false(mh_str_split(&rest, ',', &head));
}

MH_TESTS(cmocka_unit_test(numbers), cmocka_unit_test(utf8), cmocka_unit_test(buf_escapes_and_caps),
	 cmocka_unit_test(splitting))
