#include "unit.h"

#include "web/web_priv.h"

#include <stdio.h>
#include <string.h>

static const char *const colours[] = {"red", "green", NULL};
static const struct mh_param params[] = {
	{.name = "id", .in = MH_IN_PATH, .type = MH_TYPE_INT, .required = true, .min = 1, .max = 99},
	{.name = "n", .in = MH_IN_QUERY, .type = MH_TYPE_INT, .min = -5, .max = 5},
	{.name = "colour", .in = MH_IN_QUERY, .type = MH_TYPE_ENUM, .choices = colours},
	{.name = "tag", .in = MH_IN_QUERY, .type = MH_TYPE_STR, .repeated = true, .max = 3},
	{.name = "X-Place", .in = MH_IN_HEADER, .type = MH_TYPE_STR, .pattern = "[a-z]+"},
	{.name = "title", .in = MH_IN_BODY, .type = MH_TYPE_STR, .required = true, .max = 5},
	{.name = "due", .in = MH_IN_BODY, .type = MH_TYPE_DAY},
	{.name = "at", .in = MH_IN_BODY, .type = MH_TYPE_TIME},
	{.name = "open", .in = MH_IN_BODY, .type = MH_TYPE_BOOL},
	{.name = "size", .in = MH_IN_BODY, .type = MH_TYPE_INT, .min = 0, .max = 10},
	{.name = "place", .in = MH_IN_BODY, .type = MH_TYPE_OBJECT},
	{.name = "parts", .in = MH_IN_BODY, .type = MH_TYPE_ARRAY, .min = 1, .max = 2},
	{0}};
static struct mh_route route = {.method = "POST", .path = "/x/{id}", .params = params, .body = MH_BODY_JSON};

static struct mh_request req;
static struct mh_pair headers[2];

static void begin(void)
{
	json_decref(req.body);
	mh_arena_done(&req.arena);
	req = (struct mh_request){.arena = MH_ARENA(0), .route = &route, .headers = headers};
}

static enum mh_code head(const char *id, const char *query)
{
	struct mh_route_match m = {.route = &route, .n = 1, .values = {{MH_STR("id"), mh_str_c(id)}}};
	begin();
	req.query = mh_str_c(query);
	return mh_web__check_head(&req, &m, NULL);
}

static enum mh_code body(const char *text)
{
	assert_int_equal(head("1", ""), MH_OK);
	return mh_web__check_body(&req, mh_str_c(text), NULL);
}

/* Fields in error, joined. */
static const char *wrong(void)
{
	static char text[400];
	size_t n = 0;
	text[0] = '\0';
	for (size_t i = 0; i < req.n_errors && n < 300; i++) {
		assert_true(req.errors[i].en.len && req.errors[i].zh.len);
		n += (size_t)snprintf(text + n, sizeof text - n, "%s" MH_STR_FMT, i ? " " : "",
				      MH_STR_ARG(req.errors[i].field));
	}
	return text;
}

static void heads(void **state)
{
	req.n_headers = 0;
	assert_int_equal(head("7", "n=-5&colour=green&tag=a&tag=b"), MH_OK);
	assert_int_equal(mh_req_int(&req, "id", 0), 7);
	assert_int_equal(mh_req_int(&req, "n", 0), -5);
	assert_int_equal(mh_req_choice(&req, "colour", -1), 1);
	size_t n;
	const struct mh_pair *tags = mh_req_list(&req, "tag", &n);
	assert_true(n == 2 && mh_str_is(tags[1].value, "b"));
	assert_int_equal(head("7", "n=&tag="), MH_OK); /* empty is absent */
	assert_false(mh_req_has(&req, "n"));
	assert_int_equal(mh_req_int(&req, "n", 42), 42);
	assert_int_equal(head("0", "n=6&colour=blue&tag=abcd&other=1"), MH_E_INVALID);
	assert_string_equal(wrong(), "id n colour tag other");
	assert_int_equal(head("7", "n=1&n=2"), MH_E_INVALID);
	assert_int_equal(head("7", "n=1.5"), MH_E_INVALID);
	assert_int_equal(head("7", "n=99999999999999999999"), MH_E_INVALID);
	route.flags = MH_ROUTE_LENIENT;
	assert_int_equal(head("7", "other=1"), MH_OK);
	route.flags = 0;
}

static void header_fields(void **state)
{
	struct mh_route_match m = {.route = &route, .n = 1, .values = {{MH_STR("id"), MH_STR("1")}}};
	begin();
	headers[0] = (struct mh_pair){MH_STR("x-place"), MH_STR("abc")};
	req.n_headers = 1;
	assert_int_equal(mh_web__check_head(&req, &m, NULL), MH_OK);
	assert_true(mh_str_is(mh_req_str(&req, "X-Place"), "abc"));
	begin();
	headers[0].value = MH_STR("ABC");
	req.n_headers = 1;
	assert_int_equal(mh_web__check_head(&req, &m, NULL), MH_E_INVALID);
}

static void bodies(void **state)
{
	assert_int_equal(body("{\"title\":\"民呼\",\"due\":\"2026-11-21\",\"at\":\"1970-01-01T08:00:01+08:00\","
			      "\"open\":true,\"size\":0,"
			      "\"place\":{\"x\":1},\"parts\":[1]}"),
			 MH_OK);
	assert_true(mh_str_is(mh_req_str(&req, "title"), "民呼"));
	assert_int_equal(mh_req_day(&req, "due", 0), mh_day_from(2026, 11, 21));
	assert_int_equal(mh_req_time(&req, "at", 0), 1000);
	assert_true(mh_req_bool(&req, "open", false));
	assert_true(mh_req_has(&req, "size") && mh_req_int(&req, "size", 9) == 0);
	assert_int_equal(mh_json_get_int(mh_req_json(&req, "place"), "x", 0), 1);
	assert_int_equal(body("{\"title\":\"a\",\"size\":null}"), MH_OK);
	assert_false(mh_req_has(&req, "size"));
	assert_int_equal(body("{\"title\":\"123456\",\"due\":\"2026-02-30\",\"at\":\"2026-01-01T00:00:00\",\"open\":1,"
			      "\"size\":11,\"place\":[],\"parts\":[],"
			      "\"more\":1}"),
			 MH_E_INVALID);
	assert_string_equal(wrong(), "title due at open size place parts more");
	assert_int_equal(body("{\"title\":\"\"}"), MH_E_INVALID);
	assert_int_equal(body("{\"title\":\"a\\u0001\"}"), MH_E_INVALID);
	assert_int_equal(body("{\"title\":7,\"size\":\"7\"}"), MH_E_INVALID);
	assert_string_equal(wrong(), "title size");
	assert_int_equal(body("{}"), MH_E_INVALID);
	assert_int_equal(body(""), MH_E_INVALID);
	assert_int_equal(body("[]"), MH_E_INVALID);
}

static void errors_are_capped(void **state)
{
	struct mh_err err;
	assert_int_equal(head("1", ""), MH_OK);
	for (int i = 0; i < 50; i++) assert_int_equal(mh_req_bad_field(&req, &err, "f", "wrong", "错"), MH_E_INVALID);
	assert_int_equal(req.n_errors, MH_FIELD_ERRORS);
	assert_string_equal(err.message, "f: wrong");
}

static void types(void **state)
{
	begin();
	req.n_headers = 1;
	headers[0] = (struct mh_pair){MH_STR("Content-Type"), MH_STR("Application/JSON ; charset=utf-8")};
	assert_int_equal(mh_web__check_type(&req, true, NULL), MH_OK);
	headers[0].value = MH_STR("application/jsonp");
	assert_int_equal(mh_web__check_type(&req, true, NULL), MH_E_MEDIA_TYPE);
	route.body = MH_BODY_NONE;
	assert_int_equal(mh_web__check_type(&req, true, NULL), MH_E_TOO_LARGE);
	route.body = MH_BODY_JSON;
}

static int done(void **state)
{
	json_decref(req.body);
	mh_arena_done(&req.arena);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(heads), cmocka_unit_test(header_fields),
					   cmocka_unit_test(bodies), cmocka_unit_test(errors_are_capped),
					   cmocka_unit_test(types)};
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("validate", tests, NULL, done);
}
