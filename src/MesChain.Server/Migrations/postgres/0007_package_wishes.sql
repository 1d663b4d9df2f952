-- A wish about a package is more than its kind: 'pick', 'unsupply', 'split', 'ship' or 'invoice', and what belongs to it as JSON.
alter table order_packages add column wish_detail text not null default '';
-- since when nobody knows whether the marketplace has taken it: it is said again only after a reading of orders that began later
alter table order_packages add column wish_doubt_ms bigint;
