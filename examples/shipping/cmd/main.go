// Command cmd serves the example app Shipping at the address of its manifest.
package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/signal"
	"time"

	"github.com/appdock/appdock/examples/shipping"
)

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "shipping:", err)
		os.Exit(1)
	}
}

func run() error {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	app, err := shipping.New(shipping.Options{
		URL:    os.Getenv("APP_URL"),
		Shop:   os.Getenv("APP_SHOP"),
		Secret: os.Getenv("APP_SECRET"),
		File:   "shipping-installations.json",
		Report: func(message string) { fmt.Println(time.Now().Format(time.TimeOnly), message) },
	})
	if err != nil {
		return err
	}
	server := &http.Server{Addr: shipping.Address, Handler: app, ReadHeaderTimeout: 5 * time.Second}
	stopped := make(chan error, 1)
	go func() {
		<-ctx.Done()
		drain, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
		defer cancel()
		stopped <- server.Shutdown(drain)
	}()
	fmt.Println("Shipping listens on http://" + shipping.Address)
	if err := server.ListenAndServe(); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return <-stopped
}
