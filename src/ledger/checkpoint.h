/* Checkpoints (C2SP tlog-checkpoint): the text of the note with which a log commits itself.
 *     <origin> LF <size> LF <base64 root> LF
 * We write no extension lines (the specification advises against them) and skip those of others. */
#ifndef MH_LEDGER_CHECKPOINT_H
#define MH_LEDGER_CHECKPOINT_H
#include "ledger/note.h"
#include "ledger/tlog.h"

struct mh_checkpoint {
	struct mh_str origin; /* view into the text it was parsed from */
	int64_t size;
	struct mh_hash root;
};

void mh_checkpoint_text(const struct mh_checkpoint *c, struct mh_buf *out);
enum mh_code mh_checkpoint_parse(struct mh_str text, struct mh_checkpoint *ret, struct mh_err *reterr);
/* A signed one: the signature by `key`, and the origin must be the key's name. */
enum mh_code mh_checkpoint_open(struct mh_str note, const struct mh_note_key *key, struct mh_checkpoint *ret,
				struct mh_err *reterr);
/* The text of a signed checkpoint, nothing verified: to find out which log it speaks of. */
enum mh_code mh_checkpoint_peek(struct mh_str note, struct mh_checkpoint *ret, struct mh_err *reterr);
#endif
