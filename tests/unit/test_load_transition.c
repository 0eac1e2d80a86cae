#include "load_unit.h"

#define LATE "  late: {from: open, to: closed, who: clock, do: [board: {color: red}]}"
#define EXTRA(body) LATE "\n  extra: {" body "}"

static void transitions(void **state)
{
	static const struct edit list[] = {
		{LATE, EXTRA("from: '*', to: same, who: {role: [clerk, person]}, optional: [due], max: 1000"), NULL},
		{LATE, EXTRA("from: open, to: closed, who: {role: clerk, org: unit}"), NULL},
		{LATE, EXTRA("from: open, to: closed, who: {role: clerk, level: +3}"), NULL},
		{LATE, EXTRA("from: open, to: closed, who: {child: task}"), NULL},
		{LATE, EXTRA("to: closed, who: {role: clerk}"), "missing-key"},
		{LATE, EXTRA("from: [], to: closed, who: {role: clerk}"), "missing-key"},
		{LATE, EXTRA("from: [open, open], to: closed, who: {role: clerk}"), "duplicate-name"},
		{LATE, EXTRA("from: opne, to: closed, who: {role: clerk}"), "unknown-state"},
		{LATE, EXTRA("from: {a: b}, to: closed, who: {role: clerk}"), "type"},
		{LATE, EXTRA("from: open, who: {role: clerk}"), "missing-key"},
		{LATE, EXTRA("from: open, to: [closed], who: {role: clerk}"), "type"},
		{LATE, EXTRA("from: open, to: closed"), "missing-key"},
		{LATE, EXTRA("from: open, to: closed, who: person"), "unknown-value"},
		{LATE, EXTRA("from: open, to: closed, who: [clerk]"), "type"},
		{LATE, EXTRA("from: open, to: closed, who: {org: owner}"), "missing-key"},
		{LATE, EXTRA("from: open, to: closed, who: {role: clerk, org: due}"), "field-type"},
		{LATE, EXTRA("from: open, to: closed, who: {role: clerk, level: 1}"), "range"},
		{LATE, EXTRA("from: open, to: closed, who: {role: clerk, level: +4}"), "range"},
		{LATE, EXTRA("from: open, to: closed, who: {role: clerk, org: owner, level: +1}"), "who-conflict"},
		{LATE, EXTRA("from: open, to: closed, who: {role: person, level: +1}"), "who-conflict"},
		{LATE, EXTRA("from: open, to: closed, who: {role: clerk, officer: unit}"), "field-type"},
		{LATE, EXTRA("from: open, to: closed, who: {role: clerk, officer: nobody}"), "unknown-field"},
		{"  other: {type: matter", "  boss: {type: officer, role: clerk}\n  other: {type: matter", NULL},
		{LATE, EXTRA("from: open, to: closed, who: {role: clerk, rank: 1}"), "unknown-key"},
		{LATE, EXTRA("from: open, to: closed, who: {child: task, role: clerk}"), "unknown-key"},
		{LATE, EXTRA("from: open, to: closed, who: {child: Task}"), "bad-name"},
		{LATE, EXTRA("from: open, to: closed, who: {main: opne}"), "unknown-state"},
		{LATE, EXTRA("from: open, to: closed, who: {role: clerk}, max: 0"), "range"},
		{LATE, EXTRA("from: open, to: closed, who: {role: clerk}, require: [due, due]"), "duplicate-name"},
		{LATE, EXTRA("from: open, to: closed, who: {role: clerk}, require: due, optional: due"),
		 "duplicate-name"},
		{LATE, EXTRA("from: open, to: closed, who: {role: clerk}, when: stars"), "expr-type"},
		{LATE, EXTRA("from: open, to: closed, who: {role: clerk}, when: [a]"), "type"},
		{LATE, EXTRA("from: open, to: closed, who: {role: clerk}, else: nowhere"), "unknown-state"},
		{LATE, EXTRA("from: open, to: closed, who: {role: clerk}, unless: x"), "unknown-key"},
		{LATE, EXTRA("from: open, to: closed, who: {child: task}, evidence: [record]"), "key-not-here"},
		{LATE, LATE "\n  extra: closed", "type"},
	};
	CHECK(list);
}

static void star_leaves_ends_out(void **state)
{
	struct small s MH_CLEANUP(small_done);
	small_load(&s, LATE, EXTRA("from: '*', to: same, who: {role: [clerk, person]}, optional: [due]"));
	assert_non_null(s.def);
	const struct mh_transition *t = &s.def->transitions[mh_def_transition(s.def, MH_STR("extra"))];
	assert_true(t->n_from == 1 && t->from[0] == s.def->initial && t->to == -1);
	assert_true(t->who.n_roles == 2 && t->who.org == MH_ORG_ANY && t->trigger == MH_BY_PERSON &&
		    t->n_optional == 1);
}

MH_TESTS(cmocka_unit_test(transitions), cmocka_unit_test(star_leaves_ends_out))
