//go:build !linux

package sqlite

import "testing"

func smallDisk(t *testing.T, _ int) string {
	t.Helper()
	t.Skip("small file systems are made on Linux alone")
	return ""
}
