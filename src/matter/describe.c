/* A definition as JSON, for pages: names, labels and forms of everything that a matter of this kind can show. */
#include "matter/matter_priv.h"

static json_t *label(const struct mh_label *l)
{
	return json_pack("{s:s%, s:s%}", "zh", l->zh.ptr, l->zh.len, "en", l->en.ptr, l->en.len);
}

static json_t *named(struct mh_str name, const struct mh_label *l)
{
	return json_pack("{s:s%, s:o}", "name", name.ptr, name.len, "label", label(l));
}

static json_t *roles(const struct mh_def *d)
{
	json_t *list = json_array();
	for (size_t i = 0; list && i < d->n_roles; i++)
		json_array_append_new(list, named(d->roles[i].name, &d->roles[i].label));
	return list;
}

static json_t *fields(const struct mh_def *d)
{
	json_t *list = json_array();
	for (size_t i = 0; list && i < d->n_fields; i++) {
		json_t *one = mh_view__form_field(d, &d->fields[i], d->fields[i].required);
		json_object_set_new(one, "on_intake", json_boolean(d->fields[i].set_create));
		json_array_append_new(list, one);
	}
	return list;
}

static json_t *evidence(const struct mh_def *d)
{
	json_t *list = json_array();
	for (size_t i = 0; list && i < d->n_evidence; i++)
		json_array_append_new(list, mh_view__form_evidence(&d->evidence[i]));
	return list;
}

static json_t *states(const struct mh_def *d)
{
	json_t *list = json_array();
	for (size_t i = 0; list && i < d->n_states; i++) json_array_append_new(list, mh_view__state(d, (int)i));
	return list;
}

/* What a step does besides moving the matter, each once, in the words of the definitions' language. */
static json_t *does(const struct mh_transition *t)
{
	static const char *const names[MH_DO_MAX] = {
		[MH_DO_ASSIGN] = "assign",   [MH_DO_NOTIFY] = "notify",   [MH_DO_SPAWN] = "spawn",
		[MH_DO_SET] = "set",         [MH_DO_CLOCK] = "clock",     [MH_DO_ESCALATE] = "escalate",
		[MH_DO_BOARD] = "board",     [MH_DO_PUBLISH] = "publish", [MH_DO_SAMPLE] = "sample",
		[MH_DO_MERGE] = "merge",     [MH_DO_UNMERGE] = "unmerge", [MH_DO_ADD] = "add",
		[MH_DO_MEASURE] = "measure", [MH_DO_LINK] = "link"};
	unsigned seen = 0;
	json_t *list = json_array();
	for (size_t i = 0; list && i < t->n_effects; i++) {
		enum mh_effect_kind kind = t->effects[i].kind;
		if (!(seen >> kind & 1)) json_array_append_new(list, json_string(names[kind]));
		seen |= 1u << kind;
	}
	return list;
}

/* How a step comes about: by a person, or by itself. `ends`: the matter is over afterwards. */
static json_t *steps(const struct mh_def *d)
{
	static const char *const by[MH_TRIGGER_MAX] = {"person", "clock", "vote", "child", "main"};
	json_t *list = json_array();
	for (size_t i = 0; list && i < d->n_transitions; i++) {
		const struct mh_transition *t = &d->transitions[i];
		json_t *one = named(t->name, &t->label), *from = json_array();
		for (size_t k = 0; k < t->n_from; k++)
			json_array_append_new(from, mh_json_str(d->states[t->from[k]].name));
		json_object_set_new(one, "from", from);
		json_object_set_new(one, "to", t->to < 0 ? json_null() : mh_json_str(d->states[t->to].name));
		json_object_set_new(one, "by", json_string(by[t->trigger]));
		json_object_set_new(one, "ends", json_boolean(t->to >= 0 && mh_def_is_over(d, t->to)));
		json_object_set_new(one, "does", does(t));
		json_array_append_new(list, one);
	}
	return list;
}

static json_t *clocks(const struct mh_def *d)
{
	json_t *list = json_array();
	for (size_t i = 0; list && i < d->n_clocks; i++) {
		json_t *one = named(d->clocks[i].name, &d->clocks[i].label);
		json_object_set_new(one, "lasting", json_boolean(d->clocks[i].lasting));
		json_array_append_new(list, one);
	}
	return list;
}

static json_t *votes(const struct mh_def *d)
{
	json_t *list = json_array();
	for (size_t i = 0; list && i < d->n_votes; i++) {
		json_t *one = named(d->votes[i].name, &d->votes[i].label), *choices = json_array();
		for (size_t k = 0; k < d->votes[i].n_choices; k++)
			json_array_append_new(choices, mh_json_str(d->votes[i].choices[k]));
		json_object_set_new(one, "choices", choices);
		json_array_append_new(list, one);
	}
	return list;
}

json_t *mh_definition_json(const struct mh_def *d)
{
	json_t *levels = json_array();
	for (int i = 1; levels && i <= MH_LEVEL_MAX; i++) json_array_append_new(levels, label(&d->levels[i]));
	return json_pack("{s:s%, s:I, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "kind", d->kind.ptr, d->kind.len,
			 "version", (json_int_t)d->version, "title", label(&d->title), "levels", levels, "roles",
			 roles(d), "fields", fields(d), "evidence", evidence(d), "states", states(d), "steps", steps(d),
			 "clocks", clocks(d), "votes", votes(d));
}
