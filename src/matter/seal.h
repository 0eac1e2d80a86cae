/* Personal data at rest: sealed under a key of the matter's own, which is sealed under the city's master key.
 *
 * A sealed text is nonce(24) ‖ XChaCha20-Poly1305(key, plain; bound to `about`). What is sealed for an event is
 * salt(32) ‖ payload; the ledger holds commit = SHA-256("civic/commit/1" ‖ salt ‖ payload). Erasing the key and the row
 * leaves the commitment without an opening (shared design: EDPB 02/2025, PIPL art. 47). */
#ifndef MH_MATTER_SEAL_H
#define MH_MATTER_SEAL_H
#include "base/err.h"
#include "base/hash.h"
#include "base/random.h"

#define MH_KEY_LEN 32
#define MH_SALT_LEN 32
struct mh_key {
	unsigned char b[MH_KEY_LEN];
};
/* Result lives in the arena. */
enum mh_code mh_seal(struct mh_arena *a, const struct mh_key *key, const struct mh_rng *rng, struct mh_str about,
		     struct mh_bytes plain, struct mh_bytes *ret, struct mh_err *reterr);
/* MH_E_CORRUPT when the key, `about` or a byte is wrong. */
enum mh_code mh_unseal(struct mh_arena *a, const struct mh_key *key, struct mh_str about, struct mh_bytes sealed,
		       struct mh_bytes *ret, struct mh_err *reterr);
struct mh_hash mh_commit(const unsigned char salt[MH_SALT_LEN], struct mh_str payload);
/* Sixteen characters of Crockford's base 32 in groups of four: 80 bits, which are the matter's id and 17 zeros, permuted under the
 * master key. Never stored, always the same, not to be guessed; and the store needs no index of codes, whose every entry would lie
 * in another page. */
void mh_tracking_code(const struct mh_key *master, int64_t id, char ret[20]);
/* The id back. False: nobody was given this code. True says only that the matter with that id, if there is one, has it. */
bool mh_tracking_id(const struct mh_key *master, const char code[20], int64_t *ret_id);
/* As a person may type it: case, blanks, dashes, O for 0, I and L for 1. False: not a code. */
bool mh_tracking_normal(struct mh_str typed, char ret[20]);
#endif
