/* The definition as a Promela model, for Spin: does every matter end, or reach the black board, whatever people do?
 *
 * One process. Persons, votes, children and the main matter do anything that the definition lets them do, at any time, or
 * nothing; data is a free choice, but the level and the counters are kept. Clocks must fire:
 *   - those of a stay: a stay ends, so an endless run is one that enters states for ever. What changes nothing and leaves
 *     nothing (a report, a periodic reminder) is left out, because repeating it moves no clock;
 *   - lasting ones by a fairness premise: none runs for ever without being put off, paused, stopped or fired.
 * The main matter ends too, or is on the black board, so its news come only so often: that is a premise as well.
 * Where no clock runs that fires something and no vote is held, the model may also idle for ever.
 * A lasting clock starts once: after it was stopped or has fired only `restart` makes it run again. `assign` gives the matter
 * to a unit of any level, which is then the level that answers. */
#include "process/promela_priv.h"

/* ---- what is counted ---- */

static void in_when(void *ctx, struct mh_str name, struct mh_str argument)
{
	struct pml *p = ctx;
	int t = mh_str_is(name, "count") ? mh_def_transition(p->def, argument) : -1;
	if (t >= 0) p->counted[t] = p->asked[t] = true;
}

static bool find_counters(struct pml *p)
{
	p->counted = MH_NEW_ARRAY(&p->arena, p->def->n_transitions + 1, bool);
	p->asked = MH_NEW_ARRAY(&p->arena, p->def->n_transitions + 1, bool);
	if (!p->counted || !p->asked) return false;
	for (size_t i = 0; i < p->def->n_transitions; i++) {
		const struct mh_transition *t = &p->def->transitions[i];
		if (t->max > 0) p->counted[i] = true;
		if (t->when) mh_expr_walk(t->when, in_when, p);
	}
	return true;
}

static bool has_clock_effect(const struct mh_effect *e, size_t n, int clock)
{
	for (size_t i = 0; i < n; i++)
		if (e[i].kind == MH_DO_CLOCK && e[i].clock == clock && !e[i].stop) return true;
	return false;
}

bool mh_pml__is_put_off(const struct mh_def *d, int clock)
{
	for (size_t i = 0; i < d->n_transitions; i++)
		if (has_clock_effect(d->transitions[i].effects, d->transitions[i].n_effects, clock)) return true;
	for (size_t i = 0; i < d->n_states; i++)
		if (has_clock_effect(d->states[i].enter, d->states[i].n_enter, clock)) return true;
	return false;
}

struct mh_str mh_pml__id(struct pml *p, struct mh_str name)
{
	struct mh_str s = mh_str_dup(&p->arena, name);
	char *z = (char *)(uintptr_t)s.ptr;
	for (size_t i = 0; i < s.len; i++)
		if (z[i] == '-') z[i] = '_';
	return s;
}

/* ---- the parts of the file ---- */

static void head(struct pml *p)
{
	mh_buf_fmt(p->out, "/* " MH_STR_FMT ", version %lld: does every matter end, or reach the black board?\n",
		   MH_STR_ARG(p->def->kind), (long long)p->def->version);
	mh_buf_c(p->out, " * Written from the definition. Check with tools/test/spin. */\n\n");
	for (size_t i = 0; i < p->def->n_states; i++) {
		struct mh_str id = mh_pml__id(p, p->def->states[i].name);
		mh_buf_fmt(p->out, "#define S_" MH_STR_FMT " %zu\n", MH_STR_ARG(id), i);
	}
}

static void any_state(struct pml *p, const char *macro, const char *before, bool (*test)(const struct pml *, int, int),
		      int arg)
{
	bool first = true;
	mh_buf_fmt(p->out, "#define %s (%s", macro, before);
	for (size_t i = 0; i < p->def->n_states; i++) {
		if (!test(p, (int)i, arg)) continue;
		struct mh_str id = mh_pml__id(p, p->def->states[i].name);
		mh_buf_fmt(p->out, "%sst == S_" MH_STR_FMT, first ? "" : " || ", MH_STR_ARG(id));
		first = false;
	}
	mh_buf_fmt(p->out, "%s)\n", first ? "false" : "");
}

static bool is_over(const struct pml *p, int state, int unused)
{
	return mh_def_is_over(p->def, state);
}

static bool clock_fires_in(const struct pml *p, int state, int clock)
{
	const struct mh_clock_rule *r = mh_def_clock_rule(p->def, state, clock);
	return r && r->then >= 0 && (r->how == MH_CLOCK_START || r->how == MH_CLOCK_CONTINUE);
}

bool mh_pml__has_main(const struct mh_def *d)
{
	for (size_t i = 0; i < d->n_transitions; i++)
		if (d->transitions[i].trigger == MH_BY_MAIN) return true;
	return false;
}

static void variables(struct pml *p)
{
	mh_buf_c(p->out, "\nbyte st;\nbyte level;\nbool black;\n");
	for (size_t i = 0; i < p->def->n_transitions; i++) {
		if (!p->counted[i]) continue;
		struct mh_str id = mh_pml__id(p, p->def->transitions[i].name);
		mh_buf_fmt(p->out, "%s cnt_" MH_STR_FMT ";\n", p->def->transitions[i].max > 200 ? "int" : "byte",
			   MH_STR_ARG(id));
	}
	for (size_t i = 0; i < p->def->n_clocks; i++) {
		if (!p->def->clocks[i].lasting) continue;
		struct mh_str id = mh_pml__id(p, p->def->clocks[i].name);
		mh_buf_fmt(p->out, "byte clk_" MH_STR_FMT "; /* 0 not begun, 1 runs, 2 paused, 3 stopped or fired */\n",
			   MH_STR_ARG(id));
		if (mh_pml__is_put_off(p->def, (int)i))
			mh_buf_fmt(p->out, "bool put_off_" MH_STR_FMT ";\n", MH_STR_ARG(id));
	}
	if (mh_pml__has_main(p->def))
		mh_buf_c(p->out, "bool by_main; /* the last step was the main matter's news */\n");
	mh_buf_ch(p->out, '\n');
	any_state(p, "over", "", is_over, 0);
	for (size_t i = 0; i < p->def->n_clocks; i++) {
		if (!p->def->clocks[i].lasting) continue;
		struct mh_str id = mh_pml__id(p, p->def->clocks[i].name);
		struct mh_str macro = mh_str_fmt(&p->arena, "runs_" MH_STR_FMT, MH_STR_ARG(id));
		struct mh_str before = mh_str_fmt(&p->arena, "clk_" MH_STR_FMT " == 1 && (", MH_STR_ARG(id));
		if (!macro.len || !before.len) continue;
		any_state(p, macro.ptr, before.ptr, clock_fires_in, (int)i);
		p->out->len -= p->out->len ? 1 : 0; /* the macro has one more bracket to close */
		mh_buf_c(p->out, ")\n");
	}
}

static void begin(struct pml *p)
{
	mh_buf_c(p->out, "\nactive proctype matter()\n{\n\tif /* the level of the unit that is found first */\n");
	for (int i = 1; i <= MH_LEVEL_MAX; i++) mh_buf_fmt(p->out, "\t:: level = %d\n", i);
	mh_buf_c(p->out, "\tfi;\n\td_step {\n");
	p->given = 0;
	mh_pml__enter(p, p->def->initial);
	mh_buf_c(p->out, "\t}\n\tdo\n\t:: over -> break\n");
}

static void property(struct pml *p)
{
	mh_buf_c(p->out, "\tod\n}\n\nltl ends { ");
	bool any = mh_pml__has_main(p->def);
	if (any) mh_buf_c(p->out, "(<> [] !by_main");
	for (size_t i = 0; i < p->def->n_clocks; i++) {
		if (!p->def->clocks[i].lasting) continue;
		struct mh_str id = mh_pml__id(p, p->def->clocks[i].name);
		mh_buf_fmt(p->out, "%s[] <> (!runs_" MH_STR_FMT, any ? " && " : "(", MH_STR_ARG(id));
		if (mh_pml__is_put_off(p->def, (int)i)) mh_buf_fmt(p->out, " || put_off_" MH_STR_FMT, MH_STR_ARG(id));
		mh_buf_ch(p->out, ')');
		any = true;
	}
	mh_buf_fmt(p->out, "%s<> (over || black) }\n", any ? ") -> " : "");
}

void mh_def_promela(const struct mh_def *d, struct mh_buf *out)
{
	struct pml p = {.def = d, .out = out, .arena = MH_ARENA((size_t)16 << 20)};
	if (d->initial >= 0 && find_counters(&p)) {
		head(&p);
		variables(&p);
		begin(&p);
		for (size_t i = 0; i < d->n_states; i++)
			if (!mh_def_is_over(d, (int)i)) mh_pml__state(&p, (int)i);
		property(&p);
	}
	mh_arena_done(&p.arena);
}
