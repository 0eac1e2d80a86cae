/* Shared by diff.c (the comparison) and diff_aspect.c (what there is to compare). */
#ifndef MH_PROCESS_DIFF_PRIV_H
#define MH_PROCESS_DIFF_PRIV_H
#include "process/explain_priv.h"

/* One side of a thing, as words: two versions differ in it when the words differ. */
struct mh_diff_aspect {
	const char *zh, *en;
	struct mh_str (*tell)(struct mh_words *w, int index);
};
/* A kind of thing that a definition names. */
struct mh_diff_kind {
	const char *zh, *en;
	size_t (*count)(const struct mh_def *d);
	struct mh_str (*name)(const struct mh_def *d, int index);
	const struct mh_label *(*label)(const struct mh_def *d, int index);
	const struct mh_diff_aspect *aspects; /* ends with a NULL zh */
	/* Live matters may need it: that it is gone makes the change unsafe. */
	bool (*needed)(const struct mh_def *d, int index);
	/* Values that live matters hold may not be valid any more. May be NULL. */
	bool (*values_lost)(const struct mh_def *a, int i, const struct mh_def *b, int j);
};
extern const struct mh_diff_kind mh_diff__kinds[];
extern const size_t mh_diff__n_kinds;
#endif
