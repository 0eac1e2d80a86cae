/* The pages' files: scripts, styles, pictures and the desk's page, compressed when the program is built and part of it.
 *
 * tools/gen/assets.py writes the table; a program built without pages (fuzz targets, unit tests) has an empty one. Names
 * under /assets/ hold a hash of the content, so an answer may be kept for ever. */
#ifndef MH_WEB_ASSET_H
#define MH_WEB_ASSET_H
#include "web/request.h"

struct mh_asset {
	const char *name; /* as the sources know it: "portal.css" */
	const char *path; /* where it is served: "/assets/portal.4f1d09ab.css"; names with a dot in it only */
	const char *type; /* Content-Type */
	const char *etag; /* of the content */
	struct mh_str plain, gzip, br; /* gzip, br: empty where they would be no smaller. In read-only memory */
};
/* Sorted by path. */
struct mh_assets {
	const struct mh_asset *list;
	size_t n;
};
extern const struct mh_assets mh_assets;

/* The address of an asset by its name, for a template: "portal.css" → "/assets/portal.4f1d09ab.css". A name that is not
 * there gives "/assets/" and the name, which answers 404. Static, or in the arena. */
struct mh_str mh_asset_path(struct mh_arena *a, const char *name);
const struct mh_asset *mh_asset_find(const struct mh_assets *all, struct mh_str path); /* NULL: none */

enum mh_coding { MH_CODING_PLAIN, MH_CODING_GZIP, MH_CODING_BR };
/* The smallest coding that the client takes and the asset has (RFC 9110, 12.5.3; weights other than nought do not count). */
enum mh_coding mh_asset_coding(const struct mh_asset *a, struct mh_str accept_encoding);

/* What every HTML page carries: its policy, and the features of the browser that it may use. Also no-cache. */
extern const char mh_page_csp[];
enum mh_code mh_page_headers(struct mh_response *res, struct mh_err *reterr);
#endif
