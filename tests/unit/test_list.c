/* Lists against the plain truth: every row of the store, compared one by one. */
#include "rooms.h"

#include "loop/desk.h"
#include "sql_gen.h"

#include <string.h>

#define MATTERS 60

static struct mh_desk *desk;
static const char *const places[] = {"330106", "330106002", "330105001051", "330108", "330105"};
static const char *const classes[] = {"010404", "0104", "01", "020104"};

static int open_lists(void **state)
{
	struct mh_desk_config config = {.poll_ms = -1};
	if (open_rooms(state) != 0) return -1;
	config.city = stage->city;
	if (mh_desk_start(&config, &desk, NULL) != MH_OK) return -1;
	for (int i = 0; i < MATTERS; i++) {
		char fields[300];
		snprintf(fields, sizeof fields,
			 "{'channel':'phone','subject':'request','text':'x','place':'%s','category':'%s'}",
			 places[i % 5], classes[i % 4]);
		tx.now += 60000;
		int64_t id = raise_one("request-12345", fields);
		if (i % 7 == 3)
			take(id, "withdraw", (struct mh_party){.role = MH_STR("citizen"), .org = -1, .matter_id = id},
			     "{}");
	}
	return 0;
}

static int close_lists(void **state)
{
	mh_desk_stop(desk);
	return close_rooms(state);
}

static struct mh_list_filter everything(void)
{
	struct mh_list_filter f = {.room = -1, .phase = -1, .owner = -1, .now = tx.now};
	struct mh_party by = party("leader", "330100");
	assert_int_equal(mh_list_reach(tx.arena, tx.city, &by, &f, NULL), MH_OK);
	return f;
}

/* The ids that a filter means, by looking at every row of the store. */
static size_t truth(const struct mh_list_filter *f, int64_t *ids)
{
	struct mh_q_lane_row *q;
	size_t n, found = 0;
	struct mh_q_lane_all_in in = {.home_id = tx.city->home_id, .from_id = INT64_MAX, .limit = 10 * MATTERS};
	assert_int_equal(mh_q_lane_all(tx.db, tx.arena, &in, &q, &n, NULL), MH_OK);
	for (size_t i = 0; i < n; i++) {
		struct mh_list_row r;
		assert_int_equal(mh_desk_read(tx.city, &q[i], &r, NULL), MH_OK);
		mh_desk_open(desk);
		const struct mh_list_row *open = mh_desk_find(desk, r.id);
		if (open) r.due = open->due;
		mh_desk_close(desk);
		if (mh_list_match(f, &r)) ids[found++] = r.id;
	}
	return found;
}

/* Every page of a list: in order, nothing twice. */
static size_t whole(const struct mh_list_filter *f, enum mh_list_sort sort, size_t limit, int64_t *ids)
{
	struct mh_list_at at = {0};
	size_t found = 0;
	struct mh_list_row last = {0};
	do {
		struct mh_list_page page;
		assert_int_equal(mh_list_page(&tx, desk, f, sort, at, limit, &page, NULL), MH_OK);
		assert_true(page.n <= limit && (page.n == limit || !page.next.set));
		for (size_t i = 0; i < page.n; i++) {
			const struct mh_list_row *r = &page.rows[i];
			if (found && sort == MH_LIST_NEWEST) assert_true(r->id < last.id);
			if (found && sort == MH_LIST_OLDEST) assert_true(r->id > last.id);
			if (found && sort == MH_LIST_DUE)
				assert_true(r->due > last.due || (r->due == last.due && r->id > last.id));
			last = *r;
			ids[found++] = r->id;
		}
		at = page.next;
	} while (at.set);
	return found;
}

static int by_id(const void *a, const void *b)
{
	const int64_t *x = a, *y = b;
	return (*x > *y) - (*x < *y);
}

static void agree(const struct mh_list_filter *f, bool some)
{
	int64_t want[10 * MATTERS], got[10 * MATTERS];
	struct mh_list_filter open = *f;
	assert_int_equal(mh_desk_sync(desk, &tx, NULL), MH_OK);
	size_t n = truth(f, want);
	assert_true(!some || n > 0);
	qsort(want, n, sizeof *want, by_id);
	for (int sort = 0; sort <= MH_LIST_OLDEST; sort++)
		for (size_t limit = 1; limit < 200; limit = limit * 3 + 1) {
			assert_int_equal(whole(f, (enum mh_list_sort)sort, limit, got), n);
			qsort(got, n, sizeof *got, by_id);
			assert_memory_equal(got, want, n * sizeof *want);
		}
	open.open = MH_LIST_YES;
	n = truth(&open, want);
	qsort(want, n, sizeof *want, by_id);
	assert_int_equal(whole(&open, MH_LIST_DUE, 7, got), n);
	qsort(got, n, sizeof *got, by_id);
	assert_memory_equal(got, want, n * sizeof *want);
}

static void filters(void **state)
{
	struct mh_list_filter f = everything();
	agree(&f, true);
	f.open = MH_LIST_NO;
	agree(&f, true);
	f = everything();
	f.phase = MH_CAT_VOID;
	f.kind = MH_STR("request-12345");
	agree(&f, true);
	f = everything();
	f.place = mh_list_below(tx.arena, &tx.city->orgs, mh_org_by_code(&tx.city->orgs, MH_STR("330106")));
	agree(&f, true);
	f.cls = mh_list_classes(tx.arena, tx.city, (int)(mh_city_class(tx.city, MH_STR("01")) - tx.city->classes));
	agree(&f, true);
	f = everything();
	f.cls = mh_list_classes(tx.arena, tx.city, (int)(mh_city_class(tx.city, MH_STR("0104")) - tx.city->classes));
	agree(&f, true);
	f = everything();
	f.created_from = tx.now - 10 * 60000;
	f.created_to = tx.now - 2 * 60000;
	agree(&f, true);
	f = everything();
	f.ended_from = tx.now - 10 * 60000;
	f.ended_to = tx.now + 1;
	agree(&f, true);
	f.open = MH_LIST_YES; /* what is open has not ended */
	agree(&f, false);
	f = everything();
	f.merged = MH_LIST_YES;
	agree(&f, false);
}

/* What a role may list is what it may open: asked of every unit of the city. */
static void reach(void **state)
{
	int64_t ids[10 * MATTERS];
	struct mh_q_lane_row *q;
	size_t n;
	struct mh_q_lane_all_in in = {.home_id = tx.city->home_id, .from_id = INT64_MAX, .limit = 10 * MATTERS};
	assert_int_equal(mh_q_lane_all(tx.db, tx.arena, &in, &q, &n, NULL), MH_OK);
	for (size_t unit = 0; unit < tx.city->orgs.n; unit++) {
		struct mh_party by = {.role = MH_STR("leader"), .org = (int)unit};
		struct mh_list_filter f = everything();
		size_t may = 0;
		assert_int_equal(mh_list_reach(tx.arena, tx.city, &by, &f, NULL), MH_OK);
		for (size_t i = 0; i < n; i++) {
			struct mh_list_row r;
			assert_int_equal(mh_desk_read(tx.city, &q[i], &r, NULL), MH_OK);
			bool reaches = mh_party_reaches(&tx.city->orgs, &by, r.owner, r.place);
			assert_int_equal(mh_list_match(&f, &r), reaches);
			may += reaches;
		}
		if (unit % 50 == 0) assert_int_equal(whole(&f, MH_LIST_NEWEST, 50, ids), may);
	}
	struct mh_party nobody = {.org = -1};
	struct mh_list_filter f;
	assert_int_equal(mh_list_reach(tx.arena, tx.city, &nobody, &f, NULL), MH_E_FORBIDDEN);
}

static void follows(void **state)
{
	assert_int_equal(mh_desk_sync(desk, &tx, NULL), MH_OK);
	size_t before = mh_desk_open(desk);
	mh_desk_close(desk);
	int64_t id = raise_one(
		"request-12345",
		"{'channel':'phone','subject':'request','text':'x','place':'330106','category':'010404'}");
	assert_int_equal(mh_desk_sync(desk, &tx, NULL), MH_OK);
	assert_int_equal(mh_desk_open(desk), before + 1);
	const struct mh_list_row *r = mh_desk_find(desk, id);
	assert_true(r && r->due > tx.now && r->due < MH_TIME_MAX && r->clock >= 0);
	mh_desk_close(desk);
	take(id, "withdraw", (struct mh_party){.role = MH_STR("citizen"), .org = -1, .matter_id = id}, "{}");
	assert_int_equal(mh_desk_sync(desk, &tx, NULL), MH_OK);
	assert_int_equal(mh_desk_open(desk), before);
	assert_null(mh_desk_find(desk, id));
	mh_desk_close(desk);
}

/* Late is a question of the instant, never a mark. */
static void late(void **state)
{
	int64_t ids[10 * MATTERS];
	struct mh_list_filter f = everything();
	f.late = MH_LIST_YES;
	f.now = 1;
	assert_int_equal(whole(&f, MH_LIST_DUE, 50, ids), 0);
	f.now = tx.now + (mh_time)400 * 86400000;
	size_t n = whole(&f, MH_LIST_DUE, 50, ids);
	assert_true(n > MATTERS / 4);
	f.late = MH_LIST_NO; /* what waits for nothing is never late */
	size_t others = whole(&f, MH_LIST_DUE, 50, ids);
	f.late = MH_LIST_EITHER;
	f.open = MH_LIST_YES;
	assert_int_equal(whole(&f, MH_LIST_DUE, 50, ids), n + others);
}

static void count_one(void *ctx, const struct mh_list_row *r)
{
	(void)r;
	++*(size_t *)ctx;
}

static void counts(void **state)
{
	int64_t ids[10 * MATTERS];
	struct mh_list_filter f = everything();
	for (int open = MH_LIST_EITHER; open <= MH_LIST_NO; open++) {
		size_t n = 0;
		bool all = false;
		f.open = (enum mh_list_is)open;
		assert_int_equal(mh_list_count(&tx, desk, &f, count_one, &n, &all, NULL), MH_OK);
		assert_true(all);
		assert_int_equal(n, truth(&f, ids));
	}
	assert_int_equal(mh_list_count(&tx, NULL, &f, count_one, NULL, NULL, NULL), MH_E_UNAVAILABLE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(filters), cmocka_unit_test(reach),
					   cmocka_unit_test(follows), cmocka_unit_test(late), cmocka_unit_test(counts)};
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, open_lists, close_lists);
}
