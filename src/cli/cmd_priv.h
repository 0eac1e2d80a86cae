/* What the commands share: the store, the city in it, the service that changes it, packs put to the test. */
#ifndef MH_CLI_CMD_PRIV_H
#define MH_CLI_CMD_PRIV_H
#include "cli/cli.h"
#include "loop/service.h"
#include "matter/matter.h"
#include "matter/scenario.h"

/* The folder that goes with the store. Empty uri: as if none were named. */
struct mh_str mh_cli__state_dir(struct mh_cli *cli, struct mh_str uri);
/* The store named on the command line, for reading: works beside a server. */
enum mh_code mh_cli__read(struct mh_cli *cli, struct mh_db **ret, struct mh_err *reterr);
/* The same for writing, without the service: maintenance while nothing else writes. */
enum mh_code mh_cli__write(struct mh_cli *cli, struct mh_db **ret, struct mh_err *reterr);
/* The city in it, for reading. */
enum mh_code mh_cli__city(struct mh_cli *cli, struct mh_db *db, struct mh_city **ret, struct mh_err *reterr);
/* One setting of the store; MH_E_NOT_FOUND, with a hint at init, when the store holds no city. */
enum mh_code mh_cli__setting(struct mh_cli *cli, struct mh_db *db, const char *name, struct mh_str *ret,
			     struct mh_err *reterr);
enum mh_code mh_cli__home(struct mh_cli *cli, struct mh_db *db, int64_t *ret, struct mh_err *reterr);
/* The city in service, for changing it. Refused while a server has the store, with a hint at what to do. */
enum mh_code mh_cli__serve(struct mh_cli *cli, struct mh_service **ret, struct mh_err *reterr);
void mh_cli__stop(struct mh_service **s);
/* The matter by its number, reference or tracking code. */
enum mh_code mh_cli__matter(struct mh_tx *tx, const char *word, int64_t *ret, struct mh_err *reterr);
/* Adds what to do about MH_E_BUSY, when `code` is that; returns code. */
enum mh_code mh_cli__busy(enum mh_code code, struct mh_err *reterr);

/* A whole input file, in the command's arena. */
enum mh_code mh_cli__file(struct mh_cli *cli, const char *path, struct mh_str *ret, struct mh_err *reterr);
/* Writes a whole file; "-" or NULL: standard output. */
enum mh_code mh_cli__put(struct mh_cli *cli, const char *path, struct mh_str text, struct mh_err *reterr);
/* A text into the result: {"name": text}, each on its own line when it is printed. */
void mh_cli__print(struct mh_cli *cli, const struct mh_buf *text);

/* Every story of the pack, or of one kind, on a stage made from it. Failures go to `report`, which may be printed. */
struct mh_cli__trial {
	struct mh_scenario_count count;
	int64_t files;
	struct mh_buf report;
};
enum mh_code mh_cli__try_pack(struct mh_cli *cli, struct mh_str pack, struct mh_cli__trial *t, struct mh_err *reterr);
/* The stories of one file on a stage made from the pack, with this definition in place of the one of the same kind and
 * version. Without a story file beside it, count stays 0. */
enum mh_code mh_cli__try_file(struct mh_cli *cli, struct mh_str pack, struct mh_str file, struct mh_cli__trial *t,
			      struct mh_err *reterr);
/* The pack that a definition's file belongs to: the option, else the folder above the file's when it holds pack.yaml;
 * empty when there is none. */
struct mh_str mh_cli__pack_of(struct mh_cli *cli, const char *option, const char *file);
#endif
