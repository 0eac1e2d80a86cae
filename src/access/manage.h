/* What an administrator does to the accounts of others: may they, the deed, and the record of it, in one call each. All run in a
 * transaction of the caller, on the writer.
 *
 * An administrator manages the accounts whose every role lies in their own unit or below it, and gives roles there only: so nobody
 * can give more than they have, and a department's administrator stays within the department. Accounts without a role belong to the
 * top. Nobody manages their own account: their password and second factor are own.h, and for the rest there are colleagues.
 * Errors of all: MH_E_FORBIDDEN, MH_E_NOT_FOUND. */
#ifndef MH_ACCESS_MANAGE_H
#define MH_ACCESS_MANAGE_H
#include "access/account.h"

/* Who does it. NULL in place of it: whoever runs the machine (`minhu user`), who may do everything. */
struct mh_manager {
	struct mh_str login; /* empty where there are no accounts */
	struct mh_str role;
	int org; /* index of the unit */
};
/* roles: 1 to MH_ACCOUNT_ROLES; only whoever runs the machine may make an account without any. */
enum mh_code mh_manage_add(struct mh_tx *tx, const struct mh_manager *by, const struct mh_account *in,
			   const struct mh_account_post *roles, size_t n, struct mh_err *reterr);
enum mh_code mh_manage_role(struct mh_tx *tx, const struct mh_manager *by, struct mh_str login, struct mh_str role,
			    struct mh_str org, bool give, struct mh_err *reterr);
/* What is to be otherwise; a text without ptr, a negative number and roles NULL stay as they are. */
struct mh_account_change {
	struct mh_str zh, en, officer;
	const struct mh_account_post *roles; /* all of them, 1 to MH_ACCOUNT_ROLES */
	size_t n_roles;
	int locked, must_change; /* 1, 0; -1: as it is */
};
#define MH_ACCOUNT_CHANGE                                                                                              \
	{                                                                                                              \
		.locked = -1, .must_change = -1                                                                        \
	}
enum mh_code mh_manage_change(struct mh_tx *tx, const struct mh_manager *by, struct mh_str login,
			      const struct mh_account_change *change, struct mh_err *reterr);
/* temporary: it opens nothing but its own change. */
enum mh_code mh_manage_password(struct mh_tx *tx, const struct mh_manager *by, struct mh_str login,
				struct mh_str pwhash, bool temporary, struct mh_err *reterr);
/* A password for mh_manage_password that nobody has chosen: 80 bits as XXXX-XXXX-XXXX-XXXX and a NUL. */
void mh_manage_temporary(const struct mh_rng *rng, char ret[20]);
/* As mh_account_totp. Only whoever runs the machine switches it on for somebody else. */
enum mh_code mh_manage_totp(struct mh_tx *tx, const struct mh_manager *by, struct mh_str login, bool on,
			    struct mh_bytes *ret_secret, struct mh_err *reterr);
/* Ends one session, by the hash of its token, or with an empty one all. */
enum mh_code mh_manage_end_sessions(struct mh_tx *tx, const struct mh_manager *by, struct mh_str login,
				    struct mh_str hash, struct mh_err *reterr);
/* May it be read by `by`? */
enum mh_code mh_manage_sees(struct mh_tx *tx, const struct mh_manager *by, struct mh_str login, struct mh_err *reterr);

/* --- reading --- */
struct mh_manage_query {
	struct mh_str text;  /* in login or names, whatever the case of ASCII; or empty */
	struct mh_str role;  /* or empty */
	int org;             /* with a role in it or below; -1: any */
	struct mh_str after; /* cursor */
	size_t limit;
};
/* As mh_account_list, of those that `by` manages. */
enum mh_code mh_manage_list(struct mh_tx *tx, const struct mh_manager *by, const struct mh_manage_query *q,
			    json_t **ret, struct mh_str *ret_next, struct mh_err *reterr);

/* --- the record --- */
/* what: make, role, names, lock, unlock, password, must_change, totp_on, totp_off, sessions; by the person: own_password,
 * own_totp_on, own_totp_off. detail: never a secret. */
enum mh_code mh_account_note(struct mh_tx *tx, const struct mh_manager *by, struct mh_str login, const char *what,
			     struct mh_str detail, struct mh_err *reterr);
/* Newest first, of one account or (empty) of all that `by` may see: [{"id", "at", "login", "by", "role", "org", "what", "detail"}], new
 * reference. before: an id, 0: the newest. *ret_next: where to go on, 0: the end. */
enum mh_code mh_account_history(struct mh_tx *tx, const struct mh_manager *by, struct mh_str login, int64_t before,
				int64_t limit, json_t **ret, int64_t *ret_next, struct mh_err *reterr);
#endif
