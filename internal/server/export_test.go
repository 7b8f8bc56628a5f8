package server

import "context"

// BearerCheck is what each call of the REST API begins with, for a benchmark.
func (s *Server) BearerCheck(shop *Shop) func(ctx context.Context, authorization string) error {
	return func(ctx context.Context, authorization string) error {
		_, err := s.oauth.Bearer(ctx, shop.id, authorization)
		return err
	}
}
