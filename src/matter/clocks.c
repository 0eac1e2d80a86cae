/* Clocks of a matter: started, continued, paused and ended as the definition's states say. */
#include "matter/matter_priv.h"

#include <string.h>

static const char *const lives[MH_CLOCK_LIFE_MAX] = {[MH_CLOCK_RUNNING] = "running",
						     [MH_CLOCK_PAUSED] = "paused",
						     [MH_CLOCK_STOPPED] = "stopped",
						     [MH_CLOCK_EXPIRED] = "expired"};

struct mh_mclock *mh_clocks__find(struct mh_matter *m, struct mh_str name)
{
	for (int i = 0; i < m->n_clocks; i++)
		if (mh_str_eq(m->clocks[i].name, name)) return &m->clocks[i];
	return NULL;
}

static void from_row(struct mh_mclock *k, const struct mh_q_clock_of_matter_row *r)
{
	*k = (struct mh_mclock){.name = r->name,
				.fire_at = r->fire_at,
				.warn_at = r->warn_at,
				.rung = r->rung,
				.then_name = r->then_name};
	for (int i = 0; i < MH_CLOCK_LIFE_MAX; i++)
		if (mh_str_is(r->how, lives[i])) k->life = (enum mh_clock_life)i;
	k->by_day = mh_str_is(r->unit, "day");
	k->day = k->by_day ? (mh_day)r->budget : 0;
	k->timer = (struct mh_timer_state){
		.budget = r->budget, .used = r->used, .running_since = r->running_since, .cal_rev = r->rev};
	if (!k->by_day) mh_unit_parse(r->unit, &k->timer.unit);
}

enum mh_code mh_clocks__load(struct mh_tx *tx, struct mh_matter *m, struct mh_err *reterr)
{
	if (m->clocks_loaded || m->read_seq < 0) return m->clocks_loaded = true, MH_OK;
	struct mh_q_clock_of_matter_row *rows;
	size_t n;
	struct mh_q_clock_of_matter_in in = {.home_id = tx->city->home_id, .matter_id = m->id};
	MH_TRY(mh_q_clock_of_matter(tx->db, tx->arena, &in, &rows, &n, reterr));
	if (n > MH_MCLOCKS_MAX)
		return MH_FAIL(reterr, MH_E_CORRUPT, "Could not read the clocks of a matter: there are too many");
	for (size_t i = 0; i < n; i++) from_row(&m->clocks[i], &rows[i]);
	m->n_clocks = (int)n;
	m->clocks_loaded = true;
	return MH_OK;
}

static void note(struct mh_mclock *k, const char *what)
{
	k->changed = true;
	/* started and restarted by one event: it began once */
	if (k->n_log && strcmp(what, "restart") == 0 && strcmp(k->log[k->n_log - 1], "start") == 0) return;
	if (k->n_log < (int)(sizeof k->log / sizeof k->log[0])) k->log[k->n_log++] = what;
}

void mh_clocks__end(struct mh_tx *tx, struct mh_mclock *k, const char *what)
{
	if (k->life == MH_CLOCK_STOPPED) return;
	if (!k->by_day) mh_timer_stop(&k->timer, mh_city_cal(tx->city, k->timer.cal_rev), tx->now, NULL);
	k->life = MH_CLOCK_STOPPED;
	k->timer.running_since = MH_TIMER_STOPPED;
	k->fire_at = k->warn_at = MH_FAR;
	k->then_name = MH_STR("");
	note(k, what);
}

static mh_time day_end(const struct mh_cal *cal, mh_day day)
{
	const struct mh_cal_rules *r = mh_cal_rules(cal);
	return mh_day_start(day, r->zone_min) + (mh_time)r->hours[r->n_hours - 1].to * 60000;
}

static void derive_warning(const struct mh_cal *cal, struct mh_mclock *k, const struct mh_clock_rule *rule, mh_time now,
			   bool fresh)
{
	struct mh_timer_warn warn = {rule ? rule->warn_percent : 0, rule ? rule->warn_span : (struct mh_span){0}};
	mh_time at = MH_FAR;
	k->warn_at = MH_FAR;
	if (!warn.percent && !warn.before.n) return;
	if (k->by_day) at = warn.before.n ? mh_cal_before(cal, k->fire_at, warn.before) : MH_FAR;
	else if (!mh_timer_warn(&k->timer, cal, &warn, &at)) at = MH_FAR;
	k->warn_at = at > now || fresh ? at : MH_FAR; /* a warning that has been given is not given again */
}

/* fire_at and warn_at from what the clock is. */
static void derive(struct mh_tx *tx, struct mh_mclock *k, const struct mh_clock_rule *rule, bool fresh)
{
	const struct mh_cal *cal = mh_city_cal(tx->city, k->timer.cal_rev);
	struct mh_cal_due due;
	if (k->life == MH_CLOCK_EXPIRED) return;
	k->fire_at = k->warn_at = MH_FAR;
	if (k->life != MH_CLOCK_RUNNING) return;
	if (k->by_day) k->fire_at = day_end(cal, k->day);
	else if (mh_timer_due(&k->timer, cal, &due)) k->fire_at = due.at;
	derive_warning(cal, k, rule, tx->now, fresh);
}

static struct mh_mclock *slot(struct mh_matter *m, struct mh_str name)
{
	struct mh_mclock *k = mh_clocks__find(m, name);
	if (k || m->n_clocks == MH_MCLOCKS_MAX) return k;
	k = &m->clocks[m->n_clocks++];
	*k = (struct mh_mclock){.name = name, .life = MH_CLOCK_STOPPED};
	return k;
}

static struct mh_str then_of(const struct mh_matter *m, const struct mh_clock_rule *rule)
{
	return rule && rule->then >= 0 ? m->def->transitions[rule->then].name : MH_STR("");
}

static void start(struct mh_tx *tx, struct mh_matter *m, struct mh_mclock *k, const struct mh_clock_rule *rule,
		  struct mh_span span, const char *what)
{
	k->by_day = false;
	k->life = MH_CLOCK_RUNNING;
	k->timer = mh_timer_start(mh_city_cal(tx->city, 0), tx->now, span);
	k->then_name = then_of(m, rule);
	derive(tx, k, rule, true);
	note(k, what);
}

enum mh_code mh_clocks__start_span(struct mh_tx *tx, struct mh_matter *m, struct mh_str name, struct mh_span span,
				   struct mh_str then_name, struct mh_err *reterr)
{
	MH_TRY(mh_clocks__load(tx, m, reterr));
	struct mh_mclock *k = slot(m, name);
	if (!k) return MH_FAIL(reterr, MH_E_INTERNAL, "A matter has too many clocks");
	start(tx, m, k, NULL, span, "start");
	k->then_name = then_name;
	return MH_OK;
}

/* The date may be unset: then there is nothing to wait for, and the definition's check has warned of it. */
static void start_at(struct mh_tx *tx, struct mh_matter *m, struct mh_mclock *k, const struct mh_clock_rule *rule,
		     const char *what)
{
	json_t *v = mh_matter__value(tx, m, rule->field);
	mh_day day;
	if (!json_is_string(v) || !mh_day_parse(mh_str_c(json_string_value(v)), &day)) return;
	*k = (struct mh_mclock){.name = k->name,
				.rung = k->rung,
				.by_day = true,
				.day = day,
				.life = MH_CLOCK_RUNNING,
				.n_log = k->n_log};
	k->timer.budget = day;
	k->timer.running_since = tx->now;
	k->timer.cal_rev = mh_cal_rules(mh_city_cal(tx->city, 0))->revision;
	k->then_name = then_of(m, rule);
	derive(tx, k, rule, true);
	note(k, what);
}

static enum mh_code pause(struct mh_tx *tx, struct mh_mclock *k, struct mh_err *reterr)
{
	if (k->life != MH_CLOCK_RUNNING) return MH_OK;
	if (!k->by_day) MH_TRY(mh_timer_pause(&k->timer, mh_city_cal(tx->city, k->timer.cal_rev), tx->now, reterr));
	k->timer.running_since = MH_TIMER_PAUSED;
	k->life = MH_CLOCK_PAUSED;
	k->fire_at = k->warn_at = MH_FAR;
	note(k, "pause");
	return MH_OK;
}

static enum mh_code go_on(struct mh_tx *tx, struct mh_matter *m, struct mh_mclock *k, const struct mh_clock_rule *rule,
			  struct mh_err *reterr)
{
	struct mh_str then = then_of(m, rule);
	bool same = mh_str_eq(then, k->then_name);
	k->then_name = then;
	k->changed = k->changed || !same;
	if (k->life != MH_CLOCK_PAUSED) return MH_OK;
	if (!k->by_day) MH_TRY(mh_timer_resume(&k->timer, mh_city_cal(tx->city, k->timer.cal_rev), tx->now, reterr));
	k->timer.running_since = tx->now;
	k->life = MH_CLOCK_RUNNING;
	derive(tx, k, rule, false);
	note(k, "resume");
	return MH_OK;
}

/* A clock that exists, seen from the state that was just entered. */
static enum mh_code carry(struct mh_tx *tx, struct mh_matter *m, struct mh_mclock *k, struct mh_err *reterr)
{
	int name = mh_def_clock(m->def, k->name);
	const struct mh_clock_rule *rule = name < 0 ? NULL : mh_def_clock_rule(m->def, m->state, name);
	bool lasting = name >= 0 && m->def->clocks[name].lasting;
	if (mh_def_is_over(m->def, m->state)) return mh_clocks__end(tx, k, "stop"), MH_OK;
	if (!rule && !lasting) return mh_clocks__end(tx, k, "stop"), MH_OK;
	if (!rule) {
		k->changed = k->changed || k->then_name.len > 0;
		k->then_name = MH_STR("");
		return MH_OK;
	}
	switch (rule->how) {
	case MH_CLOCK_CONTINUE:
	case MH_CLOCK_START: return go_on(tx, m, k, rule, reterr);
	case MH_CLOCK_PAUSE: return pause(tx, k, reterr);
	case MH_CLOCK_STOP: return mh_clocks__end(tx, k, "stop"), MH_OK;
	default: return MH_OK; /* starts afresh below */
	}
}

static enum mh_code begin(struct mh_tx *tx, struct mh_matter *m, const struct mh_clock_rule *rule,
			  struct mh_err *reterr)
{
	struct mh_str name = m->def->clocks[rule->clock].name;
	bool is_new = !mh_clocks__find(m, name);
	if (rule->how == MH_CLOCK_CONTINUE || rule->how == MH_CLOCK_PAUSE || rule->how == MH_CLOCK_STOP) return MH_OK;
	if (rule->how == MH_CLOCK_START && !is_new) return MH_OK;
	struct mh_mclock *k = slot(m, name);
	if (!k) return MH_FAIL(reterr, MH_E_INTERNAL, "A matter has too many clocks");
	if (rule->how == MH_CLOCK_AT) return start_at(tx, m, k, rule, "start"), MH_OK;
	struct mh_span span = rule->span;
	if (rule->how == MH_CLOCK_START && rule->expr) {
		struct mh_value v = mh_matter__eval(tx, m, rule->expr);
		if (v.type != MH_V_SPAN)
			return MH_FAIL(reterr, MH_E_INVALID,
				       "Cannot start the clock \"" MH_STR_FMT
				       "\": a field that its length depends on is missing",
				       MH_STR_ARG(name));
		span = v.span;
	}
	start(tx, m, k, rule, span, "start");
	return MH_OK;
}

enum mh_code mh_clocks__enter(struct mh_tx *tx, struct mh_matter *m, int from, struct mh_err *reterr)
{
	const struct mh_state *s = &m->def->states[m->state];
	MH_TRY(mh_clocks__load(tx, m, reterr));
	for (int i = 0; i < m->n_clocks && from >= 0; i++) MH_TRY(carry(tx, m, &m->clocks[i], reterr));
	for (size_t i = 0; i < s->n_clocks; i++) MH_TRY(begin(tx, m, &s->clocks[i], reterr));
	return MH_OK;
}

enum mh_code mh_clocks__refire(struct mh_tx *tx, struct mh_matter *m, struct mh_mclock *k, struct mh_err *reterr)
{
	int name = mh_def_clock(m->def, k->name);
	const struct mh_clock_rule *rule = name < 0 ? NULL : mh_def_clock_rule(m->def, m->state, name);
	if (!rule) return MH_OK;
	if (rule->how == MH_CLOCK_WITHIN || rule->how == MH_CLOCK_EVERY) start(tx, m, k, rule, rule->span, "restart");
	return MH_OK;
}

static const struct mh_clock_rule *any_start(const struct mh_def *d, int clock)
{
	for (size_t s = 0; s < d->n_states; s++)
		for (size_t i = 0; i < d->states[s].n_clocks; i++)
			if (d->states[s].clocks[i].clock == clock && d->states[s].clocks[i].how == MH_CLOCK_START)
				return &d->states[s].clocks[i];
	return NULL;
}

static enum mh_code restart(struct mh_tx *tx, struct mh_matter *m, int clock, struct mh_err *reterr)
{
	const struct mh_clock_rule *here = mh_def_clock_rule(m->def, m->state, clock), *from = any_start(m->def, clock);
	const struct mh_clock_rule *rule = from ? from : here;
	if (!rule || (rule->how != MH_CLOCK_START && rule->how != MH_CLOCK_WITHIN && rule->how != MH_CLOCK_EVERY))
		return MH_OK;
	struct mh_mclock *k = slot(m, m->def->clocks[clock].name);
	if (!k) return MH_FAIL(reterr, MH_E_INTERNAL, "A matter has too many clocks");
	struct mh_value v = {.type = MH_V_SPAN, .span = rule->span};
	if (rule->expr) v = mh_matter__eval(tx, m, rule->expr);
	if (v.type != MH_V_SPAN) return MH_FAIL(reterr, MH_E_INVALID, "Cannot restart a clock whose length is unknown");
	start(tx, m, k, here ? here : rule, v.span, "restart");
	return MH_OK;
}

enum mh_code mh_clocks__effect(struct mh_tx *tx, struct mh_matter *m, const struct mh_effect *e, struct mh_err *reterr)
{
	MH_TRY(mh_clocks__load(tx, m, reterr));
	if (e->restart) return restart(tx, m, e->clock, reterr);
	struct mh_mclock *k = mh_clocks__find(m, m->def->clocks[e->clock].name);
	if (!k || k->life == MH_CLOCK_STOPPED) return MH_OK;
	if (e->stop) return mh_clocks__end(tx, k, "stop"), MH_OK;
	const struct mh_clock_rule *rule = mh_def_clock_rule(m->def, m->state, e->clock);
	if (k->by_day) { /* the date field was moved before (effects.c) */
		if (rule && rule->how == MH_CLOCK_AT) start_at(tx, m, k, rule, "extend");
		return MH_OK;
	}
	MH_TRY(mh_timer_extend(&k->timer, e->span, reterr));
	if (k->life == MH_CLOCK_EXPIRED && k->timer.used < k->timer.budget) k->life = MH_CLOCK_RUNNING;
	derive(tx, k, rule, false);
	note(k, "extend");
	return MH_OK;
}

mh_time mh_clocks__due(const struct mh_matter *m)
{
	mh_time lasting = MH_TIME_MAX, any = MH_TIME_MAX;
	for (int i = 0; i < m->n_clocks; i++) {
		const struct mh_mclock *k = &m->clocks[i];
		int name = mh_def_clock(m->def, k->name);
		if (k->life != MH_CLOCK_RUNNING) continue;
		if (k->fire_at < any) any = k->fire_at;
		if (name >= 0 && m->def->clocks[name].lasting && k->fire_at < lasting) lasting = k->fire_at;
	}
	return lasting < MH_TIME_MAX ? lasting : any;
}

/* An expired clock says since when it is late, and is not due again. */
static mh_time next_at(const struct mh_mclock *k)
{
	if (k->life == MH_CLOCK_EXPIRED) return MH_FAR;
	return k->fire_at < k->warn_at ? k->fire_at : k->warn_at;
}

static enum mh_code put(struct mh_tx *tx, struct mh_matter *m, struct mh_mclock *k, struct mh_err *reterr)
{
	struct mh_q_clock_put_in in = {.home_id = tx->city->home_id,
				       .matter_id = m->id,
				       .name = k->name,
				       .unit = k->by_day ? MH_STR("day") : mh_str_c(mh_unit_names[k->timer.unit]),
				       .budget = k->timer.budget,
				       .used = k->timer.used,
				       .running_since = k->timer.running_since,
				       .rev = k->timer.cal_rev,
				       .fire_at = k->fire_at,
				       .warn_at = k->warn_at,
				       .next_at = next_at(k),
				       .rung = k->rung,
				       .then_name = k->then_name,
				       .how = mh_str_c(lives[k->life])};
	return mh_q_clock_put(tx->db, &in, reterr);
}

enum mh_code mh_clocks__log(struct mh_tx *tx, struct mh_matter *m, struct mh_mclock *k, const char *what, int64_t seq,
			    int64_t step, struct mh_err *reterr)
{
	struct mh_q_clock_log_add_in in = {.home_id = tx->city->home_id,
					   .matter_id = m->id,
					   .seq = seq,
					   .step = step,
					   .name = k->name,
					   .what = mh_str_c(what),
					   .at = tx->now,
					   .unit = k->by_day ? MH_STR("day") : mh_str_c(mh_unit_names[k->timer.unit]),
					   .budget = k->timer.budget,
					   .used = k->timer.used,
					   .rev = k->timer.cal_rev,
					   .fire_at = k->fire_at};
	return mh_q_clock_log_add(tx->db, &in, reterr);
}

enum mh_code mh_clocks__save(struct mh_tx *tx, struct mh_matter *m, struct mh_err *reterr)
{
	for (int i = 0; i < m->n_clocks; i++) {
		struct mh_mclock *k = &m->clocks[i];
		if (!k->changed) continue;
		MH_TRY(put(tx, m, k, reterr));
		for (int j = 0; j < k->n_log; j++)
			MH_TRY(mh_clocks__log(tx, m, k, k->log[j], m->last_seq, i * 10 + j, reterr));
		k->changed = false;
		k->n_log = 0;
	}
	return MH_OK;
}

/* A later calendar: what is used up stays as it was counted; the rest is counted anew. */
enum mh_code mh_clocks__revise(struct mh_tx *tx, struct mh_matter *m, struct mh_mclock *k, int64_t seq,
			       struct mh_err *reterr)
{
	const struct mh_cal *was = mh_city_cal(tx->city, k->timer.cal_rev), *is = mh_city_cal(tx->city, 0);
	int name = mh_def_clock(m->def, k->name);
	if (k->by_day) k->timer.cal_rev = mh_cal_rules(is)->revision;
	else MH_TRY(mh_timer_revise(&k->timer, was, is, tx->now, reterr));
	derive(tx, k, name < 0 ? NULL : mh_def_clock_rule(m->def, m->state, name), false);
	MH_TRY(put(tx, m, k, reterr));
	return mh_clocks__log(tx, m, k, "revise", seq, k - m->clocks, reterr);
}
