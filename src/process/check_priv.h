/* What the static checks share: the definition as a graph, sets of states, paths. See README.md for why the
 * rules are as they are. All memory is in `arena`, which lives for one check. */
#ifndef MH_PROCESS_CHECK_PRIV_H
#define MH_PROCESS_CHECK_PRIV_H
#include "process/def.h"

/* One way from state to state: a transition from one of its states, or its `else`. */
struct mh_edge {
	int from, to, transition;
	bool otherwise; /* the `else` way: effects do not run, uses are not counted */
	bool stays;     /* `to: same`: nothing is left, no clock starts again */
};
struct mh_check {
	const struct mh_def *def;
	struct mh_diags *diags;
	struct mh_arena arena;
	struct mh_edge *edges; /* those that leave one state stand together, in file order */
	size_t n_edges;
	size_t *first; /* state s: edges first[s] … first[s + 1] - 1 */
	bool *live;    /* state can be reached from the initial one */
};

/* false when memory is short or there is no initial state: no check of the graph makes sense then. */
bool mh_check__begin(struct mh_check *c, const struct mh_def *def, struct mh_diags *diags);
void mh_check__done(struct mh_check *c);
/* n_states flags, all false; NULL when memory is short. */
bool *mh_check__set(struct mh_check *c);

/* Which edges a search may use; NULL = all. */
typedef bool (*mh_edge_test)(const struct mh_check *c, const struct mh_edge *e, void *ctx);
/* Adds to `set` every state that can be reached from a member without entering a member of `without` (NULL: none). */
void mh_check__forward(struct mh_check *c, bool *set, const bool *without, mh_edge_test test, void *ctx);
/* Adds to `set` every state from which a member can be reached. */
void mh_check__backward(const struct mh_check *c, bool *set, mh_edge_test test, void *ctx);
/* "a → b → c": a shortest way from the initial state to a member of `goal` around `without`; empty when there is none. */
struct mh_str mh_check__path(struct mh_check *c, const bool *goal, const bool *without, mh_edge_test test, void *ctx);
/* "a, b, c" */
struct mh_str mh_check__names(struct mh_check *c, const bool *set);

bool mh_check__is_end(const struct mh_check *c, int state);
bool mh_check__starts_from(const struct mh_transition *t, int state);
/* Runs here and fires something when it ends. */
bool mh_check__rule_fires(const struct mh_clock_rule *r);
bool mh_check__enters_black(const struct mh_def *def, int state);
bool mh_check__effects_black(const struct mh_effect *e, size_t n);

/* The groups of rules. */
void mh_check__ways(struct mh_check *c);   /* check_flow.c: reachability, ends, deadlines, look-back */
void mh_check__loops(struct mh_check *c);  /* check_loop.c: what can go round for ever */
void mh_check__clocks(struct mh_check *c); /* check_clock.c: clocks, and who fires what */
void mh_check__events(struct mh_check *c); /* check_event.c: votes, children, the main matter, `else` */
void mh_check__proves(struct mh_check *c); /* check_prove.c: what the author asks to be proved */
void mh_check__words(struct mh_check *c);  /* check_words.c: labels, privacy, things nobody uses */
#endif
