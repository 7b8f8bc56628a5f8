package phpdate_test

import (
	"fmt"
	"time"

	"github.com/appdock/appdock/twig/phpdate"
)

func ExampleParse() {
	now := time.Date(2010, 10, 31, 13, 45, 6, 0, time.UTC)
	for _, text := range []string{"04.10.2010", "tomorrow 14:00", "last friday of next month", "@86400"} {
		t, err := phpdate.Parse(text, now)
		if err != nil {
			fmt.Println(err)
			continue
		}
		fmt.Println(phpdate.Format(t, "D Y-m-d H:i T"))
	}
	// Output:
	// Mon 2010-10-04 00:00 UTC
	// Mon 2010-11-01 14:00 UTC
	// Fri 2010-11-26 00:00 UTC
	// Fri 1970-01-02 00:00 GMT+0000
}

func ExampleModify() {
	t := time.Date(2010, 10, 31, 13, 45, 6, 0, time.UTC)
	t, err := phpdate.Modify(t, "+1 month")
	fmt.Println(phpdate.Format(t, `l, j F`), err)
	// Output: Wednesday, 1 December <nil>
}

func ExampleBetween() {
	a := time.Date(2010, 10, 4, 0, 0, 0, 0, time.UTC)
	b := time.Date(2010, 12, 25, 0, 0, 0, 0, time.UTC)
	fmt.Println(phpdate.Between(a, b).Format("%R%m months and %d days, %a days in all"))
	// Output: +2 months and 21 days, 82 days in all
}
