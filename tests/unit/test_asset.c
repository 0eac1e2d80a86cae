#include "unit.h"

#include "web/asset.h"

#define V(text)                                                                                                        \
	{                                                                                                              \
		text, sizeof text - 1                                                                                  \
	}
static const struct mh_asset list[] = {
	{"desk.css", "/assets/desk.1a.css", "text/css", "e1", V("plain"), V("gz"), V("b")},
	{"dot.png", "/assets/dot.2b.png", "image/png", "e2", V("png"), {NULL, 0}, {NULL, 0}},
	{"index.html", "/desk/", "text/html", "e3", V("page"), V("gz"), {NULL, 0}},
};
/* In place of the empty table of a program without pages. */
const struct mh_assets mh_assets = {list, sizeof list / sizeof *list};

static void finds_by_path(void **state)
{
	for (size_t i = 0; i < mh_assets.n; i++) {
		const struct mh_asset *a = mh_asset_find(&mh_assets, mh_str_c(list[i].path));
		assert_ptr_equal(a, &list[i]);
	}
	assert_null(mh_asset_find(&mh_assets, MH_STR("/assets/desk.1a.cs")));
	assert_null(mh_asset_find(&mh_assets, MH_STR("")));
	assert_null(mh_asset_find(&(struct mh_assets){NULL, 0}, MH_STR("/desk/")));
}

static void names_an_address(void **state)
{
	struct mh_arena a = MH_ARENA(0);
	assert_true(mh_str_is(mh_asset_path(&a, "desk.css"), "/assets/desk.1a.css"));
	assert_true(mh_str_is(mh_asset_path(&a, "other.js"), "/assets/other.js"));
	mh_arena_done(&a);
}

static void negotiates(void **state)
{
	static const struct {
		const char *accept;
		enum mh_coding css, png, html;
	} cases[] = {
		{"", MH_CODING_PLAIN, MH_CODING_PLAIN, MH_CODING_PLAIN},
		{"gzip, deflate, br", MH_CODING_BR, MH_CODING_PLAIN, MH_CODING_GZIP},
		{"gzip", MH_CODING_GZIP, MH_CODING_PLAIN, MH_CODING_GZIP},
		{"GZIP;q=0.5", MH_CODING_GZIP, MH_CODING_PLAIN, MH_CODING_GZIP},
		{"br;q=0, gzip;q=1", MH_CODING_GZIP, MH_CODING_PLAIN, MH_CODING_GZIP},
		{"br; q=0.00, gzip;q=0", MH_CODING_PLAIN, MH_CODING_PLAIN, MH_CODING_PLAIN},
		{"br;q=0.01", MH_CODING_BR, MH_CODING_PLAIN, MH_CODING_PLAIN},
		{"brotli, gzipped", MH_CODING_PLAIN, MH_CODING_PLAIN, MH_CODING_PLAIN},
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		assert_int_equal(mh_asset_coding(&list[0], mh_str_c(cases[i].accept)), cases[i].css);
		assert_int_equal(mh_asset_coding(&list[1], mh_str_c(cases[i].accept)), cases[i].png);
		assert_int_equal(mh_asset_coding(&list[2], mh_str_c(cases[i].accept)), cases[i].html);
	}
}

MH_TESTS(cmocka_unit_test(finds_by_path), cmocka_unit_test(names_an_address), cmocka_unit_test(negotiates))
