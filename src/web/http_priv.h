/* The insides of the server: what http.c (start, stop), exchange.c (one request), answer.c (one response) and watch.c
 * (deadlines) share. The only files that include microhttpd.h.
 *
 * An exchange has up to two owners: the connection, and while a write is under way the writer. Whoever lets go last frees it.
 *
 *   on_target → HEAD → BODY → (handler) ─┬─ answered
 *                                        └─ WAITING: suspended ─┬─ job done → resumed → answered
 *                                                               └─ too late: abandoned → resumed → 504
 * The server itself has owners likewise: whoever started it, and each job under way, so that a job that ends after the server has
 * stopped still finds its lock.
 *
 * After it has been abandoned the writer may still use the arena, so the answer then uses static bytes only. */
#ifndef MH_WEB_HTTP_PRIV_H
#define MH_WEB_HTTP_PRIV_H
#include "web/http.h"
#include "web/web_priv.h"

#include <microhttpd.h>
#include <pthread.h>
#include <stdatomic.h>

enum mh_web__state { MH_WEB__HEAD, MH_WEB__BODY, MH_WEB__WAITING, MH_WEB__ANSWERED };

#define MH_WEB__SPARE 32 /* past requests */

struct mh_web_exchange {
	struct mh_http *http;
	struct MHD_Connection *conn;
	struct mh_request req;
	struct mh_response res;
	struct mh_err err;   /* of the job, or found before the body was read to its end */
	enum mh_code failed; /* MH_OK, or answer with err */
	enum mh_web__state state;
	struct mh_str raw_target;
	struct mh_str target_in_head; /* in libmicrohttpd's buffer; valid in the first callback only */
	struct mh_web__framing framing;
	struct mh_buf body;
	struct mh_web__upload *upload;
	size_t body_max;
	int64_t body_seen;
	int64_t started; /* ticks */
	bool counted;    /* among the requests in flight */
	mh_write_job *job;
	mh_slow_job *slow; /* runs before it */
	void *job_arg;
	struct mh_str job_key;
	struct mh_web_exchange *next_slow; /* under http->slow.lock */
	struct mh_web__answer *kept;       /* the answer, when it was kept; a reference */
	bool keep;                         /* the answer may be kept, under: */
	struct mh_hash keep_key;
	uint64_t keep_version;
	atomic_int owners;
	atomic_bool abandoned;
	/* under http->lock */
	int64_t write_until; /* ticks */
	struct mh_web_exchange *next_waiting, **waiting_at;
	struct mh_web_exchange *next_asleep; /* a stream that has nothing to send yet */
	bool (*ready)(void *ctx);
	void *ready_ctx;
	int fd;
	bool gone; /* the client has closed the connection */
	/* for the access log */
	int status;
	int64_t bytes;
	char id[17];
};

/* One connection, for the deadline of its head and body. */
struct mh_web__conn {
	int fd;
	atomic_llong until; /* ticks; 0: none */
	struct mh_web__conn *prev, *next;
};

/* Work that takes long and runs one at a time, so that its memory is bounded. */
struct mh_web__slow {
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t changed;
	struct mh_web_exchange *first, *last;
	unsigned n;
	bool running, stopping;
};

/* kept.c: answers in memory. */
#define MH_WEB__KEPT 256
struct mh_web__answer;
struct mh_web__kept {
	pthread_mutex_t lock;
	struct mh_web__kept_slot {
		struct mh_hash key;
		uint64_t version;
		struct mh_web__answer *answer;
	} slots[MH_WEB__KEPT];
	size_t bytes;
};

#define MH_WEB__THREADS_MAX 64
struct mh_http {
	struct mh_http_config config;
	struct mh_arena arena;
	struct mh_router router;
	struct mh_web__count *counts; /* beside router.routes, and one more for what has no route */
	mh_time begun;
	struct MHD_Daemon *daemons[MH_WEB__THREADS_MAX]; /* each a thread with a listener of its own */
	unsigned n_daemons;
	unsigned port;
	pthread_mutex_t lock;
	pthread_cond_t changed;
	struct mh_web_exchange *waiting;
	struct mh_web_exchange *asleep;
	struct mh_web__conn *conns;
	unsigned in_flight;
	atomic_uint owners;
	bool stopping, watching;
	pthread_t watcher;
	struct mh_web__slow slow;
	struct mh_web__kept kept;
	/* under lock, so that a request asks neither the allocator nor the kernel for what it always needs */
	struct mh_web_exchange *spare[MH_WEB__SPARE]; /* nothing of theirs but their arenas, which are empty */
	unsigned n_spare;
	unsigned char noise[512];
	size_t noise_left;
};

/* metrics.c: what has been asked and how long it took; counted without a lock. */
#define MH_WEB__BUCKETS 10
#define MH_WEB__STATUSES 22
struct mh_web__count {
	atomic_ullong by_status[MH_WEB__STATUSES];
	atomic_ullong by_time[MH_WEB__BUCKETS + 1], ms;
};
void mh_web__count(struct mh_http *h, const struct mh_route *route, int status, int64_t ms);

/* hant.c: ex->res in traditional characters, where it is JSON that a schema describes and they are asked for. When memory is
 * short it stays as it is. */
void mh_web__hant(struct mh_web_exchange *ex);

/* Fills ex->res from what is kept; false: it must be made. Before the answer's snapshot begins. */
bool mh_web__kept_find(struct mh_web_exchange *ex);
bool mh_web__kept_compressed(const struct mh_web_exchange *ex); /* ex->kept is set */
/* Keeps ex->res, as it is sent, when that may be. */
void mh_web__kept_put(struct mh_web_exchange *ex, bool compressed);
void mh_web__kept_release(struct mh_web__answer *a); /* NULL is accepted */
void mh_web__kept_clear(struct mh_web__kept *k);

/* exchange.c: libmicrohttpd's callbacks */
void *mh_web__on_target(void *cls, const char *uri, struct MHD_Connection *conn);
enum MHD_Result mh_web__on_request(void *cls, struct MHD_Connection *conn, const char *url, const char *method,
				   const char *version, const char *data, size_t *n, void **ctx);
void mh_web__on_completed(void *cls, struct MHD_Connection *conn, void **ctx, enum MHD_RequestTerminationCode why);
void mh_web__exchange_release(struct mh_web_exchange *ex); /* one owner lets go */
void mh_web__exchange_free(struct mh_web_exchange *ex);    /* a spare one */

/* The slow part of a request is over: on to the writer, or to its answer. On the slow thread. */
void mh_web__slow_done(struct mh_web_exchange *ex, enum mh_code code, const struct mh_err *err);

/* slow.c */
enum mh_code mh_web__slow_start(struct mh_http *h, struct mh_err *reterr);
/* What still waits is answered 503. After the daemon has stopped. */
void mh_web__slow_stop(struct mh_http *h);
/* MH_E_BUSY when too many wait already. */
enum mh_code mh_web__slow_add(struct mh_web_exchange *ex, struct mh_err *reterr);

/* One of the server's owners lets go; lock not held. */
void mh_web__http_release(struct mh_http *h);

/* answer.c */
enum MHD_Result mh_web__answer(struct mh_web_exchange *ex, bool close); /* ex->res */
enum MHD_Result mh_web__answer_error(struct mh_web_exchange *ex, const struct mh_err *err, bool close);
enum MHD_Result mh_web__answer_abandoned(struct mh_web_exchange *ex);

/* watch.c */
enum mh_code mh_web__watch_start(struct mh_http *h, struct mh_err *reterr);
void mh_web__watch_stop(struct mh_http *h);
void mh_web__on_connection(void *cls, struct MHD_Connection *conn, void **ctx,
			   enum MHD_ConnectionNotificationCode what);
void mh_web__set_deadline(struct MHD_Connection *conn, unsigned seconds); /* 0: none */
/* Takes a job into the list of those waited for, and off it; false when it was abandoned in between. Lock held. */
void mh_web__wait_add(struct mh_web_exchange *ex);
bool mh_web__wait_remove(struct mh_web_exchange *ex);
void mh_web__abandon_all(struct mh_http *h); /* takes the lock */
/* Suspends a stream until it is ready; false when the server stops. Takes the lock. */
bool mh_web__sleep(struct mh_web_exchange *ex, const struct mh_stream *s);
void mh_web__end_streams(struct mh_http *h); /* from now on none sleeps; takes the lock */
#endif
