/* Why this deadline: line by line, which days were counted, which were passed over and why, and where it ends.
 * Said to residents and handlers alike, so that nobody has to trust a date. */
#ifndef MH_CALENDAR_EXPLAIN_H
#define MH_CALENDAR_EXPLAIN_H
#include "calendar/timer.h"

/* With more lines than _FINE, working days are drawn together with the weekends between them; when even that takes more
 * than _LINES, everything is one line. */
#define MH_CAL_EXPLAIN_FINE 16
#define MH_CAL_EXPLAIN_LINES 48

/* Appends lines that end in '\n'. `cal` is the revision that the clock counts by. A paused or stopped clock gets one line:
 * what was left. `lang` as in mh_span_words. Check out->failed. */
void mh_cal_explain(const struct mh_cal *cal, const struct mh_timer_state *timer, const char *lang, struct mh_buf *out);
/* "3 working days", "2 个工作小时 30 分钟". Rounded up to the minute for wh, h and min. */
void mh_cal_steps_words(enum mh_unit unit, int64_t steps, const char *lang, struct mh_buf *out);

#endif
