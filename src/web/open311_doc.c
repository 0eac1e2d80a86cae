#include "web/open311_doc.h"

#include <inttypes.h>

static struct mh_o311_node *add(struct mh_o311_doc *d, struct mh_o311_node *in, const char *name,
				enum mh_o311_node_kind kind)
{
	struct mh_o311_node *n = d->failed ? NULL : MH_NEW(d->arena, struct mh_o311_node);
	if (!n || !in) {
		d->failed = true;
		return NULL;
	}
	n->kind = kind;
	n->name = name;
	if (in->last) in->last->next = n;
	else in->first = n;
	in->last = n;
	return n;
}

struct mh_o311_doc mh_o311_doc_new(struct mh_arena *a, const char *root, enum mh_o311_node_kind kind)
{
	struct mh_o311_doc d = {.arena = a, .root = MH_NEW(a, struct mh_o311_node)};
	d.failed = d.root == NULL;
	if (d.root) *d.root = (struct mh_o311_node){.kind = kind, .name = root};
	return d;
}

struct mh_o311_node *mh_o311_object(struct mh_o311_doc *d, struct mh_o311_node *in, const char *name)
{
	return add(d, in, name, MH_O311_OBJECT);
}

struct mh_o311_node *mh_o311_list(struct mh_o311_doc *d, struct mh_o311_node *in, const char *name)
{
	return add(d, in, name, MH_O311_LIST);
}

static bool allowed(uint32_t c)
{
	return c == '\n' || c == '\t' || (c >= 0x20 && c != 0x7f && c != 0xfffe && c != 0xffff);
}

/* Most text needs nothing and is taken as it is. */
static bool clean_already(struct mh_str s)
{
	for (size_t at = 0; at < s.len;)
		if (!allowed(mh_utf8_next(s, &at))) return false;
	return true;
}

static struct mh_str clean(struct mh_arena *a, struct mh_str s)
{
	struct mh_buf b = MH_BUF(s.len * 3 + 4);
	size_t at = 0;
	while (at < s.len) {
		size_t from = at;
		uint32_t c = mh_utf8_next(s, &at);
		if (allowed(c)) mh_buf_add(&b, s.ptr + from, at - from);
		else if (c != '\r') mh_buf_c(&b, "\xef\xbf\xbd");
		else if (at >= s.len || s.ptr[at] != '\n') mh_buf_ch(&b, '\n');
	}
	struct mh_str out = b.failed ? (struct mh_str){NULL, 0} : mh_str_dup(a, mh_buf_str(&b));
	mh_buf_done(&b);
	return out;
}

void mh_o311_text(struct mh_o311_doc *d, struct mh_o311_node *in, const char *name, struct mh_str text)
{
	struct mh_o311_node *n = add(d, in, name, MH_O311_TEXT);
	if (!n) return;
	n->text = clean_already(text) ? mh_str_dup(d->arena, text) : clean(d->arena, text);
	if (!n->text.ptr) d->failed = true;
}

void mh_o311_plain(struct mh_o311_doc *d, struct mh_o311_node *in, const char *name, struct mh_str text)
{
	struct mh_o311_node *n = add(d, in, name, MH_O311_PLAIN);
	if (n) n->text = text;
}

void mh_o311_bool(struct mh_o311_doc *d, struct mh_o311_node *in, const char *name, bool v)
{
	mh_o311_plain(d, in, name, v ? MH_STR("true") : MH_STR("false"));
}

void mh_o311_int(struct mh_o311_doc *d, struct mh_o311_node *in, const char *name, int64_t v)
{
	struct mh_str text = mh_str_fmt(d->arena, "%" PRId64, v);
	if (!text.ptr) d->failed = true;
	mh_o311_plain(d, in, name, text);
}

/* --- writing: depth is a handful, fixed by the builders --- */

static void write_xml(const struct mh_o311_node *n, struct mh_buf *out)
{
	if (!n->first && !n->text.len) {
		mh_buf_fmt(out, "<%s/>", n->name);
		return;
	}
	mh_buf_fmt(out, "<%s>", n->name);
	mh_buf_xml(out, n->text);
	for (const struct mh_o311_node *c = n->first; c; c = c->next) write_xml(c, out);
	mh_buf_fmt(out, "</%s>", n->name);
}

static void write_json(const struct mh_o311_node *n, struct mh_buf *out)
{
	if (n->kind == MH_O311_TEXT || n->kind == MH_O311_PLAIN) {
		if (!n->text.len) mh_buf_c(out, "null");
		else if (n->kind == MH_O311_PLAIN) mh_buf_str_add(out, n->text);
		else mh_buf_json(out, n->text);
		return;
	}
	bool list = n->kind == MH_O311_LIST;
	mh_buf_ch(out, list ? '[' : '{');
	for (const struct mh_o311_node *c = n->first; c; c = c->next) {
		if (c != n->first) mh_buf_ch(out, ',');
		if (!list) mh_buf_fmt(out, "\"%s\":", c->name);
		write_json(c, out);
	}
	mh_buf_ch(out, list ? ']' : '}');
}

enum mh_code mh_o311_write(const struct mh_o311_doc *d, enum mh_o311_format format, struct mh_buf *out,
			   struct mh_err *reterr)
{
	if (d->failed || !d->root) return MH_FAIL(reterr, MH_E_NO_MEMORY, "Memory is short");
	if (format == MH_O311_JSON) {
		write_json(d->root, out);
	} else {
		mh_buf_c(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
		write_xml(d->root, out);
		mh_buf_ch(out, '\n');
	}
	return out->failed ? MH_FAIL(reterr, MH_E_NO_MEMORY, "Memory is short") : MH_OK;
}

/* --- coordinates --- */

bool mh_o311_degrees_parse(struct mh_str s, int limit, int64_t *ret_e6)
{
	int64_t v = 0;
	int whole = 0, behind = -1;
	bool minus = s.len && s.ptr[0] == '-';
	for (size_t i = minus || (s.len && s.ptr[0] == '+') ? 1 : 0; i < s.len; i++) {
		char c = s.ptr[i];
		if (c == '.' && behind < 0) {
			behind = 0;
			continue;
		}
		if (c < '0' || c > '9') return false;
		if (behind < 0 && ++whole > 3) return false;
		if (behind >= 0 && ++behind > 12) return false;
		if (behind <= 6) v = v * 10 + (c - '0');
	}
	if (!whole) return false;
	for (int i = behind < 0 ? 0 : behind; i < 6; i++) v *= 10;
	if (v > (int64_t)limit * 1000000) return false;
	*ret_e6 = minus ? -v : v;
	return true;
}

struct mh_str mh_o311_degrees_text(struct mh_arena *a, int64_t e6)
{
	uint64_t v = e6 < 0 ? 0 - (uint64_t)e6 : (uint64_t)e6;
	return mh_str_fmt(a, "%s%" PRIu64 ".%06" PRIu64, e6 < 0 ? "-" : "", v / 1000000, v % 1000000);
}
