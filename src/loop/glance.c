#include "loop/glance.h"

#include "sql_gen.h"

static enum mh_code fill(struct mh_tx *tx, const struct mh_q_matter_by_id_row *row, struct mh_glance *g,
			 struct mh_err *reterr)
{
	const struct mh_orgs *orgs = &tx->city->orgs;
	*g = (struct mh_glance){.id = row->id,
				.last_seq = row->last_seq,
				.main_id = row->main_id,
				.ref = row->ref,
				.number = row->number,
				.state = row->state,
				.class_code = row->class_code,
				.def = mh_city_def(tx->city, row->kind, row->version),
				.owner = row->owner_id ? mh_org_by_id(orgs, row->owner_id) : -1,
				.place = row->place_id ? mh_org_by_id(orgs, row->place_id) : -1};
	g->at_state = g->def ? mh_def_state(g->def, row->state) : -1;
	if (g->at_state < 0)
		return MH_FAIL(reterr, MH_E_CORRUPT, "Could not read matter " MH_STR_FMT ": its definition is missing",
			       MH_STR_ARG(row->number));
	g->open = !mh_def_is_over(g->def, g->at_state);
	return MH_OK;
}

enum mh_code mh_glance(struct mh_tx *tx, int64_t id, struct mh_glance *ret, struct mh_err *reterr)
{
	struct mh_glance g;
	struct mh_q_matter_by_id_row row;
	struct mh_q_matter_key_get_row key;
	bool found = false;
	struct mh_q_matter_by_id_in in = {.home_id = tx->city->home_id, .id = id};
	MH_TRY(mh_q_matter_by_id(tx->db, tx->arena, &in, &found, &row, reterr));
	if (!found) return MH_FAIL(reterr, MH_E_NOT_FOUND, "There is no such matter");
	MH_TRY(fill(tx, &row, &g, reterr));
	struct mh_q_matter_key_get_in key_in = {.home_id = tx->city->home_id, .matter_id = id};
	MH_TRY(mh_q_matter_key_get(tx->db, tx->arena, &key_in, &found, &key, reterr));
	g.erased = !found;
	*ret = g;
	return MH_OK;
}
