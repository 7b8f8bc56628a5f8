package main

import (
	"strings"

	"github.com/spf13/pflag"
)

// configure reads the configuration, once: the file, then the environment, then the flags.
func (p *program) configure() (*loading, error) {
	if p.loaded != nil {
		return p.loaded, nil
	}
	l := &loading{getenv: p.getenv, settings: settings(), result: defaults(), given: map[string]given{}}
	path, named := p.configPath, p.configPath != ""
	if !named {
		path = p.getenv("APPDOCK_CONFIG")
		named = path != ""
	}
	if !named {
		path = configFile
	}
	if err := l.file(path, named); err != nil {
		return nil, err
	}
	if p.environ != nil {
		l.environment(p.environ())
	}
	for _, f := range p.keyed {
		if f.given {
			l.flag(f.key, f.name, f.value)
		}
	}
	if err := l.finish(); err != nil {
		return nil, err
	}
	c := &l.result
	c.Version, c.Commit = p.build.version, p.build.commit
	c.Log = p.log
	p.loaded = l
	return l, nil
}

// keyFlag is a flag that gives a key of the configuration.
type keyFlag struct {
	key, name string
	value     string // the default until it is given
	given     bool
}

func (f *keyFlag) String() string { return f.value }
func (f *keyFlag) Type() string   { return "string" }

func (f *keyFlag) Set(value string) error {
	f.value, f.given = value, true
	return nil
}

// keyFlag declares a flag for a key; its help is the key's meaning.
func (p *program) keyFlag(flags *pflag.FlagSet, key, name string) {
	f := &keyFlag{key: key, name: name}
	usage := ""
	for _, s := range settings() {
		if s.key == key {
			usage = s.meaning
			if len(s.choices) > 0 {
				usage = strings.Join(s.choices, " or ") + ": " + usage
			}
			if !strings.HasPrefix(s.usual, "(") {
				f.value = s.usual
			}
		}
	}
	p.keyed = append(p.keyed, f)
	flags.Var(f, name, usage)
}
