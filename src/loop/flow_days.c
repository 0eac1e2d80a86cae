/* Day by day, and what rises: counted in the store over a window, from indexes that end with it. */
#include "loop/flow.h"

#include "loop/missed.h"
#include "sql_gen.h"

#include <stdlib.h>
#include <string.h>

/* --- day by day --- */

#define MISSES_MOST ((size_t)64 << 20)

struct window {
	struct mh_tx *tx;
	const struct mh_list_filter *f;
	struct mh_flow_days *d;
};

/* mh_list_match says the same of a row in memory. */
static bool reaches(const struct mh_list_filter *f, const struct mh_orgs *o, int64_t owner_id, int64_t place_id)
{
	if (f->whole) return true;
	int owner = owner_id ? mh_org_by_id(o, owner_id) : -1, place = place_id ? mh_org_by_id(o, place_id) : -1;
	return (owner >= 0 && f->reach[owner]) || (place >= 0 && f->reach[place]);
}

static bool holds(const struct window *w, int64_t owner_id, int64_t place_id)
{
	return reaches(w->f, &w->tx->city->orgs, owner_id, place_id);
}

static struct mh_flow_line *line_of(struct mh_flow_days *d, struct mh_str kind)
{
	for (size_t i = 0; i < d->n; i++)
		if (mh_str_eq(d->lines[i].kind->kind, kind)) return &d->lines[i];
	return NULL;
}

static int span_of(const struct window *w, mh_day day)
{
	return (day - w->d->from) / w->d->step;
}

/* Each matter is looked at, a day at a time, so that memory is bounded. For the whole city too: a grouping in the store sorts, and
 * takes twice as long. */
typedef enum mh_code one_day(struct window *w, struct mh_arena *page, mh_day day, struct mh_err *reterr);

static enum mh_code each_day(struct window *w, one_day *fn, struct mh_err *reterr)
{
	struct mh_arena page = MH_ARENA(0);
	enum mh_code code = MH_OK;
	for (mh_day day = w->d->from; code == MH_OK && day <= w->d->to; day++) {
		mh_arena_clear(&page);
		code = fn(w, &page, day, reterr);
	}
	mh_arena_done(&page);
	return code;
}

static enum mh_code raised_on(struct window *w, struct mh_arena *page, mh_day day, struct mh_err *reterr)
{
	size_t n;
	struct mh_q_flow_raised_in_row *rows;
	const struct mh_city *c = w->tx->city;
	struct mh_q_flow_raised_in_in in = {.home_id = c->home_id,
					    .from_at = mh_day_start(day, c->zone_min),
					    .to_at = mh_day_start(day + 1, c->zone_min)};
	MH_TRY(mh_q_flow_raised_in(w->tx->db, page, &in, &rows, &n, reterr));
	for (size_t i = 0; i < n; i++) {
		struct mh_flow_line *l = line_of(w->d, rows[i].kind);
		if (l && holds(w, rows[i].owner_id, rows[i].place_id)) l->raised[span_of(w, day)]++;
	}
	return MH_OK;
}

static enum mh_code ended_on(struct window *w, struct mh_arena *page, mh_day day, struct mh_err *reterr)
{
	size_t n;
	struct mh_q_flow_over_in_row *rows;
	const struct mh_city *c = w->tx->city;
	struct mh_q_flow_over_in_in in = {.home_id = c->home_id,
					  .from_at = mh_day_start(day, c->zone_min),
					  .to_at = mh_day_start(day + 1, c->zone_min)};
	MH_TRY(mh_q_flow_over_in(w->tx->db, page, &in, &rows, &n, reterr));
	for (size_t i = 0; i < n; i++) {
		struct mh_flow_line *l = line_of(w->d, rows[i].kind);
		if (l && holds(w, rows[i].owner_id, rows[i].place_id)) l->ended[span_of(w, day)]++;
	}
	return MH_OK;
}

/* A matter counts once in each span, however often it missed something there, and once in all: as in the list of that time. */
struct miss {
	int64_t matter_id;
	int32_t line, span;
};
struct misses {
	struct window *w;
	struct mh_buf list; /* of struct miss */
};

static bool note(void *ctx, const struct mh_missed *m, mh_time at)
{
	struct misses *all = ctx;
	const struct window *w = all->w;
	const struct mh_flow_line *l = line_of(w->d, m->def->kind);
	if (!l || !holds(w, m->owner_id, m->place_id)) return true;
	struct miss one = {m->matter_id, (int32_t)(l - w->d->lines),
			   span_of(w, mh_time_day(at, w->tx->city->zone_min))};
	mh_buf_add(&all->list, &one, sizeof one);
	return !all->list.failed;
}

static int by_matter(const void *a, const void *b)
{
	const struct miss *x = a, *y = b;
	if (x->matter_id != y->matter_id) return x->matter_id < y->matter_id ? -1 : 1;
	return (x->span > y->span) - (x->span < y->span);
}

static enum mh_code missed(struct window *w, struct mh_err *reterr)
{
	struct misses all = {w, MH_BUF(MISSES_MOST)};
	int zone = w->tx->city->zone_min;
	mh_time from = mh_day_start(w->d->from, zone), to = mh_day_start(w->d->to + 1, zone);
	enum mh_code code = mh_missed_each(w->tx, from, to, note, &all, reterr);
	size_t n = code == MH_OK ? all.list.len / sizeof(struct miss) : 0;
	struct miss *list = (struct miss *)(void *)all.list.ptr;
	if (n) qsort(list, n, sizeof *list, by_matter);
	for (size_t i = 0; i < n; i++) {
		struct mh_flow_line *l = &w->d->lines[list[i].line];
		bool same = i && list[i - 1].matter_id == list[i].matter_id;
		if (!same) l->n_missed++;
		if (!same || list[i - 1].span != list[i].span) l->missed[list[i].span]++;
	}
	mh_buf_done(&all.list);
	return code;
}

static enum mh_code new_lines(struct mh_tx *tx, struct mh_flow_days *d, size_t n, struct mh_err *reterr)
{
	const struct mh_city *c = tx->city;
	d->lines = MH_NEW_ARRAY(tx->arena, c->n_defs + 1, struct mh_flow_line);
	MH_TRY_MEM(d->lines, reterr);
	for (size_t i = 0; i < c->n_defs; i++) {
		struct mh_flow_line *l = line_of(d, c->defs[i]->kind);
		if (l) {
			l->kind = c->defs[i];
			continue;
		}
		l = &d->lines[d->n++];
		*l = (struct mh_flow_line){.kind = c->defs[i],
					   .raised = MH_NEW_ARRAY(tx->arena, n, int32_t),
					   .ended = MH_NEW_ARRAY(tx->arena, n, int32_t),
					   .missed = MH_NEW_ARRAY(tx->arena, n, int32_t)};
		if (!l->raised || !l->ended || !l->missed) return MH_FAIL(reterr, MH_E_NO_MEMORY, "Memory is short");
	}
	return MH_OK;
}

enum mh_code mh_flow_days(struct mh_tx *tx, const struct mh_list_filter *f, int days, int step,
			  struct mh_flow_days *ret, struct mh_err *reterr)
{
	mh_day today = mh_time_day(tx->now, tx->city->zone_min);
	struct mh_flow_days d = {
		.from = today - days + 1, .to = today, .step = step, .n_spans = (days + step - 1) / step};
	struct window w = {.tx = tx, .f = f, .d = &d};
	MH_TRY(new_lines(tx, &d, (size_t)d.n_spans, reterr));
	MH_TRY(each_day(&w, raised_on, reterr));
	MH_TRY(each_day(&w, ended_on, reterr));
	MH_TRY(missed(&w, reterr));
	*ret = d;
	return MH_OK;
}

/* --- what rises --- */

/* How much more: 7 days against a quarter of 28. */
static int64_t gain(const struct mh_flow_rise *r)
{
	return r->recent * (MH_FLOW_BEFORE / MH_FLOW_RECENT) - r->before;
}

static int strongest(const void *a, const void *b)
{
	const struct mh_flow_rise *x = a, *y = b;
	if (gain(x) != gain(y)) return gain(x) < gain(y) ? 1 : -1;
	if (x->topic && y->topic) return mh_str_cmp(x->topic->code, y->topic->code);
	return (x->place > y->place) - (x->place < y->place);
}

/* Half as many again: recent / 7 days >= 3/2 of before / 28 days. */
static bool rises(const struct mh_flow_rise *r, int least)
{
	return r->recent >= least && r->recent * 2 * (MH_FLOW_BEFORE / MH_FLOW_RECENT) >= r->before * 3;
}

/* Those that rise, without what stands above another that does: the most specific says where to look. `up` is the index above
 * or -1; `over` is room for n. */
static size_t pick(struct mh_flow_rise *list, size_t n, int (*up)(const void *ctx, int i), const void *ctx, bool *over,
		   int least, size_t most)
{
	size_t kept = 0;
	for (size_t i = 0; i < n; i++)
		for (int at = rises(&list[i], least) ? up(ctx, (int)i) : -1; at >= 0; at = up(ctx, at)) over[at] = true;
	for (size_t i = 0; i < n; i++)
		if (!over[i] && rises(&list[i], least)) list[kept++] = list[i];
	if (kept) qsort(list, kept, sizeof *list, strongest);
	return kept < most ? kept : most;
}

static int above_class(const void *ctx, int i)
{
	const struct mh_city *c = ctx;
	const struct mh_class *k = c->classes[i].parent.len ? mh_city_class(c, c->classes[i].parent) : NULL;
	return k ? (int)(k - c->classes) : -1;
}

static int above_place(const void *ctx, int i)
{
	return ((const struct mh_city *)ctx)->orgs.list[i].parent;
}

static void count(struct mh_flow_rise *r, bool recent)
{
	if (recent) r->recent++;
	else r->before++;
}

static enum mh_code new_rises(struct mh_tx *tx, struct mh_flow_rises *r, bool **ret_over, struct mh_err *reterr)
{
	const struct mh_city *c = tx->city;
	r->topics = MH_NEW_ARRAY(tx->arena, c->n_classes + 1, struct mh_flow_rise);
	r->places = MH_NEW_ARRAY(tx->arena, c->orgs.n + 1, struct mh_flow_rise);
	*ret_over = MH_NEW_ARRAY(tx->arena, c->n_classes + c->orgs.n + 1, bool);
	MH_TRY_MEM(r->topics, reterr);
	MH_TRY_MEM(r->places, reterr);
	MH_TRY_MEM(*ret_over, reterr);
	for (size_t i = 0; i < c->n_classes; i++)
		r->topics[i] = (struct mh_flow_rise){.topic = &c->classes[i], .place = -1};
	for (size_t i = 0; i < c->orgs.n; i++) r->places[i].place = (int)i;
	return MH_OK;
}

/* Each counts for itself and for all above it, as the list of a category or a place does. The whole territory rises or not; that
 * is no place to look. */
static void count_row(const struct mh_city *c, const struct mh_list_filter *f, struct mh_flow_rises *r,
		      const struct mh_q_flow_raised_in_row *row, bool recent)
{
	const struct mh_class *k = mh_city_class(c, row->class_code);
	int place = row->place_id ? mh_org_by_id(&c->orgs, row->place_id) : -1;
	for (int i = k ? (int)(k - c->classes) : -1; i >= 0; i = above_class(c, i)) count(&r->topics[i], recent);
	for (int i = place; i >= 0 && f->reach[i]; i = above_place(c, i)) {
		int up = above_place(c, i);
		if (up >= 0 && f->reach[up]) count(&r->places[i], recent);
	}
}

static enum mh_code count_day(struct mh_tx *tx, const struct mh_list_filter *f, struct mh_flow_rises *r,
			      struct mh_arena *page, mh_day day, struct mh_err *reterr)
{
	size_t n;
	struct mh_q_flow_raised_in_row *rows;
	const struct mh_city *c = tx->city;
	struct mh_q_flow_raised_in_in in = {.home_id = c->home_id,
					    .from_at = mh_day_start(day, c->zone_min),
					    .to_at = mh_day_start(day + 1, c->zone_min)};
	MH_TRY(mh_q_flow_raised_in(tx->db, page, &in, &rows, &n, reterr));
	for (size_t i = 0; i < n; i++)
		if (reaches(f, &c->orgs, rows[i].owner_id, rows[i].place_id))
			count_row(c, f, r, &rows[i], day >= r->split);
	return MH_OK;
}

enum mh_code mh_flow_rises(struct mh_tx *tx, const struct mh_list_filter *f, int least, size_t most,
			   struct mh_flow_rises *ret, struct mh_err *reterr)
{
	const struct mh_city *c = tx->city;
	struct mh_arena page = MH_ARENA(0);
	enum mh_code code = MH_OK;
	bool *over;
	mh_day today = mh_time_day(tx->now, c->zone_min);
	struct mh_flow_rises r = {.split = today - MH_FLOW_RECENT + 1, .to = today};
	r.from = r.split - MH_FLOW_BEFORE;
	MH_TRY(new_rises(tx, &r, &over, reterr));
	for (mh_day day = r.from; code == MH_OK && day <= today; day++) {
		mh_arena_clear(&page);
		code = count_day(tx, f, &r, &page, day, reterr);
	}
	mh_arena_done(&page);
	MH_TRY(code);
	r.n_topics = pick(r.topics, c->n_classes, above_class, c, over, least, most);
	r.n_places = pick(r.places, c->orgs.n, above_place, c, over + c->n_classes, least, most);
	*ret = r;
	return MH_OK;
}
