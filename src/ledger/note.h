/* Signed notes (C2SP signed-note, tlog-cosignature): a text, an empty line, and signature lines
 *     — <name> <base64(key id ‖ signature)>
 * Key id = first 4 bytes of SHA-256(name ‖ LF ‖ algorithm ‖ public key). Algorithms: 0x01 Ed25519 over the text,
 * 0x04 a witness's Ed25519 cosignature over "cosignature/v1\ntime T\n" ‖ text, with T in front as 8 bytes.
 * Lines by keys that nobody gave us are tolerated and prove nothing; a line by a known key must be right. */
#ifndef MH_LEDGER_NOTE_H
#define MH_LEDGER_NOTE_H
#include "base/err.h"
#include "base/random.h"
#include "base/str.h"

#define MH_NOTE_ED25519 0x01
#define MH_NOTE_COSIGN 0x04
#define MH_NOTE_NAME_MAX 200
#define MH_NOTE_MAX 65536   /* bytes of a note that we read */
#define MH_NOTE_SIGS_MAX 64 /* signature lines of a note that we read */
#define MH_NOTE_VKEY_MAX (MH_NOTE_NAME_MAX + 64)

/* A public key with its name. */
struct mh_note_key {
	char name[MH_NOTE_NAME_MAX + 1];
	unsigned char id[4];
	int alg;
	unsigned char pub[32];
};
/* A private one. Wipe with mh_note_signer_done. */
struct mh_note_signer {
	struct mh_note_key key;
	unsigned char seed[32];
};

/* Not empty, UTF-8 without white space, control characters and '+'. */
bool mh_note_name_ok(struct mh_str name);
/* "name+hex(key id)+base64(alg ‖ public key)". The id must belong to the key. */
enum mh_code mh_note_vkey_parse(struct mh_str vkey, struct mh_note_key *ret, struct mh_err *reterr);
void mh_note_vkey_text(const struct mh_note_key *key, struct mh_buf *out);

/* alg: MH_NOTE_ED25519 for logs, MH_NOTE_COSIGN for witnesses. */
enum mh_code mh_note_signer_make(struct mh_str name, int alg, const struct mh_rng *rng, struct mh_note_signer *ret,
				 struct mh_err *reterr);
/* The key as one line, "PRIVATE+KEY+name+hex(key id)+base64(alg ‖ seed)", the form of Go's sumdb/note. */
void mh_note_signer_text(const struct mh_note_signer *s, struct mh_buf *out);
enum mh_code mh_note_signer_parse(struct mh_str text, struct mh_note_signer *ret, struct mh_err *reterr);
void mh_note_signer_done(struct mh_note_signer *s);

/* Appends the text, an empty line and one signature line. The text must end in LF. The signature is checked once more
 * before it leaves: a fault while signing can give a signature that betrays the key. */
enum mh_code mh_note_sign(struct mh_str text, const struct mh_note_signer *s, struct mh_buf *out,
			  struct mh_err *reterr);
/* Appends one cosignature line (time in Unix seconds) for a note's text, as a witness does. */
enum mh_code mh_note_cosign(struct mh_str text, const struct mh_note_signer *s, int64_t time, struct mh_buf *out,
			    struct mh_err *reterr);

/* One of the keys that mh_note_open was given: what it said about the note. */
struct mh_note_seen {
	bool signed_;
	int64_t time; /* of a cosignature, Unix seconds; else 0 */
};
/* Splits and verifies. *ret_text (with its last LF) is a view into `note`. seen[i] answers for keys[i] and may be NULL
 * when the caller does not care. At least one of the keys must have signed: MH_E_CORRUPT otherwise, and when a known
 * key's signature is wrong; MH_E_INVALID for what is not a note at all. */
enum mh_code mh_note_open(struct mh_str note, const struct mh_note_key *keys, size_t n, struct mh_str *ret_text,
			  struct mh_note_seen *seen, struct mh_err *reterr);
#endif
