package restapi

import (
	"crypto/sha256"
	"encoding/json"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"sync"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/internal/shop"
)

// Whatever changes records runs in one unit of work with all that it reads, and with the
// answer under its idempotency key (rest-api-sitepack.md 7). What is done outside of one has its
// answer kept right after: a host that dies in between does it again when it is asked again.

// change does what a route does in a unit of work, and gives what to send.
func (c *call) change() (*answer, error) {
	if c.route.matching && c.r.Header.Get("If-Match") == "" {
		return nil, &problem{
			Status: http.StatusPreconditionRequired, Code: "precondition_required", Detail: "Send the ETag of the resource as you know it in If-Match.",
		}
	}
	key, err := c.key()
	if err != nil {
		return nil, err
	}
	if key == "" {
		return c.once()
	}
	claim := running{c.bearer.App.Installation, key}
	if !c.running.begin(claim) {
		return nil, &problem{
			Status: http.StatusConflict, Code: "idempotency_in_progress", Detail: "A request with this key is being answered.",
			header: http.Header{"Retry-After": {"1"}},
		}
	}
	defer c.running.end(claim)
	out, err := c.keyed(key)
	if appdock.CodeOf(err) == "ADK-IDEMPOTENCY-KEY-USED" { // another node was faster: its answer is there now
		out, err = c.keyed(key)
	}
	return out, err
}

// once does a change that nobody can repeat.
func (c *call) once() (*answer, error) {
	if c.route.prepare != nil {
		if err := c.route.prepare(c); err != nil {
			return nil, err
		}
	}
	var out *answer
	do := func() (err error) {
		out, err = c.handled()
		return err
	}
	if !c.inUnit() {
		err := do()
		return out, err
	}
	err := c.within(do)
	return out, err
}

// inUnit reports whether all that the call does is one unit of work.
func (c *call) inUnit() bool {
	return !c.route.alone || c.route.together != "" && c.query.Get(c.route.together) == "true"
}

// within runs do in a unit of work: that of the batch which the call is part of, or its own, of
// which nothing is kept when its time is over.
func (c *call) within(do func() error) error {
	if c.work != nil {
		return do()
	}
	defer func() { c.work = nil }()
	_, err := inTime(c, func() (struct{}, error) {
		return struct{}{}, c.options.Records.Do(c.ctx, c.shop.ID, func(w *shop.Work) error {
			c.work, c.etag = w, ""
			return do()
		})
	})
	return err
}

// key reads the idempotency key (draft-ietf-httpapi-idempotency-key-header).
func (c *call) key() (string, error) {
	text := c.r.Header.Get("Idempotency-Key")
	if text == "" {
		if c.route.keyNeeded {
			return "", refuse("idempotency_key_required", "Send a new Idempotency-Key with each order or payment, and the same one when you try again.")
		}
		return "", nil
	}
	const longest = 255
	key := text
	if unquoted, ok := strings.CutPrefix(text, `"`); ok {
		key = strings.TrimSuffix(unquoted, `"`)
	}
	printable := !strings.ContainsFunc(key, func(r rune) bool { return r < ' ' || r > '~' })
	if key == "" || len(key) > longest || !printable {
		return "", refuse("invalid_idempotency_key", "An Idempotency-Key has 1 to 255 printable characters.")
	}
	return key, nil
}

// kept is an answer under an idempotency key.
type kept struct {
	Status int         `json:"status"`
	Header http.Header `json:"header"`
	Body   []byte      `json:"body"`
}

// keyed does a change unless its key was used: then the answer is that of the first time.
func (c *call) keyed(key string) (*answer, error) {
	var out *answer
	var known bool
	recall := func() (err error) {
		out, known, err = c.recalled(key)
		return err
	}
	if c.route.prepare != nil || !c.inUnit() { // before what takes long
		if err := c.within(recall); err != nil || known {
			return c.retold(out, err)
		}
	}
	if c.route.prepare != nil {
		if err := c.route.prepare(c); err != nil {
			return nil, err
		}
	}
	do := func() (err error) {
		if out, err = c.handled(); err != nil {
			return err
		}
		return c.within(func() error { return c.remember(key, kept{out.status, out.header, out.body}) })
	}
	var err error
	if c.inUnit() {
		err = c.within(func() error {
			if err := recall(); err != nil || known {
				return err
			}
			return do()
		})
	} else {
		err = do()
	}
	if known {
		return c.retold(out, err)
	}
	if p, refused := errors.AsType[*problem](c.told(err)); refused && p.final() && c.work == nil {
		// Nothing was done, and the same request will be told so again.
		header := http.Header{"Content-Type": {problemType}}
		for name, values := range p.header {
			header[name] = values
		}
		if keep := c.within(func() error { return c.remember(key, kept{p.Status, header, p.body(c.r, c.options.ProblemTypes)}) }); keep != nil {
			return nil, keep
		}
	}
	return out, err
}

// final reports whether the same request would be refused alike at another time
// (rest-api-sitepack.md 7, "Not stored").
func (p *problem) final() bool {
	switch {
	case p.Status >= http.StatusInternalServerError, p.Status == http.StatusTooManyRequests, p.Status == http.StatusUnauthorized,
		p.Status == http.StatusPreconditionFailed, // with the tag of now it is another request
		p.Code == "idempotency_key_reused":
		return false
	}
	return true
}

// retold is a kept answer as it is given again: what could not be kept of it is shown anew.
func (c *call) retold(out *answer, err error) (*answer, error) {
	if err != nil || c.route.again == nil || out.status >= http.StatusBadRequest {
		return out, err
	}
	v, err := c.route.again(c)
	if err != nil {
		return nil, err
	}
	shown, err := c.render(v)
	if err == nil {
		out.body = shown.body
	}
	return out, err
}

// recalled gives the answer that the key has; done is false if it has none.
func (c *call) recalled(key string) (out *answer, done bool, err error) {
	hash, text, err := c.work.Recall(c.bearer.App.Installation, key)
	if appdock.KindOf(err) == appdock.NotFound {
		return nil, false, nil
	}
	if err != nil {
		return nil, false, err
	}
	if string(hash) != string(c.requestHash()) {
		return nil, false, &problem{Status: http.StatusUnprocessableEntity, Code: "idempotency_key_reused", Detail: "The key was used for another request."}
	}
	var k kept
	if err := json.Unmarshal(text, &k); err != nil {
		return nil, false, err
	}
	k.Header.Set("Idempotent-Replayed", "true")
	return &answer{status: k.Status, header: k.Header, body: k.Body}, true, nil
}

func (c *call) remember(key string, k kept) error {
	if c.route.again != nil && k.Status < http.StatusBadRequest {
		k.Body = nil
	}
	text, err := json.Marshal(k)
	if err != nil {
		return err
	}
	return c.work.Remember(c.bearer.App.Installation, key, c.requestHash(), text)
}

// requestHash tells requests apart that have one key.
func (c *call) requestHash() []byte {
	sum := sha256.New()
	_, _ = sum.Write([]byte(c.r.Method + " " + c.r.URL.RequestURI() + "\x00" + c.r.Header.Get("If-Match") + "\x00")) // never fails
	_, _ = sum.Write(c.sent)
	return sum.Sum(nil)
}

// running knows which keys are being answered by this node.
type running struct {
	installation appdock.ID
	key          string
}

type runs struct {
	mu  sync.Mutex
	now map[running]bool
}

func (r *runs) begin(k running) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.now == nil {
		r.now = map[running]bool{}
	}
	if r.now[k] {
		return false
	}
	r.now[k] = true
	return true
}

func (r *runs) end(k running) {
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.now, k)
}

// unchanged refuses a change of a resource that is no longer as the client knows it. The
// language and the members that it was shown with do not count: the record does.
func (c *call) unchanged() error {
	sent := c.r.Header.Get("If-Match")
	if sent == "" {
		return nil
	}
	now := recordTag(c.etag)
	for one := range strings.SplitSeq(sent, ",") {
		one = strings.TrimSpace(one)
		if one == "*" || recordTag(one) == now {
			return nil
		}
	}
	return &problem{
		Status: http.StatusPreconditionFailed, Code: "precondition_failed", Detail: "The resource was changed since you read it.", ETag: c.etag,
		header: http.Header{"Etag": {c.etag}},
	}
}

// recordTag is what a tag says of the record: its version and the sum behind it. A weak tag
// says nothing that counts here.
func recordTag(tag string) string {
	unquoted, err := strconv.Unquote(tag)
	if err != nil {
		return tag
	}
	parts := strings.Split(unquoted, "-")
	return strings.Join(parts[:min(2, len(parts))], "-")
}
