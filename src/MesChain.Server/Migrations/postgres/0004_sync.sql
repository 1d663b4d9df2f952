-- Sync: connections, catalog, offers, orders. Money is minor units; instants are UTC milliseconds.

create table connections (
    store_id bytea not null references stores (id),
    id bytea not null,
    marketplace text not null,
    environment text not null check (environment in ('sandbox', 'production')),
    mode text not null check (mode in ('shadow', 'live', 'paused')),
    health text not null check (health in ('draft', 'ok', 'degraded', 'guarded', 'needs_reauth')),
    health_detail text not null default '',
    name text not null,
    seller_id text not null,
    endpoint text not null default '',
    secret_path text not null,
    stock_enabled boolean not null default false,
    price_enabled boolean not null default false,
    tested_ms bigint,
    cutover_ms bigint,
    refused_ms bigint,
    revision bigint not null default 1,
    -- orders: everything changed up to the cursor is committed here
    orders_cursor_ms bigint,
    orders_read_started_ms bigint,
    orders_read_ok_ms bigint,
    -- since when reads fail; null while they succeed
    orders_failing_ms bigint,
    orders_deep_ms bigint not null default 0,
    orders_next_ms bigint not null default 0,
    -- the marketplace's own list
    items_read_ms bigint,
    items_next_ms bigint not null default 0,
    items_round bigint not null default 0,
    confirmed_ms bigint,
    created_ms bigint not null,
    primary key (store_id, id),
    unique (store_id, marketplace, environment, seller_id)
);

-- Which node runs a connection. The epoch grows with every change of hands and stands in every statement of a job.
create table connection_owner (
    store_id bytea not null,
    connection_id bytea not null,
    owner bytea not null,
    epoch bigint not null,
    until_ms bigint not null,
    primary key (store_id, connection_id)
);

create table products (
    store_id bytea not null references stores (id),
    id bytea not null,
    shop_product_id text not null,
    title text not null,
    folded text not null,
    brand text not null default '',
    model text not null default '',
    image_url text not null default '',
    updated_ms bigint not null,
    primary key (store_id, id),
    unique (store_id, shop_product_id)
);

-- on_hand is H(v), as the shop last confirmed it; stock_version counts every change of an input of what is offered.
create table variants (
    store_id bytea not null references stores (id),
    id bytea not null,
    product_id bytea not null,
    shop_variant_id text not null,
    sku text not null default '',
    barcode text not null default '',
    title text not null default '',
    folded text not null default '',
    vat_basis_points bigint,
    on_hand bigint not null default 0,
    stock_version bigint not null default 0,
    stock_shop_sequence bigint not null default 0,
    stock_reported_ms bigint,
    price_minor bigint,
    list_price_minor bigint,
    price_version bigint not null default 0,
    price_shop_sequence bigint not null default 0,
    -- a removed variant keeps its row while orders or movements name it
    removed_ms bigint,
    primary key (store_id, id),
    unique (store_id, shop_variant_id),
    foreign key (store_id, product_id) references products (store_id, id)
);
create index variants_product on variants (store_id, product_id);
create index variants_barcode on variants (store_id, barcode);

-- What the marketplace lists, as last read.
create table marketplace_items (
    store_id bytea not null,
    connection_id bytea not null,
    barcode text not null,
    external_id text not null default '',
    title text not null default '',
    sku text not null default '',
    quantity bigint,
    sale_price_minor bigint,
    list_price_minor bigint,
    on_sale boolean not null default false,
    seen_round bigint not null,
    observed_ms bigint not null,
    primary key (store_id, connection_id, barcode),
    foreign key (store_id, connection_id) references connections (store_id, id)
);

-- Which variant is which item. Both keys are unique: a second link cannot be stored.
create table links (
    store_id bytea not null,
    connection_id bytea not null,
    barcode text not null,
    variant_id bytea not null,
    origin text not null,
    linked_ms bigint not null,
    primary key (store_id, connection_id, barcode),
    unique (store_id, connection_id, variant_id),
    foreign key (store_id, connection_id) references connections (store_id, id),
    foreign key (store_id, variant_id) references variants (store_id, id)
);

-- Price and stock of a linked variant at a marketplace: intended, last sent, confirmed, seen. One row an offer, two axes.
create table offers (
    store_id bytea not null,
    connection_id bytea not null,
    variant_id bytea not null,
    barcode text not null,
    stock_state text not null default 'clean' check (stock_state in ('clean', 'dirty', 'held', 'in_flight', 'awaiting', 'uncertain', 'failed', 'diverged')),
    desired_qty bigint not null default 0,
    desired_version bigint not null default 0,
    sent_qty bigint,
    sent_version bigint not null default 0,
    acked_qty bigint,
    acked_version bigint not null default 0,
    -- the confirmation counts only from this version on: a sale or a lost batch has moved the marketplace's number since
    uncertain_version bigint not null default 0,
    priority bigint not null default 0,
    stock_dirty_ms bigint,
    stock_not_before_ms bigint not null default 0,
    price_state text not null default 'clean' check (price_state in ('clean', 'dirty', 'held', 'in_flight', 'awaiting', 'uncertain', 'failed', 'diverged')),
    desired_price_minor bigint,
    desired_list_minor bigint,
    desired_price_version bigint not null default 0,
    sent_price_minor bigint,
    sent_list_minor bigint,
    sent_price_version bigint not null default 0,
    acked_price_minor bigint,
    acked_list_minor bigint,
    acked_price_version bigint not null default 0,
    uncertain_price_version bigint not null default 0,
    price_dirty_ms bigint,
    price_not_before_ms bigint not null default 0,
    observed_qty bigint,
    observed_price_minor bigint,
    observed_ms bigint,
    sent_ms bigint,
    acked_ms bigint,
    verify_due_ms bigint,
    -- a batch whose fate is unknown may still be applied until then
    doubt_until_ms bigint not null default 0,
    -- two batches hold this offer at once: read back when both are decided
    overlapped boolean not null default false,
    -- the owner released this version from a held wave
    released_version bigint not null default 0,
    issue_code text not null default '',
    primary key (store_id, connection_id, variant_id),
    unique (store_id, connection_id, barcode),
    foreign key (store_id, connection_id) references connections (store_id, id),
    foreign key (store_id, variant_id) references variants (store_id, id)
);
create index offers_variant on offers (store_id, variant_id);
-- priority plus one for every second of waiting, without a clock in the index
create index offers_stock_dirty on offers (store_id, connection_id, (priority * 1000 - stock_dirty_ms)) where stock_state in ('dirty', 'diverged');
create index offers_price_dirty on offers (store_id, connection_id, price_dirty_ms) where price_state in ('dirty', 'diverged');
create index offers_uncertain on offers (store_id, connection_id) where stock_state = 'uncertain' or price_state = 'uncertain';
create index offers_verify on offers (store_id, connection_id, verify_due_ms) where verify_due_ms is not null;

-- One request to a marketplace: written before it is sent, so that a crash in between is seen as what it is.
create table push_batches (
    store_id bytea not null,
    id bytea not null,
    connection_id bytea not null,
    axis text not null check (axis in ('stock', 'price')),
    body_hash bytea not null,
    state text not null check (state in ('in_flight', 'awaiting', 'done', 'uncertain', 'refused')),
    receipt_id text not null default '',
    owner_epoch bigint not null,
    sent_ms bigint not null,
    polls bigint not null default 0,
    next_poll_ms bigint,
    expires_ms bigint,
    done_ms bigint,
    primary key (store_id, id),
    foreign key (store_id, connection_id) references connections (store_id, id)
);
create index push_batches_open on push_batches (store_id, connection_id, next_poll_ms) where state in ('in_flight', 'awaiting');
create index push_batches_done on push_batches (store_id, done_ms) where done_ms is not null;
create index push_batches_body on push_batches (store_id, connection_id, body_hash, sent_ms);

create table push_items (
    store_id bytea not null,
    batch_id bytea not null,
    variant_id bytea not null,
    barcode text not null,
    quantity bigint,
    version bigint not null,
    price_minor bigint,
    list_minor bigint,
    dirty_ms bigint,
    priority bigint not null default 0,
    -- takes an offer from sale that no order emptied
    zeroed boolean not null default false,
    outcome text not null default '',
    primary key (store_id, batch_id, variant_id),
    foreign key (store_id, batch_id) references push_batches (store_id, id)
);
create index push_items_variant on push_items (store_id, variant_id);

-- A promise of stock per order line. variant_id is null while the barcode is not linked.
create table reservations (
    store_id bytea not null,
    connection_id bytea not null,
    order_number text not null,
    line_id text not null,
    variant_id bytea,
    barcode text not null,
    -- of a sandbox: holds nothing that production offers
    trial boolean not null,
    qty_open bigint not null check (qty_open >= 0),
    qty_cancelled bigint not null default 0,
    state text not null check (state in ('open', 'consumed', 'released')),
    ordered_ms bigint not null,
    primary key (store_id, connection_id, order_number, line_id)
);
create index reservations_sales on reservations (store_id, variant_id, ordered_ms);
create index reservations_variant on reservations (store_id, variant_id) where state = 'open';
create index reservations_unlinked on reservations (store_id, connection_id, barcode) where variant_id is null;

-- Every change of stock has one cause, once. A repeated cause changes nothing.
create table stock_movements (
    store_id bytea not null,
    cause text not null,
    variant_id bytea not null,
    delta bigint not null,
    on_hand bigint not null,
    version bigint not null,
    at_ms bigint not null,
    primary key (store_id, cause)
);
create index stock_movements_variant on stock_movements (store_id, variant_id, version);

-- One row an order of a buyer. Buyer and addresses are personal data: encrypted at rest as one document.
create table orders (
    store_id bytea not null,
    id bytea not null,
    connection_id bytea not null,
    order_number text not null,
    seq bigint not null,
    trial boolean not null,
    historical boolean not null default false,
    ordered_ms bigint not null,
    changed_ms bigint not null,
    currency_code text not null,
    total_minor bigint not null,
    gross_minor bigint not null,
    discount_minor bigint not null,
    payment_method text not null default '',
    person bytea not null,
    shop_order_id text not null default '',
    applied_ms bigint,
    -- closed packages wait until then for the packages that may follow them, before their units count as cancelled
    settle_ms bigint,
    revision bigint not null default 1,
    created_ms bigint not null,
    primary key (store_id, id),
    unique (store_id, connection_id, order_number),
    unique (store_id, seq)
);
create index orders_settle on orders (store_id, connection_id, settle_ms) where settle_ms is not null;

create table order_lines (
    store_id bytea not null,
    order_id bytea not null,
    line_id text not null,
    position bigint not null,
    package_id text not null,
    variant_id bytea,
    barcode text not null,
    sku text not null default '',
    title text not null,
    quantity bigint not null,
    cancelled bigint not null default 0,
    -- exact amounts of each unit, dearest first, joined by commas: units may differ by a kuruş
    unit_totals text not null,
    unit_discounts text not null,
    -- of the units that are not cancelled
    total_minor bigint not null,
    discount_minor bigint not null,
    vat_basis_points bigint,
    primary key (store_id, order_id, line_id),
    foreign key (store_id, order_id) references orders (store_id, id)
);
create index order_lines_barcode on order_lines (store_id, barcode) where variant_id is null;

create table order_packages (
    store_id bytea not null,
    order_id bytea not null,
    package_id text not null,
    status text not null,
    marketplace_status text not null,
    cargo_provider text not null default '',
    tracking_number text not null default '',
    tracking_url text not null default '',
    ship_by_ms bigint,
    changed_ms bigint not null,
    -- when we saw it so: times of grace do not trust the marketplace's clock
    seen_ms bigint not null,
    -- the packages that this one replaces, joined by commas
    replaces text not null default '',
    -- what the shop asked for and the marketplace has not confirmed: 'pick' or empty
    wish text not null default '',
    primary key (store_id, order_id, package_id),
    foreign key (store_id, order_id) references orders (store_id, id)
);
create index order_packages_wish on order_packages (store_id, order_id) where wish <> '';

-- What each package says of each line: counters of a line are always computed from all packages that are known.
create table order_package_lines (
    store_id bytea not null,
    order_id bytea not null,
    package_id text not null,
    line_id text not null,
    quantity bigint not null,
    unit_totals text not null,
    unit_discounts text not null,
    primary key (store_id, order_id, package_id, line_id),
    foreign key (store_id, order_id, package_id) references order_packages (store_id, order_id, package_id)
);

-- What the shop still has to do. At most one open entry an order.
create table feed_entries (
    store_id bytea not null,
    id bytea not null,
    seq bigint not null,
    order_id bytea not null,
    kind text not null check (kind in ('new', 'changed')),
    created_ms bigint not null,
    not_before_ms bigint not null default 0,
    failures bigint not null default 0,
    acked_ms bigint,
    outcome text not null default '',
    primary key (store_id, id),
    unique (store_id, seq),
    foreign key (store_id, order_id) references orders (store_id, id)
);
create unique index feed_entries_open on feed_entries (store_id, order_id) where acked_ms is null;
create index feed_entries_due on feed_entries (store_id, seq) where acked_ms is null;

-- When a store may be knocked next. knocked_seq is the newest feed entry that it was told of.
create table store_knocks (
    store_id bytea not null references stores (id),
    next_ms bigint not null,
    knocked_seq bigint not null default 0,
    failures bigint not null default 0,
    ok_ms bigint,
    primary key (store_id)
);

create table events (
    store_id bytea not null,
    seq bigint not null,
    kind text not null,
    connection_id bytea,
    subject text not null,
    params text not null,
    at_ms bigint not null,
    primary key (store_id, seq)
);

create table issues (
    store_id bytea not null,
    id bytea not null,
    seq bigint not null,
    fingerprint text not null,
    code text not null,
    severity text not null check (severity in ('info', 'warning', 'error')),
    state text not null check (state in ('open', 'resolved')),
    connection_id bytea,
    subject text not null,
    params text not null,
    marketplace_text text not null default '',
    count bigint not null default 1,
    first_ms bigint not null,
    last_ms bigint not null,
    primary key (store_id, id),
    unique (store_id, fingerprint)
);
create index issues_list on issues (store_id, state, last_ms);
