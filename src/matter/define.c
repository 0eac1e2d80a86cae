/* Definitions, calendars and migrations come into force: each with an entry of its own in the ledger. */
#include "matter/city_priv.h"
#include "matter/matter_priv.h"

#include "base/yaml.h"

static enum mh_code entry_of(struct mh_tx *tx, const struct mh_def *d, struct mh_str hex, struct mh_err *reterr)
{
	int64_t seq;
	json_t *facts = json_pack("{s:s%, s:I, s:s%}", "kind", d->kind.ptr, d->kind.len, "version",
				  (json_int_t)d->version, "hash", hex.ptr, hex.len);
	MH_TRY_MEM(facts, reterr);
	return mh_event__city(tx, "definition.added", facts, &seq, reterr);
}

static enum mh_code check_version(const struct mh_city *c, const struct mh_def *d, bool *ret_known,
				  struct mh_err *reterr)
{
	int64_t newest = 0;
	*ret_known = false;
	for (size_t i = 0; i < c->n_defs + c->n_coming; i++) {
		const struct mh_def *have = i < c->n_defs ? c->defs[i] : c->coming[i - c->n_defs];
		if (!mh_str_eq(have->kind, d->kind)) continue;
		if (have->version > newest) newest = have->version;
		if (have->version != d->version) continue;
		if (mh_hash_eq(&have->hash, &d->hash)) return *ret_known = true, MH_OK;
		enum mh_code code = MH_FAIL(reterr, MH_E_CONFLICT,
					    "Cannot change " MH_STR_FMT "@%lld: a version in force is never edited",
					    MH_STR_ARG(d->kind), (long long)d->version);
		mh_err_hint(reterr, "Give the changed file the next version number.");
		return code;
	}
	if (d->version > newest) return MH_OK;
	return MH_FAIL(reterr, MH_E_CONFLICT, "Cannot add " MH_STR_FMT "@%lld: version %lld is in force",
		       MH_STR_ARG(d->kind), (long long)d->version, (long long)newest);
}

static const struct mh_def *newest(const struct mh_city *c, struct mh_str kind)
{
	const struct mh_def *d = NULL;
	for (size_t i = 0; i < c->n_defs; i++)
		if (mh_str_eq(c->defs[i]->kind, kind) && (!d || c->defs[i]->version > d->version)) d = c->defs[i];
	return d;
}

static bool has_value(const struct mh_field *f, struct mh_str name)
{
	for (size_t i = 0; i < f->n_values; i++)
		if (mh_str_eq(f->values[i].name, name)) return true;
	return false;
}

/* The child takes every choice that may be handed to it. */
static void check_choices(const struct mh_def *d, const struct mh_effect *e, const struct mh_def *child,
			  struct mh_diags *diags)
{
	const struct mh_field *from = &d->fields[e->field];
	int at = mh_def_field(child, e->as);
	if (at < 0 || child->fields[at].type != MH_F_ENUM || !child->fields[at].set_create) {
		MH_DIAG_ERROR(diags, "unknown-field", e->at, NULL,
			      MH_STR_FMT " hands a choice to " MH_STR_FMT " of a " MH_STR_FMT
					 ", which is no enum that is set at creation",
			      MH_STR_ARG(d->kind), MH_STR_ARG(e->as), MH_STR_ARG(child->kind));
		return;
	}
	for (size_t i = 0; i < from->n_values; i++)
		if (!has_value(&child->fields[at], from->values[i].name))
			MH_DIAG_ERROR(diags, "unknown-value", e->at, NULL,
				      "The choice " MH_STR_FMT " of " MH_STR_FMT " is unknown to the " MH_STR_FMT
				      " that it opens",
				      MH_STR_ARG(from->values[i].name), MH_STR_ARG(d->kind), MH_STR_ARG(child->kind));
}

/* Whose business a choice is must be somebody's in this city. */
static void check_duties(const struct mh_city *c, const struct mh_def *d, struct mh_diags *diags)
{
	for (size_t i = 0; i < d->n_fields; i++)
		for (size_t j = 0; j < d->fields[i].n_values; j++) {
			const struct mh_field_value *v = &d->fields[i].values[j];
			if (!v->duty.len || mh_org_knows_duty(&c->orgs, v->duty)) continue;
			MH_DIAG_ERROR(diags, "unknown-duty", d->fields[i].at, NULL,
				      "No unit carries the duty " MH_STR_FMT " of the choice " MH_STR_FMT
				      " of " MH_STR_FMT,
				      MH_STR_ARG(v->duty), MH_STR_ARG(v->name), MH_STR_ARG(d->kind));
		}
}

/* Which kinds a definition makes is only known to be right when all are there. */
static void check_effects(const struct mh_city *c, const struct mh_def *d, const struct mh_effect *e, size_t n,
			  struct mh_diags *diags)
{
	for (size_t i = 0; i < n; i++) {
		if (e[i].kind != MH_DO_SPAWN && e[i].kind != MH_DO_SAMPLE) continue;
		const struct mh_def *child = newest(c, e[i].kind_name);
		if (child && e[i].as.len) check_choices(d, &e[i], child, diags);
		if (!child)
			MH_DIAG_ERROR(diags, "unknown-kind", e[i].at, NULL,
				      MH_STR_FMT " makes a " MH_STR_FMT ", but no definition of that kind is there",
				      MH_STR_ARG(d->kind), MH_STR_ARG(e[i].kind_name));
	}
}

static void check_one(const struct mh_city *c, const struct mh_def *d, struct mh_diags *diags)
{
	check_duties(c, d, diags);
	for (size_t s = 0; s < d->n_states; s++) check_effects(c, d, d->states[s].enter, d->states[s].n_enter, diags);
	for (size_t t = 0; t < d->n_transitions; t++)
		check_effects(c, d, d->transitions[t].effects, d->transitions[t].n_effects, diags);
}

/* A pack's definitions are read in any order and looked at together when all are there; one that comes alone must fit at once. */
static enum mh_code fits(const struct mh_city *c, const struct mh_def *d, struct mh_arena *a, struct mh_str file,
			 struct mh_buf *report, struct mh_err *reterr)
{
	struct mh_diags diags = mh_diags_new(a, file);
	if (c->n_coming == MH_CITY_COMING_MAX || c->n_defs + c->n_coming >= c->room_defs)
		return MH_FAIL(reterr, MH_E_BUSY, "Too many definitions have come while the server runs");
	check_one(c, d, &diags);
	mh_diags_print(&diags, report);
	return mh_diags_result(&diags, reterr);
}

enum mh_code mh_city_define(struct mh_tx *tx, struct mh_str text, struct mh_str file, struct mh_buf *ret_report,
			    struct mh_err *reterr)
{
	struct mh_city *c = tx->city;
	struct mh_diags diags = mh_diags_new(tx->arena, file);
	struct mh_def *d = mh_def_load(&c->arena, text, &diags);
	bool known;
	mh_day since = 0;
	mh_diags_print(&diags, ret_report);
	MH_TRY(mh_diags_result(&diags, reterr));
	MH_TRY_MEM(d, reterr);
	MH_TRY(check_version(c, d, &known, reterr));
	if (known) return MH_OK;
	if (c->serving) MH_TRY(fits(c, d, tx->arena, file, ret_report, reterr));
	if (d->since.len) mh_day_parse(d->since, &since);
	struct mh_q_definition_add_in in = {.kind = d->kind,
					    .version = d->version,
					    .since = since,
					    .at = tx->now,
					    .hash = mh_hash_hex(tx->arena, &d->hash),
					    .body = d->text};
	MH_TRY_MEM(in.hash.ptr, reterr);
	MH_TRY(mh_q_definition_add(tx->db, &in, reterr));
	MH_TRY(entry_of(tx, d, in.hash, reterr));
	if (!c->serving) return mh_city__know(c, d, reterr);
	c->coming[c->n_coming++] = d;
	return MH_OK;
}

enum mh_code mh_city__check_kinds(const struct mh_city *c, struct mh_arena *a, struct mh_buf *report,
				  struct mh_err *reterr)
{
	struct mh_diags diags = mh_diags_new(a, MH_STR("definitions"));
	for (size_t i = 0; i < c->n_defs; i++) check_one(c, c->defs[i], &diags);
	mh_diags_print(&diags, report);
	return mh_diags_result(&diags, reterr);
}

/* --- calendars --- */

enum mh_code mh_city__calendar_entry(struct mh_tx *tx, const struct mh_cal *cal, int64_t *ret_seq,
				     struct mh_err *reterr)
{
	int64_t seq;
	const struct mh_cal_rules *r = mh_cal_rules(cal);
	struct mh_hash h = mh_cal_hash(cal);
	struct mh_str hex = mh_hash_hex(tx->arena, &h);
	MH_TRY_MEM(hex.ptr, reterr);
	json_t *facts = json_pack("{s:s%, s:I, s:s%}", "region", r->region.ptr, r->region.len, "rev",
				  (json_int_t)r->revision, "hash", hex.ptr, hex.len);
	MH_TRY_MEM(facts, reterr);
	MH_TRY(mh_event__city(tx, "calendar.added", facts, &seq, reterr));
	if (ret_seq) *ret_seq = seq;
	return MH_OK;
}

/* Running clocks go over to the new revision, matter by matter. */
static enum mh_code revise_all(struct mh_tx *tx, int64_t rev, int64_t seq, struct mh_err *reterr)
{
	struct mh_q_clock_running_in in = {.home_id = tx->city->home_id, .rev = rev, .limit = 200};
	for (;;) {
		struct mh_q_clock_running_row *rows;
		size_t n;
		MH_TRY(mh_q_clock_running(tx->db, tx->arena, &in, &rows, &n, reterr));
		int64_t last = n ? rows[n - 1].matter_id : 0;
		for (size_t i = 0; i < n; i++) {
			struct mh_matter *m;
			if (n == 200 && rows[i].matter_id == last) break; /* its clocks may go on in the next page */
			MH_TRY(mh_matter__load(tx, rows[i].matter_id, &m, reterr));
			MH_TRY(mh_clocks__load(tx, m, reterr));
			struct mh_mclock *k = mh_clocks__find(m, rows[i].name);
			if (k && k->life == MH_CLOCK_RUNNING && k->timer.cal_rev < rev)
				MH_TRY(mh_clocks__revise(tx, m, k, seq, reterr));
			in.after_id = rows[i].matter_id;
		}
		if (n < 200) return MH_OK;
	}
}

enum mh_code mh_city_calendar(struct mh_tx *tx, struct mh_str csv, struct mh_str hours, struct mh_str source,
			      struct mh_err *reterr)
{
	struct mh_city *c = tx->city;
	const struct mh_cal *cal;
	int64_t seq, rev = mh_cal_rules(mh_city_cal(c, 0))->revision + 1;
	struct mh_calendar_file f = {.region = c->home_code,
				     .csv = csv,
				     .hours = hours,
				     .source = source,
				     .rev = rev,
				     .zone_min = c->zone_min};
	MH_TRY(mh_calendar_read(&c->arena, &f, &cal, reterr));
	struct mh_hash h = mh_cal_hash(cal);
	struct mh_q_calendar_rev_add_in in = {.region = f.region,
					      .rev = rev,
					      .at = tx->now,
					      .hash = mh_hash_hex(tx->arena, &h),
					      .body = csv,
					      .hours = hours,
					      .source = source};
	MH_TRY_MEM(in.hash.ptr, reterr);
	if (c->n_cals >= 60)
		return MH_FAIL(reterr, MH_E_INTERNAL, "Restart the server before adding more calendar revisions");
	MH_TRY(mh_q_calendar_rev_add(tx->db, &in, reterr));
	MH_TRY(mh_city__calendar_entry(tx, cal, &seq, reterr));
	c->cals[c->n_cals++] = cal;
	return revise_all(tx, rev, seq, reterr);
}
