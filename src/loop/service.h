/* A city in service: the writer with the ledger behind it, and the clocks that drive themselves.
 *
 * Everything that changes the city is a job of the one writer; what a job appended is sequenced before its commit, signed
 * after it, at most once a second. Due clocks are taken on every tick. Readers use their own connections and the constant
 * parts of the city (units, categories, calendars, definitions). */
#ifndef MH_LOOP_SERVICE_H
#define MH_LOOP_SERVICE_H
#include "db/writer.h"
#include "matter/matter.h"

struct mh_service_config {
	struct mh_str uri, state_dir;
	struct mh_clock clock;
	struct mh_rng rng;
	int tick_ms;        /* 0: 500 */
	const char *holder; /* who we are, for the lease: "host:pid:random" */
	/* Troubles that nobody waits for: a tick that failed, a lost connection. May be NULL. Called on
	 * the writer's threads, one at a time. */
	void (*trouble)(void *ctx, const struct mh_err *err);
	void *trouble_ctx;
};
struct mh_service;
/* Opens the store for writing, takes the lease (PostgreSQL: MH_E_BUSY while another server holds it), opens the ledger. */
enum mh_code mh_service_start(const struct mh_service_config *config, struct mh_service **ret, struct mh_err *reterr);
/* Finishes what was accepted, signs the last head, lets the lease go. NULL is accepted. */
void mh_service_stop(struct mh_service *s);

struct mh_writer *mh_service_writer(struct mh_service *s);
/* For readers the constant parts; on the writer thread, in a job, all of it. */
struct mh_city *mh_service_city(struct mh_service *s);
/* Runs fn on the writer thread in a transaction and waits; the tx and its arena end with the call. */
typedef enum mh_code mh_service_job(struct mh_tx *tx, void *arg, struct mh_err *reterr);
enum mh_code mh_service_run(struct mh_service *s, mh_service_job *fn, void *arg, struct mh_err *reterr);
/* On the writer's thread, in a job: these files go from the disk once the transaction is durable, and stay if it is undone. */
struct mh_handle_paths;
enum mh_code mh_service_remove(struct mh_service *s, const struct mh_handle_paths *paths, struct mh_err *reterr);
/* Waits until everything up to entry seq is under a signed head, so that receipts can be had. MH_E_TIMEOUT. */
enum mh_code mh_service_wait_signed(struct mh_service *s, int64_t seq, int wait_ms, struct mh_err *reterr);

/* For health and metrics; any thread, never waits. */
struct mh_service_stats {
	int64_t ledger_size, signed_size; /* of the newest log: committed entries, and those under a signed head */
	bool broken;                      /* the ledger contradicted itself and signs no more */
	mh_time behind_since;             /* when the oldest commit came that no signed head covers; 0: none */
	mh_time ticked;                   /* the last tick over due clocks that went well */
	int due;                          /* how many clocks it dealt with */
};
struct mh_service_stats mh_service_stats(struct mh_service *s);

/* The state folder that goes with a store when none is named: PATH.d for sqlite:PATH, ./minhu.d otherwise. */
struct mh_str mh_service_state_dir(struct mh_arena *a, struct mh_str uri, const char *named);
#endif
