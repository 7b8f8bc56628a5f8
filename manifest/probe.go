package manifest

import (
	"bytes"
	"context"
	"crypto/tls"
	"encoding/xml"
	"errors"
	"image"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/appdock/appdock/protocol"
)

// probeTimeout of one question.
var probeTimeout = protocol.Timeout{Connect: 5 * time.Second, Total: 5 * time.Second}

const (
	maxProbes  = 50      // addresses of one app that are asked
	atOnce     = 8       // of them
	maxPicture = 1 << 20 // bytes of an icon that are read
)

// Probe asks the network about the addresses of an app (validation.md 6): it is what
// --online adds to Validate. Each host is asked once, with a HEAD that no app can
// take for one of its own requests. Private addresses are asked in development
// only: Validate has told of them.
func Probe(ctx context.Context, app *App, caller Caller, development bool) Problems {
	r := newReview(app, Environment{Development: development})
	all := r.addresses()
	if app.Format == SitePack {
		all = r.appAddresses()
	}
	var questions []question
	seen := map[string]bool{}
	for _, a := range all {
		u, err := url.Parse(a.url)
		if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Hostname() == "" || isPrivate(u.Hostname()) && !development {
			continue
		}
		origin := u.Scheme + "://" + u.Host
		switch {
		case app.Format == Shopware && a.url == app.Auth.RegistrationURL:
			questions = append(questions, question{a, u.String(), (*review).askRegistration})
		case app.Format == SitePack && a.path == "/icon_url":
			questions = append(questions, question{a, u.String(), (*review).askPicture})
		case !seen[origin]:
			questions = append(questions, question{a, origin + "/", (*review).askHost})
		default:
			continue
		}
		seen[origin] = true
	}
	if len(questions) > maxProbes {
		r.tell(Warning, notChecked, questions[maxProbes].about.path, "", "this address and %d more were not asked, only the first %d are", len(questions)-maxProbes-1, maxProbes)
		questions = questions[:maxProbes]
	}
	return ask(ctx, r, caller, questions)
}

// question is what is asked of one address.
type question struct {
	about address
	url   string
	ask   func(r *review, ctx context.Context, caller Caller, q question)
}

// ask puts the questions, some at a time.
func ask(ctx context.Context, r *review, caller Caller, questions []question) Problems {
	answers := make([]*review, len(questions))
	free := make(chan struct{}, atOnce)
	var all sync.WaitGroup
	for i, q := range questions {
		answers[i] = newReview(r.App, r.env)
		free <- struct{}{}
		all.Go(func() {
			defer func() { <-free }()
			q.ask(answers[i], ctx, caller, q)
		})
	}
	all.Wait()
	for _, a := range answers {
		r.problems = append(r.problems, a.problems...)
	}
	r.problems.Sort()
	return r.problems
}

func (r *review) askHost(ctx context.Context, caller Caller, q question) {
	r.head(ctx, caller, q)
}

// askRegistration: an app answers an unsigned request with a refusal, not with a failure.
func (r *review) askRegistration(ctx context.Context, caller Caller, q question) {
	if answer, ok := r.head(ctx, caller, q); ok && answer.Status >= 500 {
		r.tell(Info, "online.registration_status", q.about.path, "", "the registration URL answers %d", answer.Status)
	}
}

func (r *review) head(ctx context.Context, caller Caller, q question) (protocol.Answer, bool) {
	answer, err := caller.Call(ctx, protocol.Call{Method: http.MethodHead, URL: q.url, Timeout: probeTimeout})
	return answer, r.reached(ctx, q, err)
}

// reached tells why there was no answer.
func (r *review) reached(ctx context.Context, q question, err error) bool {
	if err == nil || ctx.Err() != nil {
		return err == nil
	}
	u, _ := url.Parse(q.url) // it was parsed to get here
	if certificate, ok := errors.AsType[*tls.CertificateVerificationError](err); ok {
		r.tell(Error, "online.tls", q.about.path, "", "the certificate of %s is not valid: %s", shorten(u.Host), shorten(certificate.Err.Error()))
		return false
	}
	r.tell(Warning, "online.unreachable", q.about.path, "", "%s cannot be reached: %s", shorten(u.Host), shorten(err.Error()))
	return false
}

// askPicture: the icon is a square PNG or SVG (app-json.md 2.1).
func (r *review) askPicture(ctx context.Context, caller Caller, q question) {
	answer, err := caller.Call(ctx, protocol.Call{Method: http.MethodGet, URL: q.url, Timeout: probeTimeout, MaxAnswer: maxPicture})
	if !r.reached(ctx, q, err) {
		return
	}
	if answer.Status != http.StatusOK {
		r.tell(Warning, "icon_url_image", q.about.path, "", "the address of the icon answers %d", answer.Status)
		return
	}
	width, height, ok := pictureSize(answer.Body)
	switch {
	case !ok:
		r.tell(Warning, "icon_url_image", q.about.path, "", "the icon is neither a PNG nor an SVG")
	case width != height:
		r.tell(Warning, "icon_url_image", q.about.path, "", "the icon is %gx%g, and not square", width, height)
	}
}

// pictureSize gives the size of a PNG or SVG. An SVG that says nothing about it is square:
// it fills what it is given.
func pictureSize(data []byte) (width, height float64, ok bool) {
	if config, _, err := image.DecodeConfig(bytes.NewReader(data)); err == nil {
		return float64(config.Width), float64(config.Height), true
	}
	decoder := xml.NewDecoder(bytes.NewReader(data))
	for {
		token, err := decoder.Token()
		if err != nil {
			return 0, 0, false
		}
		if start, isStart := token.(xml.StartElement); isStart {
			width, height = svgSize(start)
			return width, height, start.Name.Local == "svg"
		}
	}
}

func svgSize(svg xml.StartElement) (width, height float64) {
	value := func(name string) string {
		i := slices.IndexFunc(svg.Attr, func(a xml.Attr) bool { return a.Name.Local == name })
		if i < 0 {
			return ""
		}
		return svg.Attr[i].Value
	}
	length := func(text string) float64 {
		n, err := strconv.ParseFloat(strings.TrimRight(text, "abcdefghijklmnopqrstuvwxyz "), 64)
		if err != nil {
			return 0
		}
		return n
	}
	width, height = length(value("width")), length(value("height"))
	if box := strings.Fields(strings.ReplaceAll(value("viewBox"), ",", " ")); (width == 0 || height == 0) && len(box) == 4 {
		width, height = length(box[2]), length(box[3])
	}
	return width, height
}
