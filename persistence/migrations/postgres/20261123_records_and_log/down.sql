DROP TABLE feed_head;
DROP TABLE events;
DROP TABLE slugs;
DROP TABLE records;
