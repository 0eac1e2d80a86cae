#include "loop/reply.h"

#include "loop/glance.h"
#include "sql_gen.h"

static enum mh_code one(struct mh_tx *tx, const struct mh_q_publication_list_row *row, json_t *list,
			struct mh_err *reterr)
{
	struct mh_glance g;
	json_t *fields;
	MH_TRY(mh_glance(tx, row->matter_id, &g, reterr));
	MH_TRY(mh_json_parse(row->body, &fields, reterr));
	json_t *j = json_pack("{s:I, s:o, s:o, s:o, s:o, s:o, s:o}", "seq", (json_int_t)row->seq, "at",
			      mh_json_str(mh_time_text(tx->arena, row->at, tx->city->zone_min)), "place",
			      mh_json_str(row->public_place), "number", mh_json_str(g.number), "ref",
			      mh_json_str(g.ref), "kind", mh_json_str(g.def->kind), "fields", fields);
	return json_array_append_new(list, j) == 0 ? MH_OK : MH_FAIL(reterr, MH_E_NO_MEMORY, "Memory is short");
}

enum mh_code mh_reply_answers(struct mh_tx *tx, struct mh_str place, int64_t before_seq, int limit, json_t **ret,
			      int64_t *ret_next, struct mh_err *reterr)
{
	struct mh_q_publication_list_row *rows;
	size_t n;
	struct mh_q_publication_list_in in = {.home_id = tx->city->home_id, .before_seq = before_seq, .limit = limit};
	MH_JSON_AUTO json_t *list = json_array();
	MH_TRY_MEM(list, reterr);
	MH_TRY(mh_q_publication_list(tx->db, tx->arena, &in, &rows, &n, reterr));
	for (size_t i = 0; i < n; i++)
		if (!place.len || mh_str_eq(place, rows[i].public_place)) MH_TRY(one(tx, &rows[i], list, reterr));
	*ret_next = n == (size_t)limit ? rows[n - 1].seq : 0;
	*ret = json_incref(list);
	return MH_OK;
}

enum mh_code mh_reply_answer_at(struct mh_tx *tx, int64_t seq, json_t **ret, struct mh_err *reterr)
{
	MH_JSON_AUTO json_t *list = NULL;
	int64_t next;
	MH_TRY(mh_reply_answers(tx, MH_STR(""), seq + 1, 1, &list, &next, reterr));
	if (mh_json_get_int(json_array_get(list, 0), "seq", -1) != seq) json_array_clear(list);
	*ret = json_incref(list);
	return MH_OK;
}

enum mh_code mh_reply_answers_of(struct mh_tx *tx, int64_t matter_id, json_t **ret, struct mh_err *reterr)
{
	struct mh_q_publication_of_matter_row *rows;
	size_t n;
	struct mh_q_publication_of_matter_in in = {.home_id = tx->city->home_id, .matter_id = matter_id, .limit = 100};
	MH_JSON_AUTO json_t *list = json_array();
	MH_TRY_MEM(list, reterr);
	MH_TRY(mh_q_publication_of_matter(tx->db, tx->arena, &in, &rows, &n, reterr));
	for (size_t i = 0; i < n; i++) {
		struct mh_q_publication_list_row row = {.seq = rows[i].seq,
							.matter_id = matter_id,
							.public_place = rows[i].public_place,
							.body = rows[i].body,
							.at = rows[i].at};
		MH_TRY(one(tx, &row, list, reterr));
	}
	*ret = json_incref(list);
	return MH_OK;
}
