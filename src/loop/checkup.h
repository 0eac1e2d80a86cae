/* Reading the whole ledger again, while the city serves: what `minhu verify --store` does for the logs, asked for from a page.
 *
 * One run at a time, on a thread and a read connection of its own, ended after an hour. Its outcome is kept in memory until the
 * next run: what counts is not that somebody once looked, but that anybody can. */
#ifndef MH_LOOP_CHECKUP_H
#define MH_LOOP_CHECKUP_H
#include "matter/matter.h"

struct mh_checkup_config {
	struct mh_str uri; /* of the store; copied */
	int64_t home_id;
	struct mh_clock clock;
};
enum mh_checkup_state { MH_CHECKUP_NEVER, MH_CHECKUP_RUNNING, MH_CHECKUP_SOUND, MH_CHECKUP_WRONG, MH_CHECKUP_FAILED };
struct mh_checkup_report {
	enum mh_checkup_state state;
	mh_time began, ended; /* 0: not yet */
	int64_t log;          /* at work on, or the last one looked at */
	int64_t done, total;  /* entries of that log */
	int64_t entries;      /* of all logs that were read to the end */
	char place[128];      /* WRONG: of the first fault */
	char message[320];    /* WRONG, FAILED */
};
struct mh_checkup;
enum mh_code mh_checkup_new(const struct mh_checkup_config *config, struct mh_checkup **ret, struct mh_err *reterr);
void mh_checkup_free(struct mh_checkup *c); /* ends a run; NULL is accepted */
/* MH_E_CONFLICT while one is under way. Any thread. */
enum mh_code mh_checkup_begin(struct mh_checkup *c, struct mh_err *reterr);
struct mh_checkup_report mh_checkup_report(struct mh_checkup *c); /* any thread */
#endif
