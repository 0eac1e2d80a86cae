#include "unit.h"

#include "web/web_priv.h"

#include <string.h>

/* Cuts the head up as libmicrohttpd does: NULs over line ends, over the blanks of the first line and the colon. */
static enum mh_code whole(const char *raw, size_t n)
{
	static char head[512];
	struct mh_pair pairs[8];
	size_t count = 0;
	assert_true(n < sizeof head);
	memcpy(head, raw, n);
	head[n] = '\0';
	for (size_t i = 0; i < n; i++)
		if (head[i] == '\r' || head[i] == '\n') head[i] = '\0';
	char *target = memchr(head, ' ', n), *version = head + strlen(head);
	*target++ = '\0';
	while (version > target && version[-1] != ' ') version--;
	if (version > target) version[-1] = '\0';
	for (char *p = version + strlen(version) + 2; p < head + n && *p; p += strlen(p) + 2) {
		char *value = strchr(p, ':');
		if (!value) break;
		*value++ = '\0';
		while (*value == ' ' || *value == '\t') value++;
		pairs[count++] = (struct mh_pair){mh_str_c(p), mh_str_c(value)};
		p = value;
	}
	return mh_web__head_whole((struct mh_str){head, n}, mh_str_c(target), mh_str_c(version), pairs, count, NULL);
}
#define WHOLE(literal) whole(literal, sizeof(literal) - 1)

static void accepts(void **state)
{
	assert_int_equal(WHOLE("GET /a HTTP/1.1\r\nHost: x\r\nB: c\r\n\r\n"), MH_OK);
	assert_int_equal(WHOLE("GET /a HTTP/1.1\r\nHost:x\r\nB: \t c d\r\n\r\n"), MH_OK);
	assert_int_equal(WHOLE("GET /a HTTP/1.1\r\n\r\n"), MH_OK);
}

static void refuses(void **state)
{
	assert_int_equal(WHOLE("GET /a\0b HTTP/1.1\r\nHost: x\r\n\r\n"), MH_E_INVALID);
	assert_int_equal(WHOLE("GET /a HTTP/1.1\nHost: x\n\n"), MH_E_INVALID);
	assert_int_equal(WHOLE("GET /a HTTP/1.1\r\nHost: x\0y\r\nB: c\r\n\r\n"), MH_E_INVALID);
	assert_int_equal(WHOLE("GET /a HTTP/1.1\r\nHost: x\r\nB: c\0y\r\n\r\n"), MH_E_INVALID);
	struct mh_pair elsewhere = {MH_STR("A"), MH_STR("b")};
	assert_int_equal(mh_web__head_whole(MH_STR("GET\0/\0HTTP/1.1\0\0A\0b\0\0\0\0"), MH_STR("/"), MH_STR("HTTP/1.1"),
					    &elsewhere, 1, NULL),
			 MH_E_INVALID);
	assert_int_equal(mh_web__head_whole((struct mh_str){"", 0}, MH_STR("/"), MH_STR("HTTP/1.1"), NULL, 0, NULL),
			 MH_E_INVALID);
}

MH_TESTS(cmocka_unit_test(accepts), cmocka_unit_test(refuses))
