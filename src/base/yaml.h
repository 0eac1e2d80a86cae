/* A strict subset of YAML, read through libyaml's events into a tree whose every node knows its place.
 *
 * Every scalar is a string until a schema types it. Refused, each with line, column and a hint: anchors, aliases, tags,
 * merge keys, duplicate keys, complex keys, more than one document, bad UTF-8, depth over 32, more than 1 MiB. A plain
 * scalar and a quoted one differ only in `quoted`, which a schema may ignore. Nodes live in the arena. */
#ifndef MH_BASE_YAML_H
#define MH_BASE_YAML_H
#include "base/diag.h"

enum mh_yaml_kind { MH_YAML_SCALAR, MH_YAML_LIST, MH_YAML_MAP };
struct mh_yaml {
	enum mh_yaml_kind kind;
	struct mh_mark at;
	bool quoted;
	struct mh_str text; /* scalar */
	struct mh_str key;  /* in a map: this entry's key, and where it stands */
	struct mh_mark key_at;
	struct mh_yaml *first; /* list items, or map entries in file order */
	struct mh_yaml *next;  /* sibling */
	size_t n;              /* children */
	bool used;             /* set by mh_yaml_get and friends; mh_yaml_unknown reports what nobody asked for */
};
/* NULL when it cannot be read (errors are in d). */
struct mh_yaml *mh_yaml_read(struct mh_arena *a, struct mh_str text, struct mh_diags *d);
struct mh_yaml *mh_yaml_get(struct mh_yaml *map, const char *key); /* NULL when absent or not a map; marks as used */
/* Reports every entry of the map that no mh_yaml_get asked for: "unknown key 'x'", with the nearest of `known` as hint
 * (NULL-terminated list, may be NULL). */
void mh_yaml_unknown(const struct mh_yaml *map, const char *const *known, struct mh_diags *d);
/* Typed reading with diagnostics; false when absent (no diagnostic) or of another type (diagnostic). */
bool mh_yaml_str(struct mh_yaml *map, const char *key, struct mh_str *ret, struct mh_diags *d);
bool mh_yaml_int(struct mh_yaml *map, const char *key, int64_t *ret, struct mh_diags *d);
bool mh_yaml_bool(struct mh_yaml *map, const char *key, bool *ret, struct mh_diags *d); /* yes | no only */
/* The closest of n words by edit distance (at most 2), or empty: for "did you mean". */
struct mh_str mh_nearest(struct mh_str word, const struct mh_str *words, size_t n);
#endif
