#include "base/csv.h"

#include "base/csv_priv.h"

#include <string.h>

#define CHUNK ((size_t)16 << 10)

/* buf holds the bytes from the start of the current record on; `start` and `pos` are offsets in it. */
struct mh_csv {
	struct mh_csv_options opt;
	struct mh_csv__source source;
	unsigned char *buf;
	size_t len, room, start, pos;
	bool eof;
	int64_t line, column;   /* of pos */
	int64_t moved;          /* offset of buf[0] in the stream */
	int64_t doubtful_until; /* offset in the stream */
	struct mh_buf text;     /* unquoted fields, each with a NUL behind */
	struct mh_csv_field *fields;
	size_t *offsets; /* of each field in text, for text may move while it grows */
	size_t n, fields_room;
	size_t field_pos; /* where the current field begins, in buf */
	int64_t field_line;
};

static const struct mh_csv_fault_info infos[MH_CSV_FAULT_MAX] = {
	[MH_CSV_SOUND] = {"sound", "The row is sound", "该行无误"},
	[MH_CSV_QUOTE_IN_FIELD] = {"quote_in_field",
				   "A quotation mark stands inside a field that does not begin with one",
				   "字段不以双引号开头，中间却出现了双引号"},
	[MH_CSV_TEXT_AFTER_QUOTE] = {"text_after_quote", "Something stands behind a closing quotation mark",
				     "字段的结束双引号之后还有内容"},
	[MH_CSV_QUOTE_OPEN] = {"quote_open", "A quotation mark is opened and never closed", "双引号没有闭合"},
	[MH_CSV_BARE_CR] = {"bare_cr", "A carriage return stands alone", "出现单独的回车符"},
	[MH_CSV_BAD_TEXT] = {"bad_text", "A byte is not text in the expected encoding", "含有不符合编码的字节"},
	[MH_CSV_FIELD_TOO_LONG] = {"field_too_long", "A field is too long", "字段过长"},
	[MH_CSV_RECORD_TOO_LONG] = {"record_too_long", "The row is too long", "该行过长"},
	[MH_CSV_TOO_MANY_FIELDS] = {"too_many_fields", "The row has too many fields", "该行字段过多"},
};

const struct mh_csv_fault_info *mh_csv_fault_info(enum mh_csv_fault fault)
{
	return &infos[(unsigned)fault < MH_CSV_FAULT_MAX ? fault : MH_CSV_SOUND];
}

static enum mh_code open_source(struct mh_csv *c, const struct mh_csv_options *opt, struct mh_csv **ret,
				struct mh_err *reterr)
{
	enum mh_code code = mh_csv__source_open(&c->source, opt ? opt->encoding : NULL, reterr);
	if (code != MH_OK) {
		mh_mem_free(c);
		return code;
	}
	if (opt) c->opt = *opt;
	if (!c->opt.separator) c->opt.separator = ',';
	if (!c->opt.max_field) c->opt.max_field = (size_t)256 << 10;
	if (!c->opt.max_record) c->opt.max_record = (size_t)1 << 20;
	if (!c->opt.max_fields) c->opt.max_fields = 512;
	c->text = MH_BUF(c->opt.max_record + c->opt.max_fields + 1);
	c->line = c->column = 1;
	*ret = c;
	return MH_OK;
}

enum mh_code mh_csv_open_bytes(struct mh_bytes bytes, const struct mh_csv_options *opt, struct mh_csv **ret,
			       struct mh_err *reterr)
{
	struct mh_csv *c = mh_mem_alloc(sizeof *c);
	MH_TRY_MEM(c, reterr);
	c->source.bytes = bytes;
	return open_source(c, opt, ret, reterr);
}

enum mh_code mh_csv_open_file(FILE *file, const struct mh_csv_options *opt, struct mh_csv **ret, struct mh_err *reterr)
{
	struct mh_csv *c = mh_mem_alloc(sizeof *c);
	MH_TRY_MEM(c, reterr);
	c->source.file = file;
	return open_source(c, opt, ret, reterr);
}

void mh_csv_free(struct mh_csv *c)
{
	if (!c) return;
	mh_csv__source_done(&c->source);
	mh_buf_done(&c->text);
	mh_mem_free(c->buf);
	mh_mem_free(c->fields);
	mh_mem_free(c->offsets);
	mh_mem_free(c);
}

void mh_csv_drop(struct mh_csv **c)
{
	mh_csv_free(*c);
	*c = NULL;
}

/* More bytes behind pos; moves the record to the front of the buffer first. */
static enum mh_code fill(struct mh_csv *c, struct mh_err *reterr)
{
	if (c->start) {
		memmove(c->buf, c->buf + c->start, c->len - c->start);
		c->moved += (int64_t)c->start;
		c->pos -= c->start;
		c->field_pos -= c->field_pos < c->start ? c->field_pos : c->start;
		c->len -= c->start;
		c->start = 0;
	}
	if (c->room - c->len < CHUNK) {
		size_t room = c->room * 2 > c->len + CHUNK ? c->room * 2 : c->len + CHUNK;
		unsigned char *p = mh_mem_resize(c->buf, room);
		MH_TRY_MEM(p, reterr);
		c->buf = p;
		c->room = room;
	}
	size_t n;
	MH_TRY(mh_csv__source_read(&c->source, c->buf + c->len, CHUNK, &n, reterr));
	c->len += n;
	c->eof = n == 0;
	return MH_OK;
}

/* *ret: the byte at pos + ahead, or -1 behind the end. */
static enum mh_code peek(struct mh_csv *c, size_t ahead, int *ret, struct mh_err *reterr)
{
	while (c->pos + ahead >= c->len && !c->eof) MH_TRY(fill(c, reterr));
	*ret = c->pos + ahead < c->len ? c->buf[c->pos + ahead] : -1;
	return MH_OK;
}

static void step(struct mh_csv *c)
{
	unsigned char b = c->buf[c->pos++];
	if (b == '\n') {
		c->line++;
		c->column = 1;
	} else if ((b & 0xC0) != 0x80) {
		c->column++;
	}
}

/* What the parser of a field found. */
enum stop { STOP_FIELD, STOP_RECORD, STOP_FAULT };
struct scan {
	enum stop stop;
	enum mh_csv_fault fault;
};

static bool too_long(const struct mh_csv *c, struct scan *s)
{
	if (c->pos - c->start > c->opt.max_record) s->fault = MH_CSV_RECORD_TOO_LONG;
	else if (c->pos - c->field_pos > c->opt.max_field) s->fault = MH_CSV_FIELD_TOO_LONG;
	else return false;
	s->stop = STOP_FAULT;
	return true;
}

/* Behind a field: separator, line end, end, or a fault. Consumes what it accepts. */
static enum mh_code after_field(struct mh_csv *c, int b, struct scan *s, struct mh_err *reterr)
{
	if (b < 0) {
		s->stop = STOP_RECORD;
		return MH_OK;
	}
	if (b == c->opt.separator) {
		step(c);
		s->stop = STOP_FIELD;
		return MH_OK;
	}
	if (b == '\r') {
		int next;
		MH_TRY(peek(c, 1, &next, reterr));
		if (next != '\n') {
			*s = (struct scan){STOP_FAULT, MH_CSV_BARE_CR};
			return MH_OK;
		}
		step(c);
	}
	step(c);
	s->stop = STOP_RECORD;
	return MH_OK;
}

static enum mh_code scan_plain(struct mh_csv *c, struct scan *s, struct mh_err *reterr)
{
	for (;;) {
		int b;
		MH_TRY(peek(c, 0, &b, reterr));
		if (b < 0 || b == c->opt.separator || b == '\r' || b == '\n') return after_field(c, b, s, reterr);
		if (b == '"') {
			*s = (struct scan){STOP_FAULT, MH_CSV_QUOTE_IN_FIELD};
			return MH_OK;
		}
		mh_buf_ch(&c->text, (char)b);
		step(c);
		if (too_long(c, s)) return MH_OK;
	}
}

static enum mh_code scan_quoted(struct mh_csv *c, struct scan *s, struct mh_err *reterr)
{
	int b;
	step(c);
	for (;;) {
		MH_TRY(peek(c, 0, &b, reterr));
		if (b < 0) {
			*s = (struct scan){STOP_FAULT, MH_CSV_QUOTE_OPEN};
			return MH_OK;
		}
		step(c);
		if (b == '"') {
			MH_TRY(peek(c, 0, &b, reterr));
			if (b != '"') break;
			step(c);
		}
		mh_buf_ch(&c->text, (char)b);
		if (too_long(c, s)) return MH_OK;
	}
	if (b < 0 || b == c->opt.separator || b == '\r' || b == '\n') return after_field(c, b, s, reterr);
	*s = (struct scan){STOP_FAULT, MH_CSV_TEXT_AFTER_QUOTE};
	return MH_OK;
}

static enum mh_code add_field(struct mh_csv *c, struct scan *s, struct mh_err *reterr)
{
	if (c->n == c->opt.max_fields) {
		*s = (struct scan){STOP_FAULT, MH_CSV_TOO_MANY_FIELDS};
		return MH_OK;
	}
	if (c->n == c->fields_room) {
		size_t room = c->fields_room ? c->fields_room * 2 : 16;
		struct mh_csv_field *f = mh_mem_resize(c->fields, room * sizeof *f);
		MH_TRY_MEM(f, reterr);
		c->fields = f;
		size_t *o = mh_mem_resize(c->offsets, room * sizeof *o);
		MH_TRY_MEM(o, reterr);
		c->offsets = o;
		c->fields_room = room;
	}
	c->offsets[c->n] = c->text.len;
	c->fields[c->n] = (struct mh_csv_field){.line = c->line, .column = c->column};
	c->field_pos = c->pos;
	c->field_line = c->line;
	return MH_OK;
}

/* One record from pos on: until its line end, or its first fault. */
static enum mh_code scan_record(struct mh_csv *c, struct scan *s, struct mh_err *reterr)
{
	do {
		*s = (struct scan){STOP_RECORD, MH_CSV_SOUND};
		MH_TRY(add_field(c, s, reterr));
		if (s->stop == STOP_FAULT) return MH_OK;
		int b;
		MH_TRY(peek(c, 0, &b, reterr));
		struct mh_csv_field *f = &c->fields[c->n];
		f->quoted = b == '"';
		MH_TRY(f->quoted ? scan_quoted(c, s, reterr) : scan_plain(c, s, reterr));
		f->text.len = c->text.len - c->offsets[c->n];
		mh_buf_ch(&c->text, '\0');
		c->n++;
	} while (s->stop == STOP_FIELD);
	return c->text.failed ? MH_FAIL(reterr, MH_E_NO_MEMORY, "Memory is short") : MH_OK;
}

/* Goes on behind the line in which the faulty field began. The stretch up to here is then read a second time, so what
 * is found in it is doubtful. */
static enum mh_code resume(struct mh_csv *c, struct mh_err *reterr)
{
	const unsigned char *lf = memchr(c->buf + c->field_pos, '\n', c->pos - c->field_pos);
	if (lf) {
		int64_t seen = c->moved + (int64_t)c->pos;
		if (seen > c->doubtful_until) c->doubtful_until = seen;
		c->pos = (size_t)(lf - c->buf) + 1;
		c->line = c->field_line + 1;
		c->column = 1;
		return MH_OK;
	}
	for (;;) {
		int b;
		c->start = c->field_pos = c->pos; /* nothing of it is needed any more, however long the line is */
		MH_TRY(peek(c, 0, &b, reterr));
		if (b < 0) return MH_OK;
		step(c);
		if (b == '\n') return MH_OK;
	}
}

/* Text check of the raw record, so that the place of the bad byte is known. Quotes and separators are ASCII and cannot
 * hide in a sequence. */
static bool text_is_bad(const struct mh_csv *c, int64_t line, int64_t *ret_line, int64_t *ret_column)
{
	struct mh_bytes raw = {c->buf + c->start, c->pos - c->start};
	ptrdiff_t bad = mh_utf8_bad(raw);
	const unsigned char *nul = raw.len ? memchr(raw.ptr, 0, raw.len) : NULL;
	if (nul && (bad < 0 || nul - raw.ptr < bad)) bad = nul - raw.ptr;
	if (bad < 0) return false;
	int64_t column = 1;
	for (ptrdiff_t i = 0; i < bad; i++) {
		if (raw.ptr[i] == '\n') {
			line++;
			column = 1;
		} else if ((raw.ptr[i] & 0xC0) != 0x80) {
			column++;
		}
	}
	*ret_line = line;
	*ret_column = column;
	return true;
}

static enum mh_code skip_to_record(struct mh_csv *c, bool *ret_end, struct mh_err *reterr)
{
	int b, next;
	MH_TRY(peek(c, 0, &b, reterr));
	if (c->moved == 0 && c->pos == 0 && b == 0xEF) {
		MH_TRY(peek(c, 2, &next, reterr));
		if (next == 0xBF && c->buf[1] == 0xBB) c->pos = 3;
	}
	for (;;) {
		MH_TRY(peek(c, 0, &b, reterr));
		if (b == '\r') MH_TRY(peek(c, 1, &next, reterr));
		if (b == '\r' && next == '\n') step(c);
		else if (b != '\n') break;
		step(c);
		c->start = c->pos;
	}
	*ret_end = b < 0;
	return MH_OK;
}

enum mh_code mh_csv_next(struct mh_csv *c, struct mh_csv_record *ret, struct mh_err *reterr)
{
	bool end;
	struct scan s;
	c->start = c->field_pos = c->pos;
	MH_TRY(skip_to_record(c, &end, reterr));
	struct mh_csv_record r = {.end = end, .line = c->line};
	c->start = c->field_pos = c->pos;
	c->n = 0;
	mh_buf_clear(&c->text);
	if (!end) {
		r.doubtful = c->moved + (int64_t)c->pos < c->doubtful_until;
		MH_TRY(scan_record(c, &s, reterr));
		r.fault_line = c->line;
		r.fault_column = c->column;
		r.fault = s.fault;
		if (r.fault == MH_CSV_QUOTE_OPEN || (r.fault == MH_CSV_FIELD_TOO_LONG && c->fields[c->n - 1].quoted)) {
			r.fault_line = c->fields[c->n - 1].line;
			r.fault_column = c->fields[c->n - 1].column;
		}
		if (r.fault != MH_CSV_SOUND) MH_TRY(resume(c, reterr));
		else if (text_is_bad(c, r.line, &r.fault_line, &r.fault_column)) r.fault = MH_CSV_BAD_TEXT;
	}
	if (!end && r.fault == MH_CSV_SOUND) {
		for (size_t i = 0; i < c->n; i++) c->fields[i].text.ptr = c->text.ptr + c->offsets[i];
		r.fields = c->fields;
		r.n = c->n;
		r.fault_line = r.fault_column = 0;
	}
	*ret = r;
	return MH_OK;
}

ptrdiff_t mh_csv_find(const struct mh_csv_record *r, const char *name)
{
	for (size_t i = 0; i < r->n; i++)
		if (mh_str_is(r->fields[i].text, name)) return (ptrdiff_t)i;
	return -1;
}
