/* What new matters say, for the thread that indexes words: it comes by a moment after the intake, and what the writer has in its
 * hand then it need not read, decrypt and parse again. A matter that anything has happened to since, or that was displaced by newer
 * ones, is read from the store. At most MH_SAID_SLOTS texts of MH_SAID_TEXT_MAX bytes. Any thread; NULL holds nothing. */
#ifndef MH_MATTER_SAID_H
#define MH_MATTER_SAID_H
#include "base/str.h"

#define MH_SAID_SLOTS 8192
#define MH_SAID_TEXT_MAX 1024

struct mh_said;
struct mh_said *mh_said_new(void); /* NULL: memory is short, and nothing will be held */
void mh_said_free(struct mh_said *s);
/* Takes the text over: one with the cap MH_SAID_TEXT_MAX, and freed when it has failed. */
void mh_said_put(struct mh_said *s, int64_t matter_id, struct mh_buf *text);
void mh_said_drop(struct mh_said *s, int64_t matter_id);
/* Once: the text changes hands. False, and *ret as it was: not held. */
bool mh_said_take(struct mh_said *s, int64_t matter_id, struct mh_buf *ret);
#endif
