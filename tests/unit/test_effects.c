/* Effects that count, measure and open children; and what kinds hand to each other, which must fit. */
#include "unit.h"

#include "matter/city_priv.h"
#include "matter/scenario_priv.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct mh_stage *stage;

static int set_up(void **state)
{
	struct mh_buf report = MH_BUF(1 << 20);
	struct mh_err err = {0};
	char path[512];
	snprintf(path, sizeof path, "%s/packs/hangzhou", getenv("MINHU_SOURCE") ? getenv("MINHU_SOURCE") : ".");
	enum mh_code code = mh_stage_open(mh_str_c(path), &stage, &report, &err);
	if (code != MH_OK) print_error("%s %s\n", err.message, err.detail);
	mh_buf_done(&report);
	return code == MH_OK ? 0 : -1;
}

static int tear_down(void **state)
{
	mh_stage_free(stage);
	return 0;
}

/* One kind with a list of choices, a sum, and a count that ends at 2. `child` are the choices' duties and what is opened. */
static struct mh_str tally(struct mh_arena *a, const char *kind, const char *duty, const char *spawn)
{
	return mh_str_fmt(
		a,
		"format: matter/1\nkind: %s\nversion: 1\ntitle: {zh: 计数, en: Tally}\ncalendar: workdays\n"
		"levels: {1: 村, 2: 镇, 3: 县, 4: 市}\n"
		"roles:\n  person: {level: 0, label: {zh: 人, en: person}}\n"
		"fields:\n"
		"  item: {type: enum, values: [one, two], set: create, label: {zh: 项, en: item}}\n"
		"  picks:\n    type: enums\n    set: create\n    label: {zh: 选, en: picks}\n    values:\n"
		"      one: {zh: 一, en: one, duty: %s, worth: 3}\n"
		"      two: {zh: 二, en: two, duty: police, worth: 4}\n      three: {zh: 三, en: three}\n"
		"  sum: {type: int, label: {zh: 和, en: sum}}\n"
		"  n: {type: int, max: 2, label: {zh: 数, en: number}}\n"
		"  days: {type: int, label: {zh: 日, en: days}}\n"
		"states:\n"
		"  open: {category: initial, room: intake, label: {zh: 开, en: open}, enter: [add: {sum: picks}],\n"
		"    clocks: {all: {within: 30d, then: over, label: {zh: 期, en: time}}}}\n"
		"  done: {category: done, room: apply, label: {zh: 毕, en: done}}\n"
		"transitions:\n"
		"  tick: {from: open, to: same, who: {role: person}, label: {zh: 加, en: tick},\n"
		"    do: [add: {n: 1}, measure: {into: days, since: created, unit: d}]}\n"
		"  over: {from: open, to: done, who: clock, label: {zh: 止, en: over}, do: [%s]}\n",
		kind, duty, spawn);
}

struct defining {
	struct mh_str text;
	struct mh_buf *report;
};

static enum mh_code define_job(struct mh_tx *tx, void *arg, struct mh_err *reterr)
{
	struct defining *d = arg;
	MH_TRY(mh_city_define(tx, d->text, MH_STR("tally.yaml"), d->report, reterr));
	return mh_city__check_kinds(tx->city, tx->arena, d->report, reterr);
}

static enum mh_code run(mh_story_job *fn, void *arg)
{
	struct mh_err err = {0};
	struct mh_story st = {.stage = stage};
	enum mh_code code = mh_story__tx(&st, fn, arg, &err);
	if (code != MH_OK) print_message("%s %s\n", err.message, err.detail);
	return code;
}

struct counting {
	int64_t id, days;
	json_t *fields;
	json_int_t n, sum, measured;
};

static enum mh_code raise_job(struct mh_tx *tx, void *arg, struct mh_err *reterr)
{
	struct counting *c = arg;
	struct mh_outcome out;
	struct mh_create in = {.kind = MH_STR("tally"), .fields = c->fields, .owner = -1, .by = {.org = -1}};
	MH_TRY(mh_matter_create(tx, &in, &out, reterr));
	c->id = out.matter_id;
	return MH_OK;
}

static enum mh_code tick_job(struct mh_tx *tx, void *arg, struct mh_err *reterr)
{
	struct counting *c = arg;
	struct mh_outcome out;
	struct mh_matter *m;
	struct mh_act in = {.matter_id = c->id,
			    .transition = MH_STR("tick"),
			    .expect_seq = -1,
			    .by = {.role = MH_STR("person"), .org = -1, .matter_id = c->id}};
	MH_TRY(mh_matter_act(tx, &in, &out, reterr));
	MH_TRY(mh_matter__load(tx, c->id, &m, reterr));
	c->n = mh_json_get_int(m->facts, "n", -1);
	c->sum = mh_json_get_int(m->facts, "sum", -1);
	c->measured = mh_json_get_int(m->facts, "days", -1);
	return MH_OK;
}

static void counts_within_bounds(void **state)
{
	struct mh_arena a = MH_ARENA(0);
	struct mh_buf report = MH_BUF(1 << 16);
	struct defining d = {tally(&a, "tally", "justice", "notify: {who: citizen, template: over}"), &report};
	enum mh_code code = run(define_job, &d);
	if (code != MH_OK) fail_msg("%s", report.ptr ? report.ptr : "");
	struct counting c = {.fields = json_pack("{s:[s, s, s]}", "picks", "one", "two", "three")};
	assert_int_equal(run(raise_job, &c), MH_OK);
	for (int i = 0; i < 3; i++) assert_int_equal(run(tick_job, &c), MH_OK);
	assert_int_equal(c.n, 2);
	assert_int_equal(c.sum, 7);
	assert_int_equal(c.measured, 0);
	stage->now += 3 * (mh_time)86400000;
	assert_int_equal(run(tick_job, &c), MH_OK);
	assert_int_equal(c.measured, 3);
	json_decref(c.fields);
	mh_buf_done(&report);
	mh_arena_done(&a);
}

static void lists_are_checked(void **state)
{
	static const char *const bad[] = {"{\"picks\": \"one\"}", "{\"picks\": [\"four\"]}",
					  "{\"picks\": [\"one\", \"one\"]}", "{\"picks\": [1]}"};
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		struct counting c = {.fields = json_loads(bad[i], 0, NULL)};
		assert_non_null(c.fields);
		assert_int_equal(run(raise_job, &c), MH_E_INVALID);
		json_decref(c.fields);
	}
}

/* Last, because what is refused here stays known to the stage's city. */
static void what_does_not_fit_is_refused(void **state)
{
	struct mh_arena a = MH_ARENA(0);
	struct mh_buf report = MH_BUF(1 << 16);
	struct defining d = {tally(&a, "misfit", "astrology", "spawn: {kind: tally, each: picks, as: item}"), &report};
	assert_int_equal(run(define_job, &d), MH_E_INVALID);
	const char *told = report.ptr ? report.ptr : "";
	assert_non_null(strstr(told, "The choice three of misfit is unknown to the tally that it opens"));
	assert_non_null(strstr(told, "No unit carries the duty astrology"));
	assert_null(strstr(told, "The choice one of misfit"));
	mh_buf_clear(&report);
	d.text = tally(&a, "misfit-too", "justice", "spawn: {kind: tally, each: picks, as: sum}");
	assert_int_equal(run(define_job, &d), MH_E_INVALID);
	assert_non_null(strstr(report.ptr ? report.ptr : "", "misfit-too hands a choice to sum of a tally"));
	mh_buf_done(&report);
	mh_arena_done(&a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(counts_within_bounds), cmocka_unit_test(lists_are_checked),
					   cmocka_unit_test(what_does_not_fit_is_refused)};
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
