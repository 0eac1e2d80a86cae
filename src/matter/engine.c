/* One event → one transition → its effects, and what follows from them for parents and followers. */
#include "matter/matter_priv.h"

#include <string.h>

#define DEPTH_MAX 24 /* consequences of consequences; a definition that needs more is going round in circles */

/* --- applying what was given --- */

/* Sorts checked values into facts, header and payload. */
enum mh_code mh_engine__apply(struct mh_tx *tx, struct mh_matter *m, json_t *given, json_t *header, json_t *payload,
			      struct mh_err *reterr)
{
	const char *key;
	json_t *v, *hidden = json_object();
	MH_TRY_MEM(hidden, reterr);
	if (json_object_set_new(payload, "fields", hidden) != 0) return mh_no_memory(reterr);
	json_object_foreach(given, key, v) {
		const struct mh_field *f = &m->def->fields[mh_def_field(m->def, mh_str_c(key))];
		json_t *now = m->facts;
		if (!mh_field_is_fact(f)) {
			MH_TRY(mh_matter__personal(tx, m, reterr));
			now = m->personal;
		}
		if (json_object_set(now, key, v) != 0) return mh_no_memory(reterr);
		if (json_object_set(mh_field_in_header(f) ? header : hidden, key, v) != 0) return mh_no_memory(reterr);
	}
	if (json_object_size(hidden) == 0) json_object_del(payload, "fields");
	return MH_OK;
}

static enum mh_code count_use(struct mh_matter *m, const struct mh_transition *t, const char *key,
			      struct mh_err *reterr)
{
	int64_t n = mh_json_get_int(m->uses, key, 0);
	(void)t;
	return json_object_set_new(m->uses, key, json_integer(n + 1)) == 0 ? MH_OK : mh_no_memory(reterr);
}

/* --- consequences --- */

static bool starts_from(const struct mh_transition *t, int state)
{
	for (size_t i = 0; i < t->n_from; i++)
		if (t->from[i] == state) return true;
	return false;
}

/* The parent hears of a child's end when it was the last one open of its kind. */
static enum mh_code tell_parent(struct mh_tx *tx, struct mh_matter *m, struct mh_err *reterr)
{
	struct mh_matter *parent;
	struct mh_q_matter_children_open_row open;
	if (!m->parent_id || !mh_def_is_over(m->def, m->state)) return MH_OK;
	MH_TRY(mh_matter__load(tx, m->parent_id, &parent, reterr));
	struct mh_q_matter_children_open_in in = {
		.home_id = tx->city->home_id, .parent_id = parent->id, .kind = m->def->kind};
	MH_TRY(mh_q_matter_children_open(tx->db, tx->arena, &in, &open, reterr));
	if (open.n > 0) return MH_OK;
	for (size_t i = 0; i < parent->def->n_transitions; i++) {
		const struct mh_transition *t = &parent->def->transitions[i];
		if (t->trigger != MH_BY_CHILD || !mh_str_eq(t->child_kind, m->def->kind) ||
		    !starts_from(t, parent->state))
			continue;
		struct mh_cause cause = {.by = MH_STR("children")};
		return mh_engine__take(tx, parent, (int)i, &cause, reterr);
	}
	return MH_OK;
}

static enum mh_code tell_follower(struct mh_tx *tx, struct mh_matter *m, struct mh_matter *f, struct mh_err *reterr)
{
	struct mh_str now = m->def->states[m->state].name;
	for (size_t i = 0; i < f->def->n_transitions; i++) {
		const struct mh_transition *t = &f->def->transitions[i];
		if (t->trigger != MH_BY_MAIN || !starts_from(t, f->state) ||
		    !mh_str_eq(f->def->states[t->main_state].name, now))
			continue;
		MH_JSON_AUTO json_t *facts = json_object();
		if (!facts || json_object_set_new(facts, "main", mh_json_str(m->ref)) != 0) return mh_no_memory(reterr);
		struct mh_cause cause = {.by = MH_STR("main"), .header = facts};
		return mh_engine__take(tx, f, (int)i, &cause, reterr);
	}
	return MH_OK;
}

static enum mh_code tell_followers(struct mh_tx *tx, struct mh_matter *m, struct mh_err *reterr)
{
	struct mh_q_matter_followers_in in = {.home_id = tx->city->home_id, .main_id = m->id, .limit = 500};
	for (;;) {
		struct mh_q_matter_followers_row *rows;
		size_t n;
		MH_TRY(mh_q_matter_followers(tx->db, tx->arena, &in, &rows, &n, reterr));
		for (size_t i = 0; i < n; i++) {
			struct mh_matter *f;
			MH_TRY(mh_matter__load(tx, rows[i].id, &f, reterr));
			MH_TRY(tell_follower(tx, m, f, reterr));
		}
		if (n < 500) return MH_OK;
		in.after_id = rows[n - 1].id;
	}
}

static enum mh_code consequences(struct mh_tx *tx, struct mh_matter *m, struct mh_err *reterr)
{
	if (tx->depth >= DEPTH_MAX)
		return MH_FAIL(reterr, MH_E_CONFLICT,
			       "Could not take the step: its consequences do not come to an end");
	tx->depth++;
	enum mh_code code = tell_parent(tx, m, reterr);
	if (code == MH_OK) code = tell_followers(tx, m, reterr);
	tx->depth--;
	return code;
}

/* --- the transition --- */

struct step {
	const struct mh_transition *t;
	int from, to; /* to: -1 stays */
	bool with_effects;
	json_t *header, *payload;
};

/* MH_OK with *ret_go false: nothing is to happen. */
static enum mh_code choose(struct mh_tx *tx, struct mh_matter *m, const char *key, struct step *s, bool *ret_go,
			   struct mh_err *reterr)
{
	const struct mh_transition *t = s->t;
	bool used_up = t->max > 0 && mh_json_get_int(m->uses, key, 0) >= t->max;
	*ret_go = s->with_effects = !used_up && mh_matter__truth(tx, m, t->when);
	s->to = t->to;
	if (*ret_go) return MH_OK;
	if (t->trigger == MH_BY_PERSON) {
		if (used_up)
			return MH_FAIL(reterr, MH_E_CONFLICT,
				       "The step \"" MH_STR_FMT "\" has been used as often as the rules allow",
				       MH_STR_ARG(t->name));
		enum mh_code code = MH_FAIL(reterr, MH_E_CONFLICT,
					    "The step \"" MH_STR_FMT "\" cannot be taken: its condition does not hold",
					    MH_STR_ARG(t->name));
		if (t->when) mh_err_detail(reterr, "condition: " MH_STR_FMT, MH_STR_ARG(mh_expr_text(t->when)));
		return code;
	}
	s->to = t->else_to;
	*ret_go = t->else_to >= 0;
	return MH_OK;
}

static enum mh_code officer(const struct mh_cause *cause, json_t *payload, struct mh_err *reterr)
{
	if (!cause->party || !cause->party->officer.len) return MH_OK;
	return json_object_set_new(payload, "officer", mh_json_str(cause->party->officer)) == 0 ? MH_OK
												: mh_no_memory(reterr);
}

static enum mh_code change(struct mh_tx *tx, struct mh_matter *m, struct step *s, struct mh_err *reterr)
{
	const struct mh_transition *t = s->t;
	if (s->with_effects) MH_TRY(mh_effects__before(tx, m, t->effects, t->n_effects, s->header, reterr));
	if (s->to < 0) return MH_OK;
	m->state = s->to;
	m->entered = tx->now;
	const struct mh_state *to = &m->def->states[s->to];
	return mh_effects__before(tx, m, to->enter, to->n_enter, s->header, reterr);
}

static enum mh_code record(struct mh_tx *tx, struct mh_matter *m, struct step *s, const struct mh_cause *cause,
			   struct mh_err *reterr)
{
	struct mh_event ev = {.name_str = s->t->name,
			      .by = cause->by,
			      .org = cause->party ? cause->party->org : -1,
			      .from = s->from,
			      .to = m->state,
			      .header = json_incref(s->header),
			      .payload = json_incref(s->payload)};
	return mh_event__append(tx, m, &ev, reterr);
}

static enum mh_code settle(struct mh_tx *tx, struct mh_matter *m, struct step *s, const struct mh_cause *cause,
			   struct mh_err *reterr)
{
	const struct mh_transition *t = s->t;
	const struct mh_state *to = s->to < 0 ? NULL : &m->def->states[s->to];
	if (to) MH_TRY(mh_clocks__enter(tx, m, s->from, reterr));
	else if (cause->fired) MH_TRY(mh_clocks__refire(tx, m, cause->fired, reterr));
	if (s->with_effects) MH_TRY(mh_effects__clocks(tx, m, t->effects, t->n_effects, reterr));
	if (to) MH_TRY(mh_effects__clocks(tx, m, to->enter, to->n_enter, reterr));
	if (to && to->vote >= 0) MH_TRY(mh_vote__open(tx, m, to->vote, reterr));
	MH_TRY(mh_evidence__use(tx, m, cause->evidence, reterr));
	MH_TRY(mh_matter__save(tx, m, reterr));
	if (s->with_effects) MH_TRY(mh_effects__after(tx, m, t->effects, t->n_effects, reterr));
	if (to) MH_TRY(mh_effects__after(tx, m, to->enter, to->n_enter, reterr));
	return to ? consequences(tx, m, reterr) : MH_OK;
}

static enum mh_code run(struct mh_tx *tx, struct mh_matter *m, struct step *s, const char *key,
			const struct mh_cause *cause, struct mh_err *reterr)
{
	bool go;
	if (cause->given) MH_TRY(mh_engine__apply(tx, m, cause->given, s->header, s->payload, reterr));
	MH_TRY(choose(tx, m, key, s, &go, reterr));
	if (!go) return MH_OK;
	if (s->t->trigger == MH_BY_PERSON)
		MH_TRY(mh_evidence__check(tx, m, s->t, cause->evidence, s->header, s->payload, reterr));
	MH_TRY(mh_clocks__load(tx, m, reterr));
	MH_TRY(officer(cause, s->payload, reterr));
	MH_TRY(count_use(m, s->t, key, reterr));
	MH_TRY(change(tx, m, s, reterr));
	MH_TRY(record(tx, m, s, cause, reterr));
	return settle(tx, m, s, cause, reterr);
}

enum mh_code mh_engine__take(struct mh_tx *tx, struct mh_matter *m, int transition, const struct mh_cause *cause,
			     struct mh_err *reterr)
{
	struct step s = {.t = &m->def->transitions[transition], .from = m->state};
	struct mh_str key = mh_str_dup(tx->arena, s.t->name);
	MH_JSON_AUTO json_t *header = cause->header ? json_copy(cause->header) : json_object();
	MH_JSON_AUTO json_t *payload = json_object();
	if (!key.ptr || !header || !payload) return mh_no_memory(reterr);
	s.header = header;
	s.payload = payload;
	return run(tx, m, &s, key.ptr, cause, reterr);
}
