/* What a pack calls the codes of its tables: sorts of units, duties, messages. In pack.yaml a map each, in the store one setting:
 * a line for each word, `map TAB code TAB Chinese TAB English`. */
#include "matter/city_priv.h"

static const char *const maps[] = {"kinds", "duties", "messages", NULL};

static bool fits(struct mh_str s)
{
	return s.len && mh_str_find(s, '\t') < 0 && mh_str_find(s, '\n') < 0;
}

static void word(const char *map, struct mh_yaml *e, struct mh_buf *out, struct mh_diags *d)
{
	struct mh_str zh = {0}, en = {0};
	if (!mh_yaml_str(e, "zh", &zh, d) || !mh_yaml_str(e, "en", &en, d) || !fits(e->key) || !fits(zh) || !fits(en))
		MH_DIAG_ERROR(d, "words", e->at, "write: code: {zh: …, en: …}",
			      "'" MH_STR_FMT "' needs a word in both languages", MH_STR_ARG(e->key));
	else
		mh_buf_fmt(out, "%s\t" MH_STR_FMT "\t" MH_STR_FMT "\t" MH_STR_FMT "\n", map, MH_STR_ARG(e->key),
			   MH_STR_ARG(zh), MH_STR_ARG(en));
}

void mh_city__words_read(struct mh_yaml *top, struct mh_buf *out, struct mh_diags *d)
{
	for (const char *const *map = maps; *map; map++) {
		struct mh_yaml *list = mh_yaml_get(top, *map);
		for (struct mh_yaml *e = list ? list->first : NULL; e; e = e->next) word(*map, e, out, d);
	}
}

enum mh_code mh_city__words_open(struct mh_city *c, struct mh_str text, struct mh_err *reterr)
{
	size_t n = 0;
	struct mh_str line;
	for (size_t i = 0; i < text.len; i++) n += text.ptr[i] == '\n';
	c->words = MH_NEW_ARRAY(&c->arena, n + 1, struct mh_city_word);
	MH_TRY_MEM(c->words, reterr);
	while (c->n_words < n && mh_str_split(&text, '\n', &line)) {
		struct mh_city_word *w = &c->words[c->n_words++];
		mh_str_split(&line, '\t', &w->map);
		mh_str_split(&line, '\t', &w->code);
		mh_str_split(&line, '\t', &w->label.zh);
		w->label.en = line;
	}
	return MH_OK;
}

const struct mh_label *mh_city_word(const struct mh_city *c, const char *map, struct mh_str code)
{
	for (size_t i = 0; i < c->n_words; i++)
		if (mh_str_is(c->words[i].map, map) && mh_str_eq(c->words[i].code, code)) return &c->words[i].label;
	return NULL;
}
