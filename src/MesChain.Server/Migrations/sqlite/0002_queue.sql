-- The queue. state: 0 scheduled, 1 ready, 2 leased, 3 dead, 4 done (kept for repeats of its settle).

create table queues (
    store_id blob not null,
    name text not null,
    lease_ms integer not null,
    attempts_max integer not null,
    backoff_base_ms integer not null,
    backoff_cap_ms integer not null,
    dedupe_ms integer not null,
    depth_max integer not null,
    fifo_lanes integer not null,
    created_ms integer not null,
    primary key (store_id, name)
) strict;

-- One row from send to end.
create table messages (
    store_id blob not null,
    id blob not null,
    queue text not null,
    seq integer not null,
    state integer not null check (state between 0 and 4),
    kind text not null,
    body blob not null,
    lane text,
    priority integer not null,
    coalesce_key text,
    labels text not null,
    sent_ms integer not null,
    due_ms integer not null,
    -- a send that is absorbed never pulls the due time before this: a failure's back-off stands
    backoff_ms integer not null default 0,
    epoch integer not null default 0,
    failures integer not null default 0,
    deliveries integer not null default 0,
    lease_until_ms integer,
    holder text not null default '',
    last_error text not null default '',
    dead_reason text not null default '',
    ended_ms integer,
    primary key (store_id, id)
) strict;
create unique index messages_order on messages (store_id, queue, seq);
create index messages_ready on messages (store_id, queue, priority desc, seq) where state = 1 and lane is null;
create index messages_lane_ready on messages (store_id, queue, lane, priority desc, seq) where state = 1 and lane is not null;
create index messages_lane_live on messages (store_id, queue, lane, seq) where state < 3 and lane is not null;
create unique index messages_lane_leased on messages (store_id, queue, lane) where state = 2 and lane is not null;
create index messages_scheduled on messages (store_id, queue, due_ms) where state = 0;
create index messages_leased on messages (store_id, queue, lease_until_ms) where state = 2;
create index messages_dead on messages (store_id, queue, seq) where state = 3;
create index messages_done on messages (ended_ms) where state = 4;
create index messages_coalescing on messages (store_id, queue, coalesce_key) where state < 2 and coalesce_key is not null;

-- Outlives its message: a dedupe id is refused for the whole window, also after completion.
create table message_dedupes (
    store_id blob not null,
    queue text not null,
    dedupe_id text not null,
    message_id blob not null,
    until_ms integer not null,
    primary key (store_id, queue, dedupe_id)
) strict;
create index message_dedupes_age on message_dedupes (until_ms);

-- What was said of a lease that did not end its message, so that a repeated settle gets the same answer.
create table settle_receipts (
    store_id blob not null,
    message_id blob not null,
    epoch integer not null,
    outcome text not null,
    at_ms integer not null,
    primary key (store_id, message_id, epoch)
) strict;
create index settle_receipts_age on settle_receipts (at_ms);

-- A hint: from when on a store's queue may hold something due. Rebuilt by a sweep; walked round-robin.
create table ready_stores (
    store_id blob not null,
    queue text not null,
    ready_since_ms integer not null,
    primary key (store_id, queue)
) strict;
create index ready_stores_walk on ready_stores (queue, ready_since_ms);
