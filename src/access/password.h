/* Passwords: Argon2id through libsodium, at the costs of OWASP's Password Storage Cheat Sheet (19 MiB, 2 passes, 1 lane), so
 * that one login costs about 20 ms and memory stays bounded: who calls sees to it that few run at once. */
#ifndef MH_ACCESS_PASSWORD_H
#define MH_ACCESS_PASSWORD_H
#include "base/err.h"
#include "base/str.h"

#define MH_PASSWORD_MIN 10  /* code points; NIST SP 800-63B asks for 8 and for no rules about kinds of characters */
#define MH_PASSWORD_MAX 256 /* bytes */

/* MH_E_INVALID says what is wrong: length, control characters, the login name itself, one character repeated. */
enum mh_code mh_password_accept(struct mh_str login, struct mh_str password, struct mh_err *reterr);
/* The text form with salt and costs, in the arena. MH_E_NO_MEMORY. The salt is libsodium's own: nothing may depend on it. */
enum mh_code mh_password_hash(struct mh_arena *a, struct mh_str password, struct mh_str *ret, struct mh_err *reterr);
/* Takes as long for a hash that is empty or unreadable as for a wrong password; both are false. */
bool mh_password_is(struct mh_str hash, struct mh_str password);
#endif
