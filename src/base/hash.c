#include "base/hash.h"

#include <openssl/evp.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

static EVP_MD *sha256;
static pthread_once_t once = PTHREAD_ONCE_INIT;
static pthread_key_t ctx_key;

static void free_ctx(void *ctx)
{
	EVP_MD_CTX_free(ctx);
}

static void set_up(void)
{
	sha256 = EVP_MD_fetch(NULL, "SHA256", NULL);
	if (!sha256 || pthread_key_create(&ctx_key, free_ctx) != 0) abort();
}

static EVP_MD_CTX *thread_ctx(void)
{
	pthread_once(&once, set_up);
	EVP_MD_CTX *ctx = pthread_getspecific(ctx_key);
	if (ctx) return ctx;
	ctx = EVP_MD_CTX_new();
	if (!ctx || pthread_setspecific(ctx_key, ctx) != 0) abort();
	return ctx;
}

static void must(int ok)
{
	if (ok != 1) abort();
}

struct mh_hash mh_sha256_of(const struct mh_bytes *parts, size_t n)
{
	EVP_MD_CTX *ctx = thread_ctx();
	struct mh_hash h;
	must(EVP_DigestInit_ex2(ctx, sha256, NULL));
	for (size_t i = 0; i < n; i++)
		if (parts[i].len) must(EVP_DigestUpdate(ctx, parts[i].ptr, parts[i].len));
	must(EVP_DigestFinal_ex(ctx, h.b, NULL));
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
	pthread_once(&once, set_up);
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	if (ctx) must(EVP_DigestInit_ex2(ctx, sha256, NULL));
	return (struct mh_sha256 *)ctx;
}

void mh_sha256_add(struct mh_sha256 *h, const void *p, size_t n)
{
	if (n) must(EVP_DigestUpdate((EVP_MD_CTX *)h, p, n));
}

struct mh_hash mh_sha256_end(struct mh_sha256 *h)
{
	struct mh_hash out;
	must(EVP_DigestFinal_ex((EVP_MD_CTX *)h, out.b, NULL));
	EVP_MD_CTX_free((EVP_MD_CTX *)h);
	return out;
}

void mh_sha256_drop(struct mh_sha256 *h)
{
	EVP_MD_CTX_free((EVP_MD_CTX *)h);
}
