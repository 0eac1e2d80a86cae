/* SHA-256, OpenSSL's. */
#ifndef MH_BASE_HASH_H
#define MH_BASE_HASH_H
#include "base/str.h"

#define MH_SHA256_LEN 32
struct mh_hash {
	unsigned char b[MH_SHA256_LEN];
};
struct mh_sha256; /* an unfinished hash */

/* Hash of the parts one after the other. */
struct mh_hash mh_sha256_of(const struct mh_bytes *parts, size_t n);
struct mh_hash mh_sha256_one(const void *p, size_t n);
static inline struct mh_hash mh_sha256_str(struct mh_str s)
{
	return mh_sha256_one(s.ptr, s.len);
}
bool mh_hash_eq(const struct mh_hash *a, const struct mh_hash *b);
struct mh_str mh_hash_hex(struct mh_arena *a, const struct mh_hash *h);

/* Streaming, for files. _begin gives NULL when memory is short; _end and _drop free. */
struct mh_sha256 *mh_sha256_begin(void);
void mh_sha256_add(struct mh_sha256 *h, const void *p, size_t n);
struct mh_hash mh_sha256_end(struct mh_sha256 *h);
void mh_sha256_drop(struct mh_sha256 *h); /* NULL is accepted */
#endif
