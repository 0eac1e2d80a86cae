/* Open311 documents: one tree, written as XML or as JSON, so that the two cannot differ.
 *
 * JSON follows the Spark convention (open311.org, JSON and XML Conversion): the root element is dropped, a list is always an
 * array, an empty element is null. Text is cleaned when it comes in: what XML 1.0 cannot hold becomes U+FFFD, line ends become
 * \n. All of it lives in the arena of the builder. After a failure (memory) the builder's `failed` is set and writing fails. */
#ifndef MH_WEB_OPEN311_DOC_H
#define MH_WEB_OPEN311_DOC_H
#include "base/err.h"
#include "base/str.h"

enum mh_o311_format { MH_O311_XML, MH_O311_JSON, MH_O311_CSV, MH_O311_FORMAT_MAX };

enum mh_o311_node_kind {
	MH_O311_TEXT,
	MH_O311_PLAIN /* number or true|false: no quotes in JSON */,
	MH_O311_OBJECT,
	MH_O311_LIST
};
struct mh_o311_node {
	enum mh_o311_node_kind kind;
	const char *name; /* static */
	struct mh_str text;
	struct mh_o311_node *first, *last, *next;
};
struct mh_o311_doc {
	struct mh_arena *arena;
	struct mh_o311_node *root;
	bool failed;
};
struct mh_o311_doc mh_o311_doc_new(struct mh_arena *a, const char *root, enum mh_o311_node_kind kind);
/* Containers; `in` NULL (after a failure) is accepted and gives NULL. */
struct mh_o311_node *mh_o311_object(struct mh_o311_doc *d, struct mh_o311_node *in, const char *name);
struct mh_o311_node *mh_o311_list(struct mh_o311_doc *d, struct mh_o311_node *in, const char *name);
/* Leaves. Empty text: an empty element, null. */
void mh_o311_text(struct mh_o311_doc *d, struct mh_o311_node *in, const char *name, struct mh_str text);
void mh_o311_plain(struct mh_o311_doc *d, struct mh_o311_node *in, const char *name, struct mh_str text);
void mh_o311_bool(struct mh_o311_doc *d, struct mh_o311_node *in, const char *name, bool v);
void mh_o311_int(struct mh_o311_doc *d, struct mh_o311_node *in, const char *name, int64_t v);
/* format: XML or JSON. MH_E_NO_MEMORY. */
enum mh_code mh_o311_write(const struct mh_o311_doc *d, enum mh_o311_format format, struct mh_buf *out,
			   struct mh_err *reterr);

/* Degrees as text ("30.246026", optional sign, up to 12 digits behind the point, cut to 6) to millionths, within ±limit
 * degrees; false: not a coordinate. No exponents. And back. */
bool mh_o311_degrees_parse(struct mh_str s, int limit, int64_t *ret_e6);
struct mh_str mh_o311_degrees_text(struct mh_arena *a, int64_t e6);
#endif
