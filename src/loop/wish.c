#include "loop/wish.h"

#include "sql_gen.h"

#define LOOK 1000

enum mh_code mh_wish_erasure(struct mh_tx *tx, const struct mh_glance *g, struct mh_err *reterr)
{
	struct mh_q_erasure_wish_add_in in = {.home_id = tx->city->home_id, .matter_id = g->id, .at = tx->now};
	if (g->erased) return MH_FAIL(reterr, MH_E_GONE, "The contents of this matter have been erased");
	if (g->open) {
		enum mh_code code = MH_FAIL(reterr, MH_E_CONFLICT, "Cannot erase a matter that is still open");
		mh_err_hint(reterr, "Withdraw it, or wait until it is closed.");
		return code;
	}
	return mh_q_erasure_wish_add(tx->db, &in, reterr);
}

enum mh_code mh_wish_asked(struct mh_tx *tx, int64_t matter_id, mh_time *ret, struct mh_err *reterr)
{
	struct mh_q_erasure_wish_get_row row;
	bool found = false;
	struct mh_q_erasure_wish_get_in in = {.home_id = tx->city->home_id, .matter_id = matter_id};
	MH_TRY(mh_q_erasure_wish_get(tx->db, tx->arena, &in, &found, &row, reterr));
	*ret = found ? row.at : 0;
	return MH_OK;
}

static enum mh_code add(struct mh_tx *tx, const struct mh_party *by, int64_t id, mh_time at, json_t *list,
			struct mh_err *reterr)
{
	struct mh_glance g;
	MH_TRY(mh_glance(tx, id, &g, reterr));
	if (g.erased || !mh_party_reaches(&tx->city->orgs, by, g.owner, g.place)) return MH_OK;
	json_t *one = json_pack("{s:o, s:o, s:o, s:o, s:o}", "ref", mh_json_str(g.ref), "number", mh_json_str(g.number),
				"kind", mh_json_str(g.def->kind), "state", mh_json_str(g.state), "asked",
				mh_json_str(mh_time_text(tx->arena, at, tx->city->zone_min)));
	return one && json_array_append_new(list, one) == 0 ? MH_OK : mh_no_memory(reterr);
}

enum mh_code mh_wish_list(struct mh_tx *tx, const struct mh_party *by, int limit, json_t **ret, struct mh_err *reterr)
{
	struct mh_q_erasure_wish_list_row *rows;
	size_t n;
	struct mh_q_erasure_wish_list_in in = {.home_id = tx->city->home_id, .limit = LOOK};
	MH_JSON_AUTO json_t *list = json_array();
	MH_TRY_MEM(list, reterr);
	MH_TRY(mh_q_erasure_wish_list(tx->db, tx->arena, &in, &rows, &n, reterr));
	for (size_t i = 0; i < n && json_array_size(list) < (size_t)limit; i++)
		MH_TRY(add(tx, by, rows[i].matter_id, rows[i].at, list, reterr));
	*ret = json_incref(list);
	return MH_OK;
}
