package manifest

import (
	"bytes"
	"image"
	"image/png"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
)

func TestFileRules(t *testing.T) {
	t.Parallel()
	testRules(t, map[string]ruleCase{
		"the icon is there": {rule: iconFile, app: appOf("3.0", strings.Replace(meta, `<license>`, `
<icon>i.png</icon><license>`, 1)), env: Environment{Files: fstest.MapFS{"i.png": {Data: pixels(t, 128)}}}},
		"the icon is not there": {rule: iconFile, app: appOf("3.0", strings.Replace(meta, `<license>`, `
<icon>./i.png</icon><license>`, 1)), env: Environment{Files: fstest.MapFS{}}, wants: []string{`3:1: warning manifest.icon_missing: icon "./i.png" does not exist`}},
		"the icon is not there, for a store": {rule: iconFile, app: appOf("3.0", strings.Replace(meta, `<license>`, `
<icon>i.png</icon><license>`, 1)), env: Environment{Files: fstest.MapFS{}, Store: true}, wants: []string{`3:1: error manifest.icon_missing: icon "i.png" does not exist`}},
		"no icon":                     {rule: iconFile, env: Environment{Files: fstest.MapFS{}}},
		"no icon, for a store":        {rule: iconFile, env: Environment{Files: fstest.MapFS{}, Store: true}, wants: []string{`2:1: error manifest.icon_missing: icon "Resources/config/plugin.png" does not exist`}},
		"the usual icon, for a store": {rule: iconFile, env: Environment{Files: fstest.MapFS{"Resources/config/plugin.png": {Data: pixels(t, 128)}}, Store: true}},
		"the icon is no image": {rule: iconFile, app: appOf("3.0", strings.Replace(meta, `<license>`, `
<icon>i.png</icon><license>`, 1)), env: Environment{Files: fstest.MapFS{"i.png": {Data: []byte("GIF89a")}}}, wants: []string{`3:1: warning manifest.icon_format: icon "i.png" is no PNG`}},
		"files that were not given": {rule: iconFile, app: appOf("3.0", strings.Replace(meta, `<license>`, `
<icon>i.png</icon><license>`, 1))},
		"a size for stores": {rule: storeIcon, app: appOf("3.0", strings.Replace(meta, `<license>`, `
<icon>i.png</icon><license>`, 1)), env: Environment{Files: fstest.MapFS{"i.png": {Data: pixels(t, 128)}}, Store: true}},
		"a size that stores refuse": {rule: storeIcon, app: appOf("3.0", strings.Replace(meta, `<license>`, `
<icon>i.png</icon><license>`, 1)), env: Environment{Files: fstest.MapFS{"i.png": {Data: pixels(t, 512)}}, Store: true}, wants: []string{`3:1: error manifest.icon_size: icon is 512x512, allowed 112 to 256`}},
		"an icon of many bytes": {rule: storeIcon, app: appOf("3.0", strings.Replace(meta, `<license>`, `
<icon>i.png</icon><license>`, 1)), env: Environment{Files: fstest.MapFS{"i.png": {Data: slices.Concat(pixels(t, 112), make([]byte, 30<<10-len(pixels(t, 112))+1))}}, Store: true}, wants: []string{`3:1: error manifest.icon_size: icon has 30721 bytes, allowed 30720`}},
		"a size that only stores refuse": {rule: storeIcon, app: appOf("3.0", strings.Replace(meta, `<license>`, `
<icon>i.png</icon><license>`, 1)), env: Environment{Files: fstest.MapFS{"i.png": {Data: pixels(t, 512)}}}},
		"an icon in the folder": {rule: iconPath, app: appOf("3.0", strings.Replace(meta, `<license>`, `
<icon>a/../i.png</icon><license>`, 1)), env: Environment{Files: fstest.MapFS{}}},
		"an icon above the folder": {rule: iconPath, app: appOf("3.0", strings.Replace(meta, `<license>`, `
<icon>../i.png</icon><license>`, 1)), wants: []string{`3:1: warning manifest.path_escape: icon "../i.png" leaves the app folder`}},
		"an icon at the root": {rule: iconPath, app: appOf("3.0", strings.Replace(meta, `<license>`, `
<icon>/etc/passwd</icon><license>`, 1)), wants: []string{`3:1: warning manifest.path_escape: icon "/etc/passwd" leaves the app folder`}},
		"an icon on a drive": {rule: iconPath, app: appOf("3.0", strings.Replace(meta, `<license>`, `
<icon>C:/i.png</icon><license>`, 1)), wants: []string{`3:1: warning manifest.path_escape: icon "C:/i.png" leaves the app folder`}},
		"an icon behind a backslash": {rule: iconPath, app: appOf("3.0", strings.Replace(meta, `<license>`, `
<icon>..\i.png</icon><license>`, 1)), wants: []string{`3:1: warning manifest.path_escape: icon "..\i.png" leaves the app folder`}},
		"an icon of a payment method above the folder": {rule: iconPath, app: `<payments><payment-method><identifier>card</identifier><name>Card</name><icon>a/../../i.png</icon></payment-method></payments>`, wants: []string{`3:73: warning manifest.path_escape: icon "a/../../i.png" leaves the app folder`}},
		"the icon of a payment method is there":        {rule: paymentIcon, app: `<payments><payment-method><identifier>card</identifier><name>Card</name><icon>i.png</icon></payment-method></payments>`, env: Environment{Files: fstest.MapFS{"i.png": {Data: pixels(t, 128)}}}},
		"the icon of a payment method is not there":    {rule: paymentIcon, app: `<payments><payment-method><identifier>card</identifier><name>Card</name><icon>i.png</icon></payment-method></payments>`, env: Environment{Files: fstest.MapFS{}}, wants: []string{`3:73: warning manifest.payment_icon_missing: icon "i.png" does not exist`}},
		"the icon of a shipping method is not there": {rule: shippingIcon, app: `<shipping-methods><shipping-method><identifier>bike</identifier><name>Bike</name><icon>i.png</icon>
<delivery-time><id>4b00146bdc8b4175b12d3fc36ec114c8</id><name>a</name><min>1</min><max>2</max><unit>day</unit></delivery-time></shipping-method></shipping-methods>`, env: Environment{Files: fstest.MapFS{}}, wants: []string{`3:82: warning manifest.shipping_icon_missing: icon "i.png" does not exist`}},
		"the script is there":       {rule: ruleScript, app: `<rule-conditions><rule-condition><identifier>a</identifier><name>A</name><script>/a.twig</script></rule-condition></rule-conditions>`, env: Environment{Files: fstest.MapFS{"Resources/scripts/rule-conditions/a.twig": {}}}},
		"the script is not there":   {rule: ruleScript, app: `<rule-conditions><rule-condition><identifier>a</identifier><name>A</name><script>a.twig</script></rule-condition></rule-conditions>`, env: Environment{Files: fstest.MapFS{}}, wants: []string{`3:74: error manifest.rule_script_missing: script "a.twig" does not exist in Resources/scripts/rule-conditions`}},
		"a script above the folder": {rule: ruleScript, app: `<rule-conditions><rule-condition><identifier>a</identifier><name>A</name><script>../../../a.twig</script></rule-condition></rule-conditions>`, wants: []string{`3:74: error manifest.path_escape: script "../../../a.twig" leaves the app folder`}},
	})
}

// pixels is a square PNG.
func pixels(t *testing.T, size int) []byte {
	t.Helper()
	var file bytes.Buffer
	if err := png.Encode(&file, image.NewGray(image.Rect(0, 0, size, size))); err != nil {
		t.Fatal(err)
	}
	return file.Bytes()
}

func TestLinksOutOfTheFolderAreNotRead(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "secret.png"), pixels(t, 128), 0o600); err != nil {
		t.Fatal(err)
	}
	folder := filepath.Join(dir, "MyApp")
	if err := os.Mkdir(folder, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("../secret.png", filepath.Join(folder, "icon.png")); err != nil {
		t.Skipf("no symbolic links here: %v", err)
	}
	bundle, err := os.OpenRoot(folder)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = bundle.Close() })
	app, _ := ParseXML(xmlFile, []byte(appOf("3.0", strings.Replace(meta, "<license>", "<icon>icon.png</icon><license>", 1))), false)
	r := newReview(app, Environment{Files: bundle.FS()})
	iconPath(r)
	if len(r.problems) != 1 || r.problems[0].Code != "manifest.path_escape" {
		t.Errorf("got:\n%s", r.problems)
	}
}
