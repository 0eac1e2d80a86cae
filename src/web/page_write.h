/* What the functions made of the templates in portal/ (tools/gen/page.py) call. */
#ifndef MH_WEB_PAGE_WRITE_H
#define MH_WEB_PAGE_WRITE_H
#include "text/msg.h"

/* A whole address, for href="…": of this site ("/…", "#…", "?…") or of another by https or http, escaped; whatever else it is
 * becomes "#", so that no value can bring a script. */
void mh_page__url(struct mh_buf *b, struct mh_str url);
/* A part of an address: everything but A–Z a–z 0–9 - . _ ~ percent-encoded (RFC 3986, 2.3). */
void mh_page__part(struct mh_buf *b, struct mh_str text);
/* The address of a file of the pages, by its name (web/asset.h). */
void mh_page__asset(struct mh_buf *b, const char *name);
#endif
