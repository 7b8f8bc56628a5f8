package shop_test

import (
	"errors"
	"testing"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/internal/shop"
)

func TestSampleOfUnknownEvents(t *testing.T) {
	t.Parallel()
	var s shop.Service
	for name, cure := range map[appdock.EventName]string{
		"checkout.order.place": "Did you mean checkout.order.placed?",
		"product.writen":       "Did you mean product.written?",
		"weather":              "The shell completes the names of events (appdock completion), and app validate proposes those near one in a manifest.",
	} {
		_, err := s.Sample(t.Context(), "main", name, appdock.ID{})
		told, ok := errors.AsType[*appdock.Error](err)
		if !ok || told.Code != "ADK-EVENT-UNKNOWN" || told.Cure != cure {
			t.Errorf("%s: got %+v, want the cure %q", name, err, cure)
		}
	}
}
