/* The reference page: the route table for people. Everything that is not markup of this file goes through mh_buf_xml. */
#include "web/openapi.h"
#include "web/schema.h"

#include <string.h>

static const char style[] =
	":root{color-scheme:light dark}body{font:16px/1.55 system-ui,'Noto Sans CJK SC',sans-serif;max-width:62rem;"
	"margin:0 auto;padding:1rem}h1{font-size:1.6rem}h2{margin-top:2.5rem;border-bottom:2px solid}h3{margin:2rem 0 "
	".3rem;"
	"font-size:1.05rem}code{font-family:ui-monospace,monospace;overflow-wrap:anywhere}table{border-collapse:"
	"collapse;"
	"width:100%}th,td{text-align:left;vertical-align:top;padding:.25rem .6rem .25rem 0;border-bottom:1px solid "
	"#8886}"
	".m{display:inline-block;min-width:3.6rem;font-weight:700}nav a{margin-right:1rem}.q{opacity:.75}";

static void text(struct mh_buf *b, const char *z)
{
	mh_buf_xml(b, mh_str_c(z));
}

/* "English · 中文" */
static void both(struct mh_buf *b, const char *en, const char *zh)
{
	text(b, en);
	mh_buf_c(b, " <span lang=\"zh\">");
	text(b, zh);
	mh_buf_c(b, "</span>");
}

static const char *type_name(const struct mh_param *p)
{
	static const char *const names[MH_TYPE_MAX] = {
		[MH_TYPE_STR] = "text",      [MH_TYPE_INT] = "integer", [MH_TYPE_BOOL] = "true | false",
		[MH_TYPE_ENUM] = "one of",   [MH_TYPE_DAY] = "day",     [MH_TYPE_TIME] = "time (RFC 3339)",
		[MH_TYPE_OBJECT] = "object", [MH_TYPE_ARRAY] = "array"};
	return names[p->type];
}

static void limits(struct mh_buf *b, const struct mh_param *p)
{
	mh_buf_ch(b, ' ');
	for (const char *const *c = p->choices; c && *c; c++) {
		mh_buf_c(b, c == p->choices ? "<code>" : " <code>");
		text(b, *c);
		mh_buf_c(b, "</code>");
	}
	if (p->max == INT64_MAX && p->min) mh_buf_fmt(b, "≥ %lld", (long long)p->min);
	else if (p->max && p->max != INT64_MAX) mh_buf_fmt(b, "%lld…%lld", (long long)p->min, (long long)p->max);
	if (p->pattern) {
		mh_buf_c(b, " <code>");
		text(b, p->pattern);
		mh_buf_c(b, "</code>");
	}
}

static void parameter(struct mh_buf *b, const struct mh_param *p)
{
	static const char *const places[MH_IN_MAX] = {
		[MH_IN_PATH] = "path", [MH_IN_QUERY] = "query", [MH_IN_HEADER] = "header", [MH_IN_BODY] = "body"};
	mh_buf_c(b, "<tr><td><code>");
	text(b, p->name);
	mh_buf_fmt(b, "</code>%s<td>%s<td>%s", p->required ? " <b>*</b>" : "", places[p->in], type_name(p));
	limits(b, p);
	mh_buf_c(b, "<td>");
	both(b, p->en, p->zh);
	mh_buf_c(b, "\n");
}

static void parameters(struct mh_buf *b, const struct mh_route *r)
{
	if (!r->params || !r->params->name) return;
	mh_buf_c(b, "<table><thead><tr><th scope=\"col\">Name 名称<th scope=\"col\">In 位置<th scope=\"col\">Type 类型"
		    "<th scope=\"col\">Meaning 含义</thead><tbody>\n");
	for (const struct mh_param *p = r->params; p->name; p++) parameter(b, p);
	mh_buf_c(b, "</tbody></table>\n");
}

static void answer(struct mh_buf *b, const struct mh_route *r)
{
	struct mh_reply_kind k = mh_reply_kind_of(r);
	mh_buf_fmt(b, "<p>→ %d ", k.status);
	if (k.schema) {
		mh_buf_fmt(b, "<a href=\"#schema-%s\">%s</a>", k.schema->name, k.schema->name);
	} else if (k.media_type.len) {
		mh_buf_c(b, "<code>");
		mh_buf_xml(b, k.media_type);
		mh_buf_c(b, "</code>");
	}
	mh_buf_c(b, "</p>\n");
}

static void route(struct mh_buf *b, const struct mh_route *r)
{
	mh_buf_fmt(b, "<h3><span class=\"m\">%s</span> <code>", r->method);
	text(b, r->path);
	mh_buf_c(b, "</code></h3>\n<p>");
	both(b, r->en, r->zh);
	mh_buf_fmt(b, " <span class=\"q\">[%s]</span></p>\n", mh_perm_name(r->perm));
	parameters(b, r);
	answer(b, r);
}

static void schema(struct mh_buf *b, const struct mh_schema *s)
{
	struct mh_str rest = mh_str_c(s->members);
	struct mh_member m;
	static const char *const opens[] = {"", "[", "{"}, *const closes[] = {"", "]", "}"};
	mh_buf_fmt(b, "<h3 id=\"schema-%s\"><code>%s</code></h3>\n<p>", s->name, s->name);
	both(b, s->en, s->zh);
	mh_buf_c(b, "</p>\n<p>");
	while (mh_schema_next(&rest, &m)) {
		mh_buf_c(b, "<code>");
		mh_buf_xml(b, m.name);
		mh_buf_fmt(b, "</code>%s: %s", m.optional ? "?" : "", opens[m.shape]);
		if (mh_schema_find(m.type))
			mh_buf_fmt(b, "<a href=\"#schema-" MH_STR_FMT "\">" MH_STR_FMT "</a>", MH_STR_ARG(m.type),
				   MH_STR_ARG(m.type));
		else mh_buf_xml(b, m.type);
		mh_buf_fmt(b, "%s%s; ", closes[m.shape], m.nullable ? " | null" : "");
	}
	mh_buf_c(b, "</p>\n");
}

/* Whether a group has more than pages. */
static bool described(const struct mh_route_list *l)
{
	for (size_t k = 0; k < l->n; k++)
		if (!(l->routes[k].flags & MH_ROUTE_PAGE)) return true;
	return false;
}

static void contents(struct mh_buf *b, const struct mh_route_list *const *lists, size_t n)
{
	mh_buf_c(b, "<nav aria-label=\"Contents 目录\">");
	for (size_t i = 0; i < n; i++)
		if (described(lists[i])) mh_buf_fmt(b, "<a href=\"#%s\">%s</a>", lists[i]->name, lists[i]->name);
	mh_buf_c(b, "<a href=\"#schemas\">schemas</a></nav>\n");
}

void mh_reference_page(const struct mh_route_list *const *lists, size_t n, struct mh_buf *b)
{
	size_t n_schemas;
	const struct mh_schema *s = mh_schemas_all(&n_schemas);
	mh_buf_fmt(
		b,
		"<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" "
		"content=\"width=device-width\"><title>Minhu API 民呼接口</title><style>%s</style></head><body>\n<main>"
		"<h1>Minhu API <span lang=\"zh\">民呼接口</span></h1>\n<p>Made from the same table as "
		"<a href=\"/api/openapi.json\">openapi.json</a>. <b>*</b> must be given. In brackets: who may. "
		"<span lang=\"zh\">与 openapi.json 同出一表；<b>*</b> 为必填；方括号内为所需权限。</span></p>\n",
		style);
	contents(b, lists, n);
	for (size_t i = 0; i < n; i++) {
		if (!described(lists[i])) continue;
		mh_buf_fmt(b, "<h2 id=\"%s\">%s</h2>\n", lists[i]->name, lists[i]->name);
		for (size_t k = 0; k < lists[i]->n; k++)
			if (!(lists[i]->routes[k].flags & MH_ROUTE_PAGE)) route(b, &lists[i]->routes[k]);
	}
	mh_buf_c(b, "<h2 id=\"schemas\">schemas</h2>\n");
	for (size_t i = 0; i < n_schemas; i++) schema(b, &s[i]);
	mh_buf_c(b, "</main></body></html>\n");
}

struct mh_str mh_reference_style(void)
{
	return (struct mh_str){style, sizeof style - 1};
}
