#include "unit.h"

#include "web/web_priv.h"

#include <string.h>

/* "Name: value|Name: value" */
static enum mh_code guard(const char *version, const char *text, struct mh_web__framing *f)
{
	struct mh_pair pairs[16];
	size_t n = 0;
	struct mh_str rest = mh_str_c(text), line;
	while (mh_str_split(&rest, '|', &line)) {
		ptrdiff_t colon = mh_str_find(line, ':');
		pairs[n].name = (struct mh_str){line.ptr, (size_t)colon};
		pairs[n++].value = mh_str_trim((struct mh_str){line.ptr + colon + 1, line.len - (size_t)colon - 1});
	}
	return mh_web__guard(mh_str_c(version), pairs, n, f, NULL);
}

static void lets_through(void **state)
{
	struct mh_web__framing f;
	assert_int_equal(guard("HTTP/1.1", "host: a.b:80|Content-Length: 12|X: 民", &f), MH_OK);
	assert_true(f.length == 12 && !f.chunked && !f.expect);
	assert_int_equal(guard("HTTP/1.1", "Host: [::1]:80|Transfer-Encoding: CHUNKED|Expect: 100-Continue", &f),
			 MH_OK);
	assert_true(f.length == -1 && f.chunked && f.expect);
	assert_int_equal(guard("HTTP/1.0", "Host: x", &f), MH_OK);
}

static void refuses(void **state)
{
	static const char *const bad[] = {"X: a",
					  "Host: a|Host: a",
					  "Host: a b",
					  "Host: a/b",
					  "Host: a|Content-Length: 1|content-length: 1",
					  "Host: a|Content-Length: -1",
					  "Host: a|Content-Length: 0x1",
					  "Host: a|Content-Length: 1,1",
					  "Host: a|Content-Length: ",
					  "Host: a|Transfer-Encoding: gzip",
					  "Host: a|Transfer-Encoding: chunked, chunked",
					  "Host: a|Transfer-Encoding: identity",
					  "Host: a|Transfer-Encoding: chunked|Content-Length: 1",
					  "Host: a|Transfer-Encoding: chunked|Transfer-Encoding: chunked",
					  "Host: a|Expect: more",
					  "Host: a|X Y: a",
					  "Host: a|: a",
					  "Host: a|X(: a",
					  "Host: a|X: a\x01z",
					  "Host: a|X: \x7f",
					  "Host: a|X: \xff",
					  "Host: a|X\x80: a"};
	struct mh_web__framing f;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		if (guard("HTTP/1.1", bad[i], &f) != MH_E_INVALID) fail_msg("took %s", bad[i]);
	assert_int_equal(guard("HTTP/1.0", "Host: a|Transfer-Encoding: chunked", &f), MH_E_INVALID);
	assert_int_equal(guard("HTTP/2.0", "Host: a", &f), MH_E_INVALID);
	assert_int_equal(guard("", "Host: a", &f), MH_E_INVALID);
}

MH_TESTS(cmocka_unit_test(lets_through), cmocka_unit_test(refuses))
