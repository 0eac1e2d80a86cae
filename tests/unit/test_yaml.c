#include "unit.h"

#include "base/yaml.h"

#include <string.h>

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

static void reads_a_tree_with_places(void **state)
{
	struct doc d MH_CLEANUP(doc_done);
	read_doc(&d, mh_str_c("\xEF\xBB\xBF# note\na: 民呼\nb: [x, 'y']\nc:\n  d: {e: 12, f: }\n"));
	assert_non_null(d.root);
	assert_int_equal(d.root->kind, MH_YAML_MAP);
	assert_int_equal(d.root->n, 3);
	struct mh_yaml *a = mh_yaml_get(d.root, "a"), *b = mh_yaml_get(d.root, "b");
	assert_true(mh_str_is(a->text, "民呼"));
	assert_int_equal(a->key_at.line, 2);
	assert_int_equal(a->key_at.column, 1);
	assert_int_equal(a->at.column, 4);
	assert_int_equal(b->n, 2);
	assert_false(b->first->quoted);
	assert_true(b->first->next->quoted);
	assert_true(mh_str_is(b->first->next->text, "y"));
	struct mh_yaml *inner = mh_yaml_get(mh_yaml_get(d.root, "c"), "d");
	int64_t e = 0;
	assert_true(mh_yaml_int(inner, "e", &e, &d.diags));
	assert_int_equal(e, 12);
	assert_int_equal(mh_yaml_get(inner, "f")->text.len, 0);
	assert_null(mh_yaml_get(inner, "g"));
	assert_int_equal(d.diags.errors, 0);
}

static void refuses(void **state)
{
	static const struct {
		const char *text, *rule;
		int line, column;
	} cases[] = {
		{"a: 1\nb: &x 2\n", "yaml-anchor", 2, 4},
		{"a: *x\n", "yaml-alias", 1, 4},
		{"*x : 1\n", "yaml-alias", 1, 1},
		{"a: !!str 1\n", "yaml-tag", 1, 4},
		{"a: ! 1\n", "yaml-tag", 1, 4},
		{"a: [!t {}]\n", "yaml-tag", 1, 5},
		{"%YAML 1.1\n---\na: 1\n", "yaml-tag", 1, 1},
		{"a:\n  <<: {b: 1}\n", "yaml-merge", 2, 3},
		{"a: 1\nb: 2\na: 3\n", "yaml-duplicate", 3, 1},
		{"a: {b: 1, c: 2, 'b': 3}\n", "yaml-duplicate", 1, 17},
		{"? [a]\n: 1\n", "yaml-key", 1, 3},
		{": 1\n", "yaml-syntax", 1, 1},
		{"'': 1\n", "yaml-key", 1, 1},
		{"{? : 1}\n", "yaml-key", 1, 4},
		{"a: 1\n---\nb: 2\n", "yaml-document", 2, 1},
		{"a: \xFF\n", "yaml-utf8", 1, 4},
		{"民: \x01\n", "yaml-control", 1, 4},
		{"a: \"\\0\"\n", "yaml-control", 1, 4},
		{"a: [1\nb: 2\n", "yaml-syntax", 2, 2},
		{"a: b: c\n", "yaml-syntax", 1, 5},
		{"a:\n\t- b\n", "yaml-syntax", 2, 1},
		{"", "yaml-empty", 1, 1},
		{"# nothing\n", "yaml-empty", 1, 1},
		{"[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[", "yaml-depth", 1, 34},
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct doc d MH_CLEANUP(doc_done);
		read_doc(&d, mh_str_c(cases[i].text));
		if (d.root || d.diags.n == 0) fail_msg("accepted: %s", cases[i].text);
		const struct mh_diag *e = &d.diags.list[0];
		if (strcmp(e->rule, cases[i].rule) != 0 || e->at.line != cases[i].line ||
		    e->at.column != cases[i].column)
			fail_msg("%s\n: %s at %d:%d", cases[i].text, e->rule, e->at.line, e->at.column);
	}
}

static void goes_on_after_a_refusal(void **state)
{
	struct doc d MH_CLEANUP(doc_done);
	read_doc(&d, mh_str_c("a: &x 1\nb: *x\nc: !t 3\na: 4\n"));
	assert_null(d.root);
	assert_int_equal(d.diags.errors, 4);
}

static void sizes_are_capped(void **state)
{
	struct doc d MH_CLEANUP(doc_done), e MH_CLEANUP(doc_done);
	size_t n = (1 << 20) + 1;
	char *big = mh_mem_alloc(n);
	memset(big, ' ', n);
	read_doc(&d, (struct mh_str){big, n});
	assert_string_equal(d.diags.list[0].rule, "yaml-size");
	for (size_t i = 0; i < n; i++) big[i] = i == 0 ? '[' : i % 2 ? 'a' : ',';
	read_doc(&e, (struct mh_str){big, n - 2});
	assert_string_equal(e.diags.list[0].rule, "yaml-size");
	mh_mem_free(big);
}

static void short_memory_is_an_error(void **state)
{
	for (size_t cap = 1; cap < 2000; cap += 60) {
		struct mh_arena small = MH_ARENA(cap);
		struct mh_diags d = mh_diags_new(&small, MH_STR("t"));
		struct mh_yaml *root = mh_yaml_read(&small, mh_str_c("a: {b: 1, c: [d, e]}\n"), &d);
		assert_true((root != NULL) == (d.errors == 0));
		mh_arena_done(&small);
	}
}

MH_TESTS(cmocka_unit_test(reads_a_tree_with_places), cmocka_unit_test(refuses),
	 cmocka_unit_test(goes_on_after_a_refusal), cmocka_unit_test(sizes_are_capped),
	 cmocka_unit_test(short_memory_is_an_error))
