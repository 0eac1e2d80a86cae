/* 处置: files that prove something. What a file really is, where it is kept, who may have it, when it goes. */
#ifndef MH_LOOP_HANDLE_H
#define MH_LOOP_HANDLE_H
#include "loop/glance.h"

#define MH_FILE_SIZE_MAX ((size_t)50 << 20)

/* What the bytes are, by libmagic; static text such as "image/jpeg". MH_E_MEDIA_TYPE: not among what is taken (photographs,
 * documents, tables, texts, video, audio: nothing that a browser runs); MH_E_INVALID: empty; MH_E_IO. Call it off the writer
 * thread. `head`: the first MH_HANDLE_LOOKED bytes are enough. */
#define MH_HANDLE_LOOKED ((size_t)8 << 20)
enum mh_code mh_handle_sniff(struct mh_bytes head, const char **ret_type, struct mh_err *reterr);
/* The same of a sealed file. */
enum mh_code mh_handle_sniff_sealed(struct mh_str path, const struct mh_key *key, const char **ret_type,
				    struct mh_err *reterr);
/* Moves a synced temporary file to a name of chance and syncs the folders, so that it survives a power cut. files_dir and path have
 * a NUL behind. *ret_name: for mh_file. */
enum mh_code mh_handle_keep(struct mh_arena *a, const struct mh_rng *rng, struct mh_str files_dir, struct mh_str path,
			    struct mh_str *ret_name, struct mh_err *reterr);
/* files_dir/ab/abcdef…, NUL behind; without ptr when memory is short. */
struct mh_str mh_handle_place(struct mh_arena *a, struct mh_str files_dir, struct mh_str name);

/* A file of a matter. MH_E_NOT_FOUND; MH_E_GONE after erasure, of the matter or of its files. */
struct mh_handle_file {
	int64_t id, size;
	struct mh_str hash, type, path;
	bool sealed; /* read it with mh_vault_open and key; else it is plain */
	struct mh_key key;
};
enum mh_code mh_handle_find(struct mh_tx *tx, const struct mh_glance *g, int64_t id, struct mh_str files_dir,
			    struct mh_handle_file *ret, struct mh_err *reterr);
/* Paths of the files of the matter and of its children that no other matter needs, for removal after their erasure is durable.
 * Appends to *list in tx->arena. */
struct mh_handle_paths {
	struct mh_str *list;
	size_t n, room;
};
enum mh_code mh_handle_orphans(struct mh_tx *tx, int64_t matter_id, struct mh_str files_dir,
			       struct mh_handle_paths *paths, struct mh_err *reterr);
#endif
