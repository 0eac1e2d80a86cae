/* 汇总: which unit, and what belongs together. Proposals only; a dispatcher decides by a step of the definition. */
#ifndef MH_LOOP_GATHER_H
#define MH_LOOP_GATHER_H
#include "loop/glance.h"

/* The unit and co-units that the duty catalogue gives for a category at a place (indexes of units; place -1: the whole city),
 * and why, in both languages: {"unit", "co_units", "level", "urgent", "row", "reason": {"zh", "en"}}. New reference.
 * MH_E_INVALID: no such category. */
enum mh_code mh_gather_propose(struct mh_tx *tx, struct mh_str class_code, int place, json_t **ret,
			       struct mh_err *reterr);
/* Open matters of the same kind and category in the same town (or the same larger territory, where the place is larger) that
 * stand for themselves, newest first, among the newest 4,000 of the category: an array. Empty when category or place is not known. */
enum mh_code mh_gather_alike(struct mh_tx *tx, const struct mh_glance *g, int limit, json_t **ret,
			     struct mh_err *reterr);
/* The step of the definition that merges (MH_DO_MERGE) or takes apart (MH_DO_UNMERGE), open to people from its present state.
 * *ret_field (NULL: not wanted): the field that names the matter to merge into. MH_E_CONFLICT: there is none here. */
enum mh_code mh_gather_step(const struct mh_glance *g, enum mh_effect_kind what, struct mh_str *ret_step,
			    struct mh_str *ret_field, struct mh_err *reterr);
#endif
