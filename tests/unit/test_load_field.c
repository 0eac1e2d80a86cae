#include "load_unit.h"

#define UNIT "unit: {type: org, label: {zh: 单位, en: unit}}"
#define VALUES "values: [ask, complain]"

static void fields(void **state)
{
	static const struct edit list[] = {
		{UNIT, UNIT "\n  more: {type: orgs, max: 100}", NULL},
		{UNIT, UNIT "\n  more: {type: orgs, max: 101}", "range"},
		{UNIT, UNIT "\n  more: {type: text, max: 20000, public: yes}", NULL},
		{UNIT, UNIT "\n  more: {type: text, max: 0}", "range"},
		{UNIT, UNIT "\n  more: {type: text, min: 1}", "key-not-here"},
		{UNIT, UNIT "\n  more: {type: bool, max: 1}", "key-not-here"},
		{UNIT, UNIT "\n  more: {type: text, kind: small}", "key-not-here"},
		{UNIT, UNIT "\n  more: {type: matter, kind: [small, task]}", NULL},
		{UNIT, UNIT "\n  more: {type: matter, kind: Small}", "bad-name"},
		{UNIT, UNIT "\n  more: {type: matter, kind: [small, small]}", "duplicate-name"},
		{UNIT, UNIT "\n  more: {}", "missing-key"},
		{UNIT, UNIT "\n  more: text", "type"},
		{UNIT, UNIT "\n  more: {type: text, publc: yes}", "unknown-key"},
		{UNIT, UNIT "\n  more: {type: text, set: later}", "unknown-value"},
		{UNIT, UNIT "\n  More: {type: text}", "bad-name"},
		{UNIT, UNIT "\n  state: {type: text}", "reserved-name"},
		{UNIT, UNIT "\n  n: {type: int, min: -5, max: -1}", NULL},
		{UNIT, UNIT "\n  n: {type: int, max: -1}", "range"},
		{UNIT, UNIT "\n  n: {type: int, max: 9999999999999}", "range"},
		{VALUES, "values: {ask: {zh: 问, en: ask}, complain: 投诉}", NULL},
		{VALUES, "values: {ask: , complain: }", NULL},
		{UNIT, UNIT "\n  more: {type: enums, values: [a, b], max: 2}", NULL},
		{UNIT, UNIT "\n  more: {type: enums, values: [a, b], max: 0}", "range"},
		{UNIT, UNIT "\n  more: {type: enums}", "missing-key"},
		{UNIT, UNIT "\n  more: {type: officer}", NULL},
		{UNIT, UNIT "\n  more: {type: officer, role: clerk}", NULL},
		{UNIT, UNIT "\n  more: {type: officer, role: clerks}", "unknown-role"},
		{UNIT, UNIT "\n  more: {type: org, role: clerk}", "key-not-here"},
		{VALUES, "values: {ask: {zh: 问, en: ask, duty: justice, worth: 5}, complain: 投诉}", NULL},
		{VALUES, "values: {ask: {zh: 问, en: ask, worth: -1}, complain: 投诉}", "range"},
		{VALUES, "values: {ask: {zh: 问, en: ask, duty: Justice}, complain: 投诉}", "bad-name"},
		{VALUES, "values: [ask, complain, ask]", "duplicate-name"},
		{VALUES, "values: [ask, [b]]", "type"},
		{VALUES, "values: [ask, 1]", "bad-name"},
		{VALUES, "values: []", "type"},
		{VALUES, "values: ask", "type"},
		{VALUES, "values: {ask: {cn: 问}}", "unknown-key"},
		{VALUES, "values: {ask: [x]}", "type"},
	};
	CHECK(list);
}

static void defaults(void **state)
{
	struct small s MH_CLEANUP(small_done);
	small_load(&s, UNIT,
		   UNIT "\n  a: {type: text}\n  b: {type: int}\n  c: {type: orgs}\n  e: {type: enum, values: {x: 某}}");
	assert_non_null(s.def);
	const struct mh_field *f = &s.def->fields[mh_def_field(s.def, MH_STR("a"))];
	assert_int_equal(f[0].max, 2000);
	assert_true(f[1].min == 0 && f[1].max == 1000000000000);
	assert_int_equal(f[2].max, 10);
	assert_true(mh_str_is(f[0].label.zh, "a") && mh_str_is(f[3].values[0].label.en, "某"));
}

MH_TESTS(cmocka_unit_test(fields), cmocka_unit_test(defaults))
