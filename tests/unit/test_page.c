#include "unit.h"

#include "web/page_priv.h"

#include <string.h>

static struct mh_pair headers[4];
static const struct mh_route route = {.method = "POST", .path = "/say"};

static struct mh_request request(const char *name, const char *value, const char *name2, const char *value2)
{
	struct mh_request r = {.arena = MH_ARENA(1 << 16), .route = &route, .headers = headers, .n_headers = 3};
	headers[0] = (struct mh_pair){MH_STR("Host"), MH_STR("city.example:8080")};
	headers[1] = (struct mh_pair){mh_str_c(name), mh_str_c(value)};
	headers[2] = (struct mh_pair){mh_str_c(name2), mh_str_c(value2)};
	return r;
}

static void only_forms_of_our_own_pages(void **state)
{
	static const struct {
		const char *site, *origin;
		bool good;
	} cases[] = {
		{"same-origin", "null", true},
		{"none", "", true},
		{"same-site", "http://city.example:8080", false},
		{"cross-site", "", false},
		{"", "http://city.example:8080", true},
		{"", "https://city.example:8080", true},
		{"", "http://city.example", false},
		{"", "http://evil.example", false},
		{"", "http://city.example:8080.evil.example", false},
		{"", "null", false},
		{"", "", true},
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct mh_request r = request(cases[i].site[0] ? "Sec-Fetch-Site" : "X", cases[i].site,
					      cases[i].origin[0] ? "Origin" : "Y", cases[i].origin);
		enum mh_code code = mh_page__own(&r, NULL);
		if (code != (cases[i].good ? MH_OK : MH_E_FORBIDDEN))
			fail_msg("%s %s: %d", cases[i].site, cases[i].origin, code);
		mh_arena_done(&r.arena);
	}
}

static void cookies(void **state)
{
	struct mh_request r = request("Cookie", "a=1; minhu_code=ABCD-1234;minhu_lang=en", "X", "");
	assert_true(mh_str_is(mh_page__cookie(&r, "minhu_code"), "ABCD-1234"));
	assert_true(mh_str_is(mh_page__cookie(&r, "minhu_lang"), "en"));
	assert_int_equal(mh_page__cookie(&r, "minhu").len, 0);
	assert_true(mh_page__holder(&r));
	assert_true(mh_str_is(r.tracking_code, "ABCD-1234"));
	r = request("Cookie", "minhu_code=<script>", "X", "");
	assert_false(mh_page__holder(&r));
	r = request("X", "", "Y", "");
	assert_false(mh_page__holder(&r));
}

static void language(void **state)
{
	struct mh_request r = request("Cookie", "minhu_lang=zh-Hant", "Accept-Language", "en");
	assert_int_equal(mh_page__lang(&r), MH_LANG_HANT);
	r = request("Cookie", "minhu_lang=fr", "Accept-Language", "en");
	assert_int_equal(mh_page__lang(&r), MH_LANG_EN);
	r = request("X", "", "Y", "");
	assert_int_equal(mh_page__lang(&r), MH_LANG_HANS);
}

static void who_wants_a_page(void **state)
{
	static const char *const paths[] = {"/nowhere", "/api/v1/x", "/assets/x", "/ledger/x", "/open311/v2/x"};
	for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
		struct mh_request r = request("Accept", "text/html,*/*", "X", "");
		r.path = mh_str_c(paths[i]);
		assert_int_equal(mh_page__wanted(&r), i == 0);
		r = request("Accept", "application/json", "X", "");
		r.path = mh_str_c(paths[i]);
		assert_false(mh_page__wanted(&r));
	}
}

static void keys_are_new(void **state)
{
	struct mh_arena a = MH_ARENA(1 << 12);
	struct mh_str one = mh_page__key(&a, 1000), other = mh_page__key(&a, 1000);
	struct mh_str later = mh_page__key(&a, 1700000000000);
	assert_int_equal(one.len, 36);
	assert_true(mh_str_starts(later, "18bcfe56800-"));
	assert_true(later.len <= 80);
	assert_false(mh_str_eq(one, other));
	mh_arena_done(&a);
}

MH_TESTS(cmocka_unit_test(only_forms_of_our_own_pages), cmocka_unit_test(cookies), cmocka_unit_test(language),
	 cmocka_unit_test(who_wants_a_page), cmocka_unit_test(keys_are_new))
