/* Effects: a closed set. What changes the matter itself runs before its event is written, so that the event tells it;
 * what goes out runs after, because it names the event. */
#include "matter/matter_priv.h"

#include <string.h>

/* Field names become C strings for jansson's keys. */
static const char *key_of(struct mh_tx *tx, struct mh_str name)
{
	struct mh_str z = mh_str_dup(tx->arena, name);
	return z.ptr ? z.ptr : "";
}

static enum mh_code put(json_t *to, const char *key, json_t *v /* stolen */, struct mh_err *reterr)
{
	return v && json_object_set_new(to, key, v) == 0 ? MH_OK : mh_no_memory(reterr);
}

/* --- before --- */

static void give_to(struct mh_tx *tx, struct mh_matter *m, int org)
{
	m->owner = org;
	m->super = -1;
	m->level = tx->city->orgs.list[org].level;
}

static const struct mh_field_value *choice(const struct mh_field *f, const json_t *v)
{
	for (size_t i = 0; json_is_string(v) && i < f->n_values; i++)
		if (mh_str_is(f->values[i].name, json_string_value(v))) return &f->values[i];
	return NULL;
}

/* The unit with the duty that the chosen value names; the government itself where no unit has it. */
static enum mh_code assign_by_value(struct mh_tx *tx, struct mh_matter *m, const struct mh_effect *e, const json_t *v,
				    struct mh_err *reterr)
{
	const struct mh_orgs *o = &tx->city->orgs;
	const struct mh_field *f = &m->def->fields[e->field];
	const struct mh_field_value *c = choice(f, v);
	int place = m->place < 0 ? o->root : m->place;
	if (!c)
		return MH_FAIL(reterr, MH_E_INVALID,
			       "Could not assign the matter: the field \"" MH_STR_FMT "\" is not given",
			       MH_STR_ARG(f->name));
	int territory = e->level ? mh_org_at_level(o, place, e->level) : o->list[place].territory;
	int unit = mh_org_for_duty(o, territory, c->duty);
	return give_to(tx, m, unit >= 0 ? unit : territory), MH_OK;
}

static enum mh_code assign(struct mh_tx *tx, struct mh_matter *m, const struct mh_effect *e, struct mh_err *reterr)
{
	const struct mh_orgs *o = &tx->city->orgs;
	int place = m->place < 0 ? o->root : m->place;
	if (e->by == MH_ASSIGN_DUTY) return give_to(tx, m, mh_assign_duty(tx->city, m->class_code, m->place)), MH_OK;
	if (e->by == MH_ASSIGN_TERRITORY)
		return give_to(tx, m, e->level ? mh_org_at_level(o, place, e->level) : o->list[place].territory), MH_OK;
	json_t *v = mh_matter__value(tx, m, e->field);
	if (e->by == MH_ASSIGN_VALUE) return assign_by_value(tx, m, e, v, reterr);
	int org = json_is_string(v) ? mh_org_by_code(o, mh_str_c(json_string_value(v))) : -1;
	if (org < 0)
		return MH_FAIL(reterr, MH_E_INVALID,
			       "Could not assign the matter: the field \"" MH_STR_FMT "\" names no unit",
			       MH_STR_ARG(m->def->fields[e->field].name));
	return give_to(tx, m, org), MH_OK;
}

static enum mh_code set_value(struct mh_tx *tx, struct mh_matter *m, int field, json_t *v /* stolen */, json_t *header,
			      struct mh_err *reterr)
{
	const struct mh_field *f = &m->def->fields[field];
	const char *key = key_of(tx, f->name);
	if (mh_field_in_header(f)) MH_TRY(put(header, key, json_incref(v), reterr));
	return put(m->facts, key, v, reterr);
}

static json_t *literal(struct mh_tx *tx, const struct mh_effect *e)
{
	if (e->span.n) {
		const struct mh_cal *cal = mh_city_cal(tx->city, 0);
		mh_day day = mh_time_day(mh_cal_due(cal, tx->now, e->span).at, tx->city->zone_min);
		return mh_json_str(mh_day_text(tx->arena, day));
	}
	switch (e->value.type) {
	case MH_V_BOOL: return json_boolean(e->value.i);
	case MH_V_INT: return json_integer(e->value.i);
	case MH_V_DATE: return mh_json_str(mh_day_text(tx->arena, (mh_day)e->value.i));
	default: return mh_json_str(e->value.s);
	}
}

static int64_t worth(const struct mh_field *f, const json_t *v)
{
	const struct mh_field_value *c = choice(f, v);
	int64_t sum = c ? c->worth : 0;
	for (size_t i = 0; i < json_array_size(v); i++)
		if ((c = choice(f, json_array_get(v, i)))) sum += c->worth;
	return sum;
}

/* Numbers stay within the field's bounds: a count that has reached its end says "at least". */
static enum mh_code add_to(struct mh_tx *tx, struct mh_matter *m, int field, int64_t more, bool afresh, json_t *header,
			   struct mh_err *reterr)
{
	const struct mh_field *f = &m->def->fields[field];
	const json_t *v = mh_matter__value(tx, m, field);
	int64_t n = (afresh || !json_is_integer(v) ? 0 : json_integer_value(v)) + more;
	n = n < f->min ? f->min : n > f->max ? f->max : n;
	return set_value(tx, m, field, json_integer(n), header, reterr);
}

static enum mh_code add(struct mh_tx *tx, struct mh_matter *m, const struct mh_effect *e, json_t *header,
			struct mh_err *reterr)
{
	int64_t more = e->of < 0 ? e->value.i : worth(&m->def->fields[e->of], mh_matter__value(tx, m, e->of));
	return add_to(tx, m, e->field, more, false, header, reterr);
}

/* Days after the first: what comes and goes on one day has taken none (as deadlines are counted). */
static enum mh_code measure(struct mh_tx *tx, struct mh_matter *m, const struct mh_effect *e, json_t *header,
			    struct mh_err *reterr)
{
	int zone = tx->city->zone_min;
	mh_day from = mh_time_day(e->whole ? m->created : m->entered, zone), to = mh_time_day(tx->now, zone);
	int64_t days = e->unit == MH_UNIT_WD ? mh_cal_workdays_between(mh_city_cal(tx->city, 0), from, to) : to - from;
	return add_to(tx, m, e->field, days < 0 ? 0 : days, e->whole, header, reterr);
}

/* "+20wd" on a clock that waits for a date moves the date. */
static enum mh_code move_date(struct mh_tx *tx, struct mh_matter *m, const struct mh_effect *e, json_t *header,
			      struct mh_err *reterr)
{
	const struct mh_clock_rule *rule = mh_def_clock_rule(m->def, m->state, e->clock);
	if (!rule || rule->how != MH_CLOCK_AT || !e->span.n) return MH_OK;
	json_t *v = mh_matter__value(tx, m, rule->field);
	mh_day day;
	if (!json_is_string(v) || !mh_day_parse(mh_str_c(json_string_value(v)), &day)) return MH_OK;
	mh_time at = mh_cal_due(mh_city_cal(tx->city, 0), mh_day_start(day, tx->city->zone_min), e->span).at;
	return set_value(tx, m, rule->field, mh_json_str(mh_day_text(tx->arena, mh_time_day(at, tx->city->zone_min))),
			 header, reterr);
}

static enum mh_code escalate(struct mh_tx *tx, struct mh_matter *m, const struct mh_effect *e, json_t *header,
			     struct mh_err *reterr)
{
	const struct mh_orgs *o = &tx->city->orgs;
	m->level = m->level + e->levels > MH_LEVEL_MAX ? MH_LEVEL_MAX : m->level + e->levels;
	if (e->hand_up && m->owner >= 0) {
		m->owner = mh_org_superior(o, m->owner, e->levels);
		if (o->list[m->owner].level > m->level) m->level = o->list[m->owner].level;
	}
	m->super = m->owner;
	for (int i = 0; i < MH_LEVEL_MAX && m->super >= 0 && o->list[m->super].level < m->level; i++)
		m->super = mh_org_superior(o, m->super, 1);
	return put(header, "level", json_integer(m->level), reterr);
}

static enum mh_code target(struct mh_tx *tx, struct mh_matter *m, int field, struct mh_matter **ret,
			   struct mh_err *reterr)
{
	json_t *v = mh_matter__value(tx, m, field);
	int64_t id;
	if (!json_is_string(v))
		return MH_FAIL(reterr, MH_E_INVALID, "The field \"" MH_STR_FMT "\" must name the other matter",
			       MH_STR_ARG(m->def->fields[field].name));
	MH_TRY(mh_matter_find(tx, mh_str_c(json_string_value(v)), &id, reterr));
	return mh_matter__load(tx, id, ret, reterr);
}

/* Up the line of what `main` itself was merged into: m must not stand there. */
static enum mh_code merge(struct mh_tx *tx, struct mh_matter *m, const struct mh_effect *e, json_t *header,
			  struct mh_err *reterr)
{
	struct mh_matter *main = NULL, *at;
	MH_TRY(target(tx, m, e->field, &main, reterr));
	at = main;
	for (int i = 0; i < 64 && at; i++) {
		if (at == m)
			return MH_FAIL(reterr, MH_E_CONFLICT,
				       "Cannot merge a matter into itself or into one that was merged into it");
		if (!at->main_id) break;
		MH_TRY(mh_matter__load(tx, at->main_id, &at, reterr));
	}
	if (main && mh_def_is_over(main->def, main->state)) {
		enum mh_code code = MH_FAIL(reterr, MH_E_CONFLICT,
					    "Cannot merge into matter " MH_STR_FMT ": it is closed",
					    MH_STR_ARG(main->number));
		mh_err_hint(reterr, "Handle this one on its own, or name an open matter.");
		return code;
	}
	MH_TRY_MEM(main, reterr);
	m->main_id = main->id;
	return put(header, "main", mh_json_str(main->ref), reterr);
}

static enum mh_code before(struct mh_tx *tx, struct mh_matter *m, const struct mh_effect *e, json_t *header,
			   struct mh_err *reterr)
{
	switch (e->kind) {
	case MH_DO_ASSIGN: return assign(tx, m, e, reterr);
	case MH_DO_SET: return set_value(tx, m, e->field, literal(tx, e), header, reterr);
	case MH_DO_ADD: return add(tx, m, e, header, reterr);
	case MH_DO_MEASURE: return measure(tx, m, e, header, reterr);
	case MH_DO_CLOCK: return move_date(tx, m, e, header, reterr);
	case MH_DO_ESCALATE: return escalate(tx, m, e, header, reterr);
	case MH_DO_BOARD:
		m->mark = mh_str_is(e->word, "none") ? MH_STR("") : e->word;
		return put(header, "mark", mh_json_str(m->mark), reterr);
	case MH_DO_MERGE: return merge(tx, m, e, header, reterr);
	case MH_DO_UNMERGE: return m->main_id = 0, put(header, "main", mh_json_str(MH_STR("")), reterr);
	default: return MH_OK;
	}
}

enum mh_code mh_effects__before(struct mh_tx *tx, struct mh_matter *m, const struct mh_effect *e, size_t n,
				json_t *header, struct mh_err *reterr)
{
	for (size_t i = 0; i < n; i++) MH_TRY(before(tx, m, &e[i], header, reterr));
	return MH_OK;
}

/* --- after --- */

enum mh_code mh_effects__message(struct mh_tx *tx, struct mh_matter *m, struct mh_str recipient, int org,
				 struct mh_str template_, struct mh_err *reterr)
{
	struct mh_q_message_add_in in = {.home_id = tx->city->home_id,
					 .id = mh_city_next_id(tx->city, tx->now),
					 .matter_id = m->id,
					 .seq = m->last_seq,
					 .recipient = recipient,
					 .org_id = mh_org_id_of(&tx->city->orgs, org),
					 .template = template_,
					 .at = tx->now};
	return mh_q_message_add(tx->db, &in, reterr);
}

static enum mh_code notify(struct mh_tx *tx, struct mh_matter *m, const struct mh_effect *e, struct mh_err *reterr)
{
	const struct mh_orgs *o = &tx->city->orgs;
	int super = m->super >= 0 ? m->super : mh_org_superior(o, m->owner, 1);
	switch (e->notify) {
	case MH_NOTIFY_OWNER: return mh_effects__message(tx, m, MH_STR("owner"), m->owner, e->word, reterr);
	case MH_NOTIFY_CITIZEN: return mh_effects__message(tx, m, MH_STR("citizen"), -1, e->word, reterr);
	case MH_NOTIFY_SUPERIOR: return mh_effects__message(tx, m, MH_STR("superior"), super, e->word, reterr);
	default:
		return mh_effects__message(tx, m, m->def->roles[e->role].name, m->super >= 0 ? m->super : m->owner,
					   e->word, reterr);
	}
}

/* Fields that parent and child have in common, by name, with the values that they have now. */
static enum mh_code copied(struct mh_tx *tx, struct mh_matter *m, const struct mh_effect *e, json_t *to,
			   struct mh_err *reterr)
{
	for (size_t i = 0; i < e->n_fields; i++) {
		json_t *v = mh_matter__value(tx, m, e->fields[i]);
		if (v) MH_TRY(put(to, key_of(tx, m->def->fields[e->fields[i]].name), json_incref(v), reterr));
	}
	return MH_OK;
}

static enum mh_code spawn_one(struct mh_tx *tx, struct mh_matter *m, const struct mh_effect *e, int owner,
			      const json_t *chosen, struct mh_err *reterr)
{
	MH_JSON_AUTO json_t *fields = json_object();
	MH_TRY_MEM(fields, reterr);
	MH_TRY(copied(tx, m, e, fields, reterr));
	if (chosen) MH_TRY(put(fields, key_of(tx, e->as), json_deep_copy(chosen), reterr));
	struct mh_create in = {.kind = e->kind_name,
			       .fields = fields,
			       .by = {.role = MH_STR("parent"), .org = m->owner},
			       .parent_id = m->id,
			       .link_word = e->word.len ? e->word : MH_STR("child"),
			       .owner = owner};
	struct mh_outcome out;
	return mh_matter_create(tx, &in, &out, reterr);
}

static enum mh_code spawn(struct mh_tx *tx, struct mh_matter *m, const struct mh_effect *e, struct mh_err *reterr)
{
	if (!mh_matter__truth(tx, m, e->when)) return MH_OK;
	if (e->field < 0) return spawn_one(tx, m, e, m->owner, NULL, reterr);
	json_t *orgs = mh_matter__value(tx, m, e->field), *v;
	size_t i;
	if (!json_is_array(orgs)) return MH_OK;
	json_array_foreach(orgs, i, v) {
		if (e->as.len) {
			MH_TRY(spawn_one(tx, m, e, m->owner, v, reterr));
			continue;
		}
		int org = mh_org_by_code(&tx->city->orgs, mh_str_c(json_string_value(v)));
		if (org >= 0) MH_TRY(spawn_one(tx, m, e, org, NULL, reterr));
	}
	return MH_OK;
}

/* A draw that nobody can pick: from the last signed head, which was fixed before this event, and the matter's ref. */
static enum mh_code sample(struct mh_tx *tx, struct mh_matter *m, const struct mh_effect *e, struct mh_err *reterr)
{
	struct mh_checkpoint head = {0};
	struct mh_str note;
	enum mh_code code = mh_ledger_checkpoint(tx->db, tx->city->home_id, 0, tx->arena, &note, &head, reterr);
	if (code != MH_OK && code != MH_E_UNAVAILABLE) return code;
	struct mh_str domain = MH_STR("minhu/sample/1");
	struct mh_bytes parts[] = {{(const unsigned char *)domain.ptr, domain.len},
				   {head.root.b, sizeof head.root.b},
				   {(const unsigned char *)m->ref.ptr, m->ref.len}};
	struct mh_hash h = mh_sha256_of(parts, 3);
	unsigned v = (unsigned)h.b[0] << 24 | (unsigned)h.b[1] << 16 | (unsigned)h.b[2] << 8 | h.b[3];
	if (v % 100 >= (unsigned)e->percent) return MH_OK;
	return spawn_one(tx, m, e, -1, NULL, reterr);
}

static enum mh_code publish(struct mh_tx *tx, struct mh_matter *m, const struct mh_effect *e, struct mh_err *reterr)
{
	MH_JSON_AUTO json_t *body = json_object();
	MH_TRY_MEM(body, reterr);
	MH_TRY(copied(tx, m, e, body, reterr));
	struct mh_str text = mh_json_text(tx->arena, body);
	MH_TRY_MEM(text.ptr, reterr);
	struct mh_q_publication_add_in in = {.home_id = tx->city->home_id,
					     .seq = m->last_seq,
					     .matter_id = m->id,
					     .public_place = e->word,
					     .body = text,
					     .at = tx->now};
	return mh_q_publication_add(tx->db, &in, reterr);
}

enum mh_code mh_effects__link(struct mh_tx *tx, struct mh_matter *m, int64_t to, struct mh_str word,
			      struct mh_err *reterr)
{
	struct mh_q_link_add_in in = {
		.home_id = tx->city->home_id, .from_id = m->id, .to_id = to, .word = word, .seq = m->last_seq};
	return mh_q_link_add(tx->db, &in, reterr);
}

static enum mh_code link(struct mh_tx *tx, struct mh_matter *m, const struct mh_effect *e, struct mh_err *reterr)
{
	struct mh_matter *other = NULL;
	if (!mh_matter__value(tx, m, e->field)) return MH_OK;
	MH_TRY(target(tx, m, e->field, &other, reterr));
	return mh_effects__link(tx, m, other->id, e->word, reterr);
}

static enum mh_code unlink_main(struct mh_tx *tx, struct mh_matter *m, struct mh_err *reterr)
{
	int64_t n;
	struct mh_q_link_end_in in = {
		.home_id = tx->city->home_id, .from_id = m->id, .word = MH_STR("main"), .ended_seq = m->last_seq};
	return mh_q_link_end(tx->db, &in, &n, reterr);
}

static enum mh_code after(struct mh_tx *tx, struct mh_matter *m, const struct mh_effect *e, struct mh_err *reterr)
{
	switch (e->kind) {
	case MH_DO_NOTIFY: return notify(tx, m, e, reterr);
	case MH_DO_SPAWN: return spawn(tx, m, e, reterr);
	case MH_DO_SAMPLE: return sample(tx, m, e, reterr);
	case MH_DO_PUBLISH: return publish(tx, m, e, reterr);
	case MH_DO_LINK: return link(tx, m, e, reterr);
	case MH_DO_MERGE: return mh_effects__link(tx, m, m->main_id, MH_STR("main"), reterr);
	case MH_DO_UNMERGE: return unlink_main(tx, m, reterr);
	default: return MH_OK;
	}
}

enum mh_code mh_effects__after(struct mh_tx *tx, struct mh_matter *m, const struct mh_effect *e, size_t n,
			       struct mh_err *reterr)
{
	for (size_t i = 0; i < n; i++) MH_TRY(after(tx, m, &e[i], reterr));
	return MH_OK;
}

enum mh_code mh_effects__clocks(struct mh_tx *tx, struct mh_matter *m, const struct mh_effect *e, size_t n,
				struct mh_err *reterr)
{
	for (size_t i = 0; i < n; i++)
		if (e[i].kind == MH_DO_CLOCK) MH_TRY(mh_clocks__effect(tx, m, &e[i], reterr));
	return MH_OK;
}
