/* The stage of scenarios: a city made from a pack, in a store of its own, with a clock that only they move. */
#include "matter/scenario_priv.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void remove_dir(const char *path)
{
	DIR *d = opendir(path);
	for (struct dirent *e; d && (e = readdir(d));)
		if (e->d_name[0] != '.') unlinkat(dirfd(d), e->d_name, 0);
	if (d) closedir(d);
	rmdir(path);
}

static enum mh_code set_stage(struct mh_stage *s, struct mh_str uri, struct mh_str pack_dir, struct mh_buf *report,
			      struct mh_err *reterr)
{
	const char *tmp = getenv("TMPDIR");
	snprintf(s->dir, sizeof s->dir, "%.30s/minhu-stage-XXXXXX", tmp && strlen(tmp) <= 30 ? tmp : "/tmp");
	if (!mkdtemp(s->dir)) {
		s->dir[0] = '\0';
		return MH_FAIL(reterr, MH_E_IO, "Could not make a temporary folder");
	}
	struct mh_clock clock = mh_clock_fixed(&s->now);
	struct mh_rng rng = mh_rng_system();
	MH_TRY(mh_db_open(uri, MH_DB_CREATE, &s->db, reterr));
	MH_TRY(mh_pack_create(s->db, pack_dir, mh_str_c(s->dir), clock, rng, report, reterr));
	return mh_city_open(s->db, mh_str_c(s->dir), true, clock, rng, &s->city, reterr);
}

enum mh_code mh_stage_open(struct mh_str pack_dir, struct mh_stage **ret, struct mh_buf *report, struct mh_err *reterr)
{
	return mh_stage_open_on(MH_STR("sqlite::memory:"), pack_dir, ret, report, reterr);
}

enum mh_code mh_stage_open_on(struct mh_str uri, struct mh_str pack_dir, struct mh_stage **ret, struct mh_buf *report,
			      struct mh_err *reterr)
{
	struct mh_stage *s = mh_mem_alloc(sizeof *s);
	MH_TRY_MEM(s, reterr);
	s->now = 1767225600000; /* 2026-01-01 */
	enum mh_code code = set_stage(s, uri, pack_dir, report, reterr);
	if (code != MH_OK) return mh_stage_free(s), code;
	*ret = s;
	return MH_OK;
}

void mh_stage_free(struct mh_stage *s)
{
	if (!s) return;
	mh_city_free(s->city);
	mh_db_close(s->db);
	if (s->dir[0]) remove_dir(s->dir);
	mh_mem_free(s);
}

void mh_stage_freep(struct mh_stage **s)
{
	mh_stage_free(*s);
	*s = NULL;
}

struct mh_city *mh_stage_city(struct mh_stage *s)
{
	return s->city;
}
