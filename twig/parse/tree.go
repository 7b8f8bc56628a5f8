package parse

// A Template is the tree of one template, or of the body of an embed tag.
type Template struct {
	Name    string
	Body    []Stmt
	Blocks  []*Block // in order of definition, nested ones too
	Macros  []*Macro
	Uses    []*Use
	Parent  Expr // of extends; nil if there is none
	Embeds  []*Template
	Imports int // how many imports it has; each has a number of its own
	Notices []Notice
}

// Notice tells of what the next major version of the language reads differently.
type Notice struct {
	Pos
	Message string
}

// Stmt is a statement: text, print or tag.
type Stmt interface{ At() Pos }

// Expr is an expression.
type Expr interface{ At() Pos }

// At gives the place of the node.
func (p Pos) At() Pos { return p }

// The statements.
type (
	// TextStmt is text between tags.
	TextStmt struct {
		Pos
		Data string
	}
	// Print is {{ X }}.
	Print struct {
		Pos
		X Expr
	}
	// If holds the branches of an if tag; the else branch has no test.
	If struct {
		Pos
		Branches []Branch
	}
	// For is a loop; Key is "_key" if only one target was given. Tag is for or foreach.
	For struct {
		Pos
		Tag        string
		Key, Value string
		Seq        Expr
		Body, Else []Stmt
	}
	// Set assigns Values to Names, or the output of Body to the one name if Capture is set.
	Set struct {
		Pos
		Names   []string
		Values  []Expr
		Capture bool
		Body    []Stmt
	}
	// BlockPrint renders a block where it stands.
	BlockPrint struct {
		Pos
		Block *Block
	}
	// Include renders another template.
	Include struct {
		Pos
		Template      Expr
		With          Expr
		Only          bool
		IgnoreMissing bool
		Sandboxed     bool // inside a sandbox tag
	}
	// Embed renders an anonymous child of another template.
	Embed struct {
		Pos
		Child         *Template
		With          Expr
		Only          bool
		IgnoreMissing bool
	}
	// Import makes a template's macros callable.
	Import struct {
		Pos
		From     bool // written as from … import
		Template Expr
		Slot     *ImportSlot
	}
	// Do evaluates X for its effects.
	Do struct {
		Pos
		X Expr
	}
	// With renders its body in an inner scope.
	With struct {
		Pos
		Vars Expr
		Only bool
		Body []Stmt
	}
	// Apply passes its body through filters; X is the innermost's operand replaced by a Captured.
	Apply struct {
		Pos
		X    Expr
		Body []Stmt
	}
	// AutoEscape renders its body under another strategy.
	AutoEscape struct {
		Pos
		Strategy string // empty: none
		Body     []Stmt
	}
	// Sandbox marks a sandbox tag, for the policy; its includes say so themselves.
	Sandbox struct {
		Pos
		Body []Stmt
	}
	// Deprecated is a notice for the maintainers of the template.
	Deprecated struct {
		Pos
		Message          Expr
		Package, Version Expr
	}
	// Tag is a tag without effect of its own that the policy must still see
	// (extends, use, macro, types, flush, guard, and from where it stands).
	Tag struct {
		Pos
		Name string
	}
	// Host is a tag of the host's.
	Host struct {
		Pos
		Name    string
		Args    []Expr
		HasBody bool
		Body    []Stmt
	}
	// Jump is break or continue; Levels counts the loops it leaves.
	Jump struct {
		Pos
		Continue bool
		Levels   int
	}
	// Return ends a script or a macro.
	Return struct {
		Pos
		X Expr // nil: nothing
	}
)

// Branch is one arm of an if tag; Test is nil for else.
type Branch struct {
	Test Expr
	Body []Stmt
}

// Block is a named part of a template that children replace.
type Block struct {
	Pos
	Name    string
	Body    []Stmt
	Escape  *string // the strategy at the place of definition; nil: the template's
	Returns bool    // an app script's function hook may return a value
}

// Macro is a function written in Twig.
type Macro struct {
	Pos
	Name   string
	Params []MacroParam
	Body   []Stmt
}

// MacroParam is a parameter; Default is nil if it has none.
type MacroParam struct {
	Pos
	Name    string
	Default Expr
}

// Use brings in the blocks of another template.
type Use struct {
	Pos
	Template string
	Aliases  [][2]string // old name, new name
}

// ImportSlot is where the template an import loaded is kept while rendering.
type ImportSlot struct {
	Index int
	Local bool // belongs to a block or macro, not to the template
	Self  bool // import _self: known without running
}

// The expressions.
type (
	// Name is a variable.
	Name struct {
		Pos
		Name string
	}
	// Constant is nil, a bool, int64, float64 or string.
	Constant struct {
		Pos
		Value any
	}
	// Array is a sequence or mapping; items without key are numbered.
	Array struct {
		Pos
		Items []Item
	}
	// Unary is not, - or +.
	Unary struct {
		Pos
		Op    string
		X     Expr
		Paren bool
	}
	// Binary is any infix operator but is.
	Binary struct {
		Pos
		Op    string
		X, Y  Expr
		Paren bool
	}
	// Cond is a ? b : c; Then is nil for a ?: c.
	Cond struct {
		Pos
		Test, Then, Else Expr
	}
	// TestExpr is "X is Name".
	TestExpr struct {
		Pos
		X    Expr
		Name string
		Args []Arg
		Not  bool
	}
	// FilterExpr is X|Name.
	FilterExpr struct {
		Pos
		X    Expr
		Name string
		Args []Arg
	}
	// Call calls a function.
	Call struct {
		Pos
		Name string
		Args []Arg
	}
	// Attr is X.Name, X.Name(Args) or X[Name].
	Attr struct {
		Pos
		X    Expr
		Name Expr
		Args []Arg
		Kind AttrKind
		Safe bool // ?. : null if X is null
	}
	// MacroCall calls a macro of this template (Slot nil) or of an imported one.
	MacroCall struct {
		Pos
		Slot *ImportSlot
		Name string
		Args []Arg
	}
	// Arrow is an arrow function.
	Arrow struct {
		Pos
		Params []string
		Body   Expr
	}
	// Parent is parent() in a block.
	Parent struct {
		Pos
		Block string
	}
	// BlockCall is block(Name, Template); Template may be nil.
	BlockCall struct {
		Pos
		Name, Template Expr
	}
	// Captured stands for the body of an apply tag.
	Captured struct{ Pos }
	// Assign is an assignment used as an expression (3.23): Target is a Name,
	// or an Array of targets to take apart.
	Assign struct {
		Pos
		Target Expr
		X      Expr
	}
)

// AttrKind is the form of an access.
type AttrKind uint8

// The forms of access (spec 6).
const (
	Any    AttrKind = iota // X.Name
	Method                 // X.Name(…)
	Index                  // X[Name]
)

// Item is an element of an array literal.
type Item struct {
	Key    Expr // nil: the next number
	Value  Expr
	Spread bool
}

// Arg is an argument; Name is empty for a positional one.
type Arg struct {
	Name   string
	Value  Expr
	Spread bool
}
