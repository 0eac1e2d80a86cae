/* Forms that grow from a definition: which fields, what was typed, what is wrong with it, and how it is shown again.
 *
 * Fields come as f.NAME and, where a value has parts, f.NAME.PART; the engine stays the judge of values, and what is refused here
 * is refused so that a person reads it in their language, beside the field. */
#ifndef MH_WEB_PAGE_FORM_H
#define MH_WEB_PAGE_FORM_H
#include "web/page_priv.h"

struct mh_page__item {
	const struct mh_field *field;
	bool required, wrong;
	struct mh_str why; /* in the language of the page */
};
struct mh_page__form {
	const struct mh_web__page *page;
	const struct mh_def *def;
	struct mh_str id; /* begins the ids of its elements */
	struct mh_page__item *items;
	size_t n, n_wrong;
	const struct mh_pair *pairs; /* as typed */
	size_t n_pairs;
	json_t *fields; /* borrowed from request->body; filled by _read */
	bool personal;  /* some text seems to hold a telephone or identity number */
};
struct mh_portal_kind; /* web/portal.h */

/* What is asked when a matter is raised: the definition's fields of creation, without those that the portal itself sets (kind may
 * be NULL). Required ones come first. */
enum mh_code mh_page__form_create(const struct mh_web__page *p, const struct mh_def *d,
				  const struct mh_portal_kind *kind, struct mh_page__form *ret, struct mh_err *reterr);
/* What a step takes. */
enum mh_code mh_page__form_step(const struct mh_web__page *p, const struct mh_def *d, int step,
				struct mh_page__form *ret, struct mh_err *reterr);
/* Takes what was posted; marks what is wrong. hide: numbers that identify people are covered in texts. */
enum mh_code mh_page__form_read(struct mh_page__form *f, bool hide, struct mh_err *reterr);
/* For the template: the fields to be seen at once, and those behind "more". */
enum mh_code mh_page__form_show(const struct mh_page__form *f, const struct mh_page_field **ret_first,
				size_t *ret_n_first, const struct mh_page_field **ret_more, size_t *ret_n_more,
				struct mh_err *reterr);

/* --- page_place.c --- */
/* The value {"org", "address", …} or NULL when nothing was said. */
json_t *mh_page__place_read(const struct mh_page__form *f, const struct mh_field *field);
void mh_page__place_show(const struct mh_page__form *f, const struct mh_field *field, struct mh_page_field *to);
/* What was typed for f.NAME or f.NAME.PART; empty when nothing was. */
struct mh_str mh_page__typed(const struct mh_page__form *f, struct mh_str name, const char *part);
/* "西湖区 · 文新街道" */
struct mh_str mh_page__org_path(const struct mh_web__page *p, int org);

/* --- page_value.c: a value of a field, for people --- */
struct mh_str mh_page__value(const struct mh_web__page *p, const struct mh_field *f, const json_t *v);
#endif
