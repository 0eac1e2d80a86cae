#include "access/password.h"

#include <sodium.h>
#include <string.h>

#define PASSES 2
#define MEMORY ((size_t)19 << 20)

/* Of a text nobody knows, at the same costs: what is checked when there is no account. */
static const char nobody[] = "$argon2id$v=19$m=19456,t=2,p=1$Y2JD4ctVVr8auRolU/FKGA$"
			     "UeyhfW0CHTdvOynFFZAe0RTu3Wx+I4grp7eZNXf8Tdg";

enum mh_code mh_password_accept(struct mh_str login, struct mh_str password, struct mh_err *reterr)
{
	bool same = true;
	size_t at = 0, n = mh_utf8_count(password);
	if (n < MH_PASSWORD_MIN || password.len > MH_PASSWORD_MAX)
		return MH_FAIL(reterr, MH_E_INVALID, "A password has at least %d characters and at most %d bytes",
			       MH_PASSWORD_MIN, MH_PASSWORD_MAX);
	uint32_t first = mh_utf8_next(password, &at);
	while (at < password.len) {
		uint32_t c = mh_utf8_next(password, &at);
		if (c < 0x20 || c == 0x7f)
			return MH_FAIL(reterr, MH_E_INVALID, "A password holds no control characters");
		same = same && c == first;
	}
	if (same || (login.len >= 4 && password.len < login.len + 4 &&
		     memmem(password.ptr, password.len, login.ptr, login.len)))
		return MH_FAIL(reterr, MH_E_INVALID, "This password is too easy to guess");
	return MH_OK;
}

enum mh_code mh_password_hash(struct mh_arena *a, struct mh_str password, struct mh_str *ret, struct mh_err *reterr)
{
	char out[crypto_pwhash_STRBYTES];
	if (sodium_init() < 0) return MH_FAIL(reterr, MH_E_INTERNAL, "Could not prepare the password hash");
	if (crypto_pwhash_str_alg(out, password.ptr, password.len, PASSES, MEMORY, crypto_pwhash_ALG_ARGON2ID13) != 0)
		return MH_FAIL(reterr, MH_E_NO_MEMORY, "Memory is short");
	struct mh_str text = mh_str_dup(a, mh_str_c(out));
	MH_TRY_MEM(text.ptr, reterr);
	*ret = text;
	return MH_OK;
}

bool mh_password_is(struct mh_str hash, struct mh_str password)
{
	char text[crypto_pwhash_STRBYTES] = "";
	bool known = hash.len > 0 && hash.len < sizeof text;
	if (sodium_init() < 0) return false;
	if (known) memcpy(text, hash.ptr, hash.len);
	else memcpy(text, nobody, sizeof nobody);
	bool fits = crypto_pwhash_str_verify(text, password.ptr ? password.ptr : "", password.len) == 0;
	return fits && known;
}
