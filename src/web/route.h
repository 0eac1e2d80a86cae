/* Routes: one row says everything about an address, and the core checks it before the handler runs.
 *
 * A file of handlers exports one `const struct mh_route_list`; routes.c lists them all. mh_routes_check (run by a unit
 * test and at start) refuses a row without a permission, a summary in both languages, or a handler, two rows for the
 * same address, a placeholder without a parameter, and a parameter that cannot be. */
#ifndef MH_WEB_ROUTE_H
#define MH_WEB_ROUTE_H
#include "access/perm.h"
#include "base/err.h"
#include "base/str.h"

struct mh_request;
struct mh_response;

enum mh_in { MH_IN_PATH = 1, MH_IN_QUERY, MH_IN_HEADER, MH_IN_BODY, MH_IN_MAX };

enum mh_type {
	MH_TYPE_STR = 1, /* min, max: code points (max 0: 4,000) */
	MH_TYPE_INT,     /* min, max: value (both 0: any) */
	MH_TYPE_BOOL,    /* true | false; in JSON a boolean */
	MH_TYPE_ENUM,    /* one of choices */
	MH_TYPE_DAY,     /* 2026-11-21; read with mh_req_day */
	MH_TYPE_TIME,    /* RFC 3339 with a zone; read with mh_req_time */
	MH_TYPE_OBJECT,  /* JSON body only: an object as it is */
	MH_TYPE_ARRAY,   /* JSON body only: an array; min, max: members (max 0: 1,000) */
	MH_TYPE_MAX
};

struct mh_param {
	const char *name;
	enum mh_in in;
	enum mh_type type;
	bool required;
	bool repeated; /* query and form: may come more than once; all are read with mh_req_list. At most 100 */
	bool prefix; /* form and query: any name that begins with `name` (Open311's attribute[…]); read with mh_req_list */
	int64_t min, max;
	const char *pattern;        /* see mh_pattern_match; the whole text must match */
	const char *const *choices; /* NULL-terminated */
	const char *en, *zh;        /* what it is */
};

enum mh_body_kind {
	MH_BODY_NONE,
	MH_BODY_JSON, /* application/json: an object whose members are the parameters in MH_IN_BODY */
	MH_BODY_FORM, /* application/x-www-form-urlencoded, likewise */
	MH_BODY_FILE, /* any type: streamed to a temporary file, hashed on the way; see mh_request.file */
	MH_BODY_KIND_MAX
};

enum mh_route_flag {
	MH_ROUTE_READ = 1 << 0,    /* gets request->db, a read connection */
	MH_ROUTE_WRITE = 1 << 1,   /* expected to call mh_request_defer */
	MH_ROUTE_LENIENT = 1 << 2, /* unknown query and body names are ignored instead of refused (foreign standards) */
	MH_ROUTE_MULTIPART =
		1 << 3, /* MH_BODY_FORM may also come as multipart/form-data; its files are in mh_request.parts */
	/* Beside the permission: about one matter, and only for staff whose territory holds it (or its holder); only for those in
	 * charge of it. mh_api_find refuses everybody else, so that no handler can forget it. */
	MH_ROUTE_TERRITORY = 1 << 4,
	MH_ROUTE_CHARGE = 1 << 5,
	/* The answer hangs on the store, the minute, the address, the language and who asks, on nothing else, and giving it leaves no
	 * trace: it may be kept until something is written (kept.c). */
	MH_ROUTE_KEPT = 1 << 6,
	MH_ROUTE_PAGE =
		1 << 7, /* a page or a file of one: not in the programs' interface, so not in its descriptions */
	MH_ROUTE_FIRST = 1 << 8, /* also for who must choose a new password before anything else */
};

/* Fills the response, or defers. After an error the core answers with problem+json; the response is dropped. */
typedef enum mh_code mh_handler(struct mh_request *req, struct mh_response *res, struct mh_err *reterr);
/* Writes an error in another standard's shape (Open311); NULL: problem+json. Must not fail: a response left empty
 * becomes problem+json. */
typedef void mh_error_writer(struct mh_request *req, const struct mh_err *err, struct mh_response *res);

struct mh_route {
	const char *method; /* GET (also answers HEAD), POST, PUT, PATCH, DELETE */
	/* "/api/v1/matters/{id}". A placeholder matches part of one segment ("{id}.{format}"); "{rest*}" as the last segment
	 * matches all that follow, at least one. Every placeholder is a required path parameter of this name. */
	const char *path;
	enum mh_perm perm;
	const struct mh_param *params; /* ends with one without a name; NULL: none */
	enum mh_body_kind body;
	size_t max_body; /* bytes; 0: 256 KiB for JSON and forms; must be given for files */
	unsigned flags;
	mh_handler *handler;
	mh_error_writer *error;
	const char *en, *zh; /* one line each: what it does */
	/* What comes back when all is well: a schema of schema.c ("matter"), or a media type ("text/plain"), after another
	 * status than 200 if need be ("201 outcome"). NULL: not described. */
	const char *response;
};

struct mh_route_list {
	const char *name; /* of the group, for the documents */
	const struct mh_route *routes;
	size_t n;
};
#define MH_ROUTES(name_, array)                                                                                        \
	{                                                                                                              \
		.name = (name_), .routes = (array), .n = sizeof(array) / sizeof *(array)                               \
	}

/* All of them: routes.c. */
const struct mh_route_list *const *mh_routes_all(size_t *ret_n);

/* The routes in matching order: a literal wins over a placeholder. */
struct mh_router {
	const struct mh_route **routes;
	size_t *same; /* bytes in common with the route before, up to the first placeholder */
	size_t n;
};
/* Checks every row, then sorts. The router lives in the arena. Errors: MH_E_INTERNAL, naming the row and what is wrong. */
enum mh_code mh_router_build(struct mh_arena *a, const struct mh_route_list *const *lists, size_t n,
			     struct mh_router *ret, struct mh_err *reterr);

#define MH_PATH_VALUES 8
struct mh_route_match {
	const struct mh_route *route;
	struct { /* placeholders, left to right; name is a view into the pattern, value into the path */
		struct mh_str name, value;
	} values[MH_PATH_VALUES];
	size_t n;
};
/* path: decoded and normal (mh_target_parse). Errors: MH_E_NOT_FOUND; MH_E_METHOD, with ret->route one of the routes of
 * this address. */
enum mh_code mh_router_find(const struct mh_router *r, struct mh_str method, struct mh_str path,
			    struct mh_route_match *ret, struct mh_err *reterr);
/* "GET, HEAD, OPTIONS, POST": the methods of an address; empty when it is unknown. */
struct mh_str mh_router_allow(const struct mh_router *r, struct mh_arena *a, struct mh_str path);

/* A small pattern language, a subset of ECMA-262's so that it can stand in OpenAPI: literals, ., [a-z0-9_-], [^…],
 * \d, and the counts ? * + {n} {n,m}. ASCII only; always anchored; linear in text and counts. _ok: well-formed. */
bool mh_pattern_ok(const char *pattern);
bool mh_pattern_match(const char *pattern, struct mh_str text); /* texts over 512 bytes never match */
#endif
