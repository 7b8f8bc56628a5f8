// Package appdock holds the words that more than one feature of the host speaks:
// a [Shop], an [Installation] of an app in it, an [Actor] with privileges, an [Event],
// a [Secret], and the [Error] that a person may be told about.
//
// The package imports the standard library only and does no I/O. Wire shapes live with
// the packages that speak a wire, rows with the stores.
package appdock
