-- What every slice stands on. Global tables: installation, stores, api_keys, nodes. Everything else begins with store_id.

-- One row: which database this is. A restore writes a new incarnation, which ends all cursors of the old one.
create table installation (
    one bigint primary key check (one = 1),
    incarnation bytea not null,
    root_fingerprint text not null default '',
    created_ms bigint not null
);

create table stores (
    id bytea primary key,
    slug text not null unique,
    name text not null,
    currency_code text not null,
    callback_url text not null default '',
    shop_sequence bigint not null default 0,
    created_ms bigint not null
);

-- Only a hash of the secret part is kept. Scopes are joined by a blank.
create table api_keys (
    id text primary key,
    name text not null,
    store_id bytea references stores (id),
    scopes text not null,
    secret_hash bytea not null,
    created_ms bigint not null,
    expires_ms bigint,
    revoked_ms bigint
);

create table nodes (
    id bytea primary key,
    name text not null,
    started_ms bigint not null,
    seen_ms bigint not null
);

-- The next number of each per-store order: order of numbers is order of commits.
create table store_sequences (
    store_id bytea not null,
    name text not null,
    value bigint not null,
    primary key (store_id, name)
);

-- Answers of mutating calls, by request id: an HMAC of the request and the ids of what was made. Swept after 24 h.
create table repeats (
    store_id bytea not null,
    caller text not null,
    method text not null,
    request_id bytea not null,
    body_mac bytea not null,
    made text not null,
    created_ms bigint not null,
    primary key (store_id, caller, method, request_id)
);
create index repeats_age on repeats (created_ms);

-- Leases of loops and leaders; those of no store stand under the nil uuid.
create table leases (
    store_id bytea not null,
    name text not null,
    owner bytea not null,
    epoch bigint not null,
    until_ms bigint not null,
    primary key (store_id, name)
);

-- What happened to what, by whom: ids and keyed digests only. Sealed by a later loop.
create table ledger (
    store_id bytea not null,
    seq bigint not null,
    kind text not null,
    subject text not null,
    actor text not null,
    digest bytea not null,
    at_ms bigint not null,
    primary key (store_id, seq)
);
