/* JSON: jansson's values, read and written in one way.
 *
 * Reading is strict: valid UTF-8, no duplicate keys, no trailing text, depth and size capped; an error names line and
 * column. Integers only: a number with a fraction or an exponent is refused, because nothing published is a float.
 * `json_t` is reference-counted; MH_JSON_AUTO drops a reference when a variable leaves scope. */
#ifndef MH_BASE_JSON_H
#define MH_BASE_JSON_H
#include "base/err.h"
#include "base/str.h"

#include <jansson.h>

#define MH_JSON_AUTO MH_CLEANUP(mh_json_drop)
void mh_json_drop(json_t **j);

enum mh_code mh_json_parse(struct mh_str text, json_t **ret, struct mh_err *reterr);
/* Compact, keys sorted: the same value always gives the same bytes. A view into arena memory; empty when memory is short. */
struct mh_str mh_json_text(struct mh_arena *a, const json_t *j);
json_t *mh_json_str(struct mh_str s); /* new string value, NULL when memory is short */
struct mh_str mh_json_get_str(const json_t *obj,
			      const char *key); /* empty when absent or not a string; lives with obj */
int64_t mh_json_get_int(const json_t *obj, const char *key, int64_t otherwise);
#endif
