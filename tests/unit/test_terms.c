#include "unit.h"

#include "text/terms.h"

#include <string.h>

static void made(void (*fn)(struct mh_str, struct mh_buf *), const char *text, const char *want)
{
	struct mh_buf b = MH_BUF(1 << 16);
	fn(mh_str_c(text), &b);
	if (strcmp(b.ptr ? b.ptr : "", want) != 0) fail_msg("%s: %s, not %s", text, b.ptr ? b.ptr : "", want);
	mh_buf_done(&b);
}

static void texts_become_words(void **state)
{
	static const char *const cases[][2] = {
		{"路灯不亮", " 路灯 灯不 不亮 <路 <灯 <不 <亮"},
		{"灯", " <灯"},
		{"电话13801，找李四。", " 电话 <电 <话 13801 <138 <1380 <13801 找李 李四 <找 <李 <四"},
		{"ＡＢＣ１２３ Hello-World",
		 " abc123 <abc <abc1 <abc12 <abc123 hello <hel <hell <hello world <wor <worl <world"},
		{"𠮷野家", " 𠮷野 野家 <𠮷 <野 <家"}, /* beyond the basic plane: names are written so */
		{"café", " café <caf <café"},
		{"「」…—  \n\t", ""},
		{"", ""},
		{"12号楼", " 12 号楼 <号 <楼"},
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) made(mh_terms_of, cases[i][0], cases[i][1]);
}

static void queries_are_quoted(void **state)
{
	static const char *const cases[][2] = {
		{"路灯不亮", "\" 路灯 灯不 不亮\""},
		{"灯", "\"<灯\""},
		{"路灯 138", "\" 路灯\" AND \"<138\""},
		{"ab", "\"ab\""},
		{"\" OR 1=1 NEAR(",
		 "\"or\" AND \"1\" AND \"1\" AND \"<near\""}, /* nothing of the query language passes */
		{"!!!", ""},
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) made(mh_terms_query, cases[i][0], cases[i][1]);
}

static void queries_have_an_end(void **state)
{
	struct mh_buf b = MH_BUF(1 << 16);
	mh_terms_query(MH_STR("a b c d e f g h i j k l m n o p q r s t u v w"), &b);
	size_t ands = 0;
	for (const char *at = b.ptr; (at = strstr(at, " AND ")); at++) ands++;
	assert_int_equal(ands, MH_TERMS_QUERY_MAX - 1);
	mh_buf_done(&b);
}

static void sealed_words_match_and_cannot_be_read(void **state)
{
	static const unsigned char key[MH_TERMS_KEY_LEN] = "one key", other[MH_TERMS_KEY_LEN] = "another";
	enum { W = MH_TERMS_SEALED, PAIRS = 2 * (W + 1) };
	struct mh_buf a = MH_BUF(1 << 16), b = MH_BUF(1 << 16), c = MH_BUF(1 << 16);
	mh_terms_seal(key, MH_STR(" 路灯 灯不 <路"), &a);
	mh_terms_seal(key, MH_STR("\" 路灯 灯不\" AND \"<路\""), &b);
	mh_terms_seal(other, MH_STR(" 路灯 灯不 <路"), &c);
	assert_int_equal(a.len, 3 * (W + 1));
	assert_int_equal(b.len, 1 + PAIRS + 7 + W + 1);
	assert_null(strstr(a.ptr, "灯"));
	assert_memory_equal(a.ptr, b.ptr + 1, PAIRS);           /* the pairs, in their order */
	assert_memory_equal(b.ptr + 1 + PAIRS, "\" AND \"", 7); /* the language stays */
	assert_memory_equal(a.ptr + PAIRS + 1, b.ptr + 1 + PAIRS + 7, W);
	assert_memory_not_equal(a.ptr, c.ptr, a.len);
	mh_buf_done(&a);
	mh_buf_done(&b);
	mh_buf_done(&c);
}

MH_TESTS(cmocka_unit_test(sealed_words_match_and_cannot_be_read), cmocka_unit_test(texts_become_words),
	 cmocka_unit_test(queries_are_quoted), cmocka_unit_test(queries_have_an_end))
