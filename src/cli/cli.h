/* The command line: `minhu COMMAND [ARGUMENTS] [--options]`, one file cmd_<name>.c for each command.
 *
 * To add one: write src/cli/cmd_<name>.c that exports a `const struct mh_command`, and name it in cli.c's table. The frame parses
 * and checks what the row declares, writes help in both languages, prints errors and chooses the exit code.
 *
 * Results go to standard output, everything else to standard error. With --json the result is one JSON value, and an error is
 * one JSON object on standard error. Exit codes: 0 done, 1 failed, 2 wrong usage, 3 a verification found a fault. */
#ifndef MH_CLI_CLI_H
#define MH_CLI_CLI_H
#include "base/err.h"
#include "base/json.h"
#include "base/random.h"
#include "base/str.h"
#include "base/time.h"

#include <stdio.h>

enum mh_exit { MH_EXIT_OK, MH_EXIT_FAILED, MH_EXIT_USAGE, MH_EXIT_FAULT };

struct mh_option {
	const char *name; /* "listen" for --listen */
	const char *arg;  /* "HOST:PORT"; NULL: a flag */
	const char *env;  /* taken from here when the option is absent; NULL: none */
	bool required;
	const char *en, *zh;
};

struct mh_cli;
struct mh_command {
	const char *name;                /* "serve", or in a group "ledger export" */
	const char *args;                /* for the usage line: "DIR", "FILE…", "[FILE]"; NULL: none */
	int min_args, max_args;          /* max -1: any number */
	const char *en, *zh;             /* one line: what it does */
	const char *more_en, *more_zh;   /* paragraphs for --help; may be NULL */
	const struct mh_option *options; /* ends with one without a name; NULL: none */
	/* Returns MH_OK, or an error that the frame prints: MH_E_CORRUPT exits with 3, all others with 1 (wrong usage: see below). */
	enum mh_code (*run)(struct mh_cli *cli, struct mh_err *reterr);
};

/* What a command works with. Everything lives until the command ends. */
struct mh_cli {
	const struct mh_command *command;
	struct mh_arena arena;
	const char **args; /* the positional ones */
	size_t n_args;
	bool json, zh;
	const char *state; /* --state or MINHU_STATE: the folder for keys, uploads and indexes; NULL: not said */
	FILE *out, *err;
	struct mh_clock clock;
	struct mh_rng rng;
	const char *const *values; /* beside command->options; read them with the functions below */
	const char *store;         /* --store or MINHU_STORE; see mh_cli_store */
	bool usage;                /* the error is one of usage: exit 2 */
};

/* The world as arguments, so that tests own it. */
struct mh_cli_world {
	FILE *out, *err;
	const char *(*env)(const char *name); /* NULL: no environment */
	struct mh_clock clock;
	struct mh_rng rng;
	const struct mh_command *const *commands;
	size_t n_commands;
};

/* All commands: cli.c. */
const struct mh_command *const *mh_commands_all(size_t *ret_n);
/* The whole program; argv as main gets it. Returns the exit code. */
int mh_cli_main(const struct mh_cli_world *world, int argc, char *const *argv);

/* Options by name; a name that the command does not declare is a programming mistake (asserts). NULL when absent. */
const char *mh_cli_opt(const struct mh_cli *cli, const char *name);
bool mh_cli_flag(const struct mh_cli *cli, const char *name);
/* Absent: *ret stays as it is. MH_E_INVALID, as wrong usage. */
enum mh_code mh_cli_opt_int(struct mh_cli *cli, const char *name, int64_t min, int64_t max, int64_t *ret,
			    struct mh_err *reterr);
/* The uri of the store; wrong usage when it was not said. */
enum mh_code mh_cli_store(struct mh_cli *cli, struct mh_str *ret, struct mh_err *reterr);
/* Marks what the caller has just written into reterr as wrong usage; returns code. */
enum mh_code mh_cli_wrong_usage(struct mh_cli *cli, enum mh_code code);

/* The text in the command's language; may be a format, and both are checked as one. */
__attribute__((format_arg(2), format_arg(3))) static inline const char *mh_cli_t(const struct mh_cli *cli,
										 const char *en, const char *zh)
{
	return cli->zh ? zh : en;
}
/* A line on standard output, unless --json. */
void mh_cli_say(struct mh_cli *cli, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* The result with --json, else nothing. Takes the reference, also on failure. */
enum mh_code mh_cli_result(struct mh_cli *cli, json_t *j, struct mh_err *reterr);

/* Progress on standard error: rewritten in place on a terminal, a line every few seconds elsewhere, nothing with --json. */
struct mh_progress {
	struct mh_cli *cli;
	const char *label;
	int64_t total;        /* 0: not known */
	int64_t begun, shown; /* ticks */
	bool tty, any;
};
struct mh_progress mh_progress_begin(struct mh_cli *cli, const char *label_en, const char *label_zh, int64_t total);
void mh_progress_at(struct mh_progress *p, int64_t done); /* cheap: may be called for every row */
void mh_progress_end(struct mh_progress *p, int64_t done);
#endif
