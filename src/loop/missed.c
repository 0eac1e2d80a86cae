#include "loop/missed.h"

#include "sql_gen.h"

#include <stdlib.h>
#include <string.h>

#define DAY_MS ((mh_time)86400000)
#define IDS_MOST ((size_t)32 << 20) /* bytes: four million misses */

/* A clock of a stay in a state moves the matter on, and nothing is late by it. */
static bool is_promise(const struct mh_def *d, struct mh_str name)
{
	int clock = d ? mh_def_clock(d, name) : -1;
	return clock >= 0 && d->clocks[clock].lasting;
}

static enum mh_code one_day(struct mh_tx *tx, struct mh_arena *page, mh_time from, mh_time to, mh_missed_one *one,
			    void *ctx, struct mh_err *reterr)
{
	struct mh_q_flow_fired_in_row *rows;
	size_t n;
	struct mh_q_flow_fired_in_in in = {.home_id = tx->city->home_id, .from_at = from, .to_at = to};
	MH_TRY(mh_q_flow_fired_in(tx->db, page, &in, &rows, &n, reterr));
	for (size_t i = 0; i < n; i++) {
		struct mh_missed m = {.matter_id = rows[i].matter_id,
				      .owner_id = rows[i].owner_id,
				      .place_id = rows[i].place_id,
				      .def = mh_city_def(tx->city, rows[i].kind, rows[i].version)};
		if (is_promise(m.def, rows[i].name) && !one(ctx, &m, from))
			return MH_FAIL(reterr, MH_E_TOO_LARGE,
				       "More was missed than can be counted; ask for less time");
	}
	return MH_OK;
}

enum mh_code mh_missed_each(struct mh_tx *tx, mh_time from, mh_time to, mh_missed_one *one, void *ctx,
			    struct mh_err *reterr)
{
	struct mh_arena page = MH_ARENA(0);
	enum mh_code code = MH_OK;
	for (mh_time day = from; code == MH_OK && day < to; day += DAY_MS) {
		mh_arena_clear(&page);
		code = one_day(tx, &page, day, to - day < DAY_MS ? to : day + DAY_MS, one, ctx, reterr);
	}
	mh_arena_done(&page);
	return code;
}

static bool note(void *ctx, const struct mh_missed *m, mh_time day)
{
	struct mh_buf *ids = ctx;
	(void)day;
	mh_buf_add(ids, &m->matter_id, sizeof m->matter_id);
	return !ids->failed;
}

static int by_id(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
	return (x > y) - (x < y);
}

enum mh_code mh_missed_filter(struct mh_tx *tx, mh_time from, mh_time to, struct mh_list_filter *f,
			      struct mh_err *reterr)
{
	struct mh_buf found = MH_BUF(IDS_MOST);
	enum mh_code code = mh_missed_each(tx, from, to, note, &found, reterr);
	size_t n = found.len / sizeof(int64_t), kept = 0;
	int64_t *ids = code == MH_OK ? MH_NEW_ARRAY(tx->arena, n + 1, int64_t) : NULL;
	if (ids && n) memcpy(ids, found.ptr, n * sizeof *ids);
	mh_buf_done(&found);
	MH_TRY(code);
	MH_TRY_MEM(ids, reterr);
	qsort(ids, n, sizeof *ids, by_id);
	for (size_t i = 0; i < n; i++)
		if (i == 0 || ids[i] != ids[i - 1]) ids[kept++] = ids[i];
	f->missed = ids;
	f->n_missed = kept;
	return MH_OK;
}
