/* What names mean in the expressions of a definition. */
#include "process/load_priv.h"

/* Beside the fields. reports: how many matters are merged into this one, itself counted. */
static const struct {
	const char *name;
	enum mh_value_type type;
} own[] = {{"level", MH_V_INT}, {"owner_level", MH_V_INT}, {"reports", MH_V_INT}, {"state", MH_V_STR}};
#define N_OWN (sizeof own / sizeof *own)

/* How a field's value compares. A list of units or choices has no single value: only the running system can judge it. */
static const enum mh_value_type value_types[MH_F_TYPE_MAX] = {
	[MH_F_ENUM] = MH_V_STR,    [MH_F_BOOL] = MH_V_BOOL, [MH_F_TEXT] = MH_V_STR,     [MH_F_INT] = MH_V_INT,
	[MH_F_DATE] = MH_V_DATE,   [MH_F_ORG] = MH_V_STR,   [MH_F_ORGS] = MH_V_NONE,    [MH_F_MATTER] = MH_V_STR,
	[MH_F_CONTACT] = MH_V_STR, [MH_F_PLACE] = MH_V_STR, [MH_F_CATEGORY] = MH_V_STR, [MH_F_ENUMS] = MH_V_NONE,
	[MH_F_OFFICER] = MH_V_STR,
};

/* Made at the first use, then kept: a file may name one field very often. */
static const struct mh_str *enum_words(struct mh_load *l, int field)
{
	const struct mh_field *f = &l->def->fields[field];
	struct mh_str *words = l->enum_words[field];

	if (words) return words;
	words = MH_LOAD_ARRAY(l, f->n_values, struct mh_str);
	for (size_t i = 0; words && i < f->n_values; i++) words[i] = f->values[i].name;
	l->enum_words[field] = words;
	return words;
}

static bool scope_name(void *ctx, struct mh_str name, enum mh_value_type *ret_type, const struct mh_str **ret_values,
		       size_t *ret_n)
{
	struct mh_load *l = ctx;

	l->scope_call_failed = false;
	for (size_t i = 0; i < N_OWN; i++) {
		if (!mh_str_is(name, own[i].name)) continue;
		*ret_type = own[i].type;
		if (mh_str_is(name, "state")) {
			*ret_values = l->names[MH_REF_STATE].words;
			*ret_n = l->names[MH_REF_STATE].n;
		}
		return true;
	}
	int f = mh_def_field(l->def, name);
	if (f < 0) return false;
	*ret_type = value_types[l->def->fields[f].type];
	if (l->def->fields[f].type == MH_F_ENUM) {
		*ret_values = enum_words(l, f);
		*ret_n = *ret_values ? l->def->fields[f].n_values : 0;
	}
	return true;
}

static bool scope_call(void *ctx, struct mh_str function, struct mh_str argument, struct mh_str member,
		       enum mh_value_type *ret_type)
{
	struct mh_load *l = ctx;
	bool count = mh_str_is(function, "count"), matter = mh_str_is(function, "matter");

	l->scope_call_failed = true;
	l->scope_failed = count ? MH_REF_TRANSITION : matter ? MH_REF_FIELD : MH_REF_MAX;
	*ret_type = matter ? MH_V_NONE : MH_V_INT;
	if (count) return member.len == 0 && mh_def_transition(l->def, argument) >= 0;
	if (mh_str_is(function, "open_children")) return member.len == 0 && mh_load__is_name(argument);
	if (!matter || !mh_load__is_name(member)) return false;
	int f = mh_def_field(l->def, argument);
	return f >= 0 && l->def->fields[f].type == MH_F_MATTER;
}

static size_t scope_known(void *ctx, const struct mh_str **ret_words)
{
	static const struct mh_str functions[] = {{"count", 5}, {"open_children", 13}, {"matter", 6}};
	struct mh_load *l = ctx;

	if (!l->scope_call_failed) {
		*ret_words = l->scope_words;
		return l->n_scope_words;
	}
	if (l->scope_failed < MH_REF_MAX) {
		*ret_words = l->names[l->scope_failed].words;
		return l->names[l->scope_failed].n;
	}
	*ret_words = functions;
	return 3;
}

bool mh_load__scope_prepare(struct mh_load *l)
{
	const struct mh_load__names *fields = &l->names[MH_REF_FIELD];
	struct mh_str *words = MH_LOAD_ARRAY(l, fields->n + N_OWN, struct mh_str);

	l->enum_words = MH_LOAD_ARRAY(l, fields->n, struct mh_str *);
	if (!words || (fields->n && !l->enum_words)) return false;
	for (size_t i = 0; i < N_OWN; i++) words[i] = mh_str_c(own[i].name);
	for (size_t i = 0; i < fields->n; i++) words[N_OWN + i] = fields->words[i];
	l->scope_words = words;
	l->n_scope_words = fields->n + N_OWN;
	return true;
}

struct mh_expr_scope mh_load__scope(struct mh_load *l)
{
	return (struct mh_expr_scope){scope_name, scope_call, scope_known, l};
}
