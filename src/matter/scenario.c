/* The scenario runner: acting and waiting. What is expected is compared in scenario_expect.c. */
#include "matter/scenario_priv.h"

#include <string.h>

/* --- small helpers --- */

void mh_story__fail(struct mh_story *st, struct mh_mark at, const char *fmt, ...)
{
	va_list ap;
	if (st->failed) return;
	st->failed = true;
	mh_buf_fmt(st->report, MH_STR_FMT ":%d:%d: ", MH_STR_ARG(st->file), at.line, at.column);
	va_start(ap, fmt);
	mh_buf_vfmt(st->report, fmt, ap);
	va_end(ap);
	mh_buf_ch(st->report, '\n');
}

static int64_t cast_id(struct mh_story *st, struct mh_str name)
{
	for (int i = 0; i < st->n_cast; i++)
		if (mh_str_eq(st->cast[i].name, name)) return st->cast[i].id;
	return 0;
}

int64_t mh_story__on(struct mh_story *st, struct mh_yaml *step)
{
	struct mh_yaml *on = mh_yaml_get(step, "on");
	int64_t id = cast_id(st, on ? on->text : MH_STR("A"));
	if (!id) mh_story__fail(st, step->at, "no matter of that name has been raised yet");
	return id;
}

enum mh_code mh_story__tx(struct mh_story *st, mh_story_job *fn, void *arg, struct mh_err *reterr)
{
	struct mh_stage *s = st->stage;
	struct mh_arena arena = MH_ARENA(0);
	enum mh_code code;
	{
		MH_TX(tx, s->city, s->db, &arena, s->now);
		MH_DB_TX(dtx, s->db);
		code = mh_db_begin_write(&dtx, reterr);
		if (code == MH_OK) code = fn(&tx, arg, reterr);
		if (code == MH_OK) code = mh_city_before_commit(s->city, s->db, reterr);
		if (code == MH_OK) code = mh_db_commit(&dtx, reterr);
	}
	if (code == MH_OK) mh_city_committed(s->city);
	else mh_city_rolled_back(s->city);
	if (code == MH_OK) code = mh_ledger_publish(s->city->ledger, s->db, s->now, true, NULL, reterr);
	mh_arena_done(&arena);
	return code;
}

static enum mh_code tick_job(struct mh_tx *tx, void *arg, struct mh_err *reterr)
{
	return mh_matter_tick(tx, 100, arg, reterr);
}

static enum mh_code retain_job(struct mh_tx *tx, void *arg, struct mh_err *reterr)
{
	struct mh_retain r = {.most = 1000};
	bool ended = false;
	while (!ended) MH_TRY(mh_matter_retain(tx, &r, &ended, reterr));
	return MH_OK;
}

/* What has been kept long enough goes, before anything is expected. */
static void retain(struct mh_story *st, struct mh_mark at)
{
	struct mh_err err = {0};
	if (mh_story__tx(st, retain_job, NULL, &err) != MH_OK)
		mh_story__fail(st, at, "the rule of retention failed: %s %s", err.message, err.detail);
}

/* Everything that is due now: clocks, and panels that the last head allows to draw. */
static void settle(struct mh_story *st, struct mh_mark at)
{
	struct mh_err err = {0};
	for (int n = 1, rounds = 0; n > 0 && rounds < 100; rounds++)
		if (mh_story__tx(st, tick_job, &n, &err) != MH_OK) {
			mh_story__fail(st, at, "a clock failed: %s %s", err.message, err.detail);
			return;
		}
}

static bool parse_moment(struct mh_story *st, struct mh_str text, mh_time *ret)
{
	struct mh_str t = mh_str_fmt(st->arena, MH_STR_FMT ":00+08:00", MH_STR_ARG(text));
	return t.ptr && mh_time_parse(t, ret);
}

static struct mh_party party(struct mh_story *st, struct mh_yaml *as, int64_t matter)
{
	struct mh_party p = {.org = -1, .matter_id = matter};
	struct mh_str rest = as->text, unit;
	if (!mh_str_split(&rest, '@', &p.role) || !rest.ptr) return p;
	p.matter_id = 0;
	mh_str_split(&rest, '/', &unit);
	p.officer = rest.ptr ? rest : MH_STR("");
	p.org = mh_org_by_code(&st->stage->city->orgs, unit);
	if (p.org < 0) mh_story__fail(st, as->at, "there is no unit " MH_STR_FMT, MH_STR_ARG(unit));
	return p;
}

/* --- values --- */

static json_t *text_of(struct mh_story *st, const struct mh_yaml *y)
{
	if (y->text.len && y->text.ptr[0] == '$') {
		struct mh_str name = {y->text.ptr + 1, y->text.len - 1};
		struct mh_stage *s = st->stage;
		struct mh_arena *a = st->arena;
		MH_TX(tx, s->city, s->db, a, s->now);
		struct mh_matter *m;
		if (mh_matter__load(&tx, cast_id(st, name), &m, NULL) == MH_OK) return mh_json_str(m->ref);
		mh_story__fail(st, y->at, "no matter of that name has been raised yet");
	}
	return mh_json_str(y->text);
}

static json_t *value_of(struct mh_story *st, const struct mh_field *f, const struct mh_yaml *y)
{
	int64_t n;
	json_t *j;
	if (y->kind == MH_YAML_LIST) {
		j = json_array();
		for (const struct mh_yaml *i = y->first; j && i; i = i->next) json_array_append_new(j, text_of(st, i));
		return j;
	}
	if (y->kind == MH_YAML_MAP) {
		j = json_object();
		for (const struct mh_yaml *i = y->first; j && i; i = i->next)
			json_object_set_new(j, i->key.ptr,
					    mh_str_ends(i->key, "_e6") && mh_str_to_i64(i->text, &n) ? json_integer(n)
												     : text_of(st, i));
		return j;
	}
	if (f && f->type == MH_F_INT && mh_str_to_i64(y->text, &n)) return json_integer(n);
	if (f && f->type == MH_F_BOOL && (mh_str_is(y->text, "yes") || mh_str_is(y->text, "no")))
		return json_boolean(mh_str_is(y->text, "yes"));
	return text_of(st, y);
}

json_t *mh_story__fields(struct mh_story *st, const struct mh_def *d, struct mh_yaml *map)
{
	json_t *j = json_object();
	for (struct mh_yaml *y = map ? map->first : NULL; j && y; y = y->next) {
		struct mh_str key = mh_str_dup(st->arena, y->key);
		int f = mh_def_field(d, y->key);
		if (key.ptr) json_object_set_new(j, key.ptr, value_of(st, f < 0 ? NULL : &d->fields[f], y));
	}
	return j;
}

/* --- raising --- */

struct raise {
	struct mh_create in;
	struct mh_outcome out;
};

static enum mh_code raise_job(struct mh_tx *tx, void *arg, struct mh_err *reterr)
{
	struct raise *r = arg;
	return mh_matter_create(tx, &r->in, &r->out, reterr);
}

static void check_fails(struct mh_story *st, struct mh_yaml *step, enum mh_code code, const struct mh_err *err)
{
	struct mh_yaml *fails = mh_yaml_get(step, "fails");
	const char *got = mh_err_info(code)->name;
	if (fails && code == MH_OK)
		mh_story__fail(st, step->at, "expected to be refused (" MH_STR_FMT "), but it was done",
			       MH_STR_ARG(fails->text));
	else if (fails && !mh_str_is(fails->text, got))
		mh_story__fail(st, step->at, "expected " MH_STR_FMT ", got %s: %s", MH_STR_ARG(fails->text), got,
			       err->message);
	else if (!fails && code != MH_OK)
		mh_story__fail(st, step->at, "refused with %s: %s %s %s", got, err->message, err->detail, err->hint);
}

static void raise(struct mh_story *st, struct mh_yaml *given, struct mh_str name);

/* Of which matter it is a child: one raised before (`child_of: A`), or one made for this story only (`parent: {…}`), which
 * then is called P. */
static void find_parent(struct mh_story *st, struct mh_yaml *given, struct raise *r)
{
	struct mh_yaml *of = mh_yaml_get(given, "child_of"), *parent = mh_yaml_get(given, "parent");
	if (parent) raise(st, parent, MH_STR("P"));
	r->in.parent_id = parent ? cast_id(st, MH_STR("P")) : of ? cast_id(st, of->text) : 0;
	if (!r->in.parent_id) return;
	r->in.link_word = MH_STR("child");
	r->in.by = (struct mh_party){.role = MH_STR("parent"), .org = -1};
}

static void raise(struct mh_story *st, struct mh_yaml *given, struct mh_str name)
{
	struct mh_yaml *at = mh_yaml_get(given, "at"), *as = mh_yaml_get(given, "as"),
		       *create = mh_yaml_get(given, "create");
	struct mh_yaml *kind = mh_yaml_get(given, "kind"), *owner = mh_yaml_get(given, "owner");
	const struct mh_city *c = st->stage->city;
	struct mh_err err = {0};
	struct raise r = {.in = {.kind = kind ? kind->text : st->kind,
				 .owner = owner ? mh_org_by_code(&c->orgs, owner->text) : -1}};
	if (at && !parse_moment(st, at->text, &st->stage->now)) {
		mh_story__fail(st, at->at, "write a moment as '2026-02-09 09:00'");
		return;
	}
	find_parent(st, given, &r);
	const struct mh_def *d = mh_city_def_for(c, r.in.kind, mh_time_day(st->stage->now, c->zone_min));
	if (!create || (!as && !r.in.parent_id)) mh_story__fail(st, given->at, "given needs: create, and as or parent");
	if (!d) mh_story__fail(st, given->at, "there is no kind " MH_STR_FMT, MH_STR_ARG(r.in.kind));
	if (as) r.in.by = party(st, as, 0);
	if (st->failed || st->n_cast == MH_CAST_MAX) return;
	MH_JSON_AUTO json_t *fields = mh_story__fields(st, d, create);
	r.in.fields = fields;
	enum mh_code code = mh_story__tx(st, raise_job, &r, &err);
	check_fails(st, given, code, &err);
	if (code != MH_OK || st->failed) return;
	st->cast[st->n_cast].name = name;
	st->cast[st->n_cast++].id = r.out.matter_id;
	settle(st, given->at);
}

/* --- acting --- */

struct acting {
	struct mh_act in;
	struct mh_outcome out;
	struct mh_yaml *evidence;
	json_t *files;
};

static enum mh_code add_files(struct mh_tx *tx, struct acting *a, const struct mh_matter *m, struct mh_err *reterr)
{
	static const struct mh_str types[] = {
		{"image/jpeg", 10}, {"application/pdf", 15}, {"video/mp4", 9}, {"audio/ogg", 9}};
	for (struct mh_yaml *y = a->evidence ? a->evidence->first : NULL; y; y = y->next) {
		int at = mh_def_evidence(m->def, y->key);
		int64_t n = 0, id;
		json_t *ids = json_array();
		mh_str_to_i64(y->text, &n);
		struct mh_file f = {.matter_id = m->id,
				    .hash = MH_STR("00"),
				    .size = 1,
				    .media_type = types[1],
				    .name = MH_STR("00")};
		bool again;
		for (int t = 3; at >= 0 && t >= 0; t--)
			if (m->def->evidence[at].accept >> t & 1) f.media_type = types[t];
		for (int64_t i = 0; i < n && i < 20; i++) {
			MH_TRY(mh_matter_file(tx, &f, &id, &again, reterr));
			json_array_append_new(ids, mh_json_str(mh_str_fmt(tx->arena, "%lld", (long long)id)));
		}
		struct mh_str key = mh_str_dup(tx->arena, y->key);
		MH_TRY_MEM(key.ptr, reterr);
		json_object_set_new(a->files, key.ptr, ids);
	}
	return MH_OK;
}

static enum mh_code act_job(struct mh_tx *tx, void *arg, struct mh_err *reterr)
{
	struct acting *a = arg;
	struct mh_matter *m;
	MH_TRY(mh_matter__load(tx, a->in.matter_id, &m, reterr));
	MH_TRY(add_files(tx, a, m, reterr));
	a->in.evidence = a->files;
	return mh_matter_act(tx, &a->in, &a->out, reterr);
}

static const struct mh_def *def_of(struct mh_story *st, int64_t id)
{
	struct mh_matter *m;
	MH_TX(tx, st->stage->city, st->stage->db, st->arena, st->stage->now);
	return mh_matter__load(&tx, id, &m, NULL) == MH_OK ? m->def : NULL;
}

static void act(struct mh_story *st, struct mh_yaml *step, struct mh_yaml *what)
{
	struct mh_yaml *as = mh_yaml_get(step, "as");
	struct mh_err err = {0};
	int64_t id = mh_story__on(st, step);
	const struct mh_def *d = id ? def_of(st, id) : NULL;
	if (!as || !d) {
		mh_story__fail(st, step->at, "a step needs: as, do");
		return;
	}
	MH_JSON_AUTO json_t *fields = mh_story__fields(st, d, mh_yaml_get(step, "with"));
	MH_JSON_AUTO json_t *files = json_object();
	struct acting a = {.in = {.matter_id = id,
				  .transition = what->text,
				  .fields = fields,
				  .by = party(st, as, id),
				  .expect_seq = -1},
			   .evidence = mh_yaml_get(step, "evidence"),
			   .files = files};
	if (st->failed) return;
	enum mh_code code = mh_story__tx(st, act_job, &a, &err);
	check_fails(st, step, code, &err);
	if (code == MH_OK) settle(st, step->at);
}

/* --- voting --- */

struct voting {
	int64_t id;
	struct mh_str choice;
	int64_t n;
};

/* The next n electors, in order, who have not voted. */
static enum mh_code vote_job(struct mh_tx *tx, void *arg, struct mh_err *reterr)
{
	struct voting *v = arg;
	struct mh_q_vote_last_row round;
	struct mh_q_ballot_of_vote_row *rows;
	size_t n;
	bool found = false;
	int64_t home = tx->city->home_id;
	MH_TRY(mh_q_vote_last(tx->db, tx->arena, &(struct mh_q_vote_last_in){.home_id = home, .matter_id = v->id},
			      &found, &round, reterr));
	if (!found) return MH_FAIL(reterr, MH_E_CONFLICT, "There is no vote");
	struct mh_q_ballot_of_vote_in in = {.home_id = home, .matter_id = v->id, .seq = round.seq};
	MH_TRY(mh_q_ballot_of_vote(tx->db, tx->arena, &in, &rows, &n, reterr));
	for (size_t i = 0; i < n && v->n > 0; i++) {
		struct mh_q_officer_get_row o;
		struct mh_outcome out;
		if (rows[i].choice.len) continue;
		MH_TRY(mh_q_officer_get(tx->db, tx->arena, &(struct mh_q_officer_get_in){.id = rows[i].officer_id},
					&found, &o, reterr));
		struct mh_party by = {
			.role = o.role, .org = mh_org_by_id(&tx->city->orgs, o.org_id), .officer = o.code};
		MH_TRY(mh_matter_ballot(tx, v->id, by, v->choice, &out, reterr));
		v->n--;
	}
	return v->n ? MH_FAIL(reterr, MH_E_CONFLICT, "There are not so many electors left") : MH_OK;
}

static void ballots(struct mh_story *st, struct mh_yaml *step, struct mh_yaml *map)
{
	int64_t id = mh_story__on(st, step);
	for (struct mh_yaml *y = map->first; y && id && !st->failed; y = y->next) {
		struct mh_err err = {0};
		struct voting v = {.id = id, .choice = y->key};
		mh_str_to_i64(y->text, &v.n);
		if (mh_story__tx(st, vote_job, &v, &err) != MH_OK)
			mh_story__fail(st, y->at, "voting failed: %s", err.message);
	}
	settle(st, step->at);
}

/* --- waiting --- */

struct looking {
	int64_t id;
	struct mh_str clock;
	mh_time at;
};

static enum mh_code look_job(struct mh_tx *tx, void *arg, struct mh_err *reterr)
{
	struct looking *l = arg;
	struct mh_matter *m;
	l->at = MH_FAR;
	if (!l->id) return mh_matter_next_clock(tx, &l->at, reterr);
	MH_TRY(mh_matter__load(tx, l->id, &m, reterr));
	MH_TRY(mh_clocks__load(tx, m, reterr));
	struct mh_mclock *k = mh_clocks__find(m, l->clock);
	if (k) l->at = k->fire_at;
	return MH_OK;
}

static mh_time look(struct mh_story *st, int64_t id, struct mh_str clock)
{
	struct looking l = {.id = id, .clock = clock};
	struct mh_err err = {0};
	return mh_story__tx(st, look_job, &l, &err) == MH_OK ? l.at : MH_FAR;
}

static void wait(struct mh_story *st, struct mh_yaml *step, struct mh_yaml *what)
{
	struct mh_stage *s = st->stage;
	struct mh_span span;
	mh_time until = 0;
	if (mh_str_starts(what->text, "until ")) {
		struct mh_str clock = {what->text.ptr + 6, what->text.len - 6};
		int64_t id = mh_story__on(st, step);
		until = id ? look(st, id, clock) : MH_FAR;
		if (until >= MH_TIME_MAX) {
			mh_story__fail(st, what->at, "the clock " MH_STR_FMT " does not run", MH_STR_ARG(clock));
			return;
		}
	} else if (mh_span_parse(what->text, &span)) until = mh_cal_due(mh_city_cal(s->city, 0), s->now, span).at;
	else if (!parse_moment(st, what->text, &until)) {
		mh_story__fail(st, what->at, "write: until CLOCK, a span such as 3wd, or a moment");
		return;
	}
	for (int i = 0; i < 1000 && !st->failed; i++) {
		mh_time next = look(st, 0, MH_STR(""));
		if (next > until) break;
		if (next > s->now) s->now = next;
		settle(st, step->at);
	}
	if (until > s->now) s->now = until;
	retain(st, step->at);
}

/* --- the story --- */

static void play(struct mh_story *st, struct mh_yaml *step)
{
	struct mh_yaml *y;
	if ((y = mh_yaml_get(step, "do"))) {
		act(st, step, y);
		return;
	}
	if ((y = mh_yaml_get(step, "then"))) {
		int64_t id = mh_story__on(st, step);
		if (id) mh_story__expect(st, id, y);
		return;
	}
	if ((y = mh_yaml_get(step, "wait"))) {
		wait(st, step, y);
		return;
	}
	if ((y = mh_yaml_get(step, "ballots"))) {
		ballots(st, step, y);
		return;
	}
	if ((y = mh_yaml_get(step, "other"))) {
		struct mh_yaml *given = mh_yaml_get(step, "given");
		if (given) raise(st, given, y->text);
		else mh_story__fail(st, step->at, "other needs: given");
		return;
	}
	if ((y = mh_yaml_get(step, "child"))) {
		mh_story__child(st, step, y->text);
		return;
	}
	mh_story__fail(st, step->at, "a step is one of: do, then, wait, other, child, ballots");
}

static enum mh_code silence_job(struct mh_tx *tx, void *arg, struct mh_err *reterr)
{
	(void)arg;
	int64_t home = tx->city->home_id;
	MH_TRY(mh_q_clock_silence(tx->db, &(struct mh_q_clock_silence_in){.home_id = home, .next_at = MH_FAR}, reterr));
	return mh_q_vote_silence(tx->db, &(struct mh_q_vote_silence_in){.home_id = home, .drawn_seq = 0}, reterr);
}

static void tell(struct mh_stage *s, struct mh_str file, struct mh_str kind, struct mh_yaml *y,
		 struct mh_scenario_count *count, struct mh_buf *report)
{
	struct mh_arena arena = MH_ARENA(0);
	struct mh_story st = {.stage = s, .arena = &arena, .file = file, .kind = kind, .report = report};
	struct mh_yaml *given = mh_yaml_get(y, "given"), *steps = mh_yaml_get(y, "steps"),
		       *name = mh_yaml_get(y, "name");
	struct mh_yaml *en = name && name->kind == MH_YAML_MAP ? mh_yaml_get(name, "en") : name;
	mh_story__tx(&st, silence_job, NULL, NULL);
	if (!given || !steps) mh_story__fail(&st, y->at, "a scenario needs: name, given, steps");
	else raise(&st, given, MH_STR("A"));
	for (struct mh_yaml *step = steps ? steps->first : NULL; step && !st.failed; step = step->next) play(&st, step);
	mh_buf_fmt(report, "%s  " MH_STR_FMT ": " MH_STR_FMT "\n", st.failed ? "FAIL" : "ok  ", MH_STR_ARG(kind),
		   MH_STR_ARG(en ? en->text : MH_STR("?")));
	*(st.failed ? &count->failed : &count->passed) += 1;
	mh_arena_done(&arena);
}

enum mh_code mh_scenarios_run(struct mh_stage *s, struct mh_str text, struct mh_str file,
			      struct mh_scenario_count *count, struct mh_buf *report, struct mh_err *reterr)
{
	struct mh_arena arena = MH_ARENA(0);
	struct mh_diags d = mh_diags_new(&arena, file);
	struct mh_str format = {NULL, 0}, kind = {NULL, 0};
	struct mh_yaml *top = mh_yaml_read(&arena, text, &d), *list = NULL;
	if (top) {
		if (!mh_yaml_str(top, "format", &format, &d) || !mh_str_is(format, "scenarios/1"))
			MH_DIAG_ERROR(&d, "format", top->at, "write: format: scenarios/1",
				      "this is not a file of scenarios");
		if (!mh_yaml_str(top, "kind", &kind, &d))
			MH_DIAG_ERROR(&d, "missing", top->at, NULL, "\"kind\" is missing");
		list = mh_yaml_get(top, "scenarios");
	}
	mh_diags_print(&d, report);
	enum mh_code code = mh_diags_result(&d, reterr);
	for (struct mh_yaml *y = list ? list->first : NULL; y && code == MH_OK; y = y->next)
		tell(s, file, kind, y, count, report);
	mh_arena_done(&arena);
	return code;
}
