#include "load_unit.h"

#define AT "do: [board: {color: red}]"

static void literals(void **state)
{
	static const struct edit list[] = {
		{AT, "do: [set: {subject: complain}]", NULL},
		{AT, "do: [set: {subject: asks}]", "unknown-value"},
		{AT, "do: [set: {stars: 5}]", NULL},
		{AT, "do: [set: {stars: 6}]", "unknown-value"},
		{AT, "do: [set: {stars: many}]", "unknown-value"},
		{AT, "do: [set: {due: 2026-11-21}]", NULL},
		{AT, "do: [set: {due: 20wd, stars: 1}]", NULL},
		{AT, "do: [set: {due: 2026-02-30}]", "unknown-value"},
		{AT, "do: [set: {unit: '330100'}]", NULL},
		{AT, "do: [set: {unit: [a]}]", "type"},
		{AT, "do: [set: {unit: }]", "type"},
		{AT, "do: [set: {other: x}]", "field-type"},
		{AT, "do: [set: {nothing: x}]", "unknown-field"},
		{AT, "do: [set: {}]", "missing-key"},
		{"due: {type: date", "due: {type: bool", NULL},
	};
	CHECK(list);
}

static void values(void **state)
{
	struct small s MH_CLEANUP(small_done);
	small_load(&s, AT, "do: [set: {due: 2026-11-21, stars: 3, subject: ask}]");
	assert_non_null(s.def);
	const struct mh_transition *t = &s.def->transitions[mh_def_transition(s.def, MH_STR("late"))];
	assert_int_equal(t->n_effects, 3);
	assert_true(t->effects[0].value.type == MH_V_DATE && t->effects[0].value.i == mh_day_from(2026, 11, 21));
	assert_true(t->effects[1].value.type == MH_V_INT && t->effects[1].value.i == 3);
	assert_true(t->effects[2].value.type == MH_V_STR && mh_str_is(t->effects[2].value.s, "ask"));
	assert_int_equal(t->effects[2].field, mh_def_field(s.def, MH_STR("subject")));
}

static void texts_and_yes(void **state)
{
	static const struct edit list[] = {
		{"other: {type: matter, label: {zh: 关联, en: other}}",
		 "other: {type: bool}\n  t: {type: text, max: 3}", NULL},
		{"  late: {from: open, to: closed, who: clock, " AT,
		 "  late: {from: open, to: closed, who: clock, do: [set: {nope: yes}]", "unknown-field"},
	};
	CHECK(list);
	static const struct {
		const char *set;
		bool good;
	} sets[] = {{"flag: yes", true}, {"flag: true", false}, {"t: 民呼啊", true}, {"t: abcd", false}};
	for (size_t i = 0; i < 4; i++) {
		struct small s MH_CLEANUP(small_done);
		struct mh_buf b MH_CLEANUP(mh_buf_done) = MH_BUF(4096);
		/* two edits at once: everything between them is written out */
		mh_buf_fmt(&b,
			   "stars: {type: int, min: 1, max: 5}\n  flag: {type: bool}\n  t: {type: text, max: 3}\n"
			   "evidence:\n  record: {accept: [photo]}\nstates:\n"
			   "  open: {category: initial, room: intake, enter: [set: {%s}], clocks: {a: {within: 3wd, "
			   "then: late}}}\n#",
			   sets[i].set);
		small_load(&s,
			   "stars: {type: int, min: 1, max: 5, label: {zh: 星级, en: stars}}\nevidence:\n  record: "
			   "{accept: [photo], label: "
			   "{zh: 记录, en: record}}\nstates:\n  open:\n    category: initial\n    room: intake\n    "
			   "enter: [notify: {who: owner, "
			   "template: opened}]\n    clocks:",
			   b.ptr);
		if ((s.def != NULL) != sets[i].good)
			fail_msg("%s: " MH_STR_FMT, sets[i].set, MH_STR_ARG(s.diags.list[0].message));
	}
}

MH_TESTS(cmocka_unit_test(literals), cmocka_unit_test(values), cmocka_unit_test(texts_and_yes))
