package main

import (
	"context"

	"github.com/appdock/appdock/internal/control"
)

// The users of the fake host are none: the script "user" works with those of a real one.

func (h *fakeHost) CreateUser(_ context.Context, in control.NewUser) (control.InvitedUser, error) {
	return control.InvitedUser{User: control.User{Name: in.Name, Email: in.Email, Role: in.Role}, Link: "https://shop.example/admin/password?key=k", Until: noon}, nil
}

func (h *fakeHost) InviteUser(ctx context.Context, name string) (control.InvitedUser, error) {
	return h.CreateUser(ctx, control.NewUser{Name: name})
}

func (h *fakeHost) Users(context.Context) ([]control.User, error) { return nil, nil }

func (h *fakeHost) ChangeUser(_ context.Context, name string, _ control.UserChange) (control.User, error) {
	return control.User{Name: name}, nil
}

func (h *fakeHost) Audit(context.Context, int) ([]control.AuditEntry, error) { return nil, nil }
