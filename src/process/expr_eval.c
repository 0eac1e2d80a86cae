#include "process/expr_priv.h"

bool mh_value_truth(struct mh_value v)
{
	return (v.type == MH_V_BOOL || v.type == MH_V_INT) && v.i != 0;
}

bool mh_value_eq(struct mh_value a, struct mh_value b)
{
	if (a.type != b.type) return false;
	switch (a.type) {
	case MH_V_NONE: return true;
	case MH_V_STR: return mh_str_eq(a.s, b.s);
	case MH_V_SPAN: return a.span.n == b.span.n && a.span.unit == b.span.unit;
	default: return a.i == b.i;
	}
}

static struct mh_value of_bool(bool b)
{
	return (struct mh_value){.type = MH_V_BOOL, .i = b};
}

/* Only numbers with numbers and dates with dates have an order; every other comparison is false. */
static bool in_order(enum mh_expr__op op, struct mh_value a, struct mh_value b)
{
	if (a.type != b.type || (a.type != MH_V_INT && a.type != MH_V_DATE)) return false;
	switch (op) {
	case MH_EXPR__LT: return a.i < b.i;
	case MH_EXPR__LE: return a.i <= b.i;
	case MH_EXPR__GT: return a.i > b.i;
	default: return a.i >= b.i;
	}
}

static struct mh_value eval(const struct mh_expr__node *n, const struct mh_expr_env *env)
{
	switch (n->op) {
	case MH_EXPR__LITERAL: return n->value;
	case MH_EXPR__NAME: return env->name(env->ctx, n->name);
	case MH_EXPR__CALL: return env->call(env->ctx, n->name, n->argument, n->member);
	case MH_EXPR__NOT: return of_bool(!mh_value_truth(eval(n->kid[0], env)));
	case MH_EXPR__AND: return of_bool(mh_value_truth(eval(n->kid[0], env)) && mh_value_truth(eval(n->kid[1], env)));
	case MH_EXPR__OR: return of_bool(mh_value_truth(eval(n->kid[0], env)) || mh_value_truth(eval(n->kid[1], env)));
	case MH_EXPR__EQ: return of_bool(mh_value_eq(eval(n->kid[0], env), eval(n->kid[1], env)));
	case MH_EXPR__NE: return of_bool(!mh_value_eq(eval(n->kid[0], env), eval(n->kid[1], env)));
	case MH_EXPR__CHOOSE: return eval(n->kid[mh_value_truth(eval(n->kid[0], env)) ? 1 : 2], env);
	default: return of_bool(in_order(n->op, eval(n->kid[0], env), eval(n->kid[1], env)));
	}
}

struct mh_value mh_expr_eval(const struct mh_expr *e, const struct mh_expr_env *env)
{
	return eval(e->root, env);
}

static void walk(const struct mh_expr__node *n, void (*fn)(void *ctx, struct mh_str name, struct mh_str argument),
		 void *ctx)
{
	if (n->op == MH_EXPR__NAME || n->op == MH_EXPR__CALL) fn(ctx, n->name, n->argument);
	for (int i = 0; i < 3 && n->kid[i]; i++) walk(n->kid[i], fn, ctx);
}

void mh_expr_walk(const struct mh_expr *e, void (*fn)(void *ctx, struct mh_str name, struct mh_str argument), void *ctx)
{
	walk(e->root, fn, ctx);
}
