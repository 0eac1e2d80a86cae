/* Evidence: files that a step needs, bound to the event that they support. */
#include "matter/matter_priv.h"

#include <string.h>

static unsigned media_of(struct mh_str type)
{
	if (mh_str_starts(type, "image/")) return MH_MEDIA_PHOTO;
	if (mh_str_starts(type, "video/")) return MH_MEDIA_VIDEO;
	if (mh_str_starts(type, "audio/")) return MH_MEDIA_AUDIO;
	return MH_MEDIA_DOCUMENT;
}

static enum mh_code file_of(struct mh_tx *tx, struct mh_matter *m, const json_t *v, struct mh_q_file_get_row *ret,
			    struct mh_err *reterr)
{
	int64_t id;
	bool found = false;
	if (!json_is_string(v) || !mh_str_to_i64(mh_str_c(json_string_value(v)), &id))
		return MH_FAIL(reterr, MH_E_INVALID, "Evidence is given as a list of file ids");
	struct mh_q_file_get_in in = {.home_id = tx->city->home_id, .id = id};
	MH_TRY(mh_q_file_get(tx->db, tx->arena, &in, &found, ret, reterr));
	if (!found || ret->matter_id != m->id)
		return MH_FAIL(reterr, MH_E_NOT_FOUND, "This matter has no file %lld", (long long)id);
	if (ret->seq >= 0)
		return MH_FAIL(reterr, MH_E_CONFLICT, "The file %lld has served as evidence already", (long long)id);
	return MH_OK;
}

static enum mh_code check_one(struct mh_tx *tx, struct mh_matter *m, const struct mh_evidence *e, const json_t *list,
			      json_t *hashes, struct mh_err *reterr)
{
	size_t n = json_is_array(list) ? json_array_size(list) : 0, i;
	json_t *v;
	if (n < (size_t)e->min) {
		enum mh_code code = MH_FAIL(reterr, MH_E_INVALID,
					    "The evidence \"" MH_STR_FMT "\" needs more files: at least %d",
					    MH_STR_ARG(e->name), e->min);
		mh_err_field(reterr, e->name.ptr, (int)e->name.len);
		mh_err_detail(reterr, MH_STR_FMT " (" MH_STR_FMT ")", MH_STR_ARG(e->label.en), MH_STR_ARG(e->label.zh));
		mh_err_hint(reterr, "Send the files to …/files first, then name their ids here.");
		return code;
	}
	json_array_foreach((json_t *)(uintptr_t)list, i, v) {
		struct mh_q_file_get_row row;
		MH_TRY(file_of(tx, m, v, &row, reterr));
		if (!(media_of(row.media_type) & e->accept))
			return MH_FAIL(reterr, MH_E_MEDIA_TYPE,
				       "The evidence \"" MH_STR_FMT "\" does not take " MH_STR_FMT, MH_STR_ARG(e->name),
				       MH_STR_ARG(row.media_type));
		if (json_array_append_new(hashes, mh_json_str(row.hash)) != 0)
			return MH_FAIL(reterr, MH_E_NO_MEMORY, "Memory is short");
	}
	return MH_OK;
}

enum mh_code mh_evidence__check(struct mh_tx *tx, struct mh_matter *m, const struct mh_transition *t,
				const json_t *given, json_t *header, json_t *payload, struct mh_err *reterr)
{
	const char *key;
	json_t *v;
	json_object_foreach((json_t *)(uintptr_t)given, key, v) {
		int at = mh_def_evidence(m->def, mh_str_c(key));
		bool wanted = false;
		for (size_t i = 0; i < t->n_evidence; i++) wanted = wanted || t->evidence[i] == at;
		if (at < 0 || !wanted)
			return MH_FAIL(reterr, MH_E_INVALID, "The step \"" MH_STR_FMT "\" takes no evidence \"%.80s\"",
				       MH_STR_ARG(t->name), key);
	}
	if (t->n_evidence == 0) return MH_OK;
	MH_JSON_AUTO json_t *hashes = json_array();
	MH_TRY_MEM(hashes, reterr);
	for (size_t i = 0; i < t->n_evidence; i++) {
		const struct mh_evidence *e = &m->def->evidence[t->evidence[i]];
		MH_TRY(check_one(tx, m, e, json_object_getn(given, e->name.ptr, e->name.len), hashes, reterr));
	}
	if (json_object_set_new(header, "files", json_integer((json_int_t)json_array_size(hashes))) != 0 ||
	    json_object_set(payload, "files", hashes) != 0)
		return MH_FAIL(reterr, MH_E_NO_MEMORY, "Memory is short");
	return MH_OK;
}

enum mh_code mh_evidence__use(struct mh_tx *tx, struct mh_matter *m, const json_t *given, struct mh_err *reterr)
{
	const char *key;
	json_t *list, *v;
	size_t i;
	json_object_foreach((json_t *)(uintptr_t)given, key, list)
		json_array_foreach(list, i, v) {
			int64_t id, n;
			if (!mh_str_to_i64(mh_str_c(json_string_value(v)), &id)) continue;
			struct mh_q_file_use_in in = {.seq = m->last_seq,
						      .evidence = mh_str_dup(tx->arena, mh_str_c(key)),
						      .home_id = tx->city->home_id,
						      .id = id};
			MH_TRY(mh_q_file_use(tx->db, &in, &n, reterr));
		}
	return MH_OK;
}

/* The request of then, if this is it once more: its `seq` is the file. */
static enum mh_code sent_before(struct mh_tx *tx, const struct mh_file *file, const struct mh_q_request_key_add_in *now,
				int64_t *ret_id, bool *ret_again, struct mh_err *reterr)
{
	struct mh_q_request_key_get_row row;
	bool found = false;
	struct mh_q_request_key_get_in in = {.home_id = now->home_id, .request_id = now->request_id};
	*ret_again = false;
	if (!file->request_id.len) return MH_OK;
	MH_TRY(mh_q_request_key_get(tx->db, tx->arena, &in, &found, &row, reterr));
	if (!found) return MH_OK;
	if (!mh_str_eq(row.hash, file->hash)) {
		enum mh_code code = MH_FAIL(reterr, MH_E_REUSED_KEY,
					    "This idempotency key was used for another request");
		mh_err_hint(reterr, "Use a new key for a new request; repeat a request unchanged.");
		return code;
	}
	*ret_again = true;
	*ret_id = row.seq;
	return MH_OK;
}

static enum mh_code add_file(struct mh_tx *tx, struct mh_matter *m, const struct mh_file *file, int64_t id,
			     struct mh_err *reterr)
{
	struct mh_q_file_add_in in = {.home_id = tx->city->home_id,
				      .id = id,
				      .matter_id = m->id,
				      .seq = -1,
				      .evidence = MH_STR(""),
				      .hash = file->hash,
				      .size = file->size,
				      .media_type = file->media_type,
				      .at = tx->now,
				      .name = file->name};
	if (file->key) {
		struct mh_bytes key = {file->key->b, MH_KEY_LEN};
		MH_TRY(mh_matter__key(tx, m, reterr));
		if (m->erased) return MH_FAIL(reterr, MH_E_GONE, "The contents of this matter have been erased");
		MH_TRY(mh_seal(tx->arena, &m->key, &tx->city->rng, file->name, key, &in.sealed_key, reterr));
	}
	return mh_q_file_add(tx->db, &in, reterr);
}

enum mh_code mh_matter_file(struct mh_tx *tx, const struct mh_file *file, int64_t *ret_id, bool *ret_again,
			    struct mh_err *reterr)
{
	struct mh_matter *m;
	bool again;
	int64_t id;
	MH_TRY(mh_matter__load(tx, file->matter_id, &m, reterr));
	struct mh_q_request_key_add_in key = {.home_id = tx->city->home_id,
					      .request_id = mh_str_fmt(tx->arena, "file:%lld:" MH_STR_FMT,
								       (long long)m->id, MH_STR_ARG(file->request_id)),
					      .hash = file->hash,
					      .matter_id = m->id,
					      .at = tx->now};
	MH_TRY_MEM(key.request_id.ptr, reterr);
	MH_TRY(sent_before(tx, file, &key, &id, &again, reterr));
	if (!again) {
		key.seq = id = mh_city_next_id(tx->city, tx->now);
		MH_TRY(add_file(tx, m, file, id, reterr));
		if (file->request_id.len) MH_TRY(mh_q_request_key_add(tx->db, &key, reterr));
	}
	*ret_again = again;
	*ret_id = id;
	return MH_OK;
}

enum mh_code mh_matter_file_key(struct mh_tx *tx, int64_t matter_id, struct mh_str name, struct mh_bytes sealed_key,
				struct mh_key *ret, struct mh_err *reterr)
{
	struct mh_matter *m;
	struct mh_bytes plain;
	MH_TRY(mh_matter__load(tx, matter_id, &m, reterr));
	MH_TRY(mh_matter__key(tx, m, reterr));
	if (m->erased) return MH_FAIL(reterr, MH_E_GONE, "The contents of this matter have been erased");
	MH_TRY(mh_unseal(tx->arena, &m->key, name, sealed_key, &plain, reterr));
	if (plain.len != MH_KEY_LEN) return MH_FAIL(reterr, MH_E_CORRUPT, "Could not open a file's key: wrong length");
	memcpy(ret->b, plain.ptr, MH_KEY_LEN);
	return MH_OK;
}

/* --- erasure --- */

static enum mh_code erase_one(struct mh_tx *tx, struct mh_matter *m, const struct mh_party *by, struct mh_str basis,
			      struct mh_err *reterr)
{
	int64_t home = tx->city->home_id, n;
	MH_TRY(mh_q_matter_key_erase(tx->db, &(struct mh_q_matter_key_erase_in){.home_id = home, .matter_id = m->id},
				     &n, reterr));
	MH_TRY(mh_q_private_erase(tx->db, &(struct mh_q_private_erase_in){.home_id = home, .matter_id = m->id}, &n,
				  reterr));
	json_t *facts = json_pack("{s:s%}", "basis", basis.ptr, basis.len);
	MH_TRY_MEM(facts, reterr);
	struct mh_event ev = {
		.name = "erased", .by = by->role, .org = by->org, .from = m->state, .to = m->state, .header = facts};
	MH_TRY(mh_event__append(tx, m, &ev, reterr));
	m->erased = true;
	return mh_matter__save(tx, m, reterr);
}

static enum mh_code forget_files(struct mh_tx *tx, struct mh_matter *m, const struct mh_party *by, struct mh_str basis,
				 struct mh_err *reterr)
{
	int64_t n;
	struct mh_q_file_forget_in in = {.home_id = tx->city->home_id, .matter_id = m->id};
	MH_TRY(mh_q_file_forget(tx->db, &in, &n, reterr));
	if (!n) return MH_OK;
	json_t *facts = json_pack("{s:s%, s:I}", "basis", basis.ptr, basis.len, "files", (json_int_t)n);
	MH_TRY_MEM(facts, reterr);
	struct mh_event ev = {.name = "files_erased",
			      .by = by->role,
			      .org = by->org,
			      .from = m->state,
			      .to = m->state,
			      .header = facts};
	MH_TRY(mh_event__append(tx, m, &ev, reterr));
	return mh_matter__save(tx, m, reterr);
}

/* Children hold copies of what the person said: they are erased with their parent. */
static enum mh_code erase_tree(struct mh_tx *tx, struct mh_matter *m, const struct mh_party *by, struct mh_str basis,
			       bool files_only, int depth, struct mh_err *reterr)
{
	struct mh_q_matter_children_row *rows;
	size_t n;
	struct mh_q_matter_children_in in = {.home_id = tx->city->home_id, .parent_id = m->id, .limit = 1000};
	if (depth > 8) return MH_FAIL(reterr, MH_E_CORRUPT, "Could not erase: children of children without end");
	MH_TRY(files_only ? forget_files(tx, m, by, basis, reterr) : erase_one(tx, m, by, basis, reterr));
	MH_TRY(mh_q_matter_children(tx->db, tx->arena, &in, &rows, &n, reterr));
	for (size_t i = 0; i < n; i++) {
		struct mh_matter *child;
		MH_TRY(mh_matter__load(tx, rows[i].id, &child, reterr));
		MH_TRY(erase_tree(tx, child, by, basis, files_only, depth + 1, reterr));
	}
	return MH_OK;
}

enum mh_code mh_evidence__erase(struct mh_tx *tx, struct mh_matter *m, const struct mh_party *by, struct mh_str basis,
				bool files_only, struct mh_err *reterr)
{
	return erase_tree(tx, m, by, basis, files_only, 0, reterr);
}

enum mh_code mh_matter_erase(struct mh_tx *tx, int64_t matter_id, struct mh_party by, struct mh_str legal_basis,
			     struct mh_outcome *ret, struct mh_err *reterr)
{
	struct mh_matter *m;
	if (!legal_basis.len || legal_basis.len > 300)
		return MH_FAIL(reterr, MH_E_INVALID, "Erasure needs its legal basis, in at most 300 bytes");
	MH_TRY(mh_matter__load(tx, matter_id, &m, reterr));
	if (!mh_def_is_over(m->def, m->state)) {
		enum mh_code code = MH_FAIL(reterr, MH_E_CONFLICT, "Cannot erase a matter that is still open");
		mh_err_hint(reterr, "Close or withdraw it first.");
		return code;
	}
	MH_TRY(erase_tree(tx, m, &by, legal_basis, false, 0, reterr));
	return mh_engine__outcome(tx, m, ret, reterr);
}
