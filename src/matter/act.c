/* A person acts; a clock fires. */
#include "matter/matter_priv.h"

#include "base/yaml.h"

#include <string.h>

static bool has(const int *list, size_t n, int v)
{
	for (size_t i = 0; i < n; i++)
		if (list[i] == v) return true;
	return false;
}

static enum mh_code find_transition(struct mh_matter *m, struct mh_str name, int *ret, struct mh_err *reterr)
{
	const struct mh_def *d = m->def;
	int t = mh_def_transition(d, name);
	if (t >= 0 && d->transitions[t].trigger == MH_BY_PERSON) {
		if (has(d->transitions[t].from, d->transitions[t].n_from, m->state)) return *ret = t, MH_OK;
		enum mh_code code = MH_FAIL(reterr, MH_E_CONFLICT,
					    "The step \"" MH_STR_FMT
					    "\" cannot be taken while the matter is \"" MH_STR_FMT "\"",
					    MH_STR_ARG(name), MH_STR_ARG(d->states[m->state].name));
		mh_err_detail(reterr, MH_STR_FMT " (" MH_STR_FMT ")", MH_STR_ARG(d->states[m->state].label.en),
			      MH_STR_ARG(d->states[m->state].label.zh));
		mh_err_hint(reterr, "GET …/actions lists what can be done now.");
		return code;
	}
	struct mh_str names[200];
	size_t n = 0;
	for (size_t i = 0; i < d->n_transitions && n < 200; i++)
		if (d->transitions[i].trigger == MH_BY_PERSON) names[n++] = d->transitions[i].name;
	struct mh_str near = mh_nearest(name, names, n);
	enum mh_code code = MH_FAIL(reterr, MH_E_NOT_FOUND,
				    "There is no step \"" MH_STR_FMT "\" for this kind of matter", MH_STR_ARG(name));
	if (near.len) mh_err_hint(reterr, "Did you mean \"" MH_STR_FMT "\"?", MH_STR_ARG(near));
	return code;
}

static enum mh_code check_given(struct mh_tx *tx, struct mh_matter *m, const struct mh_transition *t,
				const json_t *fields, json_t *given, struct mh_err *reterr)
{
	const char *key;
	json_t *v, *normal;
	json_object_foreach((json_t *)(uintptr_t)fields, key, v) {
		int f = mh_def_field(m->def, mh_str_c(key));
		if (f < 0 || (!has(t->require, t->n_require, f) && !has(t->optional, t->n_optional, f)))
			return MH_FAIL(reterr, MH_E_INVALID,
				       "The step \"" MH_STR_FMT "\" does not take the field \"%.80s\"",
				       MH_STR_ARG(t->name), key);
		if (json_is_null(v)) continue;
		MH_TRY(mh_matter__field(tx, m->def, f, v, &normal, reterr));
		if (json_object_set_new(given, key, normal) != 0) return mh_no_memory(reterr);
	}
	return MH_OK;
}

static enum mh_code check_required(struct mh_tx *tx, struct mh_matter *m, const struct mh_transition *t,
				   const json_t *given, struct mh_err *reterr)
{
	for (size_t i = 0; i < t->n_require; i++) {
		const struct mh_field *f = &m->def->fields[t->require[i]];
		const json_t *v = json_object_getn(given, f->name.ptr, f->name.len);
		if (v && !(json_is_string(v) && json_string_length(v) == 0)) continue;
		if (!v && f->set_create && mh_matter__value(tx, m, t->require[i])) continue;
		return mh_matter__about(f,
					MH_FAIL(reterr, MH_E_INVALID,
						"The step \"" MH_STR_FMT "\" needs the field \"" MH_STR_FMT "\"",
						MH_STR_ARG(t->name), MH_STR_ARG(f->name)),
					reterr);
	}
	return MH_OK;
}

static enum mh_code act(struct mh_tx *tx, struct mh_matter *m, const struct mh_act *in, struct mh_err *reterr)
{
	int t;
	MH_JSON_AUTO json_t *given = json_object();
	MH_TRY_MEM(given, reterr);
	if (in->expect_seq >= 0 && in->expect_seq != m->last_seq) {
		enum mh_code code = MH_FAIL(reterr, MH_E_STALE, "Matter " MH_STR_FMT " has moved on since you read it",
					    MH_STR_ARG(m->number));
		mh_err_hint(reterr, "Read it again and decide anew.");
		return code;
	}
	MH_TRY(find_transition(m, in->transition, &t, reterr));
	const struct mh_transition *tr = &m->def->transitions[t];
	MH_TRY(mh_matter__may(tx, m, tr, &in->by, reterr));
	MH_TRY(check_given(tx, m, tr, in->fields, given, reterr));
	MH_TRY(check_required(tx, m, tr, given, reterr));
	mh_engine__reindex(tx, m, given);
	struct mh_cause cause = {.by = in->by.role, .party = &in->by, .given = given, .evidence = in->evidence};
	return mh_engine__take(tx, m, t, &cause, reterr);
}

enum mh_code mh_matter_act(struct mh_tx *tx, const struct mh_act *in, struct mh_outcome *ret, struct mh_err *reterr)
{
	struct mh_matter *m = NULL, *before = NULL;
	bool again = false;
	MH_TRY(mh_matter__load(tx, in->matter_id, &m, reterr));
	struct mh_str what = mh_str_fmt(tx->arena, MH_STR_FMT " " MH_STR_FMT, MH_STR_ARG(m->ref),
					MH_STR_ARG(in->transition));
	struct mh_str hash = mh_engine__request_hash(tx, what, in->fields, in->evidence);
	MH_TRY_MEM(hash.ptr, reterr);
	MH_TRY(mh_engine__repeated(tx, in->request_id, hash, &again, &before, reterr));
	if (!again) {
		MH_TRY(act(tx, m, in, reterr));
		MH_TRY(mh_engine__remember(tx, in->request_id, hash, m, reterr));
	}
	struct mh_outcome out;
	MH_TRY(mh_engine__outcome(tx, m, &out, reterr));
	out.again = again;
	*ret = out;
	return MH_OK;
}

/* --- clocks --- */

static enum mh_code warn(struct mh_tx *tx, struct mh_matter *m, struct mh_mclock *k, struct mh_err *reterr)
{
	k->warn_at = MH_FAR;
	k->changed = true;
	MH_TRY(mh_effects__message(tx, m, MH_STR("owner"), m->owner, MH_STR("clock_warning"), reterr));
	MH_TRY(mh_clocks__log(tx, m, k, "warn", m->last_seq, 5000 + (k - m->clocks), reterr));
	return mh_clocks__save(tx, m, reterr);
}

static void expire(struct mh_matter *m, struct mh_mclock *k)
{
	int name = mh_def_clock(m->def, k->name);
	k->rung++;
	k->life = name >= 0 && m->def->clocks[name].lasting ? MH_CLOCK_EXPIRED : MH_CLOCK_STOPPED;
	k->warn_at = MH_FAR;
	if (k->life == MH_CLOCK_STOPPED) k->fire_at = MH_FAR; /* the other stays late since then */
	k->changed = true;
	k->log[k->n_log++] = "fire";
}

static enum mh_code fire(struct mh_tx *tx, struct mh_matter *m, struct mh_mclock *k, struct mh_err *reterr)
{
	int t = k->then_name.len ? mh_def_transition(m->def, k->then_name) : -1;
	if (mh_str_is(k->name, MH_VOTE_CLOCK)) return mh_vote__close(tx, m, reterr);
	expire(m, k);
	if (t < 0 || !has(m->def->transitions[t].from, m->def->transitions[t].n_from, m->state))
		return mh_matter__save(tx, m, reterr);
	struct mh_cause cause = {.by = MH_STR("clock"), .fired = k};
	return mh_engine__take(tx, m, t, &cause, reterr);
}

static enum mh_code tick_one(struct mh_tx *tx, int64_t matter_id, struct mh_str name, struct mh_err *reterr)
{
	struct mh_matter *m = NULL;
	MH_TRY(mh_matter__load(tx, matter_id, &m, reterr));
	MH_TRY(mh_clocks__load(tx, m, reterr));
	struct mh_mclock *k = mh_clocks__find(m, name);
	if (!k) return MH_OK;
	if (k->fire_at <= tx->now) return fire(tx, m, k, reterr);
	return k->warn_at <= tx->now ? warn(tx, m, k, reterr) : MH_OK; /* moved by an earlier one of this round */
}

#define SICK_MS ((mh_time)600000)

static bool is_sick(const struct mh_tx *tx, int64_t matter_id)
{
	for (int i = 0; i < tx->city->n_sick; i++)
		if (tx->city->sick[i].matter_id == matter_id) return tx->city->sick[i].until > tx->now;
	return false;
}

/* The transaction is lost, but the next round goes on without this matter. A fault of the store is nobody's fault. */
static enum mh_code leave_alone(struct mh_tx *tx, int64_t matter_id, enum mh_code code, struct mh_err *reterr)
{
	struct mh_city *c = tx->city;
	if (mh_err_info(code)->retryable || code == MH_E_STORE || code == MH_E_IO) return code;
	int most = (int)(sizeof c->sick / sizeof c->sick[0]), at = 0;
	while (at < c->n_sick && c->sick[at].matter_id != matter_id) at++;
	if (at == most) at = (int)(matter_id % most);
	if (at == c->n_sick) c->n_sick++;
	c->sick[at].matter_id = matter_id;
	c->sick[at].until = tx->now + SICK_MS;
	mh_err_internal(reterr, "clock of matter %lld; left alone for ten minutes", (long long)matter_id);
	return code;
}

enum mh_code mh_matter_tick(struct mh_tx *tx, int most, int *ret_n, struct mh_err *reterr)
{
	struct mh_q_clock_due_row *rows;
	size_t n;
	int drawn = 0;
	struct mh_q_clock_due_in in = {.home_id = tx->city->home_id, .now = tx->now, .limit = most};
	MH_TRY(mh_q_clock_due(tx->db, tx->arena, &in, &rows, &n, reterr));
	for (size_t i = 0; i < n; i++) {
		if (is_sick(tx, rows[i].matter_id)) continue;
		enum mh_code code = tick_one(tx, rows[i].matter_id, rows[i].name, reterr);
		if (code != MH_OK) return leave_alone(tx, rows[i].matter_id, code, reterr);
	}
	MH_TRY(mh_vote__draw_due(tx, most, &drawn, reterr));
	*ret_n = (int)n + drawn;
	return MH_OK;
}

enum mh_code mh_matter_next_clock(struct mh_tx *tx, mh_time *ret, struct mh_err *reterr)
{
	struct mh_q_clock_next_row *rows;
	size_t n;
	struct mh_q_clock_next_in in = {.home_id = tx->city->home_id, .limit = 1};
	MH_TRY(mh_q_clock_next(tx->db, tx->arena, &in, &rows, &n, reterr));
	*ret = n && rows[0].next_at < MH_TIME_MAX ? rows[0].next_at : MH_TIME_MAX;
	return MH_OK;
}
