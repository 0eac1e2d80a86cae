/* What the names of an expression are worth for a matter. */
#include "matter/matter_priv.h"

struct env {
	struct mh_tx *tx;
	struct mh_matter *m;
};

static const struct mh_value none = {.type = MH_V_NONE};

static struct mh_value of_json(const struct mh_field *f, const json_t *v)
{
	struct mh_str s = json_is_string(v) ? (struct mh_str){json_string_value(v), json_string_length(v)}
					    : (struct mh_str){NULL, 0};
	mh_day day;
	if (!v || json_is_null(v)) return none;
	if (json_is_boolean(v)) return (struct mh_value){.type = MH_V_BOOL, .i = json_is_true(v)};
	if (json_is_integer(v)) return (struct mh_value){.type = MH_V_INT, .i = json_integer_value(v)};
	if (f->type == MH_F_DATE && mh_day_parse(s, &day)) return (struct mh_value){.type = MH_V_DATE, .i = day};
	if (json_is_string(v)) return (struct mh_value){.type = MH_V_STR, .s = s};
	if (json_is_array(v)) return (struct mh_value){.type = MH_V_INT, .i = (int64_t)json_array_size(v)};
	return (struct mh_value){.type = MH_V_BOOL, .i = 1}; /* an object: it is there */
}

static struct mh_value name_of(struct mh_tx *tx, struct mh_matter *m, struct mh_str name)
{
	int field = mh_def_field(m->def, name);
	if (field >= 0) return of_json(&m->def->fields[field], mh_matter__value(tx, m, field));
	if (mh_str_is(name, "level")) return (struct mh_value){.type = MH_V_INT, .i = m->level};
	if (mh_str_is(name, "state")) return (struct mh_value){.type = MH_V_STR, .s = m->def->states[m->state].name};
	if (mh_str_is(name, "reports")) return (struct mh_value){.type = MH_V_INT, .i = mh_matter__reports(tx, m)};
	return none;
}

static struct mh_value env_name(void *ctx, struct mh_str name)
{
	struct env *e = ctx;
	return name_of(e->tx, e->m, name);
}

static struct mh_value open_children(struct env *e, struct mh_str kind)
{
	struct mh_q_matter_children_open_row row = {0};
	struct mh_q_matter_children_open_in in = {.home_id = e->tx->city->home_id, .parent_id = e->m->id, .kind = kind};
	if (mh_q_matter_children_open(e->tx->db, e->tx->arena, &in, &row, NULL) != MH_OK) return none;
	return (struct mh_value){.type = MH_V_INT, .i = row.n};
}

static struct mh_value other(struct env *e, struct mh_str field, struct mh_str member)
{
	int at = mh_def_field(e->m->def, field);
	const json_t *v = at < 0 ? NULL : mh_matter__value(e->tx, e->m, at);
	struct mh_matter *m;
	int64_t id;
	if (!json_is_string(v)) return none;
	struct mh_str ref = {json_string_value(v), json_string_length(v)};
	if (mh_matter_find(e->tx, ref, &id, NULL) != MH_OK || mh_matter__load(e->tx, id, &m, NULL) != MH_OK)
		return none;
	return name_of(e->tx, m, member);
}

static struct mh_value env_call(void *ctx, struct mh_str function, struct mh_str argument, struct mh_str member)
{
	struct env *e = ctx;
	if (mh_str_is(function, "count")) {
		struct mh_str key = mh_str_dup(e->tx->arena, argument);
		return (struct mh_value){.type = MH_V_INT, .i = key.ptr ? mh_json_get_int(e->m->uses, key.ptr, 0) : 0};
	}
	if (mh_str_is(function, "open_children")) return open_children(e, argument);
	if (mh_str_is(function, "matter")) return other(e, argument, member);
	return none;
}

struct mh_value mh_matter__eval(struct mh_tx *tx, struct mh_matter *m, const struct mh_expr *e)
{
	struct env env = {tx, m};
	struct mh_expr_env how = {env_name, env_call, &env};
	return mh_expr_eval(e, &how);
}

bool mh_matter__truth(struct mh_tx *tx, struct mh_matter *m, const struct mh_expr *e)
{
	return !e || mh_value_truth(mh_matter__eval(tx, m, e));
}
