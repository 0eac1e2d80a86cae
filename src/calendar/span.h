/* Spans of time as rules write them: 5wd, 2wh, 60d, 24h, 90min. Five different units: a working day is not 24 hours.
 * Used by definitions (process) and by the calendar. */
#ifndef MH_CALENDAR_SPAN_H
#define MH_CALENDAR_SPAN_H
#include "base/str.h"

enum mh_unit { MH_UNIT_WD, MH_UNIT_WH, MH_UNIT_D, MH_UNIT_H, MH_UNIT_MIN, MH_UNIT_MAX };
extern const char *const mh_unit_names[MH_UNIT_MAX]; /* "wd" "wh" "d" "h" "min" */
struct mh_span {
	int64_t n;
	enum mh_unit unit;
};
#define MH_SPAN_LIMIT 100000 /* the largest n of a span */
bool mh_span_parse(struct mh_str s, struct mh_span *ret); /* "5wd"; no sign, no blanks, 0 … MH_SPAN_LIMIT */
struct mh_str mh_span_text(struct mh_arena *a, struct mh_span s);
/* "5 working days", "5个工作日" */
struct mh_str mh_span_words(struct mh_arena *a, struct mh_span s, const char *lang);
#endif
