/* The thread that looks a second time at what was committed and signs it, beside the writer and on a connection of its own, so
 * that nobody's answer waits for it. One head at a time: offered, proved, kept. */
#ifndef MH_LOOP_SIGNER_PRIV_H
#define MH_LOOP_SIGNER_PRIV_H
#include "db/writer.h"
#include "matter/matter.h"

struct mh_loop__signer;
struct mh_loop__signer_config {
	struct mh_str uri, state_dir; /* must outlive it */
	struct mh_clock clock;
	struct mh_writer *writer;
	struct mh_city *city;
	void (*trouble)(void *ctx, const struct mh_err *err); /* a head came to nothing; any thread */
	void *ctx;
};
enum mh_code mh_loop__signer_start(const struct mh_loop__signer_config *config, struct mh_loop__signer **ret,
				   struct mh_err *reterr);
/* On the writer's thread, after a commit, whose number it is told: signs what is due once that is durable, unless a head is
 * under way. */
void mh_loop__signer_offer(struct mh_loop__signer *s, uint64_t commit);
/* Finishes what is under way and takes no more; the writer must still run. NULL is accepted, also by _free. */
void mh_loop__signer_end(struct mh_loop__signer *s);
void mh_loop__signer_free(struct mh_loop__signer *s); /* when both it and the writer have ended */
#endif
