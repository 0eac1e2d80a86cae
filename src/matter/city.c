/* Opening a city: settings, units, categories, duties, calendars and definitions, from the store into memory. */
#include "matter/city_priv.h"

#include <fcntl.h>
#include <inttypes.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define EPOCH_MS ((mh_time)1577836800000) /* 2020-01-01T00:00:00Z */

/* --- settings --- */

static enum mh_code setting(struct mh_city *c, struct mh_db *db, const char *name, struct mh_str *ret,
			    struct mh_err *reterr)
{
	bool found = false;
	struct mh_q_setting_get_row row;
	MH_TRY(mh_q_setting_get(db, &c->arena, &(struct mh_q_setting_get_in){.name = mh_str_c(name)}, &found, &row,
				reterr));
	if (!found) {
		enum mh_code code = MH_FAIL(reterr, MH_E_NOT_FOUND, "This store holds no city");
		mh_err_hint(reterr, "Make one: minhu init --store … --pack packs/hangzhou");
		return code;
	}
	*ret = row.value;
	return MH_OK;
}

static enum mh_code settings(struct mh_city *c, struct mh_db *db, struct mh_err *reterr)
{
	struct mh_str v;
	int64_t n = 0;
	MH_TRY(setting(c, db, "home", &c->home_code, reterr));
	MH_TRY(setting(c, db, "schema", &v, reterr));
	if (!mh_str_is(v, mh_sql_catalog.schema_hash)) return mh_db_other_tables(reterr);
	MH_TRY(setting(c, db, "origin", &c->origin, reterr));
	MH_TRY(setting(c, db, "zone_minutes", &v, reterr));
	if (!mh_str_to_i64(v, &n) || !mh_str_to_i64(c->home_code, &c->home_id))
		return MH_FAIL(reterr, MH_E_CORRUPT, "Could not read the city's settings");
	c->zone_min = (int)n;
	MH_TRY(setting(c, db, "words", &v, reterr));
	return mh_city__words_open(c, v, reterr);
}

/* --- units --- */

static struct mh_str parent_code(void *ctx, size_t i)
{
	return ((struct mh_str *)ctx)[i];
}

/* Rows come with parent ids; linking wants codes, as in the pack. */
static enum mh_code parents(const struct mh_q_org_all_row *rows, size_t n, struct mh_str *ret)
{
	for (size_t i = 0; i < n; i++) {
		size_t lo = 0, hi = n; /* rows are sorted by id */
		ret[i] = MH_STR("");
		while (rows[i].parent_id && lo < hi) {
			size_t mid = (lo + hi) / 2;
			if (rows[mid].id == rows[i].parent_id) {
				ret[i] = rows[mid].code;
				break;
			}
			if (rows[mid].id < rows[i].parent_id) lo = mid + 1;
			else hi = mid;
		}
	}
	return MH_OK;
}

static enum mh_code load_orgs(struct mh_city *c, struct mh_db *db, struct mh_err *reterr)
{
	struct mh_q_org_all_row *rows;
	size_t n;
	MH_TRY(mh_q_org_all(db, &c->arena, &rows, &n, reterr));
	struct mh_str *codes = MH_NEW_ARRAY(&c->arena, n ? n : 1, struct mh_str);
	c->orgs.list = MH_NEW_ARRAY(&c->arena, n ? n : 1, struct mh_org);
	c->orgs.n = n;
	MH_TRY_MEM(codes, reterr);
	MH_TRY_MEM(c->orgs.list, reterr);
	MH_TRY(parents(rows, n, codes));
	for (size_t i = 0; i < n; i++)
		c->orgs.list[i] = (struct mh_org){.code = rows[i].code,
						  .kind = rows[i].kind_of_org,
						  .duty = rows[i].duty,
						  .zh = rows[i].zh,
						  .en = rows[i].en,
						  .level = (int)rows[i].org_level};
	return mh_orgs_link(&c->arena, &c->orgs, parent_code, codes, reterr);
}

/* --- categories and duties --- */

static enum mh_code load_classes(struct mh_city *c, struct mh_db *db, struct mh_err *reterr)
{
	struct mh_q_class_all_row *rows;
	struct mh_q_duty_all_row *duties;
	MH_TRY(mh_q_class_all(db, &c->arena, &rows, &c->n_classes, reterr));
	MH_TRY(mh_q_duty_all(db, &c->arena, &duties, &c->n_duties, reterr));
	c->classes = MH_NEW_ARRAY(&c->arena, c->n_classes + 1, struct mh_class);
	c->duties = MH_NEW_ARRAY(&c->arena, c->n_duties + 1, struct mh_duty);
	MH_TRY_MEM(c->classes, reterr);
	MH_TRY_MEM(c->duties, reterr);
	for (size_t i = 0; i < c->n_classes; i++)
		c->classes[i] = (struct mh_class){rows[i].class_code, rows[i].parent_code, rows[i].zh, rows[i].en,
						  rows[i].keywords};
	for (size_t i = 0; i < c->n_duties; i++)
		c->duties[i] = (struct mh_duty){.class_code = duties[i].class_code,
						.lead = duties[i].lead,
						.co = duties[i].co,
						.zh = duties[i].zh,
						.level = (int)duties[i].org_level,
						.urgent = duties[i].urgent != 0};
	return MH_OK;
}

const struct mh_class *mh_city_class(const struct mh_city *c, struct mh_str code)
{
	size_t lo = 0, hi = c->n_classes;
	while (lo < hi) {
		size_t mid = (lo + hi) / 2;
		int d = mh_str_cmp(c->classes[mid].code, code);
		if (d == 0) return &c->classes[mid];
		if (d < 0) lo = mid + 1;
		else hi = mid;
	}
	return NULL;
}

const struct mh_duty *mh_city_duty(const struct mh_city *c, struct mh_str class_code)
{
	const struct mh_duty *best = NULL;
	for (size_t i = 0; i < c->n_duties; i++) {
		struct mh_str d = c->duties[i].class_code;
		if (d.len > class_code.len || (best && d.len <= best->class_code.len)) continue;
		if (memcmp(d.ptr, class_code.ptr, d.len) == 0) best = &c->duties[i];
	}
	return best;
}

/* --- calendars --- */

static enum mh_code load_calendars(struct mh_city *c, struct mh_db *db, struct mh_err *reterr)
{
	struct mh_q_calendar_rev_all_row *rows;
	size_t n;
	MH_TRY(mh_q_calendar_rev_all(db, &c->arena, &rows, &n, reterr));
	c->cals = MH_NEW_ARRAY(&c->arena, n + 64, const struct mh_cal *);
	MH_TRY_MEM(c->cals, reterr);
	for (size_t i = 0; i < n; i++) {
		if (!mh_str_eq(rows[i].region, c->home_code)) continue;
		struct mh_calendar_file f = {.region = rows[i].region,
					     .csv = rows[i].body,
					     .hours = rows[i].hours,
					     .source = rows[i].source,
					     .rev = rows[i].rev,
					     .zone_min = c->zone_min};
		const struct mh_cal *cal;
		MH_TRY(mh_calendar_read(&c->arena, &f, &cal, reterr));
		struct mh_hash h = mh_cal_hash(cal);
		struct mh_str hex = mh_hash_hex(&c->arena, &h);
		if (!mh_str_eq(hex, rows[i].hash))
			return MH_FAIL(reterr, MH_E_CORRUPT, "Calendar revision %lld is not what the ledger says",
				       (long long)rows[i].rev);
		c->cals[c->n_cals++] = cal;
	}
	if (!c->n_cals) return MH_FAIL(reterr, MH_E_CORRUPT, "This city has no calendar");
	return MH_OK;
}

const struct mh_cal *mh_city_cal(const struct mh_city *c, int64_t rev)
{
	for (size_t i = 0; rev && i < c->n_cals; i++)
		if (mh_cal_rules(c->cals[i])->revision == rev) return c->cals[i];
	return c->cals[c->n_cals - 1];
}

/* --- definitions --- */

#define DEFS_ROOM 1024 /* so that many versions may come while a server runs */

enum mh_code mh_city__know(struct mh_city *c, struct mh_def *d, struct mh_err *reterr)
{
	if (c->n_defs == c->room_defs) {
		size_t room = c->room_defs ? c->room_defs * 2 : DEFS_ROOM;
		struct mh_def **list = MH_NEW_ARRAY(&c->arena, room, struct mh_def *);
		MH_TRY_MEM(list, reterr);
		if (c->n_defs) memcpy(list, c->defs, c->n_defs * sizeof *list);
		c->defs = list;
		c->room_defs = room;
	}
	c->defs[c->n_defs] = d;
	c->n_defs++;
	return MH_OK;
}

void mh_city_settle(struct mh_city *c, bool committed)
{
	/* there is room for them: mh_city_define has seen to it */
	for (size_t i = 0; committed && i < c->n_coming; i++) {
		c->defs[c->n_defs] = c->coming[i];
		c->n_defs++;
	}
	c->n_coming = 0;
}

static enum mh_code load_defs(struct mh_city *c, struct mh_db *db, struct mh_err *reterr)
{
	struct mh_q_definition_all_row *rows;
	size_t n;
	MH_TRY(mh_q_definition_all(db, &c->arena, &rows, &n, reterr));
	for (size_t i = 0; i < n; i++) {
		struct mh_diags diags = mh_diags_new(&c->arena,
						     mh_str_fmt(&c->arena, MH_STR_FMT "@%lld", MH_STR_ARG(rows[i].kind),
								(long long)rows[i].version));
		struct mh_def *d = mh_def_load(&c->arena, rows[i].body, &diags);
		if (!d) return mh_diags_result(&diags, reterr);
		struct mh_str hex = mh_hash_hex(&c->arena, &d->hash);
		if (!mh_str_eq(hex, rows[i].hash))
			return MH_FAIL(reterr, MH_E_CORRUPT,
				       "The definition " MH_STR_FMT "@%lld is not what the ledger says",
				       MH_STR_ARG(rows[i].kind), (long long)rows[i].version);
		MH_TRY(mh_city__know(c, d, reterr));
	}
	return MH_OK;
}

const struct mh_def *mh_city_def(const struct mh_city *c, struct mh_str kind, int64_t version)
{
	for (size_t i = 0; i < c->n_defs; i++)
		if (c->defs[i]->version == version && mh_str_eq(c->defs[i]->kind, kind)) return c->defs[i];
	return NULL;
}

const struct mh_def *mh_city_def_for(const struct mh_city *c, struct mh_str kind, mh_day day)
{
	const struct mh_def *best = NULL;
	for (size_t i = 0; i < c->n_defs; i++) {
		const struct mh_def *d = c->defs[i];
		mh_day since = INT32_MIN;
		if (!mh_str_eq(d->kind, kind) || (best && best->version > d->version)) continue;
		if (d->since.len && (!mh_day_parse(d->since, &since) || since > day)) continue;
		best = d;
	}
	return best;
}

/* --- keys --- */

enum mh_code mh_city__path(struct mh_arena *a, struct mh_str dir, const char *name, const char **ret,
			   struct mh_err *reterr)
{
	struct mh_str p = mh_str_fmt(a, MH_STR_FMT "/%s", MH_STR_ARG(dir), name);
	MH_TRY_MEM(p.ptr, reterr);
	*ret = p.ptr;
	return MH_OK;
}

static enum mh_code read_master(struct mh_city *c, struct mh_err *reterr)
{
	const char *path;
	char hex[MH_KEY_LEN * 2];
	MH_TRY(mh_city__path(&c->arena, c->state_dir, "master.key", &path, reterr));
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : read(fd, hex, sizeof hex);
	if (fd >= 0) close(fd);
	bool ok = n == (ssize_t)sizeof hex && mh_str_unhex((struct mh_str){hex, sizeof hex}, c->master.b);
	sodium_memzero(hex, sizeof hex);
	if (ok) return MH_OK;
	enum mh_code code = MH_FAIL(reterr, MH_E_IO, "Could not read the city's master key");
	mh_err_detail(reterr, "%s", path);
	mh_err_hint(reterr, "Name the state folder that belongs to this store with --state. Without its key, personal "
			    "data cannot be read.");
	return code;
}

enum mh_code mh_city__make_master(struct mh_arena *a, struct mh_str state_dir, const struct mh_rng *rng,
				  struct mh_err *reterr)
{
	const char *path;
	unsigned char key[MH_KEY_LEN];
	MH_TRY(mh_city__path(a, state_dir, "master.key", &path, reterr));
	mh_random(rng, key, sizeof key);
	struct mh_str hex = mh_str_hex(a, (struct mh_bytes){key, sizeof key});
	sodium_memzero(key, sizeof key);
	MH_TRY_MEM(hex.ptr, reterr);
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	bool ok = fd >= 0 && write(fd, hex.ptr, hex.len) == (ssize_t)hex.len && write(fd, "\n", 1) == 1 &&
		  fsync(fd) == 0;
	if (fd >= 0 && close(fd) != 0) ok = false;
	if (ok) return MH_OK;
	enum mh_code code = MH_FAIL(reterr, MH_E_IO, "Could not make the city's master key");
	mh_err_detail(reterr, "%s", path);
	mh_err_hint(reterr, "The state folder must be writable and must not belong to another city.");
	return code;
}

/* --- ids --- */

static void skip_id(struct mh_city *c, int64_t id)
{
	mh_time ms = (id >> 22) + EPOCH_MS;
	int step = (int)(id & 4095);
	if (ms < c->last_id_ms || (ms == c->last_id_ms && step <= c->id_step)) return;
	c->last_id_ms = ms;
	c->id_step = step;
}

/* Ids go on behind the newest one, also when the clock is behind it after a restart. */
static enum mh_code resume_ids(struct mh_city *c, struct mh_db *db, struct mh_err *reterr)
{
	struct mh_arena a = MH_ARENA(1 << 16);
	struct mh_q_matter_newest_row matter = {0};
	struct mh_q_file_newest_row file = {0};
	struct mh_q_message_newest_row message = {0};
	bool found;
	enum mh_code code = mh_q_matter_newest(db, &a, &(struct mh_q_matter_newest_in){.home_id = c->home_id}, &found,
					       &matter, reterr);
	if (code == MH_OK)
		code = mh_q_file_newest(db, &a, &(struct mh_q_file_newest_in){.home_id = c->home_id}, &found, &file,
					reterr);
	if (code == MH_OK)
		code = mh_q_message_newest(db, &a, &(struct mh_q_message_newest_in){.home_id = c->home_id}, &found,
					   &message, reterr);
	mh_arena_done(&a);
	MH_TRY(code);
	skip_id(c, matter.id);
	skip_id(c, file.id);
	skip_id(c, message.id);
	return MH_OK;
}

/* --- opening --- */

static enum mh_code fill(struct mh_city *c, struct mh_db *db, bool write, struct mh_err *reterr)
{
	MH_TRY(settings(c, db, reterr));
	MH_TRY(load_orgs(c, db, reterr));
	MH_TRY(load_classes(c, db, reterr));
	MH_TRY(load_calendars(c, db, reterr));
	MH_TRY(load_defs(c, db, reterr));
	MH_TRY(read_master(c, reterr));
	if (!write) return MH_OK;
	MH_TRY(resume_ids(c, db, reterr));
	return mh_ledger_open(db, c->home_id, c->state_dir, &c->ledger, reterr);
}

enum mh_code mh_city_open(struct mh_db *db, struct mh_str state_dir, bool write, struct mh_clock clock,
			  struct mh_rng rng, struct mh_city **ret, struct mh_err *reterr)
{
	struct mh_city *c = mh_mem_alloc(sizeof *c);
	MH_TRY_MEM(c, reterr);
	c->clock = clock;
	c->rng = rng;
	c->state_dir = mh_str_dup(&c->arena, state_dir);
	enum mh_code code = c->state_dir.ptr ? fill(c, db, write, reterr)
					     : MH_FAIL(reterr, MH_E_NO_MEMORY, "Memory is short");
	if (code != MH_OK) return mh_city_free(c), code;
	*ret = c;
	return MH_OK;
}

enum mh_code mh_city_reopen_ledger(struct mh_city *c, struct mh_db *db, struct mh_err *reterr)
{
	c->ledger = mh_ledger_close(c->ledger);
	c->numbers.year = 0;
	MH_TRY(resume_ids(c, db, reterr));
	return mh_ledger_open(db, c->home_id, c->state_dir, &c->ledger, reterr);
}

void mh_city_free(struct mh_city *c)
{
	if (!c) return;
	mh_ledger_close(c->ledger);
	mh_said_free(c->said);
	sodium_memzero(&c->master, sizeof c->master);
	mh_mem_free(c->fresh.keys);
	mh_mem_free(c->fresh.used);
	struct mh_arena arena = c->arena;
	mh_mem_free(c);
	mh_arena_done(&arena);
}

void mh_city_freep(struct mh_city **c)
{
	mh_city_free(*c);
	*c = NULL;
}

int64_t mh_city_next_id(struct mh_city *c, mh_time now)
{
	mh_time ms = now > c->last_id_ms ? now : c->last_id_ms;
	if (ms == c->last_id_ms && ++c->id_step == 4096) ms++;
	if (ms != c->last_id_ms) c->id_step = 0;
	c->last_id_ms = ms;
	return (ms - EPOCH_MS) << 22 | c->id_step;
}

struct mh_str mh_city_new_ref(struct mh_city *c, struct mh_arena *a, mh_time now)
{
	unsigned char random[12];
	mh_random(&c->rng, random, sizeof random);
	struct mh_str hex = mh_str_hex(a, (struct mh_bytes){random, sizeof random});
	return hex.ptr ? mh_str_fmt(a, "%08" PRIx32 MH_STR_FMT, (uint32_t)(now / 1000), MH_STR_ARG(hex)) : hex;
}

mh_time mh_city_id_time(int64_t id)
{
	return (id >> 22) + EPOCH_MS;
}

int64_t mh_city_id_at(mh_time t)
{
	return t <= EPOCH_MS ? 0 : (t - EPOCH_MS) << 22;
}
