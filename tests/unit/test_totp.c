#include "unit.h"

#include "access/totp.h"

/* RFC 6238 appendix B, SHA-1, cut to six digits. */
static void vectors(void **state)
{
	static const struct {
		int64_t second;
		const char *code;
	} want[] = {{59, "287082"},         {1111111109, "081804"}, {1111111111, "050471"},
		    {1234567890, "005924"}, {2000000000, "279037"}, {20000000000, "353130"}};
	const struct mh_bytes secret = {(const unsigned char *)"12345678901234567890", 20};
	char got[7];
	for (size_t i = 0; i < sizeof want / sizeof *want; i++) {
		assert_true(mh_totp_code(secret, want[i].second / 30, got));
		assert_string_equal(got, want[i].code);
		assert_int_equal(mh_totp_step(secret, mh_str_c(want[i].code), want[i].second * 1000),
				 want[i].second / 30);
		assert_int_equal(mh_totp_step(secret, mh_str_c(want[i].code), (want[i].second + 30) * 1000),
				 want[i].second / 30);
		assert_int_equal(mh_totp_step(secret, mh_str_c(want[i].code), (want[i].second + 90) * 1000), -1);
	}
}

static void typed(void **state)
{
	const struct mh_bytes secret = {(const unsigned char *)"12345678901234567890", 20};
	assert_int_equal(mh_totp_step(secret, MH_STR("287 082"), 59000), 1);
	static const char *const bad[] = {"", "28708", "2870822", "28708x", "２８７０８２"};
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		assert_int_equal(mh_totp_step(secret, mh_str_c(bad[i]), 59000), -1);
}

static void uri(void **state)
{
	struct mh_arena a = MH_ARENA(0);
	struct mh_str text, base32;
	const struct mh_bytes secret = {(const unsigned char *)"12345678901234567890", 20};
	assert_int_equal(mh_totp_uri(&a, secret, MH_STR("li"), &text, &base32, NULL), MH_OK);
	assert_true(mh_str_is(base32, "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"));
	assert_true(mh_str_is(text, "otpauth://totp/Minhu:li?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Minhu"));
	mh_arena_done(&a);
}

MH_TESTS(cmocka_unit_test(vectors), cmocka_unit_test(typed), cmocka_unit_test(uri))
