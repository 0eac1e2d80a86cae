#include "load_unit.h"

#define AT "do: [board: {color: red}]"

static void effects(void **state)
{
	static const struct edit list[] = {
		{AT, "do: [assign: {by: duty}]", NULL},
		{AT, "do: [assign: {by: territory, level: 2}]", NULL},
		{AT, "do: [assign: {by: territory, level: 5}]", "range"},
		{AT, "do: [assign: {by: field, field: unit}]", NULL},
		{AT, "do: [assign: {by: field}]", "missing-key"},
		{AT, "do: [assign: {by: field, field: due}]", "field-type"},
		{AT, "do: [assign: {by: luck}]", "unknown-value"},
		{AT, "do: [assign: {by: duty, level: 2}]", "unknown-key"},
		{AT, "do: [notify: {who: superior, template: x}, notify: {who: clerk, template: x}]", NULL},
		{AT, "do: [notify: {who: clark, template: x}]", "unknown-role"},
		{AT, "do: [notify: {template: x}]", "missing-key"},
		{AT, "do: [notify: {who: owner}]", "missing-key"},
		{AT, "do: [notify: {who: owner, template: 'X y'}]", "bad-name"},
		{AT, "do: [spawn: {kind: task}]", NULL},
		{AT, "do: [spawn: {kind: task, copy: [subject], link: co, when: stars > 3}]", NULL},
		{AT, "do: [spawn: {kind: task, each: unit}]", "field-type"},
		{AT, "do: [spawn: {kind: task, when: stars}]", "expr-type"},
		{AT, "do: [spawn: {}]", "missing-key"},
		{AT, "do: [escalate: {}]", NULL},
		{AT, "do: [escalate: {levels: 4}]", "range"},
		{AT, "do: [escalate: {levels: 1, hand_up: maybe}]", "type"},
		{AT, "do: [board: {}]", "missing-key"},
		{AT, "do: [publish: {place: p}]", "missing-key"},
		{AT, "do: [publish: {fields: [subjects], place: p}]", "unknown-field"},
		{AT, "do: [sample: {percent: 5, spawn: check}]", NULL},
		{AT, "do: [sample: {spawn: check}]", "missing-key"},
		{AT, "do: [merge: {into: other}, unmerge: {}, link: {to: other, as: class}]", NULL},
		{AT, "do: [unmerge: {from: other}]", "unknown-key"},
		{AT, "do: [unmerge: yes]", "type"},
		{AT, "do: [link: {to: other}]", "missing-key"},
		{AT, "do: [add: {stars: 2}]", NULL},
		{AT, "do: [add: {stars: subject}]", NULL},
		{AT, "do: [add: {stars: 0}]", "range"},
		{AT, "do: [add: {stars: due}]", "field-type"},
		{AT, "do: [add: {subject: 1}]", "field-type"},
		{AT, "do: [add: {stars: subjcet}]", "unknown-field"},
		{AT, "do: [measure: {into: stars, since: created, unit: wd}]", NULL},
		{AT, "do: [measure: {into: subject, since: created, unit: wd}]", "field-type"},
		{AT, "do: [measure: {into: stars, since: dawn, unit: wd}]", "unknown-value"},
		{AT, "do: [measure: {into: stars, since: entered, unit: h}]", "unknown-value"},
		{AT, "do: [assign: {by: value, field: subject}]", "missing-key"},
		{AT, "do: [assign: {by: value, field: due}]", "field-type"},
		{AT, "do: [spawn: {kind: task, as: subject}]", "key-not-here"},
		{AT, "do: [clock: {answer: stop}]", NULL},
		{AT, "do: [clock: {answer: +0wd}]", "span"},
		{AT, "do: [clock: {answr: stop}]", "unknown-clock"},
		{AT, "do: [clock: {}]", "missing-key"},
		{AT, "do: [notify]", "type"},
		{AT, "do: [{board: {color: red}, escalate: {}}]", "type"},
		{AT, "do: notify", "type"},
	};
	CHECK(list);
}

static void one_for_each_entry(void **state)
{
	struct small s MH_CLEANUP(small_done);
	small_load(&s, AT,
		   "do: [clock: {answer: +2wd}, set: {stars: 1, subject: ask}, escalate: {levels: 2, hand_up: yes}]");
	assert_non_null(s.def);
	const struct mh_transition *t = &s.def->transitions[mh_def_transition(s.def, MH_STR("late"))];
	assert_int_equal(t->n_effects, 4);
	assert_true(t->effects[0].kind == MH_DO_CLOCK && t->effects[0].span.n == 2 && !t->effects[0].stop &&
		    !t->effects[0].restart);
	assert_true(t->effects[1].kind == MH_DO_SET && t->effects[2].kind == MH_DO_SET);
	assert_true(t->effects[3].kind == MH_DO_ESCALATE && t->effects[3].levels == 2 && t->effects[3].hand_up);
}

static void too_many(void **state)
{
	struct mh_buf b MH_CLEANUP(mh_buf_done) = MH_BUF(1 << 16);
	mh_buf_c(&b, "do: [");
	for (int i = 0; i < 65; i++) mh_buf_c(&b, "escalate: {}, ");
	mh_buf_c(&b, "]");
	const struct edit list[] = {{AT, b.ptr, "too-many"}};
	CHECK(list);
}

MH_TESTS(cmocka_unit_test(effects), cmocka_unit_test(one_for_each_entry), cmocka_unit_test(too_many))
