/* Events: the entry that the ledger keeps for ever, and the payload that can be erased.
 *
 * An entry is one line of JSON, keys in a fixed order, integers only (docs/ledger.md):
 *   {"v":1,"t":seconds,"e":name,"m":ref,"d":"kind@version","p":previous entry of this matter or -1,
 *    "from":state,"to":state,"by":role,"org":unit that has it,"u":unit that acted, if another,"f":{public facts},"c":commitment to the payload} */
#include "matter/matter_priv.h"

#include <string.h>

#define ENTRY_MAX 4096

static void header_text(const struct mh_tx *tx, const struct mh_matter *m, const struct mh_event *ev,
			struct mh_str facts, struct mh_str commit, struct mh_buf *b)
{
	const struct mh_def *d = m->def;
	mh_buf_fmt(b, "{\"v\":1,\"t\":%lld,\"e\":", (long long)(tx->now / 1000));
	mh_buf_json(b, ev->name ? mh_str_c(ev->name) : ev->name_str);
	mh_buf_fmt(b, ",\"m\":\"" MH_STR_FMT "\",\"d\":\"" MH_STR_FMT "@%lld\",\"p\":%lld", MH_STR_ARG(m->ref),
		   MH_STR_ARG(d->kind), (long long)d->version, (long long)m->last_seq);
	if (ev->from >= 0) mh_buf_fmt(b, ",\"from\":\"" MH_STR_FMT "\"", MH_STR_ARG(d->states[ev->from].name));
	mh_buf_fmt(b, ",\"to\":\"" MH_STR_FMT "\",\"by\":", MH_STR_ARG(d->states[ev->to].name));
	mh_buf_json(b, ev->by);
	mh_buf_c(b, ",\"org\":");
	mh_buf_json(b, mh_org_code(&tx->city->orgs, m->owner));
	if (ev->org >= 0 && ev->org != m->owner) {
		mh_buf_c(b, ",\"u\":");
		mh_buf_json(b, mh_org_code(&tx->city->orgs, ev->org));
	}
	if (facts.len > 2) {
		mh_buf_c(b, ",\"f\":");
		mh_buf_str_add(b, facts);
	}
	if (commit.len) mh_buf_fmt(b, ",\"c\":\"" MH_STR_FMT "\"", MH_STR_ARG(commit));
	mh_buf_ch(b, '}');
}

/* Booleans stand as 0 and 1 in the ledger: integers only. */
static enum mh_code integers_only(json_t *f, struct mh_err *reterr)
{
	const char *key;
	json_t *v;
	void *tmp;
	json_object_foreach_safe(f, tmp, key, v) {
		if (json_is_boolean(v) && json_object_set_new(f, key, json_integer(json_is_true(v))) != 0)
			return MH_FAIL(reterr, MH_E_NO_MEMORY, "Memory is short");
	}
	return MH_OK;
}

struct payload {
	struct mh_bytes plain; /* salt ‖ text */
	struct mh_str commit;  /* hex, or empty when there is none */
};

static enum mh_code make_payload(struct mh_tx *tx, const json_t *j, struct payload *ret, struct mh_err *reterr)
{
	if (!j || json_object_size(j) == 0) return MH_OK;
	struct mh_str text = mh_json_text(tx->arena, j);
	MH_TRY_MEM(text.ptr, reterr);
	unsigned char *p = mh_arena_alloc(tx->arena, MH_SALT_LEN + text.len);
	MH_TRY_MEM(p, reterr);
	mh_random(&tx->city->rng, p, MH_SALT_LEN);
	memcpy(p + MH_SALT_LEN, text.ptr, text.len);
	struct mh_hash c = mh_commit(p, text);
	ret->commit = mh_hash_hex(tx->arena, &c);
	MH_TRY_MEM(ret->commit.ptr, reterr);
	ret->plain = (struct mh_bytes){p, MH_SALT_LEN + text.len};
	return MH_OK;
}

static enum mh_code store_payload(struct mh_tx *tx, struct mh_matter *m, const struct payload *p, struct mh_err *reterr)
{
	struct mh_q_private_add_in in = {.home_id = tx->city->home_id, .seq = m->last_seq, .matter_id = m->id};
	if (!p->commit.len) return MH_OK;
	MH_TRY(mh_matter__key(tx, m, reterr));
	if (m->erased) {
		enum mh_code code = MH_FAIL(reterr, MH_E_GONE,
					    "Could not add to matter " MH_STR_FMT ": its contents were erased",
					    MH_STR_ARG(m->number));
		mh_err_hint(reterr, "Only steps that carry no text can still be taken.");
		return code;
	}
	MH_TRY(mh_seal(tx->arena, &m->key, &tx->city->rng, m->ref, p->plain, &in.sealed, reterr));
	return mh_q_private_add(tx->db, &in, reterr);
}

/* Into the ledger; *ret_seq is the event's number. */
static enum mh_code enter(struct mh_tx *tx, int64_t matter_id, struct mh_str entry, int64_t *ret_seq,
			  struct mh_err *reterr)
{
	struct mh_ledger *l = tx->city->ledger;
	int64_t index;
	MH_TRY(mh_ledger_append(l, tx->db, matter_id, entry, &index, reterr));
	*ret_seq = mh_seq_join(mh_ledger_log(l), index);
	return MH_OK;
}

static enum mh_code append(struct mh_tx *tx, struct mh_matter *m, struct mh_event *ev, struct mh_err *reterr)
{
	struct payload p = {0};
	struct mh_str facts = MH_STR("{}");
	MH_TRY(make_payload(tx, ev->payload, &p, reterr));
	if (ev->header) {
		MH_TRY(integers_only(ev->header, reterr));
		facts = mh_json_text(tx->arena, ev->header);
		MH_TRY_MEM(facts.ptr, reterr);
	}
	struct mh_buf b = MH_BUF(ENTRY_MAX);
	header_text(tx, m, ev, facts, p.commit, &b);
	enum mh_code code = b.failed ? MH_FAIL(reterr, MH_E_TOO_LARGE,
					       "Could not record the step: its public facts are too long")
				     : MH_OK;
	if (code == MH_OK) code = enter(tx, m->id, mh_buf_str(&b), &m->last_seq, reterr);
	mh_buf_done(&b);
	if (code != MH_OK) return code;
	m->updated = tx->now;
	mh_said_drop(tx->city->said, m->id);
	return store_payload(tx, m, &p, reterr);
}

enum mh_code mh_event__append(struct mh_tx *tx, struct mh_matter *m, struct mh_event *ev, struct mh_err *reterr)
{
	enum mh_code code = append(tx, m, ev, reterr);
	json_decref(ev->header);
	json_decref(ev->payload);
	ev->header = ev->payload = NULL;
	return code;
}

enum mh_code mh_event__city(struct mh_tx *tx, const char *name, json_t *facts, int64_t *ret_seq, struct mh_err *reterr)
{
	struct mh_str text = facts ? mh_json_text(tx->arena, facts) : MH_STR("{}");
	json_decref(facts);
	MH_TRY_MEM(text.ptr, reterr);
	struct mh_str entry = mh_str_fmt(tx->arena, "{\"v\":1,\"t\":%lld,\"e\":\"%s\",\"f\":" MH_STR_FMT "}",
					 (long long)(tx->now / 1000), name, MH_STR_ARG(text));
	MH_TRY_MEM(entry.ptr, reterr);
	return enter(tx, 0, entry, ret_seq, reterr);
}
