#include "load_unit.h"

#define CLERK "clerk: {level: [1, 2], label: {zh: 办事员, en: clerk}}"
#define RECORD "record: {accept: [photo], label: {zh: 记录, en: record}}"

static void roles_and_evidence(void **state)
{
	static const struct edit list[] = {
		{CLERK, CLERK "\n  boss: {level: 4}", NULL},
		{CLERK, CLERK "\n  anybody: {level: 0, open: yes}", NULL},
		{CLERK, CLERK "\n  boss: {level: 4, open: yes}", "role-level"},
		{CLERK, CLERK "\n  boss: {level: [0, 4]}", "role-level"},
		{CLERK, CLERK "\n  boss: {}", "missing-key"},
		{CLERK, CLERK "\n  boss: {level: four}", "range"},
		{CLERK, CLERK "\n  boss: 4", "type"},
		{CLERK, CLERK "\n  owner: {level: 4}", "reserved-name"},
		{CLERK, CLERK "\n  superior: {level: 4}", "reserved-name"},
		{CLERK, CLERK "\n  boss: {level: 4, lable: x}", "unknown-key"},
		{RECORD, RECORD "\n  film: {accept: [video, audio, call, document], min: 20}", NULL},
		{RECORD, RECORD "\n  film: {accept: video, min: 21}", "range"},
		{RECORD, RECORD "\n  film: {min: 1}", "missing-key"},
		{RECORD, RECORD "\n  film: {accept: [films]}", "unknown-value"},
		{RECORD, RECORD "\n  film: video", "type"},
	};
	CHECK(list);
}

/* A vote in a state of its own. `closed` becomes reachable through it. */
#define VOTE(electors, choices, quorum, pass, closes, outcome)                                                         \
	"closed: {category: done, room: reply}\n"                                                                      \
	"  voting: {category: active, room: rate, vote: jury}\n"                                                       \
	"votes:\n"                                                                                                     \
	"  jury:\n"                                                                                                    \
	"    electors: " electors "\n    choices: " choices "\n    quorum: " quorum "\n    pass: " pass                \
	"\n    closes: " closes "\n    outcome: " outcome "\n"
#define ELECTORS "{role: clerk, count: 3, exclude: [owner_org, handlers], draw: ledger}"
#define OUTCOME "{pass: good, fail: bad, no_quorum: bad}"
#define STATE "closed: {category: done, room: reply}\n"

static void votes(void **state)
{
	static const struct edit list[] = {
		{STATE,
		 VOTE("{role: clark, count: 3, draw: ledger}", "[a, b]", "4/5", "'> 1/2 of cast'", "5wd", OUTCOME),
		 "unknown-role"},
		{STATE, VOTE("{role: clerk, draw: ledger}", "[a, b]", "4/5", "'> 1/2 of cast'", "5wd", OUTCOME),
		 "missing-key"},
		{STATE,
		 VOTE("{role: clerk, count: 100, draw: ledger}", "[a, b]", "4/5", "'> 1/2 of cast'", "5wd", OUTCOME),
		 "range"},
		{STATE, VOTE("{role: clerk, count: 3, draw: dice}", "[a, b]", "4/5", "'> 1/2 of cast'", "5wd", OUTCOME),
		 "unknown-value"},
		{STATE, VOTE("{role: clerk, count: 3}", "[a, b]", "4/5", "'> 1/2 of cast'", "5wd", OUTCOME),
		 "missing-key"},
		{STATE,
		 VOTE("{role: clerk, count: 3, draw: ledger, exclude: [owner]}", "[a, b]", "4/5", "'> 1/2 of cast'",
		      "5wd", OUTCOME),
		 "unknown-value"},
		{STATE, VOTE("everybody", "[a, b]", "4/5", "'> 1/2 of cast'", "5wd", OUTCOME), "type"},
		{STATE, VOTE(ELECTORS, "[a]", "4/5", "'> 1/2 of cast'", "5wd", OUTCOME), "vote-choices"},
		{STATE, VOTE(ELECTORS, "[a, b]", "5/4", "'> 1/2 of cast'", "5wd", OUTCOME), "ratio"},
		{STATE, VOTE(ELECTORS, "[a, b]", "80%", "'> 1/2 of cast'", "5wd", OUTCOME), "ratio"},
		{STATE, VOTE(ELECTORS, "[a, b]", "4/5", "'> 1/1 of cast'", "5wd", OUTCOME), "ratio"},
		{STATE, VOTE(ELECTORS, "[a, b]", "4/5", "'1/2 of cast'", "5wd", OUTCOME), "ratio"},
		{STATE, VOTE(ELECTORS, "[a, b]", "4/5", "'> 1/2'", "5wd", OUTCOME), "ratio"},
		{STATE, VOTE(ELECTORS, "[a, b]", "4/5", "'> 1/2 of cast'", "a week", OUTCOME), "span"},
		{STATE, VOTE(ELECTORS, "[a, b]", "4/5", "'> 1/2 of cast'", "5wd", "{pass: answer, fail: late}"),
		 "missing-key"},
		{STATE,
		 VOTE(ELECTORS, "[a, b]", "4/5", "'> 1/2 of cast'", "5wd",
		      "{pass: answers, fail: late, no_quorum: late}"),
		 "unknown-transition"},
	};
	CHECK(list);
}

static void ratios(void **state)
{
	struct small s MH_CLEANUP(small_done);
	small_load(&s,
		   STATE "transitions:\n"
			 "  answer: {from: open, to: closed, who: {role: clerk, org: owner}, when: 'subject == \"ask\" "
			 "|| count(answer) < 2', "
			 "require: [stars], evidence: [record]}\n",
		   VOTE(ELECTORS, "[a, b, c]", "4/5", "'>= 1/1 of cast'", "5wd",
			OUTCOME) "transitions:\n"
				 "  ask: {from: open, to: voting, who: {role: clerk}, require: [stars], evidence: "
				 "[record]}\n"
				 "  good: {from: voting, to: closed, who: vote}\n"
				 "  bad: {from: voting, to: closed, who: vote}\n");
	assert_non_null(s.def);
	const struct mh_vote *v = &s.def->votes[0];
	assert_true(!v->pass_more_than && v->pass.num == 1 && v->pass.den == 1 && v->quorum.num == 4 &&
		    v->quorum.den == 5);
	assert_true(v->n_choices == 3 && v->closes.n == 5 && v->on_fail == v->on_no_quorum && v->exclude_owner);
	assert_int_equal(s.def->states[mh_def_state(s.def, MH_STR("voting"))].vote, 0);
}

MH_TESTS(cmocka_unit_test(roles_and_evidence), cmocka_unit_test(votes), cmocka_unit_test(ratios))
