#include "process/expr_priv.h"

#include <string.h>

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_word(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || is_digit(c) || c == '_' || c == '-';
}

static void bad(struct mh_expr__lexer *l, const char *problem, const char *hint)
{
	l->token = MH_EXPR__T_BAD;
	l->problem = problem;
	l->hint = hint;
}

static struct mh_str take_word(struct mh_expr__lexer *l)
{
	size_t start = l->at++;

	while (l->at < l->text.len && is_word(l->text.ptr[l->at])) l->at++;
	return (struct mh_str){l->text.ptr + start, l->at - start};
}

static void lex_number(struct mh_expr__lexer *l)
{
	struct mh_str w = take_word(l);
	int64_t n;
	mh_day day;

	l->token = MH_EXPR__T_LITERAL;
	if (mh_str_to_i64(w, &n)) {
		l->value = (struct mh_value){.type = MH_V_INT, .i = n};
	} else if (mh_span_parse(w, &l->value.span)) {
		l->value.type = MH_V_SPAN;
	} else if (mh_day_parse(w, &day)) {
		l->value = (struct mh_value){.type = MH_V_DATE, .i = day};
	} else {
		bad(l, "this is neither a number, a span nor a date",
		    "Write 12, a span such as 5wd, 2wh, 60d, 24h or 90min, or a date "
		    "such as 2026-11-21");
	}
}

static void lex_word(struct mh_expr__lexer *l)
{
	struct mh_str w = take_word(l);
	bool yes = mh_str_is(w, "yes") || mh_str_is(w, "true");

	if (yes || mh_str_is(w, "no") || mh_str_is(w, "false")) {
		l->token = MH_EXPR__T_LITERAL;
		l->value = (struct mh_value){.type = MH_V_BOOL, .i = yes};
		return;
	}
	l->token = MH_EXPR__T_NAME;
	l->word = w;
}

/* "text", where \" and \\ are the only escapes. */
static void lex_text(struct mh_expr__lexer *l)
{
	size_t n = 0, from = l->at + 1;
	char *copy = mh_arena_alloc(l->arena, l->text.len - l->at + 1);

	if (!copy) {
		bad(l, "memory is short", NULL);
		return;
	}
	for (size_t i = from; i < l->text.len; i++) {
		char c = l->text.ptr[i];
		if (c == '"') {
			l->at = i + 1;
			l->token = MH_EXPR__T_LITERAL;
			l->value = (struct mh_value){.type = MH_V_STR, .s = {copy, n}};
			return;
		}
		if (c == '\\') {
			if (++i == l->text.len || (l->text.ptr[i] != '"' && l->text.ptr[i] != '\\')) break;
			c = l->text.ptr[i];
		}
		copy[n++] = c;
	}
	bad(l, "this text does not end",
	    "Close it with \"; inside a text write \\\" for a quotation mark and \\\\ for a backslash");
}

static void lex_sign(struct mh_expr__lexer *l)
{
	static const struct {
		char text[3];
		enum mh_expr__token token;
		enum mh_expr__op op;
	} signs[] = {
		/* the longer first */
		{"&&", MH_EXPR__T_OP, MH_EXPR__AND}, {"||", MH_EXPR__T_OP, MH_EXPR__OR},
		{"==", MH_EXPR__T_OP, MH_EXPR__EQ},  {"!=", MH_EXPR__T_OP, MH_EXPR__NE},
		{"<=", MH_EXPR__T_OP, MH_EXPR__LE},  {">=", MH_EXPR__T_OP, MH_EXPR__GE},
		{"<", MH_EXPR__T_OP, MH_EXPR__LT},   {">", MH_EXPR__T_OP, MH_EXPR__GT},
		{"!", MH_EXPR__T_NOT, MH_EXPR__NOT}, {"?", MH_EXPR__T_ASK, 0},
		{":", MH_EXPR__T_COLON, 0},          {"(", MH_EXPR__T_OPEN, 0},
		{")", MH_EXPR__T_CLOSE, 0},          {".", MH_EXPR__T_DOT, 0},
	};
	struct mh_str rest = {l->text.ptr + l->at, l->text.len - l->at};

	for (size_t i = 0; i < sizeof signs / sizeof *signs; i++) {
		if (!mh_str_starts(rest, signs[i].text)) continue;
		l->token = signs[i].token;
		l->op = signs[i].op;
		l->at += strlen(signs[i].text);
		return;
	}
	switch (rest.ptr[0]) {
	case '=': bad(l, "a single = compares nothing", "Write == to compare"); break;
	case '&':
	case '|': bad(l, "a single & or | means nothing here", "Write && for and, || for or"); break;
	case '\'': bad(l, "a text stands in double quotes", "Write \"text\""); break;
	case '+':
	case '-':
	case '*':
	case '/': bad(l, "there is no arithmetic in expressions", "Compare values only: == != < <= > >="); break;
	default:
		bad(l, "this character means nothing here",
		    "Allowed: names, numbers, \"texts\", == != < <= > >= && || ! ? : ( )");
		break;
	}
}

void mh_expr__next(struct mh_expr__lexer *l)
{
	if (l->token == MH_EXPR__T_BAD) return;
	while (l->at < l->text.len && strchr(" \t\r\n", l->text.ptr[l->at]) && l->text.ptr[l->at]) l->at++;
	l->start = l->at;
	if (l->at == l->text.len) {
		l->token = MH_EXPR__T_END;
		return;
	}
	char c = l->text.ptr[l->at];
	bool negative = c == '-' && l->at + 1 < l->text.len && is_digit(l->text.ptr[l->at + 1]);
	if (is_digit(c) || negative) lex_number(l);
	else if (c == '"') lex_text(l);
	else if (c != '-' && is_word(c)) lex_word(l);
	else lex_sign(l);
}
