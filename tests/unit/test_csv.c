#include "unit.h"

#include "base/csv.h"

#include <string.h>

/* Writes everything the reader says as one line a record: "2 a|b" or "3 !fault@line:column", "?" in front if doubtful. */
static const char *told(const char *text, size_t len, const struct mh_csv_options *opt)
{
	static struct mh_buf out = {.cap = 1 << 16};
	struct mh_csv *c MH_CLEANUP(mh_csv_drop) = NULL;
	struct mh_csv_record r;
	mh_buf_clear(&out);
	mh_buf_c(&out, "");
	assert_int_equal(mh_csv_open_bytes((struct mh_bytes){(const unsigned char *)text, len}, opt, &c, NULL), MH_OK);
	for (int rows = 0; rows < 1000; rows++) {
		assert_int_equal(mh_csv_next(c, &r, NULL), MH_OK);
		if (r.end) return out.ptr;
		mh_buf_fmt(&out, "%s%d ", r.doubtful ? "?" : "", (int)r.line);
		if (r.fault)
			mh_buf_fmt(&out, "!%s@%d:%d", mh_csv_fault_info(r.fault)->name, (int)r.fault_line,
				   (int)r.fault_column);
		for (size_t i = 0; i < r.n; i++)
			mh_buf_fmt(&out, "%s" MH_STR_FMT, i ? "|" : "", MH_STR_ARG(r.fields[i].text));
		mh_buf_ch(&out, '\n');
	}
	fail_msg("the reader does not end");
	return NULL;
}
#define TOLD(text, expected) assert_string_equal(told(text, sizeof(text) - 1, NULL), expected)

static void sound_rows(void **state)
{
	TOLD("", "");
	TOLD("\xEF\xBB\xBF"
	     "a,b\r\n1,2\r\n",
	     "1 a|b\n2 1|2\n");
	TOLD("a,b\n1,2", "1 a|b\n2 1|2\n");
	TOLD("a,\"b,\"\"c\"\"\"\n\"\"\n\n\r\n,\n", "1 a|b,\"c\"\n2 \n5 |\n");
	TOLD("\"line\r\nbreak\",x\ny,z\n", "1 line\r\nbreak|x\n3 y|z\n");
}

static void bad_rows_cost_only_themselves(void **state)
{
	TOLD("a\"b,1\nc,2\n", "1 !quote_in_field@1:2\n2 c|2\n");
	TOLD("民,\"b\"x\nc,2\n", "1 !text_after_quote@1:6\n2 c|2\n");
	TOLD("a\rb\nc,2\n", "1 !bare_cr@1:2\n2 c|2\n");
	TOLD("1,\"open\n2,x\n3,y\n", "1 !quote_open@1:3\n?2 2|x\n?3 3|y\n");
	/* the quote of line 1 is "closed" by the one in line 2, which is itself a good row */
	TOLD("1,\"open\n2,\"x\",y\n3,z\n", "1 !text_after_quote@2:4\n?2 2|x|y\n3 3|z\n");
	/* a fault behind a sound field with a line break in it goes on behind the whole row */
	TOLD("\"a\nb\",\"c\"x\nd,e\n", "1 !text_after_quote@2:7\n3 d|e\n");
}

static void bad_text_is_placed(void **state)
{
	TOLD("民呼,x\n\"a\n民\xFF\",y\nc,d\n", "1 民呼|x\n2 !bad_text@3:2\n4 c|d\n");
	TOLD("a\0b,c\nd,e\n", "1 !bad_text@1:2\n2 d|e\n");
}

static void caps(void **state)
{
	struct mh_csv_options opt = {.max_field = 8, .max_record = 20, .max_fields = 3};
	const char *text = "1234567890,x\n1,2,3,4,5\n1234567,1234567,1234567\n\"123456789\n1\",2\nok,\"12345678901\n";
	assert_string_equal(
		told(text, strlen(text), &opt),
		"1 !field_too_long@1:10\n2 !too_many_fields@2:7\n3 !record_too_long@3:22\n4 !field_too_long@4:1\n"
		"5 !quote_in_field@5:2\n6 !field_too_long@6:4\n");
}

static void long_lines_cross_the_buffer(void **state)
{
	struct mh_buf b = MH_BUF(4 << 20);
	for (int i = 0; i < 3000; i++) mh_buf_fmt(&b, "%d,\"%0500d\"\n", i, i);
	struct mh_csv *c MH_CLEANUP(mh_csv_drop) = NULL;
	struct mh_csv_record r;
	assert_int_equal(mh_csv_open_bytes((struct mh_bytes){(unsigned char *)b.ptr, b.len}, NULL, &c, NULL), MH_OK);
	for (int i = 0; i < 3000; i++) {
		int64_t v;
		assert_int_equal(mh_csv_next(c, &r, NULL), MH_OK);
		assert_int_equal(r.line, i + 1);
		assert_int_equal(r.n, 2);
		assert_true(mh_str_to_i64(r.fields[1].text, &v) && v == i);
	}
	assert_int_equal(mh_csv_next(c, &r, NULL), MH_OK);
	assert_true(r.end);
	mh_buf_done(&b);
}

static void header_names(void **state)
{
	struct mh_csv *c MH_CLEANUP(mh_csv_drop) = NULL;
	struct mh_csv_record r;
	struct mh_csv_options opt = {.separator = ';'};
	assert_int_equal(mh_csv_open_bytes((struct mh_bytes){(const unsigned char *)"编号;内容\n", 14}, &opt, &c, NULL),
			 MH_OK);
	assert_int_equal(mh_csv_next(c, &r, NULL), MH_OK);
	assert_int_equal(mh_csv_find(&r, "内容"), 1);
	assert_int_equal(mh_csv_find(&r, "x"), -1);
	assert_int_equal(r.fields[1].column, 4);
}

MH_TESTS(cmocka_unit_test(sound_rows), cmocka_unit_test(bad_rows_cost_only_themselves),
	 cmocka_unit_test(bad_text_is_placed), cmocka_unit_test(caps), cmocka_unit_test(long_lines_cross_the_buffer),
	 cmocka_unit_test(header_names))
