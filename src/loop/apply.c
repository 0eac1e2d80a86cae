#include "loop/apply.h"

#include "sql_gen.h"

#define LINKS_MAX 5000
#define MERGED MH_STR("main") /* the engine's word for "was merged into" */

struct set { /* ids of reports, each once */
	int64_t *ids;
	size_t n;
};

static bool add(struct set *s, int64_t id)
{
	for (size_t i = 0; i < s->n; i++)
		if (s->ids[i] == id) return false;
	if (s->n == LINKS_MAX) return false;
	s->ids[s->n++] = id;
	return true;
}

static enum mh_code linked_to(struct mh_tx *tx, int64_t id, struct mh_q_link_to_row **ret, size_t *ret_n,
			      struct mh_err *reterr)
{
	struct mh_q_link_to_in in = {.home_id = tx->city->home_id, .to_id = id, .limit = LINKS_MAX};
	return mh_q_link_to(tx->db, tx->arena, &in, ret, ret_n, reterr);
}

/* The tree of what was merged below each of the set, breadth first. */
static enum mh_code spread(struct mh_tx *tx, struct set *s, struct mh_err *reterr)
{
	for (size_t at = 0; at < s->n; at++) {
		struct mh_q_link_to_row *rows;
		size_t n;
		MH_TRY(linked_to(tx, s->ids[at], &rows, &n, reterr));
		for (size_t i = 0; i < n; i++)
			if (mh_str_eq(rows[i].word, MERGED)) add(s, rows[i].from_id);
	}
	return MH_OK;
}

static enum mh_code count_word(struct mh_tx *tx, const struct mh_q_link_to_row *rows, size_t n, struct mh_str word,
			       json_t *into, struct mh_err *reterr)
{
	struct set s = {.ids = MH_NEW_ARRAY(tx->arena, LINKS_MAX, int64_t)};
	struct mh_str key = mh_str_dup(tx->arena, word);
	MH_TRY_MEM(s.ids, reterr);
	MH_TRY_MEM(key.ptr, reterr);
	for (size_t i = 0; i < n; i++)
		if (mh_str_eq(rows[i].word, word) && rows[i].ended_seq < 0) add(&s, rows[i].from_id);
	size_t matters = s.n;
	if (!matters) return MH_OK;
	MH_TRY(spread(tx, &s, reterr));
	json_t *j = json_pack("{s:I, s:I}", "matters", (json_int_t)matters, "reports", (json_int_t)s.n);
	return json_object_set_new(into, key.ptr, j) == 0 ? MH_OK : MH_FAIL(reterr, MH_E_NO_MEMORY, "Memory is short");
}

enum mh_code mh_apply_gathered(struct mh_tx *tx, int64_t id, json_t **ret, struct mh_err *reterr)
{
	struct mh_q_link_to_row *rows;
	size_t n;
	MH_TRY(linked_to(tx, id, &rows, &n, reterr));
	MH_JSON_AUTO json_t *words = json_object();
	MH_TRY_MEM(words, reterr);
	for (size_t i = 0; i < n; i++) {
		bool seen = false;
		for (size_t k = 0; k < i && !seen; k++) seen = mh_str_eq(rows[k].word, rows[i].word);
		if (!seen) MH_TRY(count_word(tx, rows, n, rows[i].word, words, reterr));
	}
	*ret = json_incref(words);
	return MH_OK;
}
