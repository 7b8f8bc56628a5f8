-- What the host keeps beside the entities. Ids are 16 bytes, moments milliseconds UTC.
--
-- Texts are compared and sorted by their bytes, as the other store does.
--
-- A column x_fold has the form in which x is compared, made in Go; null: lower(x), which
-- knows ASCII alone, is that form.

-- +goose Up

-- One row for the whole host. changed rises with the revision of any shop.
CREATE TABLE host (
	one bigint PRIMARY KEY CHECK (one = 1),
	changed bigint NOT NULL
);
INSERT INTO host (one, changed) VALUES (1, 0);

-- One row, too: which process has the database, counted. A unit of work begins by looking
-- whether it is still its own. Not in the row above, which is written all day.
CREATE TABLE holder (
	one bigint PRIMARY KEY CHECK (one = 1),
	number bigint NOT NULL
);
INSERT INTO holder (one, number) VALUES (1, 0);

-- Facts of the host's data, such as its mode.
CREATE TABLE fact (
	name text COLLATE "C" PRIMARY KEY,
	value text COLLATE "C" NOT NULL
);

-- All other tables know a shop by its number: the id that apps know can change.
CREATE TABLE shop (
	number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	id text COLLATE "C" NOT NULL UNIQUE,
	url text COLLATE "C" NOT NULL,
	name text COLLATE "C" NOT NULL,
	locale text COLLATE "C" NOT NULL,
	currency text COLLATE "C" NOT NULL,
	revision bigint NOT NULL,
	changed bigint NOT NULL, -- host.changed when the revision rose last
	fingerprints text COLLATE "C" NOT NULL DEFAULT '{}', -- where it lived when its id was last known to be right
	withheld boolean NOT NULL DEFAULT FALSE -- its apps are told nothing until somebody settles the identity
);
CREATE INDEX shop_changed ON shop (changed);

CREATE TABLE number_state (
	shop bigint NOT NULL,
	type text COLLATE "C" NOT NULL,
	value bigint NOT NULL, -- drawn last
	PRIMARY KEY (shop, type)
);

-- What follows from a record for more others than one unit of work writes.
CREATE TABLE owed (
	shop bigint NOT NULL,
	kind text COLLATE "C" NOT NULL,
	id bytea NOT NULL,
	after bytea NOT NULL, -- the last record that was written; zeros: none was
	PRIMARY KEY (shop, kind, id)
);

-- How often somebody did what is slowed down, and when they were last let through.
CREATE TABLE backoff (
	shop bigint NOT NULL,
	who text COLLATE "C" NOT NULL,
	count bigint NOT NULL,
	last bigint NOT NULL,
	PRIMARY KEY (shop, who)
);
CREATE INDEX backoff_last ON backoff (last);

-- Answers under an idempotency key.
CREATE TABLE remembered (
	shop bigint NOT NULL,
	installation bytea NOT NULL,
	key text COLLATE "C" NOT NULL,
	request_hash bytea NOT NULL,
	answer bytea NOT NULL,
	at bigint NOT NULL,
	PRIMARY KEY (shop, installation, key)
);
CREATE INDEX remembered_age ON remembered (shop, installation, at);

CREATE TABLE event (
	seq bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	shop bigint NOT NULL,
	id bytea NOT NULL,
	name text COLLATE "C" NOT NULL,
	key bytea, -- null: a barrier
	at bigint NOT NULL,
	origin bytea,
	needs text COLLATE "C" NOT NULL, -- privileges, a space between
	"only" bytea,
	revision bigint NOT NULL,
	payload bytea,
	previous bytea,
	matched boolean NOT NULL DEFAULT FALSE,
	UNIQUE (shop, id)
);
CREATE INDEX event_unmatched ON event (seq) WHERE NOT matched;
-- What happened in a shop, for those who ask later.
CREATE INDEX event_history ON event (shop, seq);

CREATE TABLE delivery (
	number bigint PRIMARY KEY, -- rises with the order in which they are made
	shop bigint NOT NULL,
	id bytea NOT NULL,
	event bytea NOT NULL,
	event_name text COLLATE "C" NOT NULL,
	key bytea,
	seq bigint NOT NULL, -- of the event
	subscription bytea NOT NULL,
	installation bytea,
	app text COLLATE "C" NOT NULL,
	app_version text COLLATE "C" NOT NULL,
	webhook text COLLATE "C" NOT NULL,
	url text COLLATE "C" NOT NULL,
	endpoint bigint NOT NULL,
	only_live boolean NOT NULL,
	strict boolean NOT NULL,
	state text COLLATE "C" NOT NULL,
	in_hand boolean NOT NULL, -- waits in the memory of the process that made it, and in none of the first three indexes
	attempts bigint NOT NULL,
	replayed bigint NOT NULL, -- of the attempts, made before it was replayed last
	due_at bigint, -- null: no attempt is to come
	created_at bigint NOT NULL,
	last_status bigint NOT NULL,
	reason text COLLATE "C" NOT NULL,
	event_name_fold text COLLATE "C",
	app_fold text COLLATE "C",
	webhook_fold text COLLATE "C",
	url_fold text COLLATE "C",
	UNIQUE (shop, id)
);
-- The two ways in which an endpoint reads what waits for it.
CREATE INDEX delivery_ordered ON delivery (endpoint, number) WHERE state = 'waiting' AND NOT in_hand AND (attempts = 0 OR strict);
CREATE INDEX delivery_due ON delivery (endpoint, due_at, number) WHERE state = 'waiting' AND attempts > 0 AND NOT strict;
-- What is moved when the health of a subscription changes.
CREATE INDEX delivery_waiting ON delivery (subscription, number) WHERE state = 'waiting' AND NOT in_hand;
-- What a process that ended had in hand.
CREATE INDEX delivery_in_hand ON delivery (number) WHERE in_hand;
CREATE INDEX delivery_parked ON delivery (subscription, number) WHERE state = 'parked';
CREATE INDEX delivery_log ON delivery (shop, created_at, number);
CREATE INDEX delivery_event ON delivery (seq);

-- request is empty if the app took it: it can be made again from the event.
CREATE TABLE attempt (
	delivery bigint NOT NULL, -- its number
	number bigint NOT NULL,
	at bigint NOT NULL,
	took bigint NOT NULL, -- microseconds
	status bigint NOT NULL,
	error text COLLATE "C" NOT NULL,
	request text COLLATE "C" NOT NULL,
	response text COLLATE "C" NOT NULL,
	PRIMARY KEY (delivery, number)
);

-- Health of the subscriptions that are or were not healthy.
CREATE TABLE health (
	shop bigint NOT NULL,
	subscription bytea NOT NULL,
	state text COLLATE "C" NOT NULL,
	transient bigint NOT NULL, -- failures in a row, like refusals
	refusals bigint NOT NULL,
	rung bigint NOT NULL, -- of the ladder of cooldowns
	cooldown_until bigint,
	suspended_since bigint,
	disabled_since bigint,
	disabled_by text COLLATE "C" NOT NULL,
	cause text COLLATE "C" NOT NULL,
	frozen_since bigint,
	followed bigint NOT NULL, -- the revision of the last order
	PRIMARY KEY (shop, subscription)
);

CREATE TABLE registration (
	shop bigint NOT NULL,
	installation bytea NOT NULL,
	app text COLLATE "C" NOT NULL,
	app_fold text COLLATE "C" NOT NULL,
	version text COLLATE "C" NOT NULL,
	active boolean NOT NULL,
	privileges text COLLATE "C" NOT NULL, -- the grant, a space between
	state text COLLATE "C" NOT NULL,
	integration bytea NOT NULL,
	role bytea NOT NULL,
	registration_url text COLLATE "C" NOT NULL, -- empty: the app has no server
	profile text COLLATE "C" NOT NULL,
	installed_at bigint NOT NULL,
	updated_at bigint,
	row_version bigint NOT NULL,
	PRIMARY KEY (shop, installation),
	UNIQUE (shop, app_fold)
);

-- Secrets are sealed and bound to their shop and app.
CREATE TABLE registration_secret (
	shop bigint NOT NULL,
	installation bytea NOT NULL,
	place bigint NOT NULL, -- 0 is the committed one, from 1 on the unconfirmed, the newest first; -1 is the app secret, -2 the one before a rotation
	sealed bytea NOT NULL,
	until bigint, -- the one before a rotation signs until then
	since bigint, -- the app may hold an unconfirmed one since then; when it was told of a committed one that nothing confirms
	PRIMARY KEY (shop, installation, place)
);

-- The last secret of apps that are gone.
CREATE TABLE deleted_app (
	shop bigint NOT NULL,
	app_fold text COLLATE "C" NOT NULL,
	installation bytea NOT NULL,
	sealed bytea NOT NULL,
	PRIMARY KEY (shop, app_fold)
);
CREATE INDEX deleted_app_installation ON deleted_app (shop, installation);

-- The key pair of an integration. An app has several while nobody knows which one it took,
-- and after a rotation.
CREATE TABLE credential (
	shop bigint NOT NULL,
	integration bytea NOT NULL,
	installation bytea, -- null: it belongs to no app
	place bigint NOT NULL, -- 0 is that of the registration, from 1 on the others
	until bigint, -- null: it does not end
	access_key text COLLATE "C" NOT NULL,
	secret_hash bytea NOT NULL,
	changed_at bigint NOT NULL,
	PRIMARY KEY (shop, integration),
	UNIQUE (shop, access_key)
);
CREATE INDEX credential_installation ON credential (shop, installation, place);

-- What is known of the installation stands in its subscriptions too: those that ended
-- outlive it until the events of their ending are matched.
CREATE TABLE subscription (
	shop bigint NOT NULL,
	id bytea NOT NULL,
	installation bytea, -- null: the operator's own
	app text COLLATE "C" NOT NULL,
	app_version text COLLATE "C" NOT NULL,
	app_active boolean NOT NULL,
	privileges text COLLATE "C" NOT NULL,
	place bigint NOT NULL, -- in the app's list
	name text COLLATE "C" NOT NULL,
	event text COLLATE "C" NOT NULL,
	url text COLLATE "C" NOT NULL,
	only_live boolean NOT NULL,
	active boolean NOT NULL,
	since bigint NOT NULL,
	until bigint NOT NULL, -- 0: it has not ended
	ordered text COLLATE "C" NOT NULL DEFAULT '', -- the last order about its health
	ordered_at bigint NOT NULL DEFAULT 0, -- the revision at which it was given
	created_at bigint NOT NULL,
	updated_at bigint,
	row_version bigint NOT NULL,
	name_fold text COLLATE "C",
	event_fold text COLLATE "C",
	url_fold text COLLATE "C",
	PRIMARY KEY (shop, id)
);
CREATE INDEX subscription_installation ON subscription (shop, installation, place);
CREATE INDEX subscription_event ON subscription (shop, event); -- whether anybody hears of an event
CREATE INDEX subscription_ended ON subscription (shop, until) WHERE until > 0;

-- The entity "webhook" (entities.md; protocol-webhooks.md 6.6 for the mirrored health).
CREATE VIEW webhook AS
SELECT
	s.shop AS shop, s.id AS id, s.row_version AS row_version,
	s.name AS name, coalesce(s.name_fold, lower(s.name)) AS name_fold,
	s.event AS event_name, coalesce(s.event_fold, lower(s.event)) AS event_name_fold,
	s.url AS url, coalesce(s.url_fold, lower(s.url)) AS url_fold,
	s.only_live AS only_live_version,
	greatest(coalesce(h.transient, 0), coalesce(h.refusals, 0)) AS error_count,
	s.active AND coalesce(h.state, 'healthy') IN ('healthy', 'degraded') AS active,
	s.installation AS app_id,
	s.created_at AS created_at, s.updated_at AS updated_at
FROM subscription AS s
LEFT JOIN health AS h ON h.shop = s.shop AND h.subscription = s.id
WHERE s.until = 0;

-- The entity "webhook_event_log" (protocol-webhooks.md 5): a delivery and its last attempt.
-- Texts of requests and answers are a first line and headers, an empty line, and a body.
-- Versions and reasons are ASCII, and what answers say is folded as if it were.
CREATE VIEW webhook_event_log AS
SELECT
	d.shop AS shop, d.id AS id, d.attempts + 1 AS row_version,
	d.app AS app_name, coalesce(d.app_fold, lower(d.app)) AS app_name_fold,
	d.webhook AS webhook_name, coalesce(d.webhook_fold, lower(d.webhook)) AS webhook_name_fold,
	d.event_name AS event_name, coalesce(d.event_name_fold, lower(d.event_name)) AS event_name_fold,
	status.word AS delivery_status, status.word AS delivery_status_fold,
	a.at / 1000 AS "timestamp",
	a.took / 1000000 AS processing_time,
	d.app_version AS app_version, lower(d.app_version) AS app_version_fold,
	CASE
		WHEN a.request <> '' THEN '{"headers":' || to_json(split_part(a.request, E'\n\n', 1))
			|| ',"body":' || to_json(substr(a.request, strpos(a.request, E'\n\n') + 2)) || '}'
		-- What the app took is the event, unless less of it was sent.
		WHEN a.number IS NOT NULL AND NOT d.only_live AND d.event_name <> 'app.config.changed' THEN '{"headers":'
			|| to_json('POST ' || d.url) || ',"body":' || to_json(
				'{"data":{"payload":' || coalesce(nullif(convert_from(e.payload, 'UTF8'), ''), '[]') || ',"event":' || to_json(d.event_name)
				|| '},"source":{"url":' || to_json(s.url) || ',"eventId":"' || encode(d.id, 'hex') || '"'
				|| CASE WHEN d.installation IS NULL THEN '' ELSE ',"shopId":' || to_json(s.id) || ',"appVersion":' || to_json(d.app_version) END
				|| ',"sequence":' || d.seq || '},"timestamp":' || (a.at / 1000) || '}') || '}'
	END::json AS request_content,
	CASE WHEN a.response <> '' THEN '{"headers":' || to_json(split_part(a.response, E'\n\n', 1))
		|| ',"body":' || to_json(substr(a.response, strpos(a.response, E'\n\n') + 2)) || '}' END::json AS response_content,
	nullif(a.status, 0) AS response_status_code,
	nullif(substr(split_part(a.response, E'\n', 1), 5), '') AS response_reason_phrase,
	lower(nullif(substr(split_part(a.response, E'\n', 1), 5), '')) AS response_reason_phrase_fold,
	d.url AS url, coalesce(d.url_fold, lower(d.url)) AS url_fold,
	d.only_live AS only_live_version,
	d.seq AS sequence,
	nullif(d.reason, '') AS failure_reason, nullif(lower(d.reason), '') AS failure_reason_fold,
	NULL::json AS custom_fields,
	d.created_at AS created_at, a.at AS updated_at
FROM delivery AS d
JOIN shop AS s ON s.number = d.shop
LEFT JOIN event AS e ON e.seq = d.seq
LEFT JOIN attempt AS a ON a.delivery = d.number AND a.number = d.attempts - 1
CROSS JOIN LATERAL (SELECT CASE
	WHEN d.state = 'delivered' THEN 'success'
	WHEN d.state = 'parked' THEN 'paused'
	WHEN d.state = 'dead' THEN 'failed'
	WHEN d.attempts = 0 THEN 'queued'
	ELSE 'pending_retry'
END COLLATE "C" AS word) AS status;

-- What the host does again and again: the entity "scheduled_task", the same in each shop. Names are ASCII.
CREATE TABLE recurring_task (
	name text COLLATE "C" PRIMARY KEY,
	id bytea NOT NULL,
	every bigint NOT NULL, -- seconds
	status text COLLATE "C" NOT NULL,
	last_at bigint,
	next_at bigint NOT NULL,
	created_at bigint NOT NULL,
	updated_at bigint,
	row_version bigint NOT NULL
);

CREATE VIEW scheduled_task AS
SELECT
	s.number AS shop, t.id AS id, t.row_version AS row_version,
	t.name AS name, lower(t.name) AS name_fold,
	t.name AS scheduled_task_class, lower(t.name) AS scheduled_task_class_fold,
	t.every AS run_interval, t.every AS default_run_interval,
	t.status AS status, t.status AS status_fold,
	t.last_at AS last_execution_time, t.next_at AS next_execution_time,
	t.created_at AS created_at, t.updated_at AS updated_at
FROM recurring_task AS t CROSS JOIN shop AS s;
