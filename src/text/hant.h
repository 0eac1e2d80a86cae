/* Traditional Chinese from simplified, and back, at run time, for what packs bring: names of units, labels of fields and states. Texts that
 * people wrote are shown as they wrote them. The same conversion as in the catalog (locale/README.md). */
#ifndef MH_TEXT_HANT_H
#define MH_TEXT_HANT_H
#include "base/str.h"

/* In the arena; the text itself when OpenCC's tables are missing, memory is short, or nothing differs. Any thread. */
struct mh_str mh_hant(struct mh_arena *a, struct mh_str hans);
/* The other way, for what somebody types who looks for a name as it was shown to them. The same promises. */
struct mh_str mh_hans(struct mh_arena *a, struct mh_str hant);
#endif
