#include "load_unit.h"

#define CLOCK "clocks: {answer: {within: 3wd, warn: 80%, then: late}}"
#define CLOSED "closed: {category: done, room: reply}"

static void states(void **state)
{
	static const struct edit list[] = {
		{CLOSED, "closed: {category: done, room: reply, label: {zh: 关, en: shut}}", NULL},
		{CLOSED, "closed: {room: reply}", "missing-key"},
		{CLOSED, "closed: {category: done, room: lobby}", "unknown-value"},
		{CLOSED, "closed: {category: done, room: reply, vote: jury}", "unknown-vote"},
		{CLOSED, "closed: {category: done, room: reply, exit: []}", "unknown-key"},
		{CLOSED, "closed: done", "type"},
		{CLOSED, CLOSED "\n  same: {category: done, room: reply}", "reserved-name"},
		{"    room: intake\n", "    room: intake\n    clcks: {}\n", "unknown-key"},
	};
	CHECK(list);
}

static void clocks(void **state)
{
	static const struct edit list[] = {
		{CLOCK, "clocks: {answer: {within: 3wd, warn: 1wd, then: late, label: 答复}}", NULL},
		{CLOCK, "clocks: {answer: {start: 'stars > 3 ? 1wd : 2wd', then: late}}", NULL},
		{CLOCK, "clocks: {answer: {start: 5wd, then: late}, other: {within: 1h, then: late}}", NULL},
		{CLOCK, "clocks: {answer: {start: stars, then: late}}", "expr-type"},
		{CLOCK, "clocks: {answer: {within: 0wd, then: late}}", "span"},
		{CLOCK, "clocks: {answer: {every: 1 wd, then: late}}", "span"},
		{CLOCK, "clocks: {answer: {within: [3wd], then: late}}", "type"},
		{CLOCK, "clocks: {answer: {at: dew, then: late}}", "unknown-field"},
		{CLOCK, "clocks: {answer: {within: 3wd, pause: yes, then: late}}", "clock-how"},
		{CLOCK, "clocks: {answer: {pause: no}}", "clock-how"},
		{CLOCK, "clocks: {answer: {pause: yes, then: late}}", "key-not-here"},
		{CLOCK, "clocks: {answer: {stop: yes, warn: 80%}}", "key-not-here"},
		{CLOCK, "clocks: {answer: {then: late}}", "clock-how"},
		{CLOCK, "clocks: {answer: {within: 3wd, warn: 0%, then: late}}", "warn"},
		{CLOCK, "clocks: {answer: {within: 3wd, warn: soon, then: late}}", "warn"},
		{CLOCK, "clocks: {answer: {within: 3wd, warn: 0wd, then: late}}", "warn"},
		{CLOCK, "clocks: {answer: {within: 3wd, then: [late]}}", "type"},
		{CLOCK, "clocks: {Answer: {within: 3wd, then: late}}", "bad-name"},
		{CLOCK, "clocks: {answer: 3wd}", "type"},
		{CLOCK, "clocks: 3wd", "type"},
		{CLOCK, "clocks: {answer: {within: 3wd, wan: 1wd, then: late}}", "unknown-key"},
		{CLOCK, CLOCK "\n  more: {category: active, room: handle, clocks: {answer: {start: 1wd, then: late}}}",
		 "clock-mixed"},
		{CLOCK,
		 "clocks: {answer: {within: 3wd, then: late, label: 甲}}\n"
		 "  more: {category: active, room: handle, clocks: {answer: {within: 1wd, then: late, label: 乙}}}",
		 "clock-label"},
	};
	/* the clock that stands first is the one that would begin anew */
	CHECK(list);
}

static void plain_start_is_told_as_a_span(void **state)
{
	struct small s MH_CLEANUP(small_done);
	small_load(&s, CLOCK, "clocks: {answer: {start: 5wd, then: late}}");
	assert_non_null(s.def);
	const struct mh_clock_rule *r = mh_def_clock_rule(s.def, s.def->initial, 0);
	assert_true(r->how == MH_CLOCK_START && r->expr && r->span.n == 5 && s.def->clocks[0].lasting);
}

MH_TESTS(cmocka_unit_test(states), cmocka_unit_test(clocks), cmocka_unit_test(plain_start_is_told_as_a_span))
