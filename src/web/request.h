/* What a handler gets and gives. */
#ifndef MH_WEB_REQUEST_H
#define MH_WEB_REQUEST_H
#include "access/actor.h"
#include "base/hash.h"
#include "base/json.h"
#include "base/time.h"
#include "matter/seal.h"
#include "web/route.h"

struct mh_db;        /* src/db */
struct mh_web__part; /* web_priv.h */

struct mh_pair {
	struct mh_str name, value;
};

/* One parameter as it came, checked. */
struct mh_req_value {
	bool given;
	struct mh_str text;         /* as it came; for JSON numbers and booleans empty */
	int64_t number;             /* INT; BOOL 0 or 1; ENUM the index in choices; DAY mh_day; TIME mh_time */
	json_t *json;               /* body member; borrowed from request->body */
	const struct mh_pair *list; /* repeated, prefix: all of them, with their names */
	size_t n;
};

struct mh_field_error {
	struct mh_str field;
	struct mh_str en, zh;
};
#define MH_FIELD_ERRORS 20

/* An upload, sealed while it arrived (loop/vault.h). The file is removed with the request, unless the handler renames it away. */
struct mh_upload {
	struct mh_str path; /* NUL behind */
	struct mh_key key;  /* that opens it */
	int64_t size;
	struct mh_hash sha256;
	struct mh_str content_type; /* as claimed; not believed */
};

struct mh_request {
	struct mh_arena arena; /* lives until the answer has been sent */
	const struct mh_route *route;
	struct mh_str method, path; /* path decoded */
	struct mh_str query;        /* as it came, encoded, for links to the next page */
	const struct mh_pair *headers;
	size_t n_headers;
	struct mh_req_value *values; /* beside route->params; read them with the functions below */
	json_t *body;                /* MH_BODY_JSON; owned by the request */
	struct mh_upload file;       /* MH_BODY_FILE */
	const struct mh_web__part
		*parts; /* MH_ROUTE_MULTIPART: all parts of the form (web_priv.h); live with the request */
	size_t n_parts;
	struct mh_actor actor;
	struct mh_str tracking_code;   /* of `Authorization: Tracking CODE`; never log it */
	struct mh_str idempotency_key; /* 8 to 80 visible ASCII characters, or empty */
	struct mh_str bearer;          /* token of `Authorization: Bearer TOKEN`; never log it */
	struct mh_str login;           /* of the account, when one is logged in */
	struct mh_str token;           /* of its session; never log it */
	bool secure;                   /* the client speaks TLS, as the trusted proxy says */
	int retry_s;                   /* for Retry-After of an error; 0: the usual */
	struct mh_str id;              /* of this request, 16 hexadecimal digits; also in the answer and the log */
	struct mh_str lang;            /* "zh" or "en", by Accept-Language; zh unless English is asked for */
	bool hant;                     /* zh, and in traditional characters: hant.c sees to it */
	struct mh_str client;          /* address of the peer, as text; never log it with the path */
	mh_time received;              /* by the server's clock */
	struct mh_db *db;              /* MH_ROUTE_READ: a read connection of this thread, else NULL */
	void *app;                     /* mh_http_config.app */
	struct mh_field_error errors[MH_FIELD_ERRORS];
	size_t n_errors;
	struct mh_web_exchange *exchange; /* the core's */
};

/* Values by name. Asking for a name that the route does not declare is a programming mistake (asserts). */
bool mh_req_has(const struct mh_request *req, const char *name);
struct mh_str mh_req_str(const struct mh_request *req, const char *name); /* empty when absent */
int64_t mh_req_int(const struct mh_request *req, const char *name, int64_t otherwise);
bool mh_req_bool(const struct mh_request *req, const char *name, bool otherwise);
int mh_req_choice(const struct mh_request *req, const char *name, int otherwise); /* index in choices */
mh_day mh_req_day(const struct mh_request *req, const char *name, mh_day otherwise);
mh_time mh_req_time(const struct mh_request *req, const char *name, mh_time otherwise);
const json_t *mh_req_json(const struct mh_request *req,
			  const char *name); /* NULL when absent; lives with the request */
const struct mh_pair *mh_req_list(const struct mh_request *req, const char *name, size_t *ret_n);
struct mh_str mh_req_header(const struct mh_request *req, const char *name); /* any header; case does not matter */

/* Notes what is wrong with one field; returns MH_E_INVALID, so that a handler writes
 * `return mh_req_bad_field(req, reterr, "due", "…", "…")`, or goes on and collects more (the first 20 are kept). */
enum mh_code mh_req_bad_field(struct mh_request *req, struct mh_err *reterr, const char *field, const char *en,
			      const char *zh);

/* --- the answer --- */
enum mh_cache { MH_CACHE_NO_STORE, MH_CACHE_REVALIDATE, MH_CACHE_PUBLIC, MH_CACHE_FOREVER };

/* A body made while it is sent (exports, server-sent events). next: up to `room` bytes at `out`, returns how many, 0 at the
 * end, -1 to break the connection off, MH_STREAM_WAIT when there is nothing yet: then no thread is kept, and next is called
 * again when `ready` says so or the server stops. done is called once, whatever happens. next and done run on an HTTP thread;
 * ready on the server's watching thread several times a second: it must be quick and must not lock. */
#define MH_STREAM_WAIT ((ptrdiff_t)-2)
struct mh_stream {
	void *ctx;
	ptrdiff_t (*next)(void *ctx, char *out, size_t room);
	void (*done)(void *ctx);
	bool (*ready)(void *ctx); /* may be NULL when next never waits */
	int64_t size;             /* how many bytes there will be; 0: not known */
};

struct mh_response {
	struct mh_arena *arena; /* the request's; what the answer points to lives there or is static */
	int status;             /* 0: 200, or 204 without a body */
	const char *content_type;
	struct mh_str body;
	struct mh_str file;      /* path of a file to send instead; opened when the answer begins */
	struct mh_stream stream; /* or this instead */
	struct mh_str etag;      /* without quotes; then If-None-Match gives 304 */
	enum mh_cache cache;
	const char *csp; /* instead of "default-src 'none'; …", for pages */
	struct mh_pair headers[16];
	size_t n_headers;
	/* What is left to make of the answer when the commit is durable, on the thread that sends it: everybody who writes
	 * waits for the writer, and for this only who gets it. rest_arg lives in the arena. */
	enum mh_code (*rest)(struct mh_request *req, struct mh_response *res, const void *arg, struct mh_err *reterr);
	const void *rest_arg;
};

enum mh_code mh_res_header(struct mh_response *res, const char *name, struct mh_str value, struct mh_err *reterr);
/* Takes the reference to j, also on failure. */
enum mh_code mh_res_json(struct mh_response *res, int status, json_t *j, struct mh_err *reterr);
/* Copies the buffer's content. */
enum mh_code mh_res_buf(struct mh_response *res, int status, const char *content_type, const struct mh_buf *buf,
			struct mh_err *reterr);
/* A body of static or arena bytes, not copied. */
void mh_res_bytes(struct mh_response *res, int status, const char *content_type, struct mh_str body);
/* An entity tag from the body's bytes. Not from a number of a version: what a matter shows also hangs on others (links, a vote,
 * the minute in which a deadline passes), and on who asks. It saves the sending, not the reading. */
enum mh_code mh_res_tag(struct mh_response *res, struct mh_err *reterr);
/* Empty again, for a job that runs a second time. */
void mh_res_clear(struct mh_response *res);

/* --- writes ---
 * A job runs on the writer thread inside a transaction, and may run again from the start if the batch was rolled back:
 * it must not keep anything from its first run. It fills the response, which is sent only after the durable commit.
 * It may use req->arena, never req->db. */
typedef enum mh_code mh_write_job(struct mh_request *req, struct mh_response *res, void *arg, struct mh_db *db,
				  struct mh_err *reterr);
/* Called by a handler, which then returns this function's code at once. arg: in the request's arena. */
enum mh_code mh_request_defer(struct mh_request *req, mh_write_job *job, void *arg, struct mh_err *reterr);
/* The same for a job that asks whether its request key was used before: the writer then asks for many at once. key: as the engine
 * has it (raise:…), in the request's arena. */
enum mh_code mh_request_defer_as(struct mh_request *req, struct mh_str key, mh_write_job *job, void *arg,
				 struct mh_err *reterr);
/* The same with something slow before it (a password hash), which runs one at a time on a thread of its own; db is a read
 * connection. It may fail, then the job does not run. */
typedef enum mh_code mh_slow_job(struct mh_request *req, void *arg, struct mh_db *db, struct mh_err *reterr);
enum mh_code mh_request_defer_slow(struct mh_request *req, mh_slow_job *slow, mh_write_job *job, void *arg,
				   struct mh_err *reterr);
#endif
