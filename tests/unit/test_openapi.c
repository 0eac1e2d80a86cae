#include "unit.h"

#include "web/openapi.h"
#include "web/schema.h"

#include <string.h>

static const struct mh_param params[] = {
	{.name = "id",
	 .in = MH_IN_PATH,
	 .type = MH_TYPE_STR,
	 .required = true,
	 .min = 1,
	 .max = 8,
	 .pattern = "[a-z]+",
	 .en = "Which",
	 .zh = "哪一个"},
	{.name = "far", .in = MH_IN_QUERY, .type = MH_TYPE_INT, .min = 1, .max = 9, .en = "How far", .zh = "多远"},
	{.name = "attribute[", .in = MH_IN_BODY, .type = MH_TYPE_STR, .prefix = true, .en = "More", .zh = "其他"},
	{.name = "due", .in = MH_IN_BODY, .type = MH_TYPE_DAY, .required = true, .en = "When <due>", .zh = "何时"},
	{0}};
static const struct mh_param rest[] = {
	{.name = "rest", .in = MH_IN_PATH, .type = MH_TYPE_STR, .required = true, .en = "Rest", .zh = "其余"}, {0}};
static const struct mh_route table[] = {
	{.method = "POST",
	 .path = "/api/v1/a/{id}",
	 .perm = MH_PERM_HOLDER,
	 .params = params,
	 .body = MH_BODY_FORM,
	 .flags = MH_ROUTE_WRITE,
	 .en = "Do <it>",
	 .zh = "办理",
	 .response = "201 outcome"},
	{.method = "GET",
	 .path = "/f/{rest*}",
	 .perm = MH_PERM_PUBLIC,
	 .params = rest,
	 .en = "Bytes",
	 .zh = "原文",
	 .response = "text/plain"},
};
static const struct mh_route_list list = MH_ROUTES("things", table);
static const struct mh_route_list *const lists[] = {&list};

static const json_t *at(const json_t *j, const char *path)
{
	struct mh_str rest_ = mh_str_c(path), key;
	while (j && mh_str_split(&rest_, '|', &key)) {
		char name[64];
		snprintf(name, sizeof name, "%.*s", (int)key.len, key.ptr);
		j = json_is_array(j) ? json_array_get(j, (size_t)(name[0] - '0')) : json_object_get(j, name);
	}
	return j;
}

static void text_at(const json_t *j, const char *path, const char *want)
{
	const char *have = json_string_value(at(j, path));
	if (!have || strcmp(have, want) != 0) fail_msg("%s: %s, not %s", path, have ? have : "nothing", want);
}

static void says_what_the_table_says(void **state)
{
	json_t *j = mh_openapi(lists, 1);
	assert_non_null(j);
	const json_t *op = at(j, "paths|/api/v1/a/{id}|post");
	text_at(j, "openapi", "3.1.0");
	text_at(op, "operationId", "post_a_id");
	text_at(op, "x-permission", "holder");
	text_at(op, "x-summary-zh", "办理");
	text_at(op, "parameters|0|schema|pattern", "^(?:[a-z]+)$");
	assert_int_equal(json_integer_value(at(op, "parameters|1|schema|maximum")), 9);
	text_at(op, "parameters|2|$ref", "#/components/parameters/idempotency_key");
	const json_t *body = at(op, "requestBody|content|application/x-www-form-urlencoded|schema");
	text_at(body, "properties|due|format", "date");
	text_at(body, "properties|attribute|type", "object");
	text_at(body, "required|0", "due");
	assert_true(json_is_false(at(body, "additionalProperties")));
	text_at(op, "responses|201|content|application/json|schema|$ref", "#/components/schemas/outcome");
	text_at(op, "responses|4XX|$ref", "#/components/responses/problem");
	assert_int_equal(json_array_size(at(op, "security")), 3);
	assert_non_null(at(j, "paths|/f/{rest}|get|responses|200|content|text/plain"));
	json_decref(j);
}

static void the_page_escapes_and_has_it_all(void **state)
{
	struct mh_buf b = MH_BUF(1 << 20);
	mh_reference_page(lists, 1, &b);
	assert_false(b.failed);
	assert_non_null(strstr(b.ptr, "Do &lt;it&gt;"));
	assert_non_null(strstr(b.ptr, "When &lt;due&gt;"));
	assert_non_null(strstr(b.ptr, "/f/{rest*}"));
	assert_non_null(strstr(b.ptr, "id=\"schema-outcome\""));
	assert_null(strstr(b.ptr, "<script"));
	assert_null(strstr(b.ptr, "style=\"")); /* the policy would refuse it */
	assert_non_null(strstr(b.ptr, mh_reference_style().ptr));
	mh_buf_done(&b);
}

/* The operations of the real table have names of their own, which clients are made from. */
static void names_are_unique(void **state)
{
	size_t n, count = 0;
	const struct mh_route_list *const *all = mh_routes_all(&n);
	json_t *j = mh_openapi(all, n), *seen = json_object();
	const char *path, *method;
	json_t *item, *op;
	assert_non_null(j);
	json_object_foreach(json_object_get(j, "paths"), path, item) {
		json_object_foreach(item, method, op) {
			const char *id = json_string_value(json_object_get(op, "operationId"));
			if (json_object_get(seen, id)) fail_msg("%s is the name of two operations", id);
			json_object_set_new(seen, id, json_true());
			count++;
		}
	}
	size_t routes = 0;
	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < all[i]->n; k++) routes += !(all[i]->routes[k].flags & MH_ROUTE_PAGE);
	assert_int_equal(count, routes);
	json_decref(seen);
	json_decref(j);
}

MH_TESTS(cmocka_unit_test(says_what_the_table_says), cmocka_unit_test(the_page_escapes_and_has_it_all),
	 cmocka_unit_test(names_are_unique))
