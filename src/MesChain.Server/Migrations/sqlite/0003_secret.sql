-- Keys and secrets. Nothing in these tables is in the clear; docs/formats/envelope.md says how each blob is built.

-- Key-encryption keys, wrapped by the root key. Generation 0 of the system store encrypts nothing: from it all digest keys are
-- derived, so that a change of the root key re-wraps this table and leaves every digest standing.
create table keks (
    store_id blob not null,
    generation integer not null,
    state text not null check (state in ('active', 'decrypt_only')),
    wrapped blob not null,
    created_ms integer not null,
    primary key (store_id, generation)
) strict;

-- mac proves that path belongs to id: whoever can write here still cannot point one name at another secret.
create table secrets (
    store_id blob not null,
    path text not null,
    id blob not null,
    mac blob not null,
    version integer not null,
    created_ms integer not null,
    updated_ms integer not null,
    primary key (store_id, path),
    unique (store_id, id)
) strict;

-- read_hour: the hour (since 1970) for which a reading by the program itself is on the ledger already.
create table secret_versions (
    store_id blob not null,
    secret_id blob not null,
    version integer not null,
    envelope blob not null,
    expire_ms integer,
    created_ms integer not null,
    read_hour integer not null default 0,
    primary key (store_id, secret_id, version),
    foreign key (store_id, secret_id) references secrets (store_id, id) on delete cascade
) strict;
