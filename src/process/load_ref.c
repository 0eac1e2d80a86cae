#include "process/load_priv.h"

static const struct {
	const char *word, *rule;
} kinds[MH_REF_MAX] = {
	[MH_REF_ROLE] = {"role", "unknown-role"},
	[MH_REF_FIELD] = {"field", "unknown-field"},
	[MH_REF_EVIDENCE] = {"evidence", "unknown-evidence"},
	[MH_REF_CLOCK] = {"clock", "unknown-clock"},
	[MH_REF_VOTE] = {"vote", "unknown-vote"},
	[MH_REF_STATE] = {"state", "unknown-state"},
	[MH_REF_TRANSITION] = {"transition", "unknown-transition"},
};

const char *mh_load__hint(struct mh_load *l, struct mh_str word, const struct mh_str *words, size_t n, struct mh_buf *b)
{
	if (l->diags->n >= MH_DIAG_MAX) return NULL; /* nobody will read it */
	struct mh_str near = mh_nearest(word, words, n);
	if (near.len) {
		mh_buf_fmt(b, "Did you mean '" MH_STR_FMT "'?", MH_STR_ARG(near));
	} else if (n) {
		mh_buf_c(b, "Known here:");
		for (size_t i = 0; i < n && i < 40; i++)
			mh_buf_fmt(b, "%s " MH_STR_FMT, i ? "," : "", MH_STR_ARG(words[i]));
		if (n > 40) mh_buf_c(b, ", …");
	}
	return b->ptr;
}

int mh_load__ref_of(struct mh_load *l, enum mh_load__ref kind, struct mh_str word, struct mh_mark at)
{
	const struct mh_load__names *names = &l->names[kind];
	struct mh_buf b = MH_BUF(8192);

	for (size_t i = 0; i < names->n; i++)
		if (mh_str_eq(names->words[i], word)) return (int)i;
	const char *hint = mh_load__hint(l, word, names->words, names->n, &b);
	MH_DIAG_ERROR(l->diags, kinds[kind].rule, at, hint ? hint : "Declare it first", "unknown %s '" MH_STR_FMT "'",
		      kinds[kind].word, MH_STR_ARG(mh_utf8_prefix(word, 40)));
	mh_buf_done(&b);
	return -1;
}

int mh_load__ref(struct mh_load *l, enum mh_load__ref kind, struct mh_yaml *map, const char *key, bool required)
{
	struct mh_yaml *node = mh_yaml_get(map, key);
	struct mh_str word;

	if (!node && required) mh_load__missing(l, map, key, "Write the name of what is meant");
	if (!node || !mh_yaml_str(map, key, &word, l->diags)) return -1;
	return mh_load__ref_of(l, kind, word, node->at);
}

size_t mh_load__refs(struct mh_load *l, enum mh_load__ref kind, struct mh_yaml *map, const char *key, int **ret)
{
	struct mh_yaml *node = NULL;
	size_t n = mh_load__items(l, map, key, &node);
	int *list = MH_LOAD_ARRAY(l, n, int);

	if (!list) return 0;
	for (size_t i = 0; i < n; i++, node = node->next) {
		list[i] = mh_load__ref_of(l, kind, node->text, node->at);
		for (size_t j = 0; j < i && list[i] >= 0 && j < 1000; j++)
			if (list[j] == list[i])
				MH_DIAG_ERROR(l->diags, "duplicate-name", node->at, "Remove one of the two",
					      "'" MH_STR_FMT "' is given twice", MH_STR_ARG(node->text));
	}
	*ret = list;
	return n;
}

int mh_load__field(struct mh_load *l, struct mh_yaml *map, const char *key, bool required, enum mh_field_type type)
{
	int f = mh_load__ref(l, MH_REF_FIELD, map, key, required);

	if (f < 0 || l->def->fields[f].type == type) return f;
	MH_DIAG_ERROR(l->diags, "field-type", mh_yaml_get(map, key)->at, "Name another field, or change its type",
		      "'%s' needs a field of type %s, but " MH_STR_FMT " is of type %s", key, mh_field_type_names[type],
		      MH_STR_ARG(l->def->fields[f].name), mh_field_type_names[l->def->fields[f].type]);
	return -1;
}

struct mh_mark mh_load__text_at(const struct mh_yaml *node)
{
	return (struct mh_mark){node->at.line, node->at.column + (node->quoted ? 1 : 0)};
}

const struct mh_expr *mh_load__expr(struct mh_load *l, struct mh_yaml *map, const char *key, enum mh_value_type want)
{
	struct mh_expr_scope scope = mh_load__scope(l);
	struct mh_str text;

	if (!mh_yaml_str(map, key, &text, l->diags)) return NULL;
	return mh_expr_parse(l->arena, text, mh_load__text_at(mh_yaml_get(map, key)), &scope, want, l->diags);
}
