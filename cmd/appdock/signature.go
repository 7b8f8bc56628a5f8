package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/internal/signature"
)

// maxCapture bounds a captured request: HAR files hold everything that a page loaded.
const maxCapture = 32 << 20

// signed is what is said of one captured request.
type signed struct {
	Method   string              `json:"method"`
	URL      string              `json:"url"` // without what may be secret: see bareURL
	Verdicts []signature.Verdict `json:"signatures"`
}

func newExplainSignature(p *program) *cobra.Command {
	flags := []struct {
		name, use string
		role      signature.Role
		value     string
	}{
		{name: "app-secret", use: "the vendor's secret, which signs registrations", role: signature.AppSecret},
		{name: "shop-secret", use: "the secret of the last registration, which signs all else", role: signature.ShopSecret},
		{name: "previous-secret", use: "the shop secret before that", role: signature.PreviousSecret},
		{name: "webhook-secret", use: "the secret of Standard Webhooks, whsec_ and base64", role: signature.WebhookSecret},
	}
	c := &cobra.Command{
		Use:   "signature <file>",
		Short: "Explain why the signature of a captured request does not verify",
		Long: "Check every signature of a captured request, and say what explains one that does not verify: which change of the bytes on " +
			"the way, or which other secret, and the first byte that differs. The file is a HAR file, a curl command line, an HTTP " +
			"request as text, or the address of a signed page; - is the standard input. Nothing is sent, and no host is needed.\n\n" +
			"Secrets are given as file:PATH or env:NAME, never as such, and shown nowhere. The more of them are given, the more can be " +
			"explained. A change is only named if the signature verifies with it.\n\n" +
			"Ends with 0 if all signatures verify, else with 1.",
		Example: "appdock explain signature request.txt --shop-secret file:shop-secret.txt\n\n# a registration, copied as cURL\n" +
			"appdock explain signature - --app-secret env:APP_SECRET\n\n# which secret was it?\n" +
			"appdock explain signature session.har --shop-secret env:NEW --previous-secret env:OLD --app-secret env:APP --json",
		Args: args(1, 1, "the file of a captured request"),
	}
	for i := range flags {
		c.Flags().StringVar(&flags[i].value, flags[i].name, "", flags[i].use+": file:PATH or env:NAME")
	}
	c.RunE = func(_ *cobra.Command, given []string) error {
		secrets := signature.Secrets{}
		for _, f := range flags {
			if f.value == "" {
				continue
			}
			value, err := p.secretAt(f.name, f.value)
			if err != nil {
				return err
			}
			secrets[f.role] = value
		}
		if len(secrets) == 0 {
			return usageError("a signature cannot be checked without a secret", "Give one with --shop-secret or --app-secret, as file:PATH or env:NAME.")
		}
		return p.explainSignature(given[0], secrets)
	}
	return c
}

// secretAt reads a secret from where it stands. One that is on the command line itself is
// refused: everybody on the machine sees it there, and the shell keeps it.
func (p *program) secretAt(flag, place string) (string, error) {
	if !strings.HasPrefix(place, "env:") && !strings.HasPrefix(place, "file:") {
		return "", usageError("--"+flag+" takes the place of a secret, not the secret", "Give file:PATH or env:NAME.")
	}
	value, err := follow(place, p.getenv)
	if err != nil {
		return "", usageError("--"+flag+": "+err.Error(), "Name a file that can be read, or a variable that is set.")
	}
	if value == "" {
		return "", usageError("--"+flag+": there is no secret in that file", "Name the file that holds it.")
	}
	return value, nil
}

func (p *program) explainSignature(file string, secrets signature.Secrets) error {
	text, err := p.input(file, maxCapture)
	if err != nil {
		return err
	}
	if len(text) > maxCapture {
		return captureError("it is larger than 32 MiB", nil)
	}
	requests, err := signature.Parse(text)
	if err != nil {
		return captureError(strings.TrimPrefix(err.Error(), signature.ErrCapture.Error()+": "), err)
	}
	list := []signed{}
	failed := false
	for _, r := range requests {
		verdicts := secrets.Explain(r)
		if len(verdicts) == 0 {
			continue
		}
		list = append(list, signed{r.Method, bareURL(r.URL), verdicts})
		for _, v := range verdicts {
			failed = failed || !v.Verifies
		}
	}
	if len(list) == 0 {
		return &appdock.Error{
			Kind: appdock.Invalid, Code: "ADK-CAPTURE-UNSIGNED", Message: "The request carries no signature",
			Cause: "it has none of the headers shopware-app-signature, shopware-shop-signature and webhook-signature, and no signed query",
			Cure:  "Capture the request with all its headers, where it arrives.",
		}
	}
	err = p.show(list, func() {
		for _, s := range list {
			p.printSigned(s)
		}
	})
	if err == nil && failed {
		return toldError(exitFailed)
	}
	return err
}

// bareURL leaves out what may be secret of an address: query, fragment and password.
func bareURL(url string) string {
	if at := strings.IndexAny(url, "?#"); at >= 0 {
		url = url[:at]
	}
	scheme, rest, ok := strings.Cut(url, "://")
	if !ok {
		return url
	}
	host, path, slash := strings.Cut(rest, "/")
	if slash {
		path = "/" + path
	}
	return scheme + "://" + host[strings.LastIndexByte(host, '@')+1:] + path
}

func captureError(cause string, err error) error {
	return &appdock.Error{
		Kind: appdock.Invalid, Code: "ADK-CAPTURE-UNREADABLE", Message: "The captured request cannot be read", Cause: cause,
		Cure: "Give a HAR file, a curl command line, or the text of an HTTP request with its header, an empty line and its body.", Err: err,
	}
}

func (p *program) printSigned(s signed) {
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s\n", oneLine(s.Method), oneLine(s.URL))
	for _, v := range s.Verdicts {
		word := p.out.paint(red, "does not verify")
		if v.Verifies {
			word = "verifies"
		}
		fmt.Fprintf(&b, "  %s, %s: %s with the %s\n", v.Kind, v.Carrier, word, v.Secret)
		for _, c := range v.Changes {
			fmt.Fprintf(&b, "    %s [%s]\n", c.Text, c.Code)
		}
		if d := v.Differs; d != nil {
			fmt.Fprintf(&b, "    first difference: byte %d of the %s: %s was captured, %s is right\n", d.Offset, d.In, d.Got, d.Want)
		}
		switch {
		case v.Verifies || len(v.Changes) > 0:
		case v.Missing:
			fmt.Fprintf(&b, "    the %s is needed: give it with --%s\n", v.Secret, strings.ReplaceAll(string(v.Secret), " ", "-"))
		default:
			b.WriteString("    no known change explains it: the content changed, or it was signed with a secret that was not given\n")
		}
	}
	p.out.print(b.String())
}

// signatureExplanations are of what `explain signature` finds.
func signatureExplanations() []explanation {
	raw := "Hash the raw bytes as they arrive, before any framework reads them."
	return []explanation{
		{"ADK-CAPTURE-UNREADABLE", "A captured request cannot be read.", "It is no HAR file, curl command line or HTTP text, or lacks its body; the message says which.", "Capture it again, with header and body."},
		{"ADK-CAPTURE-UNSIGNED", "A captured request carries no signature.", "Its headers were not captured, or a proxy removed them; a POST with an empty body is not signed.", "Capture it where it arrives, with all headers."},
		{"secret.other", "The signature was made with another secret.", "Registrations are signed with the app secret, all else with the shop secret of the last registration.", "Use the secret that the message says is right; after a rotation store the new one."},
		{"secret.newline", "The signature was made with a newline behind the secret.", "The secret was read from a file with its last newline.", "Trim the secret when it is read."},
		{"secret.encoded", "The webhook secret was used as a text.", "Its key is what the base64 behind whsec_ stands for.", "Decode it, or use a Standard Webhooks library."},
		{"signature.upper_case", "The signature is in upper-case hex.", "The signer's library writes hex in capitals.", "Write lower-case hex."},
		{"signature.padded", "There are spaces or quotes around the signature.", "A header was quoted or copied with blanks.", "Send the bare 64 digits."},
		{"signature.base64", "The signature is base64.", "The signer encoded the bytes as base64 where hex is meant.", "Write lower-case hex."},
		{"signature.version", "An entry of webhook-signature lacks its version.", "The signature was sent without v1, in front.", "Send v1, and the base64."},
		{"query.encoding", "The query was decoded and encoded again.", "A framework or proxy parsed it; escapes then differ, such as those of : and /.", "Hash the raw query string, never one that was built from parsed parameters."},
		{"query.order", "The parameters were sorted or moved.", "Many libraries sort parameters when they write them.", "Hash the raw query string."},
		{"query.parameter_added", "A parameter was added after signing.", "A proxy, a tracker or the app's router added it.", "Verify before anything is added, or remove it there."},
		{"query.parameter_dropped", "An empty parameter was dropped after signing.", "Libraries leave empty parameters out; they are signed all the same.", "Hash the raw query string."},
		{"query.signature_position", "The signature is not the last parameter.", "The parameters were sorted, or one was added behind the signature.", "Keep the query as it came; add parameters before it is signed."},
		{"url.normalised", "The address of the shop was normalised.", "A URL library added or removed a slash or a port, or changed the case.", raw},
		{"body.newline", "A newline at the end of the body was added or trimmed.", "An editor, a template or a body parser did so.", raw},
		{"body.line_endings", "The line endings of the body changed.", "The body was handled as a text.", raw},
		{"body.slashes", "Slashes of the body were escaped or unescaped.", "PHP writes / as \\/ and most others do not; the JSON means the same and its bytes differ.", raw},
		{"body.json", "The JSON of the body was parsed and written again.", "A body parser read it, and the app hashed what it wrote from that.", raw},
		{"body.key_order", "The members of the body were sorted.", "The JSON was read into a map and written again.", raw},
	}
}
