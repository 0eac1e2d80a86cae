/* Can every state be reached, does every state lead to an end, and does something happen in it when nobody acts? */
#include "process/check_priv.h"

static void unreachable(struct mh_check *c)
{
	for (size_t i = 0; i < c->def->n_states; i++) {
		const struct mh_state *s = &c->def->states[i];
		if (!c->live[i])
			MH_DIAG_ERROR(c->diags, "unreachable", s->at,
				      "write a transition with `to:` this state, or take the state out",
				      "No way leads from " MH_STR_FMT " to the state " MH_STR_FMT,
				      MH_STR_ARG(c->def->states[c->def->initial].name), MH_STR_ARG(s->name));
	}
}

static void no_end(struct mh_check *c)
{
	bool *set = mh_check__set(c), any = false;
	if (!set) return;
	for (size_t i = 0; i < c->def->n_states; i++) any |= set[i] = mh_check__is_end(c, (int)i);
	if (!any) {
		MH_DIAG_ERROR(c->diags, "no-end", c->def->states[c->def->initial].at,
			      "write a state with `category: done` and a transition to it",
			      "No state is done or void: a matter could never end");
		return;
	}
	mh_check__backward(c, set, NULL, NULL);
	for (size_t i = 0; i < c->def->n_states; i++)
		if (c->live[i] && !set[i])
			MH_DIAG_ERROR(c->diags, "no-end", c->def->states[i].at,
				      "write a transition that leads on, at last to a state that is done or void",
				      "From the state " MH_STR_FMT " no end can be reached",
				      MH_STR_ARG(c->def->states[i].name));
}

static bool has_deadline(const struct mh_state *s)
{
	for (size_t i = 0; i < s->n_clocks; i++)
		if (mh_check__rule_fires(&s->clocks[i])) return true;
	return s->vote >= 0;
}

static void no_deadline(struct mh_check *c)
{
	for (size_t i = 0; i < c->def->n_states; i++) {
		const struct mh_state *s = &c->def->states[i];
		if (mh_check__is_end(c, (int)i) || has_deadline(s)) continue;
		MH_DIAG_ERROR(c->diags, "no-deadline", s->at,
			      "write `clocks: {name: {within: 5wd, then: a clock transition}}`",
			      "The state " MH_STR_FMT " has no deadline: a matter could lie in it for ever",
			      MH_STR_ARG(s->name));
	}
}

static bool person_leaves(const struct mh_check *c, int state)
{
	for (size_t i = 0; i < c->n_edges; i++) {
		enum mh_trigger by = c->def->transitions[c->edges[i].transition].trigger;
		if (c->edges[i].from == state && !c->edges[i].stays && by != MH_BY_CLOCK) return true;
	}
	return false;
}

/* Waiting says that somebody owes an answer: then there must be a way to give it. */
static void waiting_for_nobody(struct mh_check *c)
{
	for (size_t i = 0; i < c->def->n_states; i++) {
		const struct mh_state *s = &c->def->states[i];
		if (s->category != MH_CAT_WAITING || person_leaves(c, (int)i)) continue;
		MH_DIAG_WARN(c->diags, "waiting-nobody", s->at,
			     "write the transition of the person who is waited for, or make the state active",
			     "The waiting state " MH_STR_FMT " is left by its clock only: nobody can give the answer",
			     MH_STR_ARG(s->name));
	}
}

/* What is over stays over, but for a bounded look-back. `to: same` (a late rating, a remark) changes nothing. */
static void from_end(struct mh_check *c)
{
	for (size_t i = 0; i < c->n_edges; i++) {
		const struct mh_edge *e = &c->edges[i];
		const struct mh_transition *t = &c->def->transitions[e->transition];
		if (!mh_check__is_end(c, e->from) || e->stays) continue;
		if (t->max > 0 && c->def->states[e->to].category == MH_CAT_ACTIVE) continue;
		MH_DIAG_ERROR(c->diags, "from-end", t->at, "lead to an active state and write `max: 1`",
			      "The transition " MH_STR_FMT " leaves the end " MH_STR_FMT " %s", MH_STR_ARG(t->name),
			      MH_STR_ARG(c->def->states[e->from].name),
			      t->max > 0 ? "to a state that is not active" : "without a bound");
	}
}

void mh_check__ways(struct mh_check *c)
{
	unreachable(c);
	no_end(c);
	no_deadline(c);
	waiting_for_nobody(c);
	from_end(c);
}
