package server

import "context"

// BearerCheck is what each call of the REST API begins with, for a benchmark.
func (s *Server) BearerCheck(shop *Shop) func(ctx context.Context, authorization string) error {
	return func(ctx context.Context, authorization string) error {
		_, err := s.oauth.Bearer(ctx, shop.id, authorization)
		return err
	}
}

// ReadManifestsAgain does what a host does each minute.
func (s *Server) ReadManifestsAgain(ctx context.Context) error {
	for _, shop := range s.shops.all() {
		if err := s.apps.Refetch(ctx, shop); err != nil {
			return err
		}
	}
	return nil
}
