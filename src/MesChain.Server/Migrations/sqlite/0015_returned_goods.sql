-- Custody: where the goods of a claim are. Who decided about the claim, and who has the money, stand apart from it.
-- Empty while nobody in the shop has seen them, which is what the marketplace's claim alone says.
alter table claim_items add column custody text not null default '' check (custody in ('', 'received', 'restocked', 'scrapped', 'notreturned'));
create index claim_items_unseen on claim_items (store_id, claim_id) where custody = '' and state = 'accepted';

-- What was told of a unit: each step once, so that no repeat puts it back on the shelf again.
create table claim_steps (
    store_id blob not null,
    claim_id blob not null,
    item_id text not null,
    step text not null check (step in ('received', 'restocked', 'scrapped', 'notreturned')),
    at_ms integer not null,
    -- of a restocked unit that the shop is told of: the order, and its revision that says it
    order_id blob,
    revision integer,
    primary key (store_id, claim_id, item_id, step),
    foreign key (store_id, claim_id, item_id) references claim_items (store_id, claim_id, item_id),
    check ((order_id is null) = (revision is null) and (order_id is null or step = 'restocked'))
) strict;

-- Units that came back and lie on the shelf again: never falls.
alter table order_lines add column restocked integer not null default 0;
-- The newest revision that the shop has said it booked.
alter table orders add column booked_revision integer not null default 0;
