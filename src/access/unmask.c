#include "access/unmask.h"

#include "sql_gen.h"

#define LISTED 1000

const char *const mh_unmask_reasons[] = {"handle", "call_back", "verify", "supervise", "complaint", "audit", NULL};

enum mh_code mh_unmask_record(struct mh_tx *tx, int64_t matter_id, struct mh_str login, const struct mh_party *by,
			      const char *reason, struct mh_err *reterr)
{
	struct mh_q_unmask_add_in in = {.home_id = tx->city->home_id,
					.id = mh_city_next_id(tx->city, tx->now),
					.matter_id = matter_id,
					.login = login,
					.role = by->role,
					.org_id = mh_org_id_of(&tx->city->orgs, by->org),
					.reason = mh_str_c(reason),
					.at = tx->now};
	return mh_q_unmask_add(tx->db, &in, reterr);
}

enum mh_code mh_unmask_list(struct mh_tx *tx, int64_t matter_id, json_t **ret, struct mh_err *reterr)
{
	struct mh_q_unmask_of_matter_row *rows;
	size_t n;
	struct mh_q_unmask_of_matter_in in = {.home_id = tx->city->home_id, .matter_id = matter_id, .limit = LISTED};
	MH_TRY(mh_q_unmask_of_matter(tx->db, tx->arena, &in, &rows, &n, reterr));
	MH_JSON_AUTO json_t *list = json_array();
	MH_TRY_MEM(list, reterr);
	for (size_t i = 0; i < n; i++) {
		int org = mh_org_by_id(&tx->city->orgs, rows[i].org_id);
		json_t *one = json_pack("{s:o, s:o, s:o, s:o, s:o}", "at",
					mh_json_str(mh_time_text(tx->arena, rows[i].at, tx->city->zone_min)), "login",
					mh_json_str(rows[i].login), "role", mh_json_str(rows[i].role), "org",
					mh_json_str(mh_org_code(&tx->city->orgs, org)), "reason",
					mh_json_str(rows[i].reason));
		if (json_array_append_new(list, one) != 0) return MH_FAIL(reterr, MH_E_NO_MEMORY, "Memory is short");
	}
	*ret = json_incref(list);
	return MH_OK;
}
