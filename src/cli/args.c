#include "cli/cli_priv.h"

#include <string.h>

const struct mh_option mh_cli__common[] = {{.name = "store",
					    .arg = "URI",
					    .env = "MINHU_STORE",
					    .en = "the store: sqlite:PATH or postgres:CONNINFO",
					    .zh = "数据存储：sqlite:路径 或 postgres:连接参数"},
					   {.name = "state",
					    .arg = "DIR",
					    .env = "MINHU_STATE",
					    .en = "the folder for keys, uploads and indexes",
					    .zh = "密钥、附件和索引所在的目录"},
					   {.name = "json", .en = "write the result as JSON", .zh = "以 JSON 输出结果"},
					   {.name = "lang",
					    .arg = "zh|en",
					    .en = "language of texts (otherwise by LANG)",
					    .zh = "文字语言（默认取自 LANG）"},
					   {.name = "help", .en = "say what the command does", .zh = "显示用法"},
					   {.name = "version", .en = "say which version this is", .zh = "显示版本"},
					   {0}};

/* --- did you mean --- */

/* Edits (insert, delete, replace) from a to b; words are short. Anything over 40 bytes is far from everything. */
static size_t distance(const char *a, const char *b)
{
	size_t row[41], n = strlen(b);
	if (n > 40) return 99;
	for (size_t j = 0; j <= n; j++) row[j] = j;
	for (size_t i = 1; *a; a++, i++) {
		size_t corner = row[0];
		row[0] = i;
		for (size_t j = 1; j <= n; j++) {
			size_t up = row[j], best = corner + (*a != b[j - 1]);
			if (up + 1 < best) best = up + 1;
			if (row[j - 1] + 1 < best) best = row[j - 1] + 1;
			row[j] = best;
			corner = up;
		}
	}
	return row[n];
}

const char *mh_cli__closest(const char *word, const char *const *names, size_t n)
{
	const char *found = NULL;
	size_t best = strlen(word) <= 4 ? 2 : strlen(word) / 3 + 1; /* fewer edits than this */
	for (size_t i = 0; i < n; i++) {
		size_t d = distance(word, names[i]);
		if (d > best || (found && d == best)) continue;
		found = names[i];
		best = d;
	}
	return found;
}

static void hint_closest(struct mh_err *reterr, const char *before, const char *word, const char *const *names,
			 size_t n)
{
	const char *near = mh_cli__closest(word, names, n);
	if (near) mh_err_hint(reterr, "Did you mean %s%s?", before, near);
	else mh_err_hint(reterr, "`minhu --help` lists all commands.");
}

/* --- parsing --- */

struct parser {
	const struct mh_cli_world *w;
	struct mh_arena *a;
	int argc, at;
	char *const *argv;
	struct mh_cli__line line;
};

static bool is_group(const struct parser *p, const char *word)
{
	size_t n = strlen(word);
	for (size_t i = 0; i < p->w->n_commands; i++)
		if (strncmp(p->w->commands[i]->name, word, n) == 0 && p->w->commands[i]->name[n] == ' ') return true;
	return false;
}

static const struct mh_command *find_command(const struct parser *p, const char *name)
{
	for (size_t i = 0; i < p->w->n_commands; i++)
		if (strcmp(p->w->commands[i]->name, name) == 0) return p->w->commands[i];
	return NULL;
}

static enum mh_code unknown_command(const struct parser *p, const char *name, struct mh_err *reterr)
{
	const char **names = MH_NEW_ARRAY(p->a, p->w->n_commands + 1, const char *);
	MH_TRY_MEM(names, reterr);
	for (size_t i = 0; i < p->w->n_commands; i++) names[i] = p->w->commands[i]->name;
	enum mh_code code = MH_FAIL(reterr, MH_E_INVALID, "There is no command \"%.60s\"", name);
	hint_closest(reterr, "minhu ", name, names, p->w->n_commands);
	return code;
}

/* A word that is no option: the command, the second word of a grouped one, or an argument. */
static enum mh_code take_word(struct parser *p, const char *word, struct mh_err *reterr)
{
	struct mh_cli__line *l = &p->line;
	if (l->command) {
		l->args[l->n_args++] = word;
		return MH_OK;
	}
	if (!l->group && !l->help && strcmp(word, "help") == 0) {
		l->help = true;
		return MH_OK;
	}
	const char *name = word;
	if (l->group) {
		struct mh_str both = mh_str_fmt(p->a, "%s %s", l->group, word);
		MH_TRY_MEM(both.ptr, reterr);
		name = both.ptr;
	}
	l->command = find_command(p, name);
	if (!l->command && !l->group && is_group(p, word)) {
		l->group = word;
		return MH_OK;
	}
	if (!l->command) return unknown_command(p, name, reterr);
	size_t n = 0;
	for (const struct mh_option *o = l->command->options; o && o->name; o++) n++;
	l->values = MH_NEW_ARRAY(p->a, n + 1, const char *);
	MH_TRY_MEM(l->values, reterr);
	return MH_OK;
}

static const struct mh_option *find_option(const struct mh_option *list, struct mh_str name)
{
	for (; list && list->name; list++)
		if (mh_str_is(name, list->name)) return list;
	return NULL;
}

static enum mh_code unknown_option(const struct parser *p, struct mh_str name, struct mh_err *reterr)
{
	const char *names[64];
	size_t n = 0;
	for (const struct mh_option *o = mh_cli__common; o->name; o++) names[n++] = o->name;
	if (p->line.command)
		for (const struct mh_option *o = p->line.command->options; o && o->name && n < 64; o++)
			names[n++] = o->name;
	struct mh_str word = mh_str_fmt(p->a, "%.*s", (int)(name.len > 60 ? 60 : name.len), name.ptr);
	MH_TRY_MEM(word.ptr, reterr);
	enum mh_code code = MH_FAIL(reterr, MH_E_INVALID, "There is no option --%s", word.ptr);
	hint_closest(reterr, "--", word.ptr, names, n);
	return code;
}

static void set_common(struct mh_cli__line *l, const struct mh_option *o, const char *value)
{
	if (strcmp(o->name, "json") == 0) l->json = true;
	else if (strcmp(o->name, "help") == 0) l->help = true;
	else if (strcmp(o->name, "version") == 0) l->version = true;
	else if (strcmp(o->name, "lang") == 0) l->lang = value;
	else if (strcmp(o->name, "store") == 0) l->store = value;
	else l->state = value;
}

/* --name, --name=value or --name value. The command's options come behind the command. */
static enum mh_code take_option(struct parser *p, const char *word, struct mh_err *reterr)
{
	const char *equals = strchr(word, '=');
	struct mh_str name = {word + 2, equals ? (size_t)(equals - word - 2) : strlen(word + 2)};
	const struct mh_option *own = p->line.command ? find_option(p->line.command->options, name) : NULL;
	const struct mh_option *o = own ? own : find_option(mh_cli__common, name);
	if (!o) return unknown_option(p, name, reterr);
	const char *value = equals ? equals + 1 : NULL;
	if (!o->arg && value) return MH_FAIL(reterr, MH_E_INVALID, "The option --%s takes no value", o->name);
	if (o->arg && !value) {
		if (p->at + 1 >= p->argc)
			return MH_FAIL(reterr, MH_E_INVALID, "The option --%s needs a value: %s", o->name, o->arg);
		value = p->argv[++p->at];
	}
	if (!own) {
		set_common(&p->line, o, value);
		return MH_OK;
	}
	const char **slot = &p->line.values[own - p->line.command->options];
	if (*slot) return MH_FAIL(reterr, MH_E_INVALID, "The option --%s comes twice", o->name);
	*slot = value ? value : "";
	return MH_OK;
}

static enum mh_code from_env(struct parser *p, struct mh_err *reterr)
{
	struct mh_cli__line *l = &p->line;
	const char *(*env)(const char *) = p->w->env;
	if (env && !l->store) l->store = env("MINHU_STORE");
	if (env && !l->state) l->state = env("MINHU_STATE");
	if (l->lang && strcmp(l->lang, "zh") != 0 && strcmp(l->lang, "en") != 0)
		return MH_FAIL(reterr, MH_E_INVALID, "The language must be zh or en, not \"%.40s\"", l->lang);
	if (!l->command || l->help || l->version) return MH_OK;
	for (const struct mh_option *o = l->command->options; o && o->name; o++) {
		const char **slot = &l->values[o - l->command->options];
		if (!*slot && o->env && env) *slot = env(o->env);
		if (!*slot && o->required) return MH_FAIL(reterr, MH_E_INVALID, "The option --%s is required", o->name);
	}
	return MH_OK;
}

static enum mh_code check_count(const struct mh_cli__line *l, struct mh_err *reterr)
{
	const struct mh_command *c = l->command;
	if (!c || l->help || l->version) return MH_OK;
	bool few = l->n_args < (size_t)c->min_args, many = c->max_args >= 0 && l->n_args > (size_t)c->max_args;
	if (!few && !many) return MH_OK;
	enum mh_code code = MH_FAIL(reterr, MH_E_INVALID,
				    few ? "An argument is missing" : "There are too many arguments");
	mh_err_hint(reterr, "Usage: minhu %s %s", c->name, c->args ? c->args : "");
	return code;
}

enum mh_code mh_cli__parse(const struct mh_cli_world *w, struct mh_arena *a, int argc, char *const *argv,
			   struct mh_cli__line *ret, struct mh_err *reterr)
{
	struct parser p = {.w = w, .a = a, .argc = argc, .argv = argv};
	bool words_only = false;
	p.line.args = MH_NEW_ARRAY(a, (size_t)argc + 1, const char *);
	MH_TRY_MEM(p.line.args, reterr);
	for (p.at = 1; p.at < argc; p.at++) {
		const char *word = argv[p.at];
		enum mh_code code = MH_OK;
		if (!words_only && strcmp(word, "--") == 0) words_only = true;
		else if (!words_only && strcmp(word, "-h") == 0) p.line.help = true;
		else if (!words_only && strncmp(word, "--", 2) == 0) code = take_option(&p, word, reterr);
		else if (!words_only && word[0] == '-' && word[1])
			code = MH_FAIL(reterr, MH_E_INVALID, "There is no option %.20s; options have two dashes", word);
		else code = take_word(&p, word, reterr);
		if (code != MH_OK) {
			ret->json = p.line.json; /* how to say so */
			ret->lang = p.line.lang;
			return code;
		}
	}
	ret->json = p.line.json;
	MH_TRY(from_env(&p, reterr));
	ret->lang = p.line.lang;
	MH_TRY(check_count(&p.line, reterr));
	*ret = p.line;
	return MH_OK;
}
