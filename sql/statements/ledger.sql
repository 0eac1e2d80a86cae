-- The ledger's rows (src/ledger/store.c). Two columns are there so that nothing need be guessed or recomputed:
-- ledger_tile.root is the root of the 256 hashes beside it, so a partial tile of the level above is a read of 32 bytes
-- a tile instead of 8 KiB; ledger_head.vkey is the log's public key, so that reading needs no state folder.

-- name: ledger_head_last :opt
-- The newest log of a home, the only one that may grow.
select log, size, frontier, epoch, origin, vkey from ledger_head where home_id = :home_id order by log desc limit 1;

-- name: ledger_head_of :opt
-- The head of one log.
select log, size, frontier, epoch, origin, vkey from ledger_head where home_id = :home_id and log = :log;

-- name: ledger_head_add :exec
-- A new log.
insert into ledger_head (home_id, log, size, frontier, epoch, origin, vkey)
  values (:home_id, :log, :size, :frontier, :epoch, :origin, :vkey);

-- name: ledger_head_claim :count
-- A writer that opens the log fences off the one before it.
-- param: was int
update ledger_head set epoch = :epoch where home_id = :home_id and log = :log and epoch = :was;

-- name: ledger_head_move :count
-- The head moves on, only under the epoch of the writer that moves it.
update ledger_head set size = :size, frontier = :frontier where home_id = :home_id and log = :log and epoch = :epoch;

-- name: ledger_entry_add :exec
-- One entry; its number is the next one.
insert into ledger_entry (home_id, log, seq, matter_id, entry) values (:home_id, :log, :seq, :matter_id, :entry);

-- name: ledger_entry_range :many
-- Entries in order, for bundles, leaf hashes and the second look before signing.
-- param: from_seq int
select seq, entry from ledger_entry where home_id = :home_id and log = :log and seq >= :from_seq order by seq limit :limit;

-- name: ledger_tile_put :exec
-- A tile that became full. A rebuild writes it again.
insert into ledger_tile (home_id, log, tile_level, idx, root, hashes)
  values (:home_id, :log, :tile_level, :idx, :root, :hashes)
  on conflict (home_id, log, tile_level, idx) do update set root = excluded.root, hashes = excluded.hashes;

-- name: ledger_tile_of :opt
-- A full tile.
select root, hashes from ledger_tile where home_id = :home_id and log = :log and tile_level = :tile_level and idx = :idx;

-- name: ledger_tile_roots :many
-- What a tile of the level above is made of.
-- param: from_idx int
select idx, root from ledger_tile where home_id = :home_id and log = :log and tile_level = :tile_level and idx >= :from_idx
  order by idx limit :limit;

-- name: ledger_signed_add :exec
-- A checkpoint that was signed. Signing again what a crash left half done changes nothing.
insert into ledger_signed (home_id, log, size, root, note, at) values (:home_id, :log, :size, :root, :note, :at)
  on conflict (home_id, log, size) do nothing;

-- name: ledger_signed_last :opt
-- The newest checkpoint.
select size, root, note, at from ledger_signed where home_id = :home_id and log = :log order by size desc limit 1;
