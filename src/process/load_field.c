#include "process/load_priv.h"

#define VALUES_MAX 200
#define NUMBER_MAX 1000000000000 /* safe as a number in the browser too */
#define TEXT_MAX 20000           /* characters */
#define TEXT_USUAL 2000
#define ORGS_MAX 100
#define ORGS_USUAL 10
#define WORTH_MAX 1000000

static const char *const known[] = {"type",   "values",   "min",  "max",  "kind",  "set", "required",
				    "public", "personal", "told", "role", "label", NULL};

/* What a choice is called, whose business it is, and what it counts for. */
static void read_value(struct mh_load *l, struct mh_yaml *node, struct mh_field_value *v)
{
	static const char *const parts[] = {"zh", "en", "duty", "worth", NULL};

	if (node->kind == MH_YAML_MAP) {
		mh_load__word(l, node, "duty", NULL, &v->duty);
		mh_load__int(l, node, "worth", 0, WORTH_MAX, &v->worth);
	}
	mh_load__label_with(l, node, v->name, parts, &v->label);
}

static void list_values(struct mh_load *l, struct mh_yaml *node, struct mh_field *f)
{
	size_t n = 0;

	for (struct mh_yaml *e = node->first; e; e = e->next) {
		struct mh_field_value *v = &f->values[n++];
		struct mh_str name = node->kind == MH_YAML_MAP ? e->key : e->text;
		v->name = name;
		v->label = (struct mh_label){name, name};
		if (node->kind == MH_YAML_LIST && e->kind != MH_YAML_SCALAR) {
			MH_DIAG_ERROR(l->diags, "type", e->at, "Write [one, two], or {one: {zh: …, en: …}, two: …}",
				      "a value must be one word");
			continue;
		}
		mh_load__name(l, name, node->kind == MH_YAML_MAP ? e->key_at : e->at);
		if (node->kind == MH_YAML_MAP && (e->kind != MH_YAML_SCALAR || e->text.len)) read_value(l, e, v);
		for (size_t i = 0; i + 1 < n; i++)
			if (mh_str_eq(f->values[i].name, name))
				MH_DIAG_ERROR(l->diags, "duplicate-name", e->at, "Remove one of the two",
					      "'" MH_STR_FMT "' is given twice", MH_STR_ARG(name));
	}
	f->n_values = n;
}

static void read_values(struct mh_load *l, struct mh_yaml *map, struct mh_field *f)
{
	struct mh_yaml *node = mh_yaml_get(map, "values");

	bool chosen = f->type == MH_F_ENUM || f->type == MH_F_ENUMS;

	if (!node) {
		if (chosen)
			mh_load__missing(l, map, "values",
					 "Write values: [one, two], or values: {one: {zh: …, en: …}, …}");
		return;
	}
	if (!chosen) {
		MH_DIAG_ERROR(l->diags, "key-not-here", node->key_at, "Remove it, or write type: enum or type: enums",
			      "only an enum has 'values'");
		return;
	}
	if (node->kind == MH_YAML_SCALAR || node->n == 0 || node->n > VALUES_MAX) {
		MH_DIAG_ERROR(l->diags, "type", node->at,
			      "Write values: [one, two], or values: {one: {zh: …, en: …}, …}",
			      "'values' must be a list or a map of 1 to %d names", VALUES_MAX);
		return;
	}
	f->values = MH_LOAD_ARRAY(l, node->n, struct mh_field_value);
	if (f->values) list_values(l, node, f);
}

static void refuse_key(struct mh_load *l, struct mh_yaml *map, const char *key, const char *why)
{
	struct mh_yaml *node = mh_yaml_get(map, key);

	if (node) MH_DIAG_ERROR(l->diags, "key-not-here", node->key_at, "Remove it", "'%s' stands %s", key, why);
}

static void read_bounds(struct mh_load *l, struct mh_yaml *map, struct mh_field *f)
{
	switch (f->type) {
	case MH_F_INT:
		f->max = NUMBER_MAX;
		mh_load__int(l, map, "min", -NUMBER_MAX, NUMBER_MAX, &f->min);
		mh_load__int(l, map, "max", -NUMBER_MAX, NUMBER_MAX, &f->max);
		if (f->min > f->max) MH_DIAG_ERROR(l->diags, "range", f->at, "Swap them", "'min' is larger than 'max'");
		return;
	case MH_F_TEXT:
		f->max = TEXT_USUAL;
		mh_load__int(l, map, "max", 1, TEXT_MAX, &f->max);
		break;
	case MH_F_ORGS:
		f->max = ORGS_USUAL;
		mh_load__int(l, map, "max", 1, ORGS_MAX, &f->max);
		break;
	case MH_F_ENUMS:
		f->max = (int64_t)f->n_values;
		mh_load__int(l, map, "max", 1, VALUES_MAX, &f->max);
		break;
	default: refuse_key(l, map, "max", "only with numbers, texts and lists"); break;
	}
	refuse_key(l, map, "min", "only with numbers");
}

static void read_flags(struct mh_load *l, struct mh_yaml *map, struct mh_field *f)
{
	static const char *const when[] = {"create"};

	f->set_create = mh_load__choice(l, map, "set", when, 1, false) == 0;
	f->required = mh_load__yes(l, map, "required");
	f->is_public = mh_load__yes(l, map, "public");
	f->personal = mh_load__yes(l, map, "personal");
	f->told = mh_load__yes(l, map, "told");
	if (f->required && !f->set_create)
		MH_DIAG_ERROR(l->diags, "required-later", mh_yaml_get(map, "required")->key_at,
			      "Add set: create; what a transition needs is listed in its own require:",
			      "'required' is about creating the matter, but this field is not given then");
}

static void read_field(struct mh_load *l, struct mh_yaml *map, struct mh_field *f)
{
	f->name = map->key;
	f->at = map->key_at;
	f->label = (struct mh_label){f->name, f->name};
	f->type = MH_F_TEXT;
	f->role = -1;
	if (!mh_load__is_map(l, map, "a field")) return;
	int type = mh_load__choice(l, map, "type", mh_field_type_names, MH_F_TYPE_MAX, true);
	mh_load__label(l, map, "label", f->name, &f->label);
	read_flags(l, map, f);
	for (size_t i = 0; type < 0 && known[i]; i++) mh_yaml_get(map, known[i]);
	if (type >= 0) {
		f->type = (enum mh_field_type)type;
		read_values(l, map, f);
		read_bounds(l, map, f);
		if (f->type == MH_F_MATTER) f->n_kinds = mh_load__words(l, map, "kind", &f->kinds);
		else refuse_key(l, map, "kind", "only with type: matter");
		if (f->type == MH_F_OFFICER) f->role = mh_load__ref(l, MH_REF_ROLE, map, "role", false);
		else refuse_key(l, map, "role", "only with type: officer");
	}
	mh_yaml_unknown(map, known, l->diags);
}

static void check_field_name(struct mh_load *l, const struct mh_field *f)
{
	static const char *const taken[] = {"level", "owner_level", "reports", "state", "yes", "no", "true", "false"};

	for (size_t i = 0; i < sizeof taken / sizeof *taken; i++)
		if (mh_str_is(f->name, taken[i]))
			MH_DIAG_ERROR(l->diags, "reserved-name", f->at, "Choose another name",
				      "'%s' has its own meaning in expressions", taken[i]);
}

void mh_load__fields(struct mh_load *l)
{
	struct mh_yaml *map = mh_yaml_get(l->root, "fields");
	size_t i = 0;

	if (!map || map->kind != MH_YAML_MAP || l->def->n_fields != map->n) return;
	for (struct mh_yaml *e = map->first; e; e = e->next, i++) {
		read_field(l, e, &l->def->fields[i]);
		check_field_name(l, &l->def->fields[i]);
	}
}
