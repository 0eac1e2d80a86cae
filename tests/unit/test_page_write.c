#include "unit.h"

#include "web/page_write.h"

static void is(struct mh_buf *b, const char *want)
{
	assert_string_equal(mh_buf_str(b).ptr, want);
	mh_buf_done(b);
}

static void url(const char *text, const char *want)
{
	struct mh_buf b = MH_BUF(1000);
	mh_page__url(&b, mh_str_c(text));
	is(&b, want);
}

static void addresses_lead_where_they_say(void **state)
{
	url("/answers?q=1&b=2", "/answers?q=1&amp;b=2");
	url("#f-text", "#f-text");
	url("?lang=en", "?lang=en");
	url("", "");
	url("https://example.org/a\"b", "https://example.org/a&quot;b");
	url("javascript:alert(1)", "#");
	url("JavaScript:alert(1)", "#");
	url("data:text/html,x", "#");
	url("//evil.example", "#");
	url("/\\evil.example", "#");
	url("/a b", "#");
	url("/\t/evil.example", "#");
	url("answers", "#");
}

static void parts_are_percent_encoded(void **state)
{
	struct mh_buf b = MH_BUF(1000);
	mh_page__part(&b, MH_STR("aZ09-._~ /?#&=\"<民"));
	is(&b, "aZ09-._~%20%2F%3F%23%26%3D%22%3C%E6%B0%91");
}

MH_TESTS(cmocka_unit_test(addresses_lead_where_they_say), cmocka_unit_test(parts_are_percent_encoded))
