/* Proofs as texts that a person can keep and anybody can check.
 *
 * Receipt (C2SP tlog-proof): "c2sp.org/tlog-proof@v1", optionally "extra <base64>", "index N", one base64 hash a line,
 * an empty line, and the signed checkpoint. It needs nothing else than the entry and the log's public key.
 *
 * Consistency: the body of a witness's add-checkpoint request (C2SP tlog-witness): "old N", one base64 hash a line, an
 * empty line, the newer signed checkpoint. It is checked against an older checkpoint that the reader kept. */
#ifndef MH_LEDGER_PROOF_H
#define MH_LEDGER_PROOF_H
#include "ledger/checkpoint.h"
#include "ledger/tlog.h"

#define MH_PROOF_MAX (MH_NOTE_MAX + 8192) /* bytes of a proof text that we read */

struct mh_receipt {
	int64_t index;
	struct mh_tlog_proof proof;
	struct mh_str extra; /* base64 as it stood, or empty; authenticated by nothing */
	struct mh_str note;  /* the signed checkpoint, a view */
};
void mh_receipt_text(const struct mh_receipt *r, struct mh_buf *out);
/* The same receipt with the entry itself in its extra line: one file that says what happened and proves it. The entry is
 * authenticated by the proof, as one that comes beside it. False when `text` is no receipt. */
bool mh_receipt_carry(struct mh_str text, struct mh_bytes entry, struct mh_buf *out);
enum mh_code mh_receipt_parse(struct mh_str text, struct mh_receipt *ret, struct mh_err *reterr);
/* Everything: signature, origin, path from the entry to the root. *ret_checkpoint may be NULL; its origin is a view into
 * `text`. MH_E_CORRUPT names what does not hold. */
enum mh_code mh_receipt_check(struct mh_str text, struct mh_bytes entry, const struct mh_note_key *key,
			      struct mh_checkpoint *ret_checkpoint, struct mh_err *reterr);

struct mh_consistency {
	int64_t from; /* size of the older tree */
	struct mh_tlog_proof proof;
	struct mh_str note; /* the newer signed checkpoint, a view */
};
void mh_consistency_text(const struct mh_consistency *c, struct mh_buf *out);
enum mh_code mh_consistency_parse(struct mh_str text, struct mh_consistency *ret, struct mh_err *reterr);
/* `older` is a signed checkpoint of the same log. */
enum mh_code mh_consistency_check(struct mh_str text, struct mh_str older, const struct mh_note_key *key,
				  struct mh_checkpoint *ret_newer, struct mh_err *reterr);
#endif
