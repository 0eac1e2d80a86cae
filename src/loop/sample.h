/* A living sample city: history played through the real engine, with a clock of its own.
 *
 * Who writes in, about what, in which words, when, and what each office then does, is data: the folder sample/ of a pack
 * (docs of the format: packs/hangzhou/sample/README.md). The player knows no kind of matter: it chooses among the steps
 * that the definition gives each role, by weight, and fills what a step requires by the type of its fields. Nothing is
 * copied from real letters; names, companies and telephone numbers are invented (numbers begin with 10, which no Chinese
 * line does).
 *
 * The same seed, city and span of time give the same ledger, entry for entry. */
#ifndef MH_LOOP_SAMPLE_H
#define MH_LOOP_SAMPLE_H
#include "matter/matter.h"

struct mh_sample_config {
	struct mh_str pack_dir;
	int64_t matters;     /* that people raise; tasks and checks that follow from them come on top */
	uint64_t seed;       /* of what happens; refs, keys and salts come from the city's own source */
	mh_time from, until; /* the history; from < until. Clocks that are due later stay for the server */
	void (*progress)(void *ctx, int64_t raised); /* may be NULL */
	void *ctx;
};
struct mh_sample_count {
	int64_t raised, children; /* matters by people, and by other matters */
	int64_t steps, clocks;    /* taken by people; turns of the clocks */
	int64_t refused;          /* steps that somebody tried and the rules did not allow */
	int64_t open, late;       /* at the end: not over, and of them with a mark of any colour */
};
/* `city` is open for writing over `db`, with a seeded source of randomness if the ledger is to repeat. Commits many steps at
 * once, so nothing else may write meanwhile. Diagnostics of the pack's files go to `report`.
 * Errors: MH_E_NOT_FOUND (the pack has no sample), MH_E_INVALID (its files), and what the engine and the store say; then
 * what was committed before stays. */
enum mh_code mh_sample_play(struct mh_db *db, struct mh_city *city, const struct mh_sample_config *config,
			    struct mh_sample_count *ret, struct mh_buf *report, struct mh_err *reterr);
/* The instant of the ledger's last entry: a history goes on from there. */
enum mh_code mh_sample_begin(struct mh_db *db, struct mh_city *city, mh_time *ret, struct mh_err *reterr);
#endif
