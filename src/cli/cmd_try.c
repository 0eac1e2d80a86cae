/* Packs and definitions put to the test: their stories, on the real engine, in a city in memory. */
#include "cli/cmd_priv.h"

#include "base/yaml.h"
#include "process/def.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define FILE_MAX ((size_t)1 << 20)
#define STORIES ".scenarios.yaml"

static struct mh_str join(struct mh_cli *cli, struct mh_str dir, struct mh_str name)
{
	return mh_str_fmt(&cli->arena, MH_STR_FMT "/" MH_STR_FMT, MH_STR_ARG(dir), MH_STR_ARG(name));
}

/* The pack's folder of definitions, as pack.yaml names it. */
static enum mh_code definitions_dir(struct mh_cli *cli, struct mh_str pack, struct mh_str *ret, struct mh_err *reterr)
{
	struct mh_str path = join(cli, pack, MH_STR("pack.yaml")), text;
	MH_TRY_MEM(path.ptr, reterr);
	struct mh_diags d = mh_diags_new(&cli->arena, path);
	enum mh_code code = mh_file_read(&cli->arena, path.ptr, FILE_MAX, &text, reterr);
	if (code != MH_OK) {
		mh_err_hint(reterr, "A pack is a folder with a pack.yaml, such as packs/hangzhou.");
		return code;
	}
	struct mh_yaml *top = mh_yaml_read(&cli->arena, text, &d);
	*ret = MH_STR("process");
	if (top) mh_yaml_str(top, "processes", ret, &d);
	return mh_diags_result(&d, reterr);
}

/* --- stories --- */

static enum mh_code play(struct mh_cli *cli, struct mh_stage *stage, struct mh_str path, struct mh_cli__trial *t,
			 struct mh_err *reterr)
{
	struct mh_str text;
	MH_TRY(mh_file_read(&cli->arena, path.ptr, FILE_MAX, &text, reterr));
	t->files++;
	return mh_scenarios_run(stage, text, path, &t->count, &t->report, reterr);
}

static enum mh_code play_all(struct mh_cli *cli, struct mh_stage *stage, struct mh_str dir, struct mh_cli__trial *t,
			     struct mh_err *reterr)
{
	struct mh_str *names;
	size_t n;
	MH_TRY(mh_dir_list(&cli->arena, dir.ptr, STORIES, &names, &n, reterr));
	struct mh_progress p = mh_progress_begin(cli, "Files of stories", "故事文件", (int64_t)n);
	enum mh_code code = MH_OK;
	for (size_t i = 0; i < n && code == MH_OK; i++) {
		struct mh_str path = join(cli, dir, names[i]);
		MH_TRY_MEM(path.ptr, reterr);
		mh_progress_at(&p, (int64_t)i);
		code = play(cli, stage, path, t, reterr);
	}
	mh_progress_end(&p, (int64_t)n);
	return code;
}

enum mh_code mh_cli__try_pack(struct mh_cli *cli, struct mh_str pack, struct mh_cli__trial *t, struct mh_err *reterr)
{
	struct mh_stage *stage MH_CLEANUP(mh_stage_freep) = NULL;
	struct mh_str name, dir;
	MH_TRY(definitions_dir(cli, pack, &name, reterr));
	dir = join(cli, pack, name);
	MH_TRY_MEM(dir.ptr, reterr);
	MH_TRY(mh_stage_open(pack, &stage, &t->report, reterr));
	return play_all(cli, stage, dir, t, reterr);
}

/* --- a pack with one definition put in its place --- */

struct overlay {
	struct mh_cli *cli;
	char dir[64];
	struct mh_str pack, processes; /* both absolute, and the name */
	struct mh_str kind;
	int64_t version;
};

static void remove_files(const char *path)
{
	DIR *d = opendir(path);
	for (struct dirent *e; d && (e = readdir(d));)
		if (strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0) unlinkat(dirfd(d), e->d_name, 0);
	if (d) closedir(d);
}

static void overlay_done(struct overlay *o)
{
	char inner[160];
	if (!o->dir[0]) return;
	snprintf(inner, sizeof inner, "%s/%.80s", o->dir, o->processes.ptr ? o->processes.ptr : "");
	remove_files(inner);
	rmdir(inner);
	remove_files(o->dir);
	rmdir(o->dir);
}

static enum mh_code link_to(struct overlay *o, struct mh_str target, struct mh_str name, struct mh_err *reterr)
{
	struct mh_str at = join(o->cli, mh_str_c(o->dir), name);
	MH_TRY_MEM(at.ptr, reterr);
	if (symlink(target.ptr, at.ptr) != 0)
		return MH_FAIL(reterr, MH_E_IO, "Could not make a copy of the pack in %s: %s", o->dir, strerror(errno));
	return MH_OK;
}

/* Is it the definition that the checked file replaces? Then, or when it does not load, it is left out. */
static bool replaced(struct overlay *o, struct mh_str path)
{
	struct mh_str text;
	if (mh_file_read(&o->cli->arena, path.ptr, FILE_MAX, &text, NULL) != MH_OK) return false;
	struct mh_diags d = mh_diags_new(&o->cli->arena, path);
	struct mh_def *def = mh_def_load(&o->cli->arena, text, &d);
	return def && mh_str_eq(def->kind, o->kind) && def->version >= o->version;
}

static enum mh_code link_folder(struct overlay *o, bool inner, struct mh_err *reterr)
{
	struct mh_str dir = inner ? join(o->cli, o->pack, o->processes) : o->pack, *names;
	size_t n;
	MH_TRY_MEM(dir.ptr, reterr);
	MH_TRY(mh_dir_list(&o->cli->arena, dir.ptr, inner ? ".yaml" : "", &names, &n, reterr));
	for (size_t i = 0; i < n; i++) {
		struct mh_str path = join(o->cli, dir, names[i]);
		MH_TRY_MEM(path.ptr, reterr);
		bool definition = inner && !mh_str_ends(names[i], STORIES);
		if (!inner && mh_str_eq(names[i], o->processes)) continue;
		if (definition && replaced(o, path)) continue;
		MH_TRY(link_to(o, path, inner ? join(o->cli, o->processes, names[i]) : names[i], reterr));
	}
	return MH_OK;
}

/* A folder of links that is the pack with `file` in it, named so that it comes last. */
static enum mh_code overlay_make(struct overlay *o, struct mh_str pack, struct mh_str file, struct mh_err *reterr)
{
	char whole[PATH_MAX], whole_file[PATH_MAX];
	MH_TRY(definitions_dir(o->cli, pack, &o->processes, reterr));
	if (!realpath(pack.ptr, whole) || !realpath(file.ptr, whole_file))
		return MH_FAIL(reterr, MH_E_NOT_FOUND, "Could not find the pack %s: %s", pack.ptr, strerror(errno));
	o->pack = mh_str_dup(&o->cli->arena, mh_str_c(whole));
	MH_TRY_MEM(o->pack.ptr, reterr);
	const char *tmp = getenv("TMPDIR");
	snprintf(o->dir, sizeof o->dir, "%s/minhu-pack-XXXXXX", tmp && strlen(tmp) <= 30 ? tmp : "/tmp");
	if (!mkdtemp(o->dir)) {
		o->dir[0] = '\0';
		return MH_FAIL(reterr, MH_E_IO, "Could not make a temporary folder: %s", strerror(errno));
	}
	struct mh_str inner = join(o->cli, mh_str_c(o->dir), o->processes);
	MH_TRY_MEM(inner.ptr, reterr);
	if (mkdir(inner.ptr, 0700) != 0)
		return MH_FAIL(reterr, MH_E_IO, "Could not make %s: %s", inner.ptr, strerror(errno));
	MH_TRY(link_folder(o, false, reterr));
	MH_TRY(link_folder(o, true, reterr));
	return link_to(o, mh_str_c(whole_file), join(o->cli, o->processes, MH_STR("~.yaml")), reterr);
}

/* The stories beside the file; a new version that has none of its own yet must still live up to its kind's in the pack. */
static struct mh_str stories_of(struct overlay *o, struct mh_str file)
{
	struct mh_str stem = file, own, pack;
	if (mh_str_ends(stem, ".yaml")) stem.len -= 5;
	own = mh_str_fmt(&o->cli->arena, MH_STR_FMT STORIES, MH_STR_ARG(stem));
	if (own.ptr && access(own.ptr, R_OK) == 0) return own;
	pack = mh_str_fmt(&o->cli->arena, MH_STR_FMT "/" MH_STR_FMT "/" MH_STR_FMT STORIES, MH_STR_ARG(o->pack),
			  MH_STR_ARG(o->processes), MH_STR_ARG(o->kind));
	return pack.ptr && access(pack.ptr, R_OK) == 0 ? pack : (struct mh_str){NULL, 0};
}

static enum mh_code try_on(struct overlay *o, struct mh_str pack, struct mh_str file, struct mh_cli__trial *t,
			   struct mh_err *reterr)
{
	struct mh_stage *stage MH_CLEANUP(mh_stage_freep) = NULL;
	MH_TRY(overlay_make(o, pack, file, reterr));
	struct mh_str stories = stories_of(o, file);
	MH_TRY(mh_stage_open(mh_str_c(o->dir), &stage, &t->report, reterr));
	return stories.ptr ? play(o->cli, stage, stories, t, reterr) : MH_OK;
}

enum mh_code mh_cli__try_file(struct mh_cli *cli, struct mh_str pack, struct mh_str file, struct mh_cli__trial *t,
			      struct mh_err *reterr)
{
	struct overlay o MH_CLEANUP(overlay_done) = {.cli = cli};
	struct mh_str text;
	MH_TRY(mh_file_read(&cli->arena, file.ptr, FILE_MAX, &text, reterr));
	struct mh_diags d = mh_diags_new(&cli->arena, file);
	struct mh_def *def = mh_def_load(&cli->arena, text, &d);
	MH_TRY(mh_diags_result(&d, reterr));
	MH_TRY_MEM(def, reterr);
	o.kind = def->kind;
	o.version = def->version;
	return try_on(&o, pack, file, t, reterr);
}

struct mh_str mh_cli__pack_of(struct mh_cli *cli, const char *option, const char *file)
{
	char whole[PATH_MAX];
	if (option) return mh_str_c(option);
	if (!realpath(file, whole)) return MH_STR("");
	for (int up = 0; up < 2; up++) {
		char *slash = strrchr(whole, '/');
		if (!slash || slash == whole) return MH_STR("");
		*slash = '\0';
	}
	struct mh_str pack = mh_str_dup(&cli->arena, mh_str_c(whole)), yaml = join(cli, pack, MH_STR("pack.yaml"));
	return yaml.ptr && access(yaml.ptr, R_OK) == 0 ? pack : MH_STR("");
}
