/* Inside of the loader. First every name of the file is declared, then bodies are read and their references resolved, so
 * that order never matters. Each function reports what is wrong and goes on; a reference that failed is -1, an array that
 * failed is empty. Nothing of a definition with an error is handed out. */
#ifndef MH_PROCESS_LOAD_PRIV_H
#define MH_PROCESS_LOAD_PRIV_H
#include "base/yaml.h"
#include "process/def.h"

enum mh_load__ref {
	MH_REF_ROLE,
	MH_REF_FIELD,
	MH_REF_EVIDENCE,
	MH_REF_CLOCK,
	MH_REF_VOTE,
	MH_REF_STATE,
	MH_REF_TRANSITION,
	MH_REF_MAX
};
struct mh_load__names {
	struct mh_str *words;
	size_t n;
};
struct mh_load {
	struct mh_arena *arena;
	struct mh_diags *diags;
	struct mh_def *def;
	struct mh_yaml *root;
	struct mh_load__names names[MH_REF_MAX];
	struct mh_str *scope_words; /* names that an expression may use */
	size_t n_scope_words;
	struct mh_str **enum_words;     /* for each field: its values' names, or NULL as long as nobody asked */
	enum mh_load__ref scope_failed; /* what the call looked for that was not found: names[] of it are the hint */
	bool scope_call_failed;
};

/* ---- load_read.c: reading nodes ---- */

/* NULL and a diagnostic when memory is short; NULL without one when n is 0. */
void *mh_load__array(struct mh_load *l, size_t n, size_t size);
#define MH_LOAD_ARRAY(l, n, type) ((type *)mh_load__array((l), (n), sizeof(type)))
/* A name as in def.h: [a-z][a-z0-9_-]*, at most 64 characters. */
bool mh_load__is_name(struct mh_str s);
bool mh_load__name(struct mh_load *l, struct mh_str s, struct mh_mark at);
/* False and a diagnostic when the node is no map. `what` is for the message: "a state". */
bool mh_load__is_map(struct mh_load *l, const struct mh_yaml *node, const char *what);
void mh_load__missing(struct mh_load *l, const struct mh_yaml *map, const char *key, const char *hint);
/* A map of names; NULL when absent (reported when required) or of another type (reported). */
struct mh_yaml *mh_load__section(struct mh_load *l, struct mh_yaml *map, const char *key, bool required);
/* A name standing as a value. hint is given when it is required and absent; NULL: not required. */
bool mh_load__word(struct mh_load *l, struct mh_yaml *map, const char *key, const char *hint, struct mh_str *ret);
/* A whole number within bounds; false when absent or wrong. */
bool mh_load__int(struct mh_load *l, struct mh_yaml *map, const char *key, int64_t min, int64_t max, int64_t *ret);
/* Index of the word among `words`, or -1 (absent or wrong; absence is reported when required). */
int mh_load__choice(struct mh_load *l, struct mh_yaml *map, const char *key, const char *const *words, size_t n,
		    bool required);
int mh_load__choice_of(struct mh_load *l, const struct mh_yaml *node, const char *key, const char *const *words,
		       size_t n);
/* `yes` and nothing else; false when absent. */
bool mh_load__yes(struct mh_load *l, struct mh_yaml *map, const char *key);
bool mh_load__span(struct mh_load *l, struct mh_yaml *map, const char *key, struct mh_span *ret);
/* A plain text for both languages, or {zh: …, en: …}; without one the name stands in. */
void mh_load__label(struct mh_load *l, struct mh_yaml *map, const char *key, struct mh_str name, struct mh_label *ret);
/* The same where more keys may stand beside zh and en: `known` lists all. */
void mh_load__label_with(struct mh_load *l, struct mh_yaml *node, struct mh_str name, const char *const *known,
			 struct mh_label *ret);
void mh_load__label_of(struct mh_load *l, struct mh_yaml *node, struct mh_str name, struct mh_label *ret);
/* Items of `key: word` or `key: [word, …]`: the first node and the number; other shapes are reported. */
size_t mh_load__items(struct mh_load *l, struct mh_yaml *map, const char *key, struct mh_yaml **ret_first);
/* Names of the same, checked as names. */
size_t mh_load__words(struct mh_load *l, struct mh_yaml *map, const char *key, struct mh_str **ret);

/* ---- load_ref.c: references ---- */

/* Index of the word, or -1 and "unknown state 'x'" with what was probably meant. */
int mh_load__ref_of(struct mh_load *l, enum mh_load__ref kind, struct mh_str word, struct mh_mark at);
int mh_load__ref(struct mh_load *l, enum mh_load__ref kind, struct mh_yaml *map, const char *key, bool required);
size_t mh_load__refs(struct mh_load *l, enum mh_load__ref kind, struct mh_yaml *map, const char *key, int **ret);
/* A field of the given type; -1 otherwise. */
int mh_load__field(struct mh_load *l, struct mh_yaml *map, const char *key, bool required, enum mh_field_type type);
struct mh_mark mh_load__text_at(const struct mh_yaml *node); /* where the first character of a scalar's text stands */
/* Expression under `key`, or NULL. */
const struct mh_expr *mh_load__expr(struct mh_load *l, struct mh_yaml *map, const char *key, enum mh_value_type want);
/* "Did you mean …?" or "Known here: …"; NULL when nothing is known. The buffer is the caller's. */
const char *mh_load__hint(struct mh_load *l, struct mh_str word, const struct mh_str *words, size_t n,
			  struct mh_buf *b);

/* ---- load_scope.c ---- */
bool mh_load__scope_prepare(struct mh_load *l);
struct mh_expr_scope mh_load__scope(struct mh_load *l);

/* ---- the parts of a file ---- */
void mh_load__roles(struct mh_load *l); /* load_words.c: roles, evidence, votes */
void mh_load__evidence(struct mh_load *l);
void mh_load__votes(struct mh_load *l);
void mh_load__fields(struct mh_load *l);      /* load_field.c */
void mh_load__states(struct mh_load *l);      /* load_state.c */
void mh_load__transitions(struct mh_load *l); /* load_transition.c */
void mh_load__proves(struct mh_load *l);      /* load_prove.c */
void mh_load__retention(struct mh_load *l);   /* retention.c */
/* load_effect.c: `key: [effects]` of a state or a transition; the number of them. */
size_t mh_load__effects(struct mh_load *l, struct mh_yaml *map, const char *key, struct mh_effect **ret);
/* load_value.c: the literal of a `set` effect. */
void mh_load__set_value(struct mh_load *l, const struct mh_yaml *node, struct mh_effect *e);
#endif
