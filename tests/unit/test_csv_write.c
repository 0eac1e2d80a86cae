#include "unit.h"

#include "base/csv.h"

static void quotes_where_needed(void **state)
{
	struct mh_buf b = MH_BUF(4096);
	struct mh_csv_writer w = {.buf = &b};
	mh_csv_put(&w, MH_STR("a"));
	mh_csv_put(&w, MH_STR("b,\"c\""));
	mh_csv_put(&w, MH_STR("line\nbreak"));
	mh_csv_put_int(&w, -5);
	mh_csv_put_end(&w);
	mh_csv_put(&w, MH_STR(""));
	mh_csv_put_end(&w);
	mh_csv_put(&w, MH_STR(""));
	mh_csv_put(&w, MH_STR(""));
	mh_csv_put_end(&w);
	assert_string_equal(b.ptr, "a,\"b,\"\"c\"\"\",\"line\nbreak\",-5\r\n\"\"\r\n,\r\n");
	mh_buf_done(&b);
}

static void formulas_are_disarmed(void **state)
{
	struct mh_buf b = MH_BUF(4096);
	struct mh_csv_writer w = {.buf = &b};
	mh_csv_put(&w, MH_STR("=cmd|' /C calc'!A0"));
	mh_csv_put(&w, MH_STR("-1.5"));
	mh_csv_put(&w, MH_STR("+86 571"));
	mh_csv_put(&w, MH_STR("@x"));
	mh_csv_put_end(&w);
	assert_string_equal(b.ptr, "'=cmd|' /C calc'!A0,-1.5,'+86 571,'@x\r\n");
	mh_buf_done(&b);
}

/* What is written is read back the same. */
static void round_trip(void **state)
{
	static const char *const parts[] = {"", "a", "\"", ",", "a\r\n", "民呼", " x ", "\"\"", "a\nb"};
	const size_t n = sizeof parts / sizeof *parts;
	struct mh_buf b = MH_BUF(1 << 20);
	struct mh_csv_writer w = {.buf = &b};
	for (size_t i = 0; i < n * n; i++) {
		mh_csv_put(&w, mh_str_c(parts[i / n]));
		mh_csv_put(&w, mh_str_c(parts[i % n]));
		mh_csv_put_end(&w);
	}
	struct mh_csv *c MH_CLEANUP(mh_csv_drop) = NULL;
	struct mh_csv_record r;
	assert_int_equal(mh_csv_open_bytes((struct mh_bytes){(unsigned char *)b.ptr, b.len}, NULL, &c, NULL), MH_OK);
	for (size_t i = 0; i < n * n; i++) {
		assert_int_equal(mh_csv_next(c, &r, NULL), MH_OK);
		assert_int_equal(r.n, 2);
		assert_true(mh_str_is(r.fields[0].text, parts[i / n]));
		assert_true(mh_str_is(r.fields[1].text, parts[i % n]));
	}
	mh_buf_done(&b);
}

MH_TESTS(cmocka_unit_test(quotes_where_needed), cmocka_unit_test(formulas_are_disarmed), cmocka_unit_test(round_trip))
