#ifndef MH_LOOP_IMPORT_PRIV_H
#define MH_LOOP_IMPORT_PRIV_H
#include "loop/import.h"

#define MH_IMPORT_ALIASES_MAX 32
#define MH_IMPORT_PARTS_MAX 8

/* Columns that may give a value: the first that is there and filled. */
struct mh_import__names {
	struct mh_str alias[MH_IMPORT_ALIASES_MAX];
	size_t n;
	int column[MH_IMPORT_ALIASES_MAX]; /* once bound: those that are there, in the order of the aliases */
	size_t n_columns;
};
struct mh_import__word {
	struct mh_str text, means;
};
struct mh_import__part {
	struct mh_str name;
	struct mh_import__names from;
};
struct mh_import__field {
	struct mh_str name;
	int field; /* of the definition, once bound */
	struct mh_import__names from;
	struct mh_import__word *words;
	size_t n_words;
	struct mh_str otherwise; /* empty: none */
	struct mh_str overflow;  /* a text field that takes what is too long for this one */
	struct mh_import__part parts[MH_IMPORT_PARTS_MAX];
	size_t n_parts;
	struct mh_import__names units[4]; /* of a place, the widest first */
	size_t n_units;
};
struct mh_import_map {
	struct mh_str kind;
	struct mh_import__names id, raised, left_out;
	struct mh_import__field *fields;
	size_t n_fields;
};
#endif
