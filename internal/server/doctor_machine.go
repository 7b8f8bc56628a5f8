package server

import (
	"cmp"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/internal/control"
	"github.com/appdock/appdock/internal/keyring"
	"github.com/appdock/appdock/internal/sqlite"
)

const (
	// checkPatience is how long reading the database may take.
	checkPatience = 45 * time.Second
	// fewBytes is where a disk deserves a look.
	fewBytes = 1 << 30
	// soon is how long before its end a certificate deserves a look.
	soon = 14 * 24 * time.Hour
)

// Examine looks at what a host needs on this machine, without starting one: at the data
// folder, the address and the certificate. It changes nothing.
func Examine(ctx context.Context, c Config) []control.Finding {
	list := examineFolder(ctx, c)
	list = append(list, examineClock())
	if c.Listen != "" {
		list = append(list, examineAddress(ctx, c.Listen))
	}
	return append(list, examineCertificate(c, nil, c.Now())...)
}

func fine(check, subject, message string) control.Finding {
	return control.Finding{Check: check, Subject: subject, Verdict: control.OK, Message: message}
}

// examineFolder looks at the data folder and what is in it.
func examineFolder(ctx context.Context, c Config) []control.Finding {
	info, err := os.Stat(c.Data)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return []control.Finding{control.Failed("data.folder", "", noHost("the data folder "+c.Data+" does not exist"))}
	case err != nil:
		return []control.Finding{control.Failed("data.folder", "", unwritable(c.Data, err))}
	case !info.IsDir():
		return []control.Finding{control.Failed("data.folder", "", unwritable(c.Data, errors.New("it is no folder")))}
	}
	if !holdsData(c.Data) {
		return []control.Finding{control.Failed("data.folder", "", noHost("there is no "+databaseFile+" in "+c.Data))}
	}
	database := filepath.Join(c.Data, databaseFile)
	list := []control.Finding{examineWriting(c.Data), examinePermissions(c.Data), examineKey(c.Data)}
	if where, err := (&folder{path: c.Data}).place(); err != nil || where != "" {
		return append(list, examinePlace(c, where, err))
	}
	return append(list, examineDatabase(ctx, database), examineSpace(database))
}

// examinePlace looks whether the data that is on a PostgreSQL server is where the
// configuration says. Whether it can be reached is found out by opening it.
func examinePlace(c Config, where string, err error) control.Finding {
	switch {
	case err != nil:
		return control.Failed("data.database", "", err)
	case c.Database.IsZero():
		return control.Failed("data.database", where, dataElsewhere(c.Data, where))
	}
	return fine("data.database", where, "The data is in a PostgreSQL database.")
}

// examineWriting tries whether this user may make files in the folder, and change the
// database.
func examineWriting(data string) control.Finding {
	trial, err := os.CreateTemp(data, ".doctor-")
	if err == nil {
		err = errors.Join(trial.Close(), os.Remove(trial.Name()))
	}
	if err == nil {
		var database *os.File
		database, err = os.OpenFile(filepath.Join(data, databaseFile), os.O_RDWR, 0)
		switch {
		case err == nil:
			err = database.Close()
		case errors.Is(err, fs.ErrNotExist):
			err = nil // it is on a server
		}
	}
	if err != nil {
		return control.Failed("data.folder", "", unwritable(data, err))
	}
	return fine("data.folder", "", "The data folder "+data+" can be written to.")
}

// examinePermissions looks for what other users of the machine may read. Of the key that is
// a failure of its own: no host starts with it.
func examinePermissions(data string) control.Finding {
	if runtime.GOOS == "windows" {
		return fine("data.permissions", "", "Who may read the files is a matter of the folder's access list.")
	}
	var open []string
	for _, name := range []string{"", databaseFile, databaseFile + "-wal", instanceFile, socketFile, lockFile} {
		if info, err := os.Stat(filepath.Join(data, name)); err == nil && info.Mode().Perm()&0o077 != 0 {
			open = append(open, fmt.Sprintf("%s (%04o)", filepath.Join(data, name), info.Mode().Perm()))
		}
	}
	if len(open) == 0 {
		return fine("data.permissions", "", "Nobody else may read the data folder.")
	}
	return control.Finding{
		Check: "data.permissions", Verdict: control.Warn, Message: "Other users of this machine can reach data of the host.",
		Cause: strings.Join(open, ", "),
		Cure:  "Take their rights away: chmod go= on each.",
	}
}

func examineKey(data string) control.Finding {
	if _, err := keyring.Open(filepath.Join(data, keyFile), false); err != nil {
		return control.Failed("data.key", "", err)
	}
	return fine("data.key", "", "The key is there, whole, and for this user alone.")
}

func examineDatabase(ctx context.Context, path string) control.Finding {
	checking, cancel := context.WithTimeout(ctx, checkPatience)
	defer cancel()
	err := sqlite.QuickCheck(checking, path)
	switch {
	case err == nil:
		return fine("data.database", "", "The database is whole.")
	case checking.Err() != nil:
		return control.Finding{
			Check: "data.database", Verdict: control.Warn, Message: "The database was not looked at to its end.",
			Cause: fmt.Sprintf("it is so large that %s were not enough", checkPatience), Cure: "Make a backup: that reads all of it, and checks the copy.",
		}
	}
	return control.Failed("data.database", "", err)
}

func examineSpace(path string) control.Finding {
	free, err := sqlite.Free(path)
	if err != nil {
		return control.Finding{
			Check: "data.space", Verdict: control.Warn, Message: "The system does not say how much room is left.", Cause: err.Error(),
			Cure: "Watch the disk of the data folder.",
		}
	}
	size := int64(0)
	for _, name := range []string{path, path + "-wal"} {
		if info, err := os.Stat(name); err == nil {
			size += info.Size()
		}
	}
	f := fine("data.space", "", fmt.Sprintf("%s are free; the database has %s.", bytesText(free), bytesText(size)))
	switch {
	case free < sqlite.Reserve:
		f.Verdict, f.Code = control.Fail, "ADK-DISK-FULL"
		f.Cause = "below " + bytesText(sqlite.Reserve) + " nothing new is stored, so that what was accepted can be delivered"
		f.Cure = "Make room on the disk of the data folder: the host goes on by itself."
	case free < fewBytes || free < 2*size:
		f.Verdict = control.Warn
		f.Cause = "a backup takes up to twice the database, and below " + bytesText(sqlite.Reserve) + " nothing new is stored"
		f.Cure = "Make room, or bound the log with delivery.retention and delivery.max_size."
	}
	return f
}

func bytesText(n int64) string {
	switch {
	case n >= 10<<30:
		return fmt.Sprintf("%d GiB", n>>30)
	case n >= 10<<20:
		return fmt.Sprintf("%d MiB", n>>20)
	}
	return fmt.Sprintf("%d KiB", n>>10)
}

func examineClock() control.Finding {
	set, known := clockSet()
	switch {
	case !known:
		return fine("clock", "", "The clock shows "+time.Now().UTC().Format(time.RFC3339)+"; the system does not say whether something keeps it right.")
	case set:
		return fine("clock", "", "The clock is kept right.")
	}
	return control.Finding{
		Check: "clock", Verdict: control.Warn, Message: "Nothing keeps the clock of this machine right.",
		Cause: "the system says that it is not synchronised; it shows " + time.Now().UTC().Format(time.RFC3339),
		Cure:  "Run a time service, such as systemd-timesyncd or chrony: apps refuse signatures whose time is some minutes off.",
	}
}

// examineAddress tries whether a host could listen.
func examineAddress(ctx context.Context, listen string) control.Finding {
	var lc net.ListenConfig
	l, err := lc.Listen(ctx, "tcp", listen)
	if err != nil {
		return control.Failed("listen", listen, cannotListen(listen, err))
	}
	_ = l.Close() // it was only tried
	return fine("listen", listen, "The address is free.")
}

// examineCertificate looks at the files that the host serves TLS with.
func examineCertificate(c Config, shops []appdock.Shop, now time.Time) []control.Finding {
	if c.Certificate == "" {
		return nil
	}
	const check = "tls.certificate"
	pair, err := tls.LoadX509KeyPair(c.Certificate, c.CertificateKey)
	if err != nil {
		return []control.Finding{{
			Check: check, Subject: c.Certificate, Verdict: control.Fail, Code: "ADK-TLS", Message: "The certificate cannot be used.", Cause: err.Error(),
			Cure: "Name a certificate and its key in PEM files that the host can read, with tls.cert and tls.key.",
		}}
	}
	list := []control.Finding{ending(check, c.Certificate, pair.Leaf.NotAfter, now)}
	for _, shop := range shops {
		u, err := url.Parse(shop.URL)
		if err != nil || u.Scheme != "https" {
			continue
		}
		if err := pair.Leaf.VerifyHostname(u.Hostname()); err != nil {
			list = append(list, control.Finding{
				Check: check, Subject: shop.URL, Verdict: control.Warn, Message: "The certificate is not for the host of this shop.",
				Cause: hostnames(pair.Leaf), Cure: "Use a certificate that names " + u.Hostname() + ", unless a proxy with another one stands before the host.",
			})
		}
	}
	return list
}

func hostnames(c *x509.Certificate) string {
	names := c.DNSNames
	for _, ip := range c.IPAddresses {
		names = append(names, ip.String())
	}
	return "it is for " + cmp.Or(strings.Join(names, ", "), "no host at all")
}

// ending judges when a certificate ends.
func ending(check, subject string, end, now time.Time) control.Finding {
	day := end.UTC().Format(time.DateOnly)
	switch {
	case !now.Before(end):
		return control.Finding{
			Check: check, Subject: subject, Verdict: control.Fail, Message: "The certificate has expired.", Cause: "it was good until " + day,
			Cure: "Renew it; a host reads changed files by itself.",
		}
	case end.Sub(now) < soon:
		return control.Finding{
			Check: check, Subject: subject, Verdict: control.Warn, Message: "The certificate ends soon.", Cause: "it is good until " + day,
			Cure: "Renew it, and see why nothing does so by itself.",
		}
	}
	return fine(check, subject, "The certificate is good until "+day+".")
}
