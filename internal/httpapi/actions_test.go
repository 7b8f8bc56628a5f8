package httpapi_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/internal/entity"
	"github.com/appdock/appdock/internal/shop"
)

// TestActionsThatAreRefused has what is wrong with a call (admin-api.md 2, 8 and 9): the shop
// is asked for nothing, unless it is the shop that refuses.
func TestActionsThatAreRefused(t *testing.T) {
	t.Parallel()
	id := teaID.String()
	illegal := &appdock.Error{
		Kind: appdock.Invalid, Code: "SYSTEM__ILLEGAL_STATE_TRANSITION", Message: "m",
		Params: []appdock.Param{{Name: "transition", Value: "ship"}, {Name: "currentState", Value: "open"}, {Name: "possibleTransitions", Value: "process"}},
	}
	missing := appdock.MissingPrivileges([]appdock.Privilege{"order:update"})
	const german = "sw-language-id: de"
	tests := map[string]struct {
		send   send
		fail   error // of the shop
		status int
		code   string
	}{
		"no token":                             {send{path: "/order/" + id + "/state/process", headers: []string{"Authorization:"}}, nil, 401, "9"},
		"a bad id":                             {send{path: "/order/x/state/process"}, nil, 404, "0"},
		"no transition":                        {send{path: "/order/" + id + "/state/"}, nil, 404, "0"},
		"a dash where underscores are":         {send{path: "/order-delivery/" + id + "/state/ship"}, nil, 404, "0"},
		"get a transition":                     {send{method: "GET", path: "/order/" + id + "/state/process"}, nil, 405, "0"},
		"malformed JSON":                       {send{path: "/order/" + id + "/state/process", body: `{"sendMail":`}, nil, 400, "0"},
		"a list":                               {send{path: "/order/" + id + "/state/process", body: `[]x`}, nil, 400, "0"},
		"a field that is no text":              {send{path: "/order/" + id + "/state/process", body: `{"stateFieldName":["stateId"]}`}, nil, 400, "FRAMEWORK__INVALID_REQUEST_PARAMETER"},
		"an unknown language":                  {send{path: "/order/" + id + "/state/process", headers: []string{german}}, nil, 412, "FRAMEWORK__LANGUAGE_NOT_FOUND"},
		"a transition that is not there":       {send{path: "/order/" + id + "/state/ship"}, illegal, 400, "SYSTEM__ILLEGAL_STATE_TRANSITION"},
		"a missing privilege":                  {send{path: "/order/" + id + "/state/process"}, missing, 403, "FRAMEWORK__MISSING_PRIVILEGE_ERROR"},
		"a fault of the host":                  {send{path: "/order/" + id + "/state/process"}, errDisk, 500, "0"},
		"generic: no token":                    {send{path: "/state-machine/order/" + id + "/state/process", headers: []string{"Authorization:"}}, nil, 401, "9"},
		"generic: a bad id":                    {send{path: "/state-machine/order/x/state/process"}, nil, 404, "0"},
		"generic: a field that is no text":     {send{path: "/state-machine/order/" + id + "/state/process?stateFieldName[]=x"}, nil, 400, "FRAMEWORK__INVALID_REQUEST_PARAMETER"},
		"generic: nothing spoken is accepted":  {send{path: "/state-machine/order/" + id + "/state/process", headers: []string{"Accept: text/html"}}, nil, 415, "0"},
		"generic: an unknown language":         {send{path: "/state-machine/order/" + id + "/state/process", headers: []string{german}}, nil, 412, "FRAMEWORK__LANGUAGE_NOT_FOUND"},
		"generic: an unknown entity":           {send{path: "/state-machine/nothing/" + id + "/state/process"}, entity.Undefined("nothing"), 404, "FRAMEWORK__DEFINITION_NOT_FOUND"},
		"post to the list of transitions":      {send{path: "/state-machine/order/" + id + "/state"}, nil, 405, "0"},
		"list: no token":                       {send{method: "GET", path: "/state-machine/order/" + id + "/state", headers: []string{"Authorization:"}}, nil, 401, "9"},
		"list: a missing privilege":            {send{method: "GET", path: "/state-machine/order/" + id + "/state"}, missing, 403, "FRAMEWORK__MISSING_PRIVILEGE_ERROR"},
		"list: an unknown language":            {send{method: "GET", path: "/state-machine/order/" + id + "/state", headers: []string{german}}, nil, 412, "FRAMEWORK__LANGUAGE_NOT_FOUND"},
		"number: no token":                     {send{method: "GET", path: "/number-range/reserve/order", headers: []string{"Authorization:"}}, nil, 401, "9"},
		"number: no type":                      {send{method: "GET", path: "/number-range/reserve"}, nil, 404, "0"},
		"number: a bad sales channel":          {send{method: "GET", path: "/number-range/reserve/order/x"}, nil, 404, "0"},
		"number: post":                         {send{path: "/number-range/reserve/order"}, nil, 405, "0"},
		"number: a missing privilege":          {send{method: "GET", path: "/number-range/reserve/order"}, missing, 403, "FRAMEWORK__MISSING_PRIVILEGE_ERROR"},
		"number: a query nested without bound": {send{method: "GET", path: "/number-range/reserve/order?a" + strings.Repeat("[]", 70)}, nil, 400, "0"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newFake(t)
			f.fail = tt.fail
			api, _ := newAPI(f)
			s := tt.send
			s.path = "/api/_action" + s.path
			if s.method == "" {
				s.method = "POST"
			}
			w := s.to(api)
			if got := faults(t, w.Body.Bytes()); w.Code != tt.status || got[0].Code != tt.code {
				t.Errorf("got %d %s, want %d %s", w.Code, w.Body, tt.status, tt.code)
			}
			if asked := len(f.moved) + len(f.drawn); asked != map[bool]int{true: 1}[tt.fail != nil] {
				t.Errorf("the shop was asked %d times", asked)
			}
		})
	}
}

// TestTransitionsAnswer has the answers, and what the shop was asked for.
func TestTransitionsAnswer(t *testing.T) {
	t.Parallel()
	id, german := teaID.String(), entity.View{Language: germanID}
	language := "sw-language-id: " + germanID.String()
	tests := map[string]struct {
		send send
		want shop.Transition
	}{
		"of an order":              {send{path: "/order/" + id + "/state/process"}, shop.Transition{Entity: "order", Action: "process"}},
		"of a payment":             {send{path: "/order_transaction/" + id + "/state/paid", body: `{"sendMail":false,"stateFieldName":"stateId"}`}, shop.Transition{Entity: "order_transaction", Action: "paid", Field: "stateId"}},
		"of a delivery, plain":     {send{path: "/order_delivery/" + id + "/state/ship", headers: []string{"Accept:"}}, shop.Transition{Entity: "order_delivery", Action: "ship"}},
		"in another language":      {send{path: "/order/" + id + "/state/process", headers: []string{language}}, shop.Transition{Entity: "order", Action: "process", View: german}},
		"generic, plain":           {send{path: "/state-machine/order-delivery/" + id + "/state/ship?stateFieldName=otherId"}, shop.Transition{Entity: "order_delivery", Action: "ship", Field: "otherId"}},
		"generic, jsonapi":         {send{path: "/state-machine/order_delivery/" + id + "/state/ship", headers: []string{"Accept:"}}, shop.Transition{Entity: "order_delivery", Action: "ship"}},
		"list":                     {send{method: "GET", path: "/state-machine/order-delivery/" + id + "/state"}, shop.Transition{Entity: "order_delivery"}},
		"list of a field":          {send{method: "GET", path: "/state-machine/order/" + id + "/state?stateFieldName=other%26Id"}, shop.Transition{Entity: "order", Field: "other&Id"}},
		"list in another language": {send{method: "GET", path: "/state-machine/order/" + id + "/state", headers: []string{language}}, shop.Transition{Entity: "order", View: german}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newFake(t)
			api, _ := newAPI(f)
			s := tt.send
			s.path = "/api/_action" + s.path
			if s.method == "" {
				s.method = "POST"
			}
			golden(t, "transition "+name, s.to(api))
			tt.want.ID = teaID
			if diff := cmp.Diff([]shop.Transition{tt.want}, f.moved); diff != "" {
				t.Errorf("transition (-want +got):\n%s", diff)
			}
		})
	}
}

func TestNumbersAreReserved(t *testing.T) {
	t.Parallel()
	for path, want := range map[string]string{
		"order":                       "order false",
		"order?preview=1":             "order true",
		"order?preview=0":             "order false",
		"product/" + makerID.String(): "product false",
		"product/" + makerID.String() + "?preview=true": "product true",
	} {
		f := newFake(t)
		api, _ := newAPI(f)
		w := send{method: "GET", path: "/api/_action/number-range/reserve/" + path}.to(api)
		if w.Code != 200 || w.Body.String() != `{"number":"SW10001"}` {
			t.Errorf("%s: got %d %q", path, w.Code, w.Body)
		}
		if diff := cmp.Diff([]string{want}, f.drawn); diff != "" {
			t.Errorf("%s (-want +got):\n%s", path, diff)
		}
	}
}
