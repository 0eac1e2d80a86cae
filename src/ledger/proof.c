#include "ledger/proof.h"

#include "ledger/ledger_priv.h"

#include <inttypes.h>
#include <string.h>

#define RECEIPT_HEAD "c2sp.org/tlog-proof@v1"

static void add_hashes(const struct mh_tlog_proof *p, struct mh_str note, struct mh_buf *out)
{
	for (size_t i = 0; i < p->n; i++) {
		mh_ledger__b64(out, (struct mh_bytes){p->hash[i].b, MH_SHA256_LEN});
		mh_buf_ch(out, '\n');
	}
	mh_buf_ch(out, '\n');
	mh_buf_str_add(out, note);
}

/* Hash lines up to the empty one; what stays in *rest is the note. `line` counts for the messages. */
static enum mh_code take_hashes(struct mh_str *rest, int line, struct mh_tlog_proof *p, struct mh_err *reterr)
{
	struct mh_str s;
	for (p->n = 0;; line++) {
		if (!mh_ledger__line(rest, &s))
			return MH_FAIL(reterr, MH_E_INVALID, "The proof has no empty line before its checkpoint");
		if (!s.len) return MH_OK;
		if (p->n == MH_TLOG_PROOF_MAX)
			return MH_FAIL(reterr, MH_E_INVALID, "The proof has more than %d hashes", MH_TLOG_PROOF_MAX);
		if (!mh_ledger__unb64_hash(s, &p->hash[p->n]))
			return MH_FAIL(reterr, MH_E_INVALID, "Line %d of the proof is not a hash in base64", line);
		p->n++;
	}
}

/* "word N" */
static bool take_number(struct mh_str line, const char *word, int64_t *ret)
{
	size_t n = strlen(word);
	if (!mh_str_starts(line, word)) return false;
	return mh_ledger__number((struct mh_str){line.ptr + n, line.len - n}, ret);
}

void mh_receipt_text(const struct mh_receipt *r, struct mh_buf *out)
{
	mh_buf_c(out, RECEIPT_HEAD "\n");
	if (r->extra.len) mh_buf_fmt(out, "extra " MH_STR_FMT "\n", MH_STR_ARG(r->extra));
	mh_buf_fmt(out, "index %" PRId64 "\n", r->index);
	add_hashes(&r->proof, r->note, out);
}

enum mh_code mh_receipt_parse(struct mh_str text, struct mh_receipt *ret, struct mh_err *reterr)
{
	struct mh_receipt r = {0};
	struct mh_str rest = text, line;
	int at = 2;
	if (text.len > MH_PROOF_MAX)
		return MH_FAIL(reterr, MH_E_TOO_LARGE, "The receipt is longer than %d bytes", MH_PROOF_MAX);
	if (!mh_ledger__line(&rest, &line) || !mh_str_is(line, RECEIPT_HEAD))
		return MH_FAIL(reterr, MH_E_INVALID, "Line 1 of the receipt is not " RECEIPT_HEAD);
	if (!mh_ledger__line(&rest, &line)) return MH_FAIL(reterr, MH_E_INVALID, "The receipt ends after line 1");
	if (mh_str_starts(line, "extra ")) {
		r.extra = (struct mh_str){line.ptr + 6, line.len - 6};
		at++;
		if (!mh_ledger__line(&rest, &line))
			return MH_FAIL(reterr, MH_E_INVALID, "The receipt ends after line 2");
	}
	if (!take_number(line, "index ", &r.index))
		return MH_FAIL(reterr, MH_E_INVALID, "Line %d of the receipt is not an index", at);
	MH_TRY(take_hashes(&rest, at + 1, &r.proof, reterr));
	r.note = rest;
	*ret = r;
	return MH_OK;
}

bool mh_receipt_carry(struct mh_str text, struct mh_bytes entry, struct mh_buf *out)
{
	struct mh_receipt r;
	struct mh_err err;
	struct mh_str rest = text, line;
	if (mh_receipt_parse(text, &r, &err) != MH_OK || !mh_ledger__line(&rest, &line)) return false;
	if (r.extra.len && !mh_ledger__line(&rest, &line)) return false;
	mh_buf_c(out, RECEIPT_HEAD "\nextra ");
	mh_ledger__b64(out, entry);
	mh_buf_ch(out, '\n');
	mh_buf_str_add(out, rest);
	return true;
}

enum mh_code mh_receipt_check(struct mh_str text, struct mh_bytes entry, const struct mh_note_key *key,
			      struct mh_checkpoint *ret_checkpoint, struct mh_err *reterr)
{
	struct mh_receipt r;
	struct mh_checkpoint c;
	MH_TRY(mh_receipt_parse(text, &r, reterr));
	MH_TRY(mh_checkpoint_open(r.note, key, &c, reterr));
	struct mh_hash leaf = mh_tlog_leaf(entry);
	MH_TRY(mh_tlog_check_inclusion(&leaf, r.index, c.size, &r.proof, &c.root, reterr));
	if (ret_checkpoint) *ret_checkpoint = c;
	return MH_OK;
}

void mh_consistency_text(const struct mh_consistency *c, struct mh_buf *out)
{
	mh_buf_fmt(out, "old %" PRId64 "\n", c->from);
	add_hashes(&c->proof, c->note, out);
}

enum mh_code mh_consistency_parse(struct mh_str text, struct mh_consistency *ret, struct mh_err *reterr)
{
	struct mh_consistency c = {0};
	struct mh_str rest = text, line;
	if (text.len > MH_PROOF_MAX)
		return MH_FAIL(reterr, MH_E_TOO_LARGE, "The proof is longer than %d bytes", MH_PROOF_MAX);
	if (!mh_ledger__line(&rest, &line) || !take_number(line, "old ", &c.from))
		return MH_FAIL(reterr, MH_E_INVALID, "Line 1 of the consistency proof is not an old size");
	MH_TRY(take_hashes(&rest, 2, &c.proof, reterr));
	c.note = rest;
	*ret = c;
	return MH_OK;
}

enum mh_code mh_consistency_check(struct mh_str text, struct mh_str older, const struct mh_note_key *key,
				  struct mh_checkpoint *ret_newer, struct mh_err *reterr)
{
	struct mh_consistency c;
	struct mh_checkpoint was, is;
	MH_TRY(mh_consistency_parse(text, &c, reterr));
	MH_TRY(mh_checkpoint_open(older, key, &was, reterr));
	MH_TRY(mh_checkpoint_open(c.note, key, &is, reterr));
	if (was.size != c.from)
		return MH_FAIL(reterr, MH_E_CORRUPT,
			       "The proof starts at size %" PRId64 ", but the older checkpoint has size %" PRId64,
			       c.from, was.size);
	MH_TRY(mh_tlog_check_consistency(was.size, &was.root, is.size, &is.root, &c.proof, reterr));
	if (ret_newer) *ret_newer = is;
	return MH_OK;
}
