/* Accounts of staff: what is done to their rows. All run in a transaction of the caller, on the writer. Residents have no
 * accounts. Whether somebody may do it, and the record of it, are manage.h (others' accounts) and own.h (one's own). */
#ifndef MH_ACCESS_ACCOUNT_H
#define MH_ACCESS_ACCOUNT_H
#include "matter/matter.h"

struct mh_account {
	struct mh_str login;   /* [a-z][a-z0-9._-]{1,39} */
	struct mh_str zh, en;  /* names, 1 to 60 characters */
	struct mh_str officer; /* code, or empty */
	struct mh_str pwhash;  /* of mh_password_hash; empty: cannot log in yet */
	bool must_change;      /* the password is somebody else's choice: it opens nothing but its own change */
};
#define MH_ACCOUNT_ROLES 200 /* of one account */
struct mh_account_post {
	struct mh_str role, org;
};
/* Whether a login name has the form above. MH_E_INVALID. */
enum mh_code mh_account_login_ok(struct mh_str login, struct mh_err *reterr);
/* Errors: MH_E_INVALID, MH_E_CONFLICT (the name is taken). */
enum mh_code mh_account_add(struct mh_tx *tx, const struct mh_account *in, struct mh_err *reterr);
/* Gives or takes a role in a unit. MH_E_NOT_FOUND: no such account, unit, or (taking) role. Whoever takes a role may grant it
 * back; sessions see the change with their next request. */
enum mh_code mh_account_role(struct mh_tx *tx, struct mh_str login, struct mh_str role, struct mh_str org_code,
			     bool give, struct mh_err *reterr);
enum mh_code mh_account_names(struct mh_tx *tx, struct mh_str login, struct mh_str zh, struct mh_str en,
			      struct mh_str officer, struct mh_err *reterr);
/* Everything that is known of it, with hash and sealed secrets; the row of access.sql. MH_E_NOT_FOUND. */
struct mh_q_account_get_row;
enum mh_code mh_account_get(struct mh_tx *tx, struct mh_str login, struct mh_q_account_get_row *ret,
			    struct mh_err *reterr);
enum mh_code mh_account_roles(struct mh_tx *tx, struct mh_str login, struct mh_account_post **ret, size_t *ret_n,
			      struct mh_err *reterr);
/* These end all sessions of the account, except switching the second factor on. MH_E_NOT_FOUND. */
enum mh_code mh_account_password(struct mh_tx *tx, struct mh_str login, struct mh_str pwhash, bool must_change,
				 struct mh_err *reterr);
enum mh_code mh_account_lock(struct mh_tx *tx, struct mh_str login, bool locked, struct mh_err *reterr);
/* on: a new secret, sealed in the store; *ret_secret (in tx->arena) is shown once. Off: *ret_secret stays. */
enum mh_code mh_account_totp(struct mh_tx *tx, struct mh_str login, bool on, struct mh_bytes *ret_secret,
			     struct mh_err *reterr);
/* The next page behind a login name: those that `wanted` takes (NULL: all), at most `limit`, as JSON (new reference). Never a hash or a
 * secret. *ret_next: where to go on, or empty. Looks at most at MH_ACCOUNT_LOOKED accounts. */
#define MH_ACCOUNT_LOOKED 20000
struct mh_account_seen {
	struct mh_str login, zh, en;
	const struct mh_account_post *roles;
	size_t n_roles;
};
typedef bool mh_account_wanted(const void *ctx, const struct mh_account_seen *a);
enum mh_code mh_account_list(struct mh_tx *tx, struct mh_str after, size_t limit, mh_account_wanted *wanted,
			     const void *ctx, json_t **ret, struct mh_str *ret_next, struct mh_err *reterr);
/* The same of one. MH_E_NOT_FOUND. */
enum mh_code mh_account_show(struct mh_tx *tx, struct mh_str login, json_t **ret, struct mh_err *reterr);
/* What the sealed secret is bound to. */
struct mh_str mh_account_totp_about(struct mh_arena *a, struct mh_str login);
#endif
