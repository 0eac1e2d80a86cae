/* Clocks: what they fire is allowed where they fire it, every clock transition is fired by one, and no lasting clock runs
 * unseen. */
#include "process/check_priv.h"

static struct mh_str clock_name(const struct mh_check *c, const struct mh_clock_rule *r)
{
	return c->def->clocks[r->clock].name;
}

static void then_allowed(struct mh_check *c, int state, const struct mh_clock_rule *r)
{
	const struct mh_transition *t = &c->def->transitions[r->then];
	struct mh_str s = c->def->states[state].name;
	if (t->trigger != MH_BY_CLOCK)
		MH_DIAG_ERROR(c->diags, "clock-then", r->at, "name a transition with `who: clock`",
			      "The clock " MH_STR_FMT " fires " MH_STR_FMT ", which is not a clock's transition",
			      MH_STR_ARG(clock_name(c, r)), MH_STR_ARG(t->name));
	else if (!mh_check__starts_from(t, state))
		MH_DIAG_ERROR(c->diags, "clock-then", r->at,
			      "add this state to the transition's `from`, or name another transition",
			      "The clock " MH_STR_FMT " fires " MH_STR_FMT
			      ", which does not start from the state " MH_STR_FMT,
			      MH_STR_ARG(clock_name(c, r)), MH_STR_ARG(t->name), MH_STR_ARG(s));
}

/* An `every` clock that enters its own state anew starts the state's other clocks again before they can end. */
static void every_enters_again(struct mh_check *c, int state, const struct mh_clock_rule *r)
{
	const struct mh_state *s = &c->def->states[state];
	const struct mh_transition *t = &c->def->transitions[r->then];
	if (r->how != MH_CLOCK_EVERY || t->to != state) return;
	for (size_t i = 0; i < s->n_clocks; i++)
		if (s->clocks[i].how == MH_CLOCK_WITHIN)
			MH_DIAG_WARN(c->diags, "every-restarts", r->at, "write `to: same` in that transition",
				     "Each time the clock " MH_STR_FMT " fires, " MH_STR_FMT
				     " enters the state anew and the clock " MH_STR_FMT " starts again",
				     MH_STR_ARG(clock_name(c, r)), MH_STR_ARG(t->name),
				     MH_STR_ARG(clock_name(c, &s->clocks[i])));
}

static void rule(struct mh_check *c, int state, const struct mh_clock_rule *r)
{
	bool goes_on = r->how == MH_CLOCK_CONTINUE || r->how == MH_CLOCK_PAUSE || r->how == MH_CLOCK_STOP;
	if (goes_on && !c->def->clocks[r->clock].lasting)
		MH_DIAG_ERROR(c->diags, "clock-never-starts", r->at, "write `start: 5wd` where the clock begins",
			      "The clock " MH_STR_FMT " cannot go on, pause or stop here: no state starts it",
			      MH_STR_ARG(clock_name(c, r)));
	if (!goes_on && r->then < 0 && !r->warn_percent && !r->warn_span.n && r->how != MH_CLOCK_START)
		MH_DIAG_WARN(c->diags, "clock-idle", r->at, "write `then:` or `warn:`",
			     "The clock " MH_STR_FMT " does nothing when it ends", MH_STR_ARG(clock_name(c, r)));
	if (r->then < 0) return;
	then_allowed(c, state, r);
	every_enters_again(c, state, r);
}

static bool fires(const struct mh_state *s, int transition)
{
	for (size_t i = 0; i < s->n_clocks; i++)
		if (s->clocks[i].then == transition && mh_check__rule_fires(&s->clocks[i])) return true;
	return false;
}

static void unfired(struct mh_check *c)
{
	for (size_t i = 0; i < c->def->n_transitions; i++) {
		const struct mh_transition *t = &c->def->transitions[i];
		for (size_t j = 0; t->trigger == MH_BY_CLOCK && j < t->n_from; j++) {
			if (fires(&c->def->states[t->from[j]], (int)i)) continue;
			MH_DIAG_ERROR(c->diags, "clock-unfired", t->at,
				      "write `then:` this transition in a clock of that state, or take the state out "
				      "of `from`",
				      "No clock of the state " MH_STR_FMT " fires " MH_STR_FMT,
				      MH_STR_ARG(c->def->states[t->from[j]].name), MH_STR_ARG(t->name));
		}
	}
}

/* Date fields may be moved by persons; a clock that waits for a day nobody named would never fire. */
struct sets {
	int field;
};

static bool effects_set(const struct mh_effect *e, size_t n, int field)
{
	for (size_t i = 0; i < n; i++)
		if (e[i].kind == MH_DO_SET && e[i].field == field) return true;
	return false;
}

static bool leaves_unset(const struct mh_check *c, const struct mh_edge *e, void *ctx)
{
	const struct mh_transition *t = &c->def->transitions[e->transition];
	int field = ((const struct sets *)ctx)->field;
	if (effects_set(c->def->states[e->from].enter, c->def->states[e->from].n_enter, field)) return false;
	if (e->otherwise) return true;
	for (size_t i = 0; i < t->n_require; i++)
		if (t->require[i] == field) return false;
	return !effects_set(t->effects, t->n_effects, field);
}

static void day_unset(struct mh_check *c, int state, const struct mh_clock_rule *r)
{
	const struct mh_field *f = &c->def->fields[r->field];
	bool *goal = mh_check__set(c);
	if (!goal || (f->set_create && f->required)) return;
	if (effects_set(c->def->states[state].enter, c->def->states[state].n_enter, r->field)) return;
	goal[state] = true;
	struct mh_str path = mh_check__path(c, goal, NULL, leaves_unset, &(struct sets){r->field});
	if (path.len)
		MH_DIAG_WARN(c->diags, "day-unset", r->at, "require the field, or set it, in a transition of that way",
			     "The clock " MH_STR_FMT " waits for the day of " MH_STR_FMT
			     ", which nobody has set on the way " MH_STR_FMT,
			     MH_STR_ARG(clock_name(c, r)), MH_STR_ARG(f->name), MH_STR_ARG(path));
}

/* Effects on a clock make sense only where it can be running. */
static void effects(struct mh_check *c, const struct mh_edge *e)
{
	const struct mh_transition *t = &c->def->transitions[e->transition];
	for (size_t i = 0; !e->otherwise && i < t->n_effects; i++) {
		const struct mh_effect *x = &t->effects[i];
		if (x->kind != MH_DO_CLOCK || c->def->clocks[x->clock].lasting) continue;
		if (mh_def_clock_rule(c->def, e->from, x->clock) || mh_def_clock_rule(c->def, e->to, x->clock))
			continue;
		MH_DIAG_ERROR(c->diags, "clock-effect", x->at, "name a clock of the state that is left or entered",
			      "The transition " MH_STR_FMT " changes the clock " MH_STR_FMT
			      ", which runs neither in " MH_STR_FMT " nor in " MH_STR_FMT,
			      MH_STR_ARG(t->name), MH_STR_ARG(c->def->clocks[x->clock].name),
			      MH_STR_ARG(c->def->states[e->from].name), MH_STR_ARG(c->def->states[e->to].name));
	}
}

/* ---- lasting clocks: in which states may one be running or paused? ---- */

/* A set of what may be. A lasting clock starts once: what was stopped or has fired runs again only by `restart`. */
enum { RUNS = 1, PAUSED = 2, NEVER = 4, OVER = 8, ALIVE = RUNS | PAUSED, OFF = NEVER | OVER };

static unsigned inside(const struct mh_check *c, int state, int clock, unsigned in)
{
	const struct mh_clock_rule *r = mh_def_clock_rule(c->def, state, clock);
	if (mh_check__is_end(c, state)) return OVER;
	if (!r) return in;
	switch (r->how) {
	case MH_CLOCK_CONTINUE: return (in & OFF) | (in & ALIVE ? RUNS : 0);
	case MH_CLOCK_PAUSE: return (in & OFF) | (in & ALIVE ? PAUSED : 0);
	case MH_CLOCK_STOP: return OVER;
	default: return (in & OVER) | (in & (ALIVE | NEVER) ? RUNS : 0);
	}
}

static unsigned across(const struct mh_check *c, const struct mh_edge *e, int clock, unsigned in)
{
	const struct mh_transition *t = &c->def->transitions[e->transition];
	const struct mh_clock_rule *r = mh_def_clock_rule(c->def, e->from, clock);
	if (r && r->then == e->transition && !e->stays) {
		bool only = true; /* this clock fired, unless another one of the state fires the same transition */
		const struct mh_state *s = &c->def->states[e->from];
		for (size_t i = 0; i < s->n_clocks; i++)
			only &= s->clocks[i].clock == clock || s->clocks[i].then != e->transition;
		if (only) in = OVER;
	}
	for (size_t i = 0; !e->otherwise && i < t->n_effects; i++) {
		const struct mh_effect *x = &t->effects[i];
		if (x->kind != MH_DO_CLOCK || x->clock != clock) continue;
		if (x->restart) in = RUNS;
		if (x->stop) in = OVER;
	}
	return in;
}

static unsigned *flow(struct mh_check *c, int clock)
{
	unsigned *in = MH_NEW_ARRAY(&c->arena, c->def->n_states + 1, unsigned);
	if (!in) return NULL;
	in[c->def->initial] = NEVER;
	for (bool grew = true; grew;) {
		grew = false;
		for (size_t i = 0; i < c->n_edges; i++) {
			const struct mh_edge *e = &c->edges[i];
			if (!in[e->from]) continue;
			unsigned more = in[e->to] | across(c, e, clock, inside(c, e->from, clock, in[e->from]));
			grew |= more != in[e->to];
			in[e->to] = more;
		}
	}
	return in;
}

static void lasting(struct mh_check *c, int clock, const unsigned *in)
{
	struct mh_str name = c->def->clocks[clock].name;
	for (size_t i = 0; in && i < c->def->n_states; i++) {
		const struct mh_state *s = &c->def->states[i];
		const struct mh_clock_rule *r = mh_def_clock_rule(c->def, (int)i, clock);
		if (mh_check__is_end(c, (int)i) || !in[i]) continue;
		if (!r && in[i] & ALIVE)
			MH_DIAG_ERROR(c->diags, "clock-unsaid", s->at,
				      "write `continue: yes` with `then:`, or `pause: yes`, or `stop: yes`",
				      "The clock " MH_STR_FMT " may still be running when the state " MH_STR_FMT
				      " is entered, which says nothing of it",
				      MH_STR_ARG(name), MH_STR_ARG(s->name));
		if (r && r->then < 0 && inside(c, (int)i, clock, in[i]) & RUNS)
			MH_DIAG_ERROR(c->diags, "clock-no-then", r->at,
				      "write `then: a clock transition from this state`",
				      "The clock " MH_STR_FMT " runs in the state " MH_STR_FMT
				      " and would end there with no effect",
				      MH_STR_ARG(name), MH_STR_ARG(s->name));
	}
}

/* States whose only deadlines are lasting clocks that may have ended, or never begun, when they are entered. */
static void ended_before(struct mh_check *c, int state, unsigned *const *in)
{
	const struct mh_state *s = &c->def->states[state];
	bool lasts = false;
	for (size_t i = 0; i < s->n_clocks; i++) {
		const struct mh_clock_rule *r = &s->clocks[i];
		if (!mh_check__rule_fires(r)) continue;
		bool is_lasting = r->how == MH_CLOCK_CONTINUE || r->how == MH_CLOCK_START;
		if (!is_lasting || !in[r->clock] || !(inside(c, state, r->clock, in[r->clock][state]) & OFF)) return;
		lasts = true;
	}
	if (lasts && s->vote < 0 && c->live[state])
		MH_DIAG_ERROR(
			c->diags, "no-deadline", s->at, "add a clock of the state's own: `within: 5wd` with `then:`",
			"The only clock of the state " MH_STR_FMT
			" may have ended, or not have begun, when it is entered: a matter could lie in it for ever",
			MH_STR_ARG(s->name));
}

void mh_check__clocks(struct mh_check *c)
{
	unsigned **in = MH_NEW_ARRAY(&c->arena, c->def->n_clocks + 1, unsigned *);
	if (!in) return;
	for (size_t i = 0; i < c->def->n_states; i++) {
		const struct mh_state *s = &c->def->states[i];
		for (size_t j = 0; j < s->n_clocks; j++) {
			rule(c, (int)i, &s->clocks[j]);
			if (s->clocks[j].how == MH_CLOCK_AT) day_unset(c, (int)i, &s->clocks[j]);
		}
	}
	unfired(c);
	for (size_t i = 0; i < c->n_edges; i++) effects(c, &c->edges[i]);
	for (size_t i = 0; i < c->def->n_clocks; i++)
		if (c->def->clocks[i].lasting) lasting(c, (int)i, in[i] = flow(c, (int)i));
	for (size_t i = 0; i < c->def->n_states; i++)
		if (!mh_check__is_end(c, (int)i)) ended_before(c, (int)i, in);
}
