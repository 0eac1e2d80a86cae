/* Open311 GeoReport v2 for a city: what open311.yaml says, linked with the city's definitions and categories.
 *
 * Source: open311.org GeoReport v2 (index, Service Discovery, Extensions, Bulk), FixMyStreet's update extension; decisions
 * stand in docs/open311.md. The file names no rule of a process: it says which kinds of matter are offered as which services,
 * and which field takes what a caller sends. */
#ifndef MH_WEB_OPEN311_H
#define MH_WEB_OPEN311_H
#include "matter/city.h"
#include "web/open311_doc.h"

/* Room of the six, then done and void: how a state is told to partners. */
#define MH_O311_DONE MH_ROOM_MAX
#define MH_O311_VOID (MH_ROOM_MAX + 1)
#define MH_O311_STATUS_MAX (MH_ROOM_MAX + 2)

struct mh_o311_names {
	struct mh_str *list;
	size_t n;
};
struct mh_o311_pair {
	struct mh_str name, value;
};
/* What an update from a partner becomes: the first rule whose status fits and whose step can be taken now. */
struct mh_o311_rule {
	struct mh_o311_names status; /* none: any */
	struct mh_str step, field;   /* field: text that takes the description */
};
struct mh_o311_kind {
	struct mh_str kind;
	struct mh_str description, contact, place, category; /* fields; empty: there is none */
	struct mh_o311_pair *set; /* values that every request gets, unless an attribute says otherwise */
	size_t n_set;
	struct mh_o311_names attributes; /* fields that services offer */
	struct mh_o311_rule *rules;
	size_t n_rules;
};
struct mh_o311_service {
	struct mh_str code; /* of the category, and everything below it */
	const struct mh_class *cls;
	const struct mh_o311_kind *kind;
	bool batch;  /* answers with a token */
	bool hidden; /* only the partner that sent a request sees that it is there */
};
struct mh_o311_key {
	struct mh_str name;
	struct mh_hash hash; /* of a key of at least 128 random bits, so that a plain hash is enough */
};
struct mh_open311 {
	struct mh_arena arena;
	const struct mh_city *city;
	struct mh_str jurisdiction, url, changeset, type;
	struct mh_label contact, key_service;
	struct mh_str status[MH_O311_STATUS_MAX];
	struct mh_o311_kind *kinds;
	size_t n_kinds;
	struct mh_o311_service *services; /* by code */
	size_t n_services;
	struct mh_o311_key *keys;
	size_t n_keys;
};

/* Reads and checks against the city, which must outlive the result. Diagnostics go to report. MH_E_INVALID. */
enum mh_code mh_open311_load(const struct mh_city *city, mh_time now, struct mh_str text, struct mh_str file,
			     struct mh_buf *report, struct mh_open311 **ret, struct mh_err *reterr);
/* Of a state folder; *ret stays NULL when it holds no open311.yaml. */
enum mh_code mh_open311_open(const struct mh_city *city, mh_time now, struct mh_str state_dir, struct mh_open311 **ret,
			     struct mh_err *reterr);
void mh_open311_free(struct mh_open311 *o); /* NULL is accepted */

const struct mh_o311_service *mh_o311_service_by_code(const struct mh_open311 *o, struct mh_str code);
/* The service that a matter belongs to: of its kind, the longest code that begins its category. NULL: none. */
const struct mh_o311_service *mh_o311_service_of(const struct mh_open311 *o, struct mh_str kind,
						 struct mh_str class_code);
/* Index of the key, or -1. Looks at all of them, whatever is found. */
int mh_o311_key_of(const struct mh_open311 *o, struct mh_str key);
#endif
