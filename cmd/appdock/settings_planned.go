package main

import "slices"

// plannedSetting is a key of cli.md 2.8 for which this version has nothing that it would
// steer. It is known, so that nobody looks for a slip of the pen, and refused wherever it is
// given: a setting that is taken and changes nothing is believed.
type plannedSetting struct {
	key   string
	lacks string // what there is not, as a sentence
}

// plannedSettings go, each with the part that reads it.
func plannedSettings() []plannedSetting {
	return []plannedSetting{
		{"signing.query_profile", "no frames of apps are shown, whose addresses it changes"},
		{"blocks.allow_scripts", "blocks of apps never run scripts"},
		{"gateways.context.allow_login", "no gateways of apps are called"},
		{"gateway", "a host stands in front of no other shop"},
	}
}

// planned finds the key, as it is written in the file.
func planned(key string) (plannedSetting, bool) {
	all := plannedSettings()
	at := slices.IndexFunc(all, func(p plannedSetting) bool { return p.key == key })
	if at < 0 {
		return plannedSetting{}, false
	}
	return all[at], true
}

func (p plannedSetting) refusal() string {
	return p.key + ": in this version " + p.lacks + ", so that the key would change nothing; leave it out"
}
