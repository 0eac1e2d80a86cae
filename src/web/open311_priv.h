/* What the files of the Open311 doors share. */
#ifndef MH_WEB_OPEN311_PRIV_H
#define MH_WEB_OPEN311_PRIV_H
#include "sql_gen.h"
#include "web/api.h"
#include "web/open311.h"

#define MH_O311_PREFIX "/open311/v2/"

/* One request at these doors. */
struct mh_o311_call {
	const struct mh_open311 *o;
	enum mh_o311_format format;
	struct mh_str client; /* name of the key that was shown; empty: none */
	bool en;
};
/* Format, jurisdiction and key. need_key: without one MH_E_FORBIDDEN; a wrong one always is. MH_E_NOT_FOUND: no such format
 * or jurisdiction, or this city has no Open311. */
enum mh_code mh_o311__begin(struct mh_request *req, bool need_key, struct mh_o311_call *ret, struct mh_err *reterr);
/* A value from the body or, on POST too, from the query: clients put some there (docs/open311.md). Empty: absent. */
struct mh_str mh_o311__given(struct mh_request *req, const char *name);
enum mh_code mh_o311__answer(const struct mh_o311_call *call, struct mh_response *res, const struct mh_o311_doc *doc,
			     struct mh_err *reterr);
mh_error_writer mh_o311__error;
struct mh_str mh_o311__label(const struct mh_o311_call *call, const struct mh_label *l);
struct mh_str mh_o311__class(const struct mh_o311_call *call, const struct mh_class *c);

/* A matter as these doors see it. */
struct mh_o311_row {
	int64_t id, owner_id, place_id;
	struct mh_str number, ref, class_code, channel;
	const struct mh_def *def;
	const struct mh_o311_service *service; /* never NULL */
	int state;
	bool open, mine; /* mine: the client's own */
	mh_time created, updated;
};
/* *ret_shown false: it belongs to no service, or to one that is not public and to another partner: as if it were not there. */
enum mh_code mh_o311__row(const struct mh_o311_call *call, struct mh_tx *tx, const struct mh_q_open311_row_row *r,
			  bool *ret_shown, struct mh_o311_row *ret, struct mh_err *reterr);
enum mh_code mh_o311__row_by_id(const struct mh_o311_call *call, struct mh_tx *tx, int64_t id, bool *ret_shown,
				struct mh_o311_row *ret, struct mh_err *reterr);
/* By service_request_id. MH_E_NOT_FOUND. */
enum mh_code mh_o311__row_by_number(const struct mh_o311_call *call, struct mh_tx *tx, struct mh_str number,
				    struct mh_o311_row *ret, struct mh_err *reterr);
/* Writes it into the document, or (format csv) into the table, as everybody or the partner that sent it may see it. */
struct mh_csv_writer;
enum mh_code mh_o311__show(const struct mh_o311_call *call, struct mh_tx *tx, const struct mh_o311_row *row,
			   struct mh_o311_doc *doc, struct mh_csv_writer *table, struct mh_err *reterr);
struct mh_str mh_o311__status(const struct mh_o311_call *call, const struct mh_def *d, int state);
/* The texts of a publication (the JSON object that was published), one under the other. */
struct mh_str mh_o311__published(struct mh_arena *a, const struct mh_def *d, struct mh_str body);

/* Instants in a query: with a zone (a "+" that came as a blank is mended), or a day. Absent: *ret stays. */
enum mh_code mh_o311__instant(struct mh_request *req, const char *name, mh_time *ret, struct mh_err *reterr);
/* Number of the first entry of the newest log at or after an instant, by bisection; entries are in the order of time. */
enum mh_code mh_o311__first_event(struct mh_tx *tx, mh_time at, int64_t *ret_log, int64_t *ret_seq,
				  struct mh_err *reterr);

/* Handlers, by file. */
mh_handler mh_o311__discovery, mh_o311__services, mh_o311__definition; /* open311_services.c */
mh_handler mh_o311__post;                                              /* open311_post.c */
mh_handler mh_o311__requests, mh_o311__request, mh_o311__token;        /* open311_get.c */
mh_handler mh_o311__updates;                                           /* open311_updates.c */
mh_handler mh_o311__post_update;                                       /* open311_comment.c */

/* Offered attribute of a service, or -1: index in the definition. */
int mh_o311__attribute(const struct mh_o311_service *s, const struct mh_def *d, struct mh_str code);
bool mh_o311__required(const struct mh_o311_service *s, const struct mh_field *f);
/* The definition that a matter of this service would use now; NULL: none. */
const struct mh_def *mh_o311__def(const struct mh_o311_call *call, const struct mh_o311_service *s, mh_time now);
#endif
