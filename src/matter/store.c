/* Matters and their rows. */
#include "matter/matter_priv.h"

#include <string.h>

void mh_tx_done(struct mh_tx *tx)
{
	for (struct mh_matter *m = tx->loaded; m; m = m->next) {
		json_decref(m->facts);
		json_decref(m->uses);
		json_decref(m->personal);
		m->facts = m->uses = m->personal = NULL;
	}
	tx->loaded = NULL;
}

struct mh_matter *mh_matter__new(struct mh_tx *tx)
{
	struct mh_matter *m = MH_NEW(tx->arena, struct mh_matter);
	if (!m) return NULL;
	m->owner = m->super = m->place = m->state = -1;
	m->last_seq = m->read_seq = -1;
	m->next = tx->loaded;
	tx->loaded = m;
	return m;
}

static struct mh_matter *known(struct mh_tx *tx, int64_t id)
{
	for (struct mh_matter *m = tx->loaded; m; m = m->next)
		if (m->id == id) return m;
	return NULL;
}

static enum mh_code from_row(struct mh_tx *tx, struct mh_matter *m, const struct mh_q_matter_by_id_row *r,
			     struct mh_err *reterr)
{
	const struct mh_orgs *orgs = &tx->city->orgs;
	m->id = r->id;
	m->ref = r->ref, m->number = r->number, m->class_code = r->class_code, m->channel = r->channel;
	m->mark = r->mark;
	m->level = (int)r->level;
	m->owner = mh_org_by_id(orgs, r->owner_id);
	m->super = mh_org_by_id(orgs, r->super_id);
	m->place = mh_org_by_id(orgs, r->place_id);
	m->main_id = r->main_id, m->parent_id = r->parent_id;
	m->created = r->created, m->entered = r->entered, m->updated = r->updated;
	m->last_seq = m->read_seq = r->last_seq;
	m->def = mh_city_def(tx->city, r->kind, r->version);
	m->state = m->def ? mh_def_state(m->def, r->state) : -1;
	if (m->state < 0)
		return MH_FAIL(reterr, MH_E_CORRUPT,
			       "Could not read matter " MH_STR_FMT ": its definition " MH_STR_FMT
			       "@%lld has no state " MH_STR_FMT,
			       MH_STR_ARG(r->number), MH_STR_ARG(r->kind), (long long)r->version, MH_STR_ARG(r->state));
	MH_TRY(mh_json_parse(r->facts, &m->facts, reterr));
	return mh_json_parse(r->uses, &m->uses, reterr);
}

enum mh_code mh_matter__load(struct mh_tx *tx, int64_t id, struct mh_matter **ret, struct mh_err *reterr)
{
	struct mh_matter *m = known(tx, id);
	if (m) return *ret = m, MH_OK;
	struct mh_q_matter_by_id_row row;
	bool found = false;
	struct mh_q_matter_by_id_in in = {.home_id = tx->city->home_id, .id = id};
	MH_TRY(mh_q_matter_by_id(tx->db, tx->arena, &in, &found, &row, reterr));
	if (!found) return MH_FAIL(reterr, MH_E_NOT_FOUND, "There is no such matter");
	m = mh_matter__new(tx);
	MH_TRY_MEM(m, reterr);
	MH_TRY(from_row(tx, m, &row, reterr));
	*ret = m;
	return MH_OK;
}

static enum mh_code insert(struct mh_tx *tx, struct mh_matter *m, struct mh_str facts, struct mh_str uses,
			   struct mh_err *reterr)
{
	const struct mh_state *s = &m->def->states[m->state];
	const struct mh_orgs *orgs = &tx->city->orgs;
	struct mh_q_matter_add_in in = {.home_id = tx->city->home_id,
					.id = m->id,
					.ref = m->ref,
					.number = m->number,
					.kind = m->def->kind,
					.version = m->def->version,
					.state = s->name,
					.category = mh_str_c(mh_category_names[s->category]),
					.room = mh_str_c(mh_room_names[s->room]),
					.level = m->level,
					.owner_id = mh_org_id_of(orgs, m->owner),
					.super_id = mh_org_id_of(orgs, m->super),
					.place_id = mh_org_id_of(orgs, m->place),
					.class_code = m->class_code,
					.channel = m->channel,
					.mark = m->mark,
					.main_id = m->main_id,
					.parent_id = m->parent_id,
					.facts = facts,
					.uses = uses,
					.created = m->created,
					.entered = m->entered,
					.updated = m->updated,
					.last_seq = m->last_seq};
	return mh_q_matter_add(tx->db, &in, reterr);
}

static enum mh_code update(struct mh_tx *tx, struct mh_matter *m, struct mh_str facts, struct mh_str uses,
			   struct mh_err *reterr)
{
	const struct mh_state *s = &m->def->states[m->state];
	const struct mh_orgs *orgs = &tx->city->orgs;
	struct mh_q_matter_save_in in = {.home_id = tx->city->home_id,
					 .id = m->id,
					 .version = m->def->version,
					 .state = s->name,
					 .category = mh_str_c(mh_category_names[s->category]),
					 .room = mh_str_c(mh_room_names[s->room]),
					 .level = m->level,
					 .owner_id = mh_org_id_of(orgs, m->owner),
					 .super_id = mh_org_id_of(orgs, m->super),
					 .place_id = mh_org_id_of(orgs, m->place),
					 .class_code = m->class_code,
					 .mark = m->mark,
					 .main_id = m->main_id,
					 .facts = facts,
					 .uses = uses,
					 .entered = m->entered,
					 .updated = m->updated,
					 .last_seq = m->last_seq,
					 .old_seq = m->read_seq};
	int64_t n = 0;
	MH_TRY(mh_q_matter_save(tx->db, &in, &n, reterr));
	if (n == 1) return MH_OK;
	return MH_FAIL(reterr, MH_E_STALE, "Could not save matter " MH_STR_FMT ": it was changed meanwhile",
		       MH_STR_ARG(m->number));
}

enum mh_code mh_matter__save(struct mh_tx *tx, struct mh_matter *m, struct mh_err *reterr)
{
	struct mh_str facts = mh_json_text(tx->arena, m->facts), uses = mh_json_text(tx->arena, m->uses);
	MH_TRY_MEM(facts.ptr, reterr);
	MH_TRY_MEM(uses.ptr, reterr);
	MH_TRY(m->read_seq < 0 ? insert(tx, m, facts, uses, reterr) : update(tx, m, facts, uses, reterr));
	m->read_seq = m->last_seq;
	return mh_clocks__save(tx, m, reterr);
}

enum mh_code mh_matter__key(struct mh_tx *tx, struct mh_matter *m, struct mh_err *reterr)
{
	if (m->has_key || m->erased) return MH_OK;
	bool found = false;
	struct mh_q_matter_key_get_row row;
	struct mh_q_matter_key_get_in in = {.home_id = tx->city->home_id, .matter_id = m->id};
	MH_TRY(mh_q_matter_key_get(tx->db, tx->arena, &in, &found, &row, reterr));
	if (!found) return m->erased = true, MH_OK;
	struct mh_bytes plain;
	MH_TRY(mh_unseal(tx->arena, &tx->city->master, m->ref, row.sealed, &plain, reterr));
	if (plain.len != MH_KEY_LEN)
		return MH_FAIL(reterr, MH_E_CORRUPT, "Could not open a matter's key: wrong length");
	memcpy(m->key.b, plain.ptr, MH_KEY_LEN);
	m->has_key = true;
	return MH_OK;
}

#define PAYLOADS_MAX 10000

static enum mh_code open_payload(struct mh_tx *tx, struct mh_matter *m, struct mh_bytes sealed, struct mh_err *reterr)
{
	struct mh_bytes plain;
	MH_JSON_AUTO json_t *j = NULL;
	MH_TRY(mh_unseal(tx->arena, &m->key, m->ref, sealed, &plain, reterr));
	if (plain.len < MH_SALT_LEN) return MH_FAIL(reterr, MH_E_CORRUPT, "Could not open a payload: it is cut short");
	struct mh_str text = {(const char *)plain.ptr + MH_SALT_LEN, plain.len - MH_SALT_LEN};
	MH_TRY(mh_json_parse(text, &j, reterr));
	const char *key;
	json_t *v;
	json_object_foreach(json_object_get(j, "fields"), key, v) {
		int at = mh_def_field(m->def, mh_str_c(key));
		if (at < 0 || !m->def->fields[at].personal) continue;
		if (json_object_set(m->personal, key, v) != 0)
			return MH_FAIL(reterr, MH_E_NO_MEMORY, "Memory is short");
	}
	return MH_OK;
}

enum mh_code mh_matter__personal(struct mh_tx *tx, struct mh_matter *m, struct mh_err *reterr)
{
	if (m->personal) return MH_OK;
	m->personal = json_object();
	MH_TRY_MEM(m->personal, reterr);
	if (m->read_seq < 0) return MH_OK;
	MH_TRY(mh_matter__key(tx, m, reterr));
	if (m->erased) return MH_OK;
	struct mh_q_private_of_matter_row *rows;
	size_t n;
	struct mh_q_private_of_matter_in in = {.home_id = tx->city->home_id, .matter_id = m->id, .limit = PAYLOADS_MAX};
	MH_TRY(mh_q_private_of_matter(tx->db, tx->arena, &in, &rows, &n, reterr));
	for (size_t i = 0; i < n; i++) MH_TRY(open_payload(tx, m, rows[i].sealed, reterr));
	return MH_OK;
}

/* Merged matters may have others merged into them: the tree below m, breadth first. */
int64_t mh_matter__reports(struct mh_tx *tx, struct mh_matter *m)
{
	enum { MOST = 10000 };
	int64_t *queue = MH_NEW_ARRAY(tx->arena, MOST, int64_t);
	if (!queue) return 1;
	size_t n = 0, at = 0;
	queue[n++] = m->id;
	for (; at < n; at++) {
		struct mh_q_matter_followers_row *rows;
		size_t got = 0;
		struct mh_q_matter_followers_in in = {
			.home_id = tx->city->home_id, .main_id = queue[at], .limit = MOST};
		if (mh_q_matter_followers(tx->db, tx->arena, &in, &rows, &got, NULL) != MH_OK) break;
		for (size_t i = 0; i < got && n < MOST; i++) queue[n++] = rows[i].id;
	}
	return (int64_t)n;
}

enum mh_code mh_matter_find(struct mh_tx *tx, struct mh_str name, int64_t *ret_id, struct mh_err *reterr)
{
	bool found = false;
	int64_t home = tx->city->home_id;
	struct mh_q_matter_id_row row;
	MH_TRY(mh_q_matter_id_by_ref(tx->db, tx->arena,
				     &(struct mh_q_matter_id_by_ref_in){.home_id = home, .ref = name}, &found, &row,
				     reterr));
	if (found) return *ret_id = row.id, MH_OK;
	MH_TRY(mh_q_matter_id_by_number(tx->db, tx->arena,
					&(struct mh_q_matter_id_by_number_in){.home_id = home, .number = name}, &found,
					&row, reterr));
	if (found) return *ret_id = row.id, MH_OK;
	enum mh_code code = MH_FAIL(reterr, MH_E_NOT_FOUND, "There is no matter of that name");
	mh_err_hint(reterr, "Give its number (2026-330100-000042) or its 32-digit reference.");
	return code;
}

static enum mh_code find_code(struct mh_tx *tx, const char code[20], bool *ret_found, int64_t *ret_id,
			      struct mh_err *reterr)
{
	struct mh_q_matter_definition_in in = {.home_id = tx->city->home_id};
	struct mh_q_matter_definition_row row;
	bool found = false;
	*ret_found = false;
	if (!mh_tracking_id(&tx->city->master, code, &in.id)) return MH_OK;
	MH_TRY(mh_q_matter_definition(tx->db, tx->arena, &in, &found, &row, reterr));
	if (!found) return MH_OK;
	const struct mh_def *d = mh_city_def(tx->city, row.kind, row.version);
	*ret_found = d && !d->child_only; /* nobody is given the code of a child */
	*ret_id = in.id;
	return MH_OK;
}

enum mh_code mh_matter_find_code(struct mh_tx *tx, struct mh_str typed, int64_t *ret_id, struct mh_err *reterr)
{
	char code[20];
	bool found = false;
	int64_t id = 0;
	if (mh_tracking_normal(typed, code)) MH_TRY(find_code(tx, code, &found, &id, reterr));
	if (found) return *ret_id = id, MH_OK;
	enum mh_code fail = MH_FAIL(reterr, MH_E_NOT_FOUND, "There is no matter with that tracking code");
	mh_err_hint(reterr, "A code has 16 letters and digits in four groups, as on the receipt.");
	return fail;
}
