-- What buyers give back and what they ask. What they wrote is personal: encrypted at rest as one document a row.
alter table connections add column claims_next_ms bigint not null default 0;
-- when the last complete reading began: what was sent to the marketplace before that is seen in it
alter table connections add column claims_started_ms bigint;
alter table connections add column claims_deep_ms bigint not null default 0;
alter table connections add column questions_next_ms bigint not null default 0;
alter table connections add column questions_started_ms bigint;
alter table connections add column questions_deep_ms bigint not null default 0;

-- A claim has no state, its items have: one a unit.
create table claims (
    store_id bytea not null,
    id bytea not null,
    connection_id bytea not null,
    external_id text not null,
    seq bigint not null,
    trial boolean not null,
    order_number text not null,
    package_id text not null,
    claimed_ms bigint not null,
    changed_ms bigint not null,
    tracking_number text not null,
    cargo_provider text not null,
    tracking_url text not null,
    notes bytea not null,
    -- what the shop decided and the marketplace has not confirmed, with what belongs to it sealed
    decision text not null default '' check (decision in ('', 'approve', 'reject')),
    wish bytea not null default '',
    -- when it was last sent without a definite answer: sent again only after a reading of claims that began later
    sent_ms bigint,
    -- an issue was opened because the time to decide runs out
    warned_ms bigint,
    primary key (store_id, id),
    unique (store_id, connection_id, external_id),
    unique (store_id, seq)
);
create index claims_decision on claims (store_id, connection_id) where decision <> '';

create table claim_items (
    store_id bytea not null,
    claim_id bytea not null,
    item_id text not null,
    position bigint not null,
    line_id text not null,
    barcode text not null,
    sku text not null,
    title text not null,
    price_minor bigint,
    state text not null,
    marketplace_state text not null,
    reason_code text not null,
    reason_text text not null,
    auto_accepted boolean not null,
    -- the marketplace accepts it by itself then
    due_ms bigint,
    primary key (store_id, claim_id, item_id),
    foreign key (store_id, claim_id) references claims (store_id, id)
);
create index claim_items_open on claim_items (store_id, claim_id) where state in ('created', 'underreview', 'awaitingaction', 'disputed');

-- The reasons that a marketplace takes for a rejection, as last read.
create table claim_reasons (
    store_id bytea not null,
    connection_id bytea not null,
    reason_id text not null,
    position bigint not null,
    text text not null,
    primary key (store_id, connection_id, reason_id),
    foreign key (store_id, connection_id) references connections (store_id, id)
);

create table questions (
    store_id bytea not null,
    id bytea not null,
    connection_id bytea not null,
    external_id text not null,
    seq bigint not null,
    trial boolean not null,
    asked_ms bigint not null,
    -- the marketplace takes no answer after that
    due_ms bigint,
    product_main_id text not null,
    product_title text not null,
    link text not null,
    is_public boolean not null,
    state text not null,
    marketplace_state text not null,
    -- question, answer and refused answer
    texts bytea not null,
    -- a digest of them, under a key: whether a reading says anything new
    texts_mac bytea not null,
    -- the answer that the shop gave and the marketplace has not confirmed, sealed
    wish bytea not null default '',
    sent_ms bigint,
    warned_ms bigint,
    primary key (store_id, id),
    unique (store_id, connection_id, external_id),
    unique (store_id, seq)
);
create index questions_waiting on questions (store_id, connection_id) where state = 'waiting';
create index questions_wish on questions (store_id, connection_id) where length(wish) > 0;
