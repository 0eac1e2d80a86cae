/* The ledger against the store and against what was signed; clocks against their journal; what lags behind. */
#include "cli/doctor_priv.h"

#include "ledger/audit.h"
#include "ledger/proof.h"
#include "sql_gen.h"

#include <string.h>
#include <time.h>
#include <unistd.h>

#define NOTE_MAX ((size_t)64 << 10)
#define QUICK 1000
#define JOURNAL_MAX 100000
#define LATE_MS 60000

/* --- ledger --- */

static bool head_of(struct mh_doctor *d, int64_t log, struct mh_str *ret)
{
	struct mh_arena *a = &d->cli->arena;
	struct mh_str path = log == 1 ? mh_keep__join(a, d->state, "ledger.head")
				      : mh_str_fmt(a, MH_STR_FMT "/ledger.%lld.head", MH_STR_ARG(d->state),
						   (long long)log);
	return path.ptr && access(path.ptr, F_OK) == 0 && mh_file_read(a, path.ptr, NOTE_MAX, ret, NULL) == MH_OK;
}

static const char *behind(struct mh_doctor *d)
{
	return MH_SAY(d,
		      "the store is behind what was signed: it is an older copy. Bring back the newest, or close this "
		      "log and "
		      "open the next: minhu ledger succeed",
		      "数据存储落后于已签发的检查点，是较旧的副本。请换回最新副本，或封存本账本并开立新账本：minhu "
		      "ledger succeed");
}

/* The remembered head was read first, so a server that signs meanwhile only moves the store ahead of it. */
static enum mh_code check_head(struct mh_doctor *d, struct mh_str note, const struct mh_note_key *key, int64_t log,
			       struct mh_err *reterr)
{
	struct mh_ledger_info info;
	struct mh_checkpoint c, newest;
	struct mh_str text, newest_note;
	MH_TRY(mh_checkpoint_open(note, key, &c, reterr));
	MH_TRY(mh_ledger_info(d->db, d->home, log, &d->cli->arena, &info, reterr));
	if (c.size > info.size) return MH_FAIL(reterr, MH_E_CONFLICT, "%s", behind(d));
	MH_TRY(mh_ledger_checkpoint(d->db, d->home, log, &d->cli->arena, &newest_note, &newest, reterr));
	if (c.size > newest.size)
		return MH_OK; /* signed, and a crash came before the row: the next start puts it right */
	MH_TRY(mh_ledger_consistency(d->db, d->home, log, c.size, &d->cli->arena, &text, reterr));
	return mh_consistency_check(text, note, key, &newest, reterr);
}

static enum mh_code check_log(struct mh_doctor *d, int64_t log, bool last, int64_t *entries, struct mh_err *reterr)
{
	struct mh_ledger_source source MH_CLEANUP(mh_ledger_source_done) = {0};
	struct mh_ledger_info info;
	struct mh_ledger_audit report = {0};
	struct mh_note_key key;
	struct mh_str note;
	bool remembered = head_of(d, log, &note);
	enum mh_code code = mh_ledger_info(d->db, d->home, log, &d->cli->arena, &info, reterr);
	if (code == MH_E_NOT_FOUND && !last) return MH_OK; /* it ended behind the copy that this store comes from */
	MH_TRY(code);
	MH_TRY(mh_note_vkey_parse(info.vkey, &key, reterr));
	MH_TRY(mh_ledger_source_store(d->db, d->home, log, &source, reterr));
	*entries += info.size;
	if (last && !remembered && info.size)
		mh_doctor__note(d, MH_DOCTOR_WARN, "ledger", "%s",
				MH_SAY(d, "the memory of the last signed head is missing from the state folder",
				       "状态目录缺少最后签发的检查点"));
	if (last && remembered) MH_TRY(check_head(d, note, &key, log, reterr));
	if (d->quick && info.size > QUICK) return MH_OK;
	code = mh_ledger_audit(&source, &key, NULL, &report, reterr);
	if (code == MH_E_UNAVAILABLE) return MH_OK; /* nothing is signed yet */
	if (code == MH_E_CORRUPT && report.place[0]) mh_err_detail(reterr, "%s", report.place);
	return code;
}

void mh_doctor__ledger(struct mh_doctor *d)
{
	struct mh_err err = {0};
	struct mh_ledger_info last;
	struct mh_str later;
	int64_t entries = 0;
	enum mh_code code = mh_ledger_info(d->db, d->home, 0, &d->cli->arena, &last, &err);
	for (int64_t log = 1; code == MH_OK && log <= last.log; log++)
		code = check_log(d, log, log == last.log, &entries, &err);
	if (code != MH_OK) {
		mh_doctor__err(d, "ledger", &err);
	} else if (head_of(d, last.log + 1, &later)) {
		mh_doctor__note(d, MH_DOCTOR_FAULT, "ledger", "%s", behind(d));
	} else {
		mh_doctor__note(d, MH_DOCTOR_OK, "ledger",
				MH_SAY(d, "%lld logs, %lld entries: sound, and the store holds all that was signed",
				       "%lld 本账本、%lld 条：核验无误，已签发的均在存储中"),
				(long long)last.log, (long long)entries);
	}
}

/* --- clocks --- */

struct journal {
	struct mh_doctor *d;
	struct mh_arena arena;
	struct mh_q_clock_log_of_matter_row *rows; /* of this matter */
	size_t n;
	int64_t matter, clocks, wrong, first_wrong;
};

static enum mh_code turn_to(struct journal *j, int64_t matter, struct mh_err *reterr)
{
	struct mh_q_clock_log_of_matter_in in = {.home_id = j->d->home, .matter_id = matter, .limit = JOURNAL_MAX};
	if (j->matter == matter) return MH_OK;
	mh_arena_clear(&j->arena);
	j->matter = matter;
	return mh_q_clock_log_of_matter(j->d->db, &j->arena, &in, &j->rows, &j->n, reterr);
}

/* A running clock rings when its last line in the journal says; the law's "why this date" rests on that. */
static enum mh_code look_at_clock(void *ctx, const struct mh_db_table *t, const struct mh_db_cell *row, bool *ret_take,
				  struct mh_err *reterr)
{
	struct journal *j = ctx;
	struct mh_bytes name = mh_keep__cell(t, row, "name")->b, how = mh_keep__cell(t, row, "how")->b;
	const struct mh_q_clock_log_of_matter_row *last = NULL;
	(void)ret_take;
	if (j->d->quick && j->clocks >= QUICK) return MH_OK;
	j->clocks++;
	if (how.len != 7 || memcmp(how.ptr, "running", 7) != 0) return MH_OK;
	MH_TRY(turn_to(j, mh_keep__cell(t, row, "matter_id")->i, reterr));
	for (size_t i = 0; i < j->n; i++)
		if (j->rows[i].name.len == name.len && memcmp(j->rows[i].name.ptr, name.ptr, name.len) == 0)
			last = &j->rows[i];
	if (last && last->fire_at == mh_keep__cell(t, row, "fire_at")->i &&
	    last->budget == mh_keep__cell(t, row, "budget")->i)
		return MH_OK;
	if (!j->wrong++) j->first_wrong = j->matter;
	return MH_OK;
}

void mh_doctor__clocks(struct mh_doctor *d)
{
	struct journal j = {.d = d, .arena = MH_ARENA(0)};
	struct mh_keep__copy c = {.from = d->db, .row = look_at_clock, .ctx = &j};
	struct mh_err err = {0};
	enum mh_code code;
	{
		MH_DB_TX(tx, d->db);
		code = mh_db_begin_read(&tx, &err);
		if (code == MH_OK) code = mh_keep__table(&c, mh_keep__table_named("clock"), &err);
	}
	mh_arena_done(&j.arena);
	if (code != MH_OK) mh_doctor__err(d, "clocks", &err);
	else if (j.wrong)
		mh_doctor__note(d, MH_DOCTOR_FAULT, "clocks",
				MH_SAY(d,
				       "%lld clocks do not ring when their journal says; the first is of matter %lld",
				       "%lld 个时限与其记录不符，首个属于事项 %lld"),
				(long long)j.wrong, (long long)j.first_wrong);
	else
		mh_doctor__note(d, MH_DOCTOR_OK, "clocks",
				MH_SAY(d, "%lld, each as its journal says", "%lld 个，均与记录一致"),
				(long long)j.clocks);
}

/* --- lag --- */

static enum mh_code unsigned_entries(struct mh_doctor *d, int64_t *ret, int64_t *ret_signed, struct mh_err *reterr)
{
	struct mh_ledger_info info;
	struct mh_checkpoint c = {0};
	struct mh_str note;
	MH_TRY(mh_ledger_info(d->db, d->home, 0, &d->cli->arena, &info, reterr));
	enum mh_code code = mh_ledger_checkpoint(d->db, d->home, 0, &d->cli->arena, &note, &c, reterr);
	if (code != MH_OK && code != MH_E_UNAVAILABLE) return code;
	*ret_signed = c.size;
	*ret = info.size > c.size ? info.size - c.size : 0;
	return MH_OK;
}

static void check_signing(struct mh_doctor *d)
{
	struct mh_err err = {0};
	int64_t open = 0, was = 0, is = 0;
	enum mh_code code = unsigned_entries(d, &open, &was, &err);
	if (code == MH_OK && open) {
		nanosleep(&(struct timespec){.tv_sec = 2}, NULL); /* a server signs every second */
		code = unsigned_entries(d, &open, &is, &err);
	}
	if (code != MH_OK) mh_doctor__err(d, "lag", &err);
	else if (open && was == is)
		mh_doctor__note(d, MH_DOCTOR_WARN, "lag",
				MH_SAY(d, "%lld entries wait for a signed head: is the server running?",
				       "%lld 条记录尚未签发检查点：服务是否在运行？"),
				(long long)open);
	else
		mh_doctor__note(d, MH_DOCTOR_OK, "lag", "%s",
				MH_SAY(d, "all entries are under a signed head", "全部记录均已签发"));
}

void mh_doctor__lag(struct mh_doctor *d)
{
	struct mh_err err = {0};
	struct mh_q_clock_next_row *row;
	size_t n;
	struct mh_q_clock_next_in in = {.home_id = d->home, .limit = 1};
	mh_time now = mh_now(&d->cli->clock);
	if (mh_q_clock_next(d->db, &d->cli->arena, &in, &row, &n, &err) != MH_OK) mh_doctor__err(d, "lag", &err);
	else if (n && row->next_at < now - LATE_MS)
		mh_doctor__note(d, MH_DOCTOR_WARN, "lag",
				MH_SAY(d, "a clock has been due for %lld minutes: is the server running?",
				       "有时限已到期 %lld 分钟尚未触发：服务是否在运行？"),
				(long long)((now - row->next_at) / 60000));
	check_signing(d);
}
