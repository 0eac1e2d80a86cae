/* What the scenario runner's files share. */
#ifndef MH_MATTER_SCENARIO_PRIV_H
#define MH_MATTER_SCENARIO_PRIV_H
#include "matter/matter_priv.h"
#include "matter/scenario.h"

#include "base/yaml.h"

struct mh_stage {
	struct mh_db *db;
	struct mh_city *city;
	mh_time now;
	char dir[64];
};
#define MH_CAST_MAX 16 /* matters of one story */
struct mh_story {
	struct mh_stage *stage;
	struct mh_arena *arena;
	struct mh_str file, kind;
	struct {
		struct mh_str name; /* "A" for the first */
		int64_t id;
	} cast[MH_CAST_MAX];
	int n_cast;
	struct mh_buf *report;
	bool failed;
};
/* Says what went wrong at a node; the story goes no further. */
void mh_story__fail(struct mh_story *st, struct mh_mark at, const char *fmt, ...) __attribute__((format(printf, 3, 4)));
int64_t mh_story__on(struct mh_story *st, struct mh_yaml *step); /* the matter that a step is about */
/* Runs fn in a committed transaction at the stage's time. */
typedef enum mh_code mh_story_job(struct mh_tx *tx, void *arg, struct mh_err *reterr);
enum mh_code mh_story__tx(struct mh_story *st, mh_story_job *fn, void *arg, struct mh_err *reterr);
/* JSON from YAML, as the fields of the definition want it; new reference. */
json_t *mh_story__fields(struct mh_story *st, const struct mh_def *d, struct mh_yaml *map);
/* Of the children of the matter `of`, the one of that kind whose fields are as in `where`: now known by a name. */
void mh_story__child(struct mh_story *st, struct mh_yaml *step, struct mh_str name);
void mh_story__expect(struct mh_story *st, int64_t id, struct mh_yaml *then);
#endif
