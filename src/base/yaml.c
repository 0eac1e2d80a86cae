#include "base/yaml.h"

#include <string.h>
#include <yaml.h>

#define TEXT_MAX ((size_t)1 << 20)
#define NODES_MAX 100000 /* a tree is about 150 bytes a node: this bounds what 1 MiB of commas may cost */
#define DEPTH_MAX 32

struct reader {
	yaml_parser_t parser;
	struct mh_arena *arena;
	struct mh_diags *diags;
	struct mh_str text;
	size_t nodes;
};

static struct mh_mark mark_of(yaml_mark_t m)
{
	return (struct mh_mark){(int)m.line + 1, (int)m.column + 1};
}

static struct mh_mark mark_at(struct mh_str text, size_t offset)
{
	struct mh_mark m = {1, 1};

	for (size_t i = 0; i < offset && i < text.len; i++) {
		if (text.ptr[i] == '\n') m = (struct mh_mark){m.line + 1, 1};
		else if ((text.ptr[i] & 0xC0) != 0x80) m.column++;
	}
	return m;
}

/* What libyaml says about syntax, in the author's terms where its own words do not help. */
static void report_syntax(struct reader *r)
{
	const yaml_parser_t *p = &r->parser;
	const char *hint =
		"Check the indentation and the quotes; a text that holds ': ' or ' #' or begins with a sign needs "
		"quotes";
	struct mh_mark at = mark_of(p->problem_mark);

	if (p->error == YAML_READER_ERROR) {
		at = mark_at(r->text, p->problem_offset);
		hint = "Remove the character; it is not text";
	} else if (p->problem && strstr(p->problem, "cannot start any token")) {
		hint = "Indent with spaces, not with tabs, and put texts that begin with a sign in quotes";
	} else if (p->problem && strstr(p->problem, "mapping values are not allowed")) {
		hint = "A text with ': ' in it needs quotes; otherwise check the indentation of this line";
	}
	MH_DIAG_ERROR(r->diags, "yaml-syntax", at, hint, "cannot read this as YAML: %s%s%s",
		      p->problem ? p->problem : "out of memory", p->context ? ", " : "", p->context ? p->context : "");
}

static bool next_event(struct reader *r, yaml_event_t *ret)
{
	if (yaml_parser_parse(&r->parser, ret)) return true;
	report_syntax(r);
	return false;
}

static struct mh_yaml *new_node(struct reader *r, enum mh_yaml_kind kind, const yaml_event_t *e)
{
	struct mh_mark at = mark_of(e->start_mark);
	struct mh_yaml *node = NULL;

	if (++r->nodes > NODES_MAX) {
		MH_DIAG_ERROR(r->diags, "yaml-size", at, "Split the file", "the file has more than %d values",
			      NODES_MAX);
		return NULL;
	}
	node = MH_NEW(r->arena, struct mh_yaml);
	if (!node) {
		MH_DIAG_ERROR(r->diags, "memory", at, NULL, "memory is short");
		return NULL;
	}
	node->kind = kind;
	node->at = at;
	return node;
}

/* Anchors and tags: reported, and then read on as if they were not there. */
static void refuse_extras(struct reader *r, const yaml_event_t *e, const void *anchor, const void *tag)
{
	if (anchor)
		MH_DIAG_ERROR(r->diags, "yaml-anchor", mark_of(e->start_mark), "Write the value out where it is needed",
			      "anchors are not allowed");
	if (tag)
		MH_DIAG_ERROR(r->diags, "yaml-tag", mark_of(e->start_mark),
			      "Remove the tag: types come from the format itself", "tags are not allowed");
}

static bool copy_text(struct reader *r, const yaml_event_t *e, struct mh_str *ret)
{
	const char *value = (const char *)e->data.scalar.value;
	struct mh_str s = {value, e->data.scalar.length};

	if (s.len && memchr(s.ptr, 0, s.len)) {
		MH_DIAG_ERROR(r->diags, "yaml-control", mark_of(e->start_mark), "Remove the \\0",
			      "a text cannot hold a NUL character");
		s.len = strlen(value);
	}
	*ret = mh_str_dup(r->arena, s);
	if (ret->ptr) return true;
	MH_DIAG_ERROR(r->diags, "memory", mark_of(e->start_mark), NULL, "memory is short");
	return false;
}

static struct mh_yaml *read_node(struct reader *r, yaml_event_t *e, int depth);

static struct mh_yaml *read_scalar(struct reader *r, const yaml_event_t *e)
{
	struct mh_yaml *node = new_node(r, MH_YAML_SCALAR, e);

	if (!node) return NULL;
	/* a lone "!" sets plain_implicit without a tag text; libyaml then gives tag "!" */
	refuse_extras(r, e, e->data.scalar.anchor, e->data.scalar.tag);
	node->quoted = e->data.scalar.style != YAML_PLAIN_SCALAR_STYLE;
	return copy_text(r, e, &node->text) ? node : NULL;
}

static void append(struct mh_yaml *parent, struct mh_yaml **last, struct mh_yaml *child)
{
	if (*last) (*last)->next = child;
	else parent->first = child;
	*last = child;
	parent->n++;
}

static struct mh_yaml *read_list(struct reader *r, const yaml_event_t *start, int depth)
{
	struct mh_yaml *list = new_node(r, MH_YAML_LIST, start), *last = NULL;

	if (!list) return NULL;
	refuse_extras(r, start, start->data.sequence_start.anchor, start->data.sequence_start.tag);
	for (;;) {
		yaml_event_t e;
		if (!next_event(r, &e)) return NULL;
		if (e.type == YAML_SEQUENCE_END_EVENT) {
			yaml_event_delete(&e);
			return list;
		}
		struct mh_yaml *item = read_node(r, &e, depth + 1);
		yaml_event_delete(&e);
		if (!item) return NULL;
		append(list, &last, item);
	}
}

static int by_key(const void *a, const void *b)
{
	const struct mh_yaml *const *x = a, *const *y = b;
	int c = mh_str_cmp((*x)->key, (*y)->key);

	if (c) return c;
	if ((*x)->key_at.line != (*y)->key_at.line) return (*x)->key_at.line < (*y)->key_at.line ? -1 : 1;
	return ((*x)->key_at.column > (*y)->key_at.column) - ((*x)->key_at.column < (*y)->key_at.column);
}

/* Sorted, so that a map of many entries is not compared each with each. */
static bool refuse_duplicates(struct reader *r, const struct mh_yaml *map)
{
	struct mh_yaml **list;
	size_t n = 0;

	if (map->n < 2) return true;
	list = MH_NEW_ARRAY(r->arena, map->n, struct mh_yaml *);
	if (!list) {
		MH_DIAG_ERROR(r->diags, "memory", map->at, NULL, "memory is short");
		return false;
	}
	for (struct mh_yaml *e = map->first; e; e = e->next) list[n++] = e;
	qsort(list, n, sizeof(struct mh_yaml *), by_key);
	for (size_t i = 1; i < n; i++)
		if (mh_str_eq(list[i - 1]->key, list[i]->key))
			MH_DIAG_ERROR(r->diags, "yaml-duplicate", list[i]->key_at, "Remove or rename one of the two",
				      "'" MH_STR_FMT "' is given twice; the first is on line %d",
				      MH_STR_ARG(list[i]->key), list[i - 1]->key_at.line);
	return true;
}

static bool read_key(struct reader *r, const yaml_event_t *e, struct mh_str *ret)
{
	struct mh_mark at = mark_of(e->start_mark);

	if (e->type == YAML_ALIAS_EVENT) {
		MH_DIAG_ERROR(r->diags, "yaml-alias", at, "Write the name out", "aliases are not allowed");
		return false;
	}
	if (e->type != YAML_SCALAR_EVENT) {
		MH_DIAG_ERROR(r->diags, "yaml-key", at, "Write `name: value`", "a key must be a plain word");
		return false;
	}
	refuse_extras(r, e, e->data.scalar.anchor, e->data.scalar.tag);
	if (!copy_text(r, e, ret)) return false;
	if (ret->len == 0) MH_DIAG_ERROR(r->diags, "yaml-key", at, "Write `name: value`", "a key cannot be empty");
	if (mh_str_is(*ret, "<<") && e->data.scalar.style == YAML_PLAIN_SCALAR_STYLE)
		MH_DIAG_ERROR(r->diags, "yaml-merge", at, "Write the entries out", "merge keys are not allowed");
	return true;
}

static struct mh_yaml *read_map(struct reader *r, const yaml_event_t *start, int depth)
{
	struct mh_yaml *map = new_node(r, MH_YAML_MAP, start), *last = NULL;

	if (!map) return NULL;
	refuse_extras(r, start, start->data.mapping_start.anchor, start->data.mapping_start.tag);
	for (;;) {
		yaml_event_t e;
		struct mh_str key = {0};
		if (!next_event(r, &e)) return NULL;
		if (e.type == YAML_MAPPING_END_EVENT) {
			yaml_event_delete(&e);
			return refuse_duplicates(r, map) ? map : NULL;
		}
		struct mh_mark key_at = mark_of(e.start_mark);
		bool good = read_key(r, &e, &key);
		yaml_event_delete(&e);
		if (!good || !next_event(r, &e)) return NULL;
		struct mh_yaml *value = read_node(r, &e, depth + 1);
		yaml_event_delete(&e);
		if (!value) return NULL;
		value->key = key;
		value->key_at = key_at;
		append(map, &last, value);
	}
}

/* An alias stands for a value that we do not know; an empty scalar in its place lets the rest of the file be read. */
static struct mh_yaml *read_alias(struct reader *r, const yaml_event_t *e)
{
	struct mh_yaml *node = new_node(r, MH_YAML_SCALAR, e);

	MH_DIAG_ERROR(r->diags, "yaml-alias", mark_of(e->start_mark),
		      "Write the value out; a text that begins with '*' needs quotes", "aliases are not allowed");
	return node;
}

static struct mh_yaml *read_node(struct reader *r, yaml_event_t *e, int depth)
{
	if (depth > DEPTH_MAX) {
		MH_DIAG_ERROR(r->diags, "yaml-depth", mark_of(e->start_mark), "Flatten the structure",
			      "values are nested more than %d deep", DEPTH_MAX);
		return NULL;
	}
	switch (e->type) {
	case YAML_SCALAR_EVENT: return read_scalar(r, e);
	case YAML_SEQUENCE_START_EVENT: return read_list(r, e, depth);
	case YAML_MAPPING_START_EVENT: return read_map(r, e, depth);
	case YAML_ALIAS_EVENT: return read_alias(r, e);
	default:
		MH_DIAG_ERROR(r->diags, "yaml-syntax", mark_of(e->start_mark), "Write `name: value`",
			      "a value is missing");
		return NULL;
	}
}

static void refuse_directives(struct reader *r, const yaml_event_t *e)
{
	if (e->data.document_start.version_directive ||
	    e->data.document_start.tag_directives.start != e->data.document_start.tag_directives.end)
		MH_DIAG_ERROR(r->diags, "yaml-tag", mark_of(e->start_mark), "Remove the line that begins with %",
			      "directives are not allowed");
}

/* Everything outside the one document. */
static struct mh_yaml *read_stream(struct reader *r)
{
	struct mh_yaml *root = NULL;

	for (;;) {
		yaml_event_t e;
		if (!next_event(r, &e)) return NULL;
		struct mh_mark at = mark_of(e.start_mark);
		yaml_event_type_t type = e.type;
		bool again = type == YAML_DOCUMENT_START_EVENT && root;
		bool value = type != YAML_STREAM_START_EVENT && type != YAML_STREAM_END_EVENT &&
			     type != YAML_DOCUMENT_START_EVENT && type != YAML_DOCUMENT_END_EVENT;
		if (type == YAML_DOCUMENT_START_EVENT) refuse_directives(r, &e);
		if (value) root = read_node(r, &e, 0);
		yaml_event_delete(&e);
		if (again) {
			MH_DIAG_ERROR(r->diags, "yaml-document", at,
				      "Remove the line `---`, or put the second part in its own file",
				      "a file holds one document");
			return NULL;
		}
		if (value && !root) return NULL;
		if (type == YAML_STREAM_END_EVENT) break;
	}
	if (!root)
		MH_DIAG_ERROR(r->diags, "yaml-empty", ((struct mh_mark){1, 1}), "Begin with `format: …`",
			      "the file is empty");
	return root;
}

/* Size, encoding and control characters, before libyaml sees the text. */
static bool is_text(struct mh_str text, struct mh_diags *d)
{
	if (text.len > TEXT_MAX) {
		MH_DIAG_ERROR(d, "yaml-size", ((struct mh_mark){0, 0}), "Split the file",
			      "the file is longer than 1 MiB");
		return false;
	}
	ptrdiff_t bad = mh_utf8_bad((struct mh_bytes){(const unsigned char *)text.ptr, text.len});
	if (bad >= 0) {
		MH_DIAG_ERROR(d, "yaml-utf8", mark_at(text, (size_t)bad), "Save the file as UTF-8",
			      "this is not UTF-8");
		return false;
	}
	for (size_t i = 0; i < text.len; i++) {
		unsigned char c = (unsigned char)text.ptr[i];
		if ((c >= 0x20 && c != 0x7F) || c == '\n' || c == '\r' || c == '\t') continue;
		MH_DIAG_ERROR(d, "yaml-control", mark_at(text, i), "Remove the character",
			      "control characters are not allowed (U+%04X)", c);
		return false;
	}
	return true;
}

struct mh_yaml *mh_yaml_read(struct mh_arena *a, struct mh_str text, struct mh_diags *d)
{
	struct reader r = {.arena = a, .diags = d};
	size_t errors = d->errors;

	if (mh_str_starts(text, "\xEF\xBB\xBF")) text = (struct mh_str){text.ptr + 3, text.len - 3};
	if (!is_text(text, d)) return NULL;
	r.text = text;
	if (!yaml_parser_initialize(&r.parser)) {
		MH_DIAG_ERROR(d, "memory", ((struct mh_mark){0, 0}), NULL, "memory is short");
		return NULL;
	}
	yaml_parser_set_encoding(&r.parser, YAML_UTF8_ENCODING);
	yaml_parser_set_input_string(&r.parser, (const unsigned char *)(text.ptr ? text.ptr : ""), text.len);
	struct mh_yaml *root = read_stream(&r);
	yaml_parser_delete(&r.parser);
	return d->errors == errors ? root : NULL;
}
