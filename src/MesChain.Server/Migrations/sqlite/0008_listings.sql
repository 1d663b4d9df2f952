-- What marketplaces describe products with, how the shop's goods are said in those words, and what was listed so.

-- What a listing says beyond price and stock.
alter table products add column category text not null default '';
alter table products add column description text not null default '';
-- a JSON list of more pictures; empty when there are none
alter table products add column more_images text not null default '';
-- volumetric weight; 0 is unknown
alter table products add column desi_hundredths integer not null default 0;

-- A marketplace's own lists. They are the same for all its sellers, so no store begins them: source is the marketplace in production, and
-- the marketplace with its address for a simulator.
create table marketplace_catalog_lists (
    source text not null,
    -- 'categories', 'brands', or 'category/' and its id
    subject text not null,
    -- the beginning of the last complete reading
    read_ms integer not null,
    primary key (source, subject)
) strict;

create table marketplace_catalog_categories (
    source text not null,
    id text not null,
    position integer not null,
    parent_id text not null default '',
    name text not null,
    path text not null,
    folded text not null,
    leaf integer not null,
    primary key (source, id)
) strict;
create index marketplace_catalog_categories_order on marketplace_catalog_categories (source, position);

create table marketplace_catalog_attributes (
    source text not null,
    category_id text not null,
    id text not null,
    position integer not null,
    name text not null,
    required integer not null,
    takes_text integer not null,
    takes_many integer not null,
    role text not null check (role in ('plain', 'variant', 'card')),
    primary key (source, category_id, id)
) strict;

create table marketplace_catalog_options (
    source text not null,
    category_id text not null,
    attribute_id text not null,
    id text not null,
    name text not null,
    folded text not null,
    seen_ms integer not null,
    primary key (source, category_id, attribute_id, id)
) strict;

create table marketplace_catalog_brands (
    source text not null,
    id text not null,
    name text not null,
    folded text not null,
    seen_ms integer not null,
    primary key (source, id)
) strict;

-- Lists that somebody asked for and that are missing or old.
create table catalog_wants (
    store_id blob not null,
    connection_id blob not null,
    subject text not null,
    asked_ms integer not null,
    primary key (store_id, connection_id, subject),
    foreign key (store_id, connection_id) references connections (store_id, id)
) strict;

-- How the shop's brands, categories, products and variants are said in a marketplace's words. The newest version counts; one without a
-- body says that the mapping was taken away.
create table catalog_mappings (
    store_id blob not null references stores (id),
    source text not null,
    kind text not null check (kind in ('brand', 'category', 'product', 'variant')),
    -- folded where it is a name
    key text not null,
    version integer not null,
    -- the key as it was written
    label text not null,
    body text not null,
    author text not null,
    at_ms integer not null,
    newest integer not null,
    primary key (store_id, source, kind, key, version)
) strict;
create unique index catalog_mappings_newest on catalog_mappings (store_id, source, kind, key) where newest;

-- A variant's content at a marketplace, from the wish to list it to the review's verdict.
create table listings (
    store_id blob not null,
    connection_id blob not null,
    variant_id blob not null,
    barcode text not null,
    state text not null check (state in ('draft', 'blocked', 'submitted', 'in_review', 'live', 'rejected', 'unknown', 'suspended', 'ended')),
    -- the request that it is part of; null when none is on its way
    batch_id blob,
    -- it was seen at the marketplace unapproved, so it is mended there and not made anew
    present integer not null default false,
    -- since when nobody knows whether the marketplace has taken it
    doubt_ms integer,
    -- when it is looked at next, and how often it was since it was sent
    check_ms integer,
    checks integer not null default 0,
    card_id text not null default '',
    -- of what was last sent, and how often in a row that was refused
    content_hash text not null default '',
    refusals integer not null default 0,
    created_ms integer not null,
    changed_ms integer not null,
    sent_ms integer,
    primary key (store_id, connection_id, variant_id),
    foreign key (store_id, connection_id) references connections (store_id, id),
    foreign key (store_id, variant_id) references variants (store_id, id)
) strict;
create index listings_state on listings (store_id, connection_id, state);
create index listings_batch on listings (store_id, batch_id) where batch_id is not null;
create index listings_check on listings (store_id, connection_id, check_ms) where check_ms is not null;

-- Why a listing does not go on. An issue of the same code and subject is open while a row names them.
create table listing_causes (
    store_id blob not null,
    connection_id blob not null,
    variant_id blob not null,
    position integer not null,
    code text not null,
    subject text not null,
    field text not null,
    detail text not null,
    marketplace_text text not null default '',
    primary key (store_id, connection_id, variant_id, position),
    foreign key (store_id, connection_id, variant_id) references listings (store_id, connection_id, variant_id)
) strict;
create index listing_causes_issue on listing_causes (store_id, connection_id, code, subject);

-- One request about listings: written before it is sent, so that a crash in between is seen as what it is.
create table listing_batches (
    store_id blob not null,
    id blob not null,
    connection_id blob not null,
    state text not null check (state in ('in_flight', 'awaiting', 'done', 'uncertain', 'refused')),
    receipt_id text not null default '',
    owner_epoch integer not null,
    sent_ms integer not null,
    polls integer not null default 0,
    next_poll_ms integer,
    expires_ms integer not null,
    done_ms integer,
    primary key (store_id, id),
    foreign key (store_id, connection_id) references connections (store_id, id)
) strict;
create index listing_batches_open on listing_batches (store_id, connection_id, next_poll_ms) where state in ('in_flight', 'awaiting');
create index listing_batches_done on listing_batches (store_id, done_ms) where done_ms is not null;
