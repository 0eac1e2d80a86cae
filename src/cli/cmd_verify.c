#include "cli/cmd_priv.h"

#include "ledger/audit.h"
#include "ledger/log.h"
#include "ledger/proof.h"
#include "sql_gen.h"

#include <sodium.h>
#include <string.h>
#include <unistd.h>

#define PAGE 500
#define EVENTS_MAX 100000
#define PAGE_BYTES ((size_t)256 << 20)

/* --- keys --- */

/* A key as it stands, or the first line of the file that holds it. */
static enum mh_code read_key(struct mh_cli *cli, struct mh_note_key *ret, struct mh_err *reterr)
{
	struct mh_str text = mh_str_c(mh_cli_opt(cli, "vkey")), line;
	if (mh_str_find(text, '+') < 0 || access(text.ptr, R_OK) == 0)
		MH_TRY(mh_cli__file(cli, text.ptr, &text, reterr));
	if (!mh_str_split(&text, '\n', &line)) line = MH_STR("");
	return mh_note_vkey_parse(mh_str_trim(line), ret, reterr);
}

/* --- one whole log --- */

static void step(void *ctx, int64_t done, int64_t total)
{
	struct mh_progress *p = ctx;
	p->total = total;
	mh_progress_at(p, done);
}

static json_t *report_json(struct mh_cli *cli, const struct mh_ledger_audit *r, bool sound)
{
	struct mh_str root = mh_hash_hex(&cli->arena, &r->root);
	return json_pack("{s:b,s:I,s:I,s:I,s:s%,s:b,s:s}", "sound", sound, "size", (json_int_t)r->size, "entries",
			 (json_int_t)r->entries, "bytes", (json_int_t)r->bytes, "root", root.ptr ? root.ptr : "",
			 root.len, "signed", r->signed_, "place", r->place);
}

static enum mh_code audit(struct mh_cli *cli, const struct mh_ledger_source *source, const struct mh_note_key *key,
			  struct mh_ledger_audit *r, struct mh_err *reterr)
{
	struct mh_progress p = mh_progress_begin(cli, "Entries checked", "已核验条目", 0);
	struct mh_ledger_progress watch = {step, &p};
	enum mh_code code = mh_ledger_audit(source, key, &watch, r, reterr);
	mh_progress_end(&p, r->entries);
	if (code == MH_E_CORRUPT && r->place[0])
		mh_err_detail(reterr,
			      mh_cli_t(cli, "The first fault is at: %s (%lld entries before it are sound)",
				       "第一处问题在：%s（此前 %lld 条无误）"),
			      r->place, (long long)r->entries);
	return code;
}

static void say_sound(struct mh_cli *cli, const char *what, const struct mh_ledger_audit *r)
{
	struct mh_str root = mh_hash_hex(&cli->arena, &r->root);
	mh_cli_say(cli, mh_cli_t(cli, "%s is sound: %lld entries, %lld bytes", "%s 完好：%lld 条，%lld 字节"), what,
		   (long long)r->entries, (long long)r->bytes);
	mh_cli_say(cli, mh_cli_t(cli, "  root       %.*s", "  根哈希  %.*s"), MH_STR_ARG(root));
	mh_cli_say(cli, "%s",
		   r->signed_ ? mh_cli_t(cli, "  signature  holds", "  签名  有效")
			      : mh_cli_t(cli, "  signature  not checked: no key was given (--vkey)",
					 "  签名  未核验：没有给出公钥（--vkey）"));
}

/* A log may bring its key along: that shows that it agrees with itself, not whose it is. A key that is none is a fault. */
static enum mh_code own_key(const struct mh_ledger_source *source, bool *ret_found, struct mh_note_key *ret,
			    struct mh_err *reterr)
{
	struct mh_buf b MH_CLEANUP(mh_buf_done) = MH_BUF(64 << 10);
	enum mh_code code = source->get(source->ctx, "vkey", &b, reterr);
	*ret_found = false;
	if (code == MH_E_NOT_FOUND) return MH_OK;
	MH_TRY(code);
	if (mh_note_vkey_parse(mh_str_trim(mh_buf_str(&b)), ret, NULL) == MH_OK) return *ret_found = true, MH_OK;
	code = MH_FAIL(reterr, MH_E_CORRUPT, "The log's own key is none");
	mh_err_detail(reterr, "in the file vkey");
	mh_err_hint(reterr, "Get the key from elsewhere and give it by --vkey.");
	return code;
}

static enum mh_code verify_place(struct mh_cli *cli, struct mh_err *reterr)
{
	struct mh_ledger_source source MH_CLEANUP(mh_ledger_source_done) = {0};
	struct mh_ledger_audit r = {0};
	struct mh_note_key key;
	bool given = mh_cli_opt(cli, "vkey") != NULL, own = false;
	if (given) MH_TRY(read_key(cli, &key, reterr));
	MH_TRY(mh_ledger_source_open(mh_str_c(cli->args[0]), &source, reterr));
	if (!given) MH_TRY(own_key(&source, &own, &key, reterr));
	MH_TRY(audit(cli, &source, given || own ? &key : NULL, &r, reterr));
	say_sound(cli, cli->args[0], &r);
	if (own)
		mh_cli_say(
			cli,
			mh_cli_t(
				cli,
				"  the key came with the log: compare it with one from elsewhere, or give it by --vkey",
				"  公钥取自账本自身：请与别处得到的公钥比对，或用 --vkey 给出"));
	json_t *j = report_json(cli, &r, true);
	if (j) json_object_set_new(j, "key", json_string(given ? "given" : own ? "own" : "none"));
	return mh_cli_result(cli, j, reterr);
}

/* --- a receipt --- */

/* The entry as the receipt carries it. */
static enum mh_code carried_entry(struct mh_cli *cli, const struct mh_receipt *r, struct mh_bytes *ret,
				  struct mh_err *reterr)
{
	size_t n = 0;
	unsigned char *bytes = mh_arena_alloc(&cli->arena, r->extra.len + 1);
	MH_TRY_MEM(bytes, reterr);
	if (!r->extra.len || sodium_base642bin(bytes, r->extra.len, r->extra.ptr, r->extra.len, NULL, &n, NULL,
					       sodium_base64_VARIANT_ORIGINAL) != 0)
		return MH_FAIL(reterr, MH_E_INVALID, "The receipt does not carry its entry; give it with --entry FILE");
	*ret = (struct mh_bytes){bytes, n};
	return MH_OK;
}

static enum mh_code verify_receipt(struct mh_cli *cli, struct mh_err *reterr)
{
	const char *receipt = mh_cli_opt(cli, "receipt"), *entry = mh_cli_opt(cli, "entry");
	struct mh_str proof, text;
	struct mh_bytes bytes;
	struct mh_receipt r;
	struct mh_note_key key;
	struct mh_checkpoint c;
	if (!receipt || !mh_cli_opt(cli, "vkey"))
		return mh_cli_wrong_usage(
			cli, MH_FAIL(reterr, MH_E_INVALID, "A receipt is checked with --receipt FILE and --vkey KEY"));
	MH_TRY(read_key(cli, &key, reterr));
	MH_TRY(mh_file_read(&cli->arena, receipt, MH_PROOF_MAX, &proof, reterr));
	MH_TRY(mh_receipt_parse(proof, &r, reterr));
	if (entry) {
		MH_TRY(mh_file_read(&cli->arena, entry, MH_TILE_ENTRY_MAX, &text, reterr));
		bytes = (struct mh_bytes){(const unsigned char *)text.ptr, text.len};
	} else MH_TRY(carried_entry(cli, &r, &bytes, reterr));
	MH_TRY(mh_receipt_check(proof, bytes, &key, &c, reterr));
	mh_cli_say(cli,
		   mh_cli_t(cli, "The receipt holds: this is entry %lld of %.*s, under its signed head of %lld entries",
			    "凭证有效：这是第 %lld 条，属 %.*s，已载入其 %lld 条的签署头"),
		   (long long)r.index, MH_STR_ARG(c.origin), (long long)c.size);
	return mh_cli_result(cli,
			     json_pack("{s:b,s:I,s:I,s:s%}", "sound", 1, "seq", (json_int_t)r.index, "size",
				       (json_int_t)c.size, "origin", c.origin.ptr, c.origin.len),
			     reterr);
}

/* --- the store itself --- */

struct check {
	struct mh_cli *cli;
	struct mh_db *db;
	int64_t home, matters, events, total;
	struct mh_progress progress;
};

static enum mh_code disagrees(struct mh_cli *cli, const struct mh_q_matter_list_row *m, const char *what,
			      long long kept, long long found, struct mh_err *reterr)
{
	enum mh_code code = MH_FAIL(
		reterr, MH_E_CORRUPT,
		mh_cli_t(cli, "Matter %.*s does not agree with its events: %s", "事项 %.*s 与其记录不一致：%s"),
		MH_STR_ARG(m->number), what);
	mh_err_detail(reterr,
		      mh_cli_t(cli, "kept: %.*s, entry %lld; by the ledger: entry %lld",
			       "现存：%.*s，第 %lld 条；账本：第 %lld 条"),
		      MH_STR_ARG(m->state), kept, found);
	return code;
}

/* Each entry names the one before it and the state after it; the row must be where the last one led. */
static enum mh_code check_matter(struct check *k, struct mh_arena *a, const struct mh_q_matter_list_row *m,
				 struct mh_err *reterr)
{
	struct mh_q_event_of_matter_row *rows;
	struct mh_q_event_of_matter_in in = {.home_id = k->home, .matter_id = m->id, .limit = EVENTS_MAX};
	size_t n;
	int64_t before = -1;
	MH_TRY(mh_q_event_of_matter(k->db, a, &in, &rows, &n, reterr));
	if (n == 0)
		return disagrees(k->cli, m, mh_cli_t(k->cli, "it has none", "没有任何记录"), m->last_seq, -1, reterr);
	for (size_t i = 0; i < n; i++) {
		MH_JSON_AUTO json_t *j = NULL;
		int64_t seq = mh_seq_join(rows[i].log, rows[i].seq);
		if (mh_json_parse((struct mh_str){(const char *)rows[i].entry.ptr, rows[i].entry.len}, &j, NULL) !=
		    MH_OK)
			return disagrees(k->cli, m, mh_cli_t(k->cli, "an entry cannot be read", "有一条无法读取"),
					 m->last_seq, seq, reterr);
		if (!mh_str_eq(mh_json_get_str(j, "m"), m->ref))
			return disagrees(k->cli, m,
					 mh_cli_t(k->cli, "an entry is of another matter", "有一条属于别的事项"),
					 m->last_seq, seq, reterr);
		if (mh_json_get_int(j, "p", -2) != before)
			return disagrees(k->cli, m,
					 mh_cli_t(k->cli, "an entry is missing before this one", "此条之前缺一条"),
					 m->last_seq, seq, reterr);
		if (i + 1 == n && !mh_str_eq(mh_json_get_str(j, "to"), m->state))
			return disagrees(k->cli, m, mh_cli_t(k->cli, "the state is another", "状态不同"), m->last_seq,
					 seq, reterr);
		before = seq;
	}
	k->events += (int64_t)n;
	if (before != m->last_seq)
		return disagrees(k->cli, m, mh_cli_t(k->cli, "its newest entry is another", "最新一条不同"),
				 m->last_seq, before, reterr);
	return MH_OK;
}

static enum mh_code check_page(struct check *k, struct mh_arena *a, struct mh_q_matter_list_in *in, size_t *ret_n,
			       struct mh_err *reterr)
{
	struct mh_q_matter_list_row *rows;
	MH_TRY(mh_q_matter_list(k->db, a, in, &rows, ret_n, reterr));
	for (size_t i = 0; i < *ret_n; i++) {
		MH_TRY(check_matter(k, a, &rows[i], reterr));
		mh_progress_at(&k->progress, ++k->matters);
		in->after_id = rows[i].id;
	}
	return MH_OK;
}

static enum mh_code check_matters(struct check *k, struct mh_err *reterr)
{
	struct mh_arena page = MH_ARENA(PAGE_BYTES);
	struct mh_q_matter_list_in in = {.home_id = k->home, .after_id = INT64_MAX, .limit = PAGE};
	size_t n = PAGE;
	enum mh_code code = MH_OK;
	MH_DB_TX(tx, k->db);
	MH_TRY(mh_db_begin_read(&tx, reterr));
	k->progress = mh_progress_begin(k->cli, "Matters compared with their events", "已比对事项", 0);
	while (code == MH_OK && n == PAGE) {
		mh_arena_clear(&page);
		code = check_page(k, &page, &in, &n, reterr);
	}
	mh_progress_end(&k->progress, k->matters);
	mh_arena_done(&page);
	return code;
}

static enum mh_code verify_log(struct check *k, int64_t log, json_t *list, struct mh_err *reterr)
{
	struct mh_ledger_source source MH_CLEANUP(mh_ledger_source_done) = {0};
	struct mh_ledger_info info;
	struct mh_ledger_audit r = {0};
	struct mh_note_key key;
	enum mh_code code = mh_ledger_info(k->db, k->home, log, &k->cli->arena, &info, reterr);
	if (code == MH_E_NOT_FOUND) return MH_OK; /* it ended behind the copy that this store was restored from */
	MH_TRY(code);
	MH_TRY(mh_note_vkey_parse(info.vkey, &key, reterr));
	if (mh_cli_opt(k->cli, "vkey") && info.log == log) MH_TRY(read_key(k->cli, &key, reterr));
	MH_TRY(mh_ledger_source_store(k->db, k->home, log, &source, reterr));
	MH_TRY(audit(k->cli, &source, &key, &r, reterr));
	struct mh_str name = mh_str_dup(&k->cli->arena, info.origin);
	MH_TRY_MEM(name.ptr, reterr);
	say_sound(k->cli, name.ptr, &r);
	json_t *j = report_json(k->cli, &r, true);
	if (j) json_object_set_new(j, "origin", mh_json_str(info.origin));
	json_array_append_new(list, j);
	return MH_OK;
}

static enum mh_code verify_store(struct mh_cli *cli, struct mh_err *reterr)
{
	struct mh_db *db MH_CLEANUP(mh_db_closep) = NULL;
	struct mh_ledger_info last;
	MH_TRY(mh_cli__read(cli, &db, reterr));
	MH_TRY(mh_db_deadline(db, 0, reterr));
	struct check k = {.cli = cli, .db = db};
	MH_JSON_AUTO json_t *logs = json_array();
	MH_TRY(mh_cli__home(cli, db, &k.home, reterr));
	MH_TRY(mh_ledger_info(db, k.home, 0, &cli->arena, &last, reterr));
	for (int64_t log = 1; log <= last.log; log++) MH_TRY(verify_log(&k, log, logs, reterr));
	MH_TRY(check_matters(&k, reterr));
	mh_cli_say(cli,
		   mh_cli_t(cli, "Every matter agrees with its events: %lld matters, %lld events",
			    "每件事都与其记录一致：%lld 件，%lld 条记录"),
		   (long long)k.matters, (long long)k.events);
	return mh_cli_result(cli,
			     json_pack("{s:b,s:O,s:I,s:I}", "sound", 1, "logs", logs, "matters", (json_int_t)k.matters,
				       "events", (json_int_t)k.events),
			     reterr);
}

static enum mh_code run(struct mh_cli *cli, struct mh_err *reterr)
{
	if (mh_cli_opt(cli, "receipt") || mh_cli_opt(cli, "entry")) return verify_receipt(cli, reterr);
	return cli->n_args ? verify_place(cli, reterr) : verify_store(cli, reterr);
}

static const struct mh_option options[] = {{.name = "vkey",
					    .arg = "KEY|FILE",
					    .en = "the log's public key (name+hash+key), or a file with it",
					    .zh = "账本公钥（名称+摘要+密钥），或存放它的文件"},
					   {.name = "receipt",
					    .arg = "FILE",
					    .en = "check this receipt, with --vkey",
					    .zh = "核验此凭证，须同时给出 --vkey"},
					   {.name = "entry",
					    .arg = "FILE",
					    .en = "the entry's bytes, for a receipt that does not carry them",
					    .zh = "凭证所指条目的原文"},
					   {0}};

const struct mh_command mh_cmd_verify = {
	.name = "verify",
	.args = "[DIR|URL]",
	.max_args = 1,
	.en = "Check a whole ledger, a receipt, or a store against its ledger",
	.zh = "核验整本账、一张凭证，或数据存储与账本是否一致",
	.more_en =
		"With a folder or web address: the exported log, as a stranger would check it, every entry and hash of "
		"it.\n"
		"With --receipt: that one entry stands in the ledger.\n"
		"With neither: the store (--store), all its logs, and that every matter is where its events led it.\n"
		"The first fault is named by its place, and the exit code is then 3.",
	.more_zh = "给出目录或网址：像外人一样核验导出的整本账，逐条逐哈希。\n"
		   "给出 --receipt：核验某一条确在账中。\n"
		   "都不给：核验数据存储（--store）的所有账本，以及每件事的现状与其记录一致。\n"
		   "发现问题即指明位置，退出码为 3。",
	.options = options,
	.run = run};
