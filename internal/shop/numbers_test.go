package shop_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/internal/entity"
)

func TestReserve(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	reserve := func(kind, want string) {
		t.Helper()
		if got, err := w.Reserve(t.Context(), actor("number_range:read"), kind, false); err != nil || got != want {
			t.Errorf("got %q, %v, want %q", got, err, want)
		}
	}
	reserve("product", "SW10000")
	reserve("product", "SW10001")
	reserve("customer", "10000")
	if err := w.write(t, entity.Insert, "product", parse(t, merged(t, w.fill(teaPayload), `{"productNumber":"SW10002"}`))); err != nil {
		t.Fatal(err)
	}
	reserve("product", "SW10003") // the one before has an owner
	_, err := w.Reserve(t.Context(), actor(), "product", false)
	if diff := cmp.Diff([]string{"number_range:read"}, missing(t, err)); diff != "" {
		t.Error(diff)
	}
	_, err = w.Reserve(t.Context(), appdock.Host(shopID), "nothing", false)
	if appdock.CodeOf(err) != "FRAMEWORK__NO_NUMBER_RANGE_CONFIGURATION" {
		t.Errorf("an unknown range: %v", err)
	}
}
