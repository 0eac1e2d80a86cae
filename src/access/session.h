/* Logging in and staying so.
 *
 * A session is 256 random bits; the store has only their hash. It is over after 12 hours, after 30 minutes without use, when it is
 * ended, and when the account's password changes or the account is shut.
 *
 * Guessing: failures are counted by the hash of what was typed as a name and by address, so that a name that does not exist is
 * answered, delayed and shut exactly as one that does. After 5 failures of a name (20 of an address) each further one doubles the
 * wait, from 2 seconds up to 15 minutes; a day without failures, or a success, forgets a name. */
#ifndef MH_ACCESS_SESSION_H
#define MH_ACCESS_SESSION_H
#include "access/actor.h"
#include "matter/matter.h"

#define MH_SESSION_IDLE_MS ((int64_t)30 * 60 * 1000)
#define MH_SESSION_MAX_MS ((int64_t)12 * 3600 * 1000)
#define MH_SESSION_SEEN_MS ((int64_t)60 * 1000) /* how exactly the last use is kept */
#define MH_SESSION_TOKEN 64                     /* hexadecimal digits */

/* --- logging in, in two parts: the slow one reads, the quick one writes --- */
struct mh_login {
	struct mh_str login, password, code; /* as typed; code: of the second factor, or empty */
	struct mh_str address;               /* of the client */
};
enum mh_login_fate {
	MH_LOGIN_WRONG,
	MH_LOGIN_GOOD,
	MH_LOGIN_WAIT, /* too many failures: come back in wait_s */
	MH_LOGIN_CODE, /* the password is right, the code is missing */
};
struct mh_login_verdict {
	enum mh_login_fate fate;
	int wait_s;
	int64_t totp_step; /* of the code that was used; -1: none */
};
/* Costs one password hash, unless the fate is WAIT. city: for the key of the second factor. */
enum mh_code mh_login_judge(struct mh_db *db, struct mh_arena *a, const struct mh_city *city, const struct mh_login *in,
			    mh_time now, struct mh_login_verdict *ret, struct mh_err *reterr);
/* In the writer's transaction: opens a session for GOOD (and looks once more whether the code is unused), counts WRONG. *v may turn
 * from GOOD to WRONG. ret_token: digits and a NUL, set for GOOD. */
enum mh_code mh_login_settle(struct mh_tx *tx, const struct mh_login *in, struct mh_login_verdict *v,
			     char ret_token[MH_SESSION_TOKEN + 1], struct mh_err *reterr);

/* Judging alone for somebody who is logged in and says the password once more: MH_LOGIN_CODE is as good as GOOD there. What was WRONG
 * is counted as at a login. */
enum mh_code mh_login_count(struct mh_tx *tx, const struct mh_login *in, struct mh_err *reterr);

/* --- using --- */
struct mh_session_role {
	struct mh_str role, org;
};
struct mh_session {
	struct mh_str hash; /* of the token: how it is named */
	struct mh_str login, zh, en, officer;
	const struct mh_session_role *roles;
	size_t n_roles;
	mh_time at;
	bool must_change; /* the password was somebody else's choice: nothing but its change is open */
	bool stale;       /* the last use should be written down (mh_session_seen) */
};
/* Everything in the arena. MH_E_UNAUTHENTICATED: not a session, or over. */
enum mh_code mh_session_find(struct mh_db *db, struct mh_arena *a, struct mh_str token, mh_time now,
			     struct mh_session *ret, struct mh_err *reterr);
/* Who acts: `as` is "role@org" of one of its roles, or empty for the first. MH_E_FORBIDDEN: not one of them, or it has none. */
enum mh_code mh_session_actor(const struct mh_session *s, struct mh_str as, struct mh_actor *ret,
			      struct mh_err *reterr);
enum mh_code mh_session_seen(struct mh_db *db, struct mh_str hash, mh_time now, struct mh_err *reterr);
/* MH_E_NOT_FOUND: not one of this login. */
enum mh_code mh_session_end(struct mh_db *db, struct mh_str login, struct mh_str hash, struct mh_err *reterr);
/* What a page shows again with each change (double submit): derived from the token, useless without it. */
struct mh_str mh_session_csrf(struct mh_arena *a, struct mh_str token);
#endif
