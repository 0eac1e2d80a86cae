/* What the files that make and open a city share. */
#ifndef MH_MATTER_CITY_PRIV_H
#define MH_MATTER_CITY_PRIV_H
#include "base/yaml.h"
#include "matter/pack.h"

#include "sql_gen.h"

/* A calendar as packs and the store keep it: the day table as CSV (date,working,zh,en), and hours as text. */
struct mh_calendar_file {
	struct mh_str region, csv, hours /* "08:30-12:00,14:00-17:30" */, source;
	int64_t rev;
	int zone_min;
};
enum mh_code mh_calendar_read(struct mh_arena *a, const struct mh_calendar_file *f, const struct mh_cal **ret,
			      struct mh_err *reterr);
enum mh_code mh_city__calendar_entry(struct mh_tx *tx, const struct mh_cal *cal, int64_t *ret_seq,
				     struct mh_err *reterr);
enum mh_code mh_city__know(struct mh_city *c, struct mh_def *d, struct mh_err *reterr);
enum mh_code mh_city__path(struct mh_arena *a, struct mh_str dir, const char *name, const char **ret,
			   struct mh_err *reterr);
enum mh_code mh_city__make_master(struct mh_arena *a, struct mh_str state_dir, const struct mh_rng *rng,
				  struct mh_err *reterr);
enum mh_code mh_city__check_kinds(const struct mh_city *c, struct mh_arena *a, struct mh_buf *report,
				  struct mh_err *reterr);
/* words.c: from pack.yaml to the setting, and from there into the city. */
void mh_city__words_read(struct mh_yaml *top, struct mh_buf *out, struct mh_diags *d);
enum mh_code mh_city__words_open(struct mh_city *c, struct mh_str text, struct mh_err *reterr);
#endif
