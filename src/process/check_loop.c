/* Loops: can persons send a matter round and round so that no clock ever brings it to an end?
 *
 * A loop is bounded when it uses a transition with `max`, one guarded by its own count or by the level that it raises, or
 * when a lasting clock runs through all of its states and leads out. Loops through a state that puts the matter on the
 * black board are not silent and are let be. What is left is a warning: the model checker (promela.c) tells for certain. */
#include "process/check_priv.h"

struct guard {
	struct mh_str transition;
	bool level, own_count;
};

static void look(void *ctx, struct mh_str name, struct mh_str argument)
{
	struct guard *g = ctx;
	g->level |= mh_str_is(name, "level");
	g->own_count |= mh_str_is(name, "count") && mh_str_eq(argument, g->transition);
}

static bool escalates(const struct mh_transition *t)
{
	for (size_t i = 0; i < t->n_effects; i++)
		if (t->effects[i].kind == MH_DO_ESCALATE) return true;
	return false;
}

static bool bounded(const struct mh_transition *t)
{
	struct guard g = {.transition = t->name};
	if (t->when) mh_expr_walk(t->when, look, &g);
	return t->max > 0 || g.own_count || (g.level && escalates(t));
}

static bool may_repeat(const struct mh_check *c, const struct mh_edge *e, void *ctx)
{
	const struct mh_transition *t = &c->def->transitions[e->transition];
	if (e->stays || t->trigger == MH_BY_MAIN || mh_check__is_end(c, e->from)) return false;
	if (mh_check__enters_black(c->def, e->from) || mh_check__enters_black(c->def, e->to)) return false;
	return e->otherwise || !bounded(t);
}

/* States that can be reached from `state` by one step or more. */
static void reach(struct mh_check *c, int state, bool *set)
{
	for (size_t j = c->first[state]; j < c->first[state + 1]; j++)
		if (may_repeat(c, &c->edges[j], NULL)) set[c->edges[j].to] = true;
	mh_check__forward(c, set, NULL, may_repeat, NULL);
}

static bool inside(struct mh_check *c, const struct mh_edge *e, const bool *loop)
{
	return loop[e->from] && loop[e->to] && may_repeat(c, e, NULL);
}

/* The clock runs in every state of the loop, leads out of it, and nothing in the loop puts it off. */
static bool clock_bounds(struct mh_check *c, const bool *loop, int clock)
{
	for (size_t i = 0; i < c->def->n_states; i++) {
		const struct mh_clock_rule *r = loop[i] ? mh_def_clock_rule(c->def, (int)i, clock) : NULL;
		if (loop[i] && (!r || r->then < 0 || (r->how != MH_CLOCK_START && r->how != MH_CLOCK_CONTINUE)))
			return false;
	}
	for (size_t i = 0; i < c->n_edges; i++) {
		const struct mh_edge *e = &c->edges[i];
		const struct mh_transition *t = &c->def->transitions[e->transition];
		if (!inside(c, e, loop)) continue;
		const struct mh_clock_rule *r = mh_def_clock_rule(c->def, e->from, clock);
		if (r && r->then == e->transition) return false;
		for (size_t k = 0; !e->otherwise && k < t->n_effects; k++)
			if (t->effects[k].kind == MH_DO_CLOCK && t->effects[k].clock == clock) return false;
	}
	return true;
}

static void report(struct mh_check *c, const bool *loop)
{
	const struct mh_transition *by = NULL;
	for (size_t i = 0; i < c->n_edges && !by; i++) {
		const struct mh_transition *t = &c->def->transitions[c->edges[i].transition];
		if (t->trigger != MH_BY_CLOCK && inside(c, &c->edges[i], loop)) by = t;
	}
	if (!by) return; /* clocks alone: no_silent_stall and the model check look at those */
	for (size_t i = 0; i < c->def->n_clocks; i++)
		if (c->def->clocks[i].lasting && clock_bounds(c, loop, (int)i)) return;
	struct mh_str names = mh_check__names(c, loop);
	MH_DIAG_WARN(c->diags, "loop-unbounded", by->at,
		     "write `max:` in a transition of the loop, or let a lasting clock run through all its states",
		     "A matter can go round for ever among " MH_STR_FMT ", for example by " MH_STR_FMT,
		     MH_STR_ARG(names), MH_STR_ARG(by->name));
}

void mh_check__loops(struct mh_check *c)
{
	size_t n = c->def->n_states;
	bool **from = MH_NEW_ARRAY(&c->arena, n + 1, bool *), *told = mh_check__set(c);
	if (!from || !told) return;
	for (size_t i = 0; i < n; i++) {
		if (!(from[i] = mh_check__set(c))) return;
		if (c->live[i]) reach(c, (int)i, from[i]);
	}
	for (size_t i = 0; i < n; i++) {
		bool *loop = mh_check__set(c);
		if (!loop) return;
		if (told[i] || !from[i][i]) continue;
		for (size_t j = 0; j < n; j++) told[j] |= loop[j] = from[i][j] && from[j][i];
		report(c, loop);
	}
}
