package manifest

import (
	"errors"
	"image"
	_ "image/png" // the one format of icons
	"io/fs"
	"path"
	"strings"
)

const (
	defaultIcon = "Resources/config/plugin.png"
	scriptsOf   = "Resources/scripts/rule-conditions"
)

// inside reports whether a path of a manifest stays in the app's folder, and
// gives it the form that fs.FS takes.
func inside(name string) (string, bool) {
	clean := path.Clean(name)
	return clean, fs.ValidPath(clean) && !strings.ContainsAny(name, "\\\x00") && !strings.Contains(strings.SplitN(name, "/", 2)[0], ":")
}

func exists(files fs.FS, name string) bool {
	_, err := fs.Stat(files, name)
	return err == nil
}

// icon checks that an icon's file is there; the store also wants an app to have one.
func (r *review) icon(icon Icon, code string, severity Severity, at Path) {
	name, ok := inside(icon.Path)
	if r.env.Files == nil || icon.Path == "" || !ok {
		return
	}
	if _, err := fs.Stat(r.env.Files, name); errors.Is(err, fs.ErrNotExist) {
		r.tell(severity, code, at, "", "icon %s does not exist", quote(icon.Path))
	}
}

func iconFile(r *review) {
	icon := r.Icon
	if icon.Path == "" && r.env.Store {
		icon.Path = defaultIcon
	}
	r.icon(icon, "icon_missing", r.forStore(), metaAt.Child("icon"))
	if name, ok := inside(icon.Path); ok && icon.Path != "" && r.env.Files != nil && exists(r.env.Files, name) {
		if _, _, err := r.image(name); err != nil {
			r.tell(r.forStore(), "icon_format", metaAt.Child("icon"), "", "icon %s is no PNG", quote(icon.Path))
		}
	}
}

// storeIcon: stores limit the size of icons.
func storeIcon(r *review) {
	icon := r.Icon.Path
	if icon == "" {
		icon = defaultIcon
	}
	name, ok := inside(icon)
	if !r.env.Store || !ok || r.env.Files == nil {
		return
	}
	config, size, err := r.image(name)
	if err != nil {
		return // iconFile has said so
	}
	const least, most, maxBytes = 112, 256, 30 << 10
	if min(config.Width, config.Height) < least || max(config.Width, config.Height) > most {
		r.tell(Error, "icon_size", metaAt.Child("icon"), "", "icon is %dx%d, allowed %d to %d", config.Width, config.Height, least, most)
	}
	if size > maxBytes {
		r.tell(Error, "icon_size", metaAt.Child("icon"), "", "icon has %d bytes, allowed %d", size, maxBytes)
	}
}

// image reads the head of a PNG, which says how large it is.
func (r *review) image(name string) (image.Config, int64, error) {
	file, err := r.env.Files.Open(name)
	if err != nil {
		return image.Config{}, 0, err
	}
	defer func() { _ = file.Close() }() // only read from
	info, err := file.Stat()
	if err != nil {
		return image.Config{}, 0, err
	}
	config, _, err := image.DecodeConfig(file)
	return config, info.Size(), err
}

// iconPath: what leaves the folder is not read.
func iconPath(r *review) {
	check := func(icon Icon, at Path) {
		if icon.Path == "" {
			return
		}
		if name, ok := inside(icon.Path); !ok || r.leaves(name) {
			r.tell(Warning, "path_escape", at, "", "icon %s leaves the app folder", quote(icon.Path))
		}
	}
	check(r.Icon, metaAt.Child("icon"))
	for _, p := range r.PaymentMethods {
		check(p.Icon, p.Path.Child("icon"))
	}
	for _, s := range r.ShippingMethods {
		check(s.Icon, s.Path.Child("icon"))
	}
}

// leaves reports whether a file is behind a link to the outside: an os.Root
// refuses it with an error of its own.
func (r *review) leaves(name string) bool {
	if r.env.Files == nil {
		return false
	}
	_, err := fs.Stat(r.env.Files, name)
	return err != nil && !errors.Is(err, fs.ErrNotExist) && !errors.Is(err, fs.ErrPermission)
}

func paymentIcon(r *review) {
	for _, p := range r.PaymentMethods {
		r.icon(p.Icon, "payment_icon_missing", Warning, p.Path.Child("icon"))
	}
}

func shippingIcon(r *review) {
	for _, s := range r.ShippingMethods {
		r.icon(s.Icon, "shipping_icon_missing", Warning, s.Path.Child("icon"))
	}
}

// ruleScript: the script of a condition is there, and the app's own.
func ruleScript(r *review) {
	for _, c := range r.RuleConditions {
		at := c.Path.Child("script")
		name, ok := inside(strings.TrimPrefix(c.Script, "/"))
		name = path.Join(scriptsOf, name)
		switch {
		case !ok || r.leaves(name):
			r.tell(Error, "path_escape", at, "", "script %s leaves the app folder", quote(c.Script))
		case r.env.Files != nil && !exists(r.env.Files, name):
			r.tell(Error, "rule_script_missing", at, "", "script %s does not exist in %s", quote(c.Script), scriptsOf)
		}
	}
}
