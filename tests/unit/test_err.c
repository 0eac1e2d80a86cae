#include "unit.h"

#include "base/err.h"
#include "base/str.h"

#include <string.h>

static const char *const english[] = {
#define MH_TEXT(en, zh) en,
#include "base/errors_zh.def"
#undef MH_TEXT
};
static const char *const chinese[] = {
#define MH_TEXT(en, zh) zh,
#include "base/errors_zh.def"
#undef MH_TEXT
};
#define N (sizeof english / sizeof *english)

/* The conversions of a format, one behind the other: "%.*s%lld". */
static void conversions(const char *format, char *out, size_t cap)
{
	size_t n = 0;
	for (const char *p = format; *p; p++) {
		if (*p != '%') continue;
		if (p[1] == '%') {
			p++;
			continue;
		}
		const char *end = p + 1 + strcspn(p + 1, "diouxXeEfgGcspn");
		assert_true(*end != '\0' && n + (size_t)(end - p) + 2 < cap);
		memcpy(out + n, p, (size_t)(end - p) + 1);
		n += (size_t)(end - p) + 1;
		p = end;
	}
	out[n] = '\0';
}

static void texts_are_in_order(void **state)
{
	for (size_t i = 1; i < N; i++)
		if (strcmp(english[i - 1], english[i]) >= 0) fail_msg("\"%s\" stands behind its place", english[i]);
	for (size_t i = 0; i < N; i++) assert_string_equal(mh_err_zh(english[i]), chinese[i]);
	assert_null(mh_err_zh("A sentence that nobody says"));
}

static void texts_take_the_same_arguments(void **state)
{
	for (size_t i = 0; i < N; i++) {
		char en[64], zh[64];
		conversions(english[i], en, sizeof en);
		conversions(chinese[i], zh, sizeof zh);
		if (strcmp(en, zh) != 0) fail_msg("\"%s\" takes %s, its Chinese %s", english[i], en, zh);
	}
}

static enum mh_code fails(const char *name, struct mh_err *reterr)
{
	enum mh_code code = MH_FAIL(reterr, MH_E_NOT_FOUND, "There is no account \"%.*s\"", 4, name);
	mh_err_hint(reterr, "Try again in %d seconds.", 7);
	mh_err_field(reterr, name, 2);
	return code;
}

static void an_error_speaks_both_languages(void **state)
{
	struct mh_err e;
	assert_int_equal(fails("annaX", &e), MH_E_NOT_FOUND);
	assert_int_equal(fails("annaX", NULL), MH_E_NOT_FOUND);
	assert_string_equal(e.message, "There is no account \"anna\"");
	assert_string_equal(e.message_zh, "没有账号“anna”");
	assert_string_equal(e.hint_zh, "请在 7 秒后再试。");
	assert_string_equal(e.field, "an");
	mh_err_hint(&e, "Only in English");
	assert_string_equal(e.hint_zh, "");
}

/* A text that is cut ends between two characters. */
static void a_cut_text_is_whole_utf8(void **state)
{
	struct mh_err e;
	char name[600];
	for (size_t i = 0; i + 3 < sizeof name; i += 3) memcpy(name + i, "\xE6\xB0\x91", 3);
	for (int n = 297; n <= 303; n += 3) {
		(void)MH_FAIL(&e, MH_E_INVALID, "%.*s: it is %s", n, name, "a long sentence behind a long name");
		assert_int_equal(mh_utf8_bad((struct mh_bytes){(const unsigned char *)e.message, strlen(e.message)}),
				 -1);
	}
}

MH_TESTS(cmocka_unit_test(texts_are_in_order), cmocka_unit_test(texts_take_the_same_arguments),
	 cmocka_unit_test(an_error_speaks_both_languages), cmocka_unit_test(a_cut_text_is_whole_utf8))
