#include "ledger/checkpoint.h"

#include "ledger/ledger_priv.h"

#include <inttypes.h>

void mh_checkpoint_text(const struct mh_checkpoint *c, struct mh_buf *out)
{
	mh_buf_str_add(out, c->origin);
	mh_buf_fmt(out, "\n%" PRId64 "\n", c->size);
	mh_ledger__b64(out, (struct mh_bytes){c->root.b, sizeof c->root.b});
	mh_buf_ch(out, '\n');
}

enum mh_code mh_checkpoint_parse(struct mh_str text, struct mh_checkpoint *ret, struct mh_err *reterr)
{
	struct mh_checkpoint c;
	struct mh_str rest = text, line;
	if (!mh_ledger__line(&rest, &c.origin) || !c.origin.len)
		return MH_FAIL(reterr, MH_E_INVALID, "Line 1 of the checkpoint, the origin, is missing");
	if (!mh_ledger__line(&rest, &line) || !mh_ledger__number(line, &c.size))
		return MH_FAIL(reterr, MH_E_INVALID, "Line 2 of the checkpoint, the size, is not a number");
	if (!mh_ledger__line(&rest, &line) || !mh_ledger__unb64_hash(line, &c.root))
		return MH_FAIL(reterr, MH_E_INVALID, "Line 3 of the checkpoint, the root, is not a hash in base64");
	for (int n = 4; rest.len; n++)
		if (!mh_ledger__line(&rest, &line) || !line.len)
			return MH_FAIL(reterr, MH_E_INVALID, "Line %d of the checkpoint is malformed", n);
	struct mh_hash empty = mh_tlog_empty();
	if (c.size == 0 && !mh_hash_eq(&c.root, &empty))
		return MH_FAIL(reterr, MH_E_INVALID,
			       "The checkpoint gives an empty log another root than the empty one");
	*ret = c;
	return MH_OK;
}

enum mh_code mh_checkpoint_open(struct mh_str note, const struct mh_note_key *key, struct mh_checkpoint *ret,
				struct mh_err *reterr)
{
	struct mh_str text;
	struct mh_checkpoint c;
	MH_TRY(mh_note_open(note, key, 1, &text, NULL, reterr));
	MH_TRY(mh_checkpoint_parse(text, &c, reterr));
	if (!mh_str_is(c.origin, key->name))
		return MH_FAIL(reterr, MH_E_CORRUPT, "The checkpoint is of another log: " MH_STR_FMT,
			       MH_STR_ARG(c.origin));
	*ret = c;
	return MH_OK;
}

enum mh_code mh_checkpoint_peek(struct mh_str note, struct mh_checkpoint *ret, struct mh_err *reterr)
{
	struct mh_str text = note;
	if (note.len > MH_NOTE_MAX)
		return MH_FAIL(reterr, MH_E_TOO_LARGE, "The note is longer than %d bytes", MH_NOTE_MAX);
	for (size_t i = 1; i < note.len; i++)
		if (note.ptr[i] == '\n' && note.ptr[i - 1] == '\n') {
			text.len = i; /* a checkpoint's text holds no empty line, so the first one ends it */
			break;
		}
	return mh_checkpoint_parse(text, ret, reterr);
}
