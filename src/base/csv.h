/* CSV: a streaming reader that is strict (RFC 4180) and loses no row, and a writer that quotes correctly.
 *
 * Strict: records end in CRLF or LF; a field that holds the separator, a quote or a line break stands in quotes; a quote
 * inside is doubled; nothing stands between a closing quote and the separator. A byte-order mark is skipped; a wholly
 * empty line is no record (one empty field is written `""`). Text is UTF-8 without NUL.
 *
 * A bad record is reported with its place and reason, and reading goes on: after the line in which the faulty field
 * began. So an opening quote that is never closed costs its own line only. Rows read again from a stretch that such
 * a quote might have covered are marked `doubtful`; callers that write data should ask a person about them.
 *
 * Places count from 1: lines are physical lines, columns are code points within the line.
 * Source: RFC 4180 section 2. */
#ifndef MH_BASE_CSV_H
#define MH_BASE_CSV_H
#include "base/err.h"
#include "base/str.h"

#include <stdio.h>

struct mh_csv_options {
	char separator;    /* 0: ',' */
	size_t max_field;  /* bytes; 0: 256 KiB */
	size_t max_record; /* bytes with quotes and separators; 0: 1 MiB */
	size_t max_fields; /* in one record; 0: 512 */
	/* NULL: UTF-8. "auto": UTF-8 if all of it is, else GB18030 (Chinese exports often are); a file must then be
	 * seekable. Otherwise a name that iconv knows ("GB18030", "UTF-16"). Bytes that are nothing in that encoding
	 * make their record bad. */
	const char *encoding;
};

enum mh_csv_fault {
	MH_CSV_SOUND,
	MH_CSV_QUOTE_IN_FIELD,   /* a quote inside a field that does not begin with one */
	MH_CSV_TEXT_AFTER_QUOTE, /* something between a closing quote and the separator */
	MH_CSV_QUOTE_OPEN,       /* a quoted field that never ends */
	MH_CSV_BARE_CR,          /* a carriage return that ends no line */
	MH_CSV_BAD_TEXT,         /* not UTF-8, or NUL */
	MH_CSV_FIELD_TOO_LONG,
	MH_CSV_RECORD_TOO_LONG,
	MH_CSV_TOO_MANY_FIELDS,
	MH_CSV_FAULT_MAX
};
struct mh_csv_fault_info {
	const char *name; /* "quote_open", for machines */
	const char *en, *zh;
};
const struct mh_csv_fault_info *mh_csv_fault_info(enum mh_csv_fault fault);

struct mh_csv_field {
	struct mh_str text; /* unquoted, valid UTF-8, a NUL stands behind it */
	int64_t line, column;
	bool quoted;
};

/* What _next gives. All of it lives until the next call. */
struct mh_csv_record {
	bool end;                /* nothing more; the rest is empty */
	enum mh_csv_fault fault; /* MH_CSV_SOUND, or why the record cannot be used; then there are no fields */
	int64_t fault_line, fault_column;
	int64_t line; /* where the record begins */
	bool doubtful;
	const struct mh_csv_field *fields;
	size_t n;
};

struct mh_csv; /* a reader; one thread at a time */

/* The bytes, and the FILE (which stays the caller's), must outlive the reader.
 * Errors: MH_E_INVALID (unknown encoding, "auto" on a pipe), MH_E_NO_MEMORY, MH_E_IO. */
enum mh_code mh_csv_open_bytes(struct mh_bytes bytes, const struct mh_csv_options *opt, struct mh_csv **ret,
			       struct mh_err *reterr);
enum mh_code mh_csv_open_file(FILE *file, const struct mh_csv_options *opt, struct mh_csv **ret, struct mh_err *reterr);
void mh_csv_free(struct mh_csv *c);  /* NULL is accepted */
void mh_csv_drop(struct mh_csv **c); /* for MH_CLEANUP */

/* The next record, sound or bad. Errors (MH_E_IO, MH_E_NO_MEMORY) are of the source, not of a record. */
enum mh_code mh_csv_next(struct mh_csv *c, struct mh_csv_record *ret, struct mh_err *reterr);
/* Index of the field with this text (of a header row), or -1. */
ptrdiff_t mh_csv_find(const struct mh_csv_record *r, const char *name);

/* Writing: fields are quoted only where they must be; records end in CRLF. Errors are the buffer's (`failed`).
 *   for each record: mh_csv_put(...) for each field, then mh_csv_put_end(...).
 * A field that a spreadsheet would run as a formula (it begins with = + - @ or a tab) gets a leading apostrophe unless it
 * is a plain number; the reader does not take it off again. Source: OWASP, CSV Injection. */
struct mh_csv_writer {
	struct mh_buf *buf;
	size_t n;   /* fields in this record so far */
	bool empty; /* the only field so far is empty */
};
void mh_csv_put(struct mh_csv_writer *w, struct mh_str text);
void mh_csv_put_int(struct mh_csv_writer *w, int64_t v);
void mh_csv_put_end(struct mh_csv_writer *w);
#endif
