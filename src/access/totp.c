#include "access/totp.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <stdio.h>
#include <string.h>

#define STEP_MS 30000

bool mh_totp_code(struct mh_bytes secret, int64_t step, char ret[7])
{
	unsigned char message[8], mac[EVP_MAX_MD_SIZE];
	unsigned n = 0;
	for (int i = 0; i < 8; i++) message[i] = (unsigned char)((uint64_t)step >> (56 - 8 * i));
	if (!HMAC(EVP_sha1(), secret.ptr, (int)secret.len, message, sizeof message, mac, &n) || n != 20) return false;
	unsigned at = mac[19] & 15; /* RFC 4226 section 5.3 */
	uint32_t v = (uint32_t)(mac[at] & 127) << 24 | (uint32_t)mac[at + 1] << 16 | (uint32_t)mac[at + 2] << 8 |
		     mac[at + 3];
	snprintf(ret, 7, "%06u", (unsigned)(v % 1000000u));
	return true;
}

int64_t mh_totp_step(struct mh_bytes secret, struct mh_str typed, mh_time now)
{
	char digits[7] = "", want[7];
	size_t n = 0;
	int64_t found = -1, present = now / STEP_MS;
	for (size_t i = 0; i < typed.len; i++) {
		if (typed.ptr[i] == ' ') continue;
		if (n == 6 || typed.ptr[i] < '0' || typed.ptr[i] > '9') return -1;
		digits[n++] = typed.ptr[i];
	}
	if (n != 6) return -1;
	for (int64_t step = present - 1; step <= present + 1; step++)
		if (mh_totp_code(secret, step, want) && CRYPTO_memcmp(want, digits, 6) == 0) found = step;
	return found;
}

static struct mh_str base32(struct mh_arena *a, struct mh_bytes b)
{
	static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"; /* RFC 4648 */
	size_t n = (b.len * 8 + 4) / 5;
	char *p = mh_arena_alloc(a, n + 1);
	if (!p) return (struct mh_str){NULL, 0};
	for (size_t i = 0; i < n; i++) {
		unsigned v = 0;
		for (size_t k = 0; k < 5; k++) {
			size_t bit = i * 5 + k;
			unsigned one = bit / 8 < b.len ? b.ptr[bit / 8] >> (7 - bit % 8) & 1u : 0;
			v = v << 1 | one;
		}
		p[i] = letters[v];
	}
	return (struct mh_str){p, n};
}

enum mh_code mh_totp_uri(struct mh_arena *a, struct mh_bytes secret, struct mh_str login, struct mh_str *ret_uri,
			 struct mh_str *ret_base32, struct mh_err *reterr)
{
	struct mh_str text = base32(a, secret);
	MH_TRY_MEM(text.ptr, reterr);
	struct mh_str uri = mh_str_fmt(a, "otpauth://totp/Minhu:" MH_STR_FMT "?secret=" MH_STR_FMT "&issuer=Minhu",
				       MH_STR_ARG(login), MH_STR_ARG(text));
	MH_TRY_MEM(uri.ptr, reterr);
	*ret_uri = uri;
	*ret_base32 = text;
	return MH_OK;
}
