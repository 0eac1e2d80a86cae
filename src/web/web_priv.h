/* What the files of src/web share. */
#ifndef MH_WEB_PRIV_H
#define MH_WEB_PRIV_H
#include "web/request.h"

/* --- target.c: the request target --- */
#define MH_WEB_PAIRS 512 /* query or form pairs at most */
/* "/a/%E6%B0%91?x=1" → path "/a/民", query "x=1" (undecoded). Refuses what two readers could understand differently: dot
 * segments, empty segments, encoded slashes and backslashes, control bytes, bytes that should be encoded, bad UTF-8,
 * anything but the origin form. Errors: MH_E_INVALID, MH_E_NO_MEMORY. */
enum mh_code mh_web__target_parse(struct mh_arena *a, struct mh_str raw, struct mh_str *ret_path,
				  struct mh_str *ret_query, struct mh_err *reterr);
/* application/x-www-form-urlencoded. Names and values: UTF-8 without NUL; no names that are empty. */
enum mh_code mh_web__form_parse(struct mh_arena *a, struct mh_str text, const struct mh_pair **ret, size_t *ret_n,
				struct mh_err *reterr);

/* --- multipart.c --- */
struct mh_web__part {
	struct mh_str name, filename; /* name: UTF-8, not empty; filename as claimed, of any bytes */
	struct mh_bytes body;         /* a view into the text; without a file name it is UTF-8 without NUL */
	bool is_file;
};
/* MH_E_INVALID, MH_E_TOO_LARGE (parts), MH_E_NO_MEMORY. */
enum mh_code mh_web__multipart_parse(struct mh_arena *a, struct mh_str content_type, struct mh_str text,
				     const struct mh_web__part **ret, size_t *ret_n, struct mh_err *reterr);

/* --- guard.c: what libmicrohttpd lets through (stack.md, HTTP) --- */
struct mh_web__framing {
	bool chunked;
	int64_t length; /* -1: not said */
	bool expect;    /* Expect: 100-continue */
};
enum mh_code mh_web__guard(struct mh_str version, const struct mh_pair *headers, size_t n, struct mh_web__framing *ret,
			   struct mh_err *reterr);
bool mh_web__name_eq(struct mh_str a, const char *b); /* ASCII, any case */

/* --- head.c: that nothing hides between the strings of the head. Both structures point into `head`, the raw bytes of it as
 * libmicrohttpd left them, beginning with the method. MH_E_INVALID. */
enum mh_code mh_web__head_whole(struct mh_str head, struct mh_str target, struct mh_str version,
				const struct mh_pair *headers, size_t n, struct mh_err *reterr);

/* --- identity.c: actor, tracking code, idempotency key and language from the headers --- */
enum mh_code mh_web__identity(struct mh_request *req, struct mh_err *reterr);

/* --- validate.c --- */
/* Checks path and query values and headers; before the body comes. */
enum mh_code mh_web__check_head(struct mh_request *req, const struct mh_route_match *m, struct mh_err *reterr);
/* Checks a JSON or form body. */
enum mh_code mh_web__check_body(struct mh_request *req, struct mh_str body, struct mh_err *reterr);
/* Whether the Content-Type fits the route. MH_E_MEDIA_TYPE. */
enum mh_code mh_web__check_type(const struct mh_request *req, bool has_body, struct mh_err *reterr);

/* --- problem.c --- */
/* application/problem+json (RFC 9457). Static bytes when memory is short. */
void mh_web__problem(struct mh_request *req, const struct mh_err *err, struct mh_response *res);

/* --- gzip.c --- */
bool mh_web__gzip_accepted(struct mh_str accept_encoding);
bool mh_web__gzip_wanted(struct mh_str accept_encoding, const char *content_type, struct mh_str body);
/* Into the arena; false when it did not get smaller or memory is short: send the body as it is. */
bool mh_web__gzip(struct mh_arena *a, struct mh_str body, struct mh_str *ret);

/* --- metrics.c --- */
/* Requests by route and status, and how long they took, in Prometheus' text format. Nothing without a server. */
void mh_web__metrics_text(const struct mh_request *req, struct mh_buf *b);
/* A read connection for a handler that can also do without: NULL when there is none now. */
struct mh_db *mh_web__borrow(struct mh_request *req);
void mh_web__give_back(struct mh_request *req, struct mh_db *db); /* NULL is accepted */

/* --- upload.c --- */
struct mh_web__upload;
enum mh_code mh_web__upload_begin(struct mh_request *req, const char *dir, struct mh_web__upload **ret,
				  struct mh_err *reterr);
enum mh_code mh_web__upload_add(struct mh_web__upload *u, const void *p, size_t n, struct mh_err *reterr);
/* Fills req->file; the file stays until _drop. */
enum mh_code mh_web__upload_end(struct mh_web__upload *u, struct mh_request *req, struct mh_err *reterr);
void mh_web__upload_drop(struct mh_web__upload *u); /* removes the file; NULL is accepted */
#endif
