/* Erasure by rule. */
#include "matter/matter_priv.h"

#include <string.h>

#define PAGE 200
#define DEPTH 8

static enum mh_code has_key(struct mh_tx *tx, int64_t id, bool *ret, struct mh_err *reterr)
{
	struct mh_q_matter_key_get_row row;
	struct mh_q_matter_key_get_in in = {.home_id = tx->city->home_id, .matter_id = id};
	return mh_q_matter_key_get(tx->db, tx->arena, &in, ret, &row, reterr);
}

static enum mh_code is_over(struct mh_tx *tx, int64_t id, bool *ret, struct mh_err *reterr)
{
	struct mh_matter *m;
	MH_TRY(mh_matter__load(tx, id, &m, reterr));
	*ret = mh_def_is_over(m->def, m->state);
	return MH_OK;
}

/* Are all children over, and is there a file that can still be had? */
static enum mh_code look_below(struct mh_tx *tx, int64_t id, int depth, bool *over, bool *files, struct mh_err *reterr)
{
	struct mh_q_matter_children_row *rows;
	struct mh_q_file_of_matter_row *have;
	size_t n;
	struct mh_q_file_of_matter_in of = {.home_id = tx->city->home_id, .matter_id = id, .limit = 1000};
	struct mh_q_matter_children_in in = {.home_id = tx->city->home_id, .parent_id = id, .limit = 1000};
	MH_TRY(mh_q_file_of_matter(tx->db, tx->arena, &of, &have, &n, reterr));
	for (size_t i = 0; i < n; i++) *files = *files || have[i].name.len > 0;
	MH_TRY(mh_q_matter_children(tx->db, tx->arena, &in, &rows, &n, reterr));
	for (size_t i = 0; i < n && *over && depth < DEPTH; i++) {
		MH_TRY(is_over(tx, rows[i].id, over, reterr));
		if (*over) MH_TRY(look_below(tx, rows[i].id, depth + 1, over, files, reterr));
	}
	return MH_OK;
}

/* What the row alone can say: no reading for the many that are not due. */
static bool may_be_due(struct mh_tx *tx, const struct mh_q_matter_retain_page_row *row, struct mh_retained *ret)
{
	int zone = tx->city->zone_min;
	bool ended = mh_str_is(row->category, mh_category_names[MH_CAT_DONE]) ||
		     mh_str_is(row->category, mh_category_names[MH_CAT_VOID]);
	if (!ended || row->parent_id) return false;
	const struct mh_def *d = mh_city_def_for(tx->city, row->kind, mh_time_day(tx->now, zone));
	if (!d) return false;
	bool all = tx->now >= mh_keep_until(d->personal_kept, row->entered, zone);
	bool files = tx->now >= mh_keep_until(d->evidence_kept, row->entered, zone);
	*ret = (struct mh_retained){.matter_id = row->id, .rule = d, .files_only = !all};
	return all || files;
}

static enum mh_code is_due(struct mh_tx *tx, const struct mh_q_matter_retain_page_row *row, struct mh_retained *what,
			   bool *ret, struct mh_err *reterr)
{
	bool keyed = false, over = true, files = false;
	*ret = false;
	if (!may_be_due(tx, row, what)) return MH_OK;
	MH_TRY(has_key(tx, row->id, &keyed, reterr));
	if (!keyed) return MH_OK;
	if (row->main_id) MH_TRY(is_over(tx, row->main_id, &over, reterr));
	if (over) MH_TRY(look_below(tx, row->id, 0, &over, &files, reterr));
	*ret = over && (!what->files_only || files);
	return MH_OK;
}

static enum mh_code erase(struct mh_tx *tx, const struct mh_retained *what, struct mh_err *reterr)
{
	const struct mh_def *d = what->rule;
	struct mh_keep k = what->files_only ? d->evidence_kept : d->personal_kept;
	struct mh_party by = {.role = MH_STR("rule"), .org = -1};
	struct mh_matter *m;
	struct mh_str basis = mh_str_fmt(tx->arena, "retention of " MH_STR_FMT ", version %lld: " MH_STR_FMT,
					 MH_STR_ARG(d->kind), (long long)d->version,
					 MH_STR_ARG(mh_keep_words(tx->arena, k, false)));
	MH_TRY_MEM(basis.ptr, reterr);
	MH_TRY(mh_matter__load(tx, what->matter_id, &m, reterr));
	return mh_evidence__erase(tx, m, &by, basis, what->files_only, reterr);
}

enum mh_code mh_matter_retain(struct mh_tx *tx, struct mh_retain *r, bool *ret_ended, struct mh_err *reterr)
{
	struct mh_q_matter_retain_page_row *rows;
	size_t n;
	int done = 0;
	struct mh_q_matter_retain_page_in in = {.home_id = tx->city->home_id, .after_id = r->after, .limit = PAGE};
	MH_TRY(mh_q_matter_retain_page(tx->db, tx->arena, &in, &rows, &n, reterr));
	for (size_t i = 0; i < n && done < r->most; i++) {
		struct mh_retained what;
		bool due;
		r->after = rows[i].id;
		MH_TRY(is_due(tx, &rows[i], &what, &due, reterr));
		if (!due) continue;
		if (r->found) MH_TRY(r->found(r->ctx, tx, &what, reterr));
		if (!r->dry) MH_TRY(erase(tx, &what, reterr));
		done++;
	}
	*ret_ended = n < PAGE && done < r->most;
	return MH_OK;
}
