/* From a request to who acts: sessions by cookie or bearer token, what a foreign page may not do with somebody's cookie, and how
 * often an address may write. The server asks it for every request (mh_http_config.identify). */
#ifndef MH_WEB_SIGNIN_H
#define MH_WEB_SIGNIN_H
#include "access/session.h"
#include "web/http.h"
#include "web/request.h"

#define MH_SIGNIN_COOKIE "minhu_session"

struct mh_signin_config {
	const struct mh_city *city; /* constant parts */
	struct mh_http_store store;
	struct mh_clock clock;
	/* The last X-Forwarded-For and X-Forwarded-Proto of a peer on this machine are believed. Else neither is looked at. */
	bool behind_proxy;
	/* For each address: logins, and writes by people who are not logged in. 0 takes the default. */
	int login_burst, login_per_hour; /* 20, 600 */
	int write_burst, write_per_hour; /* 60, 1,200 */
};
struct mh_signin;
enum mh_code mh_signin_new(const struct mh_signin_config *config, struct mh_signin **ret, struct mh_err *reterr);
void mh_signin_free(struct mh_signin *s); /* after the server has stopped; NULL is accepted */
/* ctx: the mh_signin. Errors: MH_E_UNAUTHENTICATED, MH_E_FORBIDDEN (a role that is not one's own, a foreign page), MH_E_TOO_MANY. */
enum mh_code mh_signin_identify(void *ctx, struct mh_request *req, struct mh_err *reterr);
/* One login more from this address. MH_E_TOO_MANY. */
enum mh_code mh_signin_admit(struct mh_signin *s, struct mh_request *req, struct mh_err *reterr);
#endif
