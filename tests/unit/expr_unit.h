/* A small matter for the tests of expressions. */
#ifndef MH_TESTS_EXPR_UNIT_H
#define MH_TESTS_EXPR_UNIT_H
#include "../unit.h"

#include "process/expr.h"

#include <string.h>

#define WORD(text)                                                                                                     \
	{                                                                                                              \
		text, sizeof text - 1                                                                                  \
	}
static const struct mh_str expr_words[] = {WORD("urgent"), WORD("subject"), WORD("stars"), WORD("due"),
					   WORD("level"),  WORD("reopen"),  WORD("note"),  WORD("extend-2")};
static const struct mh_str expr_subjects[] = {WORD("consult"), WORD("complaint")};

static bool expr_name(void *ctx, struct mh_str name, enum mh_value_type *ret_type, const struct mh_str **ret_values,
		      size_t *ret_n)
{
	static const enum mh_value_type types[] = {MH_V_BOOL, MH_V_STR,  MH_V_INT, MH_V_DATE,
						   MH_V_INT,  MH_V_NONE, MH_V_STR};
	for (int i = 0; i < 7; i++) {
		if (i == 5 || !mh_str_eq(name, expr_words[i])) continue;
		*ret_type = types[i];
		if (i == 1) *ret_values = expr_subjects, *ret_n = 2;
		return true;
	}
	return false;
}

static bool expr_call(void *ctx, struct mh_str function, struct mh_str argument, struct mh_str member,
		      enum mh_value_type *ret_type)
{
	if (mh_str_is(function, "matter") && member.len) return *ret_type = MH_V_NONE, true;
	if (!mh_str_is(function, "count") || member.len) return false;
	*ret_type = MH_V_INT;
	return mh_str_is(argument, "reopen") || mh_str_is(argument, "extend-2");
}

static size_t expr_known(void *ctx, const struct mh_str **ret_words)
{
	return *ret_words = expr_words, 8;
}

static const struct mh_expr_scope expr_scope = {expr_name, expr_call, expr_known, NULL};
#endif
