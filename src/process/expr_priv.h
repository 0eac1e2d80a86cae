/* Inside of expressions: tokens, and the tree that the parser builds and the evaluator walks. */
#ifndef MH_PROCESS_EXPR_PRIV_H
#define MH_PROCESS_EXPR_PRIV_H
#include "process/expr.h"

#define MH_EXPR__TEXT_MAX 4096 /* bytes */
#define MH_EXPR__DEPTH_MAX 64  /* brackets, `!` and `?:` inside each other */
#define MH_EXPR__NODES_MAX 512 /* bounds the depth of the tree, and with it every recursion over it */

enum mh_expr__op {
	MH_EXPR__LITERAL,
	MH_EXPR__NAME,
	MH_EXPR__CALL,
	MH_EXPR__NOT,
	MH_EXPR__AND,
	MH_EXPR__OR,
	MH_EXPR__EQ,
	MH_EXPR__NE,
	MH_EXPR__LT,
	MH_EXPR__LE,
	MH_EXPR__GT,
	MH_EXPR__GE,
	MH_EXPR__CHOOSE /* a ? b : c */
};

struct mh_expr__node {
	enum mh_expr__op op;
	enum mh_value_type type; /* MH_V_NONE: known at run time only */
	size_t offset;           /* of the first byte in the text, for diagnostics */
	struct mh_value value;   /* LITERAL */
	struct mh_str name;      /* NAME; CALL: the function */
	struct mh_str argument, member;
	const struct mh_str *values; /* NAME of an enum: the words it may be */
	size_t n_values;
	struct mh_expr__node *kid[3];
};

struct mh_expr {
	struct mh_str text;
	struct mh_expr__node *root;
};

enum mh_expr__token {
	MH_EXPR__T_END,
	MH_EXPR__T_BAD,     /* problem and hint say why */
	MH_EXPR__T_LITERAL, /* value */
	MH_EXPR__T_NAME,    /* text */
	MH_EXPR__T_OP,      /* op: && || == != < <= > >= */
	MH_EXPR__T_NOT,
	MH_EXPR__T_ASK, /* ? */
	MH_EXPR__T_COLON,
	MH_EXPR__T_OPEN,
	MH_EXPR__T_CLOSE,
	MH_EXPR__T_DOT
};
struct mh_expr__lexer {
	struct mh_arena *arena; /* texts with escapes are copied into it */
	struct mh_str text;
	size_t at; /* behind the current token */
	enum mh_expr__token token;
	size_t start; /* of the current token */
	struct mh_str word;
	struct mh_value value;
	enum mh_expr__op op;
	const char *problem, *hint;
};
/* Reads the next token. Stays on END and BAD. */
void mh_expr__next(struct mh_expr__lexer *l);
#endif
