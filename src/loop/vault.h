/* Files at rest: each is sealed under a key of its own, in chunks, so that it is written while it arrives and read while it is sent.
 *
 *   file    "minhu-file/1\n" ‖ header(24) ‖ chunk …     libsodium's secretstream, XChaCha20-Poly1305
 *   chunk   16 KiB of the bytes, sealed (+17); the last one carries the final tag, so a file that is cut short is found out
 *
 * The file's key lies in the store, sealed under its matter's key: whoever erases that key has erased the file, in every backup too.
 * SHA-256 in the ledger and in `file.hash` is of the plain bytes. */
#ifndef MH_LOOP_VAULT_H
#define MH_LOOP_VAULT_H
#include "matter/seal.h"

struct mh_vault_writer;
/* A new file of mode 0600 under a new key. MH_E_UNAVAILABLE: the disk is full; MH_E_IO. */
enum mh_code mh_vault_create(const char *path, const struct mh_rng *rng, struct mh_vault_writer **ret,
			     struct mh_key *ret_key, struct mh_err *reterr);
enum mh_code mh_vault_add(struct mh_vault_writer *w, const void *p, size_t n, struct mh_err *reterr);
/* The last chunk, and the file is on the disk. Frees the writer, also after an error. */
enum mh_code mh_vault_end(struct mh_vault_writer *w, struct mh_err *reterr);
void mh_vault_drop(struct mh_vault_writer *w); /* frees without ending; the file stays. NULL is accepted */
int64_t mh_vault_size(int64_t plain);          /* how long the sealed file of so many bytes is */

struct mh_vault_reader;
/* MH_E_NOT_FOUND, MH_E_CORRUPT (not such a file), MH_E_IO. */
enum mh_code mh_vault_open(const char *path, const struct mh_key *key, struct mh_vault_reader **ret,
			   struct mh_err *reterr);
/* Up to `room` of the next bytes; 0 at the end, -1 when a chunk is not what was sealed, is missing, or cannot be read. */
ptrdiff_t mh_vault_next(void *reader, char *out, size_t room);
void mh_vault_close(void *reader); /* NULL is accepted */
#endif
