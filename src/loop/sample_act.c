/* A step that somebody takes: which one, who, with what on the form and which proofs; and how a panel votes. */
#include "loop/sample_priv.h"

#include <string.h>

#define TRANSITIONS 256 /* of one definition */

enum mh_code mh_sample__row(struct mh_sample__sim *s, int64_t id, struct mh_q_matter_by_id_row *ret,
			    struct mh_err *reterr)
{
	bool found = false;
	struct mh_q_matter_by_id_in in = {.home_id = s->city->home_id, .id = id};
	MH_TRY(mh_q_matter_by_id(s->db, &s->step, &in, &found, ret, reterr));
	return found ? MH_OK : MH_FAIL(reterr, MH_E_CORRUPT, "A matter has gone");
}

int *mh_sample__weights(const struct mh_sample__kind *k, int state)
{
	return &k->weight[(size_t)state * (k->def->n_transitions + 1)];
}

/* The newest of that kind about the same thing, by the second level of the category. */
static struct mh_str of_kind(void *ctx, struct mh_str kind, struct mh_str category)
{
	struct mh_sample__sim *s = ctx;
	size_t have = s->n_known < MH_SAMPLE_KNOWN_MAX ? s->n_known : MH_SAMPLE_KNOWN_MAX;
	for (size_t i = 0; i < have; i++) {
		struct mh_sample__known *k = &s->known[(s->n_known - 1 - i) % MH_SAMPLE_KNOWN_MAX];
		if (mh_str_eq(k->kind, kind) && category.len >= 4 && strncmp(k->category, category.ptr, 4) == 0)
			return mh_str_c(k->ref);
	}
	return MH_STR("");
}

/* --- steps of people --- */

struct mh_sample__talk mh_sample__talk_of(struct mh_sample__sim *s, const struct mh_sample__live *l, int unit)
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
	if (l->burst >= 0 && s->bursts[l->burst].main_id != l->id) t.main_ref = mh_str_c(s->bursts[l->burst].main_ref);
	return t;
}

/* A refusal by the rules is part of life; anything else is a fault, and so is one that had already written something. */
static enum mh_code judge(struct mh_sample__sim *s, enum mh_code code, uint64_t writes, bool *ret_done,
			  struct mh_err *reterr, const struct mh_err *why)
{
	*ret_done = code == MH_OK;
	if (code == MH_OK) return MH_OK;
	bool rule = code == MH_E_CONFLICT || code == MH_E_FORBIDDEN || code == MH_E_INVALID || code == MH_E_NOT_FOUND;
	if (rule && mh_db_writes(s->db) == writes) return s->count.refused++, MH_OK;
	if (reterr) *reterr = *why;
	return code;
}

static enum mh_code hand_in(struct mh_sample__sim *s, const struct mh_act *act, struct mh_outcome *ret,
			    struct mh_err *reterr)
{
	MH_TX(tx, s->city, s->db, &s->step, s->now);
	return mh_matter_act(&tx, act, ret, reterr);
}

static enum mh_code proof(struct mh_sample__sim *s, const struct mh_sample__live *l, const struct mh_evidence *e,
			  json_t *list, struct mh_err *reterr)
{
	MH_TX(tx, s->city, s->db, &s->step, s->now);
	size_t from = s->book.n_files ? (size_t)mh_random_below(&s->rng, s->book.n_files) : 0, have = 0;
	for (size_t i = 0; i < s->book.n_files * 2 && have < (size_t)e->min; i++) {
		const struct mh_sample__file *f = &s->book.files[(from + i) % s->book.n_files];
		int64_t id = 0;
		bool again;
		if (!(f->media & e->accept)) continue;
		struct mh_file file = {
			.matter_id = l->id, .hash = f->hash, .media_type = f->type, .size = f->size, .name = f->hash};
		MH_TRY(mh_matter_file(&tx, &file, &id, &again, reterr));
		struct mh_str text = mh_str_fmt(&s->step, "%lld", (long long)id);
		if (json_array_append_new(list, mh_json_str(text)) != 0)
			return MH_FAIL(reterr, MH_E_NO_MEMORY, "Memory is short");
		have++;
	}
	return MH_OK;
}

static enum mh_code proofs(struct mh_sample__sim *s, const struct mh_sample__live *l, const struct mh_transition *t,
			   json_t **ret, struct mh_err *reterr)
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
static enum mh_code take(struct mh_sample__sim *s, const struct mh_sample__live *l, const struct mh_transition *t,
			 struct mh_act *act, struct mh_outcome *ret, bool *ret_done, struct mh_err *reterr)
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

static enum mh_code step(struct mh_sample__sim *s, const struct mh_sample__live *l,
			 const struct mh_q_matter_by_id_row *row, const struct mh_transition *t, struct mh_outcome *ret,
			 bool *ret_done, struct mh_err *reterr)
{
	struct mh_sample__talk talk = mh_sample__talk_of(s, l, mh_org_by_id(&s->city->orgs, row->owner_id));
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

static void fitting(struct mh_sample__sim *s, const struct mh_sample__live *l, const json_t *uses, int *out)
{
	const struct mh_def *d = l->kind->def;
	const int *w = mh_sample__weights(l->kind, l->state);
	bool over = mh_def_is_over(d, l->state);
	for (size_t i = 0; i < d->n_transitions; i++)
		out[i] = w[i] && can_start(&d->transitions[i], l->state, uses, &s->step) ? w[i] : 0;
	out[d->n_transitions] = over ? 0 : w[d->n_transitions];
}

static int draw(struct mh_sample__sim *s, const int *w, size_t n)
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
enum mh_code mh_sample__act(struct mh_sample__sim *s, struct mh_sample__live *l,
			    const struct mh_q_matter_by_id_row *row, bool *ret_done, struct mh_outcome *ret,
			    struct mh_err *reterr)
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

static enum mh_code one_vote(struct mh_sample__sim *s, struct mh_sample__live *l, json_t *elector,
			     struct mh_str vote_choice, bool *ret_done, struct mh_outcome *ret, struct mh_err *reterr)
{
	const struct mh_def *d = l->kind->def;
	const struct mh_vote *v = &d->votes[d->states[l->state].vote];
	struct mh_q_officer_get_row o;
	bool known = false;
	struct mh_str code = mh_json_get_str(elector, "code");
	MH_TRY(mh_q_officer_get(s->db, &s->step, &(struct mh_q_officer_get_in){.id = mh_org_id(code)}, &known, &o,
				reterr));
	if (!known) return MH_OK;
	struct mh_party by = {
		.role = d->roles[v->role].name, .org = mh_org_by_id(&s->city->orgs, o.org_id), .officer = code};
	struct mh_err why = {0};
	uint64_t writes = mh_db_writes(s->db);
	MH_TX(tx, s->city, s->db, &s->step, s->now);
	enum mh_code done = mh_matter_ballot(&tx, l->id, by, vote_choice, ret, &why);
	return judge(s, done, writes, ret_done, reterr, &why);
}

/* The first elector who has not voted yet does; seven in eight are in favour. */
enum mh_code mh_sample__ballot(struct mh_sample__sim *s, struct mh_sample__live *l, bool *ret_done,
			       struct mh_outcome *ret, struct mh_err *reterr)
{
	const struct mh_def *d = l->kind->def;
	const struct mh_vote *v = &d->votes[d->states[l->state].vote];
	MH_JSON_AUTO json_t *view = NULL;
	json_t *e;
	size_t i;
	{
		MH_TX(tx, s->city, s->db, &s->step, s->now);
		MH_TRY(mh_matter_view(&tx, l->id, false, &view, reterr));
	}
	struct mh_str choice = v->choices[mh_sample__chance(&s->rng, 88) ? 0 : v->n_choices - 1];
	*ret_done = false;
	json_array_foreach(json_object_get(json_object_get(view, "vote"), "electors"), i, e)
		if (!json_is_true(json_object_get(e, "voted"))) return one_vote(s, l, e, choice, ret_done, ret, reterr);
	return MH_OK;
}
