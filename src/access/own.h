/* What a person does to their own account: password, second factor, kept lists, how pages look. All run in a transaction of the
 * caller, on the writer; that the person is who they say has been judged before (mh_login_judge). */
#ifndef MH_ACCESS_OWN_H
#define MH_ACCESS_OWN_H
#include "access/manage.h"

/* Ends all sessions but the one of `keep` (the hash of its token). by: the person, for the record. */
enum mh_code mh_own_password(struct mh_tx *tx, const struct mh_manager *by, struct mh_str pwhash, struct mh_str keep,
			     struct mh_err *reterr);
/* A new secret, to be entered in an authenticator; nothing has changed until a code of it is shown. *ret_secret in tx->arena. */
enum mh_code mh_own_totp_begin(struct mh_tx *tx, struct mh_str login, struct mh_bytes *ret_secret,
			       struct mh_err *reterr);
/* With a code of that secret it is in force. MH_E_INVALID: not its code. MH_E_CONFLICT: none was begun. */
enum mh_code mh_own_totp_confirm(struct mh_tx *tx, const struct mh_manager *by, struct mh_str code,
				 struct mh_err *reterr);
enum mh_code mh_own_totp_off(struct mh_tx *tx, const struct mh_manager *by, struct mh_err *reterr);

/* --- lists kept under a name --- */
#define MH_VIEWS_MAX 50
#define MH_VIEW_NAME_MAX 60    /* code points */
#define MH_VIEW_QUERY_MAX 1000 /* bytes, percent-encoded */
/* A query as it stands in an address behind the `?`, or empty: letters, digits and the marks of RFC 3986, whole percent signs. */
bool mh_view_query_ok(struct mh_str query);
/* Makes or replaces. MH_E_INVALID: name or query. MH_E_TOO_MANY. */
enum mh_code mh_view_put(struct mh_tx *tx, struct mh_str login, struct mh_str name, struct mh_str query, int64_t place,
			 struct mh_err *reterr);
enum mh_code mh_view_drop(struct mh_tx *tx, struct mh_str login, struct mh_str name, struct mh_err *reterr);
/* [{"name", "query", "place"}] in their order, new reference. */
enum mh_code mh_view_list(struct mh_tx *tx, struct mh_str login, json_t **ret, struct mh_err *reterr);

/* --- how pages look --- */
/* The keys that exist and the words that each may have; name NULL behind the last. The first word holds where none was chosen. */
struct mh_setting {
	const char *name;
	const char *const *words;
};
extern const struct mh_setting mh_settings[];
extern const char *const mh_setting_languages[], *const mh_setting_densities[], *const mh_setting_themes[];
/* All of them: {"language": "zh", …}, new reference. */
enum mh_code mh_setting_list(struct mh_tx *tx, struct mh_str login, json_t **ret, struct mh_err *reterr);
/* word: of mh_settings[i].words. */
enum mh_code mh_setting_put(struct mh_tx *tx, struct mh_str login, const struct mh_setting *s, const char *word,
			    struct mh_err *reterr);
#endif
