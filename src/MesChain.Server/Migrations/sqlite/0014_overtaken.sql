-- Offers on their way with more than is wanted now: a push looks for them, and there are few.
create index offers_overtaken on offers (store_id, connection_id) where stock_state = 'awaiting' and desired_qty < sent_qty;
