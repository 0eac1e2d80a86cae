/* The graph behind the static checks, and their order. */
#include "process/check_priv.h"
#include "process/process_priv.h"

bool mh_check__is_end(const struct mh_check *c, int state)
{
	return mh_def_is_over(c->def, state);
}

bool mh_check__starts_from(const struct mh_transition *t, int state)
{
	for (size_t i = 0; i < t->n_from; i++)
		if (t->from[i] == state) return true;
	return false;
}

bool mh_check__rule_fires(const struct mh_clock_rule *r)
{
	return r->then >= 0 && r->how != MH_CLOCK_PAUSE && r->how != MH_CLOCK_STOP;
}

bool mh_check__effects_black(const struct mh_effect *e, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (e[i].kind == MH_DO_BOARD && mh_str_is(e[i].word, "black")) return true;
	return false;
}

bool mh_check__enters_black(const struct mh_def *def, int state)
{
	return mh_check__effects_black(def->states[state].enter, def->states[state].n_enter);
}

bool *mh_check__set(struct mh_check *c)
{
	return MH_NEW_ARRAY(&c->arena, c->def->n_states + 1, bool);
}

static size_t count_edges(const struct mh_def *def)
{
	size_t n = 0;
	for (size_t i = 0; i < def->n_transitions; i++)
		n += def->transitions[i].n_from * (def->transitions[i].else_to >= 0 ? 2 : 1);
	return n;
}

/* The edges of transition i from its j-th state: one or two. */
static size_t edges_of(const struct mh_def *def, size_t i, size_t j, struct mh_edge *ret)
{
	const struct mh_transition *t = &def->transitions[i];
	int from = t->from[j], to = t->to < 0 ? from : t->to;
	ret[0] = (struct mh_edge){from, to, (int)i, false, t->to < 0};
	ret[1] = (struct mh_edge){from, t->else_to, (int)i, true, false};
	return t->else_to >= 0 ? 2 : 1;
}

static bool make_edges(struct mh_check *c)
{
	const struct mh_def *def = c->def;
	struct mh_edge *loose = MH_NEW_ARRAY(&c->arena, count_edges(def) + 2, struct mh_edge);
	size_t *first = MH_NEW_ARRAY(&c->arena, def->n_states + 2, size_t);
	c->edges = MH_NEW_ARRAY(&c->arena, count_edges(def) + 1, struct mh_edge);
	if (!loose || !first || !c->edges) return false;
	for (size_t i = 0; i < def->n_transitions; i++)
		for (size_t j = 0; j < def->transitions[i].n_from; j++)
			c->n_edges += edges_of(def, i, j, &loose[c->n_edges]);
	for (size_t i = 0; i < c->n_edges; i++) first[loose[i].from + 2]++;
	for (size_t i = 2; i < def->n_states + 2; i++) first[i] += first[i - 1];
	for (size_t i = 0; i < c->n_edges; i++) c->edges[first[loose[i].from + 1]++] = loose[i];
	c->first = first;
	return true;
}

void mh_check__forward(struct mh_check *c, bool *set, const bool *without, mh_edge_test test, void *ctx)
{
	int *queue = MH_NEW_ARRAY(&c->arena, c->def->n_states + 1, int);
	size_t n = 0;
	if (!queue) return;
	for (size_t i = 0; i < c->def->n_states; i++)
		if (set[i]) queue[n++] = (int)i;
	for (size_t i = 0; i < n; i++) {
		for (size_t j = c->first[queue[i]]; j < c->first[queue[i] + 1]; j++) {
			const struct mh_edge *e = &c->edges[j];
			if (set[e->to] || (without && without[e->to]) || (test && !test(c, e, ctx))) continue;
			set[e->to] = true;
			queue[n++] = e->to;
		}
	}
}

void mh_check__backward(const struct mh_check *c, bool *set, mh_edge_test test, void *ctx)
{
	for (bool grew = true; grew;) {
		grew = false;
		for (size_t i = 0; i < c->n_edges; i++) {
			const struct mh_edge *e = &c->edges[i];
			if (!set[e->to] || set[e->from] || (test && !test(c, e, ctx))) continue;
			set[e->from] = grew = true;
		}
	}
}

/* Writes the way that parent[] holds, from its beginning. */
static struct mh_str tell_path(struct mh_check *c, const int *parent, int at)
{
	struct mh_str text = c->def->states[at].name;
	for (at = parent[at]; at >= 0; at = parent[at])
		text = mh_str_fmt(&c->arena, MH_STR_FMT " → " MH_STR_FMT, MH_STR_ARG(c->def->states[at].name),
				  MH_STR_ARG(text));
	return text;
}

struct mh_str mh_check__path(struct mh_check *c, const bool *goal, const bool *without, mh_edge_test test, void *ctx)
{
	int *parent = MH_NEW_ARRAY(&c->arena, c->def->n_states + 1, int),
	    *queue = MH_NEW_ARRAY(&c->arena, c->def->n_states + 1, int);
	bool *seen = mh_check__set(c);
	size_t n = 0;
	if (!parent || !queue || !seen || (without && without[c->def->initial])) return (struct mh_str){0};
	parent[c->def->initial] = -1;
	seen[c->def->initial] = true;
	queue[n++] = c->def->initial;
	for (size_t i = 0; i < n; i++) {
		if (goal[queue[i]]) return tell_path(c, parent, queue[i]);
		for (size_t j = c->first[queue[i]]; j < c->first[queue[i] + 1]; j++) {
			const struct mh_edge *e = &c->edges[j];
			if (seen[e->to] || (without && without[e->to]) || (test && !test(c, e, ctx))) continue;
			seen[e->to] = true;
			parent[e->to] = e->from;
			queue[n++] = e->to;
		}
	}
	return (struct mh_str){0};
}

struct mh_str mh_check__names(struct mh_check *c, const bool *set)
{
	struct mh_str text = {0};
	for (size_t i = 0; i < c->def->n_states; i++) {
		if (!set[i]) continue;
		struct mh_str name = c->def->states[i].name;
		text = text.len ? mh_str_fmt(&c->arena, MH_STR_FMT ", " MH_STR_FMT, MH_STR_ARG(text), MH_STR_ARG(name))
				: name;
	}
	return text;
}

bool mh_check__begin(struct mh_check *c, const struct mh_def *def, struct mh_diags *diags)
{
	*c = (struct mh_check){.def = def, .diags = diags, .arena = MH_ARENA((size_t)64 << 20)};
	c->live = mh_check__set(c);
	if (def->initial < 0 || !c->live || !make_edges(c)) return false;
	c->live[def->initial] = true;
	mh_check__forward(c, c->live, NULL, NULL, NULL);
	return true;
}

void mh_check__done(struct mh_check *c)
{
	mh_arena_done(&c->arena);
}

/* The rest of the checks starts from the one initial state, so this one goes first. */
static bool one_initial(const struct mh_def *def, struct mh_diags *diags)
{
	const struct mh_state *first = NULL;
	bool good = true;
	for (size_t i = 0; i < def->n_states; i++) {
		const struct mh_state *s = &def->states[i];
		if (s->category != MH_CAT_INITIAL) continue;
		if (first) {
			MH_DIAG_ERROR(diags, "initial", s->at, "give this state the category active",
				      "A second initial state: " MH_STR_FMT " is one already", MH_STR_ARG(first->name));
			good = false;
		} else {
			first = s;
		}
	}
	if (first) return good;
	MH_DIAG_ERROR(diags, "initial", (struct mh_mark){0},
		      "write `category: initial` in the state in which every matter begins", "No state is initial");
	return false;
}

void mh_def__check(const struct mh_def *def, struct mh_diags *diags)
{
	struct mh_check c;
	if (!one_initial(def, diags)) return;
	if (mh_check__begin(&c, def, diags)) {
		mh_check__ways(&c);
		mh_check__loops(&c);
		mh_check__clocks(&c);
		mh_check__events(&c);
		mh_check__proves(&c);
		mh_check__words(&c);
	} else {
		MH_DIAG_ERROR(diags, "memory", (struct mh_mark){0}, NULL,
			      "Memory is short: the definition could not be checked");
	}
	mh_check__done(&c);
}
