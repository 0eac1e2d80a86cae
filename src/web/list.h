/* What the list, its counts and its files share: the filter that an address asks for, and rows as text. */
#ifndef MH_WEB_LIST_H
#define MH_WEB_LIST_H
#include "loop/list.h"
#include "web/api.h"

/* The parameters that make a filter; they stand first in each table of parameters. */
#define MH_LIST_PARAMS                                                                                                 \
	MH_LIST_STR("kind", 64, "Kind of matter", "事项类型"),                                                         \
		MH_LIST_STR("state", 64, "State of its definition", "状态"),                                           \
		{.name = "phase",                                                                                      \
		 .in = MH_IN_QUERY,                                                                                    \
		 .type = MH_TYPE_ENUM,                                                                                 \
		 .choices = mh_list_phases,                                                                            \
		 .en = "Phase of its state",                                                                           \
		 .zh = "状态所属阶段"},                                                                                \
		{.name = "room",                                                                                       \
		 .in = MH_IN_QUERY,                                                                                    \
		 .type = MH_TYPE_ENUM,                                                                                 \
		 .choices = mh_list_rooms,                                                                             \
		 .en = "Room of the loop",                                                                             \
		 .zh = "所处环节"},                                                                                    \
		MH_LIST_STR("unit", 64, "Code of the unit that has it", "承办单位代码"),                               \
		MH_LIST_BOOL("mine", "What the own unit has", "仅本单位承办"),                                         \
		{.name = "level",                                                                                      \
		 .in = MH_IN_QUERY,                                                                                    \
		 .type = MH_TYPE_INT,                                                                                  \
		 .min = 1,                                                                                             \
		 .max = 4,                                                                                             \
		 .en = "Level that answers: 1 village to 4 city",                                                      \
		 .zh = "负责层级：1 村社区至 4 市"},                                                                   \
		MH_LIST_STR("category", 32, "Code of a category, with all below it", "诉求分类代码，含下级"),          \
		MH_LIST_STR("place", 64, "Code of a territory, with all below it", "属地代码，含下级"),                \
		MH_LIST_BOOL("open", "Only what is not over, or only what is", "在办或已办结"),                        \
		MH_LIST_BOOL("overdue", "Whether it is late now", "当前是否逾期"),                                     \
		MH_LIST_BOOL("merged", "Whether it is handled with another", "是否已并案"),                            \
		MH_LIST_BOOL("marked", "Whether it stands on a board", "是否挂牌"),                                    \
		MH_LIST_BOOL("assigned", "Whether some unit has it", "是否已有承办单位"),                              \
		MH_LIST_TIME("due_after", "Due then or later", "到期不早于"),                                          \
		MH_LIST_TIME("due_before", "Due before then", "到期早于"),                                             \
		MH_LIST_TIME("created_from", "Raised then or later", "提出不早于"),                                    \
		MH_LIST_TIME("created_to", "Raised before then", "提出早于"),                                          \
		MH_LIST_TIME("ended_from", "Over since then or later", "办结不早于"),                                  \
		MH_LIST_TIME("ended_to", "Over before then", "办结早于"),                                              \
		MH_LIST_TIME("missed_from", "Missed a deadline then or later", "到期未办不早于"),                      \
		MH_LIST_TIME("missed_to", "Missed a deadline before then; with `missed_from`, at most 366 days",       \
			     "到期未办早于；须与 missed_from 同给，最长366天"),                                        \
		MH_LIST_STR("parent", 64, "Number or reference of the matter that it is a part of", "上级事项")
#define MH_LIST_STR(name_, max_, en_, zh_)                                                                             \
	{                                                                                                              \
		.name = (name_), .in = MH_IN_QUERY, .type = MH_TYPE_STR, .max = (max_), .en = (en_), .zh = (zh_)       \
	}
#define MH_LIST_BOOL(name_, en_, zh_)                                                                                  \
	{                                                                                                              \
		.name = (name_), .in = MH_IN_QUERY, .type = MH_TYPE_BOOL, .en = (en_), .zh = (zh_)                     \
	}
#define MH_LIST_TIME(name_, en_, zh_)                                                                                  \
	{                                                                                                              \
		.name = (name_), .in = MH_IN_QUERY, .type = MH_TYPE_TIME, .en = (en_), .zh = (zh_)                     \
	}
#define MH_LIST_SORT                                                                                                    \
	{                                                                                                               \
		.name = "sort", .in = MH_IN_QUERY, .type = MH_TYPE_ENUM, .choices = mh_list_sorts,                      \
		.en = "Order; `due`, the soonest first, is of open matters", .zh = "排序，due 仅用于在办事项" \
	}
extern const char *const mh_list_phases[], *const mh_list_rooms[], *const mh_list_sorts[];

/* Errors name the field. */
enum mh_code mh_list_filter_of(struct mh_request *req, struct mh_tx *tx, struct mh_list_filter *ret,
			       struct mh_err *reterr);
enum mh_code mh_list_sort_of(struct mh_request *req, const struct mh_list_filter *f, enum mh_list_sort *ret,
			     struct mh_err *reterr);
/* A row as schema "matter_row". */
void mh_list_row_json(struct mh_buf *b, const struct mh_city *c, const struct mh_list_row *r, mh_time now);
void mh_list_org_json(struct mh_buf *b, const struct mh_city *c, int org);
void mh_list_label_json(struct mh_buf *b, struct mh_str zh, struct mh_str en);
void mh_list_time_json(struct mh_buf *b, mh_time t, int zone_min); /* null when there is none */
#endif
