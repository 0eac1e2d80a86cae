/* The HTTP server: GNU libmicrohttpd with a strict guard in front and the route table behind.
 *
 * Threads: a pool answers reads; writes are suspended until the writer's completion resumes them; one more thread watches
 * deadlines, and one does what takes long (passwords). Without `identify` whoever reaches the port may act in any role (header
 * Minhu-Actor), so then it listens on loopback addresses only. */
#ifndef MH_WEB_HTTP_H
#define MH_WEB_HTTP_H
#include "base/err.h"
#include "base/random.h"
#include "base/time.h"
#include "web/route.h"

struct mh_db;

/* How the server reaches the store: through web/pool.h, or in tests as they like. */
/* As mh_writer_job and mh_writer_done of db/writer.h. */
typedef enum mh_code mh_http_job(struct mh_db *db, void *arg, struct mh_err *reterr);
typedef void mh_http_done(void *arg, enum mh_code code, const struct mh_err *err);
struct mh_http_store {
	void *ctx;
	/* A read connection for this thread and request; _unread gives it back when the handler has returned. NULL: none. */
	enum mh_code (*read)(void *ctx, struct mh_db **ret, struct mh_err *reterr);
	void (*unread)(void *ctx, struct mh_db *db);
	/* Queues a job; done is called exactly once, from any thread, unless submit itself fails. key: as in mh_request_defer_as. */
	enum mh_code (*submit)(void *ctx, mh_http_job *job, void *arg, struct mh_str key, mh_http_done *done,
			       struct mh_err *reterr);
	/* Another number after every change of the store, before anybody is told of the change. NULL: no answer is kept. */
	uint64_t (*version)(void *ctx);
};

/* One line of the access log: never a path, a query, an address or a person. */
struct mh_access_line {
	const char *method;  /* of the route, or "-" */
	const char *pattern; /* of the route, or "-" */
	int status;
	int64_t ms, bytes;
	const char *request_id;
};

struct mh_http_config {
	const char *listen; /* "127.0.0.1:8080", "[::1]:8080", "localhost:0"; port 0 takes a free one */
	const struct mh_route_list *const *lists;
	size_t n_lists;
	struct mh_http_store store;
	void *app; /* request->app */
	/* Who acts: called for each request when its route and headers are known (web/signin.h). It sets req->actor and what belongs
	 * to it; an error is the answer. NULL: the header Minhu-Actor is believed. */
	enum mh_code (*identify)(void *ctx, struct mh_request *req, struct mh_err *reterr);
	void *identify_ctx;
	struct mh_clock clock;
	struct mh_rng rng;      /* request ids; used under a lock */
	const char *upload_dir; /* for temporary files; NULL: uploads are refused */
	/* Limits; 0 takes the default. */
	unsigned threads;         /* 2 */
	unsigned max_connections; /* 12,000, or what the limit of open files allows */
	unsigned
		max_per_ip; /* 0: no limit, for behind a proxy every peer is the proxy; each thread counts for itself */
	unsigned idle_s;    /* 15: silence between bytes and between requests */
	unsigned header_s;  /* 15: from connection, or first byte, to the end of the head */
	unsigned body_s;    /* 120: from head to the end of the body */
	unsigned write_s;   /* 30: from submission to commit */
	unsigned stop_s;    /* 10: for requests in flight when stopping */
	size_t max_head;    /* 32 KiB */
	size_t max_arena;   /* 64 MiB a request */
	void (*access)(void *ctx, const struct mh_access_line *line); /* NULL: the log */
	void *access_ctx;
};

struct mh_http;
/* Errors: MH_E_INVALID (address not loopback or not an address), MH_E_INTERNAL (route table), MH_E_UNAVAILABLE (port in use),
 * MH_E_NO_MEMORY. What config points to must outlive the server. */
enum mh_code mh_http_start(const struct mh_http_config *config, struct mh_http **ret, struct mh_err *reterr);
unsigned mh_http_port(const struct mh_http *h);
/* Stops accepting, waits for requests in flight (at most stop_s; then they are answered 503), frees. Call it before the writer
 * stops. NULL is accepted. */
void mh_http_stop(struct mh_http *h);
#endif
