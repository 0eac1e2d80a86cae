/* Scenarios: stories with a fake clock that stand beside a definition and must come true, on the real engine.
 * docs/scenarios.md is the language. */
#ifndef MH_MATTER_SCENARIO_H
#define MH_MATTER_SCENARIO_H
#include "matter/pack.h"

/* A city in memory, made from a pack, with a clock that only scenarios move. */
struct mh_stage;
enum mh_code mh_stage_open(struct mh_str pack_dir, struct mh_stage **ret, struct mh_buf *report, struct mh_err *reterr);
/* The same over an empty store of any engine. */
enum mh_code mh_stage_open_on(struct mh_str uri, struct mh_str pack_dir, struct mh_stage **ret, struct mh_buf *report,
			      struct mh_err *reterr);
void mh_stage_free(struct mh_stage *s); /* also removes its temporary folder; NULL is accepted */
void mh_stage_freep(struct mh_stage **s);
struct mh_city *mh_stage_city(struct mh_stage *s);

struct mh_scenario_count {
	int passed, failed;
};
/* Runs the stories of one file. Each gets a line in `report`; a failure also says file, line, what was expected and what
 * was found. MH_OK when the file could be read, however the stories ended. */
enum mh_code mh_scenarios_run(struct mh_stage *s, struct mh_str text, struct mh_str file,
			      struct mh_scenario_count *count, struct mh_buf *report, struct mh_err *reterr);
#endif
