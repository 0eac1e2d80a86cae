#include "unit.h"

#include "web/web_priv.h"

#include <string.h>

static void says_what_the_error_says(void **state)
{
	struct mh_request req = {.arena = MH_ARENA(0), .id = MH_STR("00ff")};
	struct mh_response res = {.arena = &req.arena};
	struct mh_err err;
	json_t *j MH_JSON_AUTO = NULL;
	MH_FAIL(&err, MH_E_STALE, "Somebody \"else\" was\nfirst");
	mh_err_detail(&err, "version 7");
	mh_err_hint(&err, "Load it again.");
	mh_err_internal(&err, "table matter");
	mh_web__problem(&req, &err, &res);
	assert_int_equal(res.status, 412);
	assert_string_equal(res.content_type, "application/problem+json");
	assert_int_equal(mh_json_parse(res.body, &j, NULL), MH_OK);
	assert_true(mh_str_is(mh_json_get_str(j, "code"), "STALE"));
	assert_true(mh_str_is(mh_json_get_str(j, "detail"), "Somebody \"else\" was\nfirst"));
	assert_true(mh_str_is(mh_json_get_str(j, "facts"), "version 7"));
	assert_true(mh_str_is(mh_json_get_str(j, "instance"), "urn:minhu:request:00ff"));
	assert_true(mh_json_get_str(j, "title_zh").len > 0);
	assert_null(json_object_get(j, "errors"));
	assert_null(memmem(res.body.ptr, res.body.len, "table", 5));
	mh_arena_done(&req.arena);
}

static void every_code_has_a_status(void **state)
{
	for (int code = 1; code < MH_CODE_MAX; code++) {
		struct mh_request req = {.arena = MH_ARENA(0)};
		struct mh_response res = {.arena = &req.arena};
		struct mh_err err = {.code = (enum mh_code)code};
		mh_web__problem(&req, &err, &res);
		assert_true(res.status >= 400 && res.status < 600);
		assert_int_equal(mh_err_info((enum mh_code)code)->http, res.status);
		mh_arena_done(&req.arena);
	}
}

static void answers_without_memory(void **state)
{
	struct mh_request req = {.arena = MH_ARENA(1)};
	struct mh_response res = {.arena = &req.arena};
	struct mh_err err = {.code = MH_E_INVALID};
	mh_web__problem(&req, &err, &res);
	assert_int_equal(res.status, 503);
	assert_true(res.body.len > 0);
	mh_arena_done(&req.arena);
}

MH_TESTS(cmocka_unit_test(says_what_the_error_says), cmocka_unit_test(every_code_has_a_status),
	 cmocka_unit_test(answers_without_memory))
