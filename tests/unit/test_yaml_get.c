#include "unit.h"

#include "base/yaml.h"

struct doc {
	struct mh_arena arena;
	struct mh_diags diags;
	struct mh_yaml *root;
};

static void doc_done(struct doc *d)
{
	mh_arena_done(&d->arena);
}

static void read_doc(struct doc *d, struct mh_str text)
{
	d->arena = MH_ARENA(0);
	d->diags = mh_diags_new(&d->arena, MH_STR("t"));
	d->root = mh_yaml_read(&d->arena, text, &d->diags);
}

static void typed_reading(void **state)
{
	struct doc d MH_CLEANUP(doc_done);
	int64_t n = 7;
	bool yes = false;
	struct mh_str s = MH_STR("kept");
	read_doc(&d, mh_str_c("n: 1e3\nm: '5'\nb: true\nc: yes\ns: [a]\ne:\nq: ''\n"));
	assert_false(mh_yaml_int(d.root, "n", &n, &d.diags));
	assert_false(mh_yaml_int(d.root, "m", &n, &d.diags));
	assert_false(mh_yaml_bool(d.root, "b", &yes, &d.diags));
	assert_false(mh_yaml_str(d.root, "s", &s, &d.diags));
	assert_false(mh_yaml_str(d.root, "e", &s, &d.diags));
	assert_int_equal(d.diags.errors, 5);
	assert_int_equal(n, 7);
	assert_true(mh_str_is(s, "kept"));
	assert_false(mh_yaml_str(d.root, "absent", &s, &d.diags));
	assert_true(mh_yaml_bool(d.root, "c", &yes, &d.diags) && yes);
	assert_true(mh_yaml_str(d.root, "q", &s, &d.diags) && s.len == 0);
	assert_int_equal(d.diags.errors, 5);
	assert_string_equal(d.diags.list[0].rule, "type");
	assert_int_equal(d.diags.list[0].at.column, 4);
}

static void unknown_keys(void **state)
{
	static const char *const known[] = {"category", "enter", NULL};
	struct doc d MH_CLEANUP(doc_done);
	read_doc(&d, mh_str_c("enter: 1\ncatgeory: 2\nzzz: 3\n"));
	mh_yaml_get(d.root, "enter");
	mh_yaml_unknown(d.root, known, &d.diags);
	assert_int_equal(d.diags.errors, 2);
	assert_true(mh_str_is(d.diags.list[0].hint, "Did you mean 'category'?"));
	assert_int_equal(d.diags.list[0].at.line, 2);
	assert_true(mh_str_is(d.diags.list[1].hint, "Known here: category, enter"));
}

static void nearest(void **state)
{
	const struct mh_str words[] = {MH_STR("received"), MH_STR("replied"), MH_STR("a"), MH_STR("closed")};
	assert_true(mh_str_is(mh_nearest(MH_STR("recieved"), words, 4), "received"));
	assert_true(mh_str_is(mh_nearest(MH_STR("replyed"), words, 4), "replied"));
	assert_true(mh_str_is(mh_nearest(MH_STR("close"), words, 4), "closed"));
	assert_int_equal(mh_nearest(MH_STR("b"), words, 4).len, 0);
	assert_int_equal(mh_nearest(MH_STR("dispatched"), words, 4).len, 0);
	assert_int_equal(mh_nearest(MH_STR(""), words, 4).len, 0);
}

MH_TESTS(cmocka_unit_test(typed_reading), cmocka_unit_test(unknown_keys), cmocka_unit_test(nearest))
