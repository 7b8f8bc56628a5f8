package sqlite

import (
	"fmt"
	"sync"
	"unsafe"

	"modernc.org/libc"
	sqlite3 "modernc.org/sqlite/lib"
)

// pageCache keeps pages of one file for one connection, in place of SQLite's own: the driver's
// build of that has all connections share one lock and one order of use, and takes 9.4 KB for
// a page of 4 KB with its header, because the allocator rounds both together up to 8
// (docs/adr/0037-what-a-read-costs.md). It is used by one goroutine at a time, as its
// connection is.
//
// What SQLite may expect of it is in its manual: "Application Defined Page Cache"
// (sqlite3_pcache_methods2). A page is pinned from when it was fetched until it is unpinned;
// until then it stays where it is. Pages that are not pinned are idle, and may be taken for
// others.
//
// A search fetches thousands of pages and looks at little of each, so what a fetch touches is what
// it costs: one bucket and the page, and no neighbours, as a list in the order of use would.
type pageCache struct {
	extraSize int
	memory    *pageMemory
	purgeable bool      // its pages can be read again from a file
	most      int       // pages that it should have
	pages     []uintptr // all that have a number, in no order
	buckets   []uintptr // a power of two; the first of the pages whose numbers end in these bits
	highest   uint32    // no page has a higher number
	second    uint32    // and none but the one with that number a higher one than this
	idle      int
	// hand goes round the pages when room is needed, and takes the first that is idle and was
	// not asked for again since it came by: about the one that was idle for the longest time.
	hand int
	// spare is the first of the pages whose memory is kept for others: a connection that reads
	// forgets all it has when another one has written.
	spare  *cachedPage
	spares int
}

// cachedPage is in memory that Go does not know, with the extra bytes and the page behind it: a
// processor that has found one has found the others. It begins as sqlite3_pcache_page does.
//
// It has addresses and no Go pointers: the memory may have old bytes in it, and Go's collector
// would follow those while a pointer is written over them.
type cachedPage struct {
	buffer, extra uintptr
	next          uintptr // in its bucket, or of the spare ones
	number        uint32
	place         uint32 // in pageCache.pages
	block         uint16 // that it stands in
	pinned        bool
	again         bool // asked for, since it came or since the hand came by
}

func newPageCache(pageSize, extraSize int, purgeable bool) *pageCache {
	extraSize = (extraSize + 7) &^ 7 // what stands behind it begins at a word
	return &pageCache{
		memory: memoryFor(cachedPageSize + extraSize + pageSize), extraSize: extraSize, purgeable: purgeable,
		buckets: make([]uintptr, fewBuckets),
	}
}

const (
	cachedPageSize = int(unsafe.Sizeof(cachedPage{}))
	fewBuckets     = 64
)

// How a page is fetched that is not there.
const (
	fetchNone  = 0 // not at all
	fetchCheap = 1 // unless pages that were changed fill the cache: SQLite would rather write some
)

// fetch gives a page, pinned; nil: it is not there. A new one has zeros where its extra bytes
// begin, by which SQLite knows it.
func (c *pageCache) fetch(tls *libc.TLS, number uint32, how int32) *cachedPage {
	if p := c.find(number); p != nil {
		if !p.pinned {
			p.pinned = true
			c.idle--
		}
		p.again = true
		return p
	}
	if how == fetchNone {
		return nil
	}
	if pinned := len(c.pages) - c.idle; how == fetchCheap && pinned >= c.most*9/10 {
		return nil
	}
	p := c.room(tls)
	if p == nil {
		return nil
	}
	p.number, p.pinned, p.again = number, true, false
	clear(memory(p.extra, int(unsafe.Sizeof(uintptr(0)))))
	c.link(p)
	c.reach(number)
	return p
}

// find gives a page, as it is; nil: it is not there.
func (c *pageCache) find(number uint32) *cachedPage {
	p := pageAt(*c.bucket(number))
	for p != nil && p.number != number {
		p = pageAt(p.next)
	}
	return p
}

// bucket is that of a number.
func (c *pageCache) bucket(number uint32) *uintptr { return &c.buckets[int(number)&(len(c.buckets)-1)] }

// link puts a page into the bucket of its number.
func (c *pageCache) link(p *cachedPage) {
	b := c.bucket(p.number)
	p.next, *b = *b, p.address()
}

// reach notes a number that a page has got.
func (c *pageCache) reach(number uint32) {
	if number > c.highest {
		c.second, c.highest = c.highest, number
	} else if number < c.highest {
		c.second = max(c.second, number)
	}
}

// unlink takes a page out of the bucket of its number. When SQLite exchanges the numbers of two
// pages it gives one of them a number for the moment that is far behind the file; that must not
// have each commit look for what it cuts off.
func (c *pageCache) unlink(p *cachedPage) {
	if p.number == c.highest {
		c.highest = c.second
	}
	at := c.bucket(p.number)
	for *at != p.address() {
		at = &pageAt(*at).next
	}
	*at = p.next
}

// room gives a page that is in no bucket: one that was idle once there are as many as there
// should be.
func (c *pageCache) room(tls *libc.TLS) *cachedPage {
	if c.purgeable && len(c.pages) >= c.most && c.idle > 0 {
		p := c.oldest()
		c.unlink(p)
		c.idle--
		return p
	}
	p := c.spare
	if p != nil {
		c.spare = pageAt(p.next)
		c.spares--
	} else if p = c.allocate(tls); p == nil {
		return nil
	}
	p.place = uint32(len(c.pages))
	c.pages = append(c.pages, p.address())
	if len(c.pages) > len(c.buckets) {
		c.spread()
	}
	return p
}

// oldest gives an idle page that was not asked for since the hand came by. There is an idle one.
func (c *pageCache) oldest() *cachedPage {
	for {
		if c.hand >= len(c.pages) {
			c.hand = 0
		}
		p := pageAt(c.pages[c.hand])
		c.hand++
		if !p.pinned && !p.again {
			return p
		}
		p.again = false
	}
}

// spread makes twice as many buckets. The page that stands last is in none yet.
func (c *pageCache) spread() {
	c.buckets = make([]uintptr, 2*len(c.buckets))
	for _, at := range c.pages[:len(c.pages)-1] {
		c.link(pageAt(at))
	}
}

func (c *pageCache) allocate(tls *libc.TLS) *cachedPage {
	at, number := c.memory.take(tls)
	p := pageAt(at)
	if p != nil {
		extra := at + uintptr(cachedPageSize)
		*p = cachedPage{buffer: extra + uintptr(c.extraSize), extra: extra, block: number}
	}
	return p
}

// unpin makes a page idle, or drops it.
func (c *pageCache) unpin(tls *libc.TLS, p *cachedPage, drop bool) {
	p.pinned = false
	c.idle++
	if drop || c.purgeable && len(c.pages) > c.most {
		c.drop(tls, p)
	}
}

// drop forgets a page. Its memory is kept if there is less than the cache may have.
func (c *pageCache) drop(tls *libc.TLS, p *cachedPage) {
	if !p.pinned {
		c.idle--
	}
	c.unlink(p)
	last := len(c.pages) - 1
	c.pages[p.place] = c.pages[last]
	pageAt(c.pages[last]).place = p.place
	c.pages = c.pages[:last]
	if !c.purgeable || len(c.pages)+c.spares >= c.most {
		c.release(tls, p)
		return
	}
	p.next = c.spare.address()
	c.spare = p
	c.spares++
}

func (c *pageCache) release(tls *libc.TLS, p *cachedPage) {
	c.memory.giveBack(tls, p.address(), p.block)
}

// rekey gives a page another number. SQLite has dropped the page that had it.
func (c *pageCache) rekey(tls *libc.TLS, p *cachedPage, number uint32) {
	if number == p.number {
		return
	}
	if other := c.find(number); other != nil {
		c.drop(tls, other)
	}
	c.unlink(p)
	p.number = number
	c.link(p)
	c.reach(number)
}

// truncate forgets the pages from a number on, and be they pinned: nobody looks at them again.
// It is called at each commit, mostly with nothing to forget.
func (c *pageCache) truncate(tls *libc.TLS, from uint32) {
	if from > c.highest {
		return
	}
	if few := int64(c.highest) - int64(from); few < int64(len(c.pages)) {
		for number := from; number <= c.highest && number >= from; number++ { // the second: 2³² - 1 is followed by 0
			if p := c.find(number); p != nil {
				c.drop(tls, p)
			}
		}
	} else {
		c.dropAll(tls, func(p *cachedPage) bool { return p.number >= from })
	}
	c.highest = max(from, 1) - 1
	c.second = min(c.second, c.highest)
}

// dropAll forgets some of the pages.
func (c *pageCache) dropAll(tls *libc.TLS, which func(*cachedPage) bool) {
	for place := len(c.pages) - 1; place >= 0; place-- { // the last one takes the place of what is dropped
		if p := pageAt(c.pages[place]); which(p) {
			c.drop(tls, p)
		}
	}
}

// resize says how many pages there should be.
func (c *pageCache) resize(tls *libc.TLS, pages int) {
	if !c.purgeable {
		return
	}
	c.most = max(pages, 0)
	for len(c.pages) > c.most && c.idle > 0 {
		c.drop(tls, c.oldest())
	}
	for c.spares > 0 && len(c.pages)+c.spares > c.most {
		c.releaseSpare(tls)
	}
}

// shrink gives back all memory that is not in use.
func (c *pageCache) shrink(tls *libc.TLS) {
	if c.purgeable {
		c.dropAll(tls, func(p *cachedPage) bool { return !p.pinned })
	}
	for c.spares > 0 {
		c.releaseSpare(tls)
	}
}

func (c *pageCache) releaseSpare(tls *libc.TLS) {
	p := c.spare
	c.spare = pageAt(p.next)
	c.spares--
	c.release(tls, p)
}

// close gives back all memory.
func (c *pageCache) close(tls *libc.TLS) {
	for _, at := range c.pages {
		c.release(tls, pageAt(at))
	}
	for c.spares > 0 {
		c.releaseSpare(tls)
	}
	*c = pageCache{}
}

// pageAt is a page that SQLite was given the address of.
func pageAt(at uintptr) *cachedPage { return *(**cachedPage)(unsafe.Pointer(&at)) }

// address is where a page stands; nil: 0.
func (p *cachedPage) address() uintptr { return uintptr(unsafe.Pointer(p)) }

// cacheAt is a cache that SQLite was given the address of.
func cacheAt(at uintptr) *pageCache { return *(**pageCache)(unsafe.Pointer(&at)) }

// liveCaches are the page caches that SQLite has the addresses of, where Go's collector does
// not look. They are the process's, because SQLite has one page cache module for all of its
// connections.
var liveCaches = struct {
	sync.Mutex
	of map[*pageCache]bool
}{of: map[*pageCache]bool{}}

// methodsOfCaches are sqlite3_pcache_methods2.
type methodsOfCaches struct {
	version  int32
	argument uintptr
	init     func(*libc.TLS, uintptr) int32
	shutdown func(*libc.TLS, uintptr)
	create   func(tls *libc.TLS, pageSize, extraSize, purgeable int32) uintptr
	resize   func(tls *libc.TLS, cache uintptr, pages int32)
	count    func(tls *libc.TLS, cache uintptr) int32
	fetch    func(tls *libc.TLS, cache uintptr, number uint32, how int32) uintptr
	unpin    func(tls *libc.TLS, cache, page uintptr, drop int32)
	rekey    func(tls *libc.TLS, cache, page uintptr, from, to uint32)
	truncate func(tls *libc.TLS, cache uintptr, from uint32)
	destroy  func(tls *libc.TLS, cache uintptr)
	shrink   func(tls *libc.TLS, cache uintptr)
}

// builtIn are the functions of SQLite's own cache. It begins and ends with ours: SQLite counts
// with its lock what memory is taken for a page that is in no cache.
var builtIn methodsOfCaches

// cacheMethods are ours, which SQLite keeps.
var cacheMethods = methodsOfCaches{
	version:  1,
	init:     func(tls *libc.TLS, _ uintptr) int32 { return builtIn.init(tls, builtIn.argument) },
	shutdown: func(tls *libc.TLS, _ uintptr) { builtIn.shutdown(tls, builtIn.argument) },
	create: func(_ *libc.TLS, pageSize, extraSize, purgeable int32) uintptr {
		c := newPageCache(int(pageSize), int(extraSize), purgeable != 0)
		liveCaches.Lock()
		defer liveCaches.Unlock()
		liveCaches.of[c] = true
		return uintptr(unsafe.Pointer(c))
	},
	resize: func(tls *libc.TLS, cache uintptr, pages int32) { cacheAt(cache).resize(tls, int(pages)) },
	count:  func(_ *libc.TLS, cache uintptr) int32 { return int32(len(cacheAt(cache).pages)) },
	fetch: func(tls *libc.TLS, cache uintptr, number uint32, how int32) uintptr {
		return cacheAt(cache).fetch(tls, number, how).address()
	},
	unpin: func(tls *libc.TLS, cache, page uintptr, drop int32) {
		cacheAt(cache).unpin(tls, pageAt(page), drop != 0)
	},
	rekey: func(tls *libc.TLS, cache, page uintptr, _, to uint32) {
		cacheAt(cache).rekey(tls, pageAt(page), to)
	},
	truncate: func(tls *libc.TLS, cache uintptr, from uint32) { cacheAt(cache).truncate(tls, from) },
	destroy: func(tls *libc.TLS, cache uintptr) {
		c := cacheAt(cache)
		c.close(tls)
		liveCaches.Lock()
		defer liveCaches.Unlock()
		delete(liveCaches.of, c)
	},
	shrink: func(tls *libc.TLS, cache uintptr) { cacheAt(cache).shrink(tls) },
}

// configured has SQLite keep its pages in a [pageCache]. That can be said before the first
// connection alone, so whoever opens one asks for it.
var configured = sync.OnceValue(func() error {
	tls := libc.NewTLS()
	defer tls.Close()
	const room = 8 // bytes for the address of the functions
	arguments := tls.Alloc(room)
	defer tls.Free(room)
	for _, step := range []struct {
		option  int32
		methods *methodsOfCaches
	}{{sqlite3.SQLITE_CONFIG_GETPCACHE2, &builtIn}, {sqlite3.SQLITE_CONFIG_PCACHE2, &cacheMethods}} {
		rc := sqlite3.Xsqlite3_config(tls, step.option, libc.VaList(arguments, uintptr(unsafe.Pointer(step.methods))))
		if rc != sqlite3.SQLITE_OK {
			return fmt.Errorf("SQLite takes no page cache (%d): it was in use before", rc)
		}
	}
	return nil
})
