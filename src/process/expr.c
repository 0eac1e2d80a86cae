#include "base/yaml.h"
#include "process/expr_priv.h"

struct parser {
	struct mh_expr__lexer lex;
	struct mh_arena *arena;
	const struct mh_expr_scope *scope;
	struct mh_diags *diags;
	struct mh_mark at;
	int depth;
	size_t nodes;
	bool failed; /* the rest of the text cannot be understood; already reported */
};

static const char *const type_words[MH_V_MAX] = {
	[MH_V_NONE] = "a value", [MH_V_BOOL] = "yes or no",      [MH_V_INT] = "a number",
	[MH_V_STR] = "a text",   [MH_V_SPAN] = "a span of time", [MH_V_DATE] = "a date",
};

static struct mh_mark mark_at(const struct parser *p, size_t offset)
{
	struct mh_mark m = p->at;

	for (size_t i = 0; i < offset && i < p->lex.text.len; i++) {
		char c = p->lex.text.ptr[i];
		if (c == '\n') m = (struct mh_mark){m.line + 1, 1};
		else if ((c & 0xC0) != 0x80) m.column++;
	}
	return m;
}

#define FAULT(p, rule, offset, hint, ...) MH_DIAG_ERROR((p)->diags, rule, mark_at((p), (offset)), hint, __VA_ARGS__)

static struct mh_expr__node *give_up(struct parser *p, const char *hint, const char *problem)
{
	if (!p->failed && p->lex.token == MH_EXPR__T_BAD)
		FAULT(p, "expr-syntax", p->lex.start, p->lex.hint, "%s", p->lex.problem);
	else if (!p->failed) FAULT(p, "expr-syntax", p->lex.start, hint, "%s", problem);
	p->failed = true;
	return NULL;
}

static struct mh_expr__node *new_node(struct parser *p, enum mh_expr__op op, enum mh_value_type type, size_t offset)
{
	struct mh_expr__node *n = NULL;

	if (++p->nodes > MH_EXPR__NODES_MAX)
		return give_up(p, "Split it over several transitions", "the expression is too long");
	n = MH_NEW(p->arena, struct mh_expr__node);
	if (!n) return give_up(p, NULL, "memory is short");
	n->op = op;
	n->type = type;
	n->offset = offset;
	return n;
}

/* "Did you mean …?" from what the scope knows; the buffer is the caller's to free. */
static const char *near_hint(struct parser *p, struct mh_str word, struct mh_buf *b)
{
	const struct mh_str *words = NULL;
	size_t n = p->scope->known && p->diags->n < MH_DIAG_MAX ? p->scope->known(p->scope->ctx, &words) : 0;
	struct mh_str near = mh_nearest(word, words, n);

	if (near.len) {
		mh_buf_fmt(b, "Did you mean '" MH_STR_FMT "'?", MH_STR_ARG(near));
	} else if (n) {
		mh_buf_c(b, "Known here:");
		for (size_t i = 0; i < n && i < 40; i++)
			mh_buf_fmt(b, "%s " MH_STR_FMT, i ? "," : "", MH_STR_ARG(words[i]));
	}
	return b->ptr;
}

static struct mh_expr__node *parse_name(struct parser *p)
{
	struct mh_str name = p->lex.word;
	struct mh_expr__node *n = new_node(p, MH_EXPR__NAME, MH_V_NONE, p->lex.start);

	if (!n) return NULL;
	n->name = name;
	if (!p->scope->name || !p->scope->name(p->scope->ctx, name, &n->type, &n->values, &n->n_values)) {
		struct mh_buf b = MH_BUF(4096);
		const char *hint = near_hint(p, name, &b);
		n->type = MH_V_NONE;
		n->values = NULL;
		n->n_values = 0;
		FAULT(p, "unknown-name", p->lex.start, hint, "unknown name '" MH_STR_FMT "'", MH_STR_ARG(name));
		mh_buf_done(&b);
	}
	mh_expr__next(&p->lex);
	return n;
}

static void resolve_call(struct parser *p, struct mh_expr__node *n, size_t argument_at)
{
	struct mh_buf b = MH_BUF(4096);

	if (p->scope->call && p->scope->call(p->scope->ctx, n->name, n->argument, n->member, &n->type)) return;
	n->type = MH_V_NONE;
	const char *hint = near_hint(p, n->argument, &b);
	FAULT(p, "unknown-name", argument_at, hint, "nothing is known as " MH_STR_FMT "(" MH_STR_FMT ")%s" MH_STR_FMT,
	      MH_STR_ARG(n->name), MH_STR_ARG(n->argument), n->member.len ? "." : "", MH_STR_ARG(n->member));
	mh_buf_done(&b);
}

/* function(argument) or function(argument).member; the function's name is the current token. */
static struct mh_expr__node *parse_call(struct parser *p)
{
	struct mh_expr__node *n = new_node(p, MH_EXPR__CALL, MH_V_NONE, p->lex.start);

	if (!n) return NULL;
	n->name = p->lex.word;
	mh_expr__next(&p->lex);
	mh_expr__next(&p->lex);
	size_t argument_at = p->lex.start;
	if (p->lex.token != MH_EXPR__T_NAME)
		return give_up(p, "Write one name, as in count(reopen)", "a name must stand in the brackets");
	n->argument = p->lex.word;
	mh_expr__next(&p->lex);
	if (p->lex.token != MH_EXPR__T_CLOSE)
		return give_up(p, "Write one name, as in count(reopen)", "')' is missing");
	mh_expr__next(&p->lex);
	if (p->lex.token == MH_EXPR__T_DOT) {
		mh_expr__next(&p->lex);
		if (p->lex.token != MH_EXPR__T_NAME)
			return give_up(p, "As in matter(dup_of).state", "a name must follow the dot");
		n->member = p->lex.word;
		mh_expr__next(&p->lex);
	}
	resolve_call(p, n, argument_at);
	return n;
}

static struct mh_expr__node *parse_choose(struct parser *p);

static struct mh_expr__node *parse_brackets(struct parser *p)
{
	mh_expr__next(&p->lex);
	struct mh_expr__node *n = parse_choose(p);
	if (!n) return NULL;
	if (p->lex.token != MH_EXPR__T_CLOSE) return give_up(p, "Close the bracket, or remove it", "')' is missing");
	mh_expr__next(&p->lex);
	return n;
}

static bool is_call(const struct parser *p)
{
	size_t i = p->lex.at;

	while (i < p->lex.text.len && p->lex.text.ptr[i] == ' ') i++;
	return i < p->lex.text.len && p->lex.text.ptr[i] == '(';
}

static struct mh_expr__node *parse_primary(struct parser *p)
{
	struct mh_expr__node *n;

	switch (p->lex.token) {
	case MH_EXPR__T_LITERAL:
		n = new_node(p, MH_EXPR__LITERAL, p->lex.value.type, p->lex.start);
		if (n) n->value = p->lex.value;
		mh_expr__next(&p->lex);
		return n;
	case MH_EXPR__T_NAME: return is_call(p) ? parse_call(p) : parse_name(p);
	case MH_EXPR__T_OPEN: return parse_brackets(p);
	case MH_EXPR__T_END:
		return give_up(p, "Write a name, a number, a text in double quotes, or yes or no",
			       "the expression ends too early");
	default:
		return give_up(p, "Write a name, a number, a text in double quotes, or yes or no",
			       "a value is missing here");
	}
}

/* A condition is yes or no; what is only known at run time may stand there too. */
static void need_bool(struct parser *p, const struct mh_expr__node *n)
{
	if (n->type == MH_V_BOOL || n->type == MH_V_NONE || p->lex.token == MH_EXPR__T_BAD) return;
	FAULT(p, "expr-type", n->offset,
	      n->type == MH_V_INT ? "Compare it, as in count(reopen) >= 1" : "Compare it with == or !=",
	      "yes or no is needed here, but this is %s", type_words[n->type]);
}

static struct mh_expr__node *parse_unary(struct parser *p)
{
	if (p->lex.token != MH_EXPR__T_NOT) return parse_primary(p);
	struct mh_expr__node *n = new_node(p, MH_EXPR__NOT, MH_V_BOOL, p->lex.start);
	if (!n) return NULL;
	if (++p->depth > MH_EXPR__DEPTH_MAX) return give_up(p, "Simplify it", "the expression is nested too deep");
	mh_expr__next(&p->lex);
	n->kid[0] = parse_unary(p);
	p->depth--;
	if (!n->kid[0]) return NULL;
	need_bool(p, n->kid[0]);
	return n;
}

static bool is_comparison(const struct parser *p)
{
	return p->lex.token == MH_EXPR__T_OP && p->lex.op >= MH_EXPR__EQ && p->lex.op <= MH_EXPR__GE;
}

/* A word that an enum can never be is a mistake of spelling, and the comparison would be silently false. */
static void check_word(struct parser *p, const struct mh_expr__node *name, const struct mh_expr__node *literal)
{
	struct mh_buf b = MH_BUF(4096);

	if (name->op != MH_EXPR__NAME || !name->values || literal->op != MH_EXPR__LITERAL || literal->type != MH_V_STR)
		return;
	for (size_t i = 0; i < name->n_values; i++)
		if (mh_str_eq(name->values[i], literal->value.s)) return;
	struct mh_str near = mh_nearest(literal->value.s, name->values, name->n_values);
	if (near.len) mh_buf_fmt(&b, "Did you mean \"" MH_STR_FMT "\"?", MH_STR_ARG(near));
	else mh_buf_c(&b, "It may be:");
	for (size_t i = 0; !near.len && i < name->n_values && i < 40; i++)
		mh_buf_fmt(&b, "%s " MH_STR_FMT, i ? "," : "", MH_STR_ARG(name->values[i]));
	FAULT(p, "unknown-value", literal->offset, b.ptr, "'" MH_STR_FMT "' is never \"" MH_STR_FMT "\"",
	      MH_STR_ARG(name->name), MH_STR_ARG(literal->value.s));
	mh_buf_done(&b);
}

static void check_comparison(struct parser *p, const struct mh_expr__node *n)
{
	const struct mh_expr__node *a = n->kid[0], *b = n->kid[1];
	bool ordered = n->op != MH_EXPR__EQ && n->op != MH_EXPR__NE;

	if (p->lex.token == MH_EXPR__T_BAD) return; /* told first: the rest may only follow from it */
	check_word(p, a, b);
	check_word(p, b, a);
	if (a->type != MH_V_NONE && b->type != MH_V_NONE && a->type != b->type) {
		FAULT(p, "expr-type", b->offset, "Compare values of one type", "%s cannot be compared with %s",
		      type_words[a->type], type_words[b->type]);
		return;
	}
	for (int i = 0; i < 2 && ordered; i++) {
		enum mh_value_type t = n->kid[i]->type;
		if (t == MH_V_NONE || t == MH_V_INT || t == MH_V_DATE) continue;
		FAULT(p, "expr-type", n->kid[i]->offset,
		      "Only numbers and dates are larger or smaller; use == or !=", "%s has no order", type_words[t]);
		return;
	}
}

static struct mh_expr__node *parse_comparison(struct parser *p)
{
	struct mh_expr__node *left = parse_unary(p), *n;

	if (!left || !is_comparison(p)) return left;
	n = new_node(p, p->lex.op, MH_V_BOOL, left->offset);
	if (!n) return NULL;
	mh_expr__next(&p->lex);
	n->kid[0] = left;
	n->kid[1] = parse_unary(p);
	if (!n->kid[1]) return NULL;
	if (is_comparison(p))
		return give_up(p, "Write a < b && b < c, or use brackets", "comparisons cannot be chained");
	check_comparison(p, n);
	return n;
}

static struct mh_expr__node *parse_chain(struct parser *p, enum mh_expr__op op)
{
	struct mh_expr__node *left = op == MH_EXPR__OR ? parse_chain(p, MH_EXPR__AND) : parse_comparison(p);

	while (left && p->lex.token == MH_EXPR__T_OP && p->lex.op == op) {
		struct mh_expr__node *n = new_node(p, op, MH_V_BOOL, left->offset);
		if (!n) return NULL;
		mh_expr__next(&p->lex);
		n->kid[0] = left;
		n->kid[1] = op == MH_EXPR__OR ? parse_chain(p, MH_EXPR__AND) : parse_comparison(p);
		if (!n->kid[1]) return NULL;
		need_bool(p, n->kid[0]);
		need_bool(p, n->kid[1]);
		left = n;
	}
	return left;
}

static struct mh_expr__node *parse_branches(struct parser *p, struct mh_expr__node *condition)
{
	struct mh_expr__node *n = new_node(p, MH_EXPR__CHOOSE, MH_V_NONE, condition->offset);

	if (!n) return NULL;
	need_bool(p, condition);
	n->kid[0] = condition;
	mh_expr__next(&p->lex);
	n->kid[1] = parse_choose(p);
	if (!n->kid[1]) return NULL;
	if (p->lex.token != MH_EXPR__T_COLON) return give_up(p, "Write condition ? one : other", "':' is missing");
	mh_expr__next(&p->lex);
	n->kid[2] = parse_choose(p);
	if (!n->kid[2]) return NULL;
	enum mh_value_type a = n->kid[1]->type, b = n->kid[2]->type;
	if (a != MH_V_NONE && b != MH_V_NONE && a != b)
		FAULT(p, "expr-type", n->kid[2]->offset, "Give both sides of ':' one type",
		      "one side is %s, the other is %s", type_words[a], type_words[b]);
	n->type = a == b ? a : MH_V_NONE;
	return n;
}

static struct mh_expr__node *parse_choose(struct parser *p)
{
	if (++p->depth > MH_EXPR__DEPTH_MAX) return give_up(p, "Simplify it", "the expression is nested too deep");
	struct mh_expr__node *n = parse_chain(p, MH_EXPR__OR);
	if (n && p->lex.token == MH_EXPR__T_ASK) n = parse_branches(p, n);
	p->depth--;
	return n;
}

struct mh_expr *mh_expr_parse(struct mh_arena *a, struct mh_str text, struct mh_mark at,
			      const struct mh_expr_scope *scope, enum mh_value_type want, struct mh_diags *d)
{
	struct parser p = {.arena = a, .scope = scope, .diags = d, .at = at};
	size_t errors = d->errors;
	struct mh_expr *e = MH_NEW(a, struct mh_expr);

	if (text.len > MH_EXPR__TEXT_MAX) {
		MH_DIAG_ERROR(d, "expr-syntax", at, "Split it over several transitions",
			      "the expression is longer than %d bytes", MH_EXPR__TEXT_MAX);
		return NULL;
	}
	if (e) e->text = mh_str_dup(a, text);
	if (!e || !e->text.ptr) {
		MH_DIAG_ERROR(d, "memory", at, NULL, "memory is short");
		return NULL;
	}
	p.lex = (struct mh_expr__lexer){.arena = a, .text = e->text};
	mh_expr__next(&p.lex);
	e->root = parse_choose(&p);
	if (e->root && p.lex.token != MH_EXPR__T_END)
		e->root = give_up(&p, "Join conditions with && or ||; a comparison is written ==",
				  "the expression should end here");
	if (e->root && want != MH_V_NONE && e->root->type != MH_V_NONE && e->root->type != want) {
		if (want == MH_V_BOOL) need_bool(&p, e->root);
		else
			FAULT(&p, "expr-type", e->root->offset,
			      want == MH_V_SPAN ? "Write a span such as 5wd, 2wh, 60d, 24h or 90min"
						: "Write an expression of that type",
			      "%s is needed here, but this is %s", type_words[want], type_words[e->root->type]);
	}
	return d->errors == errors ? e : NULL;
}

struct mh_str mh_expr_text(const struct mh_expr *e)
{
	return e->text;
}
