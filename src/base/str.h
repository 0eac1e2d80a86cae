/* Strings: mh_str is a view, mh_buf grows.
 *
 * mh_str does not own its bytes; whoever hands one out says how long it lives. It may hold NUL bytes and is NOT
 * NUL-terminated, unless it came from mh_str_dup / mh_buf_str, which keep a NUL behind the end for printing.
 * Inside the program an mh_str is valid UTF-8: it was checked at the edge (request, file, database). */
#ifndef MH_BASE_STR_H
#define MH_BASE_STR_H
#include "base/arena.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct mh_str {
	const char *ptr; /* may be NULL when len is 0 */
	size_t len;
};
struct mh_bytes { /* raw bytes, of no encoding */
	const unsigned char *ptr;
	size_t len;
};

#define MH_STR(literal) ((struct mh_str){("" literal ""), sizeof(literal) - 1})
#define MH_STR_FMT "%.*s" /* printf("…" MH_STR_FMT, MH_STR_ARG(s)) */
#define MH_STR_ARG(s) ((s).len > 0x7fffffff ? 0x7fffffff : (int)(s).len), ((s).ptr ? (s).ptr : "")

struct mh_str mh_str_c(const char *z); /* NULL gives the empty string */
bool mh_str_eq(struct mh_str a, struct mh_str b);
bool mh_str_is(struct mh_str a, const char *z);
int mh_str_cmp(struct mh_str a, struct mh_str b); /* by bytes, shorter first */
bool mh_str_starts(struct mh_str s, const char *prefix);
bool mh_str_ends(struct mh_str s, const char *suffix);
struct mh_str mh_str_trim(struct mh_str s); /* ASCII white space */
/* Position of the first `c`, or -1. */
ptrdiff_t mh_str_find(struct mh_str s, char c);
/* Cuts off the part before `sep` into *head and leaves the rest in *rest; false when *rest was empty already. */
bool mh_str_split(struct mh_str *rest, char sep, struct mh_str *ret_head);
/* Decimal, optional '-', no blanks, no overflow; false leaves *ret alone. */
bool mh_str_to_i64(struct mh_str s, int64_t *ret);
/* Copies with a NUL behind; {NULL,0} when memory is short. */
struct mh_str mh_str_dup(struct mh_arena *a, struct mh_str s);
struct mh_str mh_str_fmt(struct mh_arena *a, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* Lower-case hexadecimal. _unhex: ret holds s.len / 2 bytes; false on an odd length or another character. */
struct mh_str mh_str_hex(struct mh_arena *a, struct mh_bytes b);
bool mh_str_unhex(struct mh_str s, unsigned char *ret);
/* Offset of the first byte that is not well-formed UTF-8 (no surrogates, no overlongs), or -1. */
ptrdiff_t mh_utf8_bad(struct mh_bytes b);
size_t mh_utf8_count(struct mh_str s); /* code points */
/* Next code point; *at moves on. s must be valid. */
uint32_t mh_utf8_next(struct mh_str s, size_t *at);
/* The longest prefix of at most `max` code points. */
struct mh_str mh_utf8_prefix(struct mh_str s, size_t max);

/* A growable buffer with a cap. After a failure (memory, cap) it is empty, `failed` is set, and appends do nothing, so
 * a writer checks once at the end. Not set up by hand: use MH_BUF(cap). Free with mh_buf_done. */
struct mh_buf {
	char *ptr;
	size_t len, room, cap;
	bool failed;
};
#define MH_BUF(cap_) ((struct mh_buf){.cap = (cap_)})
void mh_buf_add(struct mh_buf *b, const void *p, size_t n);
void mh_buf_str_add(struct mh_buf *b, struct mh_str s);
void mh_buf_c(struct mh_buf *b, const char *z);
void mh_buf_ch(struct mh_buf *b, char c);
void mh_buf_fmt(struct mh_buf *b, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void mh_buf_vfmt(struct mh_buf *b, const char *fmt, va_list ap) __attribute__((format(printf, 2, 0)));
/* With the quotes, escaped as JSON; and as XML text or attribute. */
void mh_buf_json(struct mh_buf *b, struct mh_str s);
void mh_buf_xml(struct mh_buf *b, struct mh_str s);
/* View of the content: valid until the next change. A NUL stands behind it. */
struct mh_str mh_buf_str(const struct mh_buf *b);
void mh_buf_clear(struct mh_buf *b);
void mh_buf_done(struct mh_buf *b);

#endif
