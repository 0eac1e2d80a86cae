/* Tracking codes: one for each id, and back. Sealing is shown by the engine's tests. */
#include "matter/seal.h"

#include "unit.h"
#include <string.h>

static const struct mh_key master = {{1, 2, 3}}, another = {{1, 2, 4}};

static void there_and_back(void **state)
{
	static const int64_t ids[] = {0,        1, 2, 4095, (int64_t)1 << 22, 781769955606528001, 781769955606528002,
				      INT64_MAX};
	enum { N = sizeof ids / sizeof *ids };
	char codes[N][20], typed[20];
	for (size_t i = 0; i < N; i++) {
		int64_t id = -1;
		mh_tracking_code(&master, ids[i], codes[i]);
		assert_int_equal(strlen(codes[i]), 19);
		assert_true(mh_tracking_normal(mh_str_c(codes[i]), typed));
		assert_string_equal(typed, codes[i]);
		assert_true(mh_tracking_id(&master, codes[i], &id));
		assert_int_equal(id, ids[i]);
		for (size_t k = 0; k < i; k++) assert_string_not_equal(codes[k], codes[i]);
	}
}

/* The same in every release: a code that was given out opens its matter for good. */
static void stays(void **state)
{
	char code[20];
	mh_tracking_code(&master, 781769955606528001, code);
	assert_string_equal(code, "7MRK-F58S-KW3G-TTQ6");
}

/* Of a million codes that nobody was given, about eight pass for one (17 bits); and those name no matter that there is. */
static void not_to_be_guessed(void **state)
{
	char code[20];
	int64_t id;
	unsigned passed = 0;
	for (int64_t i = 0; i < 20000; i++) {
		mh_tracking_code(&another, i, code);
		passed += mh_tracking_id(&master, code, &id);
	}
	assert_true(passed <= 5);
	mh_tracking_code(&master, 7, code);
	for (size_t i = 0; i < 19; i++) {
		char was = code[i];
		if (was == '-') continue;
		code[i] = was == '0' ? '1' : '0';
		if (mh_tracking_id(&master, code, &id)) assert_int_not_equal(id, 7);
		code[i] = was;
	}
	assert_true(mh_tracking_id(&master, code, &id));
}

/* Neighbours in time have nothing in common: about half of the bits differ, wherever they are. */
static void shows_no_order(void **state)
{
	char one[20], two[20];
	unsigned same = 0, all = 0;
	for (int64_t i = 0; i < 2000; i++) {
		mh_tracking_code(&master, i, one);
		mh_tracking_code(&master, i + 1, two);
		for (size_t k = 0; k < 19; k++) {
			if (one[k] == '-') continue;
			same += one[k] == two[k];
			all++;
		}
	}
	assert_in_range(same, all / 32 - all / 320, all / 32 + all / 320);
}

static void nonsense(void **state)
{
	int64_t id;
	static const char *const bad[] = {"", "0000-0000-0000-000", "0000-0000-0000-0000-0", "UUUU-0000-0000-0000"};
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) assert_false(mh_tracking_id(&master, bad[i], &id));
}

MH_TESTS(cmocka_unit_test(there_and_back), cmocka_unit_test(stays), cmocka_unit_test(not_to_be_guessed),
	 cmocka_unit_test(shows_no_order), cmocka_unit_test(nonsense))
