-- Where marketplaces tell that orders changed. They only make a reading come sooner, so nothing of what they send is kept.
alter table connections add column hooks_next_ms integer not null default 0;

create table connection_hooks (
    store_id blob not null,
    connection_id blob not null,
    -- SHA-256 of the last part of its address, and of the password that the marketplace shows
    secret_hash blob not null,
    password_hash blob not null,
    -- when the marketplace last told something, to the minute
    heard_ms integer,
    -- when it was woken after the marketplace had put it to rest; null once it was seen awake
    woken_ms integer,
    primary key (store_id, connection_id),
    foreign key (store_id, connection_id) references connections (store_id, id)
) strict;
create index connection_hooks_connection on connection_hooks (connection_id);
