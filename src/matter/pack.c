/* Making a city from a pack. */
#include "matter/city_priv.h"

#include "base/csv.h"
#include "base/yaml.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define FILE_MAX ((size_t)16 << 20)

struct pack {
	struct mh_arena arena;
	struct mh_db *db;
	struct mh_str dir, state_dir, code, zh, en, origin, hours, words, calendar_source;
	struct mh_str orgs, categories, duty, calendar, officers, processes;
	int64_t home_id, zone_min;
	struct mh_clock clock;
	struct mh_rng rng;
	struct mh_buf *report;
};

enum mh_code mh_file_read(struct mh_arena *a, const char *path, size_t max, struct mh_str *ret, struct mh_err *reterr)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct stat st;
	if (fd < 0 || fstat(fd, &st) != 0) {
		if (fd >= 0) close(fd);
		return MH_FAIL(reterr, errno == ENOENT ? MH_E_NOT_FOUND : MH_E_IO, "Could not open %s: %s", path,
			       strerror(errno));
	}
	if (!S_ISREG(st.st_mode) || (size_t)st.st_size > max) {
		close(fd);
		return MH_FAIL(reterr, MH_E_TOO_LARGE, "Cannot read %s: it is no file, or larger than %zu bytes", path,
			       max);
	}
	char *p = mh_arena_alloc(a, (size_t)st.st_size + 1);
	size_t n = 0;
	ssize_t got = 1;
	while (p && got > 0 && n < (size_t)st.st_size) {
		got = read(fd, p + n, (size_t)st.st_size - n);
		if (got > 0) n += (size_t)got;
	}
	close(fd);
	MH_TRY_MEM(p, reterr);
	if (n < (size_t)st.st_size) return MH_FAIL(reterr, MH_E_IO, "Could not read the whole of %s", path);
	*ret = (struct mh_str){p, n};
	return MH_OK;
}

static int by_bytes(const void *a, const void *b)
{
	return mh_str_cmp(*(const struct mh_str *)a, *(const struct mh_str *)b);
}

enum mh_code mh_dir_list(struct mh_arena *a, const char *path, const char *suffix, struct mh_str **ret, size_t *ret_n,
			 struct mh_err *reterr)
{
	enum { MOST = 1000 };
	struct mh_str *list = MH_NEW_ARRAY(a, MOST, struct mh_str);
	size_t n = 0;
	MH_TRY_MEM(list, reterr);
	DIR *d = opendir(path);
	if (!d) return MH_FAIL(reterr, MH_E_NOT_FOUND, "Could not open the folder %s: %s", path, strerror(errno));
	for (struct dirent *e; (e = readdir(d)) && n < MOST;)
		if (e->d_name[0] != '.' && mh_str_ends(mh_str_c(e->d_name), suffix))
			list[n++] = mh_str_dup(a, mh_str_c(e->d_name));
	closedir(d);
	qsort(list, n, sizeof *list, by_bytes);
	*ret = list;
	*ret_n = n;
	return MH_OK;
}

static enum mh_code read_in(struct pack *p, struct mh_str name, struct mh_str *ret, struct mh_err *reterr)
{
	struct mh_str path = mh_str_fmt(&p->arena, MH_STR_FMT "/" MH_STR_FMT, MH_STR_ARG(p->dir), MH_STR_ARG(name));
	MH_TRY_MEM(path.ptr, reterr);
	return mh_file_read(&p->arena, path.ptr, FILE_MAX, ret, reterr);
}

/* --- pack.yaml --- */

static void read_hours(struct pack *p, struct mh_yaml *top)
{
	struct mh_buf b = MH_BUF(400);
	struct mh_yaml *list = mh_yaml_get(top, "hours");
	for (struct mh_yaml *h = list ? list->first : NULL; h; h = h->next)
		mh_buf_fmt(&b, "%s" MH_STR_FMT, b.len ? "," : "", MH_STR_ARG(h->text));
	p->hours = mh_str_dup(&p->arena, mh_buf_str(&b));
	mh_buf_done(&b);
}

static void read_words(struct pack *p, struct mh_yaml *top, struct mh_diags *d)
{
	struct mh_buf b = MH_BUF(FILE_MAX);
	mh_city__words_read(top, &b, d);
	p->words = mh_str_dup(&p->arena, mh_buf_str(&b));
	mh_buf_done(&b);
}

static void need(struct mh_yaml *map, const char *key, struct mh_str *ret, struct mh_diags *d)
{
	if (!map || !mh_yaml_str(map, key, ret, d))
		MH_DIAG_ERROR(d, "missing", map ? map->at : ((struct mh_mark){0}), NULL, "\"%s\" is missing", key);
}

static enum mh_code read_yaml(struct pack *p, struct mh_err *reterr)
{
	struct mh_str text;
	MH_TRY(read_in(p, MH_STR("pack.yaml"), &text, reterr));
	struct mh_diags d = mh_diags_new(&p->arena, MH_STR("pack.yaml"));
	struct mh_yaml *top = mh_yaml_read(&p->arena, text, &d);
	struct mh_str format = {NULL, 0};
	if (top) {
		need(top, "format", &format, &d);
		if (!mh_str_is(format, "pack/1"))
			MH_DIAG_ERROR(&d, "format", top->at, "write: format: pack/1",
				      "this is not a pack of a known format");
		struct mh_yaml *city = mh_yaml_get(top, "city"), *files = mh_yaml_get(top, "files");
		need(city, "code", &p->code, &d);
		need(city, "zh", &p->zh, &d);
		need(city, "en", &p->en, &d);
		need(top, "origin", &p->origin, &d);
		need(top, "processes", &p->processes, &d);
		need(files, "orgs", &p->orgs, &d);
		need(files, "categories", &p->categories, &d);
		need(files, "duty", &p->duty, &d);
		need(files, "calendar", &p->calendar, &d);
		need(files, "officers", &p->officers, &d);
		if (!mh_yaml_int(top, "zone_minutes", &p->zone_min, &d))
			MH_DIAG_ERROR(&d, "missing", top->at, NULL, "\"zone_minutes\" is missing");
		read_hours(p, top);
		read_words(p, top, &d);
	}
	mh_diags_print(&d, p->report);
	MH_TRY(mh_diags_result(&d, reterr));
	if (!mh_str_to_i64(p->code, &p->home_id) || p->home_id <= 0)
		return MH_FAIL(reterr, MH_E_INVALID, "The city's code in pack.yaml must be a number");
	return MH_OK;
}

/* --- CSV files --- */

typedef enum mh_code row_fn(struct pack *p, const struct mh_csv_record *r, const ptrdiff_t *col, struct mh_err *reterr);

static enum mh_code read_csv(struct pack *p, struct mh_str name, const char *const *columns, row_fn *fn,
			     struct mh_err *reterr)
{
	struct mh_csv *csv MH_CLEANUP(mh_csv_drop) = NULL;
	struct mh_csv_record r;
	struct mh_str text;
	ptrdiff_t col[12];
	size_t n = 0;
	MH_TRY(read_in(p, name, &text, reterr));
	MH_TRY(mh_csv_open_bytes((struct mh_bytes){(const unsigned char *)text.ptr, text.len}, NULL, &csv, reterr));
	MH_TRY(mh_csv_next(csv, &r, reterr));
	for (; columns[n]; n++) {
		col[n] = mh_csv_find(&r, columns[n]);
		if (col[n] < 0)
			return MH_FAIL(reterr, MH_E_INVALID, MH_STR_FMT ": the column \"%s\" is missing",
				       MH_STR_ARG(name), columns[n]);
	}
	size_t width = r.n;
	for (;;) {
		MH_TRY(mh_csv_next(csv, &r, reterr));
		if (r.end) return MH_OK;
		if (r.fault != MH_CSV_SOUND || r.n != width)
			return MH_FAIL(reterr, MH_E_INVALID, MH_STR_FMT ":%lld: %s", MH_STR_ARG(name),
				       (long long)r.line,
				       r.fault ? mh_csv_fault_info(r.fault)->en
					       : "the row has another number of fields than the head");
		MH_TRY(fn(p, &r, col, reterr));
	}
}

static struct mh_str cell(const struct mh_csv_record *r, ptrdiff_t col)
{
	return r->fields[col].text;
}

static int64_t number(const struct mh_csv_record *r, ptrdiff_t col)
{
	int64_t v = 0;
	return mh_str_to_i64(cell(r, col), &v) ? v : 0;
}

static enum mh_code org_row(struct pack *p, const struct mh_csv_record *r, const ptrdiff_t *c, struct mh_err *reterr)
{
	struct mh_str parent = cell(r, c[1]);
	struct mh_q_org_add_in in = {.id = mh_org_id(cell(r, c[0])),
				     .code = cell(r, c[0]),
				     .parent_id = parent.len ? mh_org_id(parent) : 0,
				     .org_level = number(r, c[2]),
				     .kind_of_org = cell(r, c[3]),
				     .duty = cell(r, c[4]),
				     .zh = cell(r, c[5]),
				     .en = cell(r, c[6])};
	if (in.org_level < 1 || in.org_level > MH_LEVEL_MAX)
		return MH_FAIL(reterr, MH_E_INVALID, MH_STR_FMT ":%lld: the level must be 1 to 4", MH_STR_ARG(p->orgs),
			       (long long)r->line);
	return mh_q_org_add(p->db, &in, reterr);
}

static enum mh_code class_row(struct pack *p, const struct mh_csv_record *r, const ptrdiff_t *c, struct mh_err *reterr)
{
	struct mh_q_class_add_in in = {.class_code = cell(r, c[0]),
				       .parent_code = cell(r, c[1]),
				       .zh = cell(r, c[2]),
				       .en = cell(r, c[3]),
				       .keywords = cell(r, c[4])};
	return mh_q_class_add(p->db, &in, reterr);
}

static enum mh_code duty_row(struct pack *p, const struct mh_csv_record *r, const ptrdiff_t *c, struct mh_err *reterr)
{
	struct mh_q_duty_add_in in = {.class_code = cell(r, c[0]),
				      .org_level = number(r, c[1]),
				      .lead = cell(r, c[2]),
				      .co = cell(r, c[3]),
				      .urgent = number(r, c[4]),
				      .zh = cell(r, c[5])};
	return mh_q_duty_add(p->db, &in, reterr);
}

static enum mh_code officer_row(struct pack *p, const struct mh_csv_record *r, const ptrdiff_t *c,
				struct mh_err *reterr)
{
	struct mh_q_officer_add_in in = {.id = mh_org_id(cell(r, c[0])),
					 .code = cell(r, c[0]),
					 .role = cell(r, c[1]),
					 .org_id = mh_org_id(cell(r, c[2])),
					 .zh = cell(r, c[3]),
					 .en = cell(r, c[4])};
	return mh_q_officer_add(p->db, &in, reterr);
}

static enum mh_code files(struct pack *p, struct mh_err *reterr)
{
	static const char *const org[] = {"code", "parent", "level", "kind", "duty", "zh", "en", NULL};
	static const char *const cls[] = {"code", "parent", "zh", "en", "keywords", NULL};
	static const char *const duty[] = {"category", "level", "lead", "co", "urgent", "zh_note", NULL};
	static const char *const officer[] = {"code", "role", "org", "zh", "en", NULL};
	MH_TRY(read_csv(p, p->orgs, org, org_row, reterr));
	MH_TRY(read_csv(p, p->categories, cls, class_row, reterr));
	MH_TRY(read_csv(p, p->duty, duty, duty_row, reterr));
	return read_csv(p, p->officers, officer, officer_row, reterr);
}

static enum mh_code put_setting(struct pack *p, const char *name, struct mh_str value, struct mh_err *reterr)
{
	return mh_q_setting_put(p->db, &(struct mh_q_setting_put_in){.name = mh_str_c(name), .value = value}, reterr);
}

static enum mh_code settings(struct pack *p, struct mh_err *reterr)
{
	struct mh_str zone = mh_str_fmt(&p->arena, "%lld", (long long)p->zone_min);
	MH_TRY_MEM(zone.ptr, reterr);
	MH_TRY(put_setting(p, "schema", mh_str_c(mh_sql_catalog.schema_hash), reterr));
	MH_TRY(put_setting(p, "home", p->code, reterr));
	MH_TRY(put_setting(p, "origin", p->origin, reterr));
	MH_TRY(put_setting(p, "zone_minutes", zone, reterr));
	MH_TRY(put_setting(p, "zh", p->zh, reterr));
	MH_TRY(put_setting(p, "words", p->words, reterr));
	return put_setting(p, "en", p->en, reterr);
}

/* The calendar as revision 1; its entry in the ledger comes once the ledger is open. */
static enum mh_code calendar(struct pack *p, struct mh_err *reterr)
{
	const struct mh_cal *cal;
	struct mh_calendar_file f = {
		.region = p->code, .hours = p->hours, .source = p->calendar, .rev = 1, .zone_min = (int)p->zone_min};
	MH_TRY(read_in(p, p->calendar, &f.csv, reterr));
	MH_TRY(mh_calendar_read(&p->arena, &f, &cal, reterr));
	struct mh_hash h = mh_cal_hash(cal);
	struct mh_q_calendar_rev_add_in in = {.region = f.region,
					      .rev = 1,
					      .at = mh_now(&p->clock),
					      .hash = mh_hash_hex(&p->arena, &h),
					      .body = f.csv,
					      .hours = f.hours,
					      .source = f.source};
	MH_TRY_MEM(in.hash.ptr, reterr);
	return mh_q_calendar_rev_add(p->db, &in, reterr);
}

/* --- definitions --- */

static enum mh_code define(struct pack *p, struct mh_city *city, struct mh_str name, struct mh_err *reterr)
{
	struct mh_str text,
		path = mh_str_fmt(&p->arena, MH_STR_FMT "/" MH_STR_FMT, MH_STR_ARG(p->processes), MH_STR_ARG(name));
	MH_TRY_MEM(path.ptr, reterr);
	MH_TRY(read_in(p, path, &text, reterr));
	MH_TX(tx, city, p->db, &p->arena, mh_now(&p->clock));
	return mh_city_define(&tx, text, path, p->report, reterr);
}

static enum mh_code definitions(struct pack *p, struct mh_city *city, struct mh_err *reterr)
{
	struct mh_str dir = mh_str_fmt(&p->arena, MH_STR_FMT "/" MH_STR_FMT, MH_STR_ARG(p->dir),
				       MH_STR_ARG(p->processes)),
		      *names;
	size_t n;
	MH_TRY_MEM(dir.ptr, reterr);
	MH_TRY(mh_dir_list(&p->arena, dir.ptr, ".yaml", &names, &n, reterr));
	for (size_t i = 0; i < n; i++)
		if (!mh_str_ends(names[i], ".scenarios.yaml") && !mh_str_ends(names[i], ".migration.yaml"))
			MH_TRY(define(p, city, names[i], reterr));
	return mh_city__check_kinds(city, &p->arena, p->report, reterr);
}

static enum mh_code calendar_entry(struct pack *p, struct mh_city *city, struct mh_err *reterr)
{
	MH_TX(tx, city, p->db, &p->arena, mh_now(&p->clock));
	return mh_city__calendar_entry(&tx, mh_city_cal(city, 0), NULL, reterr);
}

static enum mh_code build(struct pack *p, struct mh_err *reterr)
{
	struct mh_city *city MH_CLEANUP(mh_city_freep) = NULL;
	struct mh_db_tx tx MH_CLEANUP(mh_db_tx_done) = {.db = p->db};
	MH_TRY(mh_db_begin_write(&tx, reterr));
	MH_TRY(settings(p, reterr));
	MH_TRY(files(p, reterr));
	MH_TRY(calendar(p, reterr));
	MH_TRY(mh_ledger_create(p->db, p->home_id, p->origin, p->state_dir, &p->rng, reterr));
	MH_TRY(mh_city_open(p->db, p->state_dir, true, p->clock, p->rng, &city, reterr));
	MH_TRY(calendar_entry(p, city, reterr));
	MH_TRY(definitions(p, city, reterr));
	MH_TRY(mh_city_before_commit(city, p->db, reterr));
	MH_TRY(mh_db_commit(&tx, reterr));
	mh_city_committed(city);
	return mh_ledger_publish(city->ledger, p->db, mh_now(&p->clock), true, NULL, reterr);
}

/* One setting that the city's own people change later; a pack may lack it. */
static enum mh_code own_file(struct pack *p, const char *name, struct mh_err *reterr)
{
	struct mh_str text, to = mh_str_fmt(&p->arena, MH_STR_FMT "/%s", MH_STR_ARG(p->state_dir), name);
	MH_TRY_MEM(to.ptr, reterr);
	enum mh_code code = read_in(p, mh_str_c(name), &text, NULL);
	if (code == MH_E_NOT_FOUND) return MH_OK;
	if (code != MH_OK) return MH_FAIL(reterr, code, "Could not read %s of the pack", name);
	int fd = open(to.ptr, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd < 0 && errno == EEXIST) return MH_OK;
	bool good = fd >= 0 && write(fd, text.ptr, text.len) == (ssize_t)text.len && fsync(fd) == 0;
	if (fd >= 0) good = close(fd) == 0 && good;
	return good ? MH_OK : MH_FAIL(reterr, MH_E_IO, "Could not write %s: %s", to.ptr, strerror(errno));
}

/* They live in the state folder. */
static enum mh_code own_files(struct pack *p, struct mh_err *reterr)
{
	MH_TRY(own_file(p, "open311.yaml", reterr));
	return own_file(p, "portal.yaml", reterr);
}

static enum mh_code refuse_second(struct pack *p, struct mh_err *reterr)
{
	bool found = false;
	struct mh_q_setting_get_row row;
	if (mh_q_setting_get(p->db, &p->arena, &(struct mh_q_setting_get_in){.name = MH_STR("home")}, &found, &row,
			     NULL) == MH_OK &&
	    found) {
		enum mh_code code = MH_FAIL(reterr, MH_E_CONFLICT, "This store holds a city already: " MH_STR_FMT,
					    MH_STR_ARG(row.value));
		mh_err_hint(reterr, "Name another store, or serve this one: minhu serve --store …");
		return code;
	}
	return MH_OK;
}

static enum mh_code create(struct pack *p, struct mh_err *reterr)
{
	struct mh_str state = mh_str_dup(&p->arena, p->state_dir);
	MH_TRY_MEM(state.ptr, reterr);
	MH_TRY(refuse_second(p, reterr));
	MH_TRY(read_yaml(p, reterr));
	if (mkdir(state.ptr, 0700) != 0 && errno != EEXIST)
		return MH_FAIL(reterr, MH_E_IO, "Could not make the state folder %s: %s", state.ptr, strerror(errno));
	MH_TRY(mh_db_schema(p->db, &mh_sql_catalog, reterr));
	MH_TRY(mh_city__make_master(&p->arena, p->state_dir, &p->rng, reterr));
	MH_TRY(own_files(p, reterr));
	return build(p, reterr);
}

enum mh_code mh_pack_create(struct mh_db *db, struct mh_str pack_dir, struct mh_str state_dir, struct mh_clock clock,
			    struct mh_rng rng, struct mh_buf *report, struct mh_err *reterr)
{
	struct pack p = {
		.db = db, .dir = pack_dir, .state_dir = state_dir, .clock = clock, .rng = rng, .report = report};
	enum mh_code code = create(&p, reterr);
	mh_arena_done(&p.arena);
	return code;
}
