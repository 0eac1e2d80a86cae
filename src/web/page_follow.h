/* The page of one matter, for whoever holds its code. */
#ifndef MH_WEB_PAGE_FOLLOW_H
#define MH_WEB_PAGE_FOLLOW_H
#include "web/page_form.h"

/* Sends it. tried: the step whose form was posted and is shown again with what is wrong; NULL: none. */
enum mh_code mh_page__matter(const struct mh_web__page *p, struct mh_tx *tx, const struct mh_glance *g,
			     const struct mh_page__form *tried, int tried_step, struct mh_response *res,
			     struct mh_err *reterr);
/* --- page_events.c --- */
/* What happened, newest first. */
enum mh_code mh_page__events(const struct mh_web__page *p, const struct mh_glance *g, const json_t *events,
			     const struct mh_page_matter_event **ret, size_t *ret_n, struct mh_err *reterr);
#endif
