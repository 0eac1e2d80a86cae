/* `minhu user …`: accounts of staff, while no server runs (a running one has its own addresses for this). A password is never an
 * argument, where every process of the machine could read it: it is one line of standard input. */
#include "access/manage.h"
#include "access/password.h"
#include "access/totp.h"
#include "base/csv.h"
#include "cli/cmd_priv.h"

#include <sodium.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

extern const struct mh_command mh_cmd_user_add, mh_cmd_user_list, mh_cmd_user_role, mh_cmd_user_password,
	mh_cmd_user_lock, mh_cmd_user_totp, mh_cmd_user_import;

#define LISTED_AT_ONCE 500

/* --- the password --- */

static enum mh_code read_line(struct mh_cli *cli, struct mh_str *ret, struct mh_err *reterr)
{
	char line[MH_PASSWORD_MAX + 2] = "";
	struct termios was, quiet;
	bool tty = isatty(STDIN_FILENO) && tcgetattr(STDIN_FILENO, &was) == 0;
	if (tty) {
		fputs(mh_cli_t(cli, "Password: ", "口令："), cli->err);
		fflush(cli->err);
		quiet = was;
		quiet.c_lflag &= ~(tcflag_t)ECHO;
		tcsetattr(STDIN_FILENO, TCSANOW, &quiet);
	}
	bool got = fgets(line, sizeof line, stdin) != NULL;
	if (tty) {
		tcsetattr(STDIN_FILENO, TCSANOW, &was);
		fputc('\n', cli->err);
	}
	struct mh_str text = mh_str_c(line);
	while (text.len && (text.ptr[text.len - 1] == '\n' || text.ptr[text.len - 1] == '\r')) text.len--;
	text = mh_str_dup(&cli->arena, text);
	sodium_memzero(line, sizeof line);
	if (!got)
		return MH_FAIL(reterr, MH_E_INVALID,
			       "Could not read the password: give it as one line of standard input");
	MH_TRY_MEM(text.ptr, reterr);
	if (mh_utf8_bad((struct mh_bytes){(const unsigned char *)text.ptr, text.len}) >= 0)
		return MH_FAIL(reterr, MH_E_INVALID, "The password is not UTF-8");
	*ret = text;
	return MH_OK;
}

static enum mh_code ask_password(struct mh_cli *cli, struct mh_str login, struct mh_str *ret_hash,
				 struct mh_err *reterr)
{
	struct mh_str password = {NULL, 0};
	MH_TRY(read_line(cli, &password, reterr));
	MH_TRY(mh_password_accept(login, password, reterr));
	return mh_password_hash(&cli->arena, password, ret_hash, reterr);
}

/* --- in the service --- */

struct work {
	struct mh_cli *cli;
	struct mh_account account;
	const struct mh_account *list; /* import */
	const struct mh_str *roles;    /* beside it: role@org|role@org */
	size_t n;
	struct mh_str role, org, uri, base32;
	bool on;
	json_t *result;
};

static enum mh_code serve(struct mh_cli *cli, mh_service_job *job, struct work *w, struct mh_err *reterr)
{
	struct mh_service *s MH_CLEANUP(mh_cli__stop) = NULL;
	w->cli = cli;
	MH_TRY(mh_cli__serve(cli, &s, reterr));
	return mh_service_run(s, job, w, reterr);
}

static enum mh_code split_role(struct mh_cli *cli, struct mh_str text, struct mh_str *ret_role, struct mh_str *ret_org,
			       struct mh_err *reterr)
{
	struct mh_str rest = text;
	mh_str_split(&rest, '@', ret_role);
	*ret_org = rest;
	if (ret_role->len && rest.len) return MH_OK;
	enum mh_code code = MH_FAIL(reterr, MH_E_INVALID, "Write a role as role@unit, for example handler@330102");
	return mh_cli_wrong_usage(cli, code);
}

/* With the same function and the same record as over HTTP; nobody in particular does it. */
static enum mh_code make_account(struct mh_tx *tx, struct work *w, const struct mh_account *account, struct mh_str list,
				 struct mh_err *reterr)
{
	struct mh_str one;
	size_t n = 0;
	struct mh_account_post *posts = MH_NEW_ARRAY(tx->arena, MH_ACCOUNT_ROLES, struct mh_account_post);
	MH_TRY_MEM(posts, reterr);
	while (list.len && mh_str_split(&list, '|', &one)) {
		if (n == MH_ACCOUNT_ROLES)
			return MH_FAIL(reterr, MH_E_INVALID, "An account has at most %d roles", MH_ACCOUNT_ROLES);
		MH_TRY(split_role(w->cli, one, &posts[n].role, &posts[n].org, reterr));
		n++;
	}
	return mh_manage_add(tx, NULL, account, posts, n, reterr);
}

static enum mh_code add_job(struct mh_tx *tx, void *arg, struct mh_err *reterr)
{
	struct work *w = arg;
	return make_account(tx, w, &w->account, w->role, reterr);
}

static enum mh_code run_add(struct mh_cli *cli, struct mh_err *reterr)
{
	struct work w = {.account = {.login = mh_str_c(cli->args[0]), .must_change = mh_cli_flag(cli, "temporary")}};
	const char *zh = mh_cli_opt(cli, "zh"), *en = mh_cli_opt(cli, "en");
	w.account.zh = zh ? mh_str_c(zh) : w.account.login;
	w.account.en = en ? mh_str_c(en) : w.account.login;
	w.account.officer = mh_str_c(mh_cli_opt(cli, "officer"));
	w.role = mh_str_c(mh_cli_opt(cli, "roles"));
	MH_TRY(mh_account_login_ok(w.account.login, reterr));
	MH_TRY(ask_password(cli, w.account.login, &w.account.pwhash, reterr));
	MH_TRY(serve(cli, add_job, &w, reterr));
	mh_cli_say(cli, mh_cli_t(cli, "Account %s made.", "已建立账号 %s。"), cli->args[0]);
	return mh_cli_result(cli, json_pack("{s:s}", "login", cli->args[0]), reterr);
}

static enum mh_code run_list(struct mh_cli *cli, struct mh_err *reterr)
{
	struct mh_db *db MH_CLEANUP(mh_db_closep) = NULL;
	struct mh_city *city MH_CLEANUP(mh_city_freep) = NULL;
	struct mh_str next = {NULL, 0};
	json_t *list = NULL, *one, *role;
	size_t i, k;
	MH_TRY(mh_cli__read(cli, &db, reterr));
	MH_TRY(mh_cli__city(cli, db, &city, reterr));
	MH_DB_TX(dtx, db);
	MH_TRY(mh_db_begin_read(&dtx, reterr));
	MH_TX(tx, city, db, &cli->arena, mh_now(&cli->clock));
	struct mh_manage_query q = {.after = mh_str_c(mh_cli_opt(cli, "after")), .limit = LISTED_AT_ONCE, .org = -1};
	MH_TRY(mh_manage_list(&tx, NULL, &q, &list, &next, reterr));
	if (!cli->json)
		json_array_foreach(list, i, one) {
			fprintf(cli->out, "%-20s %s / %s%s%s", json_string_value(json_object_get(one, "login")),
				json_string_value(json_object_get(one, "zh")),
				json_string_value(json_object_get(one, "en")),
				json_is_true(json_object_get(one, "locked")) ? mh_cli_t(cli, "  (locked)", "（已停用）")
									     : "",
				json_is_true(json_object_get(one, "totp")) ? "  (TOTP)" : "");
			json_array_foreach(json_object_get(one, "roles"), k, role)
				fprintf(cli->out, "  %s@%s", json_string_value(json_object_get(role, "role")),
					json_string_value(json_object_get(role, "org")));
			fputc('\n', cli->out);
		}
	return mh_cli_result(cli, json_pack("{s:o}", "accounts", list), reterr);
}

static enum mh_code role_job(struct mh_tx *tx, void *arg, struct mh_err *reterr)
{
	struct work *w = arg;
	return mh_manage_role(tx, NULL, w->account.login, w->role, w->org, w->on, reterr);
}

static enum mh_code run_role(struct mh_cli *cli, struct mh_err *reterr)
{
	struct work w = {.account = {.login = mh_str_c(cli->args[0])}, .on = !mh_cli_flag(cli, "take")};
	MH_TRY(split_role(cli, mh_str_c(cli->args[1]), &w.role, &w.org, reterr));
	MH_TRY(serve(cli, role_job, &w, reterr));
	mh_cli_say(cli,
		   w.on ? mh_cli_t(cli, "%s may now act as %s.", "%s 现可以 %s 身份办理。")
			: mh_cli_t(cli, "%s may no longer act as %s.", "%s 不再具有身份 %s。"),
		   cli->args[0], cli->args[1]);
	return mh_cli_result(
		cli, json_pack("{s:s, s:s, s:b}", "login", cli->args[0], "role", cli->args[1], "has", w.on), reterr);
}

static enum mh_code password_job(struct mh_tx *tx, void *arg, struct mh_err *reterr)
{
	struct work *w = arg;
	return mh_manage_password(tx, NULL, w->account.login, w->account.pwhash, w->on, reterr);
}

static enum mh_code run_password(struct mh_cli *cli, struct mh_err *reterr)
{
	struct work w = {.account = {.login = mh_str_c(cli->args[0])}, .on = mh_cli_flag(cli, "temporary")};
	MH_TRY(ask_password(cli, w.account.login, &w.account.pwhash, reterr));
	MH_TRY(serve(cli, password_job, &w, reterr));
	mh_cli_say(cli, "%s", mh_cli_t(cli, "Password set; its sessions have ended.", "口令已设置，原有会话已结束。"));
	return mh_cli_result(cli, json_pack("{s:s}", "login", cli->args[0]), reterr);
}

static enum mh_code lock_job(struct mh_tx *tx, void *arg, struct mh_err *reterr)
{
	struct work *w = arg;
	struct mh_account_change change = MH_ACCOUNT_CHANGE;
	change.locked = w->on;
	return mh_manage_change(tx, NULL, w->account.login, &change, reterr);
}

static enum mh_code run_lock(struct mh_cli *cli, struct mh_err *reterr)
{
	struct work w = {.account = {.login = mh_str_c(cli->args[0])}, .on = !mh_cli_flag(cli, "off")};
	MH_TRY(serve(cli, lock_job, &w, reterr));
	mh_cli_say(cli, "%s",
		   w.on ? mh_cli_t(cli, "Locked; its sessions have ended.", "账号已停用，会话已结束。")
			: mh_cli_t(cli, "Open again.", "账号已恢复。"));
	return mh_cli_result(cli, json_pack("{s:s, s:b}", "login", cli->args[0], "locked", w.on), reterr);
}

static enum mh_code totp_job(struct mh_tx *tx, void *arg, struct mh_err *reterr)
{
	struct work *w = arg;
	struct mh_bytes secret;
	MH_TRY(mh_manage_totp(tx, NULL, w->account.login, w->on, &secret, reterr));
	return w->on ? mh_totp_uri(&w->cli->arena, secret, w->account.login, &w->uri, &w->base32, reterr) : MH_OK;
}

static enum mh_code run_totp(struct mh_cli *cli, struct mh_err *reterr)
{
	struct work w = {.account = {.login = mh_str_c(cli->args[0])}, .on = !mh_cli_flag(cli, "off")};
	MH_TRY(serve(cli, totp_job, &w, reterr));
	if (w.on) {
		mh_cli_say(cli, "%s",
			   mh_cli_t(cli, "Enter this in an authenticator; it is shown once:",
				    "请录入身份验证器，仅显示这一次："));
		mh_cli_say(cli, "  " MH_STR_FMT "\n  " MH_STR_FMT, MH_STR_ARG(w.base32), MH_STR_ARG(w.uri));
	} else {
		mh_cli_say(cli, "%s",
			   mh_cli_t(cli, "The second factor is off; its sessions have ended.",
				    "已取消动态口令，会话已结束。"));
	}
	json_t *j = json_pack("{s:s, s:b}", "login", cli->args[0], "totp", w.on);
	if (j && w.on) json_object_set_new(j, "uri", mh_json_str(w.uri));
	return mh_cli_result(cli, j, reterr);
}

/* --- many at once --- */

#define IMPORT_MAX 10000

static enum mh_code import_job(struct mh_tx *tx, void *arg, struct mh_err *reterr)
{
	struct work *w = arg;
	for (size_t i = 0; i < w->n; i++) MH_TRY(make_account(tx, w, &w->list[i], w->roles[i], reterr));
	return MH_OK;
}

struct table {
	struct mh_account *list;
	struct mh_str *roles;
	size_t n;
};

static enum mh_code read_row(struct mh_cli *cli, const struct mh_csv_record *r, const ptrdiff_t *col, struct table *t,
			     struct mh_err *reterr)
{
	struct mh_str cell[5];
	if (r->fault != MH_CSV_SOUND || t->n == IMPORT_MAX)
		return MH_FAIL(reterr, MH_E_INVALID, "Line %lld: %s", (long long)r->line,
			       r->fault ? mh_csv_fault_info(r->fault)->en : "there are too many accounts");
	for (int i = 0; i < 5; i++) {
		bool there = col[i] >= 0 && (size_t)col[i] < r->n;
		cell[i] = mh_str_dup(&cli->arena, there ? r->fields[col[i]].text : MH_STR(""));
		MH_TRY_MEM(cell[i].ptr, reterr);
	}
	t->list[t->n] = (struct mh_account){.login = cell[0], .zh = cell[1], .en = cell[2], .officer = cell[3]};
	t->roles[t->n++] = cell[4];
	return MH_OK;
}

static enum mh_code read_table(struct mh_cli *cli, struct table *t, struct mh_err *reterr)
{
	static const char *const columns[] = {"login", "zh", "en", "officer", "roles"};
	struct mh_csv *csv MH_CLEANUP(mh_csv_drop) = NULL;
	struct mh_csv_record r;
	struct mh_str text;
	ptrdiff_t col[5];
	MH_TRY(mh_cli__file(cli, cli->args[0], &text, reterr));
	t->list = MH_NEW_ARRAY(&cli->arena, IMPORT_MAX, struct mh_account);
	t->roles = MH_NEW_ARRAY(&cli->arena, IMPORT_MAX, struct mh_str);
	if (!t->list || !t->roles) return MH_FAIL(reterr, MH_E_NO_MEMORY, "Memory is short");
	MH_TRY(mh_csv_open_bytes((struct mh_bytes){(const unsigned char *)text.ptr, text.len}, NULL, &csv, reterr));
	MH_TRY(mh_csv_next(csv, &r, reterr));
	for (int i = 0; i < 5; i++) {
		col[i] = mh_csv_find(&r, columns[i]);
		if (col[i] < 0 && i != 3)
			return MH_FAIL(reterr, MH_E_INVALID, "The file lacks the column \"%s\"", columns[i]);
	}
	MH_TRY(mh_csv_next(csv, &r, reterr));
	while (!r.end) {
		MH_TRY(read_row(cli, &r, col, t, reterr));
		MH_TRY(mh_csv_next(csv, &r, reterr));
	}
	return MH_OK;
}

static enum mh_code run_import(struct mh_cli *cli, struct mh_err *reterr)
{
	struct table t = {0};
	struct mh_str password = {NULL, 0};
	MH_TRY(read_table(cli, &t, reterr));
	MH_TRY(read_line(cli, &password, reterr));
	for (size_t i = 0; i < t.n; i++) {
		MH_TRY(mh_password_accept(t.list[i].login, password, reterr));
		MH_TRY(mh_password_hash(&cli->arena, password, &t.list[i].pwhash, reterr));
	}
	struct work w = {.list = t.list, .roles = t.roles, .n = t.n};
	MH_TRY(serve(cli, import_job, &w, reterr));
	mh_cli_say(cli, mh_cli_t(cli, "%zu accounts made.", "已建立 %zu 个账号。"), t.n);
	return mh_cli_result(cli, json_pack("{s:I}", "made", (json_int_t)t.n), reterr);
}

/* --- the commands --- */

#define ONE_LOGIN .args = "LOGIN", .min_args = 1, .max_args = 1

#define TEMPORARY                                                                                                      \
	{                                                                                                              \
		.name = "temporary", .en = "it opens nothing but its own change at the first login",                   \
		.zh = "临时口令，首次登录须先修改"                                                        \
	}
static const struct mh_option add_options[] = {
	TEMPORARY,
	{.name = "zh", .arg = "NAME", .en = "name in Chinese", .zh = "中文姓名"},
	{.name = "en", .arg = "NAME", .en = "name in English", .zh = "英文姓名"},
	{.name = "officer", .arg = "CODE", .en = "code of the officer it belongs to", .zh = "对应的工作人员代码"},
	{.name = "roles",
	 .arg = "ROLE@UNIT|…",
	 .en = "what the account may act as, separated by |",
	 .zh = "可办理的身份，以 | 分隔"},
	{0}};
static const struct mh_option list_options[] = {
	{.name = "after", .arg = "LOGIN", .en = "begin behind this one", .zh = "从此账号之后开始"}, {0}};
static const struct mh_option role_options[] = {
	{.name = "take", .en = "take the role away instead", .zh = "收回该身份"}, {0}};
static const struct mh_option password_options[] = {TEMPORARY, {0}};
static const struct mh_option off_options[] = {{.name = "off", .en = "undo it", .zh = "取消"}, {0}};

const struct mh_command mh_cmd_user_add = {
	.name = "user add",
	ONE_LOGIN,
	.en = "Make an account for a member of staff",
	.zh = "为工作人员建立账号",
	.more_en = "The password is asked for, or read as one line of standard input. Residents need no account.",
	.more_zh = "口令会提示输入，或从标准输入读取一行。群众无须账号。",
	.options = add_options,
	.run = run_add};
const struct mh_command mh_cmd_user_list = {.name = "user list",
					    .en = "List accounts and what they may act as",
					    .zh = "列出账号及其身份",
					    .options = list_options,
					    .run = run_list};
const struct mh_command mh_cmd_user_role = {.name = "user role",
					    .args = "LOGIN ROLE@UNIT",
					    .min_args = 2,
					    .max_args = 2,
					    .en = "Let an account act in a role of a unit",
					    .zh = "授予账号在某单位的身份",
					    .options = role_options,
					    .run = run_role};
const struct mh_command mh_cmd_user_password = {.name = "user password",
						ONE_LOGIN,
						.en = "Set a password; ends the account's sessions",
						.zh = "设置口令，并结束其会话",
						.options = password_options,
						.run = run_password};
const struct mh_command mh_cmd_user_lock = {.name = "user lock",
					    ONE_LOGIN,
					    .en = "Shut an account and end its sessions",
					    .zh = "停用账号并结束其会话",
					    .options = off_options,
					    .run = run_lock};
const struct mh_command mh_cmd_user_totp = {.name = "user totp",
					    ONE_LOGIN,
					    .en = "Ask for six digits of an authenticator too (RFC 6238)",
					    .zh = "启用动态口令（RFC 6238）",
					    .options = off_options,
					    .run = run_totp};
const struct mh_command mh_cmd_user_import = {
	.name = "user import",
	.args = "FILE.csv",
	.min_args = 1,
	.max_args = 1,
	.en = "Make many accounts, all with one password, for a sample city or a training",
	.zh = "批量建立账号（同一口令），用于示例城市或培训",
	.more_en = "Columns: login, zh, en, officer, roles (role@unit, separated by |). All or none are made.",
	.more_zh = "列：login、zh、en、officer、roles（身份@单位，以 | 分隔）。要么全部建立，要么一个不建。",
	.run = run_import};
