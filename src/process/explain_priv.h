/* Shared by explain.c (the order of the telling) and explain_effect.c (what a transition does). */
#ifndef MH_PROCESS_EXPLAIN_PRIV_H
#define MH_PROCESS_EXPLAIN_PRIV_H
#include "process/words_priv.h"

/* One clause for the effect, without a full stop; empty when there is nothing a clerk should hear. Lives in w->arena. */
struct mh_str mh_explain__effect(struct mh_words *w, const struct mh_effect *e);
/* Clauses of all, joined; empty when there are none. */
struct mh_str mh_explain__effects(struct mh_words *w, const struct mh_effect *e, size_t n);
/* “label” in the language's quotation marks. */
struct mh_str mh_explain__quoted(struct mh_words *w, const struct mh_label *l);
#endif
