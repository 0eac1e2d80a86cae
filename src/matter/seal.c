#include "matter/seal.h"

#include <sodium.h>
#include <string.h>

#define NONCE crypto_aead_xchacha20poly1305_ietf_NPUBBYTES
#define MAC crypto_aead_xchacha20poly1305_ietf_ABYTES

enum mh_code mh_seal(struct mh_arena *a, const struct mh_key *key, const struct mh_rng *rng, struct mh_str about,
		     struct mh_bytes plain, struct mh_bytes *ret, struct mh_err *reterr)
{
	unsigned char *out = mh_arena_alloc(a, NONCE + plain.len + MAC);
	MH_TRY_MEM(out, reterr);
	mh_random(rng, out, NONCE);
	unsigned long long n = 0;
	crypto_aead_xchacha20poly1305_ietf_encrypt(out + NONCE, &n, plain.ptr, plain.len,
						   (const unsigned char *)about.ptr, about.len, NULL, out, key->b);
	*ret = (struct mh_bytes){out, NONCE + (size_t)n};
	return MH_OK;
}

enum mh_code mh_unseal(struct mh_arena *a, const struct mh_key *key, struct mh_str about, struct mh_bytes sealed,
		       struct mh_bytes *ret, struct mh_err *reterr)
{
	if (sealed.len < NONCE + MAC)
		return MH_FAIL(reterr, MH_E_CORRUPT, "Could not open a sealed text: it is cut short");
	unsigned char *out = mh_arena_alloc(a, sealed.len - NONCE - MAC + 1);
	MH_TRY_MEM(out, reterr);
	unsigned long long n = 0;
	if (crypto_aead_xchacha20poly1305_ietf_decrypt(out, &n, NULL, sealed.ptr + NONCE, sealed.len - NONCE,
						       (const unsigned char *)about.ptr, about.len, sealed.ptr,
						       key->b) != 0) {
		enum mh_code code = MH_FAIL(reterr, MH_E_CORRUPT,
					    "Could not open a sealed text: key and text do not belong together");
		mh_err_hint(reterr, "Check that the state folder (master.key) belongs to this store.");
		return code;
	}
	*ret = (struct mh_bytes){out, (size_t)n};
	return MH_OK;
}

struct mh_hash mh_commit(const unsigned char salt[MH_SALT_LEN], struct mh_str payload)
{
	struct mh_str domain = MH_STR("civic/commit/1");
	struct mh_bytes parts[] = {{(const unsigned char *)domain.ptr, domain.len},
				   {salt, MH_SALT_LEN},
				   {(const unsigned char *)payload.ptr, payload.len}};
	return mh_sha256_of(parts, 3);
}

static const char alphabet[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"; /* Crockford: no I L O U */

/* --- tracking codes --- */

#define HALF 40 /* bits */
#define HALF_MASK (((uint64_t)1 << HALF) - 1)
#define ZEROS 17 /* 80 bits less those of an id */
#define ROUNDS 10

/* A key of its own: the master key seals as well. */
static void code_key(const struct mh_key *master, unsigned char ret[crypto_core_hchacha20_KEYBYTES])
{
	static const unsigned char what[crypto_generichash_blake2b_PERSONALBYTES] = "tracking code 2";
	crypto_generichash_blake2b_salt_personal(ret, crypto_core_hchacha20_KEYBYTES, NULL, 0, master->b,
						 sizeof master->b, NULL, what);
}

static uint64_t scramble(const unsigned char *key, unsigned round, uint64_t half)
{
	unsigned char in[crypto_core_hchacha20_INPUTBYTES] = {(unsigned char)round};
	unsigned char out[crypto_core_hchacha20_OUTPUTBYTES];
	uint64_t v = 0;
	for (int i = 0; i < HALF / 8; i++) in[1 + i] = (unsigned char)(half >> (8 * i));
	crypto_core_hchacha20(out, in, key, NULL);
	for (int i = 0; i < HALF / 8; i++) v |= (uint64_t)out[i] << (8 * i);
	return v;
}

/* A balanced Feistel network: with rounds that nobody can tell from random ones, a permutation that nobody can tell from a random
 * one (Luby and Rackoff, 1988; four rounds would do for a few codes). */
static void permute(const struct mh_key *master, uint64_t half[2])
{
	unsigned char key[crypto_core_hchacha20_KEYBYTES];
	code_key(master, key);
	for (unsigned i = 0; i < ROUNDS; i++) {
		uint64_t next = half[0] ^ scramble(key, i, half[1]);
		half[0] = half[1];
		half[1] = next;
	}
	sodium_memzero(key, sizeof key);
}

static void permute_back(const struct mh_key *master, uint64_t half[2])
{
	unsigned char key[crypto_core_hchacha20_KEYBYTES];
	code_key(master, key);
	for (unsigned i = ROUNDS; i-- > 0;) {
		uint64_t before = half[1] ^ scramble(key, i, half[0]);
		half[1] = half[0];
		half[0] = before;
	}
	sodium_memzero(key, sizeof key);
}

void mh_tracking_code(const struct mh_key *master, int64_t id, char ret[20])
{
	uint64_t half[2] = {(uint64_t)id >> (HALF - ZEROS), (uint64_t)id << ZEROS & HALF_MASK};
	size_t at = 0;
	permute(master, half);
	for (int i = 0; i < 16; i++) {
		if (i && i % 4 == 0) ret[at++] = '-';
		ret[at++] = alphabet[half[i / 8] >> (HALF - 5 - i % 8 * 5) & 31];
	}
	ret[at] = '\0';
}

bool mh_tracking_id(const struct mh_key *master, const char code[20], int64_t *ret_id)
{
	uint64_t half[2] = {0, 0};
	int n = 0;
	for (const char *c = code; *c; c++) {
		const char *digit = strchr(alphabet, *c);
		if (*c == '-') continue;
		if (!digit || n == 16) return false;
		half[n / 8] = half[n / 8] << 5 | (uint64_t)(digit - alphabet);
		n++;
	}
	if (n != 16) return false;
	permute_back(master, half);
	if (half[1] & (((uint64_t)1 << ZEROS) - 1)) return false;
	*ret_id = (int64_t)(half[0] << (HALF - ZEROS) | half[1] >> ZEROS);
	return true;
}

bool mh_tracking_normal(struct mh_str typed, char ret[20])
{
	size_t at = 0, n = 0;
	for (size_t i = 0; i < typed.len; i++) {
		char c = typed.ptr[i];
		if (c == ' ' || c == '-') continue;
		if (c >= 'a' && c <= 'z') c = (char)(c - 32);
		if (c == 'O') c = '0';
		if (c == 'I' || c == 'L') c = '1';
		if (!c || !strchr(alphabet, c) || n == 16) return false;
		if (n && n % 4 == 0) ret[at++] = '-';
		ret[at++] = c;
		n++;
	}
	ret[at] = '\0';
	return n == 16;
}
