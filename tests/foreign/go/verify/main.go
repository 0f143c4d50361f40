// Verify asks Go's own transparency log code, written for the module
// checksum database, about notes, proofs and tiles that this repository made.
//
// It reads a JSON document from the file named on the command line and
// prints one verdict for each case, as JSON.
package main

import (
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

type hash []byte

type noteCase struct {
	Key  string `json:"key"`
	Note string `json:"note"`
}

type inclusionCase struct {
	N, Size    int64
	Leaf, Root hash
	Proof      []hash
}

type consistencyCase struct {
	Old, New         int64
	OldRoot, NewRoot hash
	Proof            []hash
}

type logCase struct {
	Key, Folder string
}

type work struct {
	Notes       []noteCase
	Inclusion   []inclusionCase
	Consistency []consistencyCase
	Logs        []logCase
}

type verdicts struct {
	Notes       []string `json:"notes"`
	Inclusion   []string `json:"inclusion"`
	Consistency []string `json:"consistency"`
	Logs        []string `json:"logs"`
}

func main() {
	data, err := os.ReadFile(os.Args[1])
	if err != nil {
		log.Fatal(err)
	}
	var asked work
	if err := json.Unmarshal(data, &asked); err != nil {
		log.Fatal(err)
	}
	var found verdicts
	for _, one := range asked.Notes {
		_, err := open([]byte(one.Note), one.Key)
		found.Notes = append(found.Notes, verdict(err))
	}
	for _, one := range asked.Inclusion {
		found.Inclusion = append(found.Inclusion, verdict(checkInclusion(one)))
	}
	for _, one := range asked.Consistency {
		found.Consistency = append(found.Consistency, verdict(checkConsistency(one)))
	}
	for _, one := range asked.Logs {
		found.Logs = append(found.Logs, verdict(checkLog(one)))
	}
	if err := json.NewEncoder(os.Stdout).Encode(found); err != nil {
		log.Fatal(err)
	}
}

func verdict(err error) string {
	if err == nil {
		return "ok"
	}
	return err.Error()
}

// open verifies a note and returns the tree that its three lines state.
func open(data []byte, vkey string) (tlog.Tree, error) {
	verifier, err := note.NewVerifier(vkey)
	if err != nil {
		return tlog.Tree{}, err
	}
	opened, err := note.Open(data, note.VerifierList(verifier))
	if err != nil {
		return tlog.Tree{}, err
	}
	lines := strings.Split(opened.Text, "\n")
	if len(lines) != 4 || lines[0] != verifier.Name() {
		return tlog.Tree{}, fmt.Errorf("not a checkpoint of %s", verifier.Name())
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	if err != nil {
		return tlog.Tree{}, err
	}
	root, err := base64.StdEncoding.DecodeString(lines[2])
	if err != nil {
		return tlog.Tree{}, err
	}
	return tlog.Tree{N: size, Hash: toHash(root)}, nil
}

func toHash(data hash) tlog.Hash {
	var made tlog.Hash
	copy(made[:], data)
	return made
}

func toHashes(nodes []hash) []tlog.Hash {
	made := make([]tlog.Hash, 0, len(nodes))
	for _, node := range nodes {
		made = append(made, toHash(node))
	}
	return made
}

func checkInclusion(one inclusionCase) error {
	return tlog.CheckRecord(toHashes(one.Proof), one.Size, toHash(one.Root), one.N, toHash(one.Leaf))
}

func checkConsistency(one consistencyCase) error {
	return tlog.CheckTree(toHashes(one.Proof), one.New, toHash(one.NewRoot), one.Old, toHash(one.OldRoot))
}

// tiles reads a log that lies in a folder as C2SP tlog-tiles has it: 256 wide,
// without the height that Go's own paths name.
type tiles struct {
	folder string
}

func (t tiles) Height() int { return 8 }

func (t tiles) ReadTiles(wanted []tlog.Tile) ([][]byte, error) {
	var read [][]byte
	for _, tile := range wanted {
		path := strings.Replace(tile.Path(), "tile/8/", "tile/", 1)
		data, err := os.ReadFile(filepath.Join(t.folder, filepath.FromSlash(path)))
		if err != nil {
			return nil, err
		}
		read = append(read, data)
	}
	return read, nil
}

func (t tiles) SaveTiles([]tlog.Tile, [][]byte) {}

// checkLog opens the checkpoint in a folder and holds tiles and entries to it.
func checkLog(one logCase) error {
	data, err := os.ReadFile(filepath.Join(one.Folder, "checkpoint"))
	if err != nil {
		return err
	}
	tree, err := open(data, one.Key)
	if err != nil {
		return err
	}
	// This reader proves every tile against the signed tree before it gives a hash.
	reader := tlog.TileHashReader(tree, tiles{one.Folder})
	root, err := tlog.TreeHash(tree.N, reader)
	if err != nil {
		return err
	}
	if root != tree.Hash {
		return fmt.Errorf("tiles lead to another root")
	}
	if err := checkEntries(one.Folder, tree, reader); err != nil {
		return err
	}
	return checkOwnProofs(tree, reader)
}

func checkEntries(folder string, tree tlog.Tree, reader tlog.HashReader) error {
	for low := int64(0); low < tree.N; low += 256 {
		width := tree.N - low
		if width > 256 {
			width = 256
		}
		path := tlog.Tile{H: 8, L: 0, N: low / 256, W: int(width)}.Path()
		path = strings.Replace(path, "tile/8/0/", "tile/entries/", 1)
		data, err := os.ReadFile(filepath.Join(folder, filepath.FromSlash(path)))
		if err != nil {
			return err
		}
		for n := low; n < low+width; n++ {
			if len(data) < 2 || len(data) < 2+int(binary.BigEndian.Uint16(data)) {
				return fmt.Errorf("entry %d is cut short", n)
			}
			end := 2 + int(binary.BigEndian.Uint16(data))
			found, err := reader.ReadHashes([]int64{tlog.StoredHashIndex(0, n)})
			if err != nil {
				return err
			}
			if found[0] != tlog.RecordHash(data[2:end]) {
				return fmt.Errorf("entry %d does not fit the tree", n)
			}
			data = data[end:]
		}
		if len(data) != 0 {
			return fmt.Errorf("entries are left over")
		}
	}
	return nil
}

// checkOwnProofs makes proofs from the tiles and verifies them.
func checkOwnProofs(tree tlog.Tree, reader tlog.HashReader) error {
	for n := int64(0); n < tree.N; n += 1 + tree.N/50 {
		proof, err := tlog.ProveRecord(tree.N, n, reader)
		if err != nil {
			return err
		}
		leaf, err := reader.ReadHashes([]int64{tlog.StoredHashIndex(0, n)})
		if err != nil {
			return err
		}
		if err := tlog.CheckRecord(proof, tree.N, tree.Hash, n, leaf[0]); err != nil {
			return err
		}
		older, err := tlog.ProveTree(tree.N, n+1, reader)
		if err != nil {
			return err
		}
		root, err := tlog.TreeHash(n+1, reader)
		if err != nil {
			return err
		}
		if err := tlog.CheckTree(older, tree.N, tree.Hash, n+1, root); err != nil {
			return err
		}
	}
	return nil
}
