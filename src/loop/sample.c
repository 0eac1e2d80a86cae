/* Playing: arrivals, clocks and people's looks in the order of time, many of them in one transaction. */
#include "loop/sample_priv.h"

#include "sql_gen.h"

#include <stdio.h>
#include <string.h>

#define BATCH 400   /* steps of one transaction */
#define NEW_MOST 64 /* matters looked up at once */
#define MIN_MS 60000

/* --- lists that grow --- */

static enum mh_code room(void **list, size_t n, size_t *have, size_t size, struct mh_err *reterr)
{
	if (n < *have) return MH_OK;
	size_t want = *have ? *have * 2 : 256;
	void *p = mh_mem_resize(*list, want * size);
	MH_TRY_MEM(p, reterr);
	*list = p;
	*have = want;
	return MH_OK;
}

static bool before(const struct mh_sample__visit *a, const struct mh_sample__visit *b)
{
	return a->at < b->at || (a->at == b->at && a->id < b->id);
}

static enum mh_code heap_add(struct mh_sample__sim *s, struct mh_sample__visit v, struct mh_err *reterr)
{
	MH_TRY(room((void **)&s->heap, s->n_heap, &s->room_heap, sizeof v, reterr));
	size_t i = s->n_heap++;
	for (; i > 0 && before(&v, &s->heap[(i - 1) / 2]); i = (i - 1) / 2) s->heap[i] = s->heap[(i - 1) / 2];
	s->heap[i] = v;
	return MH_OK;
}

static void heap_drop(struct mh_sample__sim *s)
{
	struct mh_sample__visit v = s->heap[--s->n_heap];
	size_t i = 0;
	for (size_t k; (k = 2 * i + 1) < s->n_heap; i = k) {
		if (k + 1 < s->n_heap && before(&s->heap[k + 1], &s->heap[k])) k++;
		if (!before(&s->heap[k], &v)) break;
		s->heap[i] = s->heap[k];
	}
	if (s->n_heap) s->heap[i] = v;
}

static struct mh_sample__live *find(struct mh_sample__sim *s, int64_t id)
{
	size_t lo = 0, hi = s->n_live;
	while (lo < hi) {
		size_t mid = (lo + hi) / 2;
		if (s->live[mid].id < id) lo = mid + 1;
		else hi = mid;
	}
	return lo < s->n_live && s->live[lo].id == id ? &s->live[lo] : NULL;
}

static void forget(struct mh_sample__sim *s, struct mh_sample__live *l)
{
	l->over = true;
	if (++s->n_over < 1000 || s->n_over * 2 < s->n_live) return;
	size_t kept = 0;
	for (size_t i = 0; i < s->n_live; i++)
		if (!s->live[i].over) s->live[kept++] = s->live[i];
	s->n_live = kept;
	s->n_over = 0;
}

static enum mh_code plan(struct mh_sample__sim *s, struct mh_sample__live *l, mh_time at, struct mh_err *reterr)
{
	l->look = at > s->now ? at : s->now + MIN_MS;
	return heap_add(s, (struct mh_sample__visit){l->look, l->id}, reterr);
}

/* --- the state of a matter, and when somebody looks at it --- */

/* Of what is over, a share is taken up again. */
static bool taken_up(struct mh_sample__sim *s, const struct mh_sample__live *l)
{
	const int *w = mh_sample__weights(l->kind, l->state);
	size_t nt = l->kind->def->n_transitions;
	int64_t sum = 0;
	for (size_t i = 0; i < nt; i++) sum += w[i];
	return sum > 0 && (int64_t)mh_random_below(&s->rng, (uint64_t)(sum + w[nt])) < sum;
}

static enum mh_code came_into(struct mh_sample__sim *s, struct mh_sample__live *l, int state, mh_time since,
			      struct mh_err *reterr)
{
	const struct mh_def *d = l->kind->def;
	if (d->states[state].vote >= 0 && state != l->state) s->sign = true;
	l->state = state;
	l->idle = 0;
	if (mh_def_is_over(d, state) && !taken_up(s, l)) return forget(s, l), MH_OK;
	return plan(s, l, mh_sample__look(&s->book, l->kind, state, mh_city_cal(s->city, 0), &s->rng, since), reterr);
}

/* --- matters that appear --- */

static const struct mh_sample__kind *kind_of(const struct mh_sample__sim *s, struct mh_str kind, int64_t version)
{
	for (size_t i = 0; i < s->book.n_kinds; i++)
		if (s->book.kinds[i].def->version == version && mh_str_eq(s->book.kinds[i].def->kind, kind))
			return &s->book.kinds[i];
	return NULL;
}

static void remember(struct mh_sample__sim *s, const struct mh_q_matter_by_id_row *row, const struct mh_sample__kind *k)
{
	struct mh_sample__known *n = &s->known[s->n_known++ % MH_SAMPLE_KNOWN_MAX];
	*n = (struct mh_sample__known){.kind = k->def->kind};
	snprintf(n->ref, sizeof n->ref, MH_STR_FMT, MH_STR_ARG(row->ref));
	snprintf(n->category, sizeof n->category, MH_STR_FMT, MH_STR_ARG(row->class_code));
}

static enum mh_code meet(struct mh_sample__sim *s, int64_t id, const struct mh_sample__live *like,
			 struct mh_err *reterr)
{
	struct mh_q_matter_by_id_row row;
	MH_TRY(mh_sample__row(s, id, &row, reterr));
	const struct mh_sample__kind *k = kind_of(s, row.kind, row.version);
	struct mh_sample__live *parent = row.parent_id ? find(s, row.parent_id) : NULL, l = {.burst = -1, .place = -1};
	if (!k) return MH_OK;
	if (like && !row.parent_id) l = *like;
	else if (parent) l.what = parent->what;
	l.id = id;
	l.kind = k;
	l.state = -1;
	l.place = mh_org_by_id(&s->city->orgs, row.place_id);
	MH_TRY(room((void **)&s->live, s->n_live, &s->room_live, sizeof l, reterr));
	s->live[s->n_live++] = l;
	if (row.parent_id) s->count.children++;
	if (k->def->initial >= 0 && !k->def->child_only && k->share) remember(s, &row, k);
	return came_into(s, &s->live[s->n_live - 1], mh_def_state(k->def, row.state), row.entered, reterr);
}

/* Matters that came into being since the last time: those that people raised, and those that other matters made. */
static enum mh_code discover(struct mh_sample__sim *s, const struct mh_sample__live *like, struct mh_err *reterr)
{
	int64_t ids[NEW_MOST * 8];
	size_t n_ids = 0, n = 0;
	struct mh_q_matter_list_row *rows;
	struct mh_q_matter_list_in in = {.home_id = s->city->home_id, .after_id = INT64_MAX, .limit = 1};
	for (bool more = true; more; in.limit = NEW_MOST) {
		MH_TRY(mh_q_matter_list(s->db, &s->step, &in, &rows, &n, reterr));
		more = n == (size_t)in.limit && rows[n - 1].id > s->newest;
		for (size_t i = 0; i < n && rows[i].id > s->newest; i++) {
			if (n_ids == sizeof ids / sizeof *ids)
				return MH_FAIL(reterr, MH_E_TOO_LARGE, "One step has made too many matters");
			ids[n_ids++] = in.after_id = rows[i].id;
		}
	}
	if (n_ids) s->newest = ids[0];
	while (n_ids > 0) MH_TRY(meet(s, ids[--n_ids], like, reterr));
	return MH_OK;
}

/* --- what happens --- */

static enum mh_code look(struct mh_sample__sim *s, int64_t id, struct mh_err *reterr)
{
	struct mh_sample__live *l = find(s, id);
	struct mh_q_matter_by_id_row row;
	struct mh_outcome out = {0};
	bool done = false;
	MH_TRY(mh_sample__row(s, id, &row, reterr));
	int state = mh_def_state(l->kind->def, row.state);
	if (state != l->state) return came_into(s, l, state, row.entered, reterr);
	if (l->kind->def->states[state].vote >= 0) MH_TRY(mh_sample__ballot(s, l, &done, &out, reterr));
	else MH_TRY(mh_sample__act(s, l, &row, &done, &out, reterr));
	if (done) {
		s->count.steps++;
		MH_TRY(discover(s, NULL, reterr));
		l = find(s, id);
		return came_into(s, l, mh_def_state(l->kind->def, out.state), s->now, reterr);
	}
	if (mh_def_is_over(l->kind->def, state)) return forget(s, l), MH_OK;
	/* Left lying: looked at again later and later. */
	if (l->idle < 6) l->idle++;
	mh_time at = mh_sample__look(&s->book, l->kind, state, mh_city_cal(s->city, 0), &s->rng, s->now);
	return plan(s, l, s->now + (at - s->now) * l->idle, reterr);
}

static enum mh_code choose_what(struct mh_sample__sim *s, struct mh_sample__live *l, struct mh_err *reterr)
{
	int64_t at = (int64_t)mh_random_below(&s->rng, (uint64_t)s->total_share);
	mh_day today = mh_time_day(s->now, s->city->zone_min);
	for (size_t i = 0; i < s->book.n_kinds && !l->kind; i++)
		if ((at -= s->book.kinds[i].share) < 0) l->kind = &s->book.kinds[i];
	if (!l->kind) return MH_FAIL(reterr, MH_E_INTERNAL, "The shares of the kinds do not add up");
	const struct mh_def *d = mh_city_def_for(s->city, l->kind->def->kind, today);
	if (!d)
		return MH_FAIL(reterr, MH_E_INVALID, "No definition of " MH_STR_FMT " is in force",
			       MH_STR_ARG(l->kind->def->kind));
	l->what = mh_sample__case_of(&s->rng, l->kind, mh_day_civil(today).month, false);
	if (!l->what) l->what = l->kind->cases[0];
	l->place = mh_sample__place(&s->rng, s->city, l->what->where);
	return MH_OK;
}

static enum mh_code create(struct mh_sample__sim *s, struct mh_sample__live *l, struct mh_outcome *ret,
			   struct mh_err *reterr)
{
	struct mh_sample__talk t = mh_sample__talk_of(s, l, -1);
	const struct mh_def *d = l->kind->def;
	struct mh_yaml *by = mh_sample__pick(&s->rng, l->kind->by);
	int role = by ? mh_def_role(d, by->key) : -1;
	MH_JSON_AUTO json_t *form = NULL;
	struct mh_create in = {.kind = d->kind, .by = {.org = -1}, .owner = -1};
	if (role >= 0) mh_sample__who(&t, &d->roles[role], NULL, 0, NULL, &in.by);
	MH_TRY(mh_sample__intake(&t, &form, reterr));
	in.fields = form;
	MH_TX(tx, s->city, s->db, &s->step, s->now);
	return mh_matter_create(&tx, &in, ret, reterr);
}

static enum mh_code arrive(struct mh_sample__sim *s, const struct mh_sample__arrival *a, struct mh_err *reterr)
{
	struct mh_sample__live l = {.burst = a->burst, .place = -1};
	struct mh_sample__burst *b = a->burst < 0 ? NULL : &s->bursts[a->burst];
	struct mh_outcome out;
	if (b) l.kind = b->kind, l.what = b->what, l.place = b->place;
	else MH_TRY(choose_what(s, &l, reterr));
	MH_TRY(create(s, &l, &out, reterr));
	s->count.raised++;
	if (b && !b->main_id) {
		b->main_id = out.matter_id;
		snprintf(b->main_ref, sizeof b->main_ref, MH_STR_FMT, MH_STR_ARG(out.ref));
	}
	return discover(s, &l, reterr);
}

/* Clocks that are due; whoever has such a matter looks at it anew. */
static enum mh_code tick(struct mh_sample__sim *s, struct mh_err *reterr)
{
	struct mh_q_clock_due_row *rows;
	size_t n;
	int fired = 0;
	struct mh_q_clock_due_in in = {.home_id = s->city->home_id, .now = s->now, .limit = NEW_MOST};
	MH_TRY(mh_q_clock_due(s->db, &s->step, &in, &rows, &n, reterr));
	{
		MH_TX(tx, s->city, s->db, &s->step, s->now);
		MH_TRY(mh_matter_tick(&tx, NEW_MOST, &fired, reterr));
	}
	s->count.clocks += fired;
	for (size_t i = 0; i < n; i++) {
		struct mh_sample__live *l = find(s, rows[i].matter_id);
		struct mh_q_matter_by_id_row row;
		if (!l || l->over) continue;
		MH_TRY(mh_sample__row(s, l->id, &row, reterr));
		int state = mh_def_state(l->kind->def, row.state);
		if (state != l->state) MH_TRY(came_into(s, l, state, s->now, reterr));
	}
	return discover(s, NULL, reterr);
}

/* --- the run --- */

static enum mh_code next_clock(struct mh_sample__sim *s, mh_time *ret, struct mh_err *reterr)
{
	MH_TX(tx, s->city, s->db, &s->step, s->now);
	return mh_matter_next_clock(&tx, ret, reterr);
}

/* The next thing at or before `limit`; *ret_any false: nothing more. A clock comes before people at the same instant. */
static enum mh_code next(struct mh_sample__sim *s, int64_t *arrived, bool *ret_any, struct mh_err *reterr)
{
	mh_time clock, people = MH_TIME_MAX, raise = MH_TIME_MAX;
	MH_TRY(next_clock(s, &clock, reterr));
	for (; s->n_heap; heap_drop(s)) {
		struct mh_sample__live *l = find(s, s->heap[0].id);
		if (l && !l->over && l->look == s->heap[0].at) break;
	}
	if (s->n_heap) people = s->heap[0].at;
	if (*arrived < s->config->matters) raise = s->arrivals[*arrived].at;
	mh_time at = clock < people ? clock : people;
	if (raise < at) at = raise;
	*ret_any = at < s->config->until;
	if (!*ret_any) return MH_OK;
	if (at > s->now) s->now = at;
	if (clock == at || clock <= s->now) return tick(s, reterr);
	if (raise == at) return arrive(s, &s->arrivals[(*arrived)++], reterr);
	int64_t id = s->heap[0].id;
	heap_drop(s);
	return look(s, id, reterr);
}

static enum mh_code commit(struct mh_sample__sim *s, struct mh_db_tx *tx, struct mh_err *reterr)
{
	MH_TRY(mh_city_before_commit(s->city, s->db, reterr));
	MH_TRY(mh_db_commit(tx, reterr));
	mh_city_committed(s->city);
	s->batch = 0;
	s->sign = false;
	return mh_ledger_publish(s->city->ledger, s->db, s->now, true, NULL, reterr);
}

/* The panels of votes that were opened are drawn from the head that was just signed. */
static enum mh_code draw_panels(struct mh_sample__sim *s, struct mh_err *reterr)
{
	int n;
	MH_TX(tx, s->city, s->db, &s->step, s->now);
	return mh_matter_tick(&tx, NEW_MOST, &n, reterr);
}

static enum mh_code history(struct mh_sample__sim *s, struct mh_db_tx *tx, struct mh_err *reterr)
{
	int64_t arrived = 0;
	MH_TRY(mh_db_begin_write(tx, reterr));
	for (bool any = true; any;) {
		bool signed_now = s->sign;
		MH_TRY(next(s, &arrived, &any, reterr));
		mh_arena_clear(&s->step);
		if (++s->batch < BATCH && !s->sign && any) continue;
		signed_now = s->sign;
		MH_TRY(commit(s, tx, reterr));
		if (s->config->progress) s->config->progress(s->config->ctx, arrived);
		if (!any) break;
		MH_TRY(mh_db_begin_write(tx, reterr));
		if (signed_now) MH_TRY(draw_panels(s, reterr));
	}
	return MH_OK;
}

static void count_open(struct mh_sample__sim *s)
{
	struct mh_err ignored;
	for (size_t i = 0; i < s->n_live; i++) {
		struct mh_q_matter_by_id_row row;
		if (s->live[i].over || mh_def_is_over(s->live[i].kind->def, s->live[i].state)) continue;
		if (mh_sample__row(s, s->live[i].id, &row, &ignored) != MH_OK) return;
		s->count.open++;
		s->count.late += row.mark.len > 0;
		mh_arena_clear(&s->step);
	}
}

static enum mh_code play(struct mh_sample__sim *s, struct mh_buf *report, struct mh_err *reterr)
{
	const struct mh_sample_config *c = s->config;
	struct mh_q_matter_list_row *rows;
	size_t n;
	struct mh_q_matter_list_in in = {.home_id = s->city->home_id, .after_id = INT64_MAX, .limit = 1};
	MH_TRY(mh_sample__book_load(&s->arena, s->city, c->pack_dir, report, &s->book, reterr));
	MH_TRY(mh_sample__files(&s->book, s->city, c->pack_dir, reterr));
	MH_TRY(mh_sample__arrivals(&s->book, s->city, &s->rng, c, &s->arrivals, &s->bursts, reterr));
	for (size_t i = 0; i < s->book.n_kinds; i++) s->total_share += s->book.kinds[i].share;
	MH_TRY(mh_q_matter_list(s->db, &s->step, &in, &rows, &n, reterr));
	if (n) s->newest = rows[0].id;
	MH_DB_TX(tx, s->db);
	enum mh_code code = history(s, &tx, reterr);
	if (code != MH_OK) mh_city_rolled_back(s->city);
	else count_open(s);
	return code;
}

enum mh_code mh_sample_play(struct mh_db *db, struct mh_city *city, const struct mh_sample_config *config,
			    struct mh_sample_count *ret, struct mh_buf *report, struct mh_err *reterr)
{
	struct mh_sample__sim s = {
		.db = db, .city = city, .config = config, .arena = MH_ARENA((size_t)2 << 30), .now = config->from};
	if (config->from >= config->until || config->matters < 1)
		return MH_FAIL(reterr, MH_E_INVALID, "A history needs a span of time and at least one matter");
	s.rng = mh_rng_seeded(&s.seed, config->seed);
	enum mh_code code = play(&s, report, reterr);
	if (code == MH_OK) *ret = s.count;
	mh_mem_free(s.live);
	mh_mem_free(s.heap);
	mh_arena_done(&s.step);
	mh_arena_done(&s.arena);
	return code;
}

enum mh_code mh_sample_begin(struct mh_db *db, struct mh_city *city, mh_time *ret, struct mh_err *reterr)
{
	struct mh_arena a = MH_ARENA(0);
	struct mh_str text;
	MH_JSON_AUTO json_t *entry = NULL;
	enum mh_code code = mh_ledger_entry(db, city->home_id, 0, mh_ledger_size(city->ledger) - 1, &a, &text, reterr);
	if (code == MH_OK) code = mh_json_parse(text, &entry, reterr);
	if (code == MH_OK) *ret = mh_json_get_int(entry, "t", 0) * 1000;
	mh_arena_done(&a);
	return code;
}
