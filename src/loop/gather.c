#include "loop/gather.h"

#include "sql_gen.h"

#define CO_MAX 20
#define ALIKE_PAGE 200
#define ALIKE_PAGES 20 /* older ones are not what a dispatcher looks for */

static json_t *org_json(const struct mh_orgs *o, int org)
{
	if (org < 0) return json_null();
	const struct mh_org *u = &o->list[org];
	return json_pack("{s:o, s:o, s:o, s:i}", "code", mh_json_str(u->code), "zh", mh_json_str(u->zh), "en",
			 mh_json_str(u->en), "level", u->level);
}

static json_t *co_units(const struct mh_orgs *o, const struct mh_duty *d, int territory, int lead)
{
	json_t *list = json_array();
	struct mh_str rest = d ? d->co : (struct mh_str){NULL, 0}, duty;
	for (int n = 0; list && n < CO_MAX && mh_str_split(&rest, '|', &duty); n++) {
		int unit = duty.len ? mh_org_for_duty(o, territory, duty) : -1;
		if (unit >= 0 && unit != lead) json_array_append_new(list, org_json(o, unit));
	}
	return list;
}

static json_t *reason(struct mh_tx *tx, const struct mh_class *c, const struct mh_duty *d, int territory)
{
	const struct mh_org *t = &tx->city->orgs.list[territory];
	struct mh_str zh, en;
	if (d) {
		zh = mh_str_fmt(tx->arena,
				"“" MH_STR_FMT "”按派单目录第 " MH_STR_FMT " 行，在" MH_STR_FMT "由“" MH_STR_FMT
				"”职责单位承办",
				MH_STR_ARG(c->zh), MH_STR_ARG(d->class_code), MH_STR_ARG(t->zh), MH_STR_ARG(d->lead));
		en = mh_str_fmt(tx->arena,
				"\"" MH_STR_FMT "\": row " MH_STR_FMT
				" of the duty catalogue gives it to the duty \"" MH_STR_FMT "\" in " MH_STR_FMT,
				MH_STR_ARG(c->en), MH_STR_ARG(d->class_code), MH_STR_ARG(d->lead), MH_STR_ARG(t->en));
	} else {
		zh = mh_str_fmt(tx->arena, "派单目录中没有“" MH_STR_FMT "”，由属地" MH_STR_FMT "承办",
				MH_STR_ARG(c->zh), MH_STR_ARG(t->zh));
		en = mh_str_fmt(tx->arena,
				"The duty catalogue has no row for \"" MH_STR_FMT "\": its territory " MH_STR_FMT
				" has it",
				MH_STR_ARG(c->en), MH_STR_ARG(t->en));
	}
	return json_pack("{s:o, s:o}", "zh", mh_json_str(zh), "en", mh_json_str(en));
}

enum mh_code mh_gather_propose(struct mh_tx *tx, struct mh_str class_code, int place, json_t **ret,
			       struct mh_err *reterr)
{
	const struct mh_orgs *o = &tx->city->orgs;
	const struct mh_class *c = mh_city_class(tx->city, class_code);
	if (!c) {
		enum mh_code code = MH_FAIL(reterr, MH_E_INVALID, "There is no category \"" MH_STR_FMT "\"",
					    MH_STR_ARG(class_code));
		mh_err_hint(reterr, "GET /api/v1/categories lists them.");
		return code;
	}
	const struct mh_duty *d = mh_city_duty(tx->city, class_code);
	int unit = mh_assign_duty(tx->city, class_code, place);
	int territory = o->list[unit].territory;
	json_t *j = json_pack("{s:o, s:o, s:i, s:b, s:o, s:o}", "unit", org_json(o, unit), "co_units",
			      co_units(o, d, territory, unit), "level", o->list[unit].level, "urgent", d && d->urgent,
			      "row", d ? mh_json_str(d->class_code) : json_null(), "reason",
			      reason(tx, c, d, territory));
	MH_TRY_MEM(j, reterr);
	*ret = j;
	return MH_OK;
}

static enum mh_code add_alike(struct mh_tx *tx, const struct mh_q_matter_alike_row *row, json_t *list,
			      struct mh_err *reterr)
{
	const struct mh_orgs *o = &tx->city->orgs;
	json_t *one = json_pack("{s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "ref", mh_json_str(row->ref), "number",
				mh_json_str(row->number), "state", mh_json_str(row->state), "room",
				mh_json_str(row->room), "owner", org_json(o, mh_org_by_id(o, row->owner_id)), "place",
				org_json(o, mh_org_by_id(o, row->place_id)), "created",
				mh_json_str(mh_time_text(tx->arena, row->created, tx->city->zone_min)));
	return json_array_append_new(list, one) == 0 ? MH_OK : MH_FAIL(reterr, MH_E_NO_MEMORY, "Memory is short");
}

/* The town of the place; a larger place stands for itself. */
static int neighbourhood(const struct mh_orgs *o, int place)
{
	return o->list[place].level < 2 ? mh_org_at_level(o, place, 2) : place;
}

static enum mh_code find_alike(struct mh_tx *tx, const struct mh_glance *g, size_t limit, json_t *list,
			       struct mh_err *reterr)
{
	const struct mh_orgs *o = &tx->city->orgs;
	int near = neighbourhood(o, g->place);
	struct mh_q_matter_alike_in in = {.home_id = tx->city->home_id,
					  .kind = g->def->kind,
					  .class_code = g->class_code,
					  .after_id = INT64_MAX,
					  .limit = ALIKE_PAGE};
	for (int page = 0; page < ALIKE_PAGES; page++) {
		struct mh_q_matter_alike_row *rows;
		size_t n;
		MH_TRY(mh_q_matter_alike(tx->db, tx->arena, &in, &rows, &n, reterr));
		for (size_t i = 0; i < n && json_array_size(list) < limit; i++) {
			int place = rows[i].place_id ? mh_org_by_id(o, rows[i].place_id) : -1;
			bool here = rows[i].id != g->id && place >= 0 && mh_org_contains(o, near, place);
			if (here) MH_TRY(add_alike(tx, &rows[i], list, reterr));
		}
		if (n < ALIKE_PAGE || json_array_size(list) == limit) break;
		in.after_id = rows[n - 1].id;
	}
	return MH_OK;
}

enum mh_code mh_gather_alike(struct mh_tx *tx, const struct mh_glance *g, int limit, json_t **ret,
			     struct mh_err *reterr)
{
	MH_JSON_AUTO json_t *list = json_array();
	MH_TRY_MEM(list, reterr);
	if (g->place >= 0 && g->class_code.len) MH_TRY(find_alike(tx, g, (size_t)limit, list, reterr));
	*ret = json_incref(list);
	return MH_OK;
}

static bool starts_here(const struct mh_transition *t, int state)
{
	for (size_t i = 0; i < t->n_from; i++)
		if (t->from[i] == state) return true;
	return false;
}

enum mh_code mh_gather_step(const struct mh_glance *g, enum mh_effect_kind what, struct mh_str *ret_step,
			    struct mh_str *ret_field, struct mh_err *reterr)
{
	for (size_t i = 0; i < g->def->n_transitions; i++) {
		const struct mh_transition *t = &g->def->transitions[i];
		if (t->trigger != MH_BY_PERSON || !starts_here(t, g->at_state)) continue;
		for (size_t k = 0; k < t->n_effects; k++) {
			if (t->effects[k].kind != what) continue;
			*ret_step = t->name;
			if (ret_field) *ret_field = g->def->fields[t->effects[k].field].name;
			return MH_OK;
		}
	}
	enum mh_code code = MH_FAIL(
		reterr, MH_E_CONFLICT, "Matter " MH_STR_FMT " cannot be %s while it is \"" MH_STR_FMT "\"",
		MH_STR_ARG(g->number), what == MH_DO_MERGE ? "merged" : "taken apart", MH_STR_ARG(g->state));
	mh_err_detail(reterr, MH_STR_FMT " (" MH_STR_FMT ")", MH_STR_ARG(g->def->states[g->at_state].label.en),
		      MH_STR_ARG(g->def->states[g->at_state].label.zh));
	return code;
}
