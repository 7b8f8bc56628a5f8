package sqlite

import (
	"github.com/appdock/appdock"
)

// space knows how much room the disk has. What is new is refused while there is less than
// the reserve, so that what was accepted can still be delivered and the log of it written.
type space struct {
	free    func() (int64, error) // bytes; asked for each unit, which costs a microsecond
	reserve int64
}

// check refuses if there is too little room. A disk that cannot be asked is not judged.
func (s *space) check() error {
	if free, err := s.free(); err == nil && free < s.reserve {
		return diskFull(nil)
	}
	return nil
}

func diskFull(err error) *appdock.Error {
	return &appdock.Error{
		Kind:    appdock.Unavailable,
		Code:    "ADK-DISK-FULL",
		Message: "Nothing can be stored.",
		Cause:   "the disk of the data folder is full",
		Cure:    "Make room on it: the host goes on by itself. Nothing was lost: what could not be stored was not accepted.",
		Err:     err,
	}
}
