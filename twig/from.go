package twig

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"time"
)

// variables makes what a render starts with of what the host passed.
func (c *Context) variables(vars any) Variables {
	switch v := vars.(type) {
	case nil:
		return nil
	case Variables:
		return v
	case *Array:
		return arrayVariables{v}
	case map[string]any:
		return &mapVariables{m: v}
	}
	a := From(vars).Array()
	if a == nil {
		c.fail(Runtime, "Variables must be a mapping, not %T.", vars)
	}
	return arrayVariables{a}
}

// mapVariables converts a host's values when they are first read.
type mapVariables struct {
	m    map[string]any
	from conversion
	made map[string]Value // arrays and objects: no template makes them twice
}

func (m *mapVariables) Lookup(name string) (Value, bool) {
	v, ok := m.m[name]
	if !ok {
		return Value{}, false
	}
	if made, ok := m.made[name]; ok {
		return made, true
	}
	made := m.from.value(v, 0)
	if made.kind >= KindArray {
		if m.made == nil {
			m.made = map[string]Value{}
		}
		m.made[name] = made
	}
	return made, true
}

func (m *mapVariables) Each(yield func(string, Value) bool) {
	for _, name := range slices.Sorted(maps.Keys(m.m)) {
		if v, _ := m.Lookup(name); !yield(name, v) {
			return
		}
	}
}

// From makes a value of a Go value: numbers, strings, bools, time.Time,
// slices, maps (in the order of their keys), pointers, and structs, whose
// exported fields and methods become properties and methods. Structures that
// hold themselves are cut off; functions and channels are null. Values and
// Objects stay what they are.
func From(v any) Value { return (&conversion{}).value(v, 0) }

// conversion makes values of a host's. It takes the room of arrays from larger
// pieces, and a mapping with the keys of the last one at its depth shares them:
// the rows of a list are mostly alike.
type conversion struct {
	arrays []Array
	values []Value
	pieces int // how many pieces of each were made
	shapes [8]*Array
}

// array makes an array with room for so many values.
func (c *conversion) array(room int) *Array {
	if len(c.arrays) == 0 {
		c.arrays = make([]Array, min(1<<c.pieces, 32))
		c.pieces++
	}
	if len(c.values) < room {
		c.values = make([]Value, max(room, min(4<<c.pieces, 256)))
	}
	a := &c.arrays[0]
	c.arrays = c.arrays[1:]
	a.values = c.values[:0:room]
	c.values = c.values[room:]
	return a
}

func (c *conversion) value(v any, depth int) Value {
	switch v := v.(type) {
	case nil:
		return Value{}
	case Value:
		return v
	case *Array:
		return ArrayOf(v)
	case string:
		return String(v)
	case bool:
		return Bool(v)
	case int:
		return Int(v)
	case int64:
		return Int(v)
	case float64:
		return Float(v)
	case map[string]any:
		return c.mapping(v, depth)
	case []any:
		return convertSlice(c, v, depth)
	case []string:
		return convertSlice(c, v, depth)
	case []map[string]any:
		return convertSlice(c, v, depth)
	case time.Time:
		return DateOf(v)
	case *time.Location:
		return ZoneOf(v)
	case Object:
		return ObjectOf(v)
	}
	return c.reflected(reflect.ValueOf(v), depth)
}

func (c *conversion) mapping(m map[string]any, depth int) Value {
	if depth > maxNesting {
		return Value{}
	}
	if depth < len(c.shapes) {
		if a, ok := c.alike(m, c.shapes[depth], depth); ok {
			return ArrayOf(a)
		}
	}
	var room [16]string
	keys := room[:0]
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	a := c.array(len(m))
	a.keys = make([]Key, 0, len(m))
	for _, k := range keys {
		a.Set(StringKey(k), c.value(m[k], depth+1))
	}
	if depth < len(c.shapes) && !a.any {
		c.shapes[depth] = a
	}
	return ArrayOf(a)
}

// alike makes a mapping that has the keys of another one, all of them strings.
func (c *conversion) alike(m map[string]any, shape *Array, depth int) (*Array, bool) {
	if shape == nil || len(shape.keys) != len(m) {
		return nil, false
	}
	var room [16]any
	found := room[:0]
	for i := range shape.keys {
		v, ok := m[shape.keys[i].str]
		if !ok {
			return nil, false
		}
		found = append(found, v)
	}
	a := c.array(len(m))
	a.keys, a.ints, a.strings = slices.Clip(shape.keys), shape.ints, shape.strings
	for _, v := range found {
		a.values = append(a.values, c.value(v, depth+1))
	}
	return a, true
}

func convertSlice[T any](c *conversion, s []T, depth int) Value {
	if depth > maxNesting {
		return Value{}
	}
	a := c.array(len(s))
	for _, e := range s {
		a.Append(c.value(any(e), depth+1))
	}
	return ArrayOf(a)
}

func (c *conversion) reflected(v reflect.Value, depth int) Value {
	if depth > maxNesting {
		return Value{}
	}
	switch v.Kind() { //nolint:exhaustive // the other kinds are treated alike
	case reflect.Bool:
		return Bool(v.Bool())
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return Int(v.Int())
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64, reflect.Uintptr:
		if n := v.Uint(); n > 1<<63-1 {
			return Float(float64(n))
		}
		return Int(int64(v.Uint()))
	case reflect.Float32, reflect.Float64:
		return Float(v.Float())
	case reflect.String:
		return String(v.String())
	case reflect.Slice, reflect.Array:
		if v.Kind() == reflect.Slice && v.Type().Elem().Kind() == reflect.Uint8 {
			return String(string(v.Bytes()))
		}
		a := NewArray(v.Len())
		for i := range v.Len() {
			a.Append(c.value(v.Index(i).Interface(), depth+1))
		}
		return ArrayOf(a)
	case reflect.Map:
		keys := v.MapKeys()
		slices.SortFunc(keys, func(a, b reflect.Value) int {
			return strings.Compare(fmt.Sprint(a.Interface()), fmt.Sprint(b.Interface()))
		})
		a := NewMapping(len(keys))
		for _, k := range keys {
			a.Set(StringKey(fmt.Sprint(k.Interface())), c.value(v.MapIndex(k).Interface(), depth+1))
		}
		return ArrayOf(a)
	case reflect.Pointer, reflect.Interface:
		if v.IsNil() {
			return Value{}
		}
		if v.Elem().Kind() == reflect.Struct {
			return goStruct(v)
		}
		return c.value(v.Elem().Interface(), depth+1)
	case reflect.Struct:
		return goStruct(v)
	}
	return Value{}
}

// goStruct wraps a struct or a pointer to one.
func goStruct(v reflect.Value) Value {
	if s, ok := v.Interface().(fmt.Stringer); ok {
		return ObjectOf(goText{goObject{v}, s})
	}
	return ObjectOf(goObject{v})
}

// goText is a Go struct with a string form.
type goText struct {
	goObject
	s fmt.Stringer
}

// ToString gives the string form.
func (o goText) ToString() string { return o.s.String() }

// goObject gives templates the exported fields and methods of a Go struct.
type goObject struct{ v reflect.Value }

func (o goObject) structure() reflect.Value {
	if o.v.Kind() == reflect.Pointer {
		return o.v.Elem()
	}
	return o.v
}

// Class is the type's name without package.
func (o goObject) Class() string { return o.structure().Type().Name() }

// Property finds a field by name, by its first letter in lower case, or by a twig tag.
func (o goObject) Property(name string) (Value, bool) {
	s := o.structure()
	for i := range s.NumField() {
		f := s.Type().Field(i)
		if !f.IsExported() {
			continue
		}
		tag, tagged := f.Tag.Lookup("twig")
		if tagged && tag == name || !tagged && (f.Name == name || strings.ToLower(f.Name[:1])+f.Name[1:] == name) {
			return From(s.Field(i).Interface()), true
		}
	}
	return Value{}, false
}

// Method finds an exported method without regard to case. It may return a
// value, or a value and an error.
func (o goObject) Method(name string) (Method, bool) {
	t := o.v.Type()
	for i := range t.NumMethod() {
		if m := t.Method(i); strings.EqualFold(m.Name, name) {
			return o.bind(m.Name, o.v.Method(i))
		}
	}
	return Method{}, false
}

func (o goObject) bind(name string, f reflect.Value) (Method, bool) {
	t := f.Type()
	if t.IsVariadic() || t.NumOut() == 0 || t.NumOut() > 2 || t.NumOut() == 2 && t.Out(1) != reflect.TypeFor[error]() {
		return Method{}, false
	}
	m := Method{Name: name}
	for i := range t.NumIn() {
		m.Params = append(m.Params, Required(fmt.Sprintf("arg%d", i+1)))
	}
	m.Call = func(c *Context, args []Value) (Value, error) {
		in := make([]reflect.Value, t.NumIn())
		for i := range in {
			v, ok := toReflect(c, args[i], t.In(i))
			if !ok {
				return Value{}, Failf("Argument %d of the method \"%s\" cannot be a value of type %s.", i+1, name, args[i].TypeName())
			}
			in[i] = v
		}
		out := f.Call(in)
		if len(out) == 2 && !out[1].IsNil() {
			err, _ := out[1].Interface().(error)
			return Value{}, err
		}
		return From(out[0].Interface()), nil
	}
	return m, true
}

func toReflect(c *Context, v Value, t reflect.Type) (reflect.Value, bool) {
	switch t.Kind() { //nolint:exhaustive // the other kinds are treated alike
	case reflect.String:
		return reflect.ValueOf(c.String(v)).Convert(t), true
	case reflect.Bool:
		return reflect.ValueOf(v.Truth()).Convert(t), true
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64, reflect.Float32, reflect.Float64:
		if !isNumber(v) && !v.IsText() {
			return reflect.Value{}, false
		}
		if t.Kind() == reflect.Float64 || t.Kind() == reflect.Float32 {
			return reflect.ValueOf(v.ToFloat()).Convert(t), true
		}
		return reflect.ValueOf(v.ToInt()).Convert(t), true
	}
	if t == reflect.TypeFor[Value]() {
		return reflect.ValueOf(v), true
	}
	if o, ok := goOf(v.Object()); ok && o.v.Type().AssignableTo(t) {
		return o.v, true
	}
	return reflect.Value{}, false
}

func goOf(o Object) (goObject, bool) {
	switch o := o.(type) {
	case goObject:
		return o, true
	case goText:
		return o.goObject, true
	}
	return goObject{}, false
}
