-- Indexes that the host has made because searches earned them. Each is named earned_ and its
-- number. All of them may be dropped at any time: they are made again if they are missed.

-- +goose Up

CREATE TABLE earned_index (
	number INTEGER PRIMARY KEY,
	entity TEXT NOT NULL,
	equal TEXT NOT NULL, -- columns, with spaces between them
	range TEXT NOT NULL,
	follow TEXT NOT NULL,
	made_at INTEGER NOT NULL,
	used_at INTEGER NOT NULL -- by the day
);
