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

void mh_tracking_code(const struct mh_key *master, struct mh_str ref, char ret[20])
{
	struct mh_str domain = MH_STR("tracking\n");
	const struct mh_bytes parts[] = {{(const unsigned char *)domain.ptr, domain.len},
					 {(const unsigned char *)ref.ptr, ref.len}};
	struct mh_hash mac = mh_hmac_sha256(master->b, parts, 2);
	size_t bit = 0, at = 0;
	for (int i = 0; i < 16; i++, bit += 5) {
		unsigned v = (unsigned)mac.b[bit / 8] << 8 | mac.b[bit / 8 + 1];
		if (i && i % 4 == 0) ret[at++] = '-';
		ret[at++] = alphabet[v >> (11 - bit % 8) & 31];
	}
	ret[at] = '\0';
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
