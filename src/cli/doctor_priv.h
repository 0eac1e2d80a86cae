/* `minhu doctor`: what its checks share. A check never stops the others; what it finds it notes in plain words. */
#ifndef MH_CLI_DOCTOR_PRIV_H
#define MH_CLI_DOCTOR_PRIV_H
#include "cli/keep_priv.h"

enum mh_doctor__level { MH_DOCTOR_OK, MH_DOCTOR_WARN, MH_DOCTOR_FAULT, MH_DOCTOR_MAX };
struct mh_doctor {
	struct mh_cli *cli;
	struct mh_db *db;
	struct mh_city *city; /* NULL when it could not be opened */
	struct mh_str uri, state;
	int64_t home;
	bool quick;
	json_t *notes;
	int n[MH_DOCTOR_MAX];
};

/* `what` is one word; the text is a sentence in the command's language. */
void mh_doctor__note(struct mh_doctor *d, enum mh_doctor__level level, const char *what, const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));
/* A fault, from an error: message, detail, and what to do. */
void mh_doctor__err(struct mh_doctor *d, const char *what, const struct mh_err *err);
#define MH_SAY(d, en, zh) mh_cli_t((d)->cli, en, zh)

/* doctor_state.c */
void mh_doctor__keys(struct mh_doctor *d);
void mh_doctor__files(struct mh_doctor *d);
void mh_doctor__disk(struct mh_doctor *d);
/* doctor_ledger.c */
void mh_doctor__ledger(struct mh_doctor *d);
void mh_doctor__clocks(struct mh_doctor *d);
void mh_doctor__lag(struct mh_doctor *d);
#endif
