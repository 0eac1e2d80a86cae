/* Migration of live matters from one version of a definition to another. The file:
 *
 *   format: migration/1
 *   kind: request-12345
 *   from: 3
 *   to: 4
 *   states: {working: working, supervised: working}
 *   clocks: {total: carry, accept: restart}
 *
 * Refused unless every state that holds a live matter is mapped. Each move is an event of its matter. */
#include "matter/matter_priv.h"

#include "base/yaml.h"

struct plan {
	const struct mh_def *from, *to;
	struct mh_yaml *states, *clocks;
};

static enum mh_code read_plan(struct mh_tx *tx, struct mh_yaml *top, struct plan *p, struct mh_diags *d,
			      struct mh_err *reterr)
{
	struct mh_str format = {NULL, 0}, kind = {NULL, 0};
	int64_t from = 0, to = 0;
	if (!mh_yaml_str(top, "format", &format, d) || !mh_str_is(format, "migration/1"))
		MH_DIAG_ERROR(d, "format", top->at, "write: format: migration/1", "this is not a migration file");
	if (!mh_yaml_str(top, "kind", &kind, d)) MH_DIAG_ERROR(d, "missing", top->at, NULL, "\"kind\" is missing");
	if (!mh_yaml_int(top, "from", &from, d) || !mh_yaml_int(top, "to", &to, d))
		MH_DIAG_ERROR(d, "missing", top->at, NULL, "\"from\" and \"to\" must be version numbers");
	p->states = mh_yaml_get(top, "states");
	p->clocks = mh_yaml_get(top, "clocks");
	mh_yaml_unknown(top, (const char *const[]){"format", "kind", "from", "to", "states", "clocks", NULL}, d);
	p->from = mh_city_def(tx->city, kind, from);
	p->to = mh_city_def(tx->city, kind, to);
	if (!p->from || !p->to)
		MH_DIAG_ERROR(d, "version", top->at, "install the new version first", "a version of %.*s is not known",
			      MH_STR_ARG(kind));
	MH_TRY(mh_diags_result(d, reterr));
	return p->from && p->to ? MH_OK : MH_E_INVALID;
}

static int mapped(const struct plan *p, struct mh_str state)
{
	for (struct mh_yaml *y = p->states ? p->states->first : NULL; y; y = y->next)
		if (mh_str_eq(y->key, state)) return mh_def_state(p->to, y->text);
	return -1;
}

static enum mh_code check_names(const struct plan *p, struct mh_diags *d, struct mh_err *reterr)
{
	for (struct mh_yaml *y = p->states ? p->states->first : NULL; y; y = y->next) {
		if (mh_def_state(p->from, y->key) < 0)
			MH_DIAG_ERROR(d, "unknown-state", y->key_at, NULL, "the old version has no state %.*s",
				      MH_STR_ARG(y->key));
		if (mh_def_state(p->to, y->text) < 0)
			MH_DIAG_ERROR(d, "unknown-state", y->at, NULL, "the new version has no state %.*s",
				      MH_STR_ARG(y->text));
	}
	for (struct mh_yaml *y = p->clocks ? p->clocks->first : NULL; y; y = y->next) {
		if (mh_def_clock(p->to, y->key) < 0)
			MH_DIAG_ERROR(d, "unknown-clock", y->key_at, NULL, "the new version has no clock %.*s",
				      MH_STR_ARG(y->key));
		if (!mh_str_is(y->text, "carry") && !mh_str_is(y->text, "restart"))
			MH_DIAG_ERROR(d, "clock", y->at, "write carry or restart",
				      "what happens to the clock is unclear");
	}
	return mh_diags_result(d, reterr);
}

static enum mh_code check_live(struct mh_tx *tx, const struct plan *p, struct mh_diags *d, struct mh_err *reterr)
{
	struct mh_q_matter_live_states_row *rows;
	size_t n;
	if (!p->from) return MH_FAIL(reterr, MH_E_INTERNAL, "A migration has no version to start from");
	struct mh_q_matter_live_states_in in = {
		.home_id = tx->city->home_id, .kind = p->from->kind, .version = p->from->version};
	MH_TRY(mh_q_matter_live_states(tx->db, tx->arena, &in, &rows, &n, reterr));
	for (size_t i = 0; i < n; i++)
		if (mapped(p, rows[i].state) < 0)
			MH_DIAG_ERROR(d, "unmapped", p->states ? p->states->at : (struct mh_mark){0},
				      "add it to `states`",
				      "%lld live matters are in the state %.*s, which is not mapped",
				      (long long)rows[i].n, MH_STR_ARG(rows[i].state));
	return mh_diags_result(d, reterr);
}

static bool carried(const struct plan *p, struct mh_str clock)
{
	for (struct mh_yaml *y = p->clocks ? p->clocks->first : NULL; y; y = y->next)
		if (mh_str_eq(y->key, clock)) return mh_str_is(y->text, "carry");
	return false;
}

static enum mh_code move(struct mh_tx *tx, const struct plan *p, int64_t id, struct mh_err *reterr)
{
	struct mh_matter *m;
	MH_TRY(mh_matter__load(tx, id, &m, reterr));
	MH_TRY(mh_clocks__load(tx, m, reterr));
	struct mh_str old = m->def->states[m->state].name;
	json_t *facts = json_pack("{s:I, s:s%}", "from_version", (json_int_t)m->def->version, "from_state", old.ptr,
				  old.len);
	MH_TRY_MEM(facts, reterr);
	int to = mapped(p, old);
	for (int i = 0; i < m->n_clocks; i++)
		if (!carried(p, m->clocks[i].name)) mh_clocks__end(tx, &m->clocks[i], "stop");
	m->def = p->to;
	m->state = to;
	struct mh_event ev = {
		.name = "matter.migrated", .by = MH_STR("migration"), .org = -1, .from = -1, .to = to, .header = facts};
	MH_TRY(mh_event__append(tx, m, &ev, reterr));
	MH_TRY(mh_clocks__enter(tx, m, to, reterr));
	return mh_matter__save(tx, m, reterr);
}

static enum mh_code move_all(struct mh_tx *tx, const struct plan *p, int64_t *ret_moved, struct mh_err *reterr)
{
	struct mh_q_matter_of_version_in in = {
		.home_id = tx->city->home_id, .kind = p->from->kind, .version = p->from->version, .limit = 500};
	for (;;) {
		struct mh_q_matter_of_version_row *rows;
		size_t n;
		MH_TRY(mh_q_matter_of_version(tx->db, tx->arena, &in, &rows, &n, reterr));
		for (size_t i = 0; i < n; i++) MH_TRY(move(tx, p, in.after_id = rows[i].id, reterr));
		*ret_moved += (int64_t)n;
		if (n < 500) return MH_OK;
	}
}

enum mh_code mh_city_migrate(struct mh_tx *tx, struct mh_str text, struct mh_str file, int64_t *ret_moved,
			     struct mh_buf *ret_report, struct mh_err *reterr)
{
	struct mh_diags d = mh_diags_new(tx->arena, file);
	struct plan p = {0};
	int64_t moved = 0;
	struct mh_yaml *top = mh_yaml_read(tx->arena, text, &d);
	enum mh_code code = top ? read_plan(tx, top, &p, &d, reterr) : mh_diags_result(&d, reterr);
	if (code == MH_OK) code = check_names(&p, &d, reterr);
	if (code == MH_OK) code = check_live(tx, &p, &d, reterr);
	mh_diags_print(&d, ret_report);
	if (code == MH_OK) code = move_all(tx, &p, &moved, reterr);
	if (code == MH_OK) *ret_moved = moved;
	return code;
}
