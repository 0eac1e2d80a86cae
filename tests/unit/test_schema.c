#include "unit.h"

#include "web/route.h"
#include "web/schema.h"

#include <string.h>

static bool known(struct mh_str type)
{
	static const char *const basics[] = {"str", "hans", "int", "bool", "time", "day", "any", "obj"};
	for (size_t i = 0; i < sizeof basics / sizeof *basics; i++)
		if (mh_str_is(type, basics[i])) return true;
	return mh_schema_find(type) != NULL;
}

static void every_table_can_be_read(void **state)
{
	size_t n;
	const struct mh_schema *s = mh_schemas_all(&n);
	for (size_t i = 0; i < n; i++) {
		struct mh_str rest = mh_str_c(s[i].members);
		struct mh_member m;
		size_t members = 0;
		while (mh_schema_next(&rest, &m)) {
			members++;
			if (!known(m.type)) fail_msg("%s: no type %.*s", s[i].name, (int)m.type.len, m.type.ptr);
		}
		if (rest.len || !members)
			fail_msg("%s: cannot be read at \"%.*s\"", s[i].name, (int)rest.len, rest.ptr);
		assert_true(*s[i].en && *s[i].zh);
		assert_ptr_equal(mh_schema_find(mh_str_c(s[i].name)), &s[i]); /* no name twice */
		json_t *j = mh_schema_json(&s[i]);
		assert_non_null(j);
		assert_int_equal(json_object_size(json_object_get(j, "properties")), members);
		json_decref(j);
	}
}

/* Names of people stay as they are written; whatever else is called `zh` is the city's own and comes in the reader's characters. */
static void chinese_that_is_nobodys_name_is_marked(void **state)
{
	static const char *const people[] = {"elector", "officer", "me", "unit_officer", "unit_account", "account"};
	size_t n, seen = 0;
	const struct mh_schema *s = mh_schemas_all(&n);
	for (size_t i = 0; i < n; i++) {
		struct mh_str rest = mh_str_c(s[i].members);
		struct mh_member m;
		bool person = false;
		for (size_t k = 0; k < sizeof people / sizeof *people; k++)
			person = person || strcmp(s[i].name, people[k]) == 0;
		while (mh_schema_next(&rest, &m)) {
			if (!mh_str_is(m.name, "zh") && !mh_str_ends(m.name, "_zh")) continue;
			seen++;
			if (mh_str_is(m.type, "hans") == person)
				fail_msg("%s: its Chinese is of the wrong sort", s[i].name);
		}
	}
	assert_true(seen > 10);
}

static void the_signs_are_understood(void **state)
{
	static const struct {
		const char *text, *name, *type;
		enum mh_shape shape;
		bool optional, nullable;
	} cases[] = {
		{"a:str", "a", "str", MH_SHAPE_ONE, false, false},
		{" a?:int b:int", "a", "int", MH_SHAPE_ONE, true, false},
		{"a:time~", "a", "time", MH_SHAPE_ONE, false, true},
		{"a?:[link]~", "a", "link", MH_SHAPE_LIST, true, true},
		{"a:{tally}", "a", "tally", MH_SHAPE_MAP, false, false},
	};
	struct mh_member m;
	struct mh_str rest;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		rest = mh_str_c(cases[i].text);
		assert_true(mh_schema_next(&rest, &m));
		assert_true(mh_str_is(m.name, cases[i].name) && mh_str_is(m.type, cases[i].type));
		assert_int_equal(m.shape, cases[i].shape);
		assert_int_equal(m.optional, cases[i].optional);
		assert_int_equal(m.nullable, cases[i].nullable);
	}
	static const char *const bad[] = {"a", ":str", "a:", "?:str", "a:~"};
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		rest = mh_str_c(bad[i]);
		assert_false(mh_schema_next(&rest, &m));
		assert_true(rest.len > 0);
	}
	rest = MH_STR("  ");
	assert_false(mh_schema_next(&rest, &m));
	assert_int_equal(rest.len, 0);
}

static void what_a_route_answers(void **state)
{
	struct mh_route r = {.response = "201 outcome"};
	struct mh_reply_kind k = mh_reply_kind_of(&r);
	assert_int_equal(k.status, 201);
	assert_string_equal(k.schema->name, "outcome");
	r.response = "text/plain";
	k = mh_reply_kind_of(&r);
	assert_int_equal(k.status, 200);
	assert_null(k.schema);
	assert_true(mh_str_is(k.media_type, "text/plain"));
	r.response = NULL;
	k = mh_reply_kind_of(&r);
	assert_true(k.status == 200 && !k.schema && !k.media_type.len);
}

/* A misspelt schema would pass for a media type without a slash. */
static void every_route_names_a_schema_or_a_media_type(void **state)
{
	size_t n;
	const struct mh_route_list *const *lists = mh_routes_all(&n);
	for (size_t i = 0; i < n; i++) {
		for (size_t k = 0; k < lists[i]->n; k++) {
			const struct mh_route *r = &lists[i]->routes[k];
			struct mh_reply_kind kind = mh_reply_kind_of(r);
			bool empty = kind.status == 204 && kind.media_type.len == 0;
			if (r->response && !kind.schema && !empty && mh_str_find(kind.media_type, '/') < 1)
				fail_msg("%s %s: there is no schema %s", r->method, r->path, r->response);
		}
	}
}

MH_TESTS(cmocka_unit_test(every_table_can_be_read), cmocka_unit_test(chinese_that_is_nobodys_name_is_marked),
	 cmocka_unit_test(the_signs_are_understood), cmocka_unit_test(what_a_route_answers),
	 cmocka_unit_test(every_route_names_a_schema_or_a_media_type))
