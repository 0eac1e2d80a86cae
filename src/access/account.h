/* Accounts of staff: what an administrator does to them. All run in a transaction of the caller, on the writer. Residents have
 * no accounts. */
#ifndef MH_ACCESS_ACCOUNT_H
#define MH_ACCESS_ACCOUNT_H
#include "matter/matter.h"

struct mh_account {
	struct mh_str login;   /* [a-z][a-z0-9._-]{1,39} */
	struct mh_str zh, en;  /* names, 1 to 60 characters */
	struct mh_str officer; /* code, or empty */
	struct mh_str pwhash;  /* of mh_password_hash; empty: cannot log in yet */
};
/* Whether a login name has the form above. MH_E_INVALID. */
enum mh_code mh_account_login_ok(struct mh_str login, struct mh_err *reterr);
/* Errors: MH_E_INVALID, MH_E_CONFLICT (the name is taken). */
enum mh_code mh_account_add(struct mh_tx *tx, const struct mh_account *in, struct mh_err *reterr);
/* Gives or takes a role in a unit. MH_E_NOT_FOUND: no such account, unit, or (taking) role. Whoever takes a role may grant it
 * back; sessions see the change with their next request. */
enum mh_code mh_account_role(struct mh_tx *tx, struct mh_str login, struct mh_str role, struct mh_str org_code,
			     bool give, struct mh_err *reterr);
/* These end all sessions of the account, except switching the second factor on. MH_E_NOT_FOUND. */
enum mh_code mh_account_password(struct mh_tx *tx, struct mh_str login, struct mh_str pwhash, struct mh_err *reterr);
enum mh_code mh_account_lock(struct mh_tx *tx, struct mh_str login, bool locked, struct mh_err *reterr);
/* on: a new secret, sealed in the store; *ret_secret (in tx->arena) is shown once. Off: *ret_secret stays. */
enum mh_code mh_account_totp(struct mh_tx *tx, struct mh_str login, bool on, struct mh_bytes *ret_secret,
			     struct mh_err *reterr);
/* A page of accounts after a login name, with roles: JSON array (new reference). Never a hash or a secret. */
enum mh_code mh_account_list(struct mh_tx *tx, struct mh_str after, int64_t limit, json_t **ret, struct mh_err *reterr);
/* The same of one. MH_E_NOT_FOUND. */
enum mh_code mh_account_show(struct mh_tx *tx, struct mh_str login, json_t **ret, struct mh_err *reterr);
/* What the sealed secret is bound to. */
struct mh_str mh_account_totp_about(struct mh_arena *a, struct mh_str login);
#endif
