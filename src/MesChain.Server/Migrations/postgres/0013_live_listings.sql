-- What becomes of listings after they went live: taken off sale and put back, and the content that the shop changes.

-- Whether changed content is sent at all; off until the owner says so.
alter table connections add column content_enabled boolean not null default false;

-- since when the owner keeps it off sale: nothing is offered meanwhile
alter table listings add column stopped_ms bigint;
-- digests of the parts of its content that were last sent and not refused; empty when nobody knows
alter table listings add column said text not null default '';
create index listings_stopped on listings (store_id, variant_id) where stopped_ms is not null;

-- 'listing' makes or mends; the others change what is there
alter table listing_batches add column kind text not null default 'listing' check (kind in ('listing', 'shelf', 'content', 'terms'));

-- What is to become otherwise at a listing that the marketplace has. A row ends when it is so.
create table listing_changes (
    store_id bytea not null,
    connection_id bytea not null,
    variant_id bytea not null,
    kind text not null check (kind in ('shelf', 'content', 'terms')),
    state text not null check (state in ('waiting', 'sent', 'told', 'doubt', 'refused')),
    -- what it is to be: on the shelf 'archived' or 'on_sale', otherwise digests of the parts that differ
    wanted text not null,
    -- what was last said to the marketplace; wanted may be newer
    said text not null default '',
    asked_ms bigint not null,
    sent_ms bigint,
    -- when it is tried, or looked at, next; null when only a new wish moves it on
    check_ms bigint,
    -- how often it was looked at since it was sent, and how often it was said in vain
    checks bigint not null default 0,
    vain bigint not null default 0,
    -- the request that it is part of; null when none is on its way
    batch_id bytea,
    -- of the request that was taken: verdicts name it
    receipt_id text not null default '',
    -- why it was refused
    code text not null default '',
    detail text not null default '',
    marketplace_text text not null default '',
    primary key (store_id, connection_id, variant_id, kind),
    foreign key (store_id, connection_id, variant_id) references listings (store_id, connection_id, variant_id)
);
create index listing_changes_check on listing_changes (store_id, connection_id, check_ms) where check_ms is not null;
create index listing_changes_batch on listing_changes (store_id, batch_id) where batch_id is not null;

-- Connections that are deleted and still have a webhook at the marketplace. Their credentials outlive them until it is taken back.
create table departed_connections (
    store_id bytea not null references stores (id),
    id bytea not null,
    marketplace text not null,
    environment text not null,
    endpoint text not null,
    seller_id text not null,
    secret_path text not null,
    left_ms bigint not null,
    next_ms bigint not null,
    primary key (store_id, id)
);
