/* Expressions of definitions and indicators: total, typed when loaded, without loops or user functions.
 *
 *   literals   12  "text"  yes no true false  5wd 2wh 60d 90min 24h  2026-11-21
 *   names      fields of the matter, and the scope's own: level, state, …
 *   operators  ?:  ||  &&  == !=  < <= > >=  !   ( )      (no arithmetic: nothing here needs it)
 *   calls      count(transition)  open_children(kind)  matter(field).name
 *
 * A name that has no value yet is NONE: it equals only NONE, is false, and is neither larger nor smaller than anything.
 * `!=` is the opposite of `==` always.
 * The same grammar is evaluated in the browser's verifier, so its semantics are stated in docs/expressions.md. */
#ifndef MH_PROCESS_EXPR_H
#define MH_PROCESS_EXPR_H
#include "base/diag.h"
#include "base/time.h"
#include "calendar/span.h"

enum mh_value_type {
	MH_V_NONE,
	MH_V_BOOL,
	MH_V_INT,
	MH_V_STR,
	MH_V_SPAN,
	MH_V_DATE, /* mh_day in .i */
	MH_V_MAX
};
struct mh_value {
	enum mh_value_type type;
	int64_t i; /* BOOL 0/1, INT, DATE */
	struct mh_str s;
	struct mh_span span;
};

/* What names mean, at load time. The functions report false for an unknown name; *ret_words/_n then may list what is
 * known, for "did you mean". For an enum field values are given, so that a comparison with another word is an error. */
struct mh_expr_scope {
	bool (*name)(void *ctx, struct mh_str name, enum mh_value_type *ret_type, const struct mh_str **ret_values,
		     size_t *ret_n);
	bool (*call)(void *ctx, struct mh_str function, struct mh_str argument, struct mh_str member /* or empty */,
		     enum mh_value_type *ret_type);
	size_t (*known)(void *ctx, const struct mh_str **ret_words);
	void *ctx;
};
/* What names are worth, at run time. */
struct mh_expr_env {
	struct mh_value (*name)(void *ctx, struct mh_str name);
	struct mh_value (*call)(void *ctx, struct mh_str function, struct mh_str argument, struct mh_str member);
	void *ctx;
};

struct mh_expr; /* immutable, lives in the arena, safe for many threads */

/* NULL on error; diagnostics point into the text, which began at `at` in the file. `want` is the type needed
 * (MH_V_NONE: any). */
struct mh_expr *mh_expr_parse(struct mh_arena *a, struct mh_str text, struct mh_mark at,
			      const struct mh_expr_scope *scope, enum mh_value_type want, struct mh_diags *d);
struct mh_value mh_expr_eval(const struct mh_expr *e, const struct mh_expr_env *env);
bool mh_value_truth(struct mh_value v); /* BOOL true, INT not 0, others: false */
bool mh_value_eq(struct mh_value a, struct mh_value b);
struct mh_str mh_expr_text(const struct mh_expr *e); /* as written */
/* Calls fn for each name and call used: for static analysis (which guards mention level, count(t), …). */
void mh_expr_walk(const struct mh_expr *e, void (*fn)(void *ctx, struct mh_str name, struct mh_str argument),
		  void *ctx);
/* For the model, in which every name but `level` and count(t) (there `cnt_t`, with _ for -) is free: the condition under
 * which the expression can be true, and the one under which it can be false, taking free parts as whatever suits. Empty:
 * at any time. When nothing in it is free, one is the opposite of the other; when something is, both may hold at once. */
struct mh_str mh_expr_promela(struct mh_arena *a, const struct mh_expr *e);
struct mh_str mh_expr_promela_false(struct mh_arena *a, const struct mh_expr *e);
#endif
