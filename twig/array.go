package twig

import (
	"iter"
	"math"
	"strconv"
)

// Key is a key of an [Array]: an int or a string. Strings that read as ints in
// canonical form are ints (spec 1); make keys with StringKey and IntKey.
type Key struct {
	str   string
	num   int64
	isStr bool
}

// IntKey makes an int key.
func IntKey(n int64) Key { return Key{num: n} }

// StringKey makes the key of a string.
func StringKey(s string) Key {
	if n, ok := canonicalInt(s); ok {
		return Key{num: n}
	}
	return Key{str: s, isStr: true}
}

func canonicalInt(s string) (int64, bool) {
	if s == "" || len(s) > 20 || s[0] != '-' && (s[0] < '0' || s[0] > '9') {
		return 0, false
	}
	digits := s
	if s[0] == '-' {
		digits = s[1:]
	}
	if digits == "" || digits[0] == '0' && (len(s) > 1) {
		return 0, false
	}
	for i := range len(digits) {
		if digits[i] < '0' || digits[i] > '9' {
			return 0, false
		}
	}
	n, err := strconv.ParseInt(s, 10, 64)
	return n, err == nil
}

// Value gives the key as a value.
func (k Key) Value() Value {
	if k.isStr {
		return String(k.str)
	}
	return Int(k.num)
}

// String gives the key as text.
func (k Key) String() string {
	if k.isStr {
		return k.str
	}
	return strconv.FormatInt(k.num, 10)
}

// IsInt reports whether the key is an int.
func (k Key) IsInt() bool { return !k.isStr }

// Array is an ordered map with int and string keys. As long as its keys are
// 0, 1, 2 … in order it keeps only the values. Whoever makes an array may
// change it until it becomes part of a [Value]; from then on it is shared.
type Array struct {
	values []Value
	keys   []Key // nil while packed
	// ints and strings find positions once there are too many keys to look through.
	ints    map[int64]int32
	strings map[string]int32
	next    int64 // key of the next value without one
	any     bool  // an int key was used, so that next counts from it
}

// linear is how many keys are looked through before an index is made.
const linear = 8

// NewArray makes an empty array with room.
func NewArray(room int) *Array { return &Array{values: make([]Value, 0, room)} }

// NewMapping makes an empty array with room for keys and values.
func NewMapping(room int) *Array {
	return &Array{values: make([]Value, 0, room), keys: make([]Key, 0, room)}
}

// Len counts the elements.
func (a *Array) Len() int { return len(a.values) }

// IsList reports whether the keys are 0, 1, 2 … in order.
func (a *Array) IsList() bool {
	for i, k := range a.keys {
		if k.isStr || k.num != int64(i) {
			return false
		}
	}
	return true
}

// At gives the element at a position, counted from 0.
func (a *Array) At(i int) (Key, Value) {
	if a.keys == nil {
		return Key{num: int64(i)}, a.values[i]
	}
	return a.keys[i], a.values[i]
}

// All goes through keys and values in order.
func (a *Array) All() iter.Seq2[Key, Value] {
	return func(yield func(Key, Value) bool) {
		for i := range a.values {
			if !yield(a.At(i)) {
				return
			}
		}
	}
}

// Get finds the value of a key.
func (a *Array) Get(k Key) (Value, bool) {
	if i := a.find(k); i >= 0 {
		return a.values[i], true
	}
	return Value{}, false
}

func (a *Array) find(k Key) int {
	if a.keys == nil {
		if k.isStr || k.num < 0 || k.num >= int64(len(a.values)) {
			return -1
		}
		return int(k.num)
	}
	if a.strings == nil {
		if k.isStr {
			return a.scan(k.str)
		}
		for i := range a.keys {
			if a.keys[i].num == k.num && !a.keys[i].isStr {
				return i
			}
		}
		return -1
	}
	i, ok := int32(0), false
	if k.isStr {
		i, ok = a.strings[k.str]
	} else {
		i, ok = a.ints[k.num]
	}
	if !ok {
		return -1
	}
	return int(i)
}

func (a *Array) scan(s string) int {
	for i := range a.keys {
		if k := &a.keys[i]; k.isStr && k.str == s {
			return i
		}
	}
	return -1
}

// Append adds a value under the next int key.
func (a *Array) Append(v Value) {
	if a.keys == nil {
		a.values = append(a.values, v)
		a.next = int64(len(a.values))
		a.any = true
		return
	}
	a.Set(IntKey(a.next), v)
}

// Set puts a value under a key: in its place if the key is there, else at the end.
func (a *Array) Set(k Key, v Value) {
	if i := a.find(k); i >= 0 {
		a.values[i] = v
		return
	}
	if a.keys == nil && (k.isStr || k.num != int64(len(a.values))) {
		a.unpack()
	}
	a.values = append(a.values, v)
	if !k.isStr && (k.num >= a.next || !a.any) {
		a.any = true
		a.next = max(k.num, -1)
		if a.next < math.MaxInt64 {
			a.next++
		}
	}
	if a.keys == nil {
		return
	}
	a.keys = append(a.keys, k)
	switch {
	case a.strings != nil:
		a.remember(len(a.keys) - 1)
	case len(a.keys) > linear:
		a.ints, a.strings = map[int64]int32{}, make(map[string]int32, len(a.keys)*2)
		for i := range a.keys {
			a.remember(i)
		}
	}
}

func (a *Array) remember(i int) {
	if k := a.keys[i]; k.isStr {
		a.strings[k.str] = int32(i)
	} else {
		a.ints[k.num] = int32(i)
	}
}

// unpack writes out the keys of a list.
func (a *Array) unpack() {
	a.keys = make([]Key, 0, len(a.values)+4)
	for i := range a.values {
		a.keys = append(a.keys, Key{num: int64(i)})
	}
	if len(a.keys) > linear {
		a.ints, a.strings = make(map[int64]int32, len(a.keys)*2), map[string]int32{}
		for i := range a.keys {
			a.remember(i)
		}
	}
}

// Clone copies the array for changing.
func (a *Array) Clone() *Array {
	c := NewArray(len(a.values) + 1)
	c.addAll(a)
	c.next, c.any = a.next, a.any
	return c
}

func (a *Array) addAll(b *Array) {
	for k, v := range b.All() {
		a.Set(k, v)
	}
}
