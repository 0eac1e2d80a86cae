/* Pages of lists: from the desk by one pass and a heap, from lanes by walking and merging. */
#include "loop/desk.h"
#include "loop/list.h"
#include "sql_gen.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

/* --- from the desk --- */

/* Ascending by (key, id) is the order of the list. */
struct place {
	int64_t key, id;
	const struct mh_list_row *row;
};

static bool before(const struct place *a, const struct place *b)
{
	return a->key != b->key ? a->key < b->key : a->id < b->id;
}

static struct place place_of(enum mh_list_sort sort, const struct mh_list_row *r)
{
	if (sort == MH_LIST_DUE) return (struct place){r->due, r->id, r};
	return (struct place){0, sort == MH_LIST_OLDEST ? r->id : -r->id, r};
}

static struct place place_at(enum mh_list_sort sort, struct mh_list_at at)
{
	return (struct place){at.key, sort == MH_LIST_NEWEST ? -at.id : at.id, NULL};
}

/* The `limit` first of all that match: a heap whose top is the last of them. */
struct best {
	struct place *heap;
	size_t n, limit;
};

static void sift_up(struct best *b, size_t i)
{
	for (; i && before(&b->heap[(i - 1) / 2], &b->heap[i]); i = (i - 1) / 2) {
		struct place t = b->heap[i];
		b->heap[i] = b->heap[(i - 1) / 2];
		b->heap[(i - 1) / 2] = t;
	}
}

static void sift_down(struct best *b)
{
	for (size_t i = 0;;) {
		size_t last = i;
		for (size_t c = 2 * i + 1; c <= 2 * i + 2 && c < b->n; c++)
			if (before(&b->heap[last], &b->heap[c])) last = c;
		if (last == i) return;
		struct place t = b->heap[i];
		b->heap[i] = b->heap[last];
		b->heap[last] = t;
		i = last;
	}
}

static void offer(struct best *b, struct place p)
{
	if (b->n < b->limit) {
		b->heap[b->n] = p;
		sift_up(b, b->n++);
	} else if (before(&p, &b->heap[0])) {
		b->heap[0] = p;
		sift_down(b);
	}
}

static int by_place(const void *a, const void *b)
{
	return before(a, b) ? -1 : before(b, a) ? 1 : 0;
}

static void look(struct mh_desk *desk, const struct mh_list_filter *f, enum mh_list_sort sort, struct mh_list_at at,
		 struct best *b)
{
	struct place from = place_at(sort, at);
	size_t n = mh_desk_open(desk);
	for (size_t i = 0; i < n; i++) {
		const struct mh_list_row *r = mh_desk_row(desk, i);
		struct place p = place_of(sort, r);
		if ((at.set && !before(&from, &p)) || (b->n == b->limit && !before(&p, &b->heap[0]))) continue;
		if (mh_list_match(f, r)) offer(b, p);
	}
	qsort(b->heap, b->n, sizeof *b->heap, by_place);
}

static struct mh_list_at behind(enum mh_list_sort sort, const struct mh_list_row *r)
{
	return (struct mh_list_at){.set = true, .key = sort == MH_LIST_DUE ? r->due : 0, .id = r->id};
}

static enum mh_code page_of_desk(struct mh_tx *tx, struct mh_desk *desk, const struct mh_list_filter *f,
				 enum mh_list_sort sort, struct mh_list_at at, size_t limit, struct mh_list_page *ret,
				 struct mh_err *reterr)
{
	struct best b = {.heap = MH_NEW_ARRAY(tx->arena, limit + 1, struct place), .limit = limit + 1};
	struct mh_list_row *rows = MH_NEW_ARRAY(tx->arena, limit, struct mh_list_row);
	MH_TRY_MEM(b.heap, reterr);
	MH_TRY_MEM(rows, reterr);
	look(desk, f, sort, at, &b); /* opens the desk */
	size_t n = b.n < limit ? b.n : limit;
	for (size_t i = 0; i < n; i++) rows[i] = *b.heap[i].row;
	mh_desk_close(desk);
	*ret = (struct mh_list_page){.rows = rows, .n = n};
	if (b.n > limit) ret->next = behind(sort, &rows[n - 1]);
	return MH_OK;
}

/* --- from lanes --- */

enum way { ALL, OWNER, PLACE, CLASS, PARENT, OVER, MISSED };
struct lane {
	enum way way;
	int64_t key;           /* id of the unit or the parent */
	struct mh_str code;    /* of the category, or the phase */
	int64_t from;          /* the last id that was read */
	struct mh_arena arena; /* of the rows that were read together: a long walk needs no more than a short one */
	const struct mh_q_lane_row *rows;
	const int64_t *ids; /* MISSED: all of them, ascending */
	size_t n_ids, n, at;
	int64_t chunk; /* rows read together; grows while little fits */
	bool over;
};
#define LANES 256 /* more, and the walk through everything is cheaper */
struct walk {
	struct mh_tx *tx;
	struct lane lanes[LANES];
	size_t n_lanes;
	bool up;
	size_t seen;
	int64_t last; /* id of the newest row given: two lanes may hold the same */
};

#define ASK(name, ...)                                                                                                 \
	do {                                                                                                           \
		struct mh_q_##name##_in in = {.home_id = home, .from_id = l->from, __VA_ARGS__};                       \
		return mh_q_##name(tx->db, &l->arena, &in, ret, ret_n, reterr);                                        \
	} while (0)

static enum mh_code ask(struct mh_tx *tx, struct lane *l, bool up, struct mh_q_lane_row **ret, size_t *ret_n,
			struct mh_err *reterr)
{
	int64_t home = tx->city->home_id;
	switch (l->way) {
	case OWNER:
		if (up) ASK(lane_owner_up, .limit = l->chunk, .owner_id = l->key);
		ASK(lane_owner, .limit = l->chunk, .owner_id = l->key);
	case PLACE:
		if (up) ASK(lane_place_up, .limit = l->chunk, .place_id = l->key);
		ASK(lane_place, .limit = l->chunk, .place_id = l->key);
	case CLASS:
		if (up) ASK(lane_class_up, .limit = l->chunk, .class_code = l->code);
		ASK(lane_class, .limit = l->chunk, .class_code = l->code);
	case OVER:
		if (up) ASK(lane_over_up, .limit = l->chunk, .category = l->code);
		ASK(lane_over, .limit = l->chunk, .category = l->code);
	case PARENT:
		if (up) ASK(lane_parent_up, .limit = l->chunk, .parent_id = l->key);
		ASK(lane_parent, .limit = l->chunk, .parent_id = l->key);
	default:
		if (up) ASK(lane_all_up, .limit = l->chunk);
		ASK(lane_all, .limit = l->chunk);
	}
}

/* What is known by its ids: read one by one. */
static enum mh_code look_up(struct mh_tx *tx, struct lane *l, bool up, struct mh_q_lane_row **ret, size_t *ret_n,
			    struct mh_err *reterr)
{
	struct mh_q_lane_row *rows = MH_NEW_ARRAY(&l->arena, l->chunk, struct mh_q_lane_row);
	size_t n = 0;
	MH_TRY_MEM(rows, reterr);
	for (size_t i = 0; i < l->n_ids && n < (size_t)l->chunk; i++) {
		bool found = false;
		int64_t id = l->ids[up ? i : l->n_ids - 1 - i];
		struct mh_q_lane_one_in in = {.home_id = tx->city->home_id, .id = id};
		if (up ? id <= l->from : id >= l->from) continue;
		MH_TRY(mh_q_lane_one(tx->db, &l->arena, &in, &found, &rows[n], reterr));
		n += found;
	}
	*ret = rows;
	*ret_n = n;
	return MH_OK;
}

static enum mh_code fill(struct walk *w, struct lane *l, struct mh_err *reterr)
{
	struct mh_q_lane_row *rows;
	mh_arena_clear(&l->arena);
	l->n = l->at = 0;
	MH_TRY((l->way == MISSED ? look_up : ask)(w->tx, l, w->up, &rows, &l->n, reterr));
	l->rows = rows;
	l->at = 0;
	l->over = l->n < (size_t)l->chunk;
	if (l->n) l->from = rows[l->n - 1].id;
	if (l->chunk < 2000) l->chunk *= 4;
	return MH_OK;
}

/* The next row of all lanes; NULL: there is none. */
static enum mh_code next(struct walk *w, const struct mh_q_lane_row **ret, struct mh_err *reterr)
{
	for (;;) {
		struct lane *first = NULL;
		for (size_t i = 0; i < w->n_lanes; i++) {
			struct lane *l = &w->lanes[i];
			if (l->at == l->n && !l->over) MH_TRY(fill(w, l, reterr));
			if (l->at == l->n) continue;
			int64_t id = l->rows[l->at].id, best = first ? first->rows[first->at].id : 0;
			if (!first || (w->up ? id < best : id > best)) first = l;
		}
		*ret = first ? &first->rows[first->at++] : NULL;
		if (!first || (*ret)->id != w->last) break;
	}
	if (*ret) w->last = (*ret)->id;
	w->seen++;
	return MH_OK;
}

static void walk_done(struct walk **w)
{
	for (size_t i = 0; *w && i < (*w)->n_lanes; i++) mh_arena_done(&(*w)->lanes[i].arena);
}

static bool add_lane(struct walk *w, struct lane l)
{
	if (w->n_lanes == LANES) return false;
	w->lanes[w->n_lanes++] = l;
	return true;
}

static bool add_units(struct walk *w, enum way way, const bool *in)
{
	const struct mh_orgs *o = &w->tx->city->orgs;
	for (size_t i = 0; i < o->n; i++)
		if (in[i] && !add_lane(w, (struct lane){.way = way, .key = o->list[i].id})) return false;
	return true;
}

static bool add_classes(struct walk *w, const bool *in)
{
	const struct mh_city *c = w->tx->city;
	for (size_t i = 0; i < c->n_classes; i++)
		if (in[i] && !add_lane(w, (struct lane){.way = CLASS, .code = c->classes[i].code})) return false;
	return true;
}

/* What is over, newest first, would otherwise begin with a walk through everything that is not. */
static bool add_over(struct walk *w, const struct mh_list_filter *f)
{
	bool over = f->open == MH_LIST_NO || f->phase == MH_CAT_DONE || f->phase == MH_CAT_VOID || f->ended_from ||
		    f->ended_to;
	for (int phase = MH_CAT_DONE; over && phase <= MH_CAT_VOID; phase++)
		if (f->phase < 0 || f->phase == phase)
			add_lane(w, (struct lane){.way = OVER, .code = mh_str_c(mh_category_names[phase])});
	return w->n_lanes > 0;
}

static bool add_reach(struct walk *w, const struct mh_list_filter *f)
{
	return !f->whole && add_units(w, PLACE, f->reach) && add_units(w, OWNER, f->reach);
}

/* The narrowest way that the filter allows; every lane must hold all of its rows that can match. */
static void choose(struct walk *w, const struct mh_list_filter *f)
{
	const struct mh_orgs *o = &w->tx->city->orgs;
	if (f->parent_id) add_lane(w, (struct lane){.way = PARENT, .key = f->parent_id});
	else if (f->owner >= 0) add_lane(w, (struct lane){.way = OWNER, .key = mh_org_id_of(o, f->owner)});
	else if (f->missed) add_lane(w, (struct lane){.way = MISSED, .ids = f->missed, .n_ids = f->n_missed});
	if (w->n_lanes) return;
	if (f->place && add_units(w, PLACE, f->place)) return;
	w->n_lanes = 0;
	if (add_reach(w, f)) return;
	w->n_lanes = 0;
	if (f->cls && add_classes(w, f->cls)) return;
	w->n_lanes = 0;
	if (add_over(w, f)) return;
	add_lane(w, (struct lane){.way = ALL});
}

static void begin(struct walk *w, const struct mh_list_filter *f, struct mh_list_at at, size_t limit)
{
	choose(w, f);
	int64_t first = f->created_from ? mh_city_id_at(f->created_from) - 1 : 0;
	int64_t from = at.set ? at.id : w->up ? first : INT64_MAX, chunk;
	assert(w->n_lanes > 0);
	chunk = (int64_t)((limit + 1) / w->n_lanes + 4);
	for (size_t i = 0; i < w->n_lanes; i++) {
		w->lanes[i].from = from;
		w->lanes[i].chunk = chunk;
	}
}

/* What the desk knows of an open matter: its clocks. */
static bool with_desk(struct mh_desk *desk, struct mh_list_row *r)
{
	mh_desk_open(desk);
	const struct mh_list_row *open = mh_desk_find(desk, r->id);
	if (open) {
		r->due = open->due;
		r->clock = open->clock;
		r->unit = open->unit;
	}
	mh_desk_close(desk);
	return true;
}

static bool fits(const struct walk *w, struct mh_desk *desk, const struct mh_list_filter *f,
		 const struct mh_q_lane_row *q, struct mh_list_row *ret)
{
	/* a row that cannot be read is left out: `minhu doctor` tells of it */
	return mh_desk_read(w->tx->city, q, ret, NULL) == MH_OK && with_desk(desk, ret) && mh_list_match(f, ret);
}

/* Nothing is raised after its id was given, so that a walk into the past may end. */
static bool too_old(const struct walk *w, const struct mh_list_filter *f, const struct mh_q_lane_row *q)
{
	return !w->up && mh_city_id_time(q->id) < f->created_from;
}

static enum mh_code page_of_lanes(struct mh_tx *tx, struct mh_desk *desk, const struct mh_list_filter *f,
				  enum mh_list_sort sort, struct mh_list_at at, size_t limit, struct mh_list_page *ret,
				  struct mh_err *reterr)
{
	struct walk *w MH_CLEANUP(walk_done) = MH_NEW(tx->arena, struct walk);
	struct mh_list_row *rows = MH_NEW_ARRAY(tx->arena, limit + 1, struct mh_list_row);
	MH_TRY_MEM(w, reterr);
	MH_TRY_MEM(rows, reterr);
	*w = (struct walk){.tx = tx, .up = sort == MH_LIST_OLDEST, .last = -1};
	begin(w, f, at, limit);
	const struct mh_q_lane_row *q = NULL;
	size_t n = 0;
	while (n <= limit && w->seen < MH_LIST_SCAN) {
		MH_TRY(next(w, &q, reterr));
		if (q && too_old(w, f, q)) q = NULL;
		if (!q) break;
		n += fits(w, desk, f, q, &rows[n]);
	}
	*ret = (struct mh_list_page){.rows = rows, .n = n < limit ? n : limit};
	if (n > limit) ret->next = behind(sort, &rows[limit - 1]);
	else if (q) ret->next = (struct mh_list_at){.set = true, .id = w->last};
	return MH_OK;
}

enum mh_code mh_list_page(struct mh_tx *tx, struct mh_desk *desk, const struct mh_list_filter *f,
			  enum mh_list_sort sort, struct mh_list_at at, size_t limit, struct mh_list_page *ret,
			  struct mh_err *reterr)
{
	if (!desk) return MH_FAIL(reterr, MH_E_UNAVAILABLE, "There are no lists on this server");
	if (limit > MH_LIST_PAGE) limit = MH_LIST_PAGE;
	MH_TRY(mh_desk_sync(desk, tx, reterr));
	/* children are few, whether open or not */
	if (sort == MH_LIST_DUE || (mh_list_open_only(f) && !f->parent_id))
		return page_of_desk(tx, desk, f, sort, at, limit, ret, reterr);
	return page_of_lanes(tx, desk, f, sort, at, limit, ret, reterr);
}

enum mh_code mh_list_one(struct mh_tx *tx, struct mh_desk *desk, int64_t id, bool *ret_found, struct mh_list_row *ret,
			 struct mh_err *reterr)
{
	struct mh_q_lane_row q;
	bool found = false;
	struct mh_q_lane_one_in in = {.home_id = tx->city->home_id, .id = id};
	MH_TRY(mh_q_lane_one(tx->db, tx->arena, &in, &found, &q, reterr));
	*ret_found = found && mh_desk_read(tx->city, &q, ret, NULL) == MH_OK;
	if (*ret_found && desk) with_desk(desk, ret);
	return MH_OK;
}

/* --- counting --- */

enum mh_code mh_list_count(struct mh_tx *tx, struct mh_desk *desk, const struct mh_list_filter *f, mh_list_each *one,
			   void *ctx, bool *ret_all, struct mh_err *reterr)
{
	if (!desk) return MH_FAIL(reterr, MH_E_UNAVAILABLE, "There are no lists on this server");
	MH_TRY(mh_desk_sync(desk, tx, reterr));
	if (mh_list_open_only(f) && !f->parent_id) {
		size_t n = mh_desk_open(desk);
		for (size_t i = 0; i < n; i++)
			if (mh_list_match(f, mh_desk_row(desk, i))) one(ctx, mh_desk_row(desk, i));
		mh_desk_close(desk);
		*ret_all = true;
		return MH_OK;
	}
	struct walk *w MH_CLEANUP(walk_done) = MH_NEW(tx->arena, struct walk);
	MH_TRY_MEM(w, reterr);
	*w = (struct walk){.tx = tx, .last = -1};
	begin(w, f, (struct mh_list_at){0}, MH_LIST_PAGE);
	const struct mh_q_lane_row *q = NULL;
	while (w->seen < MH_LIST_SCAN) {
		struct mh_list_row row;
		MH_TRY(next(w, &q, reterr));
		if (q && too_old(w, f, q)) q = NULL;
		if (!q) break;
		if (fits(w, desk, f, q, &row)) one(ctx, &row);
	}
	*ret_all = !q;
	return MH_OK;
}
