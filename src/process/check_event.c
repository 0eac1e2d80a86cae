/* Events that persons do not choose: a vote's result, the end of the children, the main matter's news. Each must find a
 * way to go whenever it comes. */
#include "process/check_priv.h"

static const char *const trigger_words[MH_TRIGGER_MAX] = {[MH_BY_PERSON] = "person",
							  [MH_BY_CLOCK] = "clock",
							  [MH_BY_VOTE] = "vote",
							  [MH_BY_CHILD] = "child",
							  [MH_BY_MAIN] = "main"};

static void always_a_way(struct mh_check *c, const struct mh_transition *t)
{
	bool conditional = t->when || t->max > 0;
	if (t->trigger == MH_BY_PERSON && t->else_to >= 0)
		MH_DIAG_WARN(c->diags, "else-person", t->at, "take the `else:` out: a person who may not is told so",
			     "The transition " MH_STR_FMT " is a person's: its `else` is never used",
			     MH_STR_ARG(t->name));
	if (t->trigger == MH_BY_PERSON || !conditional || t->else_to >= 0) return;
	MH_DIAG_ERROR(c->diags, "no-else", t->at, "write `else: a state`",
		      "The %s transition " MH_STR_FMT " has `%s` but no `else`: it would fire into nothing",
		      trigger_words[t->trigger], MH_STR_ARG(t->name), t->when ? "when" : "max");
}

static bool is_outcome(const struct mh_vote *v, int transition)
{
	return v->on_pass == transition || v->on_fail == transition || v->on_no_quorum == transition;
}

static void outcome(struct mh_check *c, const struct mh_vote *v, int transition, const char *word)
{
	if (transition < 0) {
		MH_DIAG_ERROR(c->diags, "vote-outcome", v->at, "write `outcome: {pass: …, fail: …, no_quorum: …}`",
			      "The vote " MH_STR_FMT " does not say what follows on %s", MH_STR_ARG(v->name), word);
		return;
	}
	const struct mh_transition *t = &c->def->transitions[transition];
	if (t->trigger != MH_BY_VOTE) {
		MH_DIAG_ERROR(c->diags, "vote-outcome", v->at, "name a transition with `who: vote`",
			      "The vote " MH_STR_FMT " fires " MH_STR_FMT ", which is not a vote's transition",
			      MH_STR_ARG(v->name), MH_STR_ARG(t->name));
		return;
	}
	for (size_t i = 0; i < c->def->n_states; i++) {
		const struct mh_state *s = &c->def->states[i];
		if (s->vote < 0 || &c->def->votes[s->vote] != v || mh_check__starts_from(t, (int)i)) continue;
		MH_DIAG_ERROR(c->diags, "vote-outcome", t->at, "add that state to `from`",
			      "The vote " MH_STR_FMT " of the state " MH_STR_FMT " fires " MH_STR_FMT
			      ", which does not start from there",
			      MH_STR_ARG(v->name), MH_STR_ARG(s->name), MH_STR_ARG(t->name));
	}
}

static void unfired(struct mh_check *c, int transition)
{
	const struct mh_transition *t = &c->def->transitions[transition];
	for (size_t i = 0; i < t->n_from; i++) {
		const struct mh_state *s = &c->def->states[t->from[i]];
		if (s->vote >= 0 && is_outcome(&c->def->votes[s->vote], transition)) continue;
		MH_DIAG_ERROR(c->diags, "vote-unfired", t->at,
			      "name it in the `outcome` of that state's vote, or take the state out of `from`",
			      "No vote of the state " MH_STR_FMT " fires " MH_STR_FMT, MH_STR_ARG(s->name),
			      MH_STR_ARG(t->name));
	}
}

static bool has_effect(const struct mh_effect *e, size_t n, enum mh_effect_kind kind, struct mh_str child)
{
	for (size_t i = 0; i < n; i++)
		if (e[i].kind == kind && (!child.len || mh_str_eq(e[i].kind_name, child))) return true;
	return false;
}

/* Somewhere in the definition; child: only of that kind (spawn). */
static bool any_effect(const struct mh_def *d, enum mh_effect_kind kind, struct mh_str child)
{
	for (size_t i = 0; i < d->n_states; i++)
		if (has_effect(d->states[i].enter, d->states[i].n_enter, kind, child)) return true;
	for (size_t i = 0; i < d->n_transitions; i++)
		if (has_effect(d->transitions[i].effects, d->transitions[i].n_effects, kind, child)) return true;
	return false;
}

static void never_comes(struct mh_check *c, const struct mh_transition *t)
{
	if (t->trigger == MH_BY_MAIN && !any_effect(c->def, MH_DO_MERGE, (struct mh_str){0}))
		MH_DIAG_ERROR(c->diags, "main-no-merge", t->at,
			      "write `merge: {into: a matter field}` in the transition that joins the two",
			      "The transition " MH_STR_FMT
			      " waits for the main matter, but nothing here merges into one",
			      MH_STR_ARG(t->name));
	if (t->trigger == MH_BY_CHILD && !any_effect(c->def, MH_DO_SPAWN, t->child_kind) &&
	    !any_effect(c->def, MH_DO_SAMPLE, t->child_kind))
		MH_DIAG_WARN(c->diags, "child-never", t->at, "write `spawn: {kind: …}` where the children begin",
			     "The transition " MH_STR_FMT " waits for children of the kind " MH_STR_FMT
			     ", which nothing here spawns",
			     MH_STR_ARG(t->name), MH_STR_ARG(t->child_kind));
}

/* Assigning a unit makes its level the one that answers, so a state that assigns on entry undoes what its way raised. */
static void level_lost(struct mh_check *c, const struct mh_transition *t)
{
	if (t->to < 0 || !has_effect(t->effects, t->n_effects, MH_DO_ESCALATE, (struct mh_str){0})) return;
	const struct mh_state *s = &c->def->states[t->to];
	if (has_effect(s->enter, s->n_enter, MH_DO_ASSIGN, (struct mh_str){0}))
		MH_DIAG_ERROR(c->diags, "level-lost", t->at,
			      "move `assign` from the state's `enter` into `do` of the transitions that give the "
			      "matter to a unit",
			      "The transition " MH_STR_FMT " raises the level, but the state " MH_STR_FMT
			      " assigns a unit on entry, whose level counts again",
			      MH_STR_ARG(t->name), MH_STR_ARG(s->name));
}

static bool measures_stay(const struct mh_effect *e)
{
	return e->kind == MH_DO_MEASURE && !e->whole;
}

static void stay_not_over(struct mh_check *c, const struct mh_effect *e, const char *where)
{
	MH_DIAG_ERROR(c->diags, "measure-stay", e->at,
		      "write it in `do` of the transitions that leave the state, or `since: created`",
		      "The days of a stay are measured when it ends, and %s it does not", where);
}

/* Each stay is counted once: where it ends. */
static void measures(struct mh_check *c)
{
	const struct mh_def *d = c->def;
	for (size_t i = 0; i < d->n_states; i++)
		for (size_t j = 0; j < d->states[i].n_enter; j++)
			if (measures_stay(&d->states[i].enter[j])) stay_not_over(c, &d->states[i].enter[j], "on entry");
	for (size_t i = 0; i < d->n_transitions; i++)
		for (size_t j = 0; d->transitions[i].to < 0 && j < d->transitions[i].n_effects; j++)
			if (measures_stay(&d->transitions[i].effects[j]))
				stay_not_over(c, &d->transitions[i].effects[j], "where a transition stays");
}

void mh_check__events(struct mh_check *c)
{
	measures(c);
	for (size_t i = 0; i < c->def->n_transitions; i++) {
		const struct mh_transition *t = &c->def->transitions[i];
		always_a_way(c, t);
		never_comes(c, t);
		level_lost(c, t);
		if (t->trigger == MH_BY_VOTE) unfired(c, (int)i);
	}
	for (size_t i = 0; i < c->def->n_votes; i++) {
		outcome(c, &c->def->votes[i], c->def->votes[i].on_pass, "pass");
		outcome(c, &c->def->votes[i], c->def->votes[i].on_fail, "fail");
		outcome(c, &c->def->votes[i], c->def->votes[i].on_no_quorum, "no_quorum");
	}
}
