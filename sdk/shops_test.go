package sdk_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/appdock/appdock/sdk"
)

// TestRepositories is the meaning of a ShopRepository, with two shops.
func TestRepositories(t *testing.T) {
	t.Parallel()
	for name, open := range map[string]func(t *testing.T) sdk.ShopRepository{
		"memory": func(*testing.T) sdk.ShopRepository { return sdk.NewMemory() },
		"file": func(t *testing.T) sdk.ShopRepository {
			t.Helper()
			return openFile(t, filepath.Join(t.TempDir(), "shops.json"))
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ctx, repo := t.Context(), open(t)
			at := time.Unix(1700000000, 0).UTC()
			must := func(err error) {
				t.Helper()
				if err != nil {
					t.Fatal(err)
				}
			}
			for call, err := range map[string]error{
				"Get":       second(repo.Get(ctx, "a")),
				"Confirm":   repo.Confirm(ctx, "a", sdk.Confirmed{Secret: "s1"}),
				"SetActive": repo.SetActive(ctx, "a", true),
				"Delete":    repo.Delete(ctx, "a"),
			} {
				if !errors.Is(err, sdk.ErrShopUnknown) {
					t.Errorf("%s of an unknown shop: got %v", call, err)
				}
			}
			must(repo.SavePending(ctx, "a", sdk.Pending{URL: "http://a", Secret: "s1"}))
			must(repo.SavePending(ctx, "b", sdk.Pending{URL: "http://b", Secret: "s1"}))
			must(repo.Confirm(ctx, "a", sdk.Confirmed{Secret: "s1", APIKey: "k1", SecretKey: "x1", At: at}))
			must(repo.SetActive(ctx, "a", true))
			must(repo.SavePending(ctx, "a", sdk.Pending{URL: "http://a2", Secret: "s2", SignedTwice: true}))
			if err := repo.Confirm(ctx, "a", sdk.Confirmed{Secret: "s1"}); !errors.Is(err, sdk.ErrShopUnknown) {
				t.Errorf("Confirm of a registration that was replaced: got %v", err)
			}
			got, err := repo.Get(ctx, "a")
			want := sdk.Shop{ID: "a", URL: "http://a", Active: true, APIKey: "k1", SecretKey: "x1", Secret: "s1", ConfirmedAt: at, Pending: &sdk.Pending{URL: "http://a2", Secret: "s2", SignedTwice: true}}
			if diff := cmp.Diff(want, got); err != nil || diff != "" {
				t.Errorf("pending: %v %s", err, diff)
			}
			must(repo.Confirm(ctx, "a", sdk.Confirmed{Secret: "s2", APIKey: "k2", SecretKey: "x2", At: at.Add(1)}))
			got, err = repo.Get(ctx, "a")
			want = sdk.Shop{ID: "a", URL: "http://a2", Active: true, APIKey: "k2", SecretKey: "x2", Secret: "s2", PreviousSecret: "s1", ConfirmedAt: at.Add(1), SignedTwice: true}
			if diff := cmp.Diff(want, got); err != nil || diff != "" {
				t.Errorf("confirmed: %v %s", err, diff)
			}
			must(repo.SavePending(ctx, "a", sdk.Pending{URL: "http://a3", Secret: "s3"}))
			must(repo.Confirm(ctx, "a", sdk.Confirmed{Secret: "s3"}))
			if got, err = repo.Get(ctx, "a"); err != nil || !got.SignedTwice {
				t.Errorf("two signatures once, and forgotten: %v", err)
			}
			must(repo.Delete(ctx, "a"))
			if _, err := repo.Get(ctx, "a"); !errors.Is(err, sdk.ErrShopUnknown) {
				t.Errorf("deleted: got %v", err)
			}
			if b, err := repo.Get(ctx, "b"); err != nil || b.Pending == nil || b.Secret != "" {
				t.Errorf("the other shop: got %v %v", b, err)
			}
		})
	}
}

func second(_ sdk.Shop, err error) error { return err }

func openFile(t *testing.T, path string) sdk.File {
	t.Helper()
	file, err := sdk.OpenFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return file
}

func TestFile(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	path := filepath.Join(folder, "shops.json")
	if err := openFile(t, path).SavePending(t.Context(), "a", sdk.Pending{URL: "http://a", Secret: "s"}); err != nil {
		t.Fatal(err)
	}
	again := openFile(t, path)
	if shop, err := again.Get(t.Context(), "a"); err != nil || shop.Pending == nil || shop.Pending.Secret != "s" {
		t.Errorf("after a restart: got %v, %v", shop, err)
	}
	if info, err := os.Stat(path); err != nil || runtime.GOOS != "windows" && info.Mode().Perm() != 0o600 {
		t.Errorf("got %v, %v", info.Mode(), err)
	}
	if entries, err := os.ReadDir(folder); err != nil || len(entries) != 1 {
		t.Errorf("left behind: %v %v", entries, err)
	}

	// What cannot be saved did not happen.
	if err := os.RemoveAll(folder); err != nil {
		t.Fatal(err)
	}
	if err := again.Delete(t.Context(), "a"); err == nil {
		t.Error("no error without a folder")
	}
	if _, err := again.Get(t.Context(), "a"); err != nil {
		t.Errorf("the shop is gone though that was not saved: %v", err)
	}

	broken := filepath.Join(t.TempDir(), "shops.json")
	if err := os.WriteFile(broken, []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := sdk.OpenFile(broken); err == nil {
		t.Error("a broken file was taken for an empty one")
	}
}

func TestMemoryForgetsTheOldest(t *testing.T) {
	t.Parallel()
	memory, ctx := sdk.NewMemory(), context.Background()
	id := func(i int) string { return string(rune(i)) }
	for i := range 100_001 {
		if err := memory.Remember(ctx, "s", id(i+0x20000)); err != nil {
			t.Fatal(err)
		}
	}
	for i, want := range map[int]bool{0: false, 1: true, 100_000: true} {
		if got, err := memory.Seen(ctx, "s", id(i+0x20000)); err != nil || got != want {
			t.Errorf("event %d: got %v, want %v", i, got, want)
		}
	}
	if got, _ := memory.Seen(ctx, "another shop", id(0x20001)); got {
		t.Error("shops are mixed up")
	}
}
