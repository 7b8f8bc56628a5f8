package sqlite

import (
	"fmt"
	"os"
	"testing"

	"golang.org/x/sys/unix"
)

// smallDisk mounts a file system of so many bytes.
func smallDisk(t *testing.T, size int) string {
	t.Helper()
	folder := t.TempDir()
	err := unix.Mount("none", folder, "tmpfs", 0, fmt.Sprint("size=", size))
	if err != nil && os.Getenv("APPDOCK_CI") == "" {
		t.Skipf("a small file system cannot be mounted here: %v", err)
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := unix.Unmount(folder, unix.MNT_DETACH); err != nil {
			t.Error(err)
		}
	})
	return folder
}
