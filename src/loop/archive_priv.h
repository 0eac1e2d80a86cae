#ifndef MH_LOOP_ARCHIVE_PRIV_H
#define MH_LOOP_ARCHIVE_PRIV_H
#include "loop/archive.h"

#include "base/json.h"
#include "db/table.h"
#include "sql_gen.h"

#define MH_ARCHIVE_FORMAT "minhu-archive/1"
#define MH_ARCHIVE_LINE_MAX ((size_t)32 << 20)
#define MH_ARCHIVE_PAGE 500
#define MH_ARCHIVE_KEY_MAX ((size_t)64 << 10)

/* Tables that are of the store and not of the city: who writes, who is logged in, who has to wait. */
static inline bool mh_archive__skips(const struct mh_db_table *t)
{
	struct mh_str name = mh_str_c(t->name);
	return mh_str_is(name, "lease") || mh_str_is(name, "session") || mh_str_is(name, "login_wait");
}
/* Calls fn for every row of the table, by key. */
typedef enum mh_code mh_archive_row(void *ctx, const struct mh_db_table *t, const struct mh_db_cell *cells,
				    struct mh_err *reterr);
enum mh_code mh_archive__each(struct mh_db *db, const struct mh_db_table *t, mh_archive_row *fn, void *ctx,
			      struct mh_err *reterr);
/* The logs' roots, computed from the entries in the store. MH_E_CORRUPT when a number is missing. */
enum mh_code mh_archive__roots(struct mh_db *db, struct mh_archive *ret, struct mh_err *reterr);
#endif
