/* Reading matters as JSON. Labels come from the definition, so that no page needs to know a kind. */
#include "matter/matter_priv.h"

#define ROWS 1000

static json_t *text(struct mh_str s)
{
	return mh_json_str(s);
}

static json_t *id_text(struct mh_arena *a, int64_t id)
{
	return mh_json_str(mh_str_fmt(a, "%lld", (long long)id));
}

json_t *mh_view__time(const struct mh_tx *tx, mh_time t)
{
	return t <= 0 || t >= MH_TIME_MAX ? json_null() : mh_json_str(mh_time_text(tx->arena, t, tx->city->zone_min));
}

static json_t *label(const struct mh_label *l)
{
	return json_pack("{s:s%, s:s%}", "zh", l->zh.ptr, l->zh.len, "en", l->en.ptr, l->en.len);
}

json_t *mh_view__org(const struct mh_tx *tx, int org)
{
	if (org < 0) return json_null();
	const struct mh_org *o = &tx->city->orgs.list[org];
	return json_pack("{s:s%, s:s%, s:s%, s:i}", "code", o->code.ptr, o->code.len, "zh", o->zh.ptr, o->zh.len, "en",
			 o->en.ptr, o->en.len, "level", o->level);
}

json_t *mh_view__state(const struct mh_def *d, int state)
{
	const struct mh_state *s = &d->states[state];
	return json_pack("{s:s%, s:o, s:s, s:s}", "name", s->name.ptr, s->name.len, "label", label(&s->label),
			 "category", mh_category_names[s->category], "room", mh_room_names[s->room]);
}

static json_t *clock_of(const struct mh_tx *tx, const struct mh_matter *m, const struct mh_mclock *k)
{
	static const char *const lives[] = {"running", "paused", "stopped", "expired"};
	int name = mh_def_clock(m->def, k->name);
	bool late = k->life == MH_CLOCK_EXPIRED || (k->life == MH_CLOCK_RUNNING && k->fire_at < tx->now);
	return json_pack("{s:s%, s:o, s:s, s:o, s:s, s:b, s:b}", "name", k->name.ptr, k->name.len, "label",
			 name < 0 ? json_null() : label(&m->def->clocks[name].label), "how", lives[k->life], "due",
			 mh_view__time(tx, k->fire_at), "unit", k->by_day ? "day" : mh_unit_names[k->timer.unit],
			 "late", late, "lasting", name >= 0 && m->def->clocks[name].lasting);
}

static json_t *clocks(struct mh_tx *tx, struct mh_matter *m)
{
	json_t *list = json_array();
	for (int i = 0; list && i < m->n_clocks; i++)
		if (m->clocks[i].life != MH_CLOCK_STOPPED &&
		    json_array_append_new(list, clock_of(tx, m, &m->clocks[i])) != 0)
			break;
	return list;
}

static json_t *fields(struct mh_tx *tx, struct mh_matter *m, bool unmask)
{
	json_t *list = json_object();
	for (size_t i = 0; list && i < m->def->n_fields; i++) {
		const struct mh_field *f = &m->def->fields[i];
		if (f->personal && !unmask) continue;
		json_t *v = mh_matter__value(tx, m, (int)i);
		if (v) json_object_setn(list, f->name.ptr, f->name.len, v);
	}
	return list;
}

static json_t *links(struct mh_tx *tx, struct mh_matter *m, struct mh_err *reterr)
{
	struct mh_q_link_from_row *from;
	struct mh_q_link_to_row *to;
	size_t n = 0;
	json_t *list = json_array();
	struct mh_q_link_from_in a = {.home_id = tx->city->home_id, .from_id = m->id, .limit = ROWS};
	struct mh_q_link_to_in b = {.home_id = tx->city->home_id, .to_id = m->id, .limit = ROWS};
	if (mh_q_link_from(tx->db, tx->arena, &a, &from, &n, reterr) != MH_OK) n = 0;
	for (size_t i = 0; i < n; i++)
		json_array_append_new(list,
				      json_pack("{s:s%, s:s, s:s%, s:s%, s:s%, s:b}", "word", from[i].word.ptr,
						from[i].word.len, "way", "to", "ref", from[i].ref.ptr, from[i].ref.len,
						"number", from[i].number.ptr, from[i].number.len, "state",
						from[i].state.ptr, from[i].state.len, "ended", from[i].ended_seq >= 0));
	if (mh_q_link_to(tx->db, tx->arena, &b, &to, &n, reterr) != MH_OK) n = 0;
	for (size_t i = 0; i < n; i++)
		json_array_append_new(list,
				      json_pack("{s:s%, s:s, s:s%, s:s%, s:s%, s:b}", "word", to[i].word.ptr,
						to[i].word.len, "way", "from", "ref", to[i].ref.ptr, to[i].ref.len,
						"number", to[i].number.ptr, to[i].number.len, "state", to[i].state.ptr,
						to[i].state.len, "ended", to[i].ended_seq >= 0));
	return list;
}

static json_t *files(struct mh_tx *tx, struct mh_matter *m, struct mh_err *reterr)
{
	struct mh_q_file_of_matter_row *rows;
	size_t n = 0;
	json_t *list = json_array();
	struct mh_q_file_of_matter_in in = {.home_id = tx->city->home_id, .matter_id = m->id, .limit = ROWS};
	if (mh_q_file_of_matter(tx->db, tx->arena, &in, &rows, &n, reterr) != MH_OK) n = 0;
	for (size_t i = 0; i < n; i++)
		json_array_append_new(list,
				      json_pack("{s:o, s:s%, s:s%, s:s%, s:I, s:b}", "id",
						id_text(tx->arena, rows[i].id), "evidence", rows[i].evidence.ptr,
						rows[i].evidence.len, "sha256", rows[i].hash.ptr, rows[i].hash.len,
						"type", rows[i].media_type.ptr, rows[i].media_type.len, "size",
						(json_int_t)rows[i].size, "erased", rows[i].name.len == 0));
	return list;
}

static enum mh_code vote(struct mh_tx *tx, struct mh_matter *m, json_t *view, struct mh_err *reterr)
{
	struct mh_q_vote_last_row row;
	struct mh_q_ballot_of_vote_row *ballots;
	size_t n, cast = 0;
	bool found = false;
	MH_TRY(mh_q_vote_last(tx->db, tx->arena,
			      &(struct mh_q_vote_last_in){.home_id = tx->city->home_id, .matter_id = m->id}, &found,
			      &row, reterr));
	if (!found) return MH_OK;
	struct mh_q_ballot_of_vote_in in = {.home_id = tx->city->home_id, .matter_id = m->id, .seq = row.seq};
	MH_TRY(mh_q_ballot_of_vote(tx->db, tx->arena, &in, &ballots, &n, reterr));
	json_t *electors = json_array();
	for (size_t i = 0; i < n; i++) {
		struct mh_q_officer_get_row o;
		bool known = false;
		cast += ballots[i].choice.len > 0;
		MH_TRY(mh_q_officer_get(tx->db, tx->arena, &(struct mh_q_officer_get_in){.id = ballots[i].officer_id},
					&known, &o, reterr));
		if (known)
			json_array_append_new(electors, json_pack("{s:s%, s:s%, s:s%, s:b}", "code", o.code.ptr,
								  o.code.len, "zh", o.zh.ptr, o.zh.len, "en", o.en.ptr,
								  o.en.len, "voted", ballots[i].choice.len > 0));
	}
	json_t *v = json_pack("{s:s%, s:b, s:s%, s:I, s:I, s:s%, s:o}", "name", row.name.ptr, row.name.len, "drawn",
			      row.drawn_seq >= 0, "root", row.draw_root.ptr, row.draw_root.len, "electors_n",
			      (json_int_t)n, "cast", (json_int_t)cast, "outcome", row.outcome.ptr, row.outcome.len,
			      "electors", electors);
	return v && json_object_set_new(view, "vote", v) == 0 ? MH_OK : mh_no_memory(reterr);
}

static json_t *head(struct mh_tx *tx, struct mh_matter *m)
{
	const struct mh_def *d = m->def;
	json_t *j = json_pack("{s:s%, s:s%, s:s%, s:I, s:o, s:o, s:i, s:o, s:o, s:o, s:o, s:o, s:I}", "ref", m->ref.ptr,
			      m->ref.len, "number", m->number.ptr, m->number.len, "kind", d->kind.ptr, d->kind.len,
			      "version", (json_int_t)d->version, "title", label(&d->title), "state",
			      mh_view__state(d, m->state), "level", m->level, "owner", mh_view__org(tx, m->owner),
			      "answers", mh_view__org(tx, m->super >= 0 ? m->super : m->owner), "place",
			      mh_view__org(tx, m->place), "created", mh_view__time(tx, m->created), "entered",
			      mh_view__time(tx, m->entered), "seq", (json_int_t)m->last_seq);
	if (!j) return NULL;
	json_object_set_new(j, "category", text(m->class_code));
	json_object_set_new(j, "channel", text(m->channel));
	json_object_set_new(j, "mark", text(m->mark));
	return j;
}

static enum mh_code main_of(struct mh_tx *tx, struct mh_matter *m, json_t *view, struct mh_err *reterr)
{
	struct mh_matter *main;
	if (!m->main_id) return json_object_set_new(view, "main", json_null()) == 0 ? MH_OK : mh_no_memory(reterr);
	MH_TRY(mh_matter__load(tx, m->main_id, &main, reterr));
	return json_object_set_new(view, "main", text(main->ref)) == 0 ? MH_OK : mh_no_memory(reterr);
}

enum mh_code mh_matter_view(struct mh_tx *tx, int64_t id, bool unmask, json_t **ret, struct mh_err *reterr)
{
	struct mh_matter *m;
	MH_TRY(mh_matter__load(tx, id, &m, reterr));
	MH_TRY(mh_clocks__load(tx, m, reterr));
	MH_JSON_AUTO json_t *j = head(tx, m);
	MH_TRY_MEM(j, reterr);
	json_object_set_new(j, "reports", json_integer(mh_matter__reports(tx, m)));
	json_object_set_new(j, "clocks", clocks(tx, m));
	json_object_set_new(j, "fields", fields(tx, m, unmask));
	json_object_set_new(j, "masked", json_boolean(!unmask));
	json_object_set_new(j, "links", links(tx, m, reterr));
	json_object_set_new(j, "files", files(tx, m, reterr));
	MH_TRY(main_of(tx, m, j, reterr));
	MH_TRY(vote(tx, m, j, reterr));
	*ret = json_incref(j);
	return MH_OK;
}

/* Where whoever acted holds the office: `u`, or the unit that has the matter. Neither residents nor clocks hold one. */
static int unit_of(const struct mh_tx *tx, const struct mh_def *d, const json_t *entry)
{
	struct mh_str own = mh_json_get_str(entry, "u");
	if (own.len) return mh_org_by_code(&tx->city->orgs, own);
	int role = mh_def_role(d, mh_json_get_str(entry, "by"));
	if (role < 0 || (d->roles[role].levels & 1)) return -1;
	return mh_org_by_code(&tx->city->orgs, mh_json_get_str(entry, "org"));
}

enum mh_code mh_matter_events(struct mh_tx *tx, int64_t id, json_t **ret, struct mh_err *reterr)
{
	struct mh_matter *m;
	struct mh_q_event_of_matter_row *rows;
	size_t n;
	MH_TRY(mh_matter__load(tx, id, &m, reterr));
	struct mh_q_event_of_matter_in in = {.home_id = tx->city->home_id, .matter_id = m->id, .limit = ROWS};
	MH_TRY(mh_q_event_of_matter(tx->db, tx->arena, &in, &rows, &n, reterr));
	MH_JSON_AUTO json_t *list = json_array();
	MH_TRY_MEM(list, reterr);
	for (size_t i = 0; i < n; i++) {
		json_t *e;
		MH_TRY(mh_json_parse((struct mh_str){(const char *)rows[i].entry.ptr, rows[i].entry.len}, &e, reterr));
		int t = mh_def_transition(m->def, mh_json_get_str(e, "e"));
		if (t >= 0) json_object_set_new(e, "label", label(&m->def->transitions[t].label));
		int unit = unit_of(tx, m->def, e);
		if (unit >= 0) json_object_set_new(e, "unit", mh_view__org(tx, unit));
		json_object_set_new(e, "seq", json_integer(mh_seq_join(rows[i].log, rows[i].seq)));
		json_object_set_new(e, "at", mh_view__time(tx, mh_json_get_int(e, "t", 0) * 1000));
		if (json_array_append_new(list, e) != 0) return mh_no_memory(reterr);
	}
	*ret = json_incref(list);
	return MH_OK;
}

/* --- forms --- */

json_t *mh_view__form_field(const struct mh_def *d, const struct mh_field *f, bool required)
{
	json_t *values = json_array();
	for (size_t i = 0; i < f->n_values; i++)
		json_array_append_new(values, json_pack("{s:s%, s:o}", "name", f->values[i].name.ptr,
							f->values[i].name.len, "label", label(&f->values[i].label)));
	json_t *j = json_pack("{s:s%, s:o, s:s, s:b, s:o, s:I, s:I, s:b, s:b}", "name", f->name.ptr, f->name.len,
			      "label", label(&f->label), "type", mh_field_type_names[f->type], "required", required,
			      "values", values, "min", (json_int_t)f->min, "max", (json_int_t)f->max, "personal",
			      f->personal, "public", f->is_public);
	if (f->type == MH_F_OFFICER && f->role >= 0) json_object_set_new(j, "role", text(d->roles[f->role].name));
	return j;
}

json_t *mh_view__form_evidence(const struct mh_evidence *e)
{
	return json_pack("{s:s%, s:o, s:i, s:i}", "name", e->name.ptr, e->name.len, "label", label(&e->label), "min",
			 e->min, "accept", (int)e->accept);
}

static json_t *form(const struct mh_def *d, const struct mh_transition *t)
{
	json_t *list = json_array(), *ev = json_array();
	for (size_t i = 0; i < t->n_require; i++)
		json_array_append_new(list, mh_view__form_field(d, &d->fields[t->require[i]], true));
	for (size_t i = 0; i < t->n_optional; i++)
		json_array_append_new(list, mh_view__form_field(d, &d->fields[t->optional[i]], false));
	for (size_t i = 0; i < t->n_evidence; i++)
		json_array_append_new(ev, mh_view__form_evidence(&d->evidence[t->evidence[i]]));
	return json_pack("{s:s%, s:o, s:o, s:o}", "name", t->name.ptr, t->name.len, "label", label(&t->label), "fields",
			 list, "evidence", ev);
}

static bool possible(struct mh_tx *tx, struct mh_matter *m, const struct mh_transition *t)
{
	bool here = false;
	struct mh_str key = mh_str_dup(tx->arena, t->name);
	for (size_t i = 0; i < t->n_from; i++) here = here || t->from[i] == m->state;
	if (!here || t->trigger != MH_BY_PERSON || !key.ptr) return false;
	return t->max == 0 || mh_json_get_int(m->uses, key.ptr, 0) < t->max;
}

enum mh_code mh_matter_actions(struct mh_tx *tx, int64_t id, struct mh_party by, json_t **ret, struct mh_err *reterr)
{
	struct mh_matter *m;
	MH_TRY(mh_matter__load(tx, id, &m, reterr));
	MH_JSON_AUTO json_t *list = json_array();
	MH_TRY_MEM(list, reterr);
	for (size_t i = 0; i < m->def->n_transitions; i++) {
		const struct mh_transition *t = &m->def->transitions[i];
		if (!possible(tx, m, t) || mh_matter__may(tx, m, t, &by, NULL) != MH_OK) continue;
		if (json_array_append_new(list, form(m->def, t)) != 0) return mh_no_memory(reterr);
	}
	*ret = json_incref(list);
	return MH_OK;
}

json_t *mh_view__intake_form(const struct mh_def *d)
{
	json_t *list = json_array();
	for (size_t i = 0; i < d->n_fields; i++)
		if (d->fields[i].set_create)
			json_array_append_new(list, mh_view__form_field(d, &d->fields[i], d->fields[i].required));
	return json_pack("{s:s%, s:I, s:o, s:o}", "kind", d->kind.ptr, d->kind.len, "version", (json_int_t)d->version,
			 "title", label(&d->title), "fields", list);
}

json_t *mh_city_forms(const struct mh_tx *tx)
{
	mh_day today = mh_time_day(tx->now, tx->city->zone_min);
	json_t *list = json_array();
	for (size_t i = 0; list && i < tx->city->n_defs; i++) {
		const struct mh_def *d = tx->city->defs[i];
		if (d->child_only || mh_city_def_for(tx->city, d->kind, today) != d) continue;
		if (json_array_append_new(list, mh_view__intake_form(d)) != 0) break;
	}
	return list;
}

/* --- what the person who raised it sees --- */

/* The public answer is of the main matter when this one was merged. Only public fields, what they wrote themselves, and
 * what the definition has told to them: of another person's matter never that. */
static enum mh_code followed_fields(struct mh_tx *tx, struct mh_matter *m, struct mh_matter *from, json_t *to,
				    struct mh_err *reterr)
{
	for (size_t i = 0; i < from->def->n_fields; i++) {
		const struct mh_field *f = &from->def->fields[i];
		bool own = from == m && (f->set_create || f->told);
		if (!own && !(f->is_public && !f->personal)) continue;
		bool there = json_object_getn(to, f->name.ptr, f->name.len);
		json_t *v = there ? NULL : mh_matter__value(tx, from, (int)i);
		if (v && json_object_setn(to, f->name.ptr, f->name.len, v) != 0) return mh_no_memory(reterr);
	}
	return MH_OK;
}

enum mh_code mh_matter_follow(struct mh_tx *tx, int64_t id, json_t **ret, struct mh_err *reterr)
{
	struct mh_matter *m, *main = NULL;
	MH_TRY(mh_matter__load(tx, id, &m, reterr));
	MH_TRY(mh_clocks__load(tx, m, reterr));
	MH_JSON_AUTO json_t *j = head(tx, m);
	MH_JSON_AUTO json_t *shown = json_object();
	json_t *events = NULL;
	MH_TRY_MEM(j, reterr);
	MH_TRY_MEM(shown, reterr);
	MH_TRY(followed_fields(tx, m, m, shown, reterr));
	if (m->main_id) {
		MH_TRY(mh_matter__load(tx, m->main_id, &main, reterr));
		MH_TRY(followed_fields(tx, m, main, shown, reterr));
	}
	MH_TRY(mh_matter_events(tx, id, &events, reterr));
	json_object_set_new(j, "events", events);
	json_object_set(j, "fields", shown);
	json_object_set_new(j, "merged", json_boolean(m->main_id != 0));
	json_object_set_new(j, "due", mh_view__time(tx, mh_clocks__due(m)));
	json_object_set_new(j, "clocks", clocks(tx, m));
	*ret = json_incref(j);
	return MH_OK;
}
