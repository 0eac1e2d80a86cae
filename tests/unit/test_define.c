/* Rules change while matters live: a new calendar, a new version, a migration. History does not. */
#include "unit.h"

#include "matter/scenario_priv.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct mh_stage *stage;
static struct mh_arena arena;

static const char *const tiny =
	"format: matter/1\nkind: tiny\nversion: %d\ntitle: {zh: 小事, en: Small thing}\ncalendar: workdays\n"
	"levels: {1: {zh: 村, en: village}, 2: {zh: 镇, en: town}, 3: {zh: 县, en: county}, 4: {zh: 市, en: city}}\n"
	"roles: {operator: {level: [3, 4], label: {zh: 受理员, en: Operator}}}\n"
	"fields: {text: {type: text, max: 100, set: create, personal: yes, label: {zh: 内容, en: Text}}}\n"
	"states:\n"
	"  %s: {category: initial, room: intake, label: {zh: 开, en: Open}, clocks: {total: {start: 5wd, then: late, "
	"label: {zh: 时限, en: Time}}}}\n"
	"  ended: {category: done, room: apply, label: {zh: 完, en: Done}}\n"
	"transitions:\n"
	"  finish: {from: %s, to: ended, who: {role: operator}, label: {zh: 办结, en: Finish}}\n"
	"  late: {from: %s, to: ended, who: clock, label: {zh: 超时, en: Late}}\n";

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
	mh_arena_done(&arena);
	return 0;
}

static enum mh_code run(mh_story_job *fn, void *arg, struct mh_err *err)
{
	struct mh_story st = {.stage = stage, .arena = &arena};
	return mh_story__tx(&st, fn, arg, err);
}

struct text_job {
	char text[4096];
	int64_t moved;
	struct mh_buf report;
};

static enum mh_code define_job(struct mh_tx *tx, void *arg, struct mh_err *reterr)
{
	struct text_job *j = arg;
	return mh_city_define(tx, mh_str_c(j->text), MH_STR("tiny.yaml"), &j->report, reterr);
}

static enum mh_code migrate_job(struct mh_tx *tx, void *arg, struct mh_err *reterr)
{
	struct text_job *j = arg;
	return mh_city_migrate(tx, mh_str_c(j->text), MH_STR("tiny.migration.yaml"), &j->moved, &j->report, reterr);
}

static enum mh_code define(int version, const char *state_name, struct mh_err *err)
{
	struct text_job j = {.report = MH_BUF(1 << 16)};
	snprintf(j.text, sizeof j.text, tiny, version, state_name, state_name, state_name);
	enum mh_code code = run(define_job, &j, err);
	mh_buf_done(&j.report);
	return code;
}

struct raising {
	struct mh_outcome out;
};

static enum mh_code raise_job(struct mh_tx *tx, void *arg, struct mh_err *reterr)
{
	struct raising *r = arg;
	json_t *fields = json_pack("{s:s}", "text", "路灯不亮");
	struct mh_create in = {
		.kind = MH_STR("tiny"),
		.fields = fields,
		.owner = -1,
		.by = {.role = MH_STR("operator"), .org = mh_org_by_code(&tx->city->orgs, MH_STR("330100-D01"))}};
	enum mh_code code = mh_matter_create(tx, &in, &r->out, reterr);
	json_decref(fields);
	return code;
}

struct reading {
	int64_t id;
	json_t *view, *events;
	struct mh_buf why;
};

static enum mh_code read_job(struct mh_tx *tx, void *arg, struct mh_err *reterr)
{
	struct reading *r = arg;
	MH_TRY(mh_matter_view(tx, r->id, true, &r->view, reterr));
	MH_TRY(mh_matter_events(tx, r->id, &r->events, reterr));
	return mh_matter_why(tx, r->id, "en", &r->why, reterr);
}

static const char *due_of(const json_t *view)
{
	return json_string_value(json_object_get(json_array_get(json_object_get(view, "clocks"), 0), "due"));
}

static void read_it(struct reading *r, int64_t id)
{
	struct mh_err err = {0};
	*r = (struct reading){.id = id, .why = MH_BUF(1 << 16)};
	if (run(read_job, r, &err) != MH_OK) fail_msg("%s %s", err.message, err.detail);
}

static void read_done(struct reading *r)
{
	json_decref(r->view);
	json_decref(r->events);
	mh_buf_done(&r->why);
}

static mh_time at(const char *text)
{
	mh_time t = 0;
	assert_true(mh_time_parse(mh_str_c(text), &t));
	return t;
}

static void a_version_in_force_is_never_edited(void **state)
{
	struct mh_err err = {0};
	assert_int_equal(define(1, "open", &err), MH_OK);
	int64_t size = mh_ledger_size(stage->city->ledger);
	assert_int_equal(define(1, "open", &err), MH_OK); /* the same file again: nothing */
	assert_int_equal(mh_ledger_size(stage->city->ledger), size);
	assert_int_equal(define(1, "ready", &err), MH_E_CONFLICT);
	assert_non_null(strstr(err.hint, "next version"));
}

static void live_matters_move_only_by_a_migration(void **state)
{
	struct mh_err err = {0};
	struct raising old = {0}, young = {0};
	struct reading r;
	stage->now = at("2026-03-02T09:00:00+08:00");
	assert_int_equal(run(raise_job, &old, &err), MH_OK);
	assert_int_equal(define(2, "ready", &err), MH_OK);
	assert_int_equal(run(raise_job, &young, &err), MH_OK);
	read_it(&r, old.out.matter_id); /* it keeps its version */
	assert_int_equal(json_integer_value(json_object_get(r.view, "version")), 1);
	char due[40];
	snprintf(due, sizeof due, "%s", due_of(r.view));
	read_done(&r);

	struct text_job j = {.report = MH_BUF(1 << 16)};
	snprintf(j.text, sizeof j.text,
		 "format: migration/1\nkind: tiny\nfrom: 1\nto: 2\nstates: {}\nclocks: {total: carry}\n");
	assert_int_equal(run(migrate_job, &j, &err), MH_E_INVALID); /* a state with a live matter is not mapped */
	assert_non_null(strstr(j.report.ptr, "unmapped"));
	mh_buf_clear(&j.report);
	snprintf(j.text, sizeof j.text, "format: migration/1\nkind: tiny\nfrom: 1\nto: 2\nstates: {opn: ready}\n");
	assert_int_equal(run(migrate_job, &j, &err), MH_E_INVALID);
	assert_non_null(strstr(j.report.ptr, "tiny.migration.yaml:5:"));
	snprintf(j.text, sizeof j.text,
		 "format: migration/1\nkind: tiny\nfrom: 1\nto: 2\nstates: {open: ready}\nclocks: {total: carry}\n");
	assert_int_equal(run(migrate_job, &j, &err), MH_OK);
	assert_int_equal(j.moved, 1);
	mh_buf_done(&j.report);

	read_it(&r, old.out.matter_id);
	assert_int_equal(json_integer_value(json_object_get(r.view, "version")), 2);
	assert_string_equal(due_of(r.view), due); /* the clock was carried */
	const json_t *last = json_array_get(r.events, json_array_size(r.events) - 1);
	assert_string_equal(json_string_value(json_object_get(last, "e")), "matter.migrated");
	read_done(&r);
}

struct calendar_job {
	struct mh_buf csv;
};

static enum mh_code calendar_job(struct mh_tx *tx, void *arg, struct mh_err *reterr)
{
	struct calendar_job *j = arg;
	return mh_city_calendar(tx, mh_buf_str(&j->csv), MH_STR("08:30-12:00,14:00-17:30"), MH_STR("a later notice"),
				reterr);
}

/* A notice that makes a coming working day free moves what is still to come, says so, and leaves the past alone. */
static void a_later_notice_moves_the_future_only(void **state)
{
	struct mh_err err = {0};
	struct raising past = {0}, open = {0};
	struct reading r;
	stage->now = at("2026-03-02T09:00:00+08:00");
	assert_int_equal(run(raise_job, &past, &err), MH_OK);
	stage->now = at("2026-03-16T09:00:00+08:00"); /* 5wd: due Monday 23 March, 17:30 */
	assert_int_equal(run(raise_job, &open, &err), MH_OK);
	read_it(&r, open.out.matter_id);
	assert_string_equal(due_of(r.view), "2026-03-23T17:30:00+08:00");
	read_done(&r);

	struct calendar_job j = {.csv = MH_BUF(1 << 20)};
	char path[512];
	struct mh_str text;
	snprintf(path, sizeof path, "%s/packs/hangzhou/calendar.csv",
		 getenv("MINHU_SOURCE") ? getenv("MINHU_SOURCE") : ".");
	assert_int_equal(mh_file_read(&arena, path, 1 << 20, &text, &err), MH_OK);
	mh_buf_str_add(&j.csv, text);
	if (!mh_str_ends(text, "\n")) mh_buf_c(&j.csv, "\n");
	mh_buf_c(&j.csv, "2026-03-19,0,特别假日,Special holiday\n");
	stage->now = at("2026-03-17T10:00:00+08:00");
	if (run(calendar_job, &j, &err) != MH_OK) fail_msg("%s %s", err.message, err.detail);
	mh_buf_done(&j.csv);

	read_it(&r, open.out.matter_id);
	assert_string_equal(due_of(r.view), "2026-03-24T17:30:00+08:00");
	assert_non_null(strstr(r.why.ptr, "by a new calendar"));
	assert_non_null(strstr(r.why.ptr, "Special holiday"));
	read_done(&r);
	read_it(&r, past.out.matter_id); /* was due on 9 March under the first calendar, and still is */
	assert_non_null(strstr(r.why.ptr, "2026-03-09 17:30"));
	read_done(&r);
}

static void malformed_files_are_refused_with_their_place(void **state)
{
	struct mh_err err = {0};
	struct text_job j = {.report = MH_BUF(1 << 16)};
	snprintf(j.text, sizeof j.text, "format: matter/1\nkind: tiny\nversion: 9\n  bad: [\n");
	int64_t size = mh_ledger_size(stage->city->ledger);
	assert_int_equal(run(define_job, &j, &err), MH_E_INVALID);
	assert_non_null(strstr(j.report.ptr, "tiny.yaml:"));
	assert_int_equal(mh_ledger_size(stage->city->ledger), size);
	mh_buf_done(&j.report);
	struct calendar_job c = {.csv = MH_BUF(1000)};
	mh_buf_c(&c.csv, "date,working,zh,en\n2026-02-30,0,x,x\n");
	assert_int_equal(run(calendar_job, &c, &err), MH_E_INVALID);
	assert_non_null(strstr(err.message, "line 2"));
	mh_buf_done(&c.csv);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(a_version_in_force_is_never_edited),
					   cmocka_unit_test(live_matters_move_only_by_a_migration),
					   cmocka_unit_test(a_later_notice_moves_the_future_only),
					   cmocka_unit_test(malformed_files_are_refused_with_their_place)};
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
