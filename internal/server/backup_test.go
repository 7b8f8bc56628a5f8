package server_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/internal/control"
	"github.com/appdock/appdock/internal/server"
	"github.com/appdock/appdock/sdk/apptest"
)

// While clients write and an app is told of it, backups are made. What was accepted before
// one began is in it, with its webhook: the app is told of each such order after the
// restore, if it was not before.
func TestBackupDuringWritesLosesNothing(t *testing.T) {
	t.Parallel()
	ctx := within(t, 6*soon) // three backups and some hundred reads
	data := folder(t)
	app := apptest.New(t, apptest.App{Permissions: []string{"order:read"}, Webhooks: []string{"checkout.order.placed"}})
	c := demo(data)
	host := open(t, c)
	installed(t, only(t, host), write(t, app.App.Name, app.Manifest()))
	calls := operator(t, host)

	var (
		mu       sync.Mutex
		accepted []appdock.ID
		writing  sync.WaitGroup
		enough   = make(chan struct{}, 1)
	)
	placing, stop := context.WithCancel(ctx)
	for range 3 {
		writing.Go(func() {
			for placing.Err() == nil {
				id, payload := freshOrder()
				err := calls.Create(placing, "order", payload)
				if err != nil {
					if placing.Err() == nil {
						t.Errorf("place an order: %v", err)
					}
					return
				}
				mu.Lock()
				accepted = append(accepted, id)
				if len(accepted)%20 == 0 {
					select {
					case enough <- struct{}{}:
					default:
					}
				}
				mu.Unlock()
			}
		})
	}
	var file string
	var before []appdock.ID
	for i := range 3 {
		select {
		case <-enough:
		case <-ctx.Done():
			t.Fatal("no orders are accepted")
		}
		mu.Lock()
		before = slices.Clone(accepted)
		mu.Unlock()
		file = filepath.Join(t.TempDir(), fmt.Sprintf("%d.tar", i))
		if _, err := server.BackUp(ctx, c, file, true); err != nil {
			t.Fatal(err)
		}
	}
	stop()
	writing.Wait()
	closeHost(t, host)

	if _, err := server.Restore(ctx, c, file, ""); err != nil {
		t.Fatal(err)
	}
	again := open(t, c)
	reads := operator(t, again)
	if err := again.Settled(ctx, appdock.ID{}); err != nil {
		t.Fatal(err)
	}
	list, err := only(t, again).Deliveries(ctx, control.DeliveryFilter{Event: "checkout.order.placed", Limit: 1 << 20})
	if err != nil {
		t.Fatal(err)
	}
	kept := map[string]bool{}
	for _, d := range list {
		kept[d.EntityID] = true
	}
	for _, id := range before {
		if !kept[id.String()] {
			t.Errorf("order %s was accepted before the backup, which has no delivery of it", id)
		}
		if err := reads.Do(ctx, "GET", "/api/order/"+id.String(), nil, nil); err != nil {
			t.Errorf("order %s was accepted before the backup: %v", id, err)
		}
	}
	// The app hears of all that the backup has: what was sent before it was made, and what
	// was still to be sent.
	for n := 1; ; n++ {
		told := arrived(t, app).accepted
		missing := 0
		for id := range kept {
			missing += max(0, 1-told[id]["checkout.order.placed"])
		}
		if missing == 0 {
			return
		}
		if _, err := app.WaitEvent(ctx, "checkout.order.placed", n); err != nil {
			t.Fatalf("%d orders of the backup were never told of: %v", missing, err)
		}
	}
}

// A restore that died is finished by the next host, wherever it died.
func TestRestoreThatDiedIsFinished(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	whole := folder(t)
	c := demo(whole)
	host := open(t, c)
	id, payload := freshOrder()
	if err := operator(t, host).Create(ctx, "order", payload); err != nil {
		t.Fatal(err)
	}
	closeHost(t, host)
	const proven, before = "restore-proven-1", "before-restore-1"
	steps := map[string][]string{ // from and to, of files that were moved before it died
		"before the first move": nil,
		"between the files":     {"files", before + "/files"},
		"after the files":       {"files", before + "/files", proven + "/files", "files"},
		"between the keys":      {"appdock.key", before + "/appdock.key"},
		"after the key":         {"appdock.key", before + "/appdock.key", proven + "/appdock.key", "appdock.key"},
		"between the databases": {
			"appdock.key", before + "/appdock.key", proven + "/appdock.key", "appdock.key",
			"appdock.db", before + "/appdock.db",
		},
		"after the last move": {
			"appdock.key", before + "/appdock.key", proven + "/appdock.key", "appdock.key",
			"appdock.db", before + "/appdock.db", proven + "/appdock.db", "appdock.db",
		},
	}
	for name, moves := range steps {
		data := folder(t)
		closeHost(t, open(t, demo(data)))
		old := contents(t, data)["appdock.key"]
		for _, made := range []string{proven, before, "files", proven + "/files"} {
			if err := os.Mkdir(filepath.Join(data, made), 0o700); err != nil {
				t.Fatal(err)
			}
		}
		for file, text := range map[string]string{"files/old": "old", proven + "/files/new": "new"} {
			if err := os.WriteFile(filepath.Join(data, file), []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		for _, file := range []string{"appdock.key", "appdock.db"} {
			if err := os.WriteFile(filepath.Join(data, proven, file), []byte(contents(t, whole)[file]), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		for pair := range slices.Chunk(moves, 2) {
			if err := os.Rename(filepath.Join(data, pair[0]), filepath.Join(data, pair[1])); err != nil {
				t.Fatal(err)
			}
		}
		again := open(t, demo(data))
		if err := operator(t, again).Do(ctx, "GET", "/api/order/"+id.String(), nil, nil); err != nil {
			t.Errorf("%s: the order of the backup is not there: %v", name, err)
		}
		closeHost(t, again)
		if got := contents(t, filepath.Join(data, before))["appdock.key"]; got != old {
			t.Errorf("%s: the old key was not kept", name)
		}
		if got := contents(t, data); got["files/new"] != "new" || got["files/old"] != "" || got[before+"/files/old"] != "old" {
			t.Errorf("%s: the folder of files was not replaced and kept", name)
		}
		if _, err := os.Stat(filepath.Join(data, proven)); !errors.Is(err, os.ErrNotExist) {
			t.Errorf("%s: what was proven still lies about: %v", name, err)
		}
	}
}

// What cannot be restored changes nothing, and leaves nothing behind.
func TestRestoreFromWhatIsNoBackupChangesNothing(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	data := folder(t)
	c := demo(data)
	closeHost(t, open(t, c))
	file := filepath.Join(t.TempDir(), "whole.tar")
	if _, err := server.BackUp(ctx, c, file, true); err != nil {
		t.Fatal(err)
	}
	whole, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	before := contents(t, data)
	flipped := func(at int) []byte {
		text := slices.Clone(whole)
		text[at] ^= 1
		return text
	}
	tests := map[string]struct {
		text []byte
		code string
	}{
		"nothing":                        {nil, "ADK-BACKUP-FOREIGN"},
		"a text":                         {[]byte("no backup"), "ADK-BACKUP-FOREIGN"},
		"a database":                     {[]byte(before["appdock.db"]), "ADK-BACKUP-FOREIGN"},
		"cut off in the database":        {whole[:len(whole)/2], "ADK-BACKUP-DAMAGED"},
		"cut off before the key":         {whole[:2048], "ADK-BACKUP-DAMAGED"},
		"cut off before the sums":        {whole[:len(whole)-2560], "ADK-BACKUP-DAMAGED"},
		"one bit of the database turned": {flipped(len(whole) / 2), "ADK-BACKUP-DAMAGED"},
	}
	for name, test := range tests {
		broken := filepath.Join(t.TempDir(), "broken.tar")
		if err := os.WriteFile(broken, test.text, 0o600); err != nil {
			t.Fatal(err)
		}
		_, err := server.Restore(ctx, c, broken, "")
		if got := refusal(t, err); got != test.code {
			t.Errorf("%s: got %v, want code %s", name, err, test.code)
		}
		if diff := cmp.Diff(before, contents(t, data)); diff != "" {
			t.Errorf("%s changed the data folder (-before +after):\n%s", name, diff)
		}
		if _, err := server.Restore(ctx, demo(data+"-new"), broken, ""); err == nil {
			t.Errorf("%s was restored into a new folder", name)
		}
		if _, err := os.Stat(data + "-new"); !errors.Is(err, os.ErrNotExist) {
			t.Errorf("%s left a folder behind: %v", name, err)
		}
	}
}

// contents gives the files of a data folder but the lock, which says who held it last.
func contents(t *testing.T, data string) map[string]string {
	t.Helper()
	files := map[string]string{}
	err := filepath.WalkDir(data, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || d.Name() == "appdock.lock" {
			return err
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		name, err := filepath.Rel(data, path)
		files[filepath.ToSlash(name)] = string(text)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}
