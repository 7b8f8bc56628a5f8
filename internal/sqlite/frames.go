package sqlite

import (
	"unsafe"

	"modernc.org/libc"
	"modernc.org/libc/sys/types"
	sqlite3 "modernc.org/sqlite/lib"
)

const (
	frameHeader = 24 // bytes before each page of the log ("WAL File Format" of SQLite's manual)
	// frameRoom is how many bytes of frames are written at once at most: 31 pages of 4 KB. SQLite's
	// functions for Unix write 17 bits of a length at a time, and take a rest that has none of them
	// for a full disk.
	frameRoom = 1<<17 - 1
)

// frames stands between a connection and its log, and hands the pages of a commit to the system
// together. SQLite appends each by two writes, of its header and of itself, and they were
// an eighth of what a create cost.
//
// Nobody can miss what is held. The page that ends a commit is written with all before it, while
// SQLite waits: it tells other connections of the commit afterwards, and of an error its caller. What
// does not follow what was written before, and whatever else SQLite does with the log, comes behind
// what is held.
type frames struct {
	system  sqlite3.Tsqlite3_io_methods // of the file, as SQLite opened it
	methods sqlite3.Tsqlite3_io_methods // what SQLite calls in their place

	buffer uintptr // of frameRoom bytes
	size   int     // bytes that are held
	at     int64   // where they belong in the log; none are held: where the last ones ended
	ends   bool    // the last header is that of a page that ends a commit
	page   bool    // a page is next, behind its header

	write    func(tls *libc.TLS, file, from uintptr, size int32, at int64) int32
	read     func(tls *libc.TLS, file, into uintptr, size int32, at int64) int32
	truncate func(tls *libc.TLS, file uintptr, size int64) int32
	sync     func(tls *libc.TLS, file uintptr, flags int32) int32
	fileSize func(tls *libc.TLS, file, size uintptr) int32
	close    func(tls *libc.TLS, file uintptr) int32
}

// gatherFrames has a connection write its log by [frames]. The log is open: something was read.
func (e *engine) gatherFrames() error {
	if err := e.hold(8); err != nil {
		return err
	}
	clear(memory(e.buffer, 8))
	if rc := sqlite3.Xsqlite3_file_control(e.tls, e.db, 0, sqlite3.SQLITE_FCNTL_JOURNAL_POINTER, e.buffer); rc != sqlite3.SQLITE_OK {
		return e.failure(rc)
	}
	f := &frames{buffer: libc.Xmalloc(e.tls, types.Size_t(frameRoom)), at: -1}
	if f.buffer == 0 {
		return &engineError{sqlite3.SQLITE_NOMEM, "out of memory (7)"}
	}
	f.stand(fileAt(pointer(e.buffer)))
	e.frames = f
	return nil
}

// fileAt is an open file of SQLite's.
func fileAt(at uintptr) *sqlite3.Tsqlite3_file {
	return *(**sqlite3.Tsqlite3_file)(unsafe.Pointer(&at))
}

// stand has SQLite call f for a file.
func (f *frames) stand(log *sqlite3.Tsqlite3_file) {
	f.system = **(**sqlite3.Tsqlite3_io_methods)(unsafe.Pointer(&log.FpMethods))
	f.methods = f.system
	f.write = f.take
	f.read = func(tls *libc.TLS, file, into uintptr, size int32, at int64) int32 {
		if rc := f.flush(tls, file); rc != sqlite3.SQLITE_OK {
			return rc
		}
		return method[func(*libc.TLS, uintptr, uintptr, int32, int64) int32](f.system.FxRead)(tls, file, into, size, at)
	}
	f.truncate = func(tls *libc.TLS, file uintptr, size int64) int32 {
		if rc := f.flush(tls, file); rc != sqlite3.SQLITE_OK {
			return rc
		}
		return method[func(*libc.TLS, uintptr, int64) int32](f.system.FxTruncate)(tls, file, size)
	}
	f.sync = func(tls *libc.TLS, file uintptr, flags int32) int32 {
		if rc := f.flush(tls, file); rc != sqlite3.SQLITE_OK {
			return rc
		}
		return method[func(*libc.TLS, uintptr, int32) int32](f.system.FxSync)(tls, file, flags)
	}
	f.fileSize = func(tls *libc.TLS, file, size uintptr) int32 {
		if rc := f.flush(tls, file); rc != sqlite3.SQLITE_OK {
			return rc
		}
		return method[func(*libc.TLS, uintptr, uintptr) int32](f.system.FxFileSize)(tls, file, size)
	}
	f.close = func(tls *libc.TLS, file uintptr) int32 {
		f.size = 0 // of no commit
		libc.Xfree(tls, f.buffer)
		f.buffer = 0
		return method[func(*libc.TLS, uintptr) int32](f.system.FxClose)(tls, file)
	}
	f.methods.FxWrite, f.methods.FxRead = callback(&f.write), callback(&f.read)
	f.methods.FxTruncate, f.methods.FxSync = callback(&f.truncate), callback(&f.sync)
	f.methods.FxFileSize, f.methods.FxClose = callback(&f.fileSize), callback(&f.close)
	log.FpMethods = uintptr(unsafe.Pointer(&f.methods))
}

// method is a function of SQLite's by its address.
func method[F any](at uintptr) F { return *(*F)(unsafe.Pointer(&struct{ uintptr }{at})) }

// take writes a piece of the log, or holds it: a header of a frame that follows what was written
// before, and the page behind it.
func (f *frames) take(tls *libc.TLS, file, from uintptr, size int32, at int64) int32 {
	n := int(size)
	follows := at == f.at+int64(f.size)
	header := follows && n == frameHeader && !f.page
	if held := header || follows && f.page; !held || f.size+n > frameRoom {
		if rc := f.flush(tls, file); rc != sqlite3.SQLITE_OK {
			return rc
		}
		f.at = at + int64(n)
		return f.hand(tls, file, from, n, at)
	}
	copy(memory(f.buffer+uintptr(f.size), n), memory(from, n))
	f.size += n
	if header {
		// Bytes 4 to 7 are the size of the database after a commit that ends here.
		f.page, f.ends = true, [4]byte(memory(from+4, 4)) != [4]byte{}
		return sqlite3.SQLITE_OK
	}
	if f.page = false; f.ends {
		return f.flush(tls, file)
	}
	return sqlite3.SQLITE_OK
}

// flush writes what is held. What cannot be written is of no commit, and is let go of.
func (f *frames) flush(tls *libc.TLS, file uintptr) int32 {
	f.page = false
	if f.size == 0 {
		return sqlite3.SQLITE_OK
	}
	at, n := f.at, f.size
	f.at, f.size = at+int64(n), 0
	return f.hand(tls, file, f.buffer, n, at)
}

// hand writes to the file.
func (f *frames) hand(tls *libc.TLS, file, from uintptr, size int, at int64) int32 {
	return method[func(*libc.TLS, uintptr, uintptr, int32, int64) int32](f.system.FxWrite)(tls, file, from, int32(size), at)
}
