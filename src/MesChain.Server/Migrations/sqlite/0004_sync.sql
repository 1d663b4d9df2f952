-- Sync: connections, catalog, offers, orders. Money is minor units; instants are UTC milliseconds.

create table connections (
    store_id blob not null references stores (id),
    id blob not null,
    marketplace text not null,
    environment text not null check (environment in ('sandbox', 'production')),
    mode text not null check (mode in ('shadow', 'live', 'paused')),
    health text not null check (health in ('draft', 'ok', 'degraded', 'guarded', 'needs_reauth')),
    health_detail text not null default '',
    name text not null,
    seller_id text not null,
    endpoint text not null default '',
    secret_path text not null,
    stock_enabled integer not null default false,
    price_enabled integer not null default false,
    tested_ms integer,
    cutover_ms integer,
    refused_ms integer,
    revision integer not null default 1,
    -- orders: everything changed up to the cursor is committed here
    orders_cursor_ms integer,
    orders_read_started_ms integer,
    orders_read_ok_ms integer,
    -- since when reads fail; null while they succeed
    orders_failing_ms integer,
    orders_deep_ms integer not null default 0,
    orders_next_ms integer not null default 0,
    -- the marketplace's own list
    items_read_ms integer,
    items_next_ms integer not null default 0,
    items_round integer not null default 0,
    confirmed_ms integer,
    created_ms integer not null,
    primary key (store_id, id),
    unique (store_id, marketplace, environment, seller_id)
) strict;

-- Which node runs a connection. The epoch grows with every change of hands and stands in every statement of a job.
create table connection_owner (
    store_id blob not null,
    connection_id blob not null,
    owner blob not null,
    epoch integer not null,
    until_ms integer not null,
    primary key (store_id, connection_id)
) strict;

create table products (
    store_id blob not null references stores (id),
    id blob not null,
    shop_product_id text not null,
    title text not null,
    folded text not null,
    brand text not null default '',
    model text not null default '',
    image_url text not null default '',
    updated_ms integer not null,
    primary key (store_id, id),
    unique (store_id, shop_product_id)
) strict;

-- on_hand is H(v), as the shop last confirmed it; stock_version counts every change of an input of what is offered.
create table variants (
    store_id blob not null references stores (id),
    id blob not null,
    product_id blob not null,
    shop_variant_id text not null,
    sku text not null default '',
    barcode text not null default '',
    title text not null default '',
    folded text not null default '',
    vat_basis_points integer,
    on_hand integer not null default 0,
    stock_version integer not null default 0,
    stock_shop_sequence integer not null default 0,
    stock_reported_ms integer,
    price_minor integer,
    list_price_minor integer,
    price_version integer not null default 0,
    price_shop_sequence integer not null default 0,
    -- a removed variant keeps its row while orders or movements name it
    removed_ms integer,
    primary key (store_id, id),
    unique (store_id, shop_variant_id),
    foreign key (store_id, product_id) references products (store_id, id)
) strict;
create index variants_product on variants (store_id, product_id);
create index variants_barcode on variants (store_id, barcode);

-- What the marketplace lists, as last read.
create table marketplace_items (
    store_id blob not null,
    connection_id blob not null,
    barcode text not null,
    external_id text not null default '',
    title text not null default '',
    sku text not null default '',
    quantity integer,
    sale_price_minor integer,
    list_price_minor integer,
    on_sale integer not null default false,
    seen_round integer not null,
    observed_ms integer not null,
    primary key (store_id, connection_id, barcode),
    foreign key (store_id, connection_id) references connections (store_id, id)
) strict;

-- Which variant is which item. Both keys are unique: a second link cannot be stored.
create table links (
    store_id blob not null,
    connection_id blob not null,
    barcode text not null,
    variant_id blob not null,
    origin text not null,
    linked_ms integer not null,
    primary key (store_id, connection_id, barcode),
    unique (store_id, connection_id, variant_id),
    foreign key (store_id, connection_id) references connections (store_id, id),
    foreign key (store_id, variant_id) references variants (store_id, id)
) strict;

-- Price and stock of a linked variant at a marketplace: intended, last sent, confirmed, seen. One row an offer, two axes.
create table offers (
    store_id blob not null,
    connection_id blob not null,
    variant_id blob not null,
    barcode text not null,
    stock_state text not null default 'clean' check (stock_state in ('clean', 'dirty', 'held', 'in_flight', 'awaiting', 'uncertain', 'failed', 'diverged')),
    desired_qty integer not null default 0,
    desired_version integer not null default 0,
    sent_qty integer,
    sent_version integer not null default 0,
    acked_qty integer,
    acked_version integer not null default 0,
    -- the confirmation counts only from this version on: a sale or a lost batch has moved the marketplace's number since
    uncertain_version integer not null default 0,
    priority integer not null default 0,
    stock_dirty_ms integer,
    stock_not_before_ms integer not null default 0,
    price_state text not null default 'clean' check (price_state in ('clean', 'dirty', 'held', 'in_flight', 'awaiting', 'uncertain', 'failed', 'diverged')),
    desired_price_minor integer,
    desired_list_minor integer,
    desired_price_version integer not null default 0,
    sent_price_minor integer,
    sent_list_minor integer,
    sent_price_version integer not null default 0,
    acked_price_minor integer,
    acked_list_minor integer,
    acked_price_version integer not null default 0,
    uncertain_price_version integer not null default 0,
    price_dirty_ms integer,
    price_not_before_ms integer not null default 0,
    observed_qty integer,
    observed_price_minor integer,
    observed_ms integer,
    sent_ms integer,
    acked_ms integer,
    verify_due_ms integer,
    -- a batch whose fate is unknown may still be applied until then
    doubt_until_ms integer not null default 0,
    -- two batches hold this offer at once: read back when both are decided
    overlapped integer not null default false,
    -- the owner released this version from a held wave
    released_version integer not null default 0,
    issue_code text not null default '',
    primary key (store_id, connection_id, variant_id),
    unique (store_id, connection_id, barcode),
    foreign key (store_id, connection_id) references connections (store_id, id),
    foreign key (store_id, variant_id) references variants (store_id, id)
) strict;
create index offers_variant on offers (store_id, variant_id);
-- priority plus one for every second of waiting, without a clock in the index
create index offers_stock_dirty on offers (store_id, connection_id, (priority * 1000 - stock_dirty_ms)) where stock_state in ('dirty', 'diverged');
create index offers_price_dirty on offers (store_id, connection_id, price_dirty_ms) where price_state in ('dirty', 'diverged');
create index offers_uncertain on offers (store_id, connection_id) where stock_state = 'uncertain' or price_state = 'uncertain';
create index offers_verify on offers (store_id, connection_id, verify_due_ms) where verify_due_ms is not null;

-- One request to a marketplace: written before it is sent, so that a crash in between is seen as what it is.
create table push_batches (
    store_id blob not null,
    id blob not null,
    connection_id blob not null,
    axis text not null check (axis in ('stock', 'price')),
    body_hash blob not null,
    state text not null check (state in ('in_flight', 'awaiting', 'done', 'uncertain', 'refused')),
    receipt_id text not null default '',
    owner_epoch integer not null,
    sent_ms integer not null,
    polls integer not null default 0,
    next_poll_ms integer,
    expires_ms integer,
    done_ms integer,
    primary key (store_id, id),
    foreign key (store_id, connection_id) references connections (store_id, id)
) strict;
create index push_batches_open on push_batches (store_id, connection_id, next_poll_ms) where state in ('in_flight', 'awaiting');
create index push_batches_done on push_batches (store_id, done_ms) where done_ms is not null;
create index push_batches_body on push_batches (store_id, connection_id, body_hash, sent_ms);

create table push_items (
    store_id blob not null,
    batch_id blob not null,
    variant_id blob not null,
    barcode text not null,
    quantity integer,
    version integer not null,
    price_minor integer,
    list_minor integer,
    dirty_ms integer,
    priority integer not null default 0,
    -- takes an offer from sale that no order emptied
    zeroed integer not null default false,
    outcome text not null default '',
    primary key (store_id, batch_id, variant_id),
    foreign key (store_id, batch_id) references push_batches (store_id, id)
) strict;
create index push_items_variant on push_items (store_id, variant_id);

-- A promise of stock per order line. variant_id is null while the barcode is not linked.
create table reservations (
    store_id blob not null,
    connection_id blob not null,
    order_number text not null,
    line_id text not null,
    variant_id blob,
    barcode text not null,
    -- of a sandbox: holds nothing that production offers
    trial integer not null,
    qty_open integer not null check (qty_open >= 0),
    qty_cancelled integer not null default 0,
    state text not null check (state in ('open', 'consumed', 'released')),
    ordered_ms integer not null,
    primary key (store_id, connection_id, order_number, line_id)
) strict;
create index reservations_sales on reservations (store_id, variant_id, ordered_ms);
create index reservations_variant on reservations (store_id, variant_id) where state = 'open';
create index reservations_unlinked on reservations (store_id, connection_id, barcode) where variant_id is null;

-- Every change of stock has one cause, once. A repeated cause changes nothing.
create table stock_movements (
    store_id blob not null,
    cause text not null,
    variant_id blob not null,
    delta integer not null,
    on_hand integer not null,
    version integer not null,
    at_ms integer not null,
    primary key (store_id, cause)
) strict;
create index stock_movements_variant on stock_movements (store_id, variant_id, version);

-- One row an order of a buyer. Buyer and addresses are personal data: encrypted at rest as one document.
create table orders (
    store_id blob not null,
    id blob not null,
    connection_id blob not null,
    order_number text not null,
    seq integer not null,
    trial integer not null,
    historical integer not null default false,
    ordered_ms integer not null,
    changed_ms integer not null,
    currency_code text not null,
    total_minor integer not null,
    gross_minor integer not null,
    discount_minor integer not null,
    payment_method text not null default '',
    person blob not null,
    shop_order_id text not null default '',
    applied_ms integer,
    -- closed packages wait until then for the packages that may follow them, before their units count as cancelled
    settle_ms integer,
    revision integer not null default 1,
    created_ms integer not null,
    primary key (store_id, id),
    unique (store_id, connection_id, order_number),
    unique (store_id, seq)
) strict;
create index orders_settle on orders (store_id, connection_id, settle_ms) where settle_ms is not null;

create table order_lines (
    store_id blob not null,
    order_id blob not null,
    line_id text not null,
    position integer not null,
    package_id text not null,
    variant_id blob,
    barcode text not null,
    sku text not null default '',
    title text not null,
    quantity integer not null,
    cancelled integer not null default 0,
    -- exact amounts of each unit, dearest first, joined by commas: units may differ by a kuruş
    unit_totals text not null,
    unit_discounts text not null,
    -- of the units that are not cancelled
    total_minor integer not null,
    discount_minor integer not null,
    vat_basis_points integer,
    primary key (store_id, order_id, line_id),
    foreign key (store_id, order_id) references orders (store_id, id)
) strict;
create index order_lines_barcode on order_lines (store_id, barcode) where variant_id is null;

create table order_packages (
    store_id blob not null,
    order_id blob not null,
    package_id text not null,
    status text not null,
    marketplace_status text not null,
    cargo_provider text not null default '',
    tracking_number text not null default '',
    tracking_url text not null default '',
    ship_by_ms integer,
    changed_ms integer not null,
    -- when we saw it so: times of grace do not trust the marketplace's clock
    seen_ms integer not null,
    -- the packages that this one replaces, joined by commas
    replaces text not null default '',
    -- what the shop asked for and the marketplace has not confirmed: 'pick' or empty
    wish text not null default '',
    primary key (store_id, order_id, package_id),
    foreign key (store_id, order_id) references orders (store_id, id)
) strict;
create index order_packages_wish on order_packages (store_id, order_id) where wish <> '';

-- What each package says of each line: counters of a line are always computed from all packages that are known.
create table order_package_lines (
    store_id blob not null,
    order_id blob not null,
    package_id text not null,
    line_id text not null,
    quantity integer not null,
    unit_totals text not null,
    unit_discounts text not null,
    primary key (store_id, order_id, package_id, line_id),
    foreign key (store_id, order_id, package_id) references order_packages (store_id, order_id, package_id)
) strict;

-- What the shop still has to do. At most one open entry an order.
create table feed_entries (
    store_id blob not null,
    id blob not null,
    seq integer not null,
    order_id blob not null,
    kind text not null check (kind in ('new', 'changed')),
    created_ms integer not null,
    not_before_ms integer not null default 0,
    failures integer not null default 0,
    acked_ms integer,
    outcome text not null default '',
    primary key (store_id, id),
    unique (store_id, seq),
    foreign key (store_id, order_id) references orders (store_id, id)
) strict;
create unique index feed_entries_open on feed_entries (store_id, order_id) where acked_ms is null;
create index feed_entries_due on feed_entries (store_id, seq) where acked_ms is null;

-- When a store may be knocked next. knocked_seq is the newest feed entry that it was told of.
create table store_knocks (
    store_id blob not null references stores (id),
    next_ms integer not null,
    knocked_seq integer not null default 0,
    failures integer not null default 0,
    ok_ms integer,
    primary key (store_id)
) strict;

create table events (
    store_id blob not null,
    seq integer not null,
    kind text not null,
    connection_id blob,
    subject text not null,
    params text not null,
    at_ms integer not null,
    primary key (store_id, seq)
) strict;

create table issues (
    store_id blob not null,
    id blob not null,
    seq integer not null,
    fingerprint text not null,
    code text not null,
    severity text not null check (severity in ('info', 'warning', 'error')),
    state text not null check (state in ('open', 'resolved')),
    connection_id blob,
    subject text not null,
    params text not null,
    marketplace_text text not null default '',
    count integer not null default 1,
    first_ms integer not null,
    last_ms integer not null,
    primary key (store_id, id),
    unique (store_id, fingerprint)
) strict;
create index issues_list on issues (store_id, state, last_ms);
