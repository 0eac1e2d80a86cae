/* Import: the rows of a table that another system exported become matters, each raised at its own time.
 *
 * Which column means which field is configuration (docs/import.md): a file of aliases that comes with the pack. Only
 * what a person raised is taken in; how another system handled it is not our ledger's to claim, so such columns are left
 * out and counted, never dropped in silence.
 *
 *   map    the file of aliases, for one kind of matter
 *   sheet  the map bound to the header of one table and to the definition that new matters use
 *   row    one record, as mh_matter_create wants it */
#ifndef MH_LOOP_IMPORT_H
#define MH_LOOP_IMPORT_H
#include "base/csv.h"
#include "loop/service.h"

#define MH_IMPORT_COLUMNS_MAX 512

struct mh_import_map;
/* Reads the file; everything lives in the arena. Diagnostics are printed to `report` (may be NULL). MH_E_INVALID;
 * MH_E_NOT_FOUND when it says nothing of this kind. */
enum mh_code mh_import_map_read(struct mh_arena *a, struct mh_str text, struct mh_str file, struct mh_str kind,
				struct mh_buf *report, struct mh_import_map **ret, struct mh_err *reterr);

enum mh_import_use { MH_IMPORT_UNKNOWN, MH_IMPORT_TAKEN, MH_IMPORT_LEFT_OUT };
struct mh_import_column {
	struct mh_str name;
	enum mh_import_use use;
	int64_t filled;    /* cells that were not empty */
	int64_t unmatched; /* of a taken one: cells that named no unit, category or choice that we know */
};
struct mh_import_sheet {
	const struct mh_import_map *map;
	const struct mh_city *city;
	const struct mh_def *def;
	struct mh_import_column *columns;
	size_t n;
	struct mh_str source; /* set by the caller: which system the numbers of rows are of; may be empty */
};
/* `header` is only read during the call. MH_E_INVALID when no column gives a field that must be given. */
enum mh_code mh_import_bind(struct mh_arena *a, struct mh_import_map *map, const struct mh_city *city, mh_day today,
			    const struct mh_csv_record *header, struct mh_import_sheet *ret, struct mh_err *reterr);

struct mh_import_row {
	struct mh_str
		request_id; /* "import:KIND:ID" or "import:KIND/SOURCE:ID", or of the row's hash when it has no number of its own */
	mh_time raised; /* 0: the table does not say */
	json_t *fields; /* a new reference */
};
/* MH_E_INVALID: the message is the reason why the row cannot be taken, for whoever repairs it. Counts in the columns. */
enum mh_code mh_import_row(struct mh_import_sheet *s, struct mh_arena *a, const struct mh_csv_record *r, mh_time now,
			   struct mh_import_row *ret, struct mh_err *reterr);
/* "2019/4/25 9:32:09", "2019-04-25", "2019年4月25日 9时32分", "20190425093209", RFC 3339, and the day numbers of
 * spreadsheets ("43563.359259", days since 1899-12-30). Local unless a zone is written. */
bool mh_import_time(struct mh_str s, int zone_min, mh_time *ret);

struct mh_import_counts {
	int64_t read, imported, already, rejected; /* read is the sum of the others */
};
struct mh_import_config {
	struct mh_service
		*service; /* NULL: a trial; nothing is written, and nothing can be known to be there already */
	struct mh_import_sheet *sheet;
	struct mh_csv *rows;
	mh_time now;
	bool take_doubtful; /* rows that an open quote might have swallowed (base/csv.h) */
	/* In the order of the file, on the caller's thread. cells: as they were; none when the row could not be read. */
	void (*rejected)(void *ctx, int64_t line, const struct mh_str *cells, size_t n, const char *reason);
	void (*progress)(void *ctx, const struct mh_import_counts *counts);
	void *ctx;
};
/* Row by row through the writer, many in one transaction. *ret counts also when an error ends it early: everything
 * imported until then is in the store, and importing the same file again goes on where this ended. */
enum mh_code mh_import_run(const struct mh_import_config *config, struct mh_import_counts *ret, struct mh_err *reterr);
#endif
