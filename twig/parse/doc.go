// Package parse turns the text of a Twig template into a tree.
//
// It knows the grammar and nothing of values: names of filters, functions and
// tests are checked against what the caller says exists, and host tags are
// parsed by functions the caller brings. The grammar is that of Twig 3.15;
// later syntax and the words of app scripts are switched on in [Config].
//
// The functions of the package hold no state between calls: one Config may
// serve many goroutines.
package parse
