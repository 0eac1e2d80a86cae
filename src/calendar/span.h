/* Spans of time as rules write them: 5wd, 2wh, 60d, 24h, 90min.
 * Used by definitions (process) and by the calendar.
 *
 * Five units, and none turns into another: 1wd is not 8wh and not 24h (jmix #790 took a working day for 24 business
 * hours and was due after three days). Counting is done in steps, the smallest thing a unit can tell apart:
 *   wd   working day     1 step a day      counted at the end of its business hours
 *   wh   working hour    3,600,000 steps   milliseconds inside business hours
 *   d    natural day     1 step a day      counted at 23:59:59.999
 *   h    hour            3,600,000 steps   plain milliseconds
 *   min  minute          60,000 steps      plain milliseconds */
#ifndef MH_CALENDAR_SPAN_H
#define MH_CALENDAR_SPAN_H
#include "base/str.h"

enum mh_unit { MH_UNIT_WD, MH_UNIT_WH, MH_UNIT_D, MH_UNIT_H, MH_UNIT_MIN, MH_UNIT_MAX };
extern const char *const mh_unit_names[MH_UNIT_MAX]; /* "wd" "wh" "d" "h" "min" */
struct mh_span {
	int64_t n; /* of `unit`, not of steps */
	enum mh_unit unit;
};
#define MH_SPAN_LIMIT 100000 /* the largest n of a span */

/* "5wd": a number 0 … MH_SPAN_LIMIT without sign, blank or leading zero, and the unit. False leaves *ret alone. */
bool mh_span_parse(struct mh_str s, struct mh_span *ret);
bool mh_unit_parse(struct mh_str s, enum mh_unit *ret);
/* The same text back. These two: views into the arena, empty when memory is short. */
struct mh_str mh_span_text(struct mh_arena *a, struct mh_span s);
/* "5 working days", "5 个工作日"; `lang` "zh" or anything that begins with it is Chinese, else English. */
struct mh_str mh_span_words(struct mh_arena *a, struct mh_span s, const char *lang);
/* Appends the same words; for those that build longer sentences. */
void mh_span_put_words(struct mh_buf *out, struct mh_span s, bool zh);

int64_t mh_unit_steps(enum mh_unit unit); /* steps of one unit */
/* Saturates, so that a value read from elsewhere cannot overflow. */
int64_t mh_span_steps(struct mh_span s);

#endif
