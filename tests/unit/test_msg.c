#include "unit.h"

#include "text/msg.h"

#include <string.h>

static void is(struct mh_buf *b, const char *want)
{
	assert_string_equal(mh_buf_str(b).ptr, want);
	mh_buf_done(b);
}

static void count(enum mh_lang lang, int64_t n, const char *want)
{
	struct mh_buf b = MH_BUF(1000);
	struct mh_msg_arg arg = MH_MSG_INT("n", n);
	mh_msg_fmt(&b, lang, MH_MSG_COMMON_TIME_LATE_DAYS, &arg, 1);
	is(&b, want);
}

static void english_has_forms(void **state)
{
	count(MH_LANG_EN, 1, "1 day late");
	count(MH_LANG_EN, 2, "2 days late");
	count(MH_LANG_EN, 0, "0 days late");
	count(MH_LANG_HANS, 1, "逾期 1 天");
	count(MH_LANG_HANT, 3, "逾期 3 天");
}

static void parameters_are_filled_in_and_escaped(void **state)
{
	struct mh_buf b = MH_BUF(1000);
	struct mh_msg_arg arg = MH_MSG_STR("room", MH_STR("<b> {room} & | \""));
	mh_msg_fmt(&b, MH_LANG_EN, MH_MSG_COMMON_ROOM_NOW, &arg, 1);
	is(&b, "Now at: <b> {room} & | \"");
	b = MH_BUF(1000);
	mh_msg_xml(&b, MH_LANG_HANT, MH_MSG_COMMON_ROOM_NOW, &arg, 1);
	is(&b, "目前在“&lt;b&gt; {room} &amp; | &quot;”環節");
	b = MH_BUF(8);
	mh_msg_fmt(&b, MH_LANG_EN, MH_MSG_COMMON_ROOM_NOW, &arg, 1);
	assert_true(b.failed);
	mh_buf_done(&b);
}

static void every_text_is_there(void **state)
{
	for (int id = 0; id < MH_MSG_MAX; id++)
		for (enum mh_lang l = 0; l < MH_LANG_MAX; l++) assert_true(mh_msg(l, (enum mh_msg)id).len > 0);
}

MH_TESTS(cmocka_unit_test(english_has_forms), cmocka_unit_test(parameters_are_filled_in_and_escaped),
	 cmocka_unit_test(every_text_is_there))
