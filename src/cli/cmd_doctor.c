/* `minhu doctor`: is everything as it should be, and if not, what to do. */
#include "cli/doctor_priv.h"

#include "calendar/calendar.h"
#include "sql_gen.h"

#include <stdarg.h>
#include <string.h>

extern const struct mh_command mh_cmd_doctor;

#define NOTICE_MONTH 11 /* the State Council's office publishes next year's holidays in autumn */

void mh_doctor__note(struct mh_doctor *d, enum mh_doctor__level level, const char *what, const char *fmt, ...)
{
	static const char *const names[] = {"ok", "warning", "fault"}, *const en[] = {"ok     ", "WARNING", "FAULT  "},
				 *const zh[] = {"正常", "注意", "故障"};
	char text[1200];
	va_list ap;
	va_start(ap, fmt);
	vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	d->n[level]++;
	mh_cli_say(d->cli, "%s  %-9s  %s", MH_SAY(d, en[level], zh[level]), what, text);
	json_array_append_new(d->notes, json_pack("{s:s,s:s,s:s}", "check", what, "level", names[level], "text", text));
}

void mh_doctor__err(struct mh_doctor *d, const char *what, const struct mh_err *err)
{
	mh_doctor__note(d, MH_DOCTOR_FAULT, what, "%s%s%s%s%s", err->message, err->detail[0] ? ": " : "", err->detail,
			err->hint[0] ? ". " : "", err->hint);
}

/* --- tables, settings, definitions, calendars --- */

static void check_schema(struct mh_doctor *d)
{
	struct mh_err err = {0};
	struct mh_str made;
	if (mh_db_prepare(d->db, &mh_sql_catalog, &err) != MH_OK) {
		mh_doctor__err(d, "schema", &err);
		return;
	}
	if (mh_cli__setting(d->cli, d->db, "schema", &made, &err) != MH_OK) mh_doctor__err(d, "schema", &err);
	else if (!mh_str_is(made, mh_sql_catalog.schema_hash))
		mh_doctor__note(d, MH_DOCTOR_FAULT, "schema", "%s",
				MH_SAY(d,
				       "the store's tables are of another version; serve it with the one that made it",
				       "数据存储的数据表属于另一版本，请用建立它的版本提供服务"));
	else
		mh_doctor__note(d, MH_DOCTOR_OK, "schema", "%s %s", mh_db_engine_version(d->db),
				MH_SAY(d, "has the tables that this version needs", "具备本版本所需的数据表"));
}

static void check_city(struct mh_doctor *d)
{
	struct mh_err err = {0};
	if (mh_cli__city(d->cli, d->db, &d->city, &err) != MH_OK) {
		mh_doctor__err(d, "city", &err);
		return;
	}
	mh_doctor__note(d, MH_DOCTOR_OK, "city",
			MH_SAY(d, "%zu units, %zu definitions, %zu calendar revisions, as the ledger says",
			       "%zu 个单位、%zu 个办事定义、%zu 版日历，与账本一致"),
			d->city->orgs.n, d->city->n_defs, d->city->n_cals);
}

static void check_calendar(struct mh_doctor *d)
{
	if (!d->city) return;
	const struct mh_cal *cal = mh_city_cal(d->city, 0);
	struct mh_civil today = mh_time_civil(mh_now(&d->cli->clock), d->city->zone_min);
	bool this_year = mh_cal_covers(cal, mh_day_from(today.year, 12, 31));
	bool next_year = mh_cal_covers(cal, mh_day_from(today.year + 1, 12, 31));
	const char *how = MH_SAY(d, "add it: minhu calendar add FILE.csv --store …",
				 "请导入：minhu calendar add 文件.csv --store …");
	if (!this_year)
		mh_doctor__note(d, MH_DOCTOR_FAULT, "calendar",
				MH_SAY(d, "the holidays of %d are missing, deadlines are counted by weekdays only; %s",
				       "缺少 %d 年放假安排，期限只能按周一至周五推算；%s"),
				today.year, how);
	else if (!next_year)
		mh_doctor__note(
			d, today.month >= NOTICE_MONTH ? MH_DOCTOR_WARN : MH_DOCTOR_OK, "calendar",
			MH_SAY(d,
			       "the holidays of %d are not in the store: deadlines that reach into it are provisional; "
			       "when the State Council's notice is out, %s",
			       "尚无 %d 年放假安排，跨年期限为暂定；国务院办公厅通知发布后，%s"),
			today.year + 1, how);
	else
		mh_doctor__note(d, MH_DOCTOR_OK, "calendar",
				MH_SAY(d, "the holidays of %d and %d are in the store", "已有 %d 年和 %d 年放假安排"),
				today.year, today.year + 1);
}

/* --- the whole --- */

static enum mh_code verdict(struct mh_doctor *d, struct mh_err *reterr)
{
	int faults = d->n[MH_DOCTOR_FAULT], warnings = d->n[MH_DOCTOR_WARN];
	if (!faults)
		mh_cli_say(d->cli,
			   MH_SAY(d, "All is well: %d checks, %d warnings", "一切正常：检查 %d 项，其中注意 %d 项"),
			   d->n[MH_DOCTOR_OK] + warnings, warnings);
	MH_TRY(mh_cli_result(d->cli,
			     json_pack("{s:b,s:i,s:i,s:O}", "well", !faults, "faults", faults, "warnings", warnings,
				       "checks", d->notes),
			     reterr));
	if (!faults) return MH_OK;
	return MH_FAIL(reterr, MH_E_CORRUPT,
		       MH_SAY(d, "%d faults, %d warnings: see above", "故障 %d 项、注意 %d 项，见上"), faults,
		       warnings);
}

static enum mh_code run(struct mh_cli *cli, struct mh_err *reterr)
{
	struct mh_db *db MH_CLEANUP(mh_db_closep) = NULL;
	struct mh_doctor d = {.cli = cli, .quick = mh_cli_flag(cli, "quick")};
	MH_TRY(mh_cli_store(cli, &d.uri, reterr));
	d.state = mh_cli__state_dir(cli, d.uri);
	MH_TRY_MEM(d.state.ptr, reterr);
	MH_TRY(mh_cli__read(cli, &db, reterr));
	MH_TRY(mh_db_deadline(db, 0, reterr));
	MH_TRY(mh_cli__home(cli, db, &d.home, reterr));
	json_t *notes MH_JSON_AUTO = json_array();
	d.db = db;
	d.notes = notes;
	check_schema(&d);
	check_city(&d);
	check_calendar(&d);
	mh_doctor__keys(&d);
	mh_doctor__ledger(&d);
	mh_doctor__clocks(&d);
	mh_doctor__files(&d);
	mh_doctor__disk(&d);
	mh_doctor__lag(&d);
	mh_city_free(d.city);
	return verdict(&d, reterr);
}

static const struct mh_option options[] = {
	{.name = "quick", .en = "a sample of the ledger and of the clocks only", .zh = "账本与时限只抽查一部分"}, {0}};

const struct mh_command mh_cmd_doctor = {.name = "doctor",
					 .en = "Check a city: store, keys, ledger, clocks, files, disk, calendar",
					 .zh = "体检：数据存储、密钥、账本、时限、文件、磁盘、日历",
					 .more_en = "Reads only, so it works beside a server. Says in one line each "
						    "what was checked and what to do. Exit code 0:\n"
						    "no fault (warnings are none), 3: at least one fault.",
					 .more_zh = "只读，可在服务运行时使用。每项检查一行，并说明应如何处理。退出码 "
						    "0：没有故障（注意事项不算），3：有故障。",
					 .options = options,
					 .run = run};
