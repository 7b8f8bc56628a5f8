package main

import (
	"fmt"
	"os"
	"strings"
)

// follow gives a secret as it was written, or what stands at the place that it names with
// env:NAME or file:PATH, so that it need not be seen in a file or in the list of processes.
func follow(text string, getenv func(string) string) (string, error) {
	if name, ok := strings.CutPrefix(text, "env:"); ok {
		if value := getenv(name); value != "" {
			return value, nil
		}
		return "", fmt.Errorf("the environment has no %s", name)
	}
	if path, ok := strings.CutPrefix(text, "file:"); ok {
		value, err := os.ReadFile(path)
		if err != nil {
			return "", err
		}
		return strings.TrimSpace(string(value)), nil
	}
	return text, nil
}

// secretValue follows the value of a flag.
func secretValue(flag, text string, getenv func(string) string) (string, error) {
	value, err := follow(text, getenv)
	if err != nil {
		return "", usageError(flag+": "+err.Error(), "Name a variable that is set, or a file that can be read.")
	}
	return value, nil
}
