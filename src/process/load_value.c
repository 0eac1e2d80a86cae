/* The value of `set: {field: value}`: a literal of the field's type; a span from now for a date. */
#include "process/load_priv.h"

static void fault(struct mh_load *l, const struct mh_yaml *node, const struct mh_field *f, const char *hint)
{
	MH_DIAG_ERROR(l->diags, "unknown-value", node->at, hint, MH_STR_FMT " cannot be '" MH_STR_FMT "'",
		      MH_STR_ARG(f->name), MH_STR_ARG(mh_utf8_prefix(node->text, 40)));
}

static void set_enum(struct mh_load *l, const struct mh_yaml *node, const struct mh_field *f, struct mh_value *v)
{
	struct mh_buf b = MH_BUF(4096);
	struct mh_str *words;

	*v = (struct mh_value){.type = MH_V_STR, .s = node->text};
	for (size_t i = 0; i < f->n_values; i++)
		if (mh_str_eq(f->values[i].name, node->text)) return;
	words = MH_LOAD_ARRAY(l, f->n_values, struct mh_str);
	for (size_t i = 0; words && i < f->n_values; i++) words[i] = f->values[i].name;
	fault(l, node, f, mh_load__hint(l, node->text, words, words ? f->n_values : 0, &b));
	mh_buf_done(&b);
}

static void set_date(struct mh_load *l, const struct mh_yaml *node, const struct mh_field *f, struct mh_effect *e)
{
	mh_day day;

	if (mh_span_parse(node->text, &e->span)) e->value.type = MH_V_SPAN, e->value.span = e->span;
	else if (mh_day_parse(node->text, &day)) e->value = (struct mh_value){.type = MH_V_DATE, .i = day};
	else fault(l, node, f, "Write a span from now, such as 20wd, or a day, such as 2026-11-21");
}

static void set_int(struct mh_load *l, const struct mh_yaml *node, const struct mh_field *f, struct mh_value *v)
{
	int64_t n;

	if (mh_str_to_i64(node->text, &n) && n >= f->min && n <= f->max)
		*v = (struct mh_value){.type = MH_V_INT, .i = n};
	else fault(l, node, f, "Write a whole number within the field's bounds");
}

static void set_bool(struct mh_load *l, const struct mh_yaml *node, const struct mh_field *f, struct mh_value *v)
{
	bool yes = mh_str_is(node->text, "yes");

	if (yes || mh_str_is(node->text, "no")) *v = (struct mh_value){.type = MH_V_BOOL, .i = yes};
	else fault(l, node, f, "Write yes or no");
}

static void set_text(struct mh_load *l, const struct mh_yaml *node, const struct mh_field *f, struct mh_value *v)
{
	if (f->type == MH_F_TEXT && mh_utf8_count(node->text) > (size_t)f->max) {
		fault(l, node, f, "The text is longer than the field's max");
		return;
	}
	*v = (struct mh_value){.type = MH_V_STR, .s = node->text};
}

void mh_load__set_value(struct mh_load *l, const struct mh_yaml *node, struct mh_effect *e)
{
	const struct mh_field *f = &l->def->fields[e->field];

	if (node->kind != MH_YAML_SCALAR || (node->text.len == 0 && !node->quoted)) {
		MH_DIAG_ERROR(l->diags, "type", node->at, "Write set: {field: value}",
			      "the value must be one word or text");
		return;
	}
	switch (f->type) {
	case MH_F_ENUM: set_enum(l, node, f, &e->value); break;
	case MH_F_BOOL: set_bool(l, node, f, &e->value); break;
	case MH_F_INT: set_int(l, node, f, &e->value); break;
	case MH_F_DATE: set_date(l, node, f, e); break;
	case MH_F_TEXT:
	case MH_F_ORG:
	case MH_F_CATEGORY: set_text(l, node, f, &e->value); break;
	default:
		MH_DIAG_ERROR(l->diags, "field-type", node->key_at,
			      "Let a person give it, with require:", "a field of type %s cannot be set by a definition",
			      mh_field_type_names[f->type]);
		break;
	}
}
