/* The state folder: keys and their rights, files that prove something, room on the disk. */
#include "cli/doctor_priv.h"

#include "loop/vault.h"
#include "sql_gen.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#define OTHERS (S_IRWXG | S_IRWXO)
#define ROOM_FAULT ((uint64_t)100 << 20)
#define ROOM_WARN ((uint64_t)1 << 30)
#define ORPHAN_AGE_S 3600 /* younger ones may be uploads whose row is on its way */

/* --- keys --- */

struct rights {
	struct mh_doctor *d;
	int keys, open;
};

static enum mh_code look_at_key(void *ctx, const char *name, struct mh_err *reterr)
{
	struct rights *r = ctx;
	struct stat st;
	struct mh_str path = mh_keep__join(&r->d->cli->arena, r->d->state, name);
	bool key = mh_str_ends(mh_str_c(name), ".key");
	MH_TRY_MEM(path.ptr, reterr);
	if (stat(path.ptr, &st) != 0 || !(key || mh_str_ends(mh_str_c(name), ".head"))) return MH_OK;
	if (key) r->keys++;
	if (!key || !(st.st_mode & OTHERS)) return MH_OK;
	r->open++;
	mh_doctor__note(r->d, MH_DOCTOR_FAULT, "keys",
			MH_SAY(r->d, "others can read %s: chmod 600, and think of the key as known",
			       "%s 可被他人读取：请 chmod 600，并视为已泄露"),
			path.ptr);
	return MH_OK;
}

static void look_at_place(struct mh_doctor *d, const char *path)
{
	struct stat st;
	if (stat(path, &st) != 0 || !(st.st_mode & OTHERS)) return;
	mh_doctor__note(d, MH_DOCTOR_WARN, "keys",
			MH_SAY(d, "others can reach %s: chmod go-rwx", "%s 对他人开放：请 chmod go-rwx"), path);
}

/* The first matter's key must open under the master key: a state folder of another city would not. */
static void try_master(struct mh_doctor *d)
{
	struct mh_arena a = MH_ARENA(1 << 20);
	const struct mh_db_table *t = mh_keep__table_named("matter_key");
	struct mh_db_cell *row = NULL;
	struct mh_err err = {0};
	struct mh_q_matter_by_id_row m;
	struct mh_bytes plain;
	bool found = false;
	size_t n = 0;
	enum mh_code code = mh_db_table_page(d->db, t, &a, NULL, 1, &row, &n, &err);
	if (code == MH_OK && n) {
		struct mh_q_matter_by_id_in in = {.home_id = d->home, .id = mh_keep__cell(t, row, "matter_id")->i};
		code = mh_q_matter_by_id(d->db, &a, &in, &found, &m, &err);
	}
	if (code == MH_OK && found)
		code = mh_unseal(&a, &d->city->master, m.ref, mh_keep__cell(t, row, "sealed")->b, &plain, &err);
	if (code != MH_OK) mh_doctor__err(d, "keys", &err);
	mh_arena_done(&a);
}

void mh_doctor__keys(struct mh_doctor *d)
{
	struct rights r = {.d = d};
	struct mh_err err = {0};
	int before = d->n[MH_DOCTOR_FAULT];
	if (access(d->state.ptr, R_OK | X_OK) != 0) {
		mh_doctor__note(d, MH_DOCTOR_FAULT, "keys",
				MH_SAY(d, "the state folder %s cannot be read: name it with --state",
				       "无法读取状态目录 %s：请用 --state 指定"),
				d->state.ptr);
		return;
	}
	if (mh_keep__each(d->state, look_at_key, &r, &err) != MH_OK) mh_doctor__err(d, "keys", &err);
	look_at_place(d, d->state.ptr);
	if (mh_str_starts(d->uri, "sqlite:")) {
		struct mh_str path = mh_str_dup(&d->cli->arena, (struct mh_str){d->uri.ptr + 7, d->uri.len - 7});
		if (path.ptr) look_at_place(d, path.ptr);
	}
	if (d->city) try_master(d);
	if (d->n[MH_DOCTOR_FAULT] == before)
		mh_doctor__note(d, MH_DOCTOR_OK, "keys",
				MH_SAY(d, "%d keys, for nobody else to read; they belong to this store",
				       "%d 个密钥，他人不可读，与本存储相符"),
				r.keys);
}

/* --- files --- */

struct shelf {
	struct mh_doctor *d;
	struct mh_keep__ids named; /* the first 8 bytes of each name that a row gives */
	int64_t rows, lost, wrong, orphans, plain;
	time_t now;
};

static int64_t short_hash(struct mh_str hex)
{
	unsigned char raw[8];
	int64_t v = 0;
	if (hex.len < 16 || !mh_str_unhex((struct mh_str){hex.ptr, 16}, raw)) return 0;
	memcpy(&v, raw, sizeof v);
	return v;
}

static enum mh_code look_at_row(void *ctx, const struct mh_db_table *t, const struct mh_db_cell *row, bool *ret_take,
				struct mh_err *reterr)
{
	struct shelf *s = ctx;
	struct mh_arena a = MH_ARENA(1 << 16);
	struct mh_bytes h = mh_keep__cell(t, row, "name")->b;
	struct mh_str name = {(const char *)h.ptr, h.len};
	bool sealed = mh_keep__cell(t, row, "sealed_key")->b.len > 0;
	int64_t size = mh_keep__cell(t, row, "size")->i;
	struct mh_q_matter_key_get_row key;
	struct mh_q_matter_key_get_in in = {.home_id = s->d->home, .matter_id = mh_keep__cell(t, row, "matter_id")->i};
	struct stat st;
	bool keyed = false;
	(void)ret_take;
	s->rows++;
	enum mh_code code = mh_q_matter_key_get(s->d->db, &a, &in, &keyed, &key, reterr);
	struct mh_str path = name.len > 2 ? mh_keep__evidence(&a, s->d->state, name) : (struct mh_str){0};
	if (code == MH_OK && keyed && path.ptr) {
		if (stat(path.ptr, &st) != 0) s->lost++;
		else if (st.st_size != (sealed ? mh_vault_size(size) : size)) s->wrong++;
		s->plain += !sealed;
		code = mh_keep__ids_add(&s->named, short_hash(name), reterr);
	}
	mh_arena_done(&a);
	return code;
}

static void walk(struct shelf *s, const char *folder, int depth)
{
	DIR *dir = opendir(folder);
	const struct dirent *e;
	struct stat st;
	char path[4096];
	while (dir && (e = readdir(dir))) {
		if (e->d_name[0] == '.' || fstatat(dirfd(dir), e->d_name, &st, AT_SYMLINK_NOFOLLOW) != 0) continue;
		if (S_ISDIR(st.st_mode) && depth == 0) {
			snprintf(path, sizeof path, "%s/%s", folder, e->d_name);
			walk(s, path, 1);
		} else if (S_ISREG(st.st_mode) && s->now - st.st_mtime > ORPHAN_AGE_S &&
			   !mh_keep__ids_have(&s->named, short_hash(mh_str_c(e->d_name)))) {
			s->orphans++;
		}
	}
	if (dir) closedir(dir);
}

void mh_doctor__files(struct mh_doctor *d)
{
	struct shelf s = {.d = d, .now = (time_t)(mh_now(&d->cli->clock) / 1000)};
	struct mh_keep__copy c = {.from = d->db, .row = look_at_row, .ctx = &s};
	struct mh_err err = {0};
	struct mh_str folder = mh_keep__join(&d->cli->arena, d->state, "files");
	if (mh_keep__table(&c, mh_keep__table_named("file"), &err) != MH_OK) mh_doctor__err(d, "files", &err);
	else if (folder.ptr) walk(&s, folder.ptr, 0);
	if (s.lost || s.wrong)
		mh_doctor__note(
			d, MH_DOCTOR_FAULT, "files",
			MH_SAY(d, "%lld files are missing and %lld have another size: bring them back from a backup",
			       "缺少 %lld 个文件，%lld 个大小不符：请从备份取回"),
			(long long)s.lost, (long long)s.wrong);
	if (s.orphans)
		mh_doctor__note(d, MH_DOCTOR_WARN, "files",
				MH_SAY(d, "%lld files belong to no matter; they may be removed",
				       "%lld 个文件不属于任何事项，可以删除"),
				(long long)s.orphans);
	if (!s.lost && !s.wrong && !s.orphans && !err.code)
		mh_doctor__note(d, MH_DOCTOR_OK, "files",
				MH_SAY(d, "%lld, each where it should be; %lld of them plain (of a sample city)",
				       "%lld 个，均在应在之处；其中 %lld 个未加密（示例城市）"),
				(long long)s.rows, (long long)s.plain);
	mh_keep__ids_done(&s.named);
}

/* --- room --- */

static void room_at(struct mh_doctor *d, const char *path)
{
	struct statvfs v;
	if (statvfs(path, &v) != 0) return;
	uint64_t room = (uint64_t)v.f_bavail * v.f_frsize;
	enum mh_doctor__level level = room < ROOM_FAULT  ? MH_DOCTOR_FAULT
				      : room < ROOM_WARN ? MH_DOCTOR_WARN
							 : MH_DOCTOR_OK;
	mh_doctor__note(d, level, "disk", MH_SAY(d, "%llu MiB are free at %s", "剩余 %llu MiB（%s）"),
			(unsigned long long)(room >> 20), path);
}

void mh_doctor__disk(struct mh_doctor *d)
{
	room_at(d, d->state.ptr);
	if (!mh_str_starts(d->uri, "sqlite:")) return;
	struct stat store, state;
	struct mh_str path = mh_str_dup(&d->cli->arena, (struct mh_str){d->uri.ptr + 7, d->uri.len - 7});
	if (path.ptr && stat(path.ptr, &store) == 0 && stat(d->state.ptr, &state) == 0 && store.st_dev != state.st_dev)
		room_at(d, path.ptr);
}
