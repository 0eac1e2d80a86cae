#include "unit.h"

#include "text/lang.h"

static void of_tag(void **state)
{
	static const struct {
		const char *tag;
		int want; /* -1: none */
	} cases[] = {{"zh", MH_LANG_HANS},
		     {"zh-CN", MH_LANG_HANS},
		     {"zh-SG", MH_LANG_HANS},
		     {"zh-Hans", MH_LANG_HANS},
		     {"zh-hans-hk", MH_LANG_HANS},
		     {"ZH-HK", MH_LANG_HANT},
		     {"zh-TW", MH_LANG_HANT},
		     {"zh-MO", MH_LANG_HANT},
		     {"zh-Hant", MH_LANG_HANT},
		     {"zh-Hant-CN", MH_LANG_HANT},
		     {"en", MH_LANG_EN},
		     {"en-GB", MH_LANG_EN},
		     {"fr", -1},
		     {"enx", -1},
		     {"z", -1},
		     {"zhh-TW", -1},
		     {"", -1},
		     {"*", -1},
		     {"-TW", -1}};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		enum mh_lang lang = MH_LANG_MAX;
		bool found = mh_lang_of_tag(mh_str_c(cases[i].tag), &lang);
		if (found != (cases[i].want >= 0) || (found && (int)lang != cases[i].want) ||
		    (!found && lang != MH_LANG_MAX))
			fail_msg("%s: %d %d", cases[i].tag, found, (int)lang);
	}
}

static void every_language_reads_its_own_tag(void **state)
{
	for (enum mh_lang l = 0; l < MH_LANG_MAX; l++) {
		enum mh_lang back = MH_LANG_MAX;
		assert_true(mh_lang_of_tag(mh_str_c(mh_lang_tag(l)), &back));
		assert_int_equal(back, l);
	}
}

static void of_header(void **state)
{
	static const struct {
		const char *header;
		int want;
	} cases[] = {{"zh-CN,zh;q=0.9,en;q=0.8", MH_LANG_HANS},
		     {"en-US,en;q=0.9,zh;q=0.8", MH_LANG_EN},
		     {"fr, de;q=0.9, zh-TW;q=0.1", MH_LANG_HANT},
		     {"zh;q=0.2, en;q=0.3", MH_LANG_EN},
		     {"en;q=0.3,zh;q=0.3", MH_LANG_EN},
		     {"en;q=0, zh-HK", MH_LANG_HANT},
		     {" zh-HK ; q=0.5 , en;q=0.499", MH_LANG_HANT},
		     {"en;q=0", -1},
		     {"en;q=x, zh;q=0.001", MH_LANG_HANS},
		     {"en;v=1", -1},
		     {"en;q=9", MH_LANG_EN},
		     {",,;", -1},
		     {"*", -1},
		     {"", -1}};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		enum mh_lang lang = MH_LANG_MAX;
		bool found = mh_lang_of_header(mh_str_c(cases[i].header), &lang);
		if (found != (cases[i].want >= 0) || (found && (int)lang != cases[i].want))
			fail_msg("%s: %d %d", cases[i].header, found, (int)lang);
	}
}

MH_TESTS(cmocka_unit_test(of_tag), cmocka_unit_test(every_language_reads_its_own_tag), cmocka_unit_test(of_header))
