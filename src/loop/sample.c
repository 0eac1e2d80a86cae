/* Playing: arrivals, clocks and people's looks in the order of time, many of them in one transaction. */
#include "loop/sample_priv.h"

#include "sql_gen.h"

#include <stdio.h>
#include <string.h>

#define BATCH 400        /* steps of one transaction */
#define NEW_MOST 64      /* matters looked up at once */
#define CLASSES 64       /* matters of other kinds that steps may refer to, the newest */
#define TRANSITIONS 256  /* of one definition */
#define MIN_MS 60000

/* A matter that somebody will look at again. */
struct live {
	int64_t id;
	const struct mh_sample__kind *kind;
	const struct mh_sample__case *what;
	mh_time look;
	int state, burst, place, idle;
	bool over;
};
struct visit { /* an entry of the heap; stale when the matter's look has moved */
	mh_time at;
	int64_t id;
};
struct known { /* what a class or item is called */
	struct mh_str kind;
	char ref[40], category[16];
};
struct sim {
	struct mh_db *db;
	struct mh_city *city;
	const struct mh_sample_config *config;
	struct mh_sample__book book;
	struct mh_arena arena, step; /* of the whole; of one step */
	struct mh_rng_seed seed;
	struct mh_rng rng;
	mh_time now;
	struct mh_sample__arrival *arrivals;
	struct mh_sample__burst *bursts;
	struct live *live; /* by id, ascending */
	size_t n_live, room_live, n_over;
	struct visit *heap;
	size_t n_heap, room_heap;
	struct known known[CLASSES];
	size_t n_known;
	int64_t newest; /* id */
	int64_t total_share;
	struct mh_sample_count count;
	bool sign; /* a panel waits for a signed head */
	int batch;
};

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

static bool before(const struct visit *a, const struct visit *b)
{
	return a->at < b->at || (a->at == b->at && a->id < b->id);
}

static enum mh_code heap_add(struct sim *s, struct visit v, struct mh_err *reterr)
{
	MH_TRY(room((void **)&s->heap, s->n_heap, &s->room_heap, sizeof v, reterr));
	size_t i = s->n_heap++;
	for (; i > 0 && before(&v, &s->heap[(i - 1) / 2]); i = (i - 1) / 2) s->heap[i] = s->heap[(i - 1) / 2];
	s->heap[i] = v;
	return MH_OK;
}

static void heap_drop(struct sim *s)
{
	struct visit v = s->heap[--s->n_heap];
	size_t i = 0;
	for (size_t k; (k = 2 * i + 1) < s->n_heap; i = k) {
		if (k + 1 < s->n_heap && before(&s->heap[k + 1], &s->heap[k])) k++;
		if (!before(&s->heap[k], &v)) break;
		s->heap[i] = s->heap[k];
	}
	if (s->n_heap) s->heap[i] = v;
}

static struct live *find(struct sim *s, int64_t id)
{
	size_t lo = 0, hi = s->n_live;
	while (lo < hi) {
		size_t mid = (lo + hi) / 2;
		if (s->live[mid].id < id) lo = mid + 1;
		else hi = mid;
	}
	return lo < s->n_live && s->live[lo].id == id ? &s->live[lo] : NULL;
}

static void forget(struct sim *s, struct live *l)
{
	l->over = true;
	if (++s->n_over < 1000 || s->n_over * 2 < s->n_live) return;
	size_t kept = 0;
	for (size_t i = 0; i < s->n_live; i++)
		if (!s->live[i].over) s->live[kept++] = s->live[i];
	s->n_live = kept;
	s->n_over = 0;
}

static enum mh_code plan(struct sim *s, struct live *l, mh_time at, struct mh_err *reterr)
{
	l->look = at > s->now ? at : s->now + MIN_MS;
	return heap_add(s, (struct visit){l->look, l->id}, reterr);
}

/* --- the state of a matter, and when somebody looks at it --- */

static int *weights_of(const struct mh_sample__kind *k, int state)
{
	return &k->weight[(size_t)state * (k->def->n_transitions + 1)];
}

/* Of what is over, a share is taken up again. */
static bool taken_up(struct sim *s, const struct live *l)
{
	const int *w = weights_of(l->kind, l->state);
	size_t nt = l->kind->def->n_transitions;
	int64_t sum = 0;
	for (size_t i = 0; i < nt; i++) sum += w[i];
	return sum > 0 && (int64_t)mh_random_below(&s->rng, (uint64_t)(sum + w[nt])) < sum;
}

static enum mh_code came_into(struct sim *s, struct live *l, int state, mh_time since, struct mh_err *reterr)
{
	const struct mh_def *d = l->kind->def;
	if (d->states[state].vote >= 0 && state != l->state) s->sign = true;
	l->state = state;
	l->idle = 0;
	if (mh_def_is_over(d, state) && !taken_up(s, l)) return forget(s, l), MH_OK;
	return plan(s, l, mh_sample__look(&s->book, l->kind, state, mh_city_cal(s->city, 0), &s->rng, since), reterr);
}

/* --- matters that appear --- */

static const struct mh_sample__kind *kind_of(const struct sim *s, struct mh_str kind, int64_t version)
{
	for (size_t i = 0; i < s->book.n_kinds; i++)
		if (s->book.kinds[i].def->version == version && mh_str_eq(s->book.kinds[i].def->kind, kind))
			return &s->book.kinds[i];
	return NULL;
}

static void remember(struct sim *s, const struct mh_q_matter_by_id_row *row, const struct mh_sample__kind *k)
{
	struct known *n = &s->known[s->n_known++ % CLASSES];
	*n = (struct known){.kind = k->def->kind};
	snprintf(n->ref, sizeof n->ref, MH_STR_FMT, MH_STR_ARG(row->ref));
	snprintf(n->category, sizeof n->category, MH_STR_FMT, MH_STR_ARG(row->class_code));
}

/* The newest of that kind about the same thing, by the second level of the category. */
static struct mh_str of_kind(void *ctx, struct mh_str kind, struct mh_str category)
{
	struct sim *s = ctx;
	size_t have = s->n_known < CLASSES ? s->n_known : CLASSES;
	for (size_t i = 0; i < have; i++) {
		struct known *k = &s->known[(s->n_known - 1 - i) % CLASSES];
		if (mh_str_eq(k->kind, kind) && category.len >= 4 && strncmp(k->category, category.ptr, 4) == 0)
			return mh_str_c(k->ref);
	}
	return MH_STR("");
}

static enum mh_code read_row(struct sim *s, int64_t id, struct mh_q_matter_by_id_row *ret, struct mh_err *reterr)
{
	bool found = false;
	struct mh_q_matter_by_id_in in = {.home_id = s->city->home_id, .id = id};
	MH_TRY(mh_q_matter_by_id(s->db, &s->step, &in, &found, ret, reterr));
	return found ? MH_OK : MH_FAIL(reterr, MH_E_CORRUPT, "A matter has gone");
}

static enum mh_code meet(struct sim *s, int64_t id, const struct live *like, struct mh_err *reterr)
{
	struct mh_q_matter_by_id_row row;
	MH_TRY(read_row(s, id, &row, reterr));
	const struct mh_sample__kind *k = kind_of(s, row.kind, row.version);
	struct live *parent = row.parent_id ? find(s, row.parent_id) : NULL, l = {.burst = -1, .place = -1};
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
static enum mh_code discover(struct sim *s, const struct live *like, struct mh_err *reterr)
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

/* --- steps of people --- */

static struct mh_sample__talk talk_of(struct sim *s, const struct live *l, int unit)
{
	struct mh_sample__talk t = {.book = &s->book,
				    .city = s->city,
				    .rng = &s->rng,
				    .arena = &s->step,
				    .kind = l->kind,
				    .what = l->what,
				    .place = l->place,
				    .unit = unit,
				    .now = s->now,
				    .main_ref = MH_STR(""),
				    .of_kind = of_kind,
				    .ctx = s};
	if (l->burst >= 0 && s->bursts[l->burst].main_id != l->id)
		t.main_ref = mh_str_c(s->bursts[l->burst].main_ref);
	return t;
}

/* A refusal by the rules is part of life; anything else is a fault, and so is one that had already written something. */
static enum mh_code judge(struct sim *s, enum mh_code code, uint64_t writes, bool *ret_done, struct mh_err *reterr,
			  const struct mh_err *why)
{
	*ret_done = code == MH_OK;
	if (code == MH_OK) return MH_OK;
	bool rule = code == MH_E_CONFLICT || code == MH_E_FORBIDDEN || code == MH_E_INVALID || code == MH_E_NOT_FOUND;
	if (rule && mh_db_writes(s->db) == writes) return s->count.refused++, MH_OK;
	if (reterr) *reterr = *why;
	return code;
}

static enum mh_code hand_in(struct sim *s, const struct mh_act *act, struct mh_outcome *ret, struct mh_err *reterr)
{
	MH_TX(tx, s->city, s->db, &s->step, s->now);
	return mh_matter_act(&tx, act, ret, reterr);
}

static enum mh_code proof(struct sim *s, const struct live *l, const struct mh_evidence *e, json_t *list,
			  struct mh_err *reterr)
{
	MH_TX(tx, s->city, s->db, &s->step, s->now);
	size_t from = s->book.n_files ? (size_t)mh_random_below(&s->rng, s->book.n_files) : 0, have = 0;
	for (size_t i = 0; i < s->book.n_files * 2 && have < (size_t)e->min; i++) {
		const struct mh_sample__file *f = &s->book.files[(from + i) % s->book.n_files];
		int64_t id = 0;
		if (!(f->media & e->accept)) continue;
		struct mh_file file = {.matter_id = l->id, .hash = f->hash, .media_type = f->type, .size = f->size};
		MH_TRY(mh_matter_file(&tx, &file, &id, reterr));
		struct mh_str text = mh_str_fmt(&s->step, "%lld", (long long)id);
		if (json_array_append_new(list, mh_json_str(text)) != 0)
			return MH_FAIL(reterr, MH_E_NO_MEMORY, "Memory is short");
		have++;
	}
	return MH_OK;
}

static enum mh_code proofs(struct sim *s, const struct live *l, const struct mh_transition *t, json_t **ret,
			   struct mh_err *reterr)
{
	MH_JSON_AUTO json_t *all = json_object();
	MH_TRY_MEM(all, reterr);
	for (size_t i = 0; i < t->n_evidence; i++) {
		const struct mh_evidence *e = &l->kind->def->evidence[t->evidence[i]];
		struct mh_str name = mh_str_dup(&s->step, e->name);
		json_t *list = json_array();
		if (!name.ptr || json_object_set_new(all, name.ptr, list) != 0)
			return MH_FAIL(reterr, MH_E_NO_MEMORY, "Memory is short");
		MH_TRY(proof(s, l, e, list, reterr));
	}
	*ret = json_incref(all);
	return MH_OK;
}

/* Files are stored only for a step that lacks nothing else: first it is tried without them. */
static enum mh_code take(struct sim *s, const struct live *l, const struct mh_transition *t, struct mh_act *act,
			 struct mh_outcome *ret, bool *ret_done, struct mh_err *reterr)
{
	struct mh_err why = {0};
	uint64_t writes = mh_db_writes(s->db);
	MH_JSON_AUTO json_t *evidence = NULL;
	enum mh_code code = hand_in(s, act, ret, &why);
	if (code == MH_E_INVALID && t->n_evidence && mh_db_writes(s->db) == writes) {
		MH_TRY(proofs(s, l, t, &evidence, reterr));
		writes = mh_db_writes(s->db);
		act->evidence = evidence;
		code = hand_in(s, act, ret, &why);
	}
	return judge(s, code, writes, ret_done, reterr, &why);
}

static enum mh_code step(struct sim *s, const struct live *l, const struct mh_q_matter_by_id_row *row,
			 const struct mh_transition *t, struct mh_outcome *ret, bool *ret_done, struct mh_err *reterr)
{
	struct mh_sample__talk talk = talk_of(s, l, mh_org_by_id(&s->city->orgs, row->owner_id));
	MH_JSON_AUTO json_t *facts = NULL;
	MH_JSON_AUTO json_t *form = NULL;
	struct mh_act act = {.matter_id = l->id, .transition = t->name, .expect_seq = -1};
	const struct mh_def *d = l->kind->def;
	*ret_done = false;
	if (t->who.n_roles == 0) return MH_OK;
	MH_TRY(mh_json_parse(row->facts, &facts, reterr));
	const struct mh_role *role = &d->roles[t->who.roles[mh_random_below(&s->rng, t->who.n_roles)]];
	if (!mh_sample__who(&talk, role, &t->who, l->id, facts, &act.by)) return MH_OK;
	if (talk.unit < 0) talk.unit = act.by.org;
	enum mh_code code = mh_sample__form(&talk, t, &form, reterr);
	if (code == MH_E_CONFLICT) return MH_OK;
	MH_TRY(code);
	act.fields = form;
	return take(s, l, t, &act, ret, ret_done, reterr);
}

/* --- choosing --- */

static bool can_start(const struct mh_transition *t, int state, const json_t *uses, struct mh_arena *a)
{
	bool here = false;
	for (size_t i = 0; i < t->n_from; i++) here = here || t->from[i] == state;
	if (!here || t->trigger != MH_BY_PERSON) return false;
	struct mh_str key = mh_str_dup(a, t->name);
	return key.ptr && (t->max == 0 || mh_json_get_int(uses, key.ptr, 0) < t->max);
}

static void fitting(struct sim *s, const struct live *l, const json_t *uses, int *out)
{
	const struct mh_def *d = l->kind->def;
	const int *w = weights_of(l->kind, l->state);
	bool over = mh_def_is_over(d, l->state);
	for (size_t i = 0; i < d->n_transitions; i++)
		out[i] = w[i] && can_start(&d->transitions[i], l->state, uses, &s->step) ? w[i] : 0;
	out[d->n_transitions] = over ? 0 : w[d->n_transitions];
}

static int draw(struct sim *s, const int *w, size_t n)
{
	int64_t sum = 0, at;
	for (size_t i = 0; i < n; i++) sum += w[i];
	if (sum == 0) return -1;
	at = (int64_t)mh_random_below(&s->rng, (uint64_t)sum);
	for (size_t i = 0; i < n; i++)
		if ((at -= w[i]) < 0) return (int)i;
	return -1;
}

/* Somebody sits down and does what comes to hand; what the rules refuse gives way to something else. */
static enum mh_code do_something(struct sim *s, struct live *l, const struct mh_q_matter_by_id_row *row, bool *ret_done,
				 struct mh_outcome *ret, struct mh_err *reterr)
{
	const struct mh_def *d = l->kind->def;
	int w[TRANSITIONS + 1];
	MH_JSON_AUTO json_t *uses = NULL;
	*ret_done = false;
	if (d->n_transitions > TRANSITIONS) return MH_OK;
	MH_TRY(mh_json_parse(row->uses, &uses, reterr));
	fitting(s, l, uses, w);
	for (int tries = 0; tries < 5 && !*ret_done; tries++) {
		int t = draw(s, w, d->n_transitions + 1);
		if (t < 0 || (size_t)t == d->n_transitions) return MH_OK;
		w[t] = 0;
		MH_TRY(step(s, l, row, &d->transitions[t], ret, ret_done, reterr));
	}
	return MH_OK;
}

/* --- panels --- */

static enum mh_code one_vote(struct sim *s, struct live *l, json_t *elector, struct mh_str vote_choice, bool *ret_done,
			     struct mh_outcome *ret, struct mh_err *reterr)
{
	const struct mh_def *d = l->kind->def;
	const struct mh_vote *v = &d->votes[d->states[l->state].vote];
	struct mh_q_officer_get_row o;
	bool known = false;
	struct mh_str code = mh_json_get_str(elector, "code");
	MH_TRY(mh_q_officer_get(s->db, &s->step, &(struct mh_q_officer_get_in){.id = mh_org_id(code)}, &known, &o, reterr));
	if (!known) return MH_OK;
	struct mh_party by = {.role = d->roles[v->role].name,
			      .org = mh_org_by_id(&s->city->orgs, o.org_id),
			      .officer = code};
	struct mh_err why = {0};
	uint64_t writes = mh_db_writes(s->db);
	MH_TX(tx, s->city, s->db, &s->step, s->now);
	enum mh_code done = mh_matter_ballot(&tx, l->id, by, vote_choice, ret, &why);
	return judge(s, done, writes, ret_done, reterr, &why);
}

/* The first elector who has not voted yet does; seven in eight are in favour. */
static enum mh_code ballot(struct sim *s, struct live *l, bool *ret_done, struct mh_outcome *ret, struct mh_err *reterr)
{
	const struct mh_def *d = l->kind->def;
	const struct mh_vote *v = &d->votes[d->states[l->state].vote];
	json_t *view = NULL, *e;
	size_t i;
	{
		MH_TX(tx, s->city, s->db, &s->step, s->now);
		MH_TRY(mh_matter_view(&tx, l->id, false, &view, reterr));
	}
	MH_JSON_AUTO json_t *owned = view;
	struct mh_str choice = v->choices[mh_sample__chance(&s->rng, 88) ? 0 : v->n_choices - 1];
	*ret_done = false;
	json_array_foreach(json_object_get(json_object_get(view, "vote"), "electors"), i, e)
		if (!json_is_true(json_object_get(e, "voted"))) return one_vote(s, l, e, choice, ret_done, ret, reterr);
	return MH_OK;
}

/* --- what happens --- */

static enum mh_code look(struct sim *s, int64_t id, struct mh_err *reterr)
{
	struct live *l = find(s, id);
	struct mh_q_matter_by_id_row row;
	struct mh_outcome out = {0};
	bool done = false;
	MH_TRY(read_row(s, id, &row, reterr));
	int state = mh_def_state(l->kind->def, row.state);
	if (state != l->state) return came_into(s, l, state, row.entered, reterr);
	if (l->kind->def->states[state].vote >= 0) MH_TRY(ballot(s, l, &done, &out, reterr));
	else MH_TRY(do_something(s, l, &row, &done, &out, reterr));
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

static enum mh_code choose_what(struct sim *s, struct live *l, struct mh_err *reterr)
{
	int64_t at = (int64_t)mh_random_below(&s->rng, (uint64_t)s->total_share);
	mh_day today = mh_time_day(s->now, s->city->zone_min);
	for (size_t i = 0; i < s->book.n_kinds && !l->kind; i++)
		if ((at -= s->book.kinds[i].share) < 0) l->kind = &s->book.kinds[i];
	const struct mh_def *d = mh_city_def_for(s->city, l->kind->def->kind, today);
	if (!d) return MH_FAIL(reterr, MH_E_INVALID, "No definition of " MH_STR_FMT " is in force",
			       MH_STR_ARG(l->kind->def->kind));
	l->what = mh_sample__case_of(&s->rng, l->kind, mh_day_civil(today).month, false);
	if (!l->what) l->what = l->kind->cases[0];
	l->place = mh_sample__place(&s->rng, s->city, l->what->where);
	return MH_OK;
}

static enum mh_code create(struct sim *s, struct live *l, struct mh_outcome *ret, struct mh_err *reterr)
{
	struct mh_sample__talk t = talk_of(s, l, -1);
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

static enum mh_code arrive(struct sim *s, const struct mh_sample__arrival *a, struct mh_err *reterr)
{
	struct live l = {.burst = a->burst, .place = -1};
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
static enum mh_code tick(struct sim *s, struct mh_err *reterr)
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
		struct live *l = find(s, rows[i].matter_id);
		struct mh_q_matter_by_id_row row;
		if (!l || l->over) continue;
		MH_TRY(read_row(s, l->id, &row, reterr));
		int state = mh_def_state(l->kind->def, row.state);
		if (state != l->state) MH_TRY(came_into(s, l, state, s->now, reterr));
	}
	return discover(s, NULL, reterr);
}

/* --- the run --- */

static enum mh_code next_clock(struct sim *s, mh_time *ret, struct mh_err *reterr)
{
	MH_TX(tx, s->city, s->db, &s->step, s->now);
	return mh_matter_next_clock(&tx, ret, reterr);
}

/* The next thing at or before `limit`; *ret_any false: nothing more. A clock comes before people at the same instant. */
static enum mh_code next(struct sim *s, int64_t *arrived, bool *ret_any, struct mh_err *reterr)
{
	mh_time clock, people = MH_TIME_MAX, raise = MH_TIME_MAX;
	MH_TRY(next_clock(s, &clock, reterr));
	for (; s->n_heap; heap_drop(s)) {
		struct live *l = find(s, s->heap[0].id);
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

static enum mh_code commit(struct sim *s, struct mh_db_tx *tx, struct mh_err *reterr)
{
	MH_TRY(mh_ledger_before_commit(s->city->ledger, s->db, reterr));
	MH_TRY(mh_db_commit(tx, reterr));
	mh_ledger_committed(s->city->ledger);
	s->batch = 0;
	s->sign = false;
	return mh_ledger_publish(s->city->ledger, s->db, s->now, true, NULL, reterr);
}

/* The panels of votes that were opened are drawn from the head that was just signed. */
static enum mh_code draw_panels(struct sim *s, struct mh_err *reterr)
{
	int n;
	MH_TX(tx, s->city, s->db, &s->step, s->now);
	return mh_matter_tick(&tx, NEW_MOST, &n, reterr);
}

static enum mh_code history(struct sim *s, struct mh_db_tx *tx, struct mh_err *reterr)
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

static void count_open(struct sim *s)
{
	struct mh_err ignored;
	for (size_t i = 0; i < s->n_live; i++) {
		struct mh_q_matter_by_id_row row;
		if (s->live[i].over || mh_def_is_over(s->live[i].kind->def, s->live[i].state)) continue;
		if (read_row(s, s->live[i].id, &row, &ignored) != MH_OK) return;
		s->count.open++;
		s->count.late += row.mark.len > 0;
		mh_arena_clear(&s->step);
	}
}

static enum mh_code play(struct sim *s, struct mh_buf *report, struct mh_err *reterr)
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
	if (code != MH_OK) mh_ledger_rolled_back(s->city->ledger);
	else count_open(s);
	return code;
}

enum mh_code mh_sample_play(struct mh_db *db, struct mh_city *city, const struct mh_sample_config *config,
			    struct mh_sample_count *ret, struct mh_buf *report, struct mh_err *reterr)
{
	struct sim s = {.db = db, .city = city, .config = config, .arena = MH_ARENA((size_t)2 << 30), .now = config->from};
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
