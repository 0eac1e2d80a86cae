/* A room's test: one city in memory from the sample pack, one open transaction, rolled back at the end. */
#ifndef MH_TESTS_ROOMS_H
#define MH_TESTS_ROOMS_H
#include "unit.h"

#include "matter/scenario_priv.h"

#include <stdio.h>
#include <stdlib.h>

static struct mh_stage *stage;
static struct mh_arena room_arena = {.cap = (size_t)256 << 20};
static struct mh_db_tx room_db;
static struct mh_tx tx;

static inline int open_rooms(void **state)
{
	struct mh_buf report = MH_BUF(1 << 20);
	struct mh_err err = {0};
	struct mh_str pack = mh_str_fmt(&room_arena, "%s/packs/hangzhou",
					getenv("MINHU_SOURCE") ? getenv("MINHU_SOURCE") : ".");
	enum mh_code code = mh_stage_open(pack, &stage, &report, &err);
	if (code != MH_OK) fprintf(stderr, "%s %s\n%s", err.message, err.detail, report.ptr ? report.ptr : "");
	mh_buf_done(&report);
	if (code != MH_OK) return -1;
	room_db = (struct mh_db_tx){.db = stage->db};
	tx = (struct mh_tx){.city = stage->city, .db = stage->db, .arena = &room_arena, .now = stage->now};
	return mh_db_begin_write(&room_db, NULL) == MH_OK ? 0 : -1;
}

static inline int close_rooms(void **state)
{
	mh_tx_done(&tx);
	mh_db_rollback(&room_db);
	mh_stage_free(stage);
	mh_arena_done(&room_arena);
	return 0;
}

static inline struct mh_party party(const char *role, const char *unit)
{
	return (struct mh_party){.role = mh_str_c(role),
				 .org = unit ? mh_org_by_code(&stage->city->orgs, mh_str_c(unit)) : -1};
}

/* `fields` is JSON with ' for ". */
static inline json_t *given(const char *fields)
{
	char text[2000];
	size_t i = 0;
	json_t *j = NULL;
	for (; fields[i] && i < sizeof text - 1; i++) text[i] = fields[i] == '\'' ? '"' : fields[i];
	assert_int_equal(mh_json_parse((struct mh_str){text, i}, &j, NULL), MH_OK);
	return j;
}

static inline int64_t raise_one(const char *kind, const char *fields)
{
	MH_JSON_AUTO json_t *j = given(fields);
	struct mh_err err = {0};
	struct mh_outcome out;
	struct mh_create in = {.kind = mh_str_c(kind), .fields = j, .by = party("operator", "330100-D01"), .owner = -1};
	if (mh_matter_create(&tx, &in, &out, &err) != MH_OK) fail_msg("%s", err.message);
	return out.matter_id;
}

static inline void take(int64_t id, const char *step, struct mh_party by, const char *fields)
{
	MH_JSON_AUTO json_t *j = given(fields);
	struct mh_err err = {0};
	struct mh_outcome out;
	struct mh_act in = {.matter_id = id, .transition = mh_str_c(step), .fields = j, .by = by, .expect_seq = -1};
	if (mh_matter_act(&tx, &in, &out, &err) != MH_OK) fail_msg("%s: %s", step, err.message);
}

#define ROOM_TESTS(...)                                                                                                \
	int main(void)                                                                                                 \
	{                                                                                                              \
		const struct CMUnitTest tests_[] = {__VA_ARGS__};                                                      \
		cmocka_set_message_output(CM_OUTPUT_TAP);                                                              \
		return cmocka_run_group_tests(tests_, open_rooms, close_rooms);                                        \
	}
#endif
