package rows

import (
	"context"
	"crypto/sha256"
	"fmt"
	"slices"
	"time"

	"github.com/appdock/appdock"
)

// The host's recurring tasks are one table, which each shop sees as the entity scheduled_task.

// ScheduleTasks makes the tasks those that the host has, by their names, with the time between two
// runs: what is new runs for the first time then, what it has no more is forgotten.
func (s *Store) ScheduleTasks(ctx context.Context, tasks map[string]time.Duration) error {
	return s.write(ctx, Intake, false, func(w *tx) error {
		var gone []string
		err := w.read(func(row Row) error {
			var name string
			err := row.Scan(&name)
			if _, kept := tasks[name]; !kept {
				gone = append(gone, name)
			}
			return err
		}, "SELECT name FROM recurring_task")
		if err != nil {
			return fmt.Errorf("read the recurring tasks: %w", err)
		}
		for _, name := range gone {
			if _, err := w.put("DELETE FROM recurring_task WHERE name = ?", name); err != nil {
				return err
			}
		}
		now := s.now()
		for name, every := range tasks {
			if _, err := w.put(`INSERT INTO recurring_task (name, id, every, status, last_at, next_at, created_at, row_version)
				VALUES (?, ?, ?, 'scheduled', NULL, ?, ?, 1) ON CONFLICT (name) DO UPDATE SET every = excluded.every`,
				name, taskID(name), int64(every/time.Second), now.Add(every).UnixMilli(), now.UnixMilli()); err != nil {
				return err
			}
		}
		return nil
	})
}

// TaskRan notes that a task ran, and when it will again.
func (s *Store) TaskRan(ctx context.Context, name string, failed bool) error {
	status := "scheduled"
	if failed {
		status = "failed"
	}
	return s.write(ctx, Intake, false, func(w *tx) error {
		now := s.now().UnixMilli()
		_, err := w.put(`UPDATE recurring_task SET status = ?, last_at = ?, next_at = ? + every * 1000, updated_at = ?, row_version = row_version + 1
			WHERE name = ?`, status, now, now, now, name)
		return err
	})
}

// taskID is the id of a task in each shop.
func taskID(name string) []byte {
	sum := sha256.Sum256([]byte("scheduled_task/" + name))
	return slices.Clone(sum[:len(appdock.ID{})])
}
