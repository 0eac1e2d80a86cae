/* 运用: what stands behind a class of problems. */
#ifndef MH_LOOP_APPLY_H
#define MH_LOOP_APPLY_H
#include "matter/matter.h"

/* For each word by which other matters are linked to this one: how many matters, and how many reports, that is those matters
 * and everything merged into them at any time: {"class": {"matters": n, "reports": n}}. Links that have ended do not count,
 * except those of merging itself, which end when each reporter is answered. New reference. */
enum mh_code mh_apply_gathered(struct mh_tx *tx, int64_t id, json_t **ret, struct mh_err *reterr);
#endif
