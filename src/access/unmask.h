/* Who has seen personal data in full: every time is written down, and those who handle the matter can read it. */
#ifndef MH_ACCESS_UNMASK_H
#define MH_ACCESS_UNMASK_H
#include "matter/matter.h"

/* Words, not sentences: a reason in a person's own words would itself hold personal data, for ever. Ends with NULL. */
extern const char *const mh_unmask_reasons[];
/* login: of the account, or empty. reason: one of the words, or "file" for the bytes of a file. In the writer's transaction. */
enum mh_code mh_unmask_record(struct mh_tx *tx, int64_t matter_id, struct mh_str login, const struct mh_party *by,
			      const char *reason, struct mh_err *reterr);
/* Oldest first, at most 1,000: [{"at", "login", "role", "org", "reason"}], new reference. */
enum mh_code mh_unmask_list(struct mh_tx *tx, int64_t matter_id, json_t **ret, struct mh_err *reterr);
#endif
