-- Generations of keys that change while everything is in use, roots that are offered and taken over, and secrets whose versions have
-- labels, states and dates.

-- root: fingerprint of the root key that wrapped the row (empty: the one of the installation; the release before wrote none).
-- seq: number of the last change of the row's state, in the order of commits; nodes say up to which one they have followed.
-- rewrapped: rows moved to another generation so far; rewrapped_ms: since when none is left. wrapped is null once destroyed.
create table keks_with_states (
    store_id blob not null,
    generation integer not null,
    state text not null check (state in ('staged', 'active', 'decrypt_only', 'retired')),
    wrapped blob,
    root text not null default '',
    seq integer not null default 0,
    wraps integer not null default 0,
    rewrapped integer not null default 0,
    created_ms integer not null,
    activated_ms integer,
    rewrapped_ms integer,
    retired_ms integer,
    primary key (store_id, generation)
) strict;
insert into keks_with_states (store_id, generation, state, wrapped, root, created_ms, activated_ms)
select store_id, generation, state, wrapped, (select root_fingerprint from installation), created_ms, created_ms from keks;
drop table keks;
alter table keks_with_states rename to keks;
create unique index keks_active on keks (store_id) where state = 'active' and generation > 0;
create unique index keks_staged on keks (store_id) where state = 'staged';
create index keks_seq on keks (seq);
create index keks_unfinished on keks (state) where state <> 'retired' and rewrapped_ms is null;

-- root_next: the root key that is being taken over; empty when none is. root_kdf: how a passphrase becomes a root key, with its salt.
alter table installation add column root_next text not null default '';
alter table installation add column root_kdf text not null default '';

-- roots: fingerprints of the root keys that the node holds, joined by blanks. keyring_seq: see keks.seq.
alter table nodes add column roots text not null default '';
alter table nodes add column keyring_seq integer not null default 0;

-- The labels are versions; 0 is none. purge_ms: when a deleted secret goes for good.
alter table secrets add column current_version integer not null default 0;
alter table secrets add column previous_version integer not null default 0;
alter table secrets add column pending_version integer not null default 0;
alter table secrets add column deleted_ms integer;
alter table secrets add column purge_ms integer;
update secrets set current_version = version;
create index secrets_purge on secrets (purge_ms) where purge_ms is not null;

-- A destroyed version keeps its row and has an empty envelope. advisory: its dates warn instead of refusing. destroy_ms: when a version
-- that is to be destroyed will be.
alter table secret_versions add column state text not null default 'enabled' check (state in ('enabled', 'disabled', 'destroyed'));
alter table secret_versions add column not_before_ms integer;
alter table secret_versions add column advisory integer not null default 0;
alter table secret_versions add column destroy_ms integer;
create index secret_versions_destroy on secret_versions (destroy_ms) where destroy_ms is not null;
