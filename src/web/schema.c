#include "web/schema.h"

#include "web/route.h"

#include <string.h>

#define HEAD                                                                                                           \
	"ref:str number:str kind:str version:int title:label state:state level:int owner:unit~ answers:unit~ "         \
	"place:unit~ created:time entered:time seq:int category:str channel:str mark:str "

static const struct mh_schema schemas[] = {
	/* --- words that others are made of --- */
	{"label", "zh:hans en:str", "A text in both languages", "中英文名称"},
	{"unit", "code:str zh:hans en:str level:int", "A unit of the city", "单位"},
	{"org", "code:str zh:hans en:str kind:str duty:str level:int parent:str~", "A unit, with what it is for",
	 "单位及其职责"},
	{"state", "name:str label:label category:str room:str", "Where a matter stands", "事项状态"},
	{"clock", "name:str label:label~ how:str due:time~ unit:str late:bool lasting:bool",
	 "A deadline; `unit`: what it counts, wd and wh working days and hours, d, h, min, or day for a date",
	 "时限；unit 为计时单位"},
	{"link", "word:str way:str ref:str number:str state:str ended:bool", "A tie to another matter", "关联事项"},
	{"file", "id:str evidence:str sha256:str type:str size:int erased:bool", "A file of a matter", "事项附件"},
	{"elector", "code:str zh:str en:str voted:bool", "A drawn elector; the choice stays secret", "被抽中的评议人"},
	{"vote", "name:str drawn:bool root:str electors_n:int cast:int outcome:str electors:[elector]",
	 "A panel's vote: how far it is", "评议团表决"},
	{"tally", "matters:int reports:int", "Matters, and the reports that stand behind them", "事项数与反映件数"},

	/* --- matters --- */
	{"outcome", "number:str ref:str state:str seq:int due:time~ again:bool receipt:str code?:str",
	 "What a write did. `code`, the tracking code, is given to whoever raised the matter and never again",
	 "写入结果；查询码仅在提出时给出一次"},
	{"matter",
	 HEAD "reports:int clocks:[clock] fields:obj masked:bool links:[link] files?:[file] main:str~ vote?:vote "
	      "erased:bool unmaskable:bool",
	 "A matter; personal fields only when `masked` is false", "事项详情"},
	{"unmasking", "at:time login:str role:str org:str reason:str", "One time that personal data was seen",
	 "一次查看记录"},
	{"unmaskings", "unmaskings:[unmasking]", "Who has seen a matter's personal data", "个人信息查看记录"},
	{"matter_row",
	 "ref:str number:str kind:str title:label state:str state_label:label phase:str room:str level:int owner:unit~ "
	 "answers:unit~ place:unit~ category:str category_label:label~ mark:str merged:bool due:time~ clock:label~ "
	 "unit:str~ late:bool created:time entered:time seq:int",
	 "A matter in a list, without personal data. `due` is the first clock that has run or will run out, `clock` "
	 "what it is "
	 "called and `unit` what it counts; `answers` the unit that answers at `level`",
	 "列表中的事项；due 为最早到期的时限，clock 为其名称，answers 为当前层级的负责单位"},
	{"matters", "matters:[matter_row] next:str~",
	 "A page; `next` is the cursor of the one after. A page may be short before the end, when little was found in "
	 "much",
	 "事项列表；next 为下一页标记，仅为空时表示已到末尾"},
	{"matter_count", "key:str kind:str label:label~ matters:int late:int",
	 "How many of a group; `key` is the value to ask the list for, with `kind` where a state is counted",
	 "一组的件数；key 可直接用于列表筛选"},
	{"matter_tally", "group:str counts:[matter_count] matters:int late:int complete:bool",
	 "How many there are. Not `complete`: there are more, and they were not counted",
	 "件数统计；complete 为否表示仅统计了一部分"},
	{"event",
	 "v:int t:int e:str m:str d:str p:int from?:str to:str by:str org:str u?:str f?:obj c?:str label?:label "
	 "unit?:unit "
	 "seq:int "
	 "at:time",
	 "An entry of the ledger (docs/ledger.md), with its number and time", "账本记录"},
	{"events", "events:[event]", "The history of a matter", "事项经过"},
	{"links", "links:[link] gathered:{tally}", "Ties, and what is gathered under each word", "关联与归集"},
	{"follow", HEAD "events:[event] fields:obj merged:bool due:time~ clocks:[clock]",
	 "What the person who raised it sees", "诉求人所见"},
	{"uploaded", "id:str sha256:str type:str size:int again:bool", "A stored file", "已存附件"},

	{"search", "hits:[matter_row] next:str~ behind:int",
	 "A page of hits; `behind`: entries of the ledger that are not searched yet", "检索结果列表"},

	/* --- forms --- */
	{"choice", "name:str label:label", "One of the values of a field", "选项"},
	{"form_field",
	 "name:str label:label type:str required:bool values:[choice] min:int max:int personal:bool public:bool "
	 "role?:str",
	 "A field to fill in; `role`: what the officer must hold whom it names", "填报项；role 为所填人员须任的岗位"},
	{"form_evidence", "name:str label:label min:int accept:int", "Files to bring", "佐证要求"},
	{"form", "name:str label:label fields:[form_field] evidence:[form_evidence]",
	 "A step that can be taken, and its form", "可办理步骤及表单"},
	{"actions", "actions:[form] state:str seq:int", "Steps open to whoever asks", "可办理步骤"},
	{"intake_form", "kind:str version:int title:label fields:[form_field]", "How to raise a kind of matter",
	 "登记表"},
	{"def_role", "name:str label:label", "A role of a definition", "流程中的岗位"},
	{"def_field",
	 "name:str label:label type:str required:bool values:[choice] min:int max:int personal:bool public:bool "
	 "role?:str on_intake:bool",
	 "A field of a definition; `on_intake`: may be given when the matter is raised", "流程中的填报项"},
	{"def_step", "name:str label:label from:[str] to:str~ by:str ends:bool does:[str]",
	 "A step: `by` a person, clock, vote, child or main matter; `ends`: the matter is over afterwards",
	 "流程中的步骤"},
	{"def_clock", "name:str label:label lasting:bool", "A clock; lasting ones live as long as the matter",
	 "流程中的时限"},
	{"def_vote", "name:str label:label choices:[str]", "A vote; the first choice is in favour", "流程中的表决"},
	{"definition_parts",
	 "kind:str version:int title:label levels:[label] roles:[def_role] fields:[def_field] evidence:[form_evidence] "
	 "states:[state] steps:[def_step] clocks:[def_clock] votes:[def_vote]",
	 "A version of a definition: the words for everything that its matters can show", "一版流程定义"},
	{"forms", "forms:[intake_form]", "Every kind that can be raised today", "可提出的事项类型"},

	{"erasure_wish", "asked:time", "Since when erasure is wished for", "申请删除的时间"},
	{"wish", "ref:str number:str kind:str state:str asked:time", "A wish for erasure", "删除申请"},
	{"erasure_wishes", "wishes:[wish]", "Wishes not answered yet, oldest first", "待处理的删除申请"},

	/* --- gathering --- */
	{"proposal", "unit:unit co_units:[unit] level:int urgent:bool row:str~ reason:label",
	 "The unit that the duty catalogue gives, and why", "派单建议及理由"},
	{"candidate", "ref:str number:str state:str room:str owner:unit~ place:unit~ created:time",
	 "A matter that may be the same", "疑似同一事项"},
	{"candidates", "candidates:[candidate]", "Newest first", "并案候选"},

	/* --- the city --- */
	{"tile", "row:int col:int", "A place on the tile map of the districts; 1, 1 is in the north-west",
	 "区县方位图中的位置"},
	{"org_found", "code:str zh:hans en:str kind:str duty:str level:int parent:str~ path:label tile:tile~",
	 "A unit, below which it lies, and its place on the tile map if it has one", "单位及其所在区划、方位"},
	{"orgs", "orgs:[org_found] more:bool", "Units; `more`: the list was cut", "单位列表"},
	{"officer", "code:str zh:str en:str role:str unit:org", "An officer: name, office and unit",
	 "人员及其岗位、单位"},
	{"officers", "officers:[officer] more:bool", "Officers; `more`: the list was cut", "人员列表"},
	{"workdays", "rev:int from:day to:day week:[int] worked:[day] off:[day]",
	 "Which days are worked: `week` as a rule, 1 is Monday; `worked` although the rule says no, `off` although it "
	 "says yes, "
	 "as announced for `from` to `to`",
	 "工作日：week 为每周惯例，worked 为调休上班日，off 为放假日"},
	{"category", "code:str parent:str zh:hans en:str", "A category of the tree", "诉求分类"},
	{"categories", "categories:[category]", "The tree, by code", "分类目录"},
	{"process", "kind:str version:int title:label since:str sha256:str child_only:bool",
	 "A version of a definition", "流程定义版本"},
	{"processes", "processes:[process]", "Definitions in force and before", "流程定义"},
	{"count", "kind:str phase:str reports:int matters:int", "How many of a kind are where", "分类件数"},
	{"counts", "counts:[count] reports:int matters:int", "How many there are", "件数统计"},
	{"answer", "seq:int at:time place:str number:str ref:str kind:str fields:obj", "What was made public",
	 "公开答复"},
	{"answers", "answers:[answer] next:str~", "Public answers, newest first", "公开答复列表"},
	{"ledger", "log:int size:int origin:str vkey:str signed_size:int root:str", "Name, key and size of the ledger",
	 "账本概况"},

	/* --- who acts --- */
	{"session", "login:str csrf:str until:time must_change:bool token?:str", "A session that has begun",
	 "登录会话"},
	{"role", "role:str label:label org:org~ permissions:[str]", "A role in a unit, and what routes it opens",
	 "岗位与权限"},
	{"me", "login:str zh:str en:str officer:str acting:role roles:[role] csrf?:str until?:time must_change?:bool",
	 "Who one is, and as what one acts now", "当前身份"},
	{"open_session", "id:str at:time seen:time this:bool", "One of one's own sessions", "本人的会话"},
	{"sessions", "sessions:[open_session]", "One's own sessions", "本人的会话列表"},

	/* --- the leader's view --- */
	{"room_kind", "kind:str open:int late:int", "How many of a kind are in a room", "环节中某类型件数"},
	{"room_flow",
	 "room:str open:int late:int marked:int ages:[int] half:int~ nine_tenths:int~ oldest:int~ kinds:[room_kind]",
	 "One of the six rooms. Ages in days since it was raised: half are at most so old, nine in ten, the oldest; "
	 "`ages` by "
	 "the ends of `age_ends`, the last without an end",
	 "六环节之一；时长按提出以来的自然日"},
	{"kind_flow", "kind:str title:label open:int late:int marked:int half:int~ nine_tenths:int~ oldest:int~",
	 "What is open of a kind", "某类型在办件"},
	{"unit_flow", "unit:org open:int late:int marked:int", "What is open with a unit", "某单位在办件"},
	{"level_flow", "level:int open:int late:int marked:int", "What is answered for at a level",
	 "某层级负责的在办件"},
	{"place_flow", "place:org open:int late:int marked:int",
	 "What is open at a place and below; its list is the one with `place`", "某地在办件"},
	{"flow",
	 "scope:org at:time open:int late:int marked:int nobody:int nobody_late:int age_ends:[int] levels:[level_flow] "
	 "rooms:[room_flow] "
	 "kinds:[kind_flow] units:[unit_flow] units_n:int places:[place_flow]",
	 "What is open in a territory. `places`: the territories one below it, by code; `units`: those with most that "
	 "is late; `units_late`: how many have any; "
	 "`nobody`: no "
	 "unit has it yet",
	 "辖区在办件全貌"},
	{"old_case", "days:int has:bool answers:bool named:bool matter:matter_row",
	 "An open matter of one's own: the unit has it, answers for it, or one is named in it", "本人或本单位的在办件"},
	{"old_cases", "total:int cases:[old_case]", "The longest open first", "时间最久的在前"},
	{"day_line",
	 "kind:str title:label raised_total:int ended_total:int missed_total:int raised:[int] ended:[int] missed:[int]",
	 "A kind, one number a span. One that missed deadlines in several spans counts in each, and once in "
	 "`missed_total`",
	 "某类型逐段数；多段到期未办的，逐段各计一次，合计只计一次"},
	{"flow_days", "scope:org from:day to:day step:int lines:[day_line]",
	 "Day by day, or in spans of `step` days; kinds of which nothing came, ended or missed a deadline are left out",
	 "逐日或逐段统计"},
	{"rise", "code:str label:label recent:int before:int",
	 "A category or town: how many came in the last seven days, and in the 28 before", "上升项"},
	{"rising", "scope:org before_from:day recent_from:day to:day least:int since:time topics:[rise] places:[rise]",
	 "What rises: at least half as many again as in an average week before", "上升较快的分类与镇街"},

	/* --- the workshop --- */
	{"definition_version",
	 "kind:str version:int title:label since:str added:time~ sha256:str child_only:bool in_force:bool states:int "
	 "steps:int open:int",
	 "A version of a definition; `open`: matters still under way on it", "流程定义的一版及其在办件数"},
	{"definitions", "definitions:[definition_version]", "Every version, by kind", "各版流程定义"},
	{"definition", "kind:str version:int title:label text:str words:hans",
	 "The file of a version, and what it says in words", "流程定义原文与说明"},
	{"diff_line", "sign:str below:bool text:hans",
	 "`sign`: + came, - went, ~ changed, or nothing; `below`: belongs to the line before", "差别的一行"},
	{"definition_diff", "kind:str from:int to:int unsafe:bool lines:[diff_line]",
	 "What changed; `unsafe`: matters under way may need what is gone", "两版的差别"},
	{"finding", "severity:str rule:str line:int column:int message:str hint:str", "What the check of a file found",
	 "检查发现的问题"},
	{"definition_trial",
	 "sound:bool findings:[finding] kind:str version:int title:label~ words:hans diagram:hans against:int~ "
	 "unsafe:bool "
	 "changes:[diff_line]",
	 "A file that was tried; `against`: the version in the city that it was compared with", "试检结果"},
	{"calendar_rev", "rev:int added:time~ source:str sha256:str first_year:int last_year:int",
	 "A revision of the calendar", "日历的一次修订"},
	{"calendar_change", "day:day was_working:bool working:bool was:label~ name:label~",
	 "A day that a revision changed", "修订改动的一天"},
	{"calendar_day", "day:day working:bool weekday:bool name:label~",
	 "A day; `weekday`: worked by the week alone; `name`: the holiday that makes it otherwise",
	 "某日是否工作日及原因"},
	{"calendar_year",
	 "region:str year:int rev:int today:day known:bool worked:int hours:[str] revisions:[calendar_rev] "
	 "changes:[calendar_change] days:[calendar_day]",
	 "A year; `known`: its holidays have been announced; `changes`: of this revision", "一年的工作日历"},
	{"duty", "row:str level:int lead:str co:str urgent:bool note:hans", "A row of the duty catalogue",
	 "职责目录的一行"},
	{"duty_name", "zh:hans en:str level:int units:int", "A duty, called as its highest unit is", "职责名称"},
	{"catalogue_entry", "code:str parent:str zh:hans en:str keywords:str duty:duty~",
	 "A category and the row that holds for it", "分类及适用的职责行"},
	{"catalogue", "entries:[catalogue_entry] duties:{duty_name}", "The categories, and who leads for each",
	 "分类与职责目录"},
	{"unit_officer", "code:str zh:str en:str role:str label:label", "An officer of a unit", "单位人员"},
	{"unit_account", "login:str role:str label:label zh:str en:str locked:bool", "An account that acts for a unit",
	 "单位账号"},
	{"unit_page",
	 "unit:org sort:label duties:[label] path:[org] children:[org] leads:[catalogue_entry] officers:[unit_officer] "
	 "accounts:[unit_account]",
	 "A unit, with what stands above and below it", "单位页"},
	{"open311_door", "jurisdiction:str contact:label services:int partners:[str]", "The city's Open311",
	 "本市 Open311 接口"},
	{"message_use", "template:str about:label to:str role:label~ kind:str title:label at:label",
	 "A message that a definition sends, and when", "流程会发出的一条通知"},
	{"channels", "open311:open311_door~ messages:[message_use]", "Ways in and out", "渠道与通知"},
	{"ledger_log", "log:int origin:str vkey:str size:int signed_size:int signed_at:time~ root:str",
	 "One log of the ledger", "一本账"},
	{"checkup", "state:str began:time~ ended:time~ log:int done:int total:int entries:int place:str message:str",
	 "Reading the ledger again: never, running, sound, wrong or failed", "账本核验情况"},
	{"ledger_health", "logs:[ledger_log] broken:bool behind_since:time~ checkup:checkup",
	 "How the ledger is, newest log first", "账本状况"},
	{"job_clocks", "waiting:int more:bool oldest:time~ next:time~ ticked:time~",
	 "Deadlines that have come and are not dealt with yet", "到期待处理的时限"},
	{"job_search", "indexed:int behind:int behind_since:time~", "How far search has read", "检索进度"},
	{"job_writer", "jobs:int failed:int commits:int queued:int", "The writer since the server began", "写入情况"},
	{"job_people", "accounts:int locked:int sessions:int", "Accounts, and sessions in use", "账号与在线人数"},
	{"job_disk", "free:int total:int", "Bytes where keys and files are kept", "磁盘余量"},
	{"jobs",
	 "version:str now:time clocks:job_clocks search:job_search~ writer:job_writer people:job_people listeners:int "
	 "disk:job_disk~",
	 "What works by itself", "后台运行情况"},
	{"account", "login:str zh:str en:str officer:str locked:bool must_change:bool totp:bool roles:[account_role]",
	 "An account of staff", "工作人员账号"},
	{"account_role", "role:str org:str", "A role in a unit", "在某单位的岗位"},
	{"accounts", "accounts:[account] next:str~", "A page of accounts", "账号列表"},
	{"temporary", "login:str temporary:str", "A password that is shown once and opens nothing but its own change",
	 "临时口令，仅显示一次，登录后须先修改"},
	{"account_event", "at:time login:str by:str role:str org:str what:str detail:str",
	 "One change of an account; `by` is empty for whoever runs the machine", "一次账号变更"},
	{"account_history", "changes:[account_event] next:str~", "What was done to accounts, newest first",
	 "账号变更记录"},
	{"known_role", "role:str label:label permissions:[str]", "A role that can be given", "可授予的岗位"},
	{"known_roles", "roles:[known_role]", "Roles that can be given", "岗位列表"},
	{"authenticator", "uri:str secret:str", "A new secret; in force when a code of it is shown",
	 "新的动态口令密钥，验证后生效"},
	{"view", "name:str query:str place:int", "A list kept under a name", "收藏的列表"},
	{"views", "views:[view]", "Lists kept under names", "收藏的列表"},
	{"settings", "language:str density:str theme:str", "How a person likes their pages", "个人显示设置"},

	/* --- the server --- */
	{"index", "minhu:str routes:[obj]", "Every address in short", "接口一览"},
	{"health", "status:str", "The process answers", "进程存活"},
	{"ready", "status:str version:str ledger_size:int signed_size:int", "The store answers, the ledger is in order",
	 "可提供服务"},
	{"field_error", "field:str message:str message_zh:hans", "What is wrong with one field", "字段错误"},
	{"problem",
	 "type:str status:int code:str title:str title_zh:hans detail?:str detail_zh?:hans facts?:str hint?:str "
	 "hint_zh?:hans "
	 "field?:str instance?:str "
	 "errors?:[field_error]",
	 "What went wrong (RFC 9457)", "错误说明"},
};

const struct mh_schema *mh_schemas_all(size_t *ret_n)
{
	*ret_n = sizeof schemas / sizeof *schemas;
	return schemas;
}

const struct mh_schema *mh_schema_find(struct mh_str name)
{
	for (size_t i = 0; i < sizeof schemas / sizeof *schemas; i++)
		if (mh_str_is(name, schemas[i].name)) return &schemas[i];
	return NULL;
}

/* --- the little language --- */

static bool strip(struct mh_str *s, char open, char close)
{
	if (s->len < 3 || s->ptr[0] != open || s->ptr[s->len - 1] != close) return false;
	s->ptr++;
	s->len -= 2;
	return true;
}

static bool chop(struct mh_str *s, const char *tail)
{
	bool there = mh_str_ends(*s, tail);
	if (there) s->len--;
	return there;
}

bool mh_schema_next(struct mh_str *rest, struct mh_member *ret)
{
	struct mh_str item, before = *rest, trimmed = mh_str_trim(*rest);
	struct mh_member m = {0};
	*rest = trimmed;
	if (!trimmed.len) return false;
	mh_str_split(rest, ' ', &item);
	m.type = item;
	mh_str_split(&m.type, ':', &m.name);
	m.optional = chop(&m.name, "?");
	m.nullable = chop(&m.type, "~");
	if (strip(&m.type, '[', ']')) m.shape = MH_SHAPE_LIST;
	else if (strip(&m.type, '{', '}')) m.shape = MH_SHAPE_MAP;
	if (!m.name.len || !m.type.len) return *rest = before, false;
	*ret = m;
	return true;
}

/* --- as JSON Schema --- */

static json_t *basic(struct mh_str type)
{
	if (mh_str_is(type, "str") || mh_str_is(type, "hans")) return json_pack("{s:s}", "type", "string");
	if (mh_str_is(type, "int")) return json_pack("{s:s, s:s}", "type", "integer", "format", "int64");
	if (mh_str_is(type, "bool")) return json_pack("{s:s}", "type", "boolean");
	if (mh_str_is(type, "time")) return json_pack("{s:s, s:s}", "type", "string", "format", "date-time");
	if (mh_str_is(type, "day")) return json_pack("{s:s, s:s}", "type", "string", "format", "date");
	if (mh_str_is(type, "obj")) return json_pack("{s:s, s:b}", "type", "object", "additionalProperties", 1);
	return json_object(); /* any */
}

static json_t *of_type(struct mh_str type)
{
	char ref[96];
	if (!mh_schema_find(type)) return basic(type);
	snprintf(ref, sizeof ref, "#/components/schemas/" MH_STR_FMT, MH_STR_ARG(type));
	return json_pack("{s:s}", "$ref", ref);
}

static json_t *member_json(const struct mh_member *m)
{
	json_t *j = of_type(m->type);
	if (m->shape == MH_SHAPE_LIST) j = json_pack("{s:s, s:o}", "type", "array", "items", j);
	if (m->shape == MH_SHAPE_MAP) j = json_pack("{s:s, s:o}", "type", "object", "additionalProperties", j);
	if (m->nullable) j = json_pack("{s:[o, {s:s}]}", "anyOf", j, "type", "null");
	return j;
}

json_t *mh_schema_json(const struct mh_schema *s)
{
	struct mh_str rest = mh_str_c(s->members);
	struct mh_member m;
	char name[64];
	bool good = true;
	json_t *members = json_object(), *required = json_array();
	while (mh_schema_next(&rest, &m)) {
		snprintf(name, sizeof name, MH_STR_FMT, MH_STR_ARG(m.name));
		good = good && json_object_set_new(members, name, member_json(&m)) == 0;
		if (!m.optional) good = good && json_array_append_new(required, json_string(name)) == 0;
	}
	json_t *j = json_pack("{s:s, s:s, s:s, s:o, s:o, s:b}", "type", "object", "description", s->en,
			      "x-description-zh", s->zh, "properties", members, "required", required,
			      "additionalProperties", 0);
	if (j && good) return j;
	json_decref(j);
	return NULL;
}

/* --- of a route --- */

struct mh_reply_kind mh_reply_kind_of(const struct mh_route *r)
{
	struct mh_str text = mh_str_c(r->response), first;
	int64_t status = 200;
	struct mh_str rest = text;
	if (mh_str_split(&rest, ' ', &first) && mh_str_to_i64(first, &status)) text = rest;
	struct mh_reply_kind k = {.status = (int)status, .schema = mh_schema_find(text)};
	if (!k.schema) k.media_type = text;
	return k;
}
