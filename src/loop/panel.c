#include "loop/panel.h"

#include "loop/desk.h"
#include "sql_gen.h"

enum mh_code mh_panel_is_officer(struct mh_tx *tx, const struct mh_party *by, bool *ret, struct mh_err *reterr)
{
	struct mh_q_officer_get_row row;
	bool found = false;
	struct mh_q_officer_get_in in = {.id = mh_org_id(by->officer)};
	*ret = false;
	if (by->officer.len == 0) return MH_OK;
	MH_TRY(mh_q_officer_get(tx->db, tx->arena, &in, &found, &row, reterr));
	*ret = found && mh_org_by_id(&tx->city->orgs, row.org_id) == by->org && mh_str_eq(row.role, by->role);
	return MH_OK;
}

enum mh_code mh_panel_sits(struct mh_tx *tx, int64_t matter_id, const struct mh_party *by, bool *ret,
			   struct mh_err *reterr)
{
	struct mh_q_ballot_seat_row row;
	bool found = false;
	struct mh_q_ballot_seat_in in = {
		.home_id = tx->city->home_id, .matter_id = matter_id, .officer_id = mh_org_id(by->officer)};
	MH_TRY(mh_panel_is_officer(tx, by, ret, reterr));
	if (!*ret) return MH_OK;
	MH_TRY(mh_q_ballot_seat(tx->db, tx->arena, &in, &found, &row, reterr));
	*ret = found;
	return MH_OK;
}

enum mh_code mh_panel_waiting(struct mh_tx *tx, struct mh_desk *desk, const struct mh_party *by,
			      struct mh_list_row **ret, size_t *ret_n, struct mh_err *reterr)
{
	struct mh_q_ballot_waiting_row *ids;
	size_t n = 0, kept = 0;
	bool officer, found;
	struct mh_q_ballot_waiting_in in = {
		.home_id = tx->city->home_id, .officer_id = mh_org_id(by->officer), .limit = MH_PANEL_MAX};
	MH_TRY(mh_panel_is_officer(tx, by, &officer, reterr));
	if (officer) MH_TRY(mh_q_ballot_waiting(tx->db, tx->arena, &in, &ids, &n, reterr));
	struct mh_list_row *rows = MH_NEW_ARRAY(tx->arena, n + 1, struct mh_list_row);
	MH_TRY_MEM(rows, reterr);
	if (n && desk) MH_TRY(mh_desk_sync(desk, tx, reterr));
	for (size_t i = 0; i < n; i++) {
		MH_TRY(mh_list_one(tx, desk, ids[i].matter_id, &found, &rows[kept], reterr));
		/* a vote that the matter has left is over, whether or not anybody counted it */
		kept += found && rows[kept].def->states[rows[kept].state].vote >= 0;
	}
	*ret = rows;
	*ret_n = kept;
	return MH_OK;
}
