#include "unit.h"

#include "loop/import_priv.h"

#include <string.h>

struct fixture {
	struct mh_arena a;
	struct mh_buf report;
	struct mh_err err;
	struct mh_import_map *map;
};

static enum mh_code read_map(struct fixture *f, const char *text, const char *kind)
{
	*f = (struct fixture){.report = MH_BUF(1 << 16)};
	return mh_import_map_read(&f->a, mh_str_c(text), MH_STR("m.yaml"), mh_str_c(kind), &f->report, &f->map,
				  &f->err);
}

static void done(struct fixture *f)
{
	mh_buf_done(&f->report);
	mh_arena_done(&f->a);
}

static const char good[] =
	"format: import/1\nkinds:\n  k:\n    id: [号, id]\n    raised: 时间\n    fields:\n      text: [内容, 正文]\n"
	"      channel: {from: [渠道], values: {来电: phone}, otherwise: web}\n"
	"      place: {units: [[区], [街道]], parts: {address: [地址]}}\n    left_out: [结果]\n";

static void whole(void **state)
{
	struct fixture f;
	assert_int_equal(read_map(&f, good, "k"), MH_OK);
	assert_int_equal(f.map->id.n, 2);
	assert_true(mh_str_is(f.map->raised.alias[0], "时间"));
	assert_int_equal(f.map->n_fields, 3);
	assert_int_equal(f.map->fields[0].from.n, 2);
	assert_int_equal(f.map->fields[1].n_words, 1);
	assert_true(mh_str_is(f.map->fields[1].otherwise, "web"));
	assert_int_equal(f.map->fields[2].n_units, 2);
	assert_int_equal(f.map->fields[2].n_parts, 1);
	assert_int_equal(f.map->left_out.n, 1);
	done(&f);
}

static void refuse(const char *text, const char *kind, enum mh_code code, const char *says)
{
	struct fixture f;
	assert_int_equal(read_map(&f, text, kind), code);
	bool said = strstr(f.err.message, says) || (f.report.ptr && strstr(f.report.ptr, says));
	if (!said) fail_msg("\"%s\" is not in \"%s\" or \"%s\"", says, f.err.message, f.report.ptr ? f.report.ptr : "");
	done(&f);
}

static void faults(void **state)
{
	refuse(good, "other", MH_E_NOT_FOUND, "other");
	refuse("format: import/2\nkinds: {}\n", "k", MH_E_INVALID, "import/1");
	refuse("format: import/1\nkinds:\n  k: {id: [a]}\n", "k", MH_E_INVALID, "fields");
	refuse("format: import/1\nkinds:\n  k: {fields: {text: {form: [a]}}}\n", "k", MH_E_INVALID, "form");
	refuse("format: import/1\nkinds:\n  k: {fields: {text: [[a]]}}\n", "k", MH_E_INVALID, "m.yaml:3:");
	refuse("format: import/1\nkinds: [\n", "k", MH_E_INVALID, "m.yaml:");
	refuse("", "k", MH_E_INVALID, "");
}

MH_TESTS(cmocka_unit_test(whole), cmocka_unit_test(faults))
