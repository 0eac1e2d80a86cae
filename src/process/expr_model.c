/* Guards for the Promela model. Only comparisons of `level` and count(t) with numbers are data there; all else is free.
 *
 * For each part two conditions are built: when it can come out as `outcome`, taking free parts as whatever suits. The
 * empty text stands for "always", so that free parts vanish: always && x is x, always || x is always. */
#include "process/expr_priv.h"

static const char *const signs[] = {
	[MH_EXPR__EQ] = "==", [MH_EXPR__NE] = "!=", [MH_EXPR__LT] = "<",
	[MH_EXPR__LE] = "<=", [MH_EXPR__GT] = ">",  [MH_EXPR__GE] = ">=",
};
static const enum mh_expr__op opposite[] = {
	[MH_EXPR__EQ] = MH_EXPR__NE, [MH_EXPR__NE] = MH_EXPR__EQ, [MH_EXPR__LT] = MH_EXPR__GE,
	[MH_EXPR__LE] = MH_EXPR__GT, [MH_EXPR__GT] = MH_EXPR__LE, [MH_EXPR__GE] = MH_EXPR__LT,
};

/* The model's name of a number, or empty when the model does not hold it. */
static struct mh_str operand(struct mh_arena *a, const struct mh_expr__node *n)
{
	if (n->op == MH_EXPR__LITERAL && n->type == MH_V_INT) return mh_str_fmt(a, "%lld", (long long)n->value.i);
	if (n->op == MH_EXPR__NAME && mh_str_is(n->name, "level")) return n->name;
	if (n->op != MH_EXPR__CALL || !mh_str_is(n->name, "count")) return (struct mh_str){NULL, 0};
	struct mh_buf b = MH_BUF(256);
	mh_buf_c(&b, "cnt_");
	for (size_t i = 0; i < n->argument.len; i++)
		mh_buf_ch(&b, n->argument.ptr[i] == '-' ? '_' : n->argument.ptr[i]);
	struct mh_str s = mh_str_dup(a, mh_buf_str(&b));
	mh_buf_done(&b);
	return s;
}

static struct mh_str comparison(struct mh_arena *a, const struct mh_expr__node *n, bool outcome)
{
	struct mh_str left = operand(a, n->kid[0]), right = operand(a, n->kid[1]);

	if (!left.len || !right.len) return (struct mh_str){NULL, 0};
	return mh_str_fmt(a, "(" MH_STR_FMT " %s " MH_STR_FMT ")", MH_STR_ARG(left),
			  signs[outcome ? n->op : opposite[n->op]], MH_STR_ARG(right));
}

static struct mh_str both(struct mh_arena *a, struct mh_str x, struct mh_str y)
{
	if (!x.len) return y;
	if (!y.len) return x;
	return mh_str_fmt(a, "(" MH_STR_FMT " && " MH_STR_FMT ")", MH_STR_ARG(x), MH_STR_ARG(y));
}

static struct mh_str either(struct mh_arena *a, struct mh_str x, struct mh_str y)
{
	if (!x.len || !y.len) return (struct mh_str){NULL, 0};
	return mh_str_fmt(a, "(" MH_STR_FMT " || " MH_STR_FMT ")", MH_STR_ARG(x), MH_STR_ARG(y));
}

static bool has_choice(const struct mh_expr__node *n)
{
	if (n->op == MH_EXPR__CHOOSE) return true;
	for (int i = 0; i < 3 && n->kid[i]; i++)
		if (has_choice(n->kid[i])) return true;
	return false;
}

static struct mh_str model(struct mh_arena *a, const struct mh_expr__node *n, bool outcome)
{
	switch (n->op) {
	case MH_EXPR__LITERAL:
		if (n->type != MH_V_BOOL) return (struct mh_str){NULL, 0};
		return (n->value.i != 0) == outcome ? MH_STR("true") : MH_STR("false");
	case MH_EXPR__NOT: return model(a, n->kid[0], !outcome);
	case MH_EXPR__AND:
	case MH_EXPR__OR:
		return ((n->op == MH_EXPR__AND) == outcome ? both : either)(a, model(a, n->kid[0], outcome),
									    model(a, n->kid[1], outcome));
	case MH_EXPR__CHOOSE:
		/* a condition is told twice; were it to hold choices itself, the text would double with each level */
		if (has_choice(n->kid[0])) return either(a, model(a, n->kid[1], outcome), model(a, n->kid[2], outcome));
		return either(a, both(a, model(a, n->kid[0], true), model(a, n->kid[1], outcome)),
			      both(a, model(a, n->kid[0], false), model(a, n->kid[2], outcome)));
	case MH_EXPR__EQ:
	case MH_EXPR__NE:
	case MH_EXPR__LT:
	case MH_EXPR__LE:
	case MH_EXPR__GT:
	case MH_EXPR__GE: return comparison(a, n, outcome);
	default: return (struct mh_str){NULL, 0};
	}
}

struct mh_str mh_expr_promela(struct mh_arena *a, const struct mh_expr *e)
{
	return model(a, e->root, true);
}

struct mh_str mh_expr_promela_false(struct mh_arena *a, const struct mh_expr *e)
{
	return model(a, e->root, false);
}
