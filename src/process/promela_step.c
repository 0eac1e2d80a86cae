/* The steps that the model may take in one state: guards, effects, and what is left out (see promela.c). */
#include "process/promela_priv.h"

#include <string.h>

#define COUNT_LIMIT 4 /* uses counted without a `max` stop here: no guard tells more of them apart */

struct step {
	const struct mh_transition *t;
	int index, from;
	const struct mh_clock_rule *rule; /* the clock that fires it, if one does */
	struct mh_buf *timed; /* guards of what happens by itself, joined by ||; "true" when there is no condition */
};

/* ---- effects ---- */

static void clock_effect(struct pml *p, const struct mh_effect *e)
{
	if (!p->def->clocks[e->clock].lasting) return;
	struct mh_str id = mh_pml__id(p, p->def->clocks[e->clock].name);
	if (e->restart) mh_buf_fmt(p->out, "\t\tclk_" MH_STR_FMT " = 1;\n", MH_STR_ARG(id));
	if (e->stop) mh_buf_fmt(p->out, "\t\tclk_" MH_STR_FMT " = 3;\n", MH_STR_ARG(id));
	else mh_buf_fmt(p->out, "\t\tput_off_" MH_STR_FMT " = true;\n", MH_STR_ARG(id));
}

static void effects(struct pml *p, const struct mh_effect *e, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (e[i].kind == MH_DO_ESCALATE)
			mh_buf_fmt(p->out, "\t\tlevel = (level + %d > %d -> %d : level + %d);\n", e[i].levels,
				   MH_LEVEL_MAX, MH_LEVEL_MAX, e[i].levels);
		if (e[i].kind == MH_DO_BOARD && mh_str_is(e[i].word, "black")) mh_buf_c(p->out, "\t\tblack = true;\n");
		if (e[i].kind == MH_DO_CLOCK) clock_effect(p, &e[i]);
		if (e[i].kind == MH_DO_ASSIGN && p->given) mh_buf_fmt(p->out, "\t\tlevel = %d;\n", p->given);
	}
}

static void clock_on_entry(struct pml *p, const struct mh_clock_rule *r)
{
	struct mh_str clk = mh_str_fmt(&p->arena, "clk_" MH_STR_FMT,
				       MH_STR_ARG(mh_pml__id(p, p->def->clocks[r->clock].name)));
	if (!clk.len) return;
	switch (r->how) {
	case MH_CLOCK_START:
		mh_buf_fmt(p->out, "\t\t%s = (%s == 0 || %s == 2 -> 1 : %s);\n", clk.ptr, clk.ptr, clk.ptr, clk.ptr);
		break;
	case MH_CLOCK_CONTINUE: mh_buf_fmt(p->out, "\t\t%s = (%s == 2 -> 1 : %s);\n", clk.ptr, clk.ptr, clk.ptr); break;
	case MH_CLOCK_PAUSE: mh_buf_fmt(p->out, "\t\t%s = (%s == 1 -> 2 : %s);\n", clk.ptr, clk.ptr, clk.ptr); break;
	case MH_CLOCK_STOP: mh_buf_fmt(p->out, "\t\t%s = 3;\n", clk.ptr); break;
	default: break;
	}
}

void mh_pml__enter(struct pml *p, int state)
{
	const struct mh_state *s = &p->def->states[state];
	effects(p, s->enter, s->n_enter);
	for (size_t i = 0; i < s->n_clocks; i++) clock_on_entry(p, &s->clocks[i]);
	mh_buf_fmt(p->out, "\t\tst = S_" MH_STR_FMT "\n", MH_STR_ARG(mh_pml__id(p, s->name)));
}

static bool has_effect(const struct mh_transition *t, enum mh_effect_kind kind)
{
	for (size_t i = 0; i < t->n_effects; i++)
		if (t->effects[i].kind == kind) return true;
	return false;
}

/* ---- guards ---- */

static struct mh_str both(struct pml *p, struct mh_str a, struct mh_str b)
{
	if (!a.len || !b.len) return a.len ? a : b;
	return mh_str_fmt(&p->arena, MH_STR_FMT " && " MH_STR_FMT, MH_STR_ARG(a), MH_STR_ARG(b));
}

static bool starts_from(const struct mh_transition *t, int state)
{
	for (size_t i = 0; i < t->n_from; i++)
		if (t->from[i] == state) return true;
	return false;
}

/* Some step that may be repeated in the state without leaving it puts the clock off. */
static bool put_off_within(const struct pml *p, int state, int clock)
{
	for (size_t i = 0; i < p->def->n_transitions; i++) {
		const struct mh_transition *t = &p->def->transitions[i];
		if (t->to >= 0 || t->max > 0 || !starts_from(t, state)) continue;
		for (size_t j = 0; j < t->n_effects; j++)
			if (t->effects[j].kind == MH_DO_CLOCK && t->effects[j].clock == clock) return true;
	}
	return false;
}

/* The stay in the state ends by itself, whatever is done in it: by a vote, or a clock of the stay that nothing puts off. */
static bool stay_ends(const struct pml *p, int state)
{
	const struct mh_state *s = &p->def->states[state];
	for (size_t i = 0; i < s->n_clocks; i++) {
		const struct mh_clock_rule *r = &s->clocks[i];
		const struct mh_transition *t = r->then < 0 ? NULL : &p->def->transitions[r->then];
		bool of_stay = r->how == MH_CLOCK_WITHIN || r->how == MH_CLOCK_AT || r->how == MH_CLOCK_EVERY;
		bool moves = t && t->to >= 0 && (t->to != state || t->else_to >= 0);
		if (of_stay && moves && !put_off_within(p, state, r->clock)) return true;
	}
	return s->vote >= 0;
}

/* What lets a step that puts clocks off and stays be told from idling: empty = it may be repeated for ever. */
static struct mh_str putting_off(struct pml *p, const struct step *s)
{
	if (!stay_ends(p, s->from)) return (struct mh_str){0};
	for (size_t i = 0; i < s->t->n_effects; i++) {
		const struct mh_effect *e = &s->t->effects[i];
		if (e->kind == MH_DO_CLOCK && !e->stop && p->def->clocks[e->clock].lasting)
			return mh_str_fmt(&p->arena, "!put_off_" MH_STR_FMT,
					  MH_STR_ARG(mh_pml__id(p, p->def->clocks[e->clock].name)));
	}
	return MH_STR("false");
}

/* A step that stays where it is must change something, or it would be a way to let time pass without its passing. */
static struct mh_str changes(struct pml *p, const struct step *s)
{
	bool here = s->t->to < 0 || (s->t->to == s->from && s->t->trigger == MH_BY_CLOCK);
	if (!here || has_effect(s->t, MH_DO_BOARD) || has_effect(s->t, MH_DO_ASSIGN)) return (struct mh_str){0};
	if (has_effect(s->t, MH_DO_ESCALATE)) return mh_str_fmt(&p->arena, "level < %d", MH_LEVEL_MAX);
	if (p->asked[s->index])
		return mh_str_fmt(&p->arena, "cnt_" MH_STR_FMT " < %d", MH_STR_ARG(mh_pml__id(p, s->t->name)),
				  s->t->max > 0 ? s->t->max : COUNT_LIMIT);
	return has_effect(s->t, MH_DO_CLOCK) ? putting_off(p, s) : MH_STR("false");
}

static struct mh_str clock_runs(struct pml *p, const struct step *s)
{
	if (!s->rule || (s->rule->how != MH_CLOCK_START && s->rule->how != MH_CLOCK_CONTINUE))
		return (struct mh_str){0};
	return mh_str_fmt(&p->arena, "clk_" MH_STR_FMT " == 1",
			  MH_STR_ARG(mh_pml__id(p, p->def->clocks[s->rule->clock].name)));
}

/* ---- options ---- */

static void open_option(struct pml *p, const struct step *s, struct mh_str guard, bool otherwise)
{
	struct mh_str from = p->def->states[s->from].name;
	int to = otherwise ? s->t->else_to : s->t->to < 0 ? s->from : s->t->to;
	mh_buf_fmt(p->out, "\t:: d_step { st == S_" MH_STR_FMT "%s" MH_STR_FMT " ->\n", MH_STR_ARG(mh_pml__id(p, from)),
		   guard.len ? " && " : "", MH_STR_ARG(guard));
	mh_buf_fmt(p->out, "\t\tprintf(\"step: " MH_STR_FMT " -> " MH_STR_FMT " by " MH_STR_FMT "%s\\n\");\n",
		   MH_STR_ARG(from), MH_STR_ARG(p->def->states[to].name), MH_STR_ARG(s->t->name),
		   otherwise ? " (else)" : "");
	for (size_t i = 0; i < p->def->n_clocks; i++)
		if (p->def->clocks[i].lasting && mh_pml__is_put_off(p->def, (int)i))
			mh_buf_fmt(p->out, "\t\tput_off_" MH_STR_FMT " = false;\n",
				   MH_STR_ARG(mh_pml__id(p, p->def->clocks[i].name)));
	if (mh_pml__has_main(p->def))
		mh_buf_fmt(p->out, "\t\tby_main = %s;\n", s->t->trigger == MH_BY_MAIN ? "true" : "false");
	if (s->rule && clock_runs(p, s).len && (otherwise || s->t->to >= 0))
		mh_buf_fmt(p->out, "\t\tclk_" MH_STR_FMT " = 3;\n",
			   MH_STR_ARG(mh_pml__id(p, p->def->clocks[s->rule->clock].name)));
}

static void timed(struct pml *p, const struct step *s, struct mh_str guard)
{
	if (s->t->trigger != MH_BY_CLOCK && s->t->trigger != MH_BY_VOTE) return;
	mh_buf_fmt(s->timed, "%s(" MH_STR_FMT ")", s->timed->len ? " || " : "",
		   MH_STR_ARG(guard.len ? guard : MH_STR("true")));
}

static void main_option(struct pml *p, const struct step *s, struct mh_str guard)
{
	const struct mh_transition *t = s->t;
	struct mh_str id = mh_pml__id(p, t->name);
	open_option(p, s, guard, false);
	if (p->counted[s->index] && t->max > 0) mh_buf_fmt(p->out, "\t\tcnt_" MH_STR_FMT "++;\n", MH_STR_ARG(id));
	else if (p->counted[s->index])
		mh_buf_fmt(p->out,
			   "\t\tcnt_" MH_STR_FMT " = (cnt_" MH_STR_FMT " < %d -> cnt_" MH_STR_FMT " + 1 : %d);\n",
			   MH_STR_ARG(id), MH_STR_ARG(id), COUNT_LIMIT, MH_STR_ARG(id), COUNT_LIMIT);
	effects(p, t->effects, t->n_effects);
	if (t->to >= 0) mh_pml__enter(p, t->to);
	else mh_buf_c(p->out, "\t\tskip\n");
	mh_buf_c(p->out, "\t}\n");
}

static bool assigns(const struct mh_effect *e, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (e[i].kind == MH_DO_ASSIGN) return true;
	return false;
}

/* One option for each level of the unit that may be found. Who stays where he is and gives the matter to an equal or a
 * higher unit changes nothing that bounds it, so only a lower one is told. */
static void main_options(struct pml *p, const struct step *s, struct mh_str guard)
{
	const struct mh_state *to = s->t->to < 0 ? NULL : &p->def->states[s->t->to];
	bool choice = assigns(s->t->effects, s->t->n_effects) || (to && assigns(to->enter, to->n_enter));
	timed(p, s, guard);
	p->given = 0;
	if (!choice) main_option(p, s, guard);
	for (int level = 1; choice && level <= MH_LEVEL_MAX; level++) {
		struct mh_str lower = to ? (struct mh_str){0} : mh_str_fmt(&p->arena, "level > %d", level);
		p->given = level;
		main_option(p, s, both(p, guard, lower));
	}
	p->given = 0;
}

static void else_option(struct pml *p, const struct step *s, struct mh_str guard)
{
	const struct mh_state *to = &p->def->states[s->t->else_to];
	bool choice = assigns(to->enter, to->n_enter);
	timed(p, s, guard);
	for (int level = choice ? 1 : 0; level <= (choice ? MH_LEVEL_MAX : 0); level++) {
		p->given = level;
		open_option(p, s, guard, true);
		mh_pml__enter(p, s->t->else_to);
		mh_buf_c(p->out, "\t}\n");
	}
	p->given = 0;
}

/* When the main way cannot be taken: the uses are up, or `when` may be false. Empty: at any time. */
static struct mh_str fails(struct pml *p, const struct mh_transition *t, struct mh_str limit)
{
	struct mh_str cond = t->when ? mh_expr_promela_false(&p->arena, t->when) : (struct mh_str){0};
	if (t->when && !cond.len) return cond;
	if (!limit.len) return cond;
	if (!cond.len) return mh_str_fmt(&p->arena, "!(" MH_STR_FMT ")", MH_STR_ARG(limit));
	return mh_str_fmt(&p->arena, "(!(" MH_STR_FMT ") || " MH_STR_FMT ")", MH_STR_ARG(limit), MH_STR_ARG(cond));
}

static void options(struct pml *p, const struct step *s)
{
	const struct mh_transition *t = s->t;
	struct mh_str limit = {0}, clock = clock_runs(p, s), change = changes(p, s);
	bool idle = mh_str_is(change, "false");
	if (t->max > 0)
		limit = mh_str_fmt(&p->arena, "cnt_" MH_STR_FMT " < %d", MH_STR_ARG(mh_pml__id(p, t->name)), t->max);
	struct mh_str takes = both(p, limit, t->when ? mh_expr_promela(&p->arena, t->when) : (struct mh_str){0});
	if (!idle) main_options(p, s, both(p, clock, mh_str_eq(change, limit) ? takes : both(p, takes, change)));
	if (t->else_to < 0 || t->trigger == MH_BY_PERSON || (!t->when && t->max <= 0)) return;
	else_option(p, s, both(p, clock, fails(p, t, limit)));
}

static void by_clocks(struct pml *p, struct step *s)
{
	const struct mh_state *state = &p->def->states[s->from];
	for (size_t i = 0; i < state->n_clocks; i++) {
		const struct mh_clock_rule *r = &state->clocks[i];
		if (r->then != s->index || r->how == MH_CLOCK_PAUSE || r->how == MH_CLOCK_STOP) continue;
		s->rule = r;
		options(p, s);
	}
	s->rule = NULL;
}

static bool vote_gives(const struct mh_def *d, int state, int transition)
{
	const struct mh_vote *v = d->states[state].vote >= 0 ? &d->votes[d->states[state].vote] : NULL;
	return v && (v->on_pass == transition || v->on_fail == transition || v->on_no_quorum == transition);
}

static void idle(struct pml *p, int state, const struct mh_buf *guards)
{
	struct mh_str id = mh_pml__id(p, p->def->states[state].name), any = mh_buf_str(guards);
	mh_buf_fmt(p->out, "\t:: d_step { st == S_" MH_STR_FMT, MH_STR_ARG(id));
	if (any.len) mh_buf_fmt(p->out, " && !(" MH_STR_FMT ")", MH_STR_ARG(any));
	mh_buf_fmt(p->out, " -> %sprintf(\"step: " MH_STR_FMT " -> " MH_STR_FMT " by nobody, for ever\\n\") }\n",
		   mh_pml__has_main(p->def) ? "by_main = false; " : "", MH_STR_ARG(p->def->states[state].name),
		   MH_STR_ARG(p->def->states[state].name));
}

void mh_pml__state(struct pml *p, int state)
{
	struct mh_buf guards = MH_BUF((size_t)1 << 20);
	mh_buf_fmt(p->out, "\t/* " MH_STR_FMT " */\n", MH_STR_ARG(p->def->states[state].name));
	for (size_t i = 0; i < p->def->n_transitions; i++) {
		struct step s = {.t = &p->def->transitions[i], .index = (int)i, .from = state, .timed = &guards};
		bool here = false;
		for (size_t j = 0; j < s.t->n_from; j++) here |= s.t->from[j] == state;
		if (!here) continue;
		if (s.t->trigger == MH_BY_CLOCK) by_clocks(p, &s);
		else if (s.t->trigger != MH_BY_VOTE || vote_gives(p->def, state, (int)i)) options(p, &s);
	}
	struct mh_str any = mh_buf_str(&guards);
	bool always = any.len >= 6 && (mh_str_starts(any, "(true)") || memmem(any.ptr, any.len, " (true)", 7));
	if (!always) idle(p, state, &guards);
	mh_buf_done(&guards);
}
