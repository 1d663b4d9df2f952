-- What happened to one thing: events are asked for by what they are about.
create index events_subject on events (store_id, subject, at_ms);
