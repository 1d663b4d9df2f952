-- The ledger's proof (docs/formats/ledger.md), and a second secret for a key while its callers change over.

-- How far a store's tree has grown and its head was signed; fault says why the sealer goes no further, empty while it does.
create table ledger_trees (
    store_id bytea primary key,
    size bigint not null default 0,
    signed_size bigint not null default 0,
    signed_ms bigint not null default 0,
    fault text not null default ''
);

-- Hashes of the tree, up to 256 of 32 bytes a tile: level 0 holds those of rows, level n those of full tiles below.
create table ledger_tiles (
    store_id bytea not null,
    level bigint not null,
    tile bigint not null,
    hashes bytea not null,
    primary key (store_id, level, tile)
);

-- Signed heads: the newest, and the last one of each day before.
create table ledger_heads (
    store_id bytea not null,
    size bigint not null,
    note text not null,
    at_ms bigint not null,
    primary key (store_id, size)
);

-- rotation: how often the secret was replaced. previous_hash opens until previous_until_ms. used_ms: the hour of the last use.
alter table api_keys add column rotation bigint not null default 0;
alter table api_keys add column rotated_ms bigint;
alter table api_keys add column previous_hash bytea;
alter table api_keys add column previous_until_ms bigint;
alter table api_keys add column used_ms bigint;
