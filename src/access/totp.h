/* Time-based one-time passwords, RFC 6238 over RFC 4226: HMAC-SHA-1, six digits, steps of 30 seconds; what every
 * authenticator app reads. */
#ifndef MH_ACCESS_TOTP_H
#define MH_ACCESS_TOTP_H
#include "base/err.h"
#include "base/str.h"
#include "base/time.h"

#define MH_TOTP_SECRET 20 /* bytes; RFC 4226 section 4 asks for 160 bits */

/* Six digits and a NUL for one step (instant / 30 s). False when OpenSSL cannot. */
bool mh_totp_code(struct mh_bytes secret, int64_t step, char ret[7]);
/* The step, of the present one and its two neighbours, whose code was typed; -1: none. Blanks are skipped. */
int64_t mh_totp_step(struct mh_bytes secret, struct mh_str typed, mh_time now);
/* otpauth://totp/… for a QR code or to type; the secret in base 32 is *ret_base32. */
enum mh_code mh_totp_uri(struct mh_arena *a, struct mh_bytes secret, struct mh_str login, struct mh_str *ret_uri,
			 struct mh_str *ret_base32, struct mh_err *reterr);
#endif
