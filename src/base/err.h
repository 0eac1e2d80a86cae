/* Errors: a code, and texts for the person who has to do something about it.
 *
 * A function that can fail for more than one reason returns enum mh_code and takes `struct mh_err *reterr` last.
 * reterr may be NULL when the caller needs only the code. On success it is untouched.
 *   message  what was attempted and why it failed ("could not" may work next time, "cannot" never will)
 *   detail   the facts: names, values, places
 *   hint     what to do now
 *   internal for the log only; may name tables and files; never personal data
 *   field    the input that the error is about, as the definition or the route names it; empty when it is about none
 *   *_zh     the same in Chinese, where errors_zh.def has the format; empty otherwise. Log lines and commands are English.
 * Source of the split: PostgreSQL's error message style guide. */
#ifndef MH_BASE_ERR_H
#define MH_BASE_ERR_H

enum mh_code {
	MH_OK = 0,
#define MH_ERROR(name, http, retry, en, zh) MH_E_##name,
#include "base/errors.def"
#undef MH_ERROR
	MH_CODE_MAX
};

struct mh_err {
	enum mh_code code;
	char message[320];
	char detail[640];
	char hint[320];
	char internal[320];
	char field[96];
	char message_zh[480];
	char hint_zh[480];
	const char *file; /* source place that failed first */
	int line;
};

struct mh_err_info {
	const char *name; /* "NOT_FOUND" */
	int http;
	int retryable;
	const char *en, *zh;
};

/* Static storage; every code has an entry. */
const struct mh_err_info *mh_err_info(enum mh_code code);

/* Fills *reterr (if any) and returns `code`, so that callers write `return MH_FAIL(reterr, MH_E_INVALID, "…")`. */
enum mh_code mh_err_set(struct mh_err *reterr, enum mh_code code, const char *file, int line, const char *fmt, ...)
	__attribute__((format(printf, 5, 6)));
/* Returns `code`: compilers and the analyzer do not see into err.c, and must know that a failure is never MH_OK, or they
 * take every output for unset. */
static inline enum mh_code mh_err_is(enum mh_code set, enum mh_code code)
{
	(void)set;
	return code;
}
#define MH_FAIL(reterr, code, ...) mh_err_is(mh_err_set((reterr), (code), __FILE__, __LINE__, __VA_ARGS__), (code))

/* The Chinese of an English format, taking the same arguments in the same order; NULL when errors_zh.def has none. */
const char *mh_err_zh(const char *format) __attribute__((format_arg(1)));

/* MH_E_NO_MEMORY, for where an allocation gave nothing. */
enum mh_code mh_no_memory(struct mh_err *reterr);

/* Add to an error already set. NULL is accepted. */
void mh_err_detail(struct mh_err *reterr, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void mh_err_hint(struct mh_err *reterr, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* Truncated to 95 bytes. */
void mh_err_field(struct mh_err *reterr, const char *name, int len);
void mh_err_internal(struct mh_err *reterr, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

#define MH_TRY(expr)                                                                                                   \
	do {                                                                                                           \
		enum mh_code mh_try_code_ = (expr);                                                                    \
		if (mh_try_code_ != MH_OK) return mh_try_code_;                                                        \
	} while (0)

/* `MH_TRY_MEM(p, reterr)`: leave with MH_E_NO_MEMORY when an allocation gave NULL. */
#define MH_TRY_MEM(p, reterr)                                                                                          \
	do {                                                                                                           \
		if ((p) == NULL) return MH_FAIL((reterr), MH_E_NO_MEMORY, "Memory is short");                          \
	} while (0)

/* Run `fn(&variable)` when the variable leaves scope. The destructor accepts an empty or half-built object. */
#define MH_CLEANUP(fn) __attribute__((cleanup(fn)))

#endif
