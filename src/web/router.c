#include "web/route.h"

#include <stdlib.h>
#include <string.h>

/* --- matching --- */

/* One segment against its pattern. A placeholder takes as much as it can, so "{id}.{format}" splits at the last dot. */
static bool match_segment(struct mh_str pattern, struct mh_str s, struct mh_route_match *m)
{
	while (pattern.len && pattern.ptr[0] != '{') {
		if (!s.len || s.ptr[0] != pattern.ptr[0]) return false;
		pattern.ptr++, pattern.len--, s.ptr++, s.len--;
	}
	if (!pattern.len) return s.len == 0;
	size_t close = (size_t)mh_str_find(pattern, '}');
	struct mh_str rest = {pattern.ptr + close + 1, pattern.len - close - 1};
	size_t slot = m->n++;
	for (size_t n = s.len; n > 0; n--) {
		m->n = slot + 1;
		m->values[slot].name = (struct mh_str){pattern.ptr + 1, close - 1};
		m->values[slot].value = (struct mh_str){s.ptr, n};
		if (match_segment(rest, (struct mh_str){s.ptr + n, s.len - n}, m)) return true;
	}
	m->n = slot;
	return false;
}

static bool match_path(const char *pattern, struct mh_str path, struct mh_route_match *m)
{
	struct mh_str rest = mh_str_c(pattern), want, have;
	m->n = 0;
	while (mh_str_split(&rest, '/', &want)) {
		if (want.len && mh_str_ends(want, "*}")) {
			m->values[m->n].name = (struct mh_str){want.ptr + 1, want.len - 3};
			m->values[m->n++].value = path;
			return path.len > 0;
		}
		if (!mh_str_split(&path, '/', &have) || !match_segment(want, have, m)) return false;
	}
	return path.ptr == NULL;
}

/* How many bytes of a path are as the pattern says, before its first placeholder. */
static size_t agree(const char *pattern, struct mh_str s)
{
	size_t n = 0;
	while (n < s.len && pattern[n] == s.ptr[n] && pattern[n] != '{') n++;
	return n;
}

/* Routes are in order, so that a route shares its beginning with the one before: where that one differed from the path, this
 * one does too, as long as the two have more in common than that. Most are passed over without looking at them. */
static bool may_match(const struct mh_router *r, size_t i, struct mh_str path, size_t *differs)
{
	if (r->same[i] > *differs) return false;
	*differs = agree(r->routes[i]->path, path);
	char next = r->routes[i]->path[*differs];
	return next == '{' || (!next && *differs == path.len);
}

static bool method_fits(const char *route, struct mh_str method)
{
	return mh_str_is(method, route) || (mh_str_is(method, "HEAD") && strcmp(route, "GET") == 0);
}

enum mh_code mh_router_find(const struct mh_router *r, struct mh_str method, struct mh_str path,
			    struct mh_route_match *ret, struct mh_err *reterr)
{
	struct mh_route_match m;
	const struct mh_route *other = NULL;
	size_t differs = 0;
	for (size_t i = 0; i < r->n; i++) {
		const struct mh_route *route = r->routes[i];
		if (!may_match(r, i, path, &differs) || !match_path(route->path, path, &m)) continue;
		if (method_fits(route->method, method)) {
			m.route = route;
			*ret = m;
			return MH_OK;
		}
		other = route;
	}
	if (!other) return MH_FAIL(reterr, MH_E_NOT_FOUND, "There is no such address");
	ret->route = other;
	ret->n = 0;
	return MH_FAIL(reterr, MH_E_METHOD, "This address does not take the method " MH_STR_FMT,
		       (int)(method.len > 20 ? 20 : method.len), method.ptr);
}

struct mh_str mh_router_allow(const struct mh_router *r, struct mh_arena *a, struct mh_str path)
{
	static const char *const methods[] = {"DELETE", "GET", "PATCH", "POST", "PUT"};
	struct mh_route_match m;
	unsigned found = 0;
	for (size_t i = 0; i < r->n; i++) {
		if (!match_path(r->routes[i]->path, path, &m)) continue;
		for (unsigned k = 0; k < sizeof methods / sizeof *methods; k++)
			if (strcmp(r->routes[i]->method, methods[k]) == 0) found |= 1u << k;
	}
	if (!found) return (struct mh_str){NULL, 0};
	struct mh_str text = mh_str_fmt(a, "OPTIONS");
	for (unsigned k = 0; text.ptr && k < sizeof methods / sizeof *methods; k++)
		if (found >> k & 1)
			text = mh_str_fmt(a, MH_STR_FMT ", %s%s", MH_STR_ARG(text), methods[k], k == 1 ? ", HEAD" : "");
	return text;
}

/* --- the check of the table --- */

static bool known_method(const char *m)
{
	return m && (!strcmp(m, "GET") || !strcmp(m, "POST") || !strcmp(m, "PUT") || !strcmp(m, "PATCH") ||
		     !strcmp(m, "DELETE"));
}

static const struct mh_param *find_param(const struct mh_route *r, enum mh_in in, struct mh_str name)
{
	for (const struct mh_param *p = r->params; p && p->name; p++)
		if (p->in == in && mh_str_is(name, p->name)) return p;
	return NULL;
}

static const char *wrong_in_param(const struct mh_route *r, const struct mh_param *p)
{
	if (!p->en || !p->zh || !*p->en || !*p->zh) return "a parameter is not described in both languages";
	if (p->in < MH_IN_PATH || p->in >= MH_IN_MAX) return "a parameter is nowhere";
	if (p->type < MH_TYPE_STR || p->type >= MH_TYPE_MAX) return "a parameter has no type";
	if (p->in == MH_IN_PATH && !p->required) return "a path parameter is not required";
	if (p->in == MH_IN_BODY && r->body != MH_BODY_JSON && r->body != MH_BODY_FORM)
		return "a body parameter without such a body";
	if ((p->type == MH_TYPE_OBJECT || p->type == MH_TYPE_ARRAY) && (p->in != MH_IN_BODY || r->body != MH_BODY_JSON))
		return "an object or array outside a JSON body";
	if ((p->type == MH_TYPE_ENUM) != (p->choices != NULL))
		return "choices belong to the enum type, and it needs them";
	if (p->pattern && (p->type != MH_TYPE_STR || !mh_pattern_ok(p->pattern)))
		return "a pattern cannot be read or is not on a string";
	if ((p->repeated || p->prefix) && !(p->in == MH_IN_QUERY || (p->in == MH_IN_BODY && r->body == MH_BODY_FORM)))
		return "a repeated or prefix parameter outside a query or form";
	if ((p->repeated || p->prefix) && p->type != MH_TYPE_STR && p->type != MH_TYPE_ENUM)
		return "a repeated parameter is neither string nor enum";
	if (p->max && p->max < p->min) return "a maximum lies below its minimum";
	if (find_param(r, p->in, mh_str_c(p->name)) != p) return "two parameters have one name";
	return NULL;
}

static const char *wrong_in_segment(const struct mh_route *r, struct mh_str seg, bool last, size_t *placeholders)
{
	size_t here = 0;
	for (size_t i = 0; i < seg.len; i++) {
		char c = seg.ptr[i];
		bool literal = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
			       strchr("._-", c);
		if (literal) continue;
		struct mh_str tail = {seg.ptr + i + 1, seg.len - i - 1};
		ptrdiff_t close = mh_str_find(tail, '}');
		if (c != '{' || close < 1) return "the path holds a character that is neither literal nor placeholder";
		struct mh_str name = {tail.ptr, (size_t)close};
		if (mh_str_ends(name, "*")) {
			if (!last || i != 0 || (size_t)close + 2 != seg.len)
				return "{rest*} must be the whole last segment";
			name.len--;
		}
		if (!find_param(r, MH_IN_PATH, name)) return "a placeholder has no path parameter";
		if (++here > 2) return "more than two placeholders in one segment";
		i += (size_t)close + 1;
	}
	*placeholders += here;
	return NULL;
}

static const char *wrong_in_path(const struct mh_route *r)
{
	size_t placeholders = 0, params = 0;
	struct mh_str rest = mh_str_c(r->path), seg;
	if (!r->path || r->path[0] != '/') return "the path does not begin with /";
	mh_str_split(&rest, '/', &seg);
	while (mh_str_split(&rest, '/', &seg)) {
		bool end = !rest.ptr; /* "/desk/" is an address of its own; "/desk//x" is none */
		if (!seg.len && !end) return "the path has an empty segment";
		const char *wrong = wrong_in_segment(r, seg, rest.ptr == NULL, &placeholders);
		if (wrong) return wrong;
	}
	for (const struct mh_param *p = r->params; p && p->name; p++) params += p->in == MH_IN_PATH;
	if (placeholders > MH_PATH_VALUES) return "too many placeholders";
	return placeholders == params ? NULL : "a path parameter has no placeholder";
}

static const char *wrong_in_route(const struct mh_route *r)
{
	if (!known_method(r->method)) return "the method is not known";
	if (r->perm <= MH_PERM_UNSET || r->perm >= MH_PERM_MAX) return "no permission is named";
	if (!r->handler) return "there is no handler";
	if (!r->en || !r->zh || !*r->en || !*r->zh) return "it is not described in both languages";
	if (r->body >= MH_BODY_KIND_MAX) return "the kind of body is not known";
	if (!strcmp(r->method, "GET") && r->body != MH_BODY_NONE) return "GET takes no body";
	if (r->body == MH_BODY_FILE && !r->max_body) return "a file needs a size limit";
	if ((r->flags & MH_ROUTE_READ) && (r->flags & MH_ROUTE_WRITE) && !strcmp(r->method, "GET"))
		return "GET writes nothing";
	for (const struct mh_param *p = r->params; p && p->name; p++) {
		const char *wrong = wrong_in_param(r, p);
		if (wrong) return wrong;
	}
	return wrong_in_path(r);
}

/* --- order --- */

/* The path without the names: "/f/{" + "*" sorts behind "/f/{", and { behind every literal. */
static int compare_shapes(const char *a, const char *b)
{
	for (;;) {
		if (*a != *b || !*a) return (unsigned char)*a - (unsigned char)*b;
		if (*a == '{') {
			a = strchr(a, '}');
			b = strchr(b, '}');
			int star = (a[-1] == '*') - (b[-1] == '*');
			if (star) return star;
		}
		a++, b++;
	}
}

static int compare_routes(const void *pa, const void *pb)
{
	const struct mh_route *a = *(const struct mh_route *const *)pa, *b = *(const struct mh_route *const *)pb;
	int c = compare_shapes(a->path, b->path);
	return c ? c : strcmp(a->method, b->method);
}

static enum mh_code refuse(const struct mh_route *r, const char *why, struct mh_err *reterr)
{
	return MH_FAIL(reterr, MH_E_INTERNAL, "The route %s %s cannot be: %s", r->method ? r->method : "?",
		       r->path ? r->path : "?", why);
}

enum mh_code mh_router_build(struct mh_arena *a, const struct mh_route_list *const *lists, size_t n,
			     struct mh_router *ret, struct mh_err *reterr)
{
	struct mh_router r = {0};
	size_t total = 0;
	for (size_t i = 0; i < n; i++) total += lists[i]->n;
	r.routes = MH_NEW_ARRAY(a, total, const struct mh_route *);
	r.same = MH_NEW_ARRAY(a, total, size_t);
	if (!r.routes || !r.same) return MH_FAIL(reterr, MH_E_NO_MEMORY, "Memory is short");
	for (size_t i = 0; i < n; i++) {
		for (size_t k = 0; k < lists[i]->n; k++) {
			const struct mh_route *route = &lists[i]->routes[k];
			const char *wrong = wrong_in_route(route);
			if (wrong) return refuse(route, wrong, reterr);
			r.routes[r.n++] = route;
		}
	}
	if (r.n) qsort(r.routes, r.n, sizeof *r.routes, compare_routes);
	for (size_t i = 1; i < r.n; i++)
		if (compare_routes(&r.routes[i - 1], &r.routes[i]) == 0)
			return refuse(r.routes[i], "another route has its address", reterr);
	for (size_t i = 1; i < r.n; i++) r.same[i] = agree(r.routes[i - 1]->path, mh_str_c(r.routes[i]->path));
	*ret = r;
	return MH_OK;
}
