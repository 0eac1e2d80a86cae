/* What a scenario expects of a matter, compared with what it is. */
#include "matter/scenario_priv.h"

#include <string.h>

struct seen {
	struct mh_story *st;
	struct mh_tx *tx;
	struct mh_matter *m;
};

static void differ(struct seen *s, const struct mh_yaml *y, struct mh_str want, struct mh_str got)
{
	mh_story__fail(s->st, y->at, MH_STR_FMT ": expected " MH_STR_FMT ", found " MH_STR_FMT, MH_STR_ARG(y->key),
		       MH_STR_ARG(want), MH_STR_ARG(got.len ? got : MH_STR("nothing")));
}

static void same_text(struct seen *s, const struct mh_yaml *y, struct mh_str got)
{
	if (mh_str_is(y->text, "none") && !got.len) return;
	if (!mh_str_eq(y->text, got)) differ(s, y, y->text, got);
}

static void same_int(struct seen *s, const struct mh_yaml *y, int64_t got)
{
	int64_t want;
	if (!mh_str_to_i64(y->text, &want) || want != got)
		differ(s, y, y->text, mh_str_fmt(s->st->arena, "%lld", (long long)got));
}

static void counts(struct seen *s, struct mh_yaml *map)
{
	for (struct mh_yaml *y = map->first; y; y = y->next) {
		struct mh_str key = mh_str_dup(s->st->arena, y->key);
		if (mh_def_transition(s->m->def, y->key) < 0)
			mh_story__fail(s->st, y->at, "there is no transition " MH_STR_FMT, MH_STR_ARG(y->key));
		same_int(s, y, key.ptr ? mh_json_get_int(s->m->uses, key.ptr, 0) : 0);
	}
}

static void children(struct seen *s, struct mh_yaml *map)
{
	struct mh_q_matter_children_row *rows;
	size_t n = 0;
	struct mh_q_matter_children_in in = {.home_id = s->tx->city->home_id, .parent_id = s->m->id, .limit = 500};
	if (mh_q_matter_children(s->tx->db, s->tx->arena, &in, &rows, &n, NULL) != MH_OK) {
		mh_story__fail(s->st, map->at, "cannot read the children");
		return;
	}
	for (struct mh_yaml *y = map->first; y; y = y->next) {
		int64_t have = 0;
		for (size_t i = 0; i < n; i++) have += mh_str_eq(rows[i].kind, y->key);
		same_int(s, y, have);
	}
}

struct finding {
	struct mh_story *st;
	struct mh_yaml *kind, *where;
	int64_t parent, found;
};

static bool is_wanted(struct mh_tx *tx, struct finding *f, struct mh_matter *m)
{
	if (f->kind && !mh_str_eq(f->kind->text, m->def->kind)) return false;
	MH_JSON_AUTO json_t *want = mh_story__fields(f->st, m->def, f->where);
	for (struct mh_yaml *y = f->where ? f->where->first : NULL; y; y = y->next) {
		struct mh_str key = mh_str_dup(tx->arena, y->key);
		int field = mh_def_field(m->def, y->key);
		if (field < 0 || !key.ptr) return false;
		if (!json_equal(json_object_get(want, key.ptr), mh_matter__value(tx, m, field))) return false;
	}
	return true;
}

static enum mh_code find_job(struct mh_tx *tx, void *arg, struct mh_err *reterr)
{
	struct finding *f = arg;
	struct mh_q_matter_children_row *rows;
	size_t n = 0;
	struct mh_q_matter_children_in in = {.home_id = tx->city->home_id, .parent_id = f->parent, .limit = 500};
	MH_TRY(mh_q_matter_children(tx->db, tx->arena, &in, &rows, &n, reterr));
	for (size_t i = 0; i < n && !f->found; i++) {
		struct mh_matter *m = NULL;
		MH_TRY(mh_matter__load(tx, rows[i].id, &m, reterr));
		if (is_wanted(tx, f, m)) f->found = m->id;
	}
	return MH_OK;
}

void mh_story__child(struct mh_story *st, struct mh_yaml *step, struct mh_str name)
{
	struct finding f = {.st = st, .kind = mh_yaml_get(step, "kind"), .where = mh_yaml_get(step, "where")};
	struct mh_err err = {0};
	f.parent = mh_story__on(st, step);
	if (!f.parent) return;
	if (mh_story__tx(st, find_job, &f, &err) != MH_OK || !f.found || st->n_cast == MH_CAST_MAX) {
		mh_story__fail(st, step->at, "there is no such child %s", err.message);
		return;
	}
	st->cast[st->n_cast].name = name;
	st->cast[st->n_cast++].id = f.found;
}

static void dues(struct seen *s, struct mh_yaml *map)
{
	for (struct mh_yaml *y = map->first; y; y = y->next) {
		struct mh_mclock *k = mh_clocks__find(s->m, y->key);
		struct mh_str got = MH_STR("");
		if (k && k->fire_at < MH_TIME_MAX) {
			struct mh_civil c = mh_time_civil(k->fire_at, s->tx->city->zone_min);
			got = mh_str_fmt(s->st->arena, "%04d-%02d-%02d %02d:%02d", c.year, c.month, c.day, c.hour,
					 c.minute);
		}
		same_text(s, y, got);
	}
}

static void fields(struct seen *s, struct mh_yaml *map)
{
	MH_JSON_AUTO json_t *want = mh_story__fields(s->st, s->m->def, map);
	for (struct mh_yaml *y = map->first; y; y = y->next) {
		struct mh_str key = mh_str_dup(s->st->arena, y->key);
		int f = mh_def_field(s->m->def, y->key);
		json_t *got = f < 0 ? NULL : mh_matter__value(s->tx, s->m, f);
		if (f < 0) mh_story__fail(s->st, y->at, "there is no field " MH_STR_FMT, MH_STR_ARG(y->key));
		else if (mh_str_is(y->text, "none") && !got) continue;
		else if (key.ptr && !json_equal(json_object_get(want, key.ptr), got))
			differ(s, y, y->text, mh_json_text(s->st->arena, got));
	}
}

static void main_of(struct seen *s, struct mh_yaml *y)
{
	struct mh_matter *main = NULL;
	if (s->m->main_id && mh_matter__load(s->tx, s->m->main_id, &main, NULL) != MH_OK) return;
	for (int i = 0; i < s->st->n_cast; i++)
		if (main && s->st->cast[i].id == main->id) {
			same_text(s, y, mh_str_fmt(s->st->arena, "$" MH_STR_FMT, MH_STR_ARG(s->st->cast[i].name)));
			return;
		}
	same_text(s, y, MH_STR(""));
}

static void erased(struct seen *s, struct mh_yaml *y)
{
	if (mh_matter__key(s->tx, s->m, NULL) != MH_OK) mh_story__fail(s->st, y->at, "cannot read the matter's key");
	same_text(s, y, s->m->erased ? MH_STR("yes") : MH_STR("no"));
}

/* How many files can still be had. */
static void files(struct seen *s, struct mh_yaml *y)
{
	struct mh_q_file_of_matter_row *rows;
	size_t n = 0;
	int64_t there = 0;
	struct mh_q_file_of_matter_in in = {.home_id = s->tx->city->home_id, .matter_id = s->m->id, .limit = 1000};
	if (mh_q_file_of_matter(s->tx->db, s->tx->arena, &in, &rows, &n, NULL) != MH_OK)
		mh_story__fail(s->st, y->at, "cannot read the files");
	for (size_t i = 0; i < n; i++) there += rows[i].name.len > 0;
	same_int(s, y, there);
}

static void one(struct seen *s, struct mh_yaml *y)
{
	const struct mh_state *state = &s->m->def->states[s->m->state];
	const struct mh_orgs *o = &s->tx->city->orgs;
	if (mh_str_is(y->key, "state")) same_text(s, y, state->name);
	else if (mh_str_is(y->key, "category")) same_text(s, y, mh_str_c(mh_category_names[state->category]));
	else if (mh_str_is(y->key, "room")) same_text(s, y, mh_str_c(mh_room_names[state->room]));
	else if (mh_str_is(y->key, "owner")) same_text(s, y, mh_org_code(o, s->m->owner));
	else if (mh_str_is(y->key, "answers"))
		same_text(s, y, mh_org_code(o, s->m->super >= 0 ? s->m->super : s->m->owner));
	else if (mh_str_is(y->key, "level")) same_int(s, y, s->m->level);
	else if (mh_str_is(y->key, "mark")) same_text(s, y, s->m->mark);
	else if (mh_str_is(y->key, "reports")) same_int(s, y, mh_matter__reports(s->tx, s->m));
	else if (mh_str_is(y->key, "main")) main_of(s, y);
	else if (mh_str_is(y->key, "count")) counts(s, y);
	else if (mh_str_is(y->key, "children")) children(s, y);
	else if (mh_str_is(y->key, "due")) dues(s, y);
	else if (mh_str_is(y->key, "fields")) fields(s, y);
	else if (mh_str_is(y->key, "erased")) erased(s, y);
	else if (mh_str_is(y->key, "files")) files(s, y);
	else
		mh_story__fail(s->st, y->key_at,
			       "unknown expectation " MH_STR_FMT
			       "; known: state, category, room, owner, answers, level, mark, reports, main, count, "
			       "children, due, fields, erased, files",
			       MH_STR_ARG(y->key));
}

void mh_story__expect(struct mh_story *st, int64_t id, struct mh_yaml *then)
{
	struct mh_arena arena = MH_ARENA(0);
	{
		MH_TX(tx, st->stage->city, st->stage->db, &arena, st->stage->now);
		struct seen s = {.st = st, .tx = &tx};
		struct mh_err err = {0};
		if (mh_matter__load(&tx, id, &s.m, &err) != MH_OK || mh_clocks__load(&tx, s.m, &err) != MH_OK)
			mh_story__fail(st, then->at, "cannot read the matter: %s", err.message);
		for (struct mh_yaml *y = then->first; y && !st->failed; y = y->next) one(&s, y);
	}
	mh_arena_done(&arena);
}
