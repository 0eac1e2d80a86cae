/* Files that come as parts of a form. */
#ifndef MH_WEB_KEEP_PART_H
#define MH_WEB_KEEP_PART_H
#include "matter/matter.h"
#include "web/request.h"

/* Part i of the request onto the disk, sealed under a key of its own; ret is for mh_matter_file, without the matter. Off the
 * writer's thread. Errors: those of mh_handle_sniff, mh_vault_create and mh_handle_keep. */
enum mh_code mh_web__keep_part(struct mh_request *req, size_t i, struct mh_file *ret, struct mh_err *reterr);
/* Takes away what was kept and is not needed: the same form had come before. */
void mh_web__drop_parts(struct mh_request *req, const struct mh_file *files, size_t n);
#endif
