/* Descriptions that are made from the route table. */
#ifndef MH_WEB_OPENAPI_H
#define MH_WEB_OPENAPI_H
#include "base/json.h"
#include "web/route.h"

/* An OpenAPI 3.1 document. New reference; NULL when memory is short. */
json_t *mh_openapi(const struct mh_route_list *const *lists, size_t n);
/* A page for people, in both languages, of HTML and one style sheet; no script. `style` goes into the Content-Security-Policy
 * by its hash: see mh_reference_style. Appends. */
void mh_reference_page(const struct mh_route_list *const *lists, size_t n, struct mh_buf *b);
struct mh_str mh_reference_style(void); /* the text between <style> and </style> */
#endif
