/* What the frame's files share. */
#ifndef MH_CLI_PRIV_H
#define MH_CLI_PRIV_H
#include "cli/cli.h"

/* What the command line says, before the command runs. */
struct mh_cli__line {
	const struct mh_command *command; /* NULL: none was named */
	const char *group;                /* "ledger", when only a group was named */
	const char **args;
	size_t n_args;
	const char **values;
	bool json, help, version;
	const char *lang, *store, *state;
};
extern const struct mh_option mh_cli__common[]; /* ends with one without a name */

/* Errors: MH_E_INVALID (wrong usage), MH_E_NO_MEMORY. */
enum mh_code mh_cli__parse(const struct mh_cli_world *w, struct mh_arena *a, int argc, char *const *argv,
			   struct mh_cli__line *ret, struct mh_err *reterr);
/* The closest of n names, or NULL when none is close. */
const char *mh_cli__closest(const char *word, const char *const *names, size_t n);

void mh_cli__help(const struct mh_cli_world *w, FILE *out, bool zh);
void mh_cli__help_group(const struct mh_cli_world *w, FILE *out, bool zh, const char *group);
void mh_cli__help_command(const struct mh_command *c, FILE *out, bool zh);
#endif
