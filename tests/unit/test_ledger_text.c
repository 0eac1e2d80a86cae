#include "unit.h"

#include "ledger/ledger_priv.h"
#include "ledger/tlog.h"

#include <string.h>

static void base64(void **state)
{
	unsigned char in[700], out[720];
	struct mh_buf b = MH_BUF(4096);
	size_t len;
	for (size_t i = 0; i < sizeof in; i++) in[i] = (unsigned char)(i * 7);
	for (size_t n = 0; n <= sizeof in; n += 1 + n / 3) { /* over the pieces that the writer works in */
		mh_buf_clear(&b);
		mh_ledger__b64(&b, (struct mh_bytes){in, n});
		assert_int_equal(b.len, (n + 2) / 3 * 4);
		assert_true(mh_ledger__unb64(mh_buf_str(&b), out, sizeof out, &len));
		assert_int_equal(len, n);
		assert_memory_equal(in, out, n);
	}
	static const char *const bad[] = {"A",     "AA",       "AAA",  "AA=A", "AB==",    "AAB=", "A===",
					  "AAAA=", "AA==AAAA", "AA A", "AA_-", "AAA\xDB", "AAA\n"};
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		if (mh_ledger__unb64(mh_str_c(bad[i]), out, sizeof out, &len)) fail_msg("accepted %s", bad[i]);
	assert_false(mh_ledger__unb64(MH_STR("AAAAAAAA"), out, 5, &len));
	mh_buf_done(&b);
}

static void numbers(void **state)
{
	int64_t v = -5;
	assert_true(mh_ledger__number(MH_STR("0"), &v) && v == 0);
	assert_true(mh_ledger__number(MH_STR("4611686018427387903"), &v) && v == MH_TLOG_SIZE_MAX);
	assert_false(mh_ledger__number(MH_STR("4611686018427387904"), &v));
	assert_false(mh_ledger__number(MH_STR("-0"), &v));
	assert_false(mh_ledger__number(MH_STR("00"), &v));
	assert_false(mh_ledger__number(MH_STR("+1"), &v));
	assert_false(mh_ledger__number(MH_STR(""), &v));
}

static void lines(void **state)
{
	struct mh_str rest = MH_STR("a\n\nb"), line;
	assert_true(mh_ledger__line(&rest, &line) && mh_str_is(line, "a"));
	assert_true(mh_ledger__line(&rest, &line) && line.len == 0);
	assert_false(mh_ledger__line(&rest, &line)); /* no line feed, no line */
}

MH_TESTS(cmocka_unit_test(base64), cmocka_unit_test(numbers), cmocka_unit_test(lines))
