/* OpenSSL 3 wants all digests to go through EVP, which costs a short message a quarter more time than its hashing and needs an
 * object for each. Trees are made of short messages: so the functions below EVP, which use the same instructions and cannot
 * fail. */
#define OPENSSL_SUPPRESS_DEPRECATED
#include "base/hash.h"

#include <openssl/sha.h>
#include <string.h>

struct mh_sha256 {
	SHA256_CTX ctx;
};

struct mh_hash mh_sha256_of(const struct mh_bytes *parts, size_t n)
{
	SHA256_CTX ctx;
	struct mh_hash h;
	SHA256_Init(&ctx);
	for (size_t i = 0; i < n; i++)
		if (parts[i].len) SHA256_Update(&ctx, parts[i].ptr, parts[i].len);
	SHA256_Final(h.b, &ctx);
	return h;
}

struct mh_hash mh_sha256_one(const void *p, size_t n)
{
	return mh_sha256_of(&(struct mh_bytes){p, n}, 1);
}

bool mh_hash_eq(const struct mh_hash *a, const struct mh_hash *b)
{
	return memcmp(a->b, b->b, sizeof a->b) == 0;
}

struct mh_str mh_hash_hex(struct mh_arena *a, const struct mh_hash *h)
{
	return mh_str_hex(a, (struct mh_bytes){h->b, sizeof h->b});
}

struct mh_sha256 *mh_sha256_begin(void)
{
	struct mh_sha256 *h = mh_mem_alloc(sizeof *h);
	if (h) SHA256_Init(&h->ctx);
	return h;
}

void mh_sha256_add(struct mh_sha256 *h, const void *p, size_t n)
{
	if (n) SHA256_Update(&h->ctx, p, n);
}

struct mh_hash mh_sha256_end(struct mh_sha256 *h)
{
	struct mh_hash out;
	SHA256_Final(out.b, &h->ctx);
	mh_mem_free(h);
	return out;
}

void mh_sha256_drop(struct mh_sha256 *h)
{
	mh_mem_free(h);
}
