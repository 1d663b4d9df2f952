-- What every slice stands on. Global tables: installation, stores, api_keys, nodes. Everything else begins with store_id.

-- One row: which database this is. A restore writes a new incarnation, which ends all cursors of the old one.
create table installation (
    one integer primary key check (one = 1),
    incarnation blob not null,
    root_fingerprint text not null default '',
    created_ms integer not null
) strict;

create table stores (
    id blob primary key,
    slug text not null unique,
    name text not null,
    currency_code text not null,
    callback_url text not null default '',
    shop_sequence integer not null default 0,
    created_ms integer not null
) strict;

-- Only a hash of the secret part is kept. Scopes are joined by a blank.
create table api_keys (
    id text primary key,
    name text not null,
    store_id blob references stores (id),
    scopes text not null,
    secret_hash blob not null,
    created_ms integer not null,
    expires_ms integer,
    revoked_ms integer
) strict;

create table nodes (
    id blob primary key,
    name text not null,
    started_ms integer not null,
    seen_ms integer not null
) strict;

-- The next number of each per-store order: order of numbers is order of commits.
create table store_sequences (
    store_id blob not null,
    name text not null,
    value integer not null,
    primary key (store_id, name)
) strict;

-- Answers of mutating calls, by request id: an HMAC of the request and the ids of what was made. Swept after 24 h.
create table repeats (
    store_id blob not null,
    caller text not null,
    method text not null,
    request_id blob not null,
    body_mac blob not null,
    made text not null,
    created_ms integer not null,
    primary key (store_id, caller, method, request_id)
) strict;
create index repeats_age on repeats (created_ms);

-- Leases of loops and leaders; those of no store stand under the nil uuid.
create table leases (
    store_id blob not null,
    name text not null,
    owner blob not null,
    epoch integer not null,
    until_ms integer not null,
    primary key (store_id, name)
) strict;

-- What happened to what, by whom: ids and keyed digests only. Sealed by a later loop.
create table ledger (
    store_id blob not null,
    seq integer not null,
    kind text not null,
    subject text not null,
    actor text not null,
    digest blob not null,
    at_ms integer not null,
    primary key (store_id, seq)
) strict;
