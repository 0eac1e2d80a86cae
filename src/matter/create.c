/* A matter comes into being: intake by a person, or a child of another matter. */
#include "matter/matter_priv.h"

#include "base/yaml.h"

#include <string.h>

static enum mh_code unknown_field(const struct mh_def *d, const char *key, struct mh_err *reterr)
{
	struct mh_str names[64];
	size_t n = 0;
	for (size_t i = 0; i < d->n_fields && n < 64; i++)
		if (d->fields[i].set_create) names[n++] = d->fields[i].name;
	struct mh_str near = mh_nearest(mh_str_c(key), names, n);
	enum mh_code code = MH_FAIL(reterr, MH_E_INVALID,
				    "The field \"%.80s\" cannot be given when a " MH_STR_FMT " is raised", key,
				    MH_STR_ARG(d->kind));
	mh_err_field(reterr, key, (int)strlen(key));
	if (near.len) mh_err_hint(reterr, "Did you mean \"" MH_STR_FMT "\"?", MH_STR_ARG(near));
	return code;
}

static enum mh_code check_given(struct mh_tx *tx, const struct mh_def *d, const json_t *fields, json_t **ret,
				struct mh_err *reterr)
{
	MH_JSON_AUTO json_t *given = json_object();
	MH_TRY_MEM(given, reterr);
	const char *key;
	json_t *v, *normal;
	json_object_foreach((json_t *)(uintptr_t)fields, key, v) {
		int f = mh_def_field(d, mh_str_c(key));
		if (f < 0 || !d->fields[f].set_create) return unknown_field(d, key, reterr);
		if (json_is_null(v)) continue;
		MH_TRY(mh_matter__field(tx, d, f, v, &normal, reterr));
		if (json_object_set_new(given, key, normal) != 0) return mh_no_memory(reterr);
	}
	*ret = json_incref(given);
	return MH_OK;
}

static enum mh_code check_required(const struct mh_def *d, const json_t *given, struct mh_err *reterr)
{
	for (size_t i = 0; i < d->n_fields; i++) {
		const struct mh_field *f = &d->fields[i];
		if (!f->set_create || !f->required || json_object_getn(given, f->name.ptr, f->name.len)) continue;
		return mh_matter__about(
			f,
			MH_FAIL(reterr, MH_E_INVALID, "The field \"" MH_STR_FMT "\" is missing", MH_STR_ARG(f->name)),
			reterr);
	}
	return MH_OK;
}

static enum mh_code identity(struct mh_tx *tx, struct mh_matter *m, int64_t *ret_n, struct mh_err *reterr)
{
	struct mh_city *c = tx->city;
	m->id = mh_city_next_id(c, tx->now);
	m->ref = mh_city_new_ref(c, tx->arena, tx->now);
	MH_TRY_MEM(m->ref.ptr, reterr);
	int year = mh_time_civil(tx->now, c->zone_min).year;
	MH_TRY(mh_city_next_number(c, tx->db, year, ret_n, reterr));
	m->number = mh_str_fmt(tx->arena, "%d-" MH_STR_FMT "-%06lld", year, MH_STR_ARG(c->home_code),
			       (long long)*ret_n);
	return m->number.ptr ? MH_OK : mh_no_memory(reterr);
}

static enum mh_code new_key(struct mh_tx *tx, struct mh_matter *m, struct mh_err *reterr)
{
	struct mh_q_matter_key_add_in in = {.home_id = tx->city->home_id, .matter_id = m->id};
	mh_random(&tx->city->rng, m->key.b, sizeof m->key.b);
	m->has_key = true;
	MH_TRY(mh_seal(tx->arena, &tx->city->master, &tx->city->rng, m->ref,
		       (struct mh_bytes){m->key.b, sizeof m->key.b}, &in.sealed, reterr));
	return mh_q_matter_key_add(tx->db, &in, reterr);
}

/* Place, category and channel are what lists and the duty catalogue go by: they are the first field of their type. */
static void index_fields(struct mh_tx *tx, struct mh_matter *m, const json_t *given)
{
	for (size_t i = 0; i < m->def->n_fields; i++) {
		const struct mh_field *f = &m->def->fields[i];
		bool channel = mh_str_is(f->name, "channel");
		if (f->type != MH_F_PLACE && f->type != MH_F_CATEGORY && !channel) continue;
		const json_t *v = json_object_getn(given, f->name.ptr, f->name.len);
		if (f->type == MH_F_PLACE && m->place < 0 && v)
			m->place = mh_org_by_code(&tx->city->orgs, json_is_string(v) ? mh_str_c(json_string_value(v))
										     : mh_json_get_str(v, "org"));
		if (f->type == MH_F_CATEGORY && !m->class_code.len && json_is_string(v))
			m->class_code = mh_str_dup(tx->arena, mh_str_c(json_string_value(v)));
		if (channel && json_is_string(v)) m->channel = mh_str_dup(tx->arena, mh_str_c(json_string_value(v)));
	}
}

void mh_engine__reindex(struct mh_tx *tx, struct mh_matter *m, const json_t *given)
{
	for (size_t i = 0; i < m->def->n_fields; i++) {
		const struct mh_field *f = &m->def->fields[i];
		if (!json_object_getn(given, f->name.ptr, f->name.len)) continue;
		if (f->type == MH_F_PLACE) m->place = -1;
		if (f->type == MH_F_CATEGORY) m->class_code = MH_STR("");
	}
	index_fields(tx, m, given);
}

static enum mh_code of_parent(struct mh_tx *tx, struct mh_matter *m, const struct mh_create *in, struct mh_err *reterr)
{
	struct mh_matter *parent;
	m->level = 1;
	if (in->parent_id) {
		MH_TRY(mh_matter__load(tx, in->parent_id, &parent, reterr));
		m->parent_id = parent->id;
		if (m->place < 0) m->place = parent->place;
		if (!m->class_code.len) m->class_code = parent->class_code;
	}
	if (in->owner >= 0) {
		m->owner = in->owner;
		m->level = tx->city->orgs.list[in->owner].level;
	}
	return MH_OK;
}

static void tracking(const struct mh_tx *tx, const struct mh_matter *m, char code[20])
{
	code[0] = '\0';
	if (m->def->child_only) return;
	mh_tracking_code(&tx->city->master, m->id, code);
}

static enum mh_code record(struct mh_tx *tx, struct mh_matter *m, const struct mh_create *in, json_t *header,
			   json_t *payload, struct mh_err *reterr)
{
	if (in->raised && in->raised < tx->now &&
	    json_object_set_new(header, "raised", json_integer(in->raised / 1000)) != 0)
		return mh_no_memory(reterr);
	if (in->by.officer.len && json_object_set_new(payload, "officer", mh_json_str(in->by.officer)) != 0)
		return mh_no_memory(reterr);
	struct mh_event ev = {.name = "created",
			      .by = in->by.role.len ? in->by.role : MH_STR("public"),
			      .org = in->by.org,
			      .from = -1,
			      .to = m->state,
			      .header = json_incref(header),
			      .payload = json_incref(payload)};
	return mh_event__append(tx, m, &ev, reterr);
}

static enum mh_code build(struct mh_tx *tx, struct mh_matter *m, const struct mh_create *in, json_t *given,
			  struct mh_err *reterr)
{
	const struct mh_state *s = &m->def->states[m->state];
	MH_JSON_AUTO json_t *header = json_object();
	MH_JSON_AUTO json_t *payload = json_object();
	if (!header || !payload) return mh_no_memory(reterr);
	MH_TRY(mh_engine__apply(tx, m, given, header, payload, reterr));
	index_fields(tx, m, given);
	MH_TRY(of_parent(tx, m, in, reterr));
	MH_TRY(mh_effects__before(tx, m, s->enter, s->n_enter, header, reterr));
	MH_TRY(new_key(tx, m, reterr));
	MH_TRY(record(tx, m, in, header, payload, reterr));
	MH_TRY(mh_clocks__enter(tx, m, -1, reterr));
	MH_TRY(mh_effects__clocks(tx, m, s->enter, s->n_enter, reterr));
	if (s->vote >= 0) MH_TRY(mh_vote__open(tx, m, s->vote, reterr));
	MH_TRY(mh_matter__save(tx, m, reterr));
	mh_matter__say_new(tx->city, m, given);
	if (in->parent_id) MH_TRY(mh_effects__link(tx, m, in->parent_id, in->link_word, reterr));
	return mh_effects__after(tx, m, s->enter, s->n_enter, reterr);
}

static enum mh_code definition(struct mh_tx *tx, const struct mh_create *in, const struct mh_def **ret,
			       struct mh_err *reterr)
{
	const struct mh_def *d = mh_city_def_for(tx->city, in->kind, mh_time_day(tx->now, tx->city->zone_min));
	if (!d) {
		struct mh_str kinds[64];
		size_t n = 0;
		for (size_t i = 0; i < tx->city->n_defs && n < 64; i++) kinds[n++] = tx->city->defs[i]->kind;
		struct mh_str near = mh_nearest(in->kind, kinds, n);
		/* what was sent is not said again: it may be anything, also personal */
		enum mh_code code = MH_FAIL(reterr, MH_E_INVALID, "There is no such kind of matter");
		if (near.len) mh_err_hint(reterr, "Did you mean \"" MH_STR_FMT "\"?", MH_STR_ARG(near));
		return code;
	}
	if (d->child_only && !in->parent_id)
		return MH_FAIL(reterr, MH_E_FORBIDDEN, "A " MH_STR_FMT " is only made by another matter",
			       MH_STR_ARG(d->kind));
	*ret = d;
	return MH_OK;
}

/* --- idempotency --- */

struct mh_str mh_engine__request_hash(struct mh_tx *tx, struct mh_str what, const json_t *fields, const json_t *more)
{
	struct mh_str f = fields ? mh_json_text(tx->arena, fields) : MH_STR("");
	struct mh_str g = more ? mh_json_text(tx->arena, more) : MH_STR("");
	struct mh_bytes parts[] = {{(const unsigned char *)what.ptr, what.len},
				   {(const unsigned char *)"\n", 1},
				   {(const unsigned char *)f.ptr, f.len},
				   {(const unsigned char *)"\n", 1},
				   {(const unsigned char *)g.ptr, g.len}};
	struct mh_hash h = mh_sha256_of(parts, 5);
	return mh_hash_hex(tx->arena, &h);
}

enum mh_code mh_engine__outcome(struct mh_tx *tx, struct mh_matter *m, struct mh_outcome *ret, struct mh_err *reterr)
{
	MH_TRY(mh_clocks__load(tx, m, reterr));
	*ret = (struct mh_outcome){.matter_id = m->id,
				   .seq = m->last_seq,
				   .ref = m->ref,
				   .number = m->number,
				   .state = m->def->states[m->state].name,
				   .due = mh_clocks__due(m)};
	return MH_OK;
}

enum mh_code mh_engine__repeated(struct mh_tx *tx, struct mh_str request_id, struct mh_str hash, bool *ret_again,
				 struct mh_matter **ret, struct mh_err *reterr)
{
	struct mh_q_request_key_get_row row;
	*ret_again = false;
	if (!request_id.len || mh_city_key_fresh(tx->city, request_id)) return MH_OK;
	struct mh_q_request_key_get_in in = {.home_id = tx->city->home_id, .request_id = request_id};
	MH_TRY(mh_q_request_key_get(tx->db, tx->arena, &in, ret_again, &row, reterr));
	if (!*ret_again) return MH_OK;
	if (!mh_str_eq(row.hash, hash)) {
		enum mh_code code = MH_FAIL(reterr, MH_E_REUSED_KEY,
					    "This idempotency key was used for another request");
		mh_err_hint(reterr, "Use a new key for a new request; repeat a request unchanged.");
		return code;
	}
	return mh_matter__load(tx, row.matter_id, ret, reterr);
}

enum mh_code mh_engine__remember(struct mh_tx *tx, struct mh_str request_id, struct mh_str hash,
				 const struct mh_matter *m, struct mh_err *reterr)
{
	struct mh_q_request_key_add_in in = {.home_id = tx->city->home_id,
					     .request_id = request_id,
					     .hash = hash,
					     .matter_id = m->id,
					     .seq = m->last_seq,
					     .at = tx->now};
	if (!request_id.len) return MH_OK;
	mh_city_key_use(tx->city, request_id);
	return mh_q_request_key_add(tx->db, &in, reterr);
}

static enum mh_code make(struct mh_tx *tx, const struct mh_create *in, struct mh_matter **ret, struct mh_err *reterr)
{
	const struct mh_def *d = NULL;
	MH_JSON_AUTO json_t *given = NULL;
	MH_TRY(definition(tx, in, &d, reterr));
	MH_TRY(check_given(tx, d, in->fields, &given, reterr));
	MH_TRY(check_required(d, given, reterr));
	struct mh_matter *m = mh_matter__new(tx);
	MH_TRY_MEM(m, reterr);
	m->def = d;
	m->state = d->initial;
	m->created = m->entered = m->updated = tx->now;
	m->class_code = m->channel = m->mark = MH_STR("");
	m->facts = json_object();
	m->uses = json_object();
	if (!m->facts || !m->uses) return mh_no_memory(reterr);
	int64_t n = 0;
	*ret = m;
	enum mh_code code = identity(tx, m, &n, reterr);
	if (code == MH_OK) code = build(tx, m, in, given, reterr);
	if (code != MH_OK && n) mh_city_unnumber(tx->city, mh_time_civil(tx->now, tx->city->zone_min).year, n);
	return code;
}

enum mh_code mh_matter_create(struct mh_tx *tx, const struct mh_create *in, struct mh_outcome *ret,
			      struct mh_err *reterr)
{
	struct mh_str hash = mh_engine__request_hash(tx, in->kind, in->fields, NULL);
	struct mh_matter *m = NULL;
	bool again = false;
	MH_TRY_MEM(hash.ptr, reterr);
	if (tx->depth > 8)
		return MH_FAIL(reterr, MH_E_CONFLICT, "Could not raise the matter: children of children without end");
	tx->depth++;
	enum mh_code code = mh_engine__repeated(tx, in->request_id, hash, &again, &m, reterr);
	if (code == MH_OK && !again) code = make(tx, in, &m, reterr);
	if (code == MH_OK && !again) code = mh_engine__remember(tx, in->request_id, hash, m, reterr);
	tx->depth--;
	if (code != MH_OK) return code;
	struct mh_outcome out;
	MH_TRY(mh_engine__outcome(tx, m, &out, reterr));
	tracking(tx, m, out.code);
	out.again = again;
	*ret = out;
	return MH_OK;
}
