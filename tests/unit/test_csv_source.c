#include "unit.h"

#include "base/csv.h"

#include <string.h>

/* "编号,内容\n1,路灯\n" in GB18030 */
static const char gbk[] = "\xb1\xe0\xba\xc5,\xc4\xda\xc8\xdd\n1,\xc2\xb7\xb5\xc6\n";

static void expect_rows(struct mh_csv *c)
{
	struct mh_csv_record r;
	assert_int_equal(mh_csv_next(c, &r, NULL), MH_OK);
	assert_int_equal(mh_csv_find(&r, "内容"), 1);
	assert_int_equal(mh_csv_next(c, &r, NULL), MH_OK);
	assert_true(mh_str_is(r.fields[1].text, "路灯"));
	assert_int_equal(mh_csv_next(c, &r, NULL), MH_OK);
	assert_true(r.end);
}

static struct mh_bytes bytes(const char *p, size_t n)
{
	return (struct mh_bytes){(const unsigned char *)p, n};
}

static void converts_when_told(void **state)
{
	struct mh_csv *c MH_CLEANUP(mh_csv_drop) = NULL;
	struct mh_csv_options opt = {.encoding = "GB18030"};
	assert_int_equal(mh_csv_open_bytes(bytes(gbk, sizeof gbk - 1), &opt, &c, NULL), MH_OK);
	expect_rows(c);
}

static void guesses_files(void **state)
{
	struct mh_csv_options opt = {.encoding = "auto"};
	const char *texts[] = {gbk, "\xEF\xBB\xBF编号,内容\n1,路灯\n"};
	for (int i = 0; i < 2; i++) {
		struct mh_csv *c MH_CLEANUP(mh_csv_drop) = NULL;
		FILE *f = tmpfile();
		assert_non_null(f);
		fputs(texts[i], f);
		rewind(f);
		assert_int_equal(mh_csv_open_file(f, &opt, &c, NULL), MH_OK);
		expect_rows(c);
		fclose(f);
	}
}

static void without_a_name_it_is_bad_text(void **state)
{
	struct mh_csv *c MH_CLEANUP(mh_csv_drop) = NULL;
	struct mh_csv_record r;
	assert_int_equal(mh_csv_open_bytes(bytes(gbk, sizeof gbk - 1), NULL, &c, NULL), MH_OK);
	for (int row = 1; row <= 2; row++) {
		assert_int_equal(mh_csv_next(c, &r, NULL), MH_OK);
		assert_int_equal(r.fault, MH_CSV_BAD_TEXT);
		assert_int_equal(r.fault_line, row);
	}
	assert_int_equal(r.fault_column, 4); /* C2 B7 happens to be UTF-8, B5 is not */
}

static void wrong_bytes_make_one_row_bad(void **state)
{
	struct mh_csv *c MH_CLEANUP(mh_csv_drop) = NULL;
	struct mh_csv_record r;
	struct mh_csv_options opt = {.encoding = "GB18030"};
	static const char text[] = "a,b\n1,\xff\x20\n2,\xc2\xb7\n3,\xc2";
	const enum mh_csv_fault want[] = {MH_CSV_SOUND, MH_CSV_BAD_TEXT, MH_CSV_SOUND, MH_CSV_BAD_TEXT};
	assert_int_equal(mh_csv_open_bytes(bytes(text, sizeof text - 1), &opt, &c, NULL), MH_OK);
	for (int i = 0; i < 4; i++) {
		assert_int_equal(mh_csv_next(c, &r, NULL), MH_OK);
		assert_int_equal(r.fault, want[i]);
	}
	assert_int_equal(mh_csv_next(c, &r, NULL), MH_OK);
	assert_true(r.end);
}

static void sequences_across_reads(void **state)
{
	struct mh_buf b = MH_BUF(1 << 20);
	for (int i = 0; i < 5000; i++) mh_buf_fmt(&b, "%s\xc2\xb7\xb5\xc6%s", i % 3 ? "x" : "", i % 50 ? "" : "\n");
	struct mh_csv *c MH_CLEANUP(mh_csv_drop) = NULL;
	struct mh_csv_record r;
	struct mh_csv_options opt = {.encoding = "auto"};
	assert_int_equal(mh_csv_open_bytes(bytes(b.ptr, b.len), &opt, &c, NULL), MH_OK);
	int rows = 0;
	for (;; rows++) {
		assert_int_equal(mh_csv_next(c, &r, NULL), MH_OK);
		if (r.end) break;
		assert_int_equal(r.fault, MH_CSV_SOUND);
	}
	assert_int_equal(rows, 101);
	mh_buf_done(&b);
}

static void unknown_encoding(void **state)
{
	struct mh_csv *c = NULL;
	struct mh_csv_options opt = {.encoding = "klingon"};
	struct mh_err e;
	assert_int_equal(mh_csv_open_bytes(bytes("", 0), &opt, &c, &e), MH_E_INVALID);
	assert_null(c);
	assert_non_null(strstr(e.message, "klingon"));
}

MH_TESTS(cmocka_unit_test(converts_when_told), cmocka_unit_test(guesses_files),
	 cmocka_unit_test(without_a_name_it_is_bad_text), cmocka_unit_test(wrong_bytes_make_one_row_bad),
	 cmocka_unit_test(sequences_across_reads), cmocka_unit_test(unknown_encoding))
