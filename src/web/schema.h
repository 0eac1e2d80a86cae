/* The shapes of answers, said once: the description (/api/openapi.json), the reference page and the tests of real answers all
 * read these tables.
 *
 * Members stand in one text, "ref:str due:time~ note?:str links:[link] gathered:{tally}":
 *   ?    behind the name: may be missing          ~    behind the type: may be null
 *   str int bool time day any obj                 anything else is the name of another schema
 *   hans   a str of ours, the pack's or the definitions', never one that a person wrote, and no person's name: who asks for
 *          traditional Chinese is given it in traditional characters, whatever language it may be in
 *   [t]  a list of t                              {t}  an object whose every value is t */
#ifndef MH_WEB_SCHEMA_H
#define MH_WEB_SCHEMA_H
#include "base/json.h"

struct mh_schema {
	const char *name, *members;
	const char *en, *zh;
};
const struct mh_schema *mh_schemas_all(size_t *ret_n);
const struct mh_schema *mh_schema_find(struct mh_str name); /* NULL: there is none */

enum mh_shape { MH_SHAPE_ONE, MH_SHAPE_LIST, MH_SHAPE_MAP };
struct mh_member {
	struct mh_str name, type;
	enum mh_shape shape;
	bool optional, nullable;
};
/* The next member; false at the end, or when the text cannot be read (then *rest is not empty). */
bool mh_schema_next(struct mh_str *rest, struct mh_member *ret);
/* As JSON Schema 2020-12 with references into #/components/schemas/. New reference; NULL when memory is short. Members that
 * are not named are refused, so that a test notices what the table does not say. */
json_t *mh_schema_json(const struct mh_schema *s);

/* What a route answers when all is well. */
struct mh_reply_kind {
	int status;
	const struct mh_schema *schema; /* JSON of this shape, or NULL: */
	struct mh_str media_type;       /* such bytes; empty: not described */
};
struct mh_route;
struct mh_reply_kind mh_reply_kind_of(const struct mh_route *r);
#endif
