#include "base/yaml.h"

#include <string.h>

struct mh_yaml *mh_yaml_get(struct mh_yaml *map, const char *key)
{
	if (!map || map->kind != MH_YAML_MAP) return NULL;
	for (struct mh_yaml *e = map->first; e; e = e->next) {
		if (!mh_str_is(e->key, key)) continue;
		e->used = true;
		return e;
	}
	return NULL;
}

void mh_yaml_unknown(const struct mh_yaml *map, const char *const *known, struct mh_diags *d)
{
	struct mh_str words[64];
	size_t n = 0;

	if (!map || map->kind != MH_YAML_MAP) return;
	for (; known && known[n] && n < sizeof words / sizeof *words; n++) words[n] = mh_str_c(known[n]);
	for (const struct mh_yaml *e = map->first; e; e = e->next) {
		struct mh_buf hint = MH_BUF(1024);
		if (e->used) continue;
		struct mh_str near = d->n < MH_DIAG_MAX ? mh_nearest(e->key, words, n) : (struct mh_str){NULL, 0};
		if (near.len) mh_buf_fmt(&hint, "Did you mean '" MH_STR_FMT "'?", MH_STR_ARG(near));
		else mh_buf_c(&hint, n ? "Known here:" : "Remove it: nothing stands here");
		for (size_t i = 0; i < n && !near.len; i++)
			mh_buf_fmt(&hint, "%s " MH_STR_FMT, i ? "," : "", MH_STR_ARG(words[i]));
		MH_DIAG_ERROR(d, "unknown-key", e->key_at, hint.ptr, "unknown key '" MH_STR_FMT "'",
			      MH_STR_ARG(e->key));
		mh_buf_done(&hint);
	}
}

/* The entry when it is a scalar with a value; otherwise NULL, and a diagnostic when it is there at all. */
static struct mh_yaml *get_scalar(struct mh_yaml *map, const char *key, const char *wanted, struct mh_diags *d)
{
	struct mh_yaml *e = mh_yaml_get(map, key);

	if (!e) return NULL;
	if (e->kind != MH_YAML_SCALAR) {
		MH_DIAG_ERROR(d, "type", e->at, wanted, "'%s' cannot be a %s here", key,
			      e->kind == MH_YAML_LIST ? "list" : "map");
		return NULL;
	}
	if (e->text.len == 0 && !e->quoted) {
		MH_DIAG_ERROR(d, "type", e->at, wanted, "'%s' has no value", key);
		return NULL;
	}
	return e;
}

bool mh_yaml_str(struct mh_yaml *map, const char *key, struct mh_str *ret, struct mh_diags *d)
{
	struct mh_yaml *e = get_scalar(map, key, "Write a word or a text in quotes", d);

	if (!e) return false;
	*ret = e->text;
	return true;
}

bool mh_yaml_int(struct mh_yaml *map, const char *key, int64_t *ret, struct mh_diags *d)
{
	struct mh_yaml *e = get_scalar(map, key, "Write a whole number", d);

	if (!e) return false;
	if (!e->quoted && mh_str_to_i64(e->text, ret)) return true;
	MH_DIAG_ERROR(d, "type", e->at, "Write digits only, without quotes, blanks or a fraction",
		      "'%s' must be a whole number, not '" MH_STR_FMT "'", key,
		      MH_STR_ARG(mh_utf8_prefix(e->text, 40)));
	return false;
}

bool mh_yaml_bool(struct mh_yaml *map, const char *key, bool *ret, struct mh_diags *d)
{
	struct mh_yaml *e = get_scalar(map, key, "Write yes or no", d);

	if (!e) return false;
	if (!e->quoted && (mh_str_is(e->text, "yes") || mh_str_is(e->text, "no"))) {
		*ret = e->text.ptr[0] == 'y';
		return true;
	}
	MH_DIAG_ERROR(d, "type", e->at, "Write yes or no, without quotes",
		      "'%s' must be yes or no, not '" MH_STR_FMT "'", key, MH_STR_ARG(mh_utf8_prefix(e->text, 40)));
	return false;
}

#define WORD_MAX 64

/* Edit distance with neighbours swapped counted as one step (optimal string alignment). */
static int distance(struct mh_str a, struct mh_str b)
{
	int rows[3][WORD_MAX + 1];

	for (size_t j = 0; j <= b.len; j++) rows[0][j] = (int)j;
	for (size_t i = 1; i <= a.len; i++) {
		int *now = rows[i % 3], *before = rows[(i + 2) % 3], *two_before = rows[(i + 1) % 3];
		now[0] = (int)i;
		for (size_t j = 1; j <= b.len; j++) {
			bool same = a.ptr[i - 1] == b.ptr[j - 1];
			int best = before[j - 1] + !same;
			if (before[j] + 1 < best) best = before[j] + 1;
			if (now[j - 1] + 1 < best) best = now[j - 1] + 1;
			if (i > 1 && j > 1 && a.ptr[i - 1] == b.ptr[j - 2] && a.ptr[i - 2] == b.ptr[j - 1] &&
			    two_before[j - 2] + 1 < best)
				best = two_before[j - 2] + 1;
			now[j] = best;
		}
	}
	return rows[a.len % 3][b.len];
}

struct mh_str mh_nearest(struct mh_str word, const struct mh_str *words, size_t n)
{
	struct mh_str best = {0};
	int least = 3;

	if (word.len == 0 || word.len > WORD_MAX) return best;
	for (size_t i = 0; i < n; i++) {
		size_t longer = words[i].len > word.len ? words[i].len : word.len;
		if (words[i].len == 0 || longer > WORD_MAX || longer > word.len + 2 || longer > words[i].len + 2)
			continue;
		int steps = distance(word, words[i]);
		/* a word with more than half of its letters changed is another word */
		if (steps >= least || (size_t)steps * 2 > longer) continue;
		least = steps;
		best = words[i];
	}
	return best;
}
