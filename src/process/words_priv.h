/* Words for drawings, explanations and comparisons, in Chinese or English. Shared by the tools of this folder. */
#ifndef MH_PROCESS_WORDS_PRIV_H
#define MH_PROCESS_WORDS_PRIV_H
#include "process/def.h"

/* What the writers of this folder pass around. `arena` lives for one call. */
struct mh_words {
	const struct mh_def *def;
	bool zh;
	struct mh_buf *out;
	struct mh_arena arena;
};

bool mh_word__is_zh(const char *lang); /* "zh", "zh-CN" …; everything else is English */
static inline struct mh_str mh_word__of(const struct mh_label *l, bool zh)
{
	return zh ? l->zh : l->en;
}
const char *mh_word__room(enum mh_room room, bool zh);
const char *mh_word__category(enum mh_category category, bool zh);
const char *mh_word__color(struct mh_str word, bool zh); /* of a board; static storage */
/* "the handler of the owning unit", "话务员" : who may take a person's transition. short_form leaves the unit out. */
struct mh_str mh_word__who(struct mh_words *w, const struct mh_transition *t, bool short_form);
/* "5 working days", "day of due date", or the clock's name when an expression decides. */
struct mh_str mh_word__length(struct mh_words *w, const struct mh_clock_rule *r);
/* The rule of the state that fires the transition, or NULL. */
const struct mh_clock_rule *mh_word__fired_by(const struct mh_def *d, int state, int transition);
/* Joins with ", " or "、". */
struct mh_str mh_word__join(struct mh_words *w, struct mh_str list, struct mh_str item);
#endif
