// A stranger's verifier: everything that decides comes from golang.org/x/mod/sumdb (note, tlog) and from Google's
// certificate-transparency merkletree, neither of which knows this project. Only the reading of files and lines, and the
// search for the place of a fault that those found, is written here.
//
//	verify audit DIR VKEY [OLDER]     signature, every entry against authenticated tiles, consistency from tiles alone
//	verify receipt FILE ENTRY VKEY
//	verify consistency FILE OLDER VKEY
//
// Prints "ok…", or the place and the reason, and exits 1.
package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"io/ioutil"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/google/certificate-transparency/go/merkletree"
	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

const width = 256

func die(format string, args ...interface{}) {
	fmt.Printf(format+"\n", args...)
	os.Exit(1)
}

func read(name string) []byte {
	data, err := ioutil.ReadFile(name)
	if err != nil {
		die("size: %v", err)
	}
	return data
}

// The three lines of a checkpoint (tlog.ParseTree expects the Go checksum database's own header), its note verified.
func checkpoint(msg []byte, vkeyFile, what string) tlog.Tree {
	verifier, err := note.NewVerifier(strings.TrimSpace(string(read(vkeyFile))))
	if err != nil {
		die("vkey: %v", err)
	}
	n, err := note.Open(msg, note.VerifierList(verifier))
	if err != nil {
		die("%s signature: %v", what, err)
	}
	lines := strings.Split(n.Text, "\n")
	if len(lines) != 4 || lines[3] != "" || lines[0] != verifier.Name() {
		die("%s: not three lines of log %s", what, verifier.Name())
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	if err != nil {
		die("%s size: %v", what, err)
	}
	root, err := tlog.ParseHash(lines[2])
	if err != nil {
		die("%s root: %v", what, err)
	}
	return tlog.Tree{N: size, Hash: root}
}

// tile/L/N as C2SP spells it; x/mod has the height in the path too.
func tilePath(level string, n int64, w int) string {
	nnn := fmt.Sprintf("%03d", n%1000)
	for n >= 1000 {
		n /= 1000
		nnn = fmt.Sprintf("x%03d/%s", n%1000, nnn)
	}
	p := "tile/" + level + "/" + nnn
	if w < width {
		p += fmt.Sprintf(".p/%d", w)
	}
	return p
}

type reader struct {
	dir   string
	cache map[tlog.Tile][]byte
	asked []tlog.Tile // by the last call
}

func (r *reader) Height() int                                { return 8 }
func (r *reader) SaveTiles(tiles []tlog.Tile, data [][]byte) {}
func (r *reader) ReadTiles(tiles []tlog.Tile) ([][]byte, error) {
	var out [][]byte
	r.asked = tiles
	for _, t := range tiles {
		data, ok := r.cache[t]
		if !ok {
			data = read(filepath.Join(r.dir, tilePath(strconv.Itoa(t.L), t.N, t.W)))
			if t.L > 0 || len(r.cache) < 64 {
				r.cache[t] = data
			}
		}
		out = append(out, data)
	}
	return out, nil
}

func tileAt(level int, n, size int64) (tlog.Tile, bool) {
	have := size>>uint(8*level) - n*width
	if have <= 0 {
		return tlog.Tile{}, false
	}
	if have > width {
		have = width
	}
	return tlog.Tile{H: 8, L: level, N: n, W: int(have)}, true
}

func hashesOf(r *reader, t tlog.Tile) []tlog.Hash {
	data := read(filepath.Join(r.dir, tilePath(strconv.Itoa(t.L), t.N, t.W)))
	if len(data) != t.W*tlog.HashSize {
		die("%s: %d bytes", tilePath(strconv.Itoa(t.L), t.N, t.W), len(data))
	}
	hashes := make([]tlog.Hash, t.W)
	for i := range hashes {
		copy(hashes[i][:], data[i*tlog.HashSize:])
	}
	return hashes
}

// The entries of one bundle.
func bundle(r *reader, n int64, w int) [][]byte {
	path := tilePath("entries", n, w)
	data := read(filepath.Join(r.dir, path))
	var out [][]byte
	for i := 0; i < w; i++ {
		if len(data) < 2 || len(data)-2 < int(binary.BigEndian.Uint16(data)) {
			die("entry %d in %s: the bundle ends before it", n*width+int64(i), path)
		}
		end := 2 + int(binary.BigEndian.Uint16(data))
		out = append(out, data[2:end])
		data = data[end:]
	}
	if len(data) != 0 {
		die("%s: bytes after the last entry", path)
	}
	return out
}

// x/mod said that some tile is wrong; which one is found by comparing neighbours.
func findPlace(r *reader, size int64, err error) {
	for n := int64(0); ; n++ {
		t, ok := tileAt(0, n, size)
		if !ok {
			break
		}
		hashes := hashesOf(r, t)
		for i, e := range bundle(r, n, t.W) {
			if tlog.RecordHash(e) != hashes[i] {
				die("entry %d in %s, or %s hash %d: they differ (%v)", n*width+int64(i), tilePath("entries", n, t.W),
					tilePath("0", n, t.W), i, err)
			}
		}
	}
	for level := 1; level < 8; level++ {
		for n := int64(0); ; n++ {
			t, ok := tileAt(level, n, size)
			if !ok {
				break
			}
			for i, h := range hashesOf(r, t) {
				row := hashesOf(r, tlog.Tile{H: 8, L: level - 1, N: n*width + int64(i), W: width})
				for len(row) > 1 {
					for k := 0; k < len(row)/2; k++ {
						row[k] = tlog.NodeHash(row[2*k], row[2*k+1])
					}
					row = row[:len(row)/2]
				}
				if row[0] != h {
					die("%s hash %d: not the root of the tile below (%v)", tilePath(strconv.Itoa(level), n, t.W), i, err)
				}
			}
		}
	}
	die("checkpoint root: the tiles agree with each other and not with it (%v)", err)
}

func audit(dir, vkey, older string) {
	tree := checkpoint(read(filepath.Join(dir, "checkpoint")), vkey, "checkpoint")
	if tree.N == 0 {
		if tree.Hash != tlog.Hash(sha256.Sum256(nil)) {
			die("checkpoint root: not that of an empty log")
		}
		fmt.Println("ok: 0 entries")
		return
	}
	r := &reader{dir: dir, cache: map[tlog.Tile][]byte{}}
	hr := tlog.TileHashReader(tree, r)
	for n := int64(0); n*width < tree.N; n++ {
		t, _ := tileAt(0, n, tree.N)
		var indexes []int64
		for i := 0; i < t.W; i++ {
			indexes = append(indexes, tlog.StoredHashIndex(0, n*width+int64(i)))
		}
		hashes, err := hr.ReadHashes(indexes)
		if err != nil {
			findPlace(r, tree.N, err)
		}
		for i, e := range bundle(r, n, t.W) {
			if tlog.RecordHash(e) != hashes[i] {
				die("entry %d in %s: not the hash that the tree has", n*width+int64(i), tilePath("entries", n, t.W))
			}
		}
	}
	if older != "" {
		old := checkpoint(read(older), vkey, "older checkpoint")
		if old.N > 0 {
			proof, err := tlog.ProveTree(tree.N, old.N, hr)
			if err == nil {
				err = tlog.CheckTree(proof, tree.N, tree.Hash, old.N, old.Hash)
			}
			if err != nil {
				die("older checkpoint: %v", err)
			}
		}
	}
	fmt.Printf("ok: %d entries\n", tree.N)
}

// Lines of hashes up to the empty one, and the note behind.
func proofOf(file, rest string, line int) ([]tlog.Hash, [][]byte, []byte) {
	var hashes []tlog.Hash
	var raw [][]byte
	for {
		end := strings.IndexByte(rest, '\n')
		if end < 0 {
			die("%s line %d: no empty line before the checkpoint", file, line)
		}
		s := rest[:end]
		rest = rest[end+1:]
		if s == "" {
			return hashes, raw, []byte(rest)
		}
		b, err := base64.StdEncoding.DecodeString(s)
		if err != nil || len(b) != tlog.HashSize {
			die("%s line %d: not a hash", file, line)
		}
		var h tlog.Hash
		copy(h[:], b)
		hashes = append(hashes, h)
		raw = append(raw, b)
		line++
	}
}

func verifier() merkletree.MerkleVerifier {
	return merkletree.NewMerkleVerifier(func(b []byte) []byte {
		h := sha256.Sum256(b)
		return h[:]
	})
}

func receipt(file, entryFile, vkey string) {
	text := string(read(file))
	if head, rest, ok := strings.Cut(text, "\n"); ok && strings.HasPrefix(rest, "extra ") {
		extra, proof, _ := strings.Cut(rest, "\n") // the entry itself
		if extra != "extra "+base64.StdEncoding.EncodeToString(read(entryFile)) {
			die("receipt line 2: it carries another entry")
		}
		text = head + "\n" + proof
	}
	lines := strings.SplitN(text, "\n", 3)
	if len(lines) != 3 || lines[0] != "c2sp.org/tlog-proof@v1" || !strings.HasPrefix(lines[1], "index ") {
		die("receipt line 1 or 2: not a tlog-proof")
	}
	index, err := strconv.ParseInt(lines[1][6:], 10, 64)
	if err != nil {
		die("receipt line 2: %v", err)
	}
	hashes, raw, msg := proofOf("receipt", lines[2], 3)
	tree := checkpoint(msg, vkey, "receipt checkpoint")
	entry := read(entryFile)
	if err := tlog.CheckRecord(tlog.RecordProof(hashes), tree.N, tree.Hash, index, tlog.RecordHash(entry)); err != nil {
		die("receipt hashes (lines 3 to %d): entry %d: %v", len(hashes)+2, index, err)
	}
	v := verifier() // its leaf index counts from 1
	if err := v.VerifyInclusionProof(index+1, tree.N, raw, tree.Hash[:], entry); err != nil {
		die("receipt hashes (merkletree): %v", err)
	}
	fmt.Printf("ok: entry %d\n", index)
}

func consistency(file, older, vkey string) {
	text := string(read(file))
	end := strings.IndexByte(text, '\n')
	if end < 0 || !strings.HasPrefix(text, "old ") {
		die("consistency line 1: no old size")
	}
	from, err := strconv.ParseInt(text[4:end], 10, 64)
	if err != nil {
		die("consistency line 1: %v", err)
	}
	hashes, raw, msg := proofOf("consistency", text[end+1:], 2)
	was := checkpoint(read(older), vkey, "older checkpoint")
	is := checkpoint(msg, vkey, "consistency checkpoint")
	if was.N != from {
		die("consistency line 1: old size %d, but the older checkpoint has %d", from, was.N)
	}
	if from == 0 || from == is.N {
		if len(hashes) != 0 || (from == is.N && !bytes.Equal(was.Hash[:], is.Hash[:])) {
			die("consistency hashes: must be none")
		}
		fmt.Println("ok: nothing to prove")
		return
	}
	if err := tlog.CheckTree(tlog.TreeProof(hashes), is.N, is.Hash, was.N, was.Hash); err != nil {
		die("consistency hashes (lines 2 to %d): %v", len(hashes)+1, err)
	}
	v := verifier()
	if err := v.VerifyConsistencyProof(was.N, is.N, was.Hash[:], is.Hash[:], raw); err != nil {
		die("consistency hashes (merkletree): %v", err)
	}
	fmt.Printf("ok: %d to %d\n", was.N, is.N)
}

func main() {
	a := os.Args[1:]
	switch {
	case len(a) == 3 && a[0] == "audit":
		audit(a[1], a[2], "")
	case len(a) == 4 && a[0] == "audit":
		audit(a[1], a[2], a[3])
	case len(a) == 4 && a[0] == "receipt":
		receipt(a[1], a[2], a[3])
	case len(a) == 4 && a[0] == "consistency":
		consistency(a[1], a[2], a[3])
	default:
		fmt.Fprintln(os.Stderr, "usage: see the head of verify.go")
		os.Exit(2)
	}
}
