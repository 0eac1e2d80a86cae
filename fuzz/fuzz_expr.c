/* Expressions on any bytes: those that are accepted evaluate, walk and model without end or fault, for any values. */
#include "base/yaml.h"
#include "process/expr.h"

#include <stdlib.h>

static const struct {
	const char *name;
	enum mh_value_type type;
} names[] = {{"a", MH_V_BOOL}, {"level", MH_V_INT}, {"s", MH_V_STR}, {"d", MH_V_DATE}, {"n", MH_V_NONE}};

static bool name(void *ctx, struct mh_str word, enum mh_value_type *ret_type, const struct mh_str **ret_values,
		 size_t *ret_n)
{
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (mh_str_is(word, names[i].name)) return *ret_type = names[i].type, true;
	return false;
}

static bool call(void *ctx, struct mh_str function, struct mh_str argument, struct mh_str member,
		 enum mh_value_type *ret_type)
{
	return *ret_type = mh_str_is(function, "count") ? MH_V_INT : MH_V_NONE, true;
}

/* *ctx counts the questions; each third has no answer. */
static struct mh_value value(void *ctx, struct mh_str word)
{
	int n = ++*(int *)ctx;
	for (size_t i = 0; i < sizeof names / sizeof *names && n % 3; i++)
		if (mh_str_is(word, names[i].name))
			return (struct mh_value){.type = names[i].type, .i = n % 5, .s = word};
	return (struct mh_value){.type = MH_V_NONE};
}

static struct mh_value called(void *ctx, struct mh_str function, struct mh_str argument, struct mh_str member)
{
	int n = ++*(int *)ctx;
	return (struct mh_value){.type = n % 3 ? MH_V_INT : MH_V_NONE, .i = n};
}

static void seen(void *ctx, struct mh_str word, struct mh_str argument)
{
	if (word.len == 0) abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct mh_expr_scope scope = {name, call, NULL, NULL};
	int questions = 0;
	const struct mh_expr_env env = {value, called, &questions};
	struct mh_arena a = MH_ARENA((size_t)16 << 20);
	struct mh_diags d = mh_diags_new(&a, MH_STR("fuzz"));
	struct mh_str text = {(const char *)data, size};
	struct mh_mark at = {1, 1};
	struct mh_expr *e = NULL;

	if (mh_utf8_bad((struct mh_bytes){data, size}) < 0) {
		e = mh_expr_parse(&a, text, at, &scope, size % 2 ? MH_V_BOOL : MH_V_NONE, &d);
		if ((e == NULL) != (d.errors > 0)) abort();
	}
	if (e) {
		struct mh_value v = mh_expr_eval(e, &env);
		if (size % 2 && v.type != MH_V_BOOL && v.type != MH_V_NONE && questions == 0) abort();
		mh_expr_walk(e, seen, NULL);
		mh_expr_promela(&a, e);
		mh_expr_promela_false(&a, e);
	}
	mh_arena_done(&a);
	return 0;
}
