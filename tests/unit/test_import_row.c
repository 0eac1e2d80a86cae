#include "unit.h"

#include "loop/import_priv.h"
#include "matter/scenario.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct mh_stage *stage;
static struct mh_arena arena;

static const char map_text[] =
	"format: import/1\nkinds:\n  request-12345:\n    id: [号]\n    raised: [时间]\n    fields:\n      text: "
	"[内容]\n"
	"      title: {from: [题], overflow: text}\n      channel: {from: [渠道], values: {来电: phone}, otherwise: "
	"web}\n"
	"      subject: {from: [性质], otherwise: request}\n      contact: {parts: {name: [人]}}\n"
	"      place: {units: [[区], [街道]], parts: {address: [地址]}}\n      no_such_field: [多]\n    left_out: "
	"[结果]\n";
#define NOW ((mh_time)1767225600000) /* 2026-01-01 */

/* Binds the table's first line and gives its second. */
static enum mh_code one(const char *table, struct mh_import_sheet *s, struct mh_import_row *row, struct mh_err *err)
{
	struct mh_csv *csv MH_CLEANUP(mh_csv_drop) = NULL;
	struct mh_csv_record r;
	struct mh_import_map *map;
	struct mh_bytes bytes = {(const unsigned char *)table, strlen(table)};
	MH_TRY(mh_import_map_read(&arena, mh_str_c(map_text), MH_STR("m"), MH_STR("request-12345"), NULL, &map, err));
	MH_TRY(mh_csv_open_bytes(bytes, NULL, &csv, err));
	MH_TRY(mh_csv_next(csv, &r, err));
	MH_TRY(mh_import_bind(&arena, map, mh_stage_city(stage), mh_day_from(2026, 1, 1), &r, s, err));
	MH_TRY(mh_csv_next(csv, &r, err));
	return mh_import_row(s, &arena, &r, NOW, row, err);
}

static void taken(void **state)
{
	struct mh_import_sheet s;
	struct mh_import_row row = {0};
	struct mh_err err = {0};
	assert_int_equal(one("号,时间,题,内容,渠道,性质,人,区,街道,地址,结果,他\n7,2019/4/25 "
			     "9:32:09,灯,坏了,来电,投诉,张三,西湖区,没有,文三路,好,x\n",
			     &s, &row, &err),
			 MH_OK);
	assert_true(mh_str_is(row.request_id, "import:request-12345:7"));
	assert_true(row.raised == 1556155929000);
	assert_true(mh_str_is(mh_json_get_str(row.fields, "title"), "灯"));
	assert_true(mh_str_is(mh_json_get_str(row.fields, "text"), "坏了"));
	assert_true(mh_str_is(mh_json_get_str(row.fields, "channel"), "phone"));
	assert_true(mh_str_is(mh_json_get_str(row.fields, "subject"), "complaint"));
	assert_true(mh_str_is(mh_json_get_str(json_object_get(row.fields, "place"), "org"), "330106"));
	assert_true(mh_str_is(mh_json_get_str(json_object_get(row.fields, "place"), "address"), "文三路"));
	assert_int_equal(s.columns[8].unmatched, 1);
	assert_int_equal(s.columns[10].use, MH_IMPORT_LEFT_OUT);
	assert_int_equal(s.columns[10].filled, 1);
	assert_int_equal(s.columns[11].use, MH_IMPORT_UNKNOWN);
	json_decref(row.fields);
}

static void long_title(void **state)
{
	struct mh_import_sheet s;
	struct mh_import_row row = {0};
	struct mh_err err = {0};
	struct mh_buf b = MH_BUF(1 << 16);
	mh_buf_c(&b, "题,内容\n");
	for (int i = 0; i < 80; i++) mh_buf_c(&b, "长");
	mh_buf_c(&b, ",正文\n");
	assert_int_equal(one(b.ptr, &s, &row, &err), MH_OK);
	struct mh_str title = mh_json_get_str(row.fields, "title"), text = mh_json_get_str(row.fields, "text");
	assert_int_equal(mh_utf8_count(title), 60);
	assert_true(mh_str_ends(title, "…"));
	assert_int_equal(mh_utf8_count(text), 80 + 2 + 2);
	assert_true(mh_str_starts(row.request_id, "import:request-12345:row-"));
	assert_true(row.raised == 0);
	json_decref(row.fields);
	mh_buf_done(&b);
}

static void refuse(const char *table, const char *says)
{
	struct mh_import_sheet s;
	struct mh_import_row row = {0};
	struct mh_err err = {0};
	assert_int_equal(one(table, &s, &row, &err), MH_E_INVALID);
	if (!strstr(err.message, says)) fail_msg("\"%s\" is not in \"%s\"", says, err.message);
	assert_null(row.fields);
}

static void refused(void **state)
{
	refuse("号,题\n1,2\n", "\"text\"");
	refuse("内容,时间\nx,昨天\n", "no time");
	refuse("内容,时间\nx,\n", "missing");
	refuse("内容,时间\nx,2999/1/1\n", "not come");
	refuse("内容,时间\nx\n", "1 cells");
	refuse("内容,时间\n\"x\n", "line 2");
	refuse("内容,题\n,有\n", "\"text\"");
	refuse("", "first line");
}

static int set_up(void **state)
{
	struct mh_buf report = MH_BUF(1 << 20);
	struct mh_err err = {0};
	char pack[512];
	snprintf(pack, sizeof pack, "%s/packs/hangzhou", getenv("MINHU_SOURCE") ? getenv("MINHU_SOURCE") : ".");
	arena = MH_ARENA(0);
	enum mh_code code = mh_stage_open(mh_str_c(pack), &stage, &report, &err);
	mh_buf_done(&report);
	return code == MH_OK ? 0 : -1;
}

static int tear_down(void **state)
{
	mh_stage_free(stage);
	mh_arena_done(&arena);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(taken), cmocka_unit_test(long_title),
					   cmocka_unit_test(refused)};
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
