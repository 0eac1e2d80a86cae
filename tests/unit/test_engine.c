/* The engine under faults: whatever fails in the store or in memory, at whatever call, a step is done wholly or not at all,
 * can be tried again, and leaves a ledger without holes. */
#include "unit.h"

#include "matter/matter_priv.h"
#include "matter/scenario_priv.h"
#include "pg.h"

#include <ctype.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct mh_stage *stage, *stages[2]; /* the one in use; SQLite, PostgreSQL */

static int open_stage(const char *uri, struct mh_stage **ret)
{
	struct mh_buf report = MH_BUF(1 << 20);
	struct mh_err err = {0};
	char path[512];
	snprintf(path, sizeof path, "%s/packs/hangzhou", getenv("MINHU_SOURCE") ? getenv("MINHU_SOURCE") : ".");
	enum mh_code code = uri ? mh_stage_open_on(mh_str_c(uri), mh_str_c(path), ret, &report, &err)
				: MH_E_UNAVAILABLE;
	if (code != MH_OK) print_error("%s %s\n", err.message, err.detail);
	mh_buf_done(&report);
	return code == MH_OK ? 0 : -1;
}

static int set_up(void **state)
{
	return open_stage("sqlite::memory:", &stages[0]) || open_stage(pg_start(), &stages[1]);
}

static int tear_down(void **state)
{
	mh_stage_free(stages[0]);
	mh_stage_free(stages[1]);
	return 0;
}

static int on_sqlite(void **state)
{
	stage = stages[0];
	return 0;
}

static int on_postgres(void **state)
{
	stage = stages[1];
	return 0;
}

/* One transaction, as the writer makes it: jobs, ledger, commit. Nothing is signed here. */
static enum mh_code run(mh_story_job *fn, void *arg, struct mh_err *err)
{
	struct mh_arena arena = MH_ARENA(0);
	enum mh_code code;
	{
		MH_TX(tx, stage->city, stage->db, &arena, stage->now);
		MH_DB_TX(dtx, stage->db);
		code = mh_db_begin_write(&dtx, err);
		if (code == MH_OK) code = fn(&tx, arg, err);
		if (code == MH_OK) code = mh_city_before_commit(stage->city, stage->db, err);
		if (code == MH_OK) code = mh_db_commit(&dtx, err);
	}
	if (code == MH_OK) mh_city_committed(stage->city);
	else mh_city_rolled_back(stage->city);
	mh_arena_done(&arena);
	return code;
}

struct raising {
	json_t *fields;
	struct mh_str request_id;
	struct mh_outcome out;
};

static enum mh_code raise_job(struct mh_tx *tx, void *arg, struct mh_err *reterr)
{
	struct raising *r = arg;
	struct mh_create in = {
		.kind = MH_STR("request-12345"),
		.fields = r->fields,
		.owner = -1,
		.request_id = r->request_id,
		.by = {.role = MH_STR("operator"), .org = mh_org_by_code(&tx->city->orgs, MH_STR("330100-D01"))}};
	return mh_matter_create(tx, &in, &r->out, reterr);
}

struct acting {
	int64_t id;
	const char *step, *role, *org;
	struct mh_outcome out;
};

static enum mh_code act_job(struct mh_tx *tx, void *arg, struct mh_err *reterr)
{
	struct acting *a = arg;
	struct mh_act in = {
		.matter_id = a->id,
		.transition = mh_str_c(a->step),
		.expect_seq = -1,
		.by = {.role = mh_str_c(a->role), .org = mh_org_by_code(&tx->city->orgs, mh_str_c(a->org))}};
	return mh_matter_act(tx, &in, &a->out, reterr);
}

static json_t *request(void)
{
	return json_pack("{s:s, s:s, s:s, s:s, s:s}", "channel", "phone", "subject", "complaint", "text",
			 "楼下烧烤油烟", "place", "330106109", "category", "040202");
}

static int64_t count(void)
{
	struct mh_arena a = MH_ARENA(0);
	struct mh_q_matter_count_row *rows;
	size_t n;
	int64_t all = 0;
	struct mh_q_matter_count_in in = {.home_id = stage->city->home_id};
	assert_int_equal(mh_q_matter_count(stage->db, &a, &in, &rows, &n, NULL), MH_OK);
	for (size_t i = 0; i < n; i++) all += rows[i].reports;
	mh_arena_done(&a);
	return all;
}

/* The ledger signs only what it could read back and prove: so this is the check that nothing is torn. */
static void sound(void)
{
	struct mh_err err = {0};
	if (mh_ledger_publish(stage->city->ledger, stage->db, stage->now, true, NULL, &err) != MH_OK)
		fail_msg("%s %s", err.message, err.detail);
	assert_int_equal(mh_ledger_signed_size(stage->city->ledger), mh_ledger_size(stage->city->ledger));
}

/* Fails the first, second, … call of the kind until one run needs no more calls. Returns how many failed. */
static int torture(mh_story_job *fn, void *arg, void (*fail_after)(long))
{
	for (int n = 1; n < 5000; n++) {
		struct mh_err err = {0};
		int64_t before = mh_ledger_size(stage->city->ledger), matters = count();
		fail_after(n);
		enum mh_code code = run(fn, arg, &err);
		fail_after(-1);
		if (code == MH_OK) return n - 1;
		assert_int_equal(mh_ledger_size(stage->city->ledger), before);
		assert_int_equal(count(), matters);
	}
	return -1;
}

static void fail_store(long n)
{
	mh_db_fail_after(n, MH_E_STORE);
}

static void every_call_to_the_store(void **state)
{
	struct raising r = {.fields = request()};
	int failed = torture(raise_job, &r, fail_store);
	assert_in_range(failed, 8, 60);
	sound();
	struct acting a = {.id = r.out.matter_id, .step = "register", .role = "operator", .org = "330100-D01"};
	assert_in_range(torture(act_job, &a, fail_store), 5, 60);
	struct acting b = {.id = r.out.matter_id, .step = "dispatch_duty", .role = "dispatcher", .org = "330106-D01"};
	/* category and place were given when it was raised */
	assert_in_range(torture(act_job, &b, fail_store), 5, 60);
	assert_true(mh_str_is(b.out.state, "dispatched") || b.out.seq > a.out.seq);
	sound();
	json_decref(r.fields);
}

static void every_allocation(void **state)
{
	struct raising r = {.fields = request()};
	int failed = torture(raise_job, &r, mh_mem_fail_after);
	assert_true(failed >= 3);
	sound();
	json_decref(r.fields);
}

static void a_repeated_request_does_nothing(void **state)
{
	struct raising r = {.fields = request(), .request_id = MH_STR("once-and-only-once")}, again = r, other = r;
	struct mh_err err = {0};
	assert_int_equal(run(raise_job, &r, &err), MH_OK);
	int64_t size = mh_ledger_size(stage->city->ledger);
	assert_int_equal(run(raise_job, &again, &err), MH_OK);
	assert_true(again.out.again);
	assert_int_equal(again.out.matter_id, r.out.matter_id);
	assert_string_equal(again.out.code, r.out.code);
	assert_int_equal(mh_ledger_size(stage->city->ledger), size);
	other.fields = json_deep_copy(r.fields);
	json_object_set_new(other.fields, "text", json_string("另一件事"));
	assert_int_equal(run(raise_job, &other, &err), MH_E_REUSED_KEY);
	json_decref(other.fields);
	json_decref(r.fields);
}

static void what_is_refused_is_said(void **state)
{
	struct mh_err err = {0};
	struct raising r = {.fields = request()};
	json_object_set_new(r.fields, "chanel", json_string("phone"));
	assert_int_equal(run(raise_job, &r, &err), MH_E_INVALID);
	assert_non_null(strstr(err.hint, "channel"));
	json_object_del(r.fields, "chanel");
	json_object_del(r.fields, "text");
	assert_int_equal(run(raise_job, &r, &err), MH_E_INVALID);
	assert_non_null(strstr(err.message, "text"));
	json_decref(r.fields);
	r.fields = request();
	assert_int_equal(run(raise_job, &r, &err), MH_OK);
	struct acting a = {.id = r.out.matter_id, .step = "registr", .role = "operator", .org = "330100-D01"};
	assert_int_equal(run(act_job, &a, &err), MH_E_NOT_FOUND);
	assert_non_null(strstr(err.hint, "register"));
	a.step = "accept";
	assert_int_equal(run(act_job, &a, &err), MH_E_CONFLICT);
	a.step = "register";
	a.role = "handler";
	assert_int_equal(run(act_job, &a, &err), MH_E_FORBIDDEN);
	a.role = "operator";
	a.org = "330122-D01"; /* another county's desk: the place lies outside */
	assert_int_equal(run(act_job, &a, &err), MH_E_FORBIDDEN);
	json_decref(r.fields);
}

static enum mh_code view_job(struct mh_tx *tx, void *arg, struct mh_err *reterr)
{
	json_t **out = arg;
	return mh_matter_view(tx, json_integer_value(*out), true, out, reterr);
}

struct erasing {
	int64_t id;
	struct mh_outcome out;
};

struct finding {
	const char *typed;
	int64_t id;
};

static enum mh_code find_job(struct mh_tx *tx, void *arg, struct mh_err *reterr)
{
	struct finding *f = arg;
	return mh_matter_find_code(tx, mh_str_c(f->typed), &f->id, reterr);
}

/* A code opens its matter, however it was typed; and only that of a person's own matter does. */
static void codes(void **state)
{
	struct mh_err err = {0};
	char typed[20];
	struct raising r = {.fields = request()};
	assert_int_equal(run(raise_job, &r, &err), MH_OK);
	json_decref(r.fields);
	struct finding f = {.typed = r.out.code};
	assert_int_equal(run(find_job, &f, &err), MH_OK);
	assert_int_equal(f.id, r.out.matter_id);
	for (size_t i = 0; i < sizeof typed; i++) typed[i] = (char)tolower(r.out.code[i]);
	f = (struct finding){.typed = typed};
	assert_int_equal(run(find_job, &f, &err), MH_OK);
	assert_int_equal(f.id, r.out.matter_id);
	mh_tracking_code(&stage->city->master, r.out.matter_id + 1, typed); /* nobody's yet */
	f = (struct finding){.typed = typed};
	assert_int_equal(run(find_job, &f, &err), MH_E_NOT_FOUND);
}

static enum mh_code erase_job(struct mh_tx *tx, void *arg, struct mh_err *reterr)
{
	struct erasing *e = arg;
	return mh_matter_erase(tx, e->id, (struct mh_party){.role = MH_STR("operator"), .org = 0}, MH_STR("PIPL 47"),
			       &e->out, reterr);
}

/* Erased: the text is gone from the store for good, the ledger still proves every event. */
static void erasure_keeps_the_ledger(void **state)
{
	struct mh_err err = {0};
	struct raising r = {.fields = request()};
	assert_int_equal(run(raise_job, &r, &err), MH_OK);
	json_decref(r.fields);
	struct erasing e = {.id = r.out.matter_id};
	assert_int_equal(run(erase_job, &e, &err), MH_E_CONFLICT); /* still open */
	struct acting a = {.id = r.out.matter_id, .step = "withdraw", .role = "citizen", .org = ""};
	assert_int_equal(run(act_job, &a, &err), MH_E_FORBIDDEN); /* without the tracking code */
	struct mh_arena arena = MH_ARENA(0);
	{
		MH_TX(tx, stage->city, stage->db, &arena, stage->now);
		MH_DB_TX(dtx, stage->db);
		assert_int_equal(mh_db_begin_write(&dtx, &err), MH_OK);
		struct mh_act in = {.matter_id = r.out.matter_id,
				    .transition = MH_STR("withdraw"),
				    .expect_seq = -1,
				    .by = {.role = MH_STR("citizen"), .org = -1, .matter_id = r.out.matter_id}};
		assert_int_equal(mh_matter_act(&tx, &in, &a.out, &err), MH_OK);
		assert_int_equal(mh_city_before_commit(stage->city, stage->db, &err), MH_OK);
		assert_int_equal(mh_db_commit(&dtx, &err), MH_OK);
		mh_city_committed(stage->city);
	}
	mh_arena_done(&arena);
	assert_int_equal(run(erase_job, &e, &err), MH_OK);
	json_t *view = json_integer(r.out.matter_id), *id = view;
	assert_int_equal(run(view_job, &view, &err), MH_OK);
	assert_null(json_object_get(json_object_get(view, "fields"), "text"));
	json_decref(id);
	json_decref(view);
	sound();
}

int main(void)
{
#define BOTH(f)                                                                                                        \
	{#f " on SQLite", f, on_sqlite, NULL, NULL},                                                                   \
	{                                                                                                              \
#f " on PostgreSQL", f, on_postgres, NULL, NULL                                                        \
	}
	const struct CMUnitTest tests[] = {BOTH(every_call_to_the_store),
					   BOTH(every_allocation),
					   BOTH(a_repeated_request_does_nothing),
					   BOTH(what_is_refused_is_said),
					   BOTH(codes),
					   BOTH(erasure_keeps_the_ledger)};
	/* JSON values come from the same heap, so that their allocations can be made to fail too. */
	json_set_alloc_funcs(mh_mem_alloc, mh_mem_free);
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
