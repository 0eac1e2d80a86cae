#include "base/json.h"

#include <string.h>

void mh_json_drop(json_t **j)
{
	json_decref(*j);
	*j = NULL;
}

static const json_t *find_real(json_t *j)
{
	json_t *v;
	const json_t *bad;
	const char *key;
	size_t i;
	if (json_is_real(j)) return j;
	if (json_is_object(j)) {
		json_object_foreach(j, key, v)
			if ((bad = find_real(v))) return bad;
	} else if (json_is_array(j)) {
		json_array_foreach(j, i, v)
			if ((bad = find_real(v))) return bad;
	}
	return NULL;
}

enum mh_code mh_json_parse(struct mh_str text, json_t **ret, struct mh_err *reterr)
{
	json_error_t e;
	json_t *j = json_loadb(text.ptr ? text.ptr : "", text.len, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, &e);
	if (!j) {
		enum mh_code code = MH_FAIL(reterr, MH_E_INVALID, "Could not read the JSON: %s", e.text);
		mh_err_detail(reterr, "line %d, column %d", e.line, e.column);
		mh_err_hint(reterr, "Send one JSON value in UTF-8, each key once.");
		return code;
	}
	const json_t *real = find_real(j);
	if (real) {
		enum mh_code code = MH_FAIL(reterr, MH_E_INVALID,
					    "Cannot take the number %g: only whole numbers are used",
					    json_real_value(real));
		json_decref(j);
		return code;
	}
	*ret = j;
	return MH_OK;
}

json_t *mh_json_str(struct mh_str s)
{
	return json_stringn(s.ptr ? s.ptr : "", s.len);
}

struct mh_str mh_json_get_str(const json_t *obj, const char *key)
{
	const json_t *v = json_object_get(obj, key);
	return json_is_string(v) ? (struct mh_str){json_string_value(v), json_string_length(v)}
				 : (struct mh_str){NULL, 0};
}

int64_t mh_json_get_int(const json_t *obj, const char *key, int64_t otherwise)
{
	const json_t *v = json_object_get(obj, key);
	return json_is_integer(v) ? json_integer_value(v) : otherwise;
}
