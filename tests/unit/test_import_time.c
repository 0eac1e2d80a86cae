#include "unit.h"

#include "loop/import.h"

#include <string.h>

static void same(const char *text, const char *rfc3339)
{
	mh_time at = -1, want = -2;
	assert_true(mh_time_parse(mh_str_c(rfc3339), &want));
	if (!mh_import_time(mh_str_c(text), MH_ZONE_CHINA, &at)) fail_msg("\"%s\" was not read", text);
	if (at != want) fail_msg("\"%s\" is %lld, not %lld", text, (long long)at, (long long)want);
}

static void written(void **state)
{
	same("2019/4/25 9:32:09", "2019-04-25T09:32:09+08:00");
	same(" 2019/04/25 09:32 ", "2019-04-25T09:32:00+08:00");
	same("2019-4-25", "2019-04-25T00:00:00+08:00");
	same("2019.4.25 7:05", "2019-04-25T07:05:00+08:00");
	same("2019年4月25日 9时32分09秒", "2019-04-25T09:32:09+08:00");
	same("2019年4月25日", "2019-04-25T00:00:00+08:00");
	same("2019-04-25T09:32:09", "2019-04-25T09:32:09+08:00");
	same("2019-04-25 09:32:09.123", "2019-04-25T09:32:09+08:00");
	same("20190425", "2019-04-25T00:00:00+08:00");
	same("201904250932", "2019-04-25T09:32:00+08:00");
	same("20190425093209", "2019-04-25T09:32:09+08:00");
	same("2019-04-25T01:32:09Z", "2019-04-25T09:32:09+08:00");
	same("2020/2/29", "2020-02-29T00:00:00+08:00");
}

/* A spreadsheet shows 43563.359259259261 as 2019/4/8 8:37:20. */
static void serials(void **state)
{
	same("43563.359259259261", "2019-04-08T08:37:20+08:00");
	same("43678", "2019-08-01T00:00:00+08:00");
	same("43782.5", "2019-11-13T12:00:00+08:00");
	same("43563.999999999", "2019-04-09T00:00:00+08:00");
}

static void refused(void **state)
{
	static const char *const bad[] = {"",
					  " ",
					  "昨天",
					  "2019/2/29",
					  "2019/13/1",
					  "2019/4/25 24:00:01",
					  "2019/4/25 9:60",
					  "4/25/2019",
					  "19/4/25",
					  "2019/4",
					  "2019/4/25 9:32:09 x",
					  "99999",
					  "12345",
					  "43563.3a",
					  "20191301",
					  "2019042509320",
					  "2019/4/25 1 2 3 4 5 6",
					  "99999999999999999999/1/1",
					  "/2019/4/25"};
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		mh_time at = 7;
		if (mh_import_time(mh_str_c(bad[i]), MH_ZONE_CHINA, &at))
			fail_msg("\"%s\" was read as %lld", bad[i], (long long)at);
	}
}

MH_TESTS(cmocka_unit_test(written), cmocka_unit_test(serials), cmocka_unit_test(refused))
