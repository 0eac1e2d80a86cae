/* 处置: files that prove something. What a file really is, where it is kept, who may have it, when it goes. */
#ifndef MH_LOOP_HANDLE_H
#define MH_LOOP_HANDLE_H
#include "loop/glance.h"

#define MH_FILE_SIZE_MAX ((size_t)50 << 20)

/* What the bytes are, by libmagic; static text such as "image/jpeg". MH_E_MEDIA_TYPE: not among what is taken (photographs,
 * documents, tables, texts, video, audio: nothing that a browser runs); MH_E_INVALID: empty; MH_E_IO. Call it off the writer
 * thread: it reads the file. */
enum mh_code mh_handle_sniff(struct mh_str path, const char **ret_type, struct mh_err *reterr);
/* Moves a synced temporary file to its place under the hash and syncs the folders, so that it survives a power cut. Already
 * there: the temporary one is left to its owner. files_dir and path have a NUL behind. */
enum mh_code mh_handle_keep(struct mh_arena *a, struct mh_str files_dir, struct mh_str path, const struct mh_hash *hash,
			    struct mh_err *reterr);

/* A file of a matter: hash (hex), type, size, path. MH_E_NOT_FOUND; MH_E_GONE after erasure. */
struct mh_handle_file {
	int64_t id, size;
	struct mh_str hash, type, path;
};
enum mh_code mh_handle_find(struct mh_tx *tx, const struct mh_glance *g, int64_t id, struct mh_str files_dir,
			    struct mh_handle_file *ret, struct mh_err *reterr);
/* Paths of the matter's files that no other matter needs, for removal after its erasure is durable. */
enum mh_code mh_handle_orphans(struct mh_tx *tx, const struct mh_glance *g, struct mh_str files_dir,
			       struct mh_str **ret, size_t *ret_n, struct mh_err *reterr);
#endif
