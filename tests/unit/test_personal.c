#include "unit.h"

#include "web/personal.h"

#include <string.h>

static void numbers_that_name_people(void **state)
{
	static const struct {
		const char *text, *covered; /* NULL: holds none */
	} cases[] = {
		{"电话13800138000。", "电话138●●●●●●●●。"},
		{"138 0013 8000", "138 ●●●● ●●●●"},
		{"138-0013-8000", "138-●●●●-●●●●"},
		{"１３８００１３８０００", "１３８●●●●●●●●"},
		{"+8613800138000", "+861●●●●●●●●●●"},
		{"身份证11010519491231002X", "身份证110●●●●●●●●●●●●●●●"},
		{"11010519491231002x 和 13800138000", "110●●●●●●●●●●●●●●● 和 138●●●●●●●●"},
		{"110105194912310021", NULL}, /* the check character does not fit */
		{"12800138000", NULL},
		{"1380013800", NULL},
		{"138001380001", NULL},
		{"订单 20261121138001380001234", NULL},
		{"2026-11-21 10:30", NULL},
		{"楼下 3 盏路灯", NULL},
		{"", NULL},
	};
	struct mh_arena a = MH_ARENA(1 << 20);
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct mh_str text = mh_str_c(cases[i].text);
		const char *want = cases[i].covered ? cases[i].covered : cases[i].text;
		if (mh_personal_in(text) != (cases[i].covered != NULL)) fail_msg("found or not: %s", cases[i].text);
		struct mh_str out = mh_personal_cover(&a, text);
		if (!mh_str_is(out, want)) fail_msg("%s: " MH_STR_FMT, cases[i].text, MH_STR_ARG(out));
		if (mh_personal_in(out)) fail_msg("%s: still there", cases[i].text);
	}
	mh_arena_done(&a);
}

MH_TESTS(cmocka_unit_test(numbers_that_name_people))
