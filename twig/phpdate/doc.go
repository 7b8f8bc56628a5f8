// Package phpdate reads and writes dates the way PHP does: the text grammar of
// strtotime, the letters of date, and the arithmetic of DateTime and DateInterval.
//
//	t, err := phpdate.Parse("last friday of next month 14:00", now)
//	t, err = phpdate.Modify(t, "+1 week 2 days")
//	text := phpdate.Format(t, `l, j F Y \a\t H:i T`)
//
// The package has no clock: what a text leaves open comes from the time that the
// caller passes, and so does the time zone.
//
// # Time zones
//
// PHP knows three kinds of zone, and prints them differently. All three are a
// *time.Location here, told apart by its name:
//
//	a name          Europe/Berlin   a location of the time zone database
//	an offset       +05:30          a fixed location with the offset as its name
//	an abbreviation EDT             a fixed location with the abbreviation as its name
//
// [Zone] makes a location of any of them.
//
// The package imports time/tzdata, which adds about 450 kB to a binary. The names that
// texts and templates use have to mean the same on a developer's machine and in an
// image made from scratch, where there is no database to read. The database of the
// system is still preferred when there is one, so zones can be updated without a build.
//
// # What differs from PHP
//
//   - Texts longer than [MaxText] bytes are refused.
//   - Numbers that leave the range of 64-bit arithmetic are an error. PHP wraps around.
//   - When clocks go back, a time of day that happens twice is the first of the two.
package phpdate
