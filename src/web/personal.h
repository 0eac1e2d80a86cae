/* A second look at what people type into free texts: numbers that name a person and that they may not have meant to send. */
#ifndef MH_WEB_PERSONAL_H
#define MH_WEB_PERSONAL_H
#include "base/str.h"

/* A mobile number of China (11 digits, 1[3-9]…), or an identity card's (GB 11643-1999: 17 digits and a check character that fits).
 * Longer runs of digits are neither. Full-width digits, and spaces or hyphens between groups, do not hide one. */
bool mh_personal_in(struct mh_str text);
/* The same text with all but the first three characters of such numbers covered by ●. Empty when memory is short. */
struct mh_str mh_personal_cover(struct mh_arena *a, struct mh_str text);
#endif
