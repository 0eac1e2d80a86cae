/* Filling a form by the types of its fields and the pack's rules; finding somebody who may hand it in. */
#include "loop/sample_priv.h"

#include <string.h>

/* --- rules: "step/field" comes before "field", the kind's before everybody's --- */

static struct mh_yaml *entry(struct mh_yaml *map, struct mh_str key)
{
	for (struct mh_yaml *y = map ? map->first : NULL; y; y = y->next)
		if (mh_str_eq(y->key, key)) return y;
	return NULL;
}

static struct mh_yaml *rule(const struct mh_sample__talk *t, struct mh_str step, struct mh_str field)
{
	struct mh_str both = mh_str_fmt(t->arena, MH_STR_FMT "/" MH_STR_FMT, MH_STR_ARG(step), MH_STR_ARG(field));
	struct mh_yaml *y = entry(t->kind->fill, both);
	if (!y) y = entry(t->kind->fill, field);
	if (!y) y = entry(t->book->fill, both);
	return y ? y : entry(t->book->fill, field);
}

/* Texts may depend on what was chosen in the same form: "answer@unable". */
static struct mh_yaml *text_rule(const struct mh_sample__talk *t, struct mh_str step, struct mh_str field,
				 const json_t *chosen)
{
	const char *key;
	json_t *v;
	json_object_foreach((json_t *)(uintptr_t)chosen, key, v) {
		if (!json_is_string(v)) continue;
		struct mh_str name = mh_str_fmt(t->arena, MH_STR_FMT "@%.40s", MH_STR_ARG(field), json_string_value(v));
		struct mh_yaml *y = rule(t, step, name);
		if (y) return y;
	}
	return rule(t, step, field);
}

static struct mh_str template_of(const struct mh_sample__talk *t, struct mh_yaml *y)
{
	if (!y) return MH_STR("{label}");
	if (y->kind == MH_YAML_SCALAR) return y->text;
	if (y->n == 0) return MH_STR("{label}");
	struct mh_yaml *one = y->first;
	for (uint64_t i = mh_random_below(t->rng, y->n); i > 0; i--) one = one->next;
	return one->text;
}

/* --- units --- */

int mh_sample__unit(const struct mh_city *c, struct mh_str category, int place)
{
	const struct mh_orgs *o = &c->orgs;
	const struct mh_duty *d = category.len ? mh_city_duty(c, category) : NULL;
	int territory = mh_org_at_level(o, place < 0 ? o->root : place, d ? d->level : 2);
	int unit = !d || mh_str_is(d->lead, "territory") ? territory : mh_org_for_duty(o, territory, d->lead);
	return unit >= 0 ? unit : territory;
}

/* The co-units of the catalogue, nearest first; without any, the department above that keeps to it. */
static json_t *co_units(const struct mh_sample__talk *t, int64_t most)
{
	const struct mh_orgs *o = &t->city->orgs;
	const struct mh_duty *d = t->what ? mh_city_duty(t->city, t->what->category) : NULL;
	struct mh_str rest = d && d->co.len ? d->co : MH_STR("territory|supervision"), word;
	int place = t->place < 0 ? o->root : t->place;
	json_t *list = json_array();
	while (list && (int64_t)json_array_size(list) < most && mh_str_split(&rest, '|', &word)) {
		int at = mh_org_at_level(o, place, d && d->level > 2 ? d->level : 3);
		int org = mh_str_is(word, "territory") ? mh_org_at_level(o, place, 2) : mh_org_for_duty(o, at, word);
		bool same = org < 0 || org == t->unit;
		for (size_t i = 0; i < json_array_size(list); i++)
			same = same || mh_str_is(o->list[org].code, json_string_value(json_array_get(list, i)));
		if (!same) json_array_append_new(list, mh_json_str(o->list[org].code));
	}
	if (json_array_size(list) > 0) return list;
	json_decref(list);
	return NULL;
}

/* --- values --- */

static json_t *number_of(const struct mh_sample__talk *t, const struct mh_field *f, struct mh_yaml *r)
{
	int64_t min = f->min, max = f->max > f->min ? f->max : f->min + 10, n;
	struct mh_yaml *y = r && r->kind == MH_YAML_MAP ? mh_sample__pick(t->rng, r) : NULL;
	if (y && mh_str_to_i64(y->key, &n)) return json_integer(n);
	if (r && r->kind == MH_YAML_SCALAR) mh_sample__range(r->text, &min, &max);
	return json_integer(mh_sample__between(t->rng, min, max));
}

static json_t *enum_of(const struct mh_sample__talk *t, const struct mh_field *f, struct mh_yaml *r)
{
	struct mh_yaml *y = r && r->kind == MH_YAML_MAP ? mh_sample__pick(t->rng, r) : NULL;
	/* A rule for everybody may not fit the choices of this kind. */
	for (size_t i = 0; y && i < f->n_values; i++)
		if (mh_str_eq(f->values[i].name, y->key)) return mh_json_str(y->key);
	return f->n_values ? mh_json_str(f->values[mh_random_below(t->rng, f->n_values)].name) : NULL;
}

/* One of the choices, now and then two. */
static json_t *enums_of(const struct mh_sample__talk *t, const struct mh_field *f, struct mh_yaml *r)
{
	json_t *list = json_array(), *v = enum_of(t, f, r);
	if (list && v) json_array_append_new(list, v);
	v = mh_sample__chance(t->rng, 40) ? enum_of(t, f, r) : NULL;
	if (v && !json_equal(v, json_array_get(list, 0))) json_array_append(list, v);
	json_decref(v);
	return list;
}

static json_t *date_of(const struct mh_sample__talk *t, struct mh_yaml *r)
{
	int64_t min = 10, max = 30;
	if (r && r->kind == MH_YAML_SCALAR) mh_sample__range(r->text, &min, &max);
	mh_day day = mh_time_day(t->now, t->city->zone_min) + (mh_day)mh_sample__between(t->rng, min, max);
	return mh_json_str(mh_day_text(t->arena, day));
}

static json_t *contact_of(const struct mh_sample__talk *t)
{
	struct mh_str name = mh_sample__say(t, MH_STR("{person}")),
		      phone = mh_str_fmt(t->arena, "10%09lld", (long long)mh_random_below(t->rng, 1000000000));
	if (!name.ptr || !phone.ptr) return NULL;
	return json_pack("{s:s%, s:s%}", "name", name.ptr, name.len, "phone", phone.ptr, phone.len);
}

static json_t *place_of(const struct mh_sample__talk *t)
{
	if (t->place < 0) return NULL;
	const struct mh_org *o = &t->city->orgs.list[t->place];
	struct mh_str address = mh_sample__say(t, MH_STR("{address}"));
	if (!address.len) return mh_json_str(o->code);
	return json_pack("{s:s%, s:s%}", "org", o->code.ptr, o->code.len, "address", address.ptr, address.len);
}

static json_t *text_of(const struct mh_sample__talk *t, const struct mh_field *f, struct mh_yaml *r)
{
	struct mh_str s = mh_sample__say(t, template_of(t, r));
	if (f->max > 0) s = mh_utf8_prefix(s, (size_t)f->max);
	return s.len ? mh_json_str(s) : NULL;
}

static json_t *unit_of(const struct mh_sample__talk *t)
{
	int org = mh_sample__unit(t->city, t->what ? t->what->category : MH_STR(""), t->place);
	return mh_json_str(mh_org_code(&t->city->orgs, org));
}

static json_t *matter_of(const struct mh_sample__talk *t, const struct mh_field *f)
{
	struct mh_str category = t->what ? t->what->category : MH_STR(""), ref = {NULL, 0};
	for (size_t i = 0; i < f->n_kinds && !ref.len; i++)
		ref = mh_str_eq(f->kinds[i], t->kind->def->kind) ? t->main_ref
								 : t->of_kind(t->ctx, f->kinds[i], category);
	return ref.len ? mh_json_str(ref) : NULL;
}

/* NULL: not to be had. */
static json_t *value(const struct mh_sample__talk *t, const struct mh_field *f, struct mh_str step,
		     const json_t *chosen)
{
	struct mh_yaml *r = f->type == MH_F_TEXT ? text_rule(t, step, f->name, chosen) : rule(t, step, f->name);
	int64_t percent = 0;
	switch (f->type) {
	case MH_F_ENUM: return enum_of(t, f, r);
	case MH_F_ENUMS: return enums_of(t, f, r);
	case MH_F_BOOL:
		if (r) mh_str_to_i64(r->text, &percent);
		return json_boolean(mh_sample__chance(t->rng, percent));
	case MH_F_TEXT: return text_of(t, f, r);
	case MH_F_INT: return number_of(t, f, r);
	case MH_F_DATE: return date_of(t, r);
	case MH_F_ORG: return unit_of(t);
	case MH_F_ORGS: return co_units(t, mh_sample__between(t->rng, 1, 2));
	case MH_F_MATTER: return matter_of(t, f);
	case MH_F_CONTACT: return contact_of(t);
	case MH_F_PLACE: return place_of(t);
	case MH_F_CATEGORY: return t->what && t->what->category.len ? mh_json_str(t->what->category) : NULL;
	default: return NULL;
	}
}

/* What the situation itself says: `set: {subject: complaint}`. */
static json_t *fixed(const struct mh_sample__talk *t, const struct mh_field *f)
{
	struct mh_yaml *set = entry(t->what ? t->what->node : NULL, MH_STR("set")), *y = entry(set, f->name);
	int64_t n;
	if (!y) return NULL;
	if (f->type == MH_F_BOOL) return json_boolean(mh_str_is(y->text, "yes"));
	if (f->type == MH_F_INT && mh_str_to_i64(y->text, &n)) return json_integer(n);
	return mh_json_str(y->text);
}

static enum mh_code fill(const struct mh_sample__talk *t, json_t *form, int field, struct mh_str step, bool required,
			 struct mh_err *reterr)
{
	const struct mh_field *f = &t->kind->def->fields[field];
	struct mh_str key = mh_str_dup(t->arena, f->name);
	json_t *v = mh_str_is(step, "create") ? fixed(t, f) : NULL;
	MH_TRY_MEM(key.ptr, reterr);
	if (!v) v = value(t, f, step, form);
	if (!v && required)
		return MH_FAIL(reterr, MH_E_CONFLICT, "There is nothing for the field \"" MH_STR_FMT "\"",
			       MH_STR_ARG(f->name));
	if (v && json_object_set_new(form, key.ptr, v) != 0) return MH_FAIL(reterr, MH_E_NO_MEMORY, "Memory is short");
	return MH_OK;
}

/* Choices come first: texts may depend on them. */
enum mh_code mh_sample__intake(const struct mh_sample__talk *t, json_t **ret, struct mh_err *reterr)
{
	const struct mh_def *d = t->kind->def;
	struct mh_str step = MH_STR("create");
	MH_JSON_AUTO json_t *form = json_object();
	MH_TRY_MEM(form, reterr);
	for (int pass = 0; pass < 2; pass++)
		for (size_t i = 0; i < d->n_fields; i++) {
			const struct mh_field *f = &d->fields[i];
			struct mh_str maybe = mh_str_fmt(t->arena, MH_STR_FMT "?", MH_STR_ARG(f->name));
			struct mh_yaml *r = entry(t->kind->fill, maybe);
			int64_t percent = f->type == MH_F_MATTER || (f->type == MH_F_BOOL && !f->required) ? 0 : 100;
			if (!f->set_create || (f->type == MH_F_ENUM) != (pass == 0)) continue;
			if (r) mh_str_to_i64(r->text, &percent);
			json_t *own = fixed(t, f);
			bool wanted = own || f->required || mh_sample__chance(t->rng, percent);
			json_decref(own);
			if (wanted) MH_TRY(fill(t, form, (int)i, step, f->required, reterr));
		}
	*ret = json_incref(form);
	return MH_OK;
}

enum mh_code mh_sample__form(const struct mh_sample__talk *t, const struct mh_transition *tr, json_t **ret,
			     struct mh_err *reterr)
{
	const struct mh_def *d = t->kind->def;
	MH_JSON_AUTO json_t *form = json_object();
	MH_TRY_MEM(form, reterr);
	for (int pass = 0; pass < 2; pass++) {
		for (size_t i = 0; i < tr->n_require; i++)
			if ((d->fields[tr->require[i]].type == MH_F_ENUM) == (pass == 0))
				MH_TRY(fill(t, form, tr->require[i], tr->name, true, reterr));
		for (size_t i = 0; i < tr->n_optional; i++) {
			const struct mh_field *f = &d->fields[tr->optional[i]];
			/* What was said at the beginning need not be said again. */
			bool fresh = !f->set_create && f->type != MH_F_BOOL && mh_sample__chance(t->rng, 40);
			if ((f->type == MH_F_ENUM) == (pass == 0) && fresh)
				MH_TRY(fill(t, form, tr->optional[i], tr->name, false, reterr));
		}
	}
	*ret = json_incref(form);
	return MH_OK;
}

/* --- who --- */

static bool stands_at(const struct mh_orgs *o, const struct mh_role *role, int org)
{
	return org >= 0 && (role->levels >> o->list[org].level & 1);
}

/* The body that the pack names for the role, at the level of the unit in charge if the role exists there, else the nearest
 * one; without a name, the government itself. */
static int post_of(const struct mh_sample__talk *t, const struct mh_role *role)
{
	const struct mh_orgs *o = &t->city->orgs;
	struct mh_yaml *r = entry(t->book->roles, role->name);
	int place = t->place < 0 ? o->root : t->place, own = t->unit < 0 ? 0 : o->list[t->unit].level, level;
	for (level = own > 1 ? own : 2; level < MH_LEVEL_MAX && !(role->levels >> level & 1); level++)
		;
	if (t->unit < 0 && (role->levels >> MH_LEVEL_MAX & 1) && mh_sample__chance(t->rng, 50)) level = MH_LEVEL_MAX;
	int at = mh_org_at_level(o, place, level), org = r ? mh_org_for_duty(o, at, r->text) : -1;
	if (stands_at(o, role, org)) return org;
	if (stands_at(o, role, at)) return at;
	return stands_at(o, role, o->root) ? o->root : -1;
}

static int named_in(const struct mh_sample__talk *t, int field, const json_t *facts)
{
	struct mh_str key = mh_str_dup(t->arena, t->kind->def->fields[field].name);
	json_t *v = key.ptr ? json_object_get(facts, key.ptr) : NULL;
	return json_is_string(v) ? mh_org_by_code(&t->city->orgs, mh_str_c(json_string_value(v))) : -1;
}

bool mh_sample__who(const struct mh_sample__talk *t, const struct mh_role *role, const struct mh_who *who,
		    int64_t matter_id, const json_t *facts, struct mh_party *ret)
{
	const struct mh_orgs *o = &t->city->orgs;
	struct mh_party p = {.role = role->name, .org = -1};
	if (role->levels & 1) {
		p.matter_id = role->open ? 0 : matter_id;
		*ret = p;
		return true;
	}
	if (who && who->org == MH_ORG_OWNER) p.org = t->unit;
	else if (who && who->org == MH_ORG_FIELD) p.org = named_in(t, who->org_field, facts);
	else if (who && who->level_up) {
		p.org = t->unit < 0 ? -1 : mh_org_superior(o, t->unit, who->level_up);
		if (p.org >= 0 && !stands_at(o, role, p.org))
			p.org = mh_org_at_level(o, t->unit, o->list[t->unit].level + who->level_up);
	} else p.org = post_of(t, role);
	if (!stands_at(o, role, p.org)) return false;
	*ret = p;
	return true;
}
