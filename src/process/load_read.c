#include "process/load_priv.h"

#include <string.h>

#define NAME_MAX_LEN 64
#define LABEL_MAX_LEN 600 /* bytes: about 200 Chinese characters */

void *mh_load__array(struct mh_load *l, size_t n, size_t size)
{
	void *p = n ? mh_arena_array(l->arena, n, size) : NULL;

	if (n && !p) MH_DIAG_ERROR(l->diags, "memory", l->root->at, NULL, "memory is short");
	return p;
}

bool mh_load__is_name(struct mh_str s)
{
	if (s.len == 0 || s.len > NAME_MAX_LEN || s.ptr[0] < 'a' || s.ptr[0] > 'z') return false;
	for (size_t i = 0; i < s.len; i++) {
		char c = s.ptr[i];
		if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-')) return false;
	}
	return true;
}

bool mh_load__name(struct mh_load *l, struct mh_str s, struct mh_mark at)
{
	if (mh_load__is_name(s)) return true;
	MH_DIAG_ERROR(
		l->diags, "bad-name", at,
		"A name begins with a small letter and holds only a-z, 0-9, _ and -; what people read goes into label:",
		"'" MH_STR_FMT "' is not a name", MH_STR_ARG(mh_utf8_prefix(s, 40)));
	return false;
}

bool mh_load__is_map(struct mh_load *l, const struct mh_yaml *node, const char *what)
{
	if (node->kind == MH_YAML_MAP) return true;
	MH_DIAG_ERROR(l->diags, "type", node->at, "Write {key: value, …}, or the keys on lines of their own, indented",
		      "%s must be a map", what);
	return false;
}

void mh_load__missing(struct mh_load *l, const struct mh_yaml *map, const char *key, const char *hint)
{
	struct mh_mark at = map->key_at.line ? map->key_at : map->at;

	if (map->key.len)
		MH_DIAG_ERROR(l->diags, "missing-key", at, hint, "'" MH_STR_FMT "' needs '%s'", MH_STR_ARG(map->key),
			      key);
	else MH_DIAG_ERROR(l->diags, "missing-key", at, hint, "'%s' is missing", key);
}

struct mh_yaml *mh_load__section(struct mh_load *l, struct mh_yaml *map, const char *key, bool required)
{
	struct mh_yaml *s = mh_yaml_get(map, key);

	if (!s && required) mh_load__missing(l, map, key, "docs/definitions.md shows what stands there");
	if (!s || (s->kind == MH_YAML_SCALAR && s->text.len == 0 && !s->quoted && !required)) return NULL;
	if (!mh_load__is_map(l, s, key)) return NULL;
	if (s->n == 0 && required)
		MH_DIAG_ERROR(l->diags, "missing-key", s->at, "docs/definitions.md shows what stands there",
			      "'%s' is empty", key);
	return s;
}

bool mh_load__word(struct mh_load *l, struct mh_yaml *map, const char *key, const char *hint, struct mh_str *ret)
{
	struct mh_yaml *node = mh_yaml_get(map, key);
	struct mh_str s;

	if (!node && hint) mh_load__missing(l, map, key, hint);
	if (!node || !mh_yaml_str(map, key, &s, l->diags) || !mh_load__name(l, s, node->at)) return false;
	*ret = s;
	return true;
}

bool mh_load__int(struct mh_load *l, struct mh_yaml *map, const char *key, int64_t min, int64_t max, int64_t *ret)
{
	int64_t n;

	if (!mh_yaml_int(map, key, &n, l->diags)) return false;
	if (n >= min && n <= max) {
		*ret = n;
		return true;
	}
	MH_DIAG_ERROR(l->diags, "range", mh_yaml_get(map, key)->at, "Write a number within these bounds",
		      "'%s' must be %lld to %lld", key, (long long)min, (long long)max);
	return false;
}

int mh_load__choice_of(struct mh_load *l, const struct mh_yaml *node, const char *key, const char *const *words,
		       size_t n)
{
	struct mh_str list[32];
	struct mh_buf b = MH_BUF(2048);

	if (node->kind == MH_YAML_SCALAR)
		for (size_t i = 0; i < n; i++)
			if (mh_str_is(node->text, words[i])) return (int)i;
	for (size_t i = 0; i < n; i++) list[i] = mh_str_c(words[i]);
	const char *hint = mh_load__hint(l, node->text, list, n, &b);
	if (node->kind == MH_YAML_SCALAR)
		MH_DIAG_ERROR(l->diags, "unknown-value", node->at, hint, "'%s' cannot be '" MH_STR_FMT "'", key,
			      MH_STR_ARG(mh_utf8_prefix(node->text, 40)));
	else MH_DIAG_ERROR(l->diags, "type", node->at, hint, "'%s' must be one word", key);
	mh_buf_done(&b);
	return -1;
}

int mh_load__choice(struct mh_load *l, struct mh_yaml *map, const char *key, const char *const *words, size_t n,
		    bool required)
{
	struct mh_yaml *node = mh_yaml_get(map, key);
	struct mh_buf b = MH_BUF(2048);

	if (node) return mh_load__choice_of(l, node, key, words, n);
	if (required) {
		mh_buf_fmt(&b, "Write %s: ", key);
		for (size_t i = 0; i < n; i++) mh_buf_fmt(&b, "%s%s", i ? " | " : "", words[i]);
		mh_load__missing(l, map, key, b.ptr);
		mh_buf_done(&b);
	}
	return -1;
}

bool mh_load__yes(struct mh_load *l, struct mh_yaml *map, const char *key)
{
	bool yes = false;

	return mh_yaml_bool(map, key, &yes, l->diags) && yes;
}

bool mh_load__span(struct mh_load *l, struct mh_yaml *map, const char *key, struct mh_span *ret)
{
	struct mh_str s;

	if (!mh_yaml_str(map, key, &s, l->diags)) return false;
	if (mh_span_parse(s, ret)) return true;
	MH_DIAG_ERROR(l->diags, "span", mh_yaml_get(map, key)->at,
		      "Write 5wd (working days), 2wh (working hours), 60d, 24h or 90min, without blanks",
		      "'%s' cannot be '" MH_STR_FMT "'", key, MH_STR_ARG(mh_utf8_prefix(s, 40)));
	return false;
}

static void one_text(struct mh_load *l, const struct mh_yaml *node, struct mh_str *ret)
{
	if (node->kind == MH_YAML_SCALAR && node->text.len && node->text.len <= LABEL_MAX_LEN) *ret = node->text;
	else
		MH_DIAG_ERROR(l->diags, "type", node->at, "Write {zh: …, en: …}, or one text for both",
			      "a label must be a text of 1 to %d bytes", LABEL_MAX_LEN);
}

void mh_load__label_with(struct mh_load *l, struct mh_yaml *node, struct mh_str name, const char *const *known,
			 struct mh_label *ret)
{
	*ret = (struct mh_label){name, name};
	if (node->kind != MH_YAML_MAP) {
		one_text(l, node, &ret->zh);
		ret->en = ret->zh;
		return;
	}
	struct mh_yaml *zh = mh_yaml_get(node, "zh"), *en = mh_yaml_get(node, "en");
	if (zh) one_text(l, zh, &ret->zh);
	if (en) one_text(l, en, &ret->en);
	mh_yaml_unknown(node, known, l->diags);
}

void mh_load__label_of(struct mh_load *l, struct mh_yaml *node, struct mh_str name, struct mh_label *ret)
{
	static const char *const known[] = {"zh", "en", NULL};

	mh_load__label_with(l, node, name, known, ret);
}

void mh_load__label(struct mh_load *l, struct mh_yaml *map, const char *key, struct mh_str name, struct mh_label *ret)
{
	struct mh_yaml *node = mh_yaml_get(map, key);

	*ret = (struct mh_label){name, name};
	if (node) mh_load__label_of(l, node, name, ret);
}

size_t mh_load__items(struct mh_load *l, struct mh_yaml *map, const char *key, struct mh_yaml **ret_first)
{
	struct mh_yaml *node = mh_yaml_get(map, key);
	bool good = node != NULL;

	if (!node) return 0;
	if (node->kind == MH_YAML_LIST) {
		for (struct mh_yaml *e = node->first; e; e = e->next) good = good && e->kind == MH_YAML_SCALAR;
	} else {
		good = node->kind == MH_YAML_SCALAR && (node->text.len || node->quoted);
	}
	if (!good) {
		MH_DIAG_ERROR(l->diags, "type", node->at, "Write one word, or [one, two]",
			      "'%s' must be a list of words", key);
		return 0;
	}
	*ret_first = node->kind == MH_YAML_LIST ? node->first : node;
	return node->kind == MH_YAML_LIST ? node->n : 1;
}

size_t mh_load__words(struct mh_load *l, struct mh_yaml *map, const char *key, struct mh_str **ret)
{
	struct mh_yaml *node = NULL;
	size_t n = mh_load__items(l, map, key, &node);
	struct mh_str *list = MH_LOAD_ARRAY(l, n, struct mh_str);

	if (!list) return 0;
	for (size_t i = 0; i < n; i++, node = node->next) {
		mh_load__name(l, node->text, node->at);
		list[i] = node->text;
		for (size_t j = 0; j < i && j < 64; j++)
			if (mh_str_eq(list[j], list[i]))
				MH_DIAG_ERROR(l->diags, "duplicate-name", node->at, "Remove one of the two",
					      "'" MH_STR_FMT "' is given twice", MH_STR_ARG(list[i]));
	}
	*ret = list;
	return n;
}
