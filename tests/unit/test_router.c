#include "unit.h"

#include "web/request.h"

#include <string.h>

static enum mh_code nothing(struct mh_request *req, struct mh_response *res, struct mh_err *reterr)
{
	return MH_OK;
}

#define P(n)                                                                                                           \
	{                                                                                                              \
		.name = n, .in = MH_IN_PATH, .type = MH_TYPE_STR, .required = true, .en = "x", .zh = "某"             \
	}
static const struct mh_param id[] = {P("id"), {0}};
static const struct mh_param id_format[] = {P("id"), P("format"), {0}};
static const struct mh_param rest[] = {P("rest"), {0}};
#define R(m, p, ps)                                                                                                    \
	{                                                                                                              \
		.method = m, .path = p, .perm = MH_PERM_PUBLIC, .params = ps, .handler = nothing, .en = "x",           \
		.zh = "某"                                                                                            \
	}

static const struct mh_route table[] = {
	R("GET", "/", NULL),          R("GET", "/a/{id}", id),   R("POST", "/a/{id}", id),
	R("GET", "/a/new", NULL),     R("GET", "/a/{id}/x", id), R("GET", "/r/{id}.{format}", id_format),
	R("GET", "/f/{rest*}", rest), R("GET", "/f/{id}", id),   R("GET", "/d/", NULL),
};
static const struct mh_route_list list = MH_ROUTES("t", table);

static int build(struct mh_arena *a, const struct mh_route *routes, size_t n, struct mh_router *r, struct mh_err *err)
{
	struct mh_route_list l = {"t", routes, n};
	const struct mh_route_list *lists[] = {&l};
	return mh_router_build(a, lists, 1, r, err);
}

static void finds(void **state)
{
	static const struct {
		const char *method, *path, *pattern, *first;
		enum mh_code code;
	} cases[] = {
		{"GET", "/", "/", NULL, MH_OK},
		{"GET", "/a/7", "/a/{id}", "7", MH_OK},
		{"HEAD", "/a/民", "/a/{id}", "民", MH_OK},
		{"GET", "/a/new", "/a/new", NULL, MH_OK},
		{"POST", "/a/new", "/a/{id}", "new", MH_OK},
		{"GET", "/a/7/x", "/a/{id}/x", "7", MH_OK},
		{"GET", "/r/a.b.json", "/r/{id}.{format}", "a.b", MH_OK},
		{"GET", "/f/a", "/f/{id}", "a", MH_OK},
		{"GET", "/d/", "/d/", NULL, MH_OK},
		{"GET", "/d", NULL, NULL, MH_E_NOT_FOUND},
		{"GET", "/f/a/b/c", "/f/{rest*}", "a/b/c", MH_OK},
		{"DELETE", "/a/7", NULL, NULL, MH_E_METHOD},
		{"GET", "/r/json", NULL, NULL, MH_E_NOT_FOUND},
		{"GET", "/r/.json", NULL, NULL, MH_E_NOT_FOUND},
		{"GET", "/a", NULL, NULL, MH_E_NOT_FOUND},
		{"GET", "/a/", NULL, NULL, MH_E_NOT_FOUND},
		{"GET", "/a/7/", NULL, NULL, MH_E_NOT_FOUND},
		{"GET", "/f/", NULL, NULL, MH_E_NOT_FOUND},
		{"get", "/a/7", NULL, NULL, MH_E_METHOD},
	};
	struct mh_arena a = MH_ARENA(0);
	struct mh_router r;
	assert_int_equal(build(&a, table, list.n, &r, NULL), MH_OK);
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct mh_route_match m = {0};
		enum mh_code code = mh_router_find(&r, mh_str_c(cases[i].method), mh_str_c(cases[i].path), &m, NULL);
		if (code != cases[i].code) fail_msg("%s %s: %d", cases[i].method, cases[i].path, code);
		if (code != MH_OK) continue;
		assert_string_equal(m.route->path, cases[i].pattern);
		assert_int_equal(m.n > 0, cases[i].first != NULL);
		if (m.n) assert_true(mh_str_is(m.values[0].value, cases[i].first));
	}
	assert_true(mh_str_is(mh_router_allow(&r, &a, MH_STR("/a/7")), "OPTIONS, GET, HEAD, POST"));
	assert_int_equal(mh_router_allow(&r, &a, MH_STR("/nothing")).len, 0);
	mh_arena_done(&a);
}

static void refuses_bad_rows(void **state)
{
	static const struct mh_param unrequired[] = {
		{.name = "id", .in = MH_IN_PATH, .type = MH_TYPE_STR, .en = "x", .zh = "某"}, {0}};
	static const struct mh_param in_body[] = {
		{.name = "b", .in = MH_IN_BODY, .type = MH_TYPE_STR, .en = "x", .zh = "某"}, {0}};
	static const struct mh_param no_zh[] = {{.name = "q", .in = MH_IN_QUERY, .type = MH_TYPE_STR, .en = "x"}, {0}};
	static const struct mh_param bad_pattern[] = {
		{.name = "q", .in = MH_IN_QUERY, .type = MH_TYPE_STR, .pattern = "(a)", .en = "x", .zh = "某"}, {0}};
	static const struct mh_param no_choices[] = {
		{.name = "q", .in = MH_IN_QUERY, .type = MH_TYPE_ENUM, .en = "x", .zh = "某"}, {0}};
	struct mh_route bad[] = {
		R("GET", "/a", NULL),         R("GET", "/a", NULL),          R("GET", "/a", NULL),
		R("FETCH", "/a", NULL),       R("GET", "a", NULL),           R("GET", "/a//b", NULL),
		R("GET", "/a b", NULL),       R("GET", "/{id", id),          R("GET", "/{id}", NULL),
		R("GET", "/a", id),           R("GET", "/{id}", unrequired), R("GET", "/a", in_body),
		R("GET", "/a", no_zh),        R("GET", "/a", bad_pattern),   R("GET", "/a", no_choices),
		R("GET", "/{rest*}/a", rest), R("GET", "/a", NULL),          R("POST", "/a", NULL)};
	struct mh_arena a = MH_ARENA(0);
	struct mh_router r;
	struct mh_err err;
	bad[0].perm = MH_PERM_UNSET;
	bad[1].handler = NULL;
	bad[2].zh = NULL;
	bad[16].body = MH_BODY_JSON;
	bad[17].body = MH_BODY_FILE; /* without a limit */
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		if (build(&a, &bad[i], 1, &r, &err) != MH_E_INTERNAL) fail_msg("took bad row %zu", i);
	assert_int_equal(build(&a, bad, 1, &r, &err), MH_E_INTERNAL);
	assert_string_equal(err.message, "The route GET /a cannot be: no permission is named");
	static const struct mh_param other[] = {P("other"), {0}};
	const struct mh_route twice[] = {R("GET", "/a/{id}", id), R("GET", "/a/{other}", other)};
	assert_int_equal(build(&a, twice, 2, &r, &err), MH_E_INTERNAL);
	mh_arena_done(&a);
}

/* The real table: a row without a permission, or with any other fault, fails the build here. */
static void all_routes_are_sound(void **state)
{
	struct mh_arena a = MH_ARENA(0);
	struct mh_router r;
	struct mh_err err;
	size_t n;
	const struct mh_route_list *const *lists = mh_routes_all(&n);
	if (mh_router_build(&a, lists, n, &r, &err) != MH_OK) fail_msg("%s", err.message);
	assert_true(r.n > 0);
	mh_arena_done(&a);
}

/* An address as the pattern has it, with a word for each placeholder; then cut or added to at its end. */
static struct mh_str address(struct mh_arena *a, const char *pattern, size_t cut, const char *more)
{
	struct mh_buf b = MH_BUF(1024);
	for (const char *p = pattern; *p; p++) {
		if (*p != '{') mh_buf_ch(&b, *p);
		else {
			mh_buf_c(&b, "7b");
			p = strchr(p, '}');
		}
	}
	size_t n = b.len > cut ? b.len - cut : 0;
	struct mh_str s = mh_str_fmt(a, "%.*s%s", (int)n, b.ptr, more);
	mh_buf_done(&b);
	return s;
}

/* What is passed over unseen would not have matched: the same answers as when every route is looked at. */
static void passes_over_only_what_differs(void **state)
{
	static const char *const more[] = {"", "x", "/", "/7", "/7/x", ".json"};
	struct mh_arena a = MH_ARENA(0);
	struct mh_router r, plain;
	size_t n, found = 0;
	const struct mh_route_list *const *lists = mh_routes_all(&n);
	assert_int_equal(mh_router_build(&a, lists, n, &r, NULL), MH_OK);
	plain = r;
	plain.same = mh_arena_alloc(&a, r.n * sizeof *r.same);
	memset(plain.same, 0, r.n * sizeof *r.same);
	for (size_t i = 0; i < r.n; i++) {
		for (size_t k = 0; k < 4 * 6; k++) {
			struct mh_str path = address(&a, r.routes[i]->path, k % 4, more[k / 4]);
			struct mh_route_match x = {0}, y = {0};
			enum mh_code code = mh_router_find(&r, MH_STR("GET"), path, &x, NULL);
			if (mh_router_find(&plain, MH_STR("GET"), path, &y, NULL) != code || x.route != y.route)
				fail_msg("%.*s", (int)path.len, path.ptr);
			found += code == MH_OK;
		}
	}
	assert_true(found > r.n);
	mh_arena_done(&a);
}

MH_TESTS(cmocka_unit_test(finds), cmocka_unit_test(passes_over_only_what_differs), cmocka_unit_test(refuses_bad_rows),
	 cmocka_unit_test(all_routes_are_sound))
