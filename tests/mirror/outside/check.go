// Checks a mirror of a log with the Go project's own packages (golang.org/x/mod/sumdb), and nothing of ours.
//
//	check DIR [WITNESS-VKEY]
//
// The signed checkpoint, the root over all entries, every tile of hashes, every proof.tlog-proof below DIR and, where
// DIR/consistency holds some (old, new, old root, new root, hashes), every consistency proof. Exit code 1 and a sentence
// on the first fault.
package main

import (
	"bytes"
	"crypto/ed25519"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

func must(err error, what string) {
	if err != nil {
		fmt.Printf("%s: %v\n", what, err)
		os.Exit(1)
	}
}

func fail(what string) { must(fmt.Errorf("false"), what) }

func read(parts ...string) []byte {
	data, err := os.ReadFile(filepath.Join(parts...))
	must(err, "a file is missing")
	return data
}

func hashOf(text string) tlog.Hash {
	hash, err := tlog.ParseHash(text)
	must(err, "a hash cannot be read")
	return hash
}

type checkpoint struct {
	origin string
	size   int64
	root   tlog.Hash
}

func open(text []byte, verifiers note.Verifiers) checkpoint {
	opened, err := note.Open(text, verifiers)
	must(err, "the checkpoint")
	lines := strings.Split(opened.Text, "\n")
	size, err := strconv.ParseInt(lines[1], 10, 64)
	must(err, "the size")
	return checkpoint{lines[0], size, hashOf(lines[2])}
}

// path of a tile or bundle as C2SP tlog-tiles lays it out.
func path(row string, index int64, width int64) string {
	text := fmt.Sprintf("%03d", index%1000)
	for index >= 1000 {
		index /= 1000
		text = fmt.Sprintf("x%03d/%s", index%1000, text)
	}
	if width < 256 {
		text += fmt.Sprintf(".p/%d", width)
	}
	return filepath.Join("log", "tile", row, text)
}

type stored []tlog.Hash

func (s stored) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	var found []tlog.Hash
	for _, index := range indexes {
		found = append(found, s[index])
	}
	return found, nil
}

func rows(size int64, visit func(index, width int64)) {
	for index := int64(0); index*256 < size; index++ {
		width := size - index*256
		if width > 256 {
			width = 256
		}
		visit(index, width)
	}
}

func entries(dir string, size int64) (stored, []tlog.Hash) {
	var hashes stored
	var leaves []tlog.Hash
	rows(size, func(index, width int64) {
		data := read(dir, path("entries", index, width))
		for count := int64(0); count < width; count++ {
			if len(data) < 2 || len(data) < 2+int(binary.BigEndian.Uint16(data)) {
				fail("a bundle is cut short")
			}
			end := 2 + int(binary.BigEndian.Uint16(data))
			leaf := tlog.RecordHash(data[2:end])
			more, err := tlog.StoredHashesForRecordHash(int64(len(leaves)), leaf, hashes)
			must(err, "the tree")
			hashes, leaves, data = append(hashes, more...), append(leaves, leaf), data[end:]
		}
		if len(data) > 0 {
			fail("a bundle is too long")
		}
	})
	return hashes, leaves
}

func tiles(dir string, size int64, hashes stored) {
	for level := 0; size>>(8*level) > 0; level++ {
		rows(size>>(8*level), func(index, width int64) {
			own, err := tlog.ReadTileData(tlog.Tile{H: 8, L: level, N: index, W: int(width)}, hashes)
			must(err, "a tile cannot be made")
			if !bytes.Equal(own, read(dir, path(strconv.Itoa(level), index, width))) {
				fail(fmt.Sprintf("the tile %d/%d", level, index))
			}
		})
	}
}

func proofs(dir string, leaves []tlog.Hash, verifiers note.Verifiers) (count int) {
	must(filepath.WalkDir(dir, func(name string, _ fs.DirEntry, err error) error {
		if err != nil || filepath.Ext(name) != ".tlog-proof" {
			return err
		}
		parts := strings.SplitN(string(read(name)), "\n\n", 2)
		lines := strings.Split(parts[0], "\n")
		seen := open([]byte(parts[1]), verifiers)
		index, err := strconv.ParseInt(strings.TrimPrefix(lines[1], "index "), 10, 64)
		must(err, "the index of a proof")
		var proof tlog.RecordProof
		for _, line := range lines[2:] {
			proof = append(proof, hashOf(line))
		}
		must(tlog.CheckRecord(proof, seen.size, seen.root, index, leaves[index]), "the proof of "+name)
		count++
		return nil
	}), "the folder")
	return count
}

func consistent(dir string) (count int) {
	data, err := os.ReadFile(filepath.Join(dir, "consistency"))
	if err != nil {
		return 0
	}
	for _, line := range strings.Split(strings.TrimSpace(string(data)), "\n") {
		words := strings.Fields(line)
		old, _ := strconv.ParseInt(words[0], 10, 64)
		size, _ := strconv.ParseInt(words[1], 10, 64)
		var proof tlog.TreeProof
		for _, word := range words[4:] {
			proof = append(proof, hashOf(word))
		}
		must(tlog.CheckTree(proof, size, hashOf(words[3]), old, hashOf(words[2])), "consistency of "+words[0]+" and "+words[1])
		count++
	}
	return count
}

// cosigned looks for the witness's line by hand: the Go packages of this version know no cosignatures.
func cosigned(text []byte, vkey string) {
	parts := strings.SplitN(vkey, "+", 3)
	key, err := base64.StdEncoding.DecodeString(parts[2])
	must(err, "the key of the witness")
	at := bytes.LastIndex(text, []byte("\n\n"))
	for _, line := range strings.Split(string(text[at+2:]), "\n") {
		words := strings.Fields(line)
		if len(words) != 3 || words[1] != parts[0] {
			continue
		}
		data, err := base64.StdEncoding.DecodeString(words[2])
		must(err, "the line of the witness")
		said := fmt.Sprintf("cosignature/v1\ntime %d\n%s\n", binary.BigEndian.Uint64(data[4:12]), text[:at])
		if ed25519.Verify(ed25519.PublicKey(key[1:]), []byte(said), data[12:]) {
			return
		}
	}
	fail("the cosignature")
}

func main() {
	dir := os.Args[1]
	verifier, err := note.NewVerifier(strings.TrimSpace(string(read(dir, ".well-known", "log.vkey"))))
	must(err, "the key of the log")
	verifiers := note.VerifierList(verifier)
	text := read(dir, "log", "checkpoint")
	newest := open(text, verifiers)
	if newest.origin != verifier.Name() {
		fail("the origin")
	}
	hashes, leaves := entries(dir, newest.size)
	root, err := tlog.TreeHash(newest.size, hashes)
	must(err, "the root")
	if root != newest.root {
		fail("the root over all entries")
	}
	tiles(dir, newest.size, hashes)
	if len(os.Args) > 2 {
		cosigned(text, os.Args[2])
	}
	fmt.Printf("%d entries, %d proofs, %d pairs\n", newest.size, proofs(dir, leaves, verifiers), consistent(dir))
}
