#include "unit.h"

#include "web/web_priv.h"

static enum mh_code identify(const char *name, const char *value, struct mh_request *req)
{
	static struct mh_pair header;
	header = (struct mh_pair){mh_str_c(name), mh_str_c(value)};
	mh_arena_done(&req->arena);
	*req = (struct mh_request){.arena = MH_ARENA(0), .headers = &header, .n_headers = 1};
	return mh_web__identity(req, NULL);
}

static void tracking_codes(void **state)
{
	struct mh_request req = {0};
	assert_int_equal(identify("Authorization", "tracking  AB12-cd34", &req), MH_OK);
	assert_true(mh_str_is(req.tracking_code, "AB12-cd34"));
	assert_int_equal(identify("Authorization", "Basic AAAA", &req), MH_E_UNAUTHENTICATED);
	assert_int_equal(identify("Authorization", "Tracking", &req), MH_E_UNAUTHENTICATED);
	assert_int_equal(identify("Authorization", "Tracking a b c d", &req), MH_E_UNAUTHENTICATED);
	mh_arena_done(&req.arena);
}

static void keys(void **state)
{
	struct mh_request req = {0};
	assert_int_equal(identify("Idempotency-Key", "\"0123456789\"", &req), MH_OK);
	assert_true(mh_str_is(req.idempotency_key, "0123456789"));
	assert_int_equal(identify("Idempotency-Key", "0123456", &req), MH_E_INVALID);
	assert_int_equal(identify("Idempotency-Key", "01234 6789", &req), MH_E_INVALID);
	mh_arena_done(&req.arena);
}

static void languages(void **state)
{
	struct mh_request req = {0};
	static const struct {
		const char *accept, *lang;
		bool hant;
	} cases[] = {{"en", "en"},
		     {"en-GB,zh;q=0.5", "en"},
		     {"EN;q=1", "en"},
		     {"zh-CN,en", "zh"},
		     {"fr", "zh"},
		     {"", "zh"},
		     {"enx", "zh"},
		     {"zh-Hant", "zh", true},
		     {"zh-TW,en", "zh", true},
		     {"zh-Hans-HK", "zh"},
		     {"en,zh-HK;q=0.9", "en"}};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		assert_int_equal(identify("Accept-Language", cases[i].accept, &req), MH_OK);
		assert_true(mh_str_is(req.lang, cases[i].lang));
		assert_int_equal(req.hant, cases[i].hant);
	}
	mh_arena_done(&req.arena);
}

MH_TESTS(cmocka_unit_test(tracking_codes), cmocka_unit_test(keys), cmocka_unit_test(languages))
