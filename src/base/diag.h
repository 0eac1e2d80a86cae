/* Diagnostics of a parser: file, line, column, what is wrong, and what to do, as a compiler gives them.
 *
 * A list belongs to an arena and is capped: after MH_DIAG_MAX entries an error takes the place of a
 * warning, and otherwise only the counters go on. Texts are copied. */
#ifndef MH_BASE_DIAG_H
#define MH_BASE_DIAG_H
#include "base/err.h"
#include "base/str.h"

#define MH_DIAG_MAX 200
enum mh_severity { MH_SEV_ERROR, MH_SEV_WARNING, MH_SEV_MAX };
struct mh_mark {
	int line, column; /* from 1; 0 = the file as a whole */
};
struct mh_diag {
	enum mh_severity severity;
	const char *rule; /* short stable name of the check, e.g. "unknown-state"; static storage */
	struct mh_mark at;
	struct mh_str message, hint; /* hint may be empty */
};
struct mh_diags {
	struct mh_arena *arena;
	struct mh_str file; /* as the author knows it */
	struct mh_diag *list;
	size_t n, room, errors, warnings;
};
struct mh_diags mh_diags_new(struct mh_arena *a, struct mh_str file);
/* hint may be NULL. */
void mh_diag_add(struct mh_diags *d, enum mh_severity sev, const char *rule, struct mh_mark at, const char *hint,
		 const char *fmt, ...) __attribute__((format(printf, 6, 7)));
#define MH_DIAG_ERROR(d, rule, at, hint, ...) mh_diag_add((d), MH_SEV_ERROR, (rule), (at), (hint), __VA_ARGS__)
#define MH_DIAG_WARN(d, rule, at, hint, ...) mh_diag_add((d), MH_SEV_WARNING, (rule), (at), (hint), __VA_ARGS__)
/* "file:line:column: error: message [rule]\n    hint: …\n", sorted by place. */
void mh_diags_print(const struct mh_diags *d, struct mh_buf *out);
/* MH_OK when there is no error; otherwise MH_E_INVALID with the first error as message and the count as detail. */
enum mh_code mh_diags_result(const struct mh_diags *d, struct mh_err *reterr);
#endif
