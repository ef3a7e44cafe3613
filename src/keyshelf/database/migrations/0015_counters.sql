-- What was asked of the stores, by all processes since the beginning: what metrics tell.

CREATE TABLE store_requests (
    store TEXT NOT NULL,
    region TEXT NOT NULL,
    operation TEXT NOT NULL,
    requests BIGINT NOT NULL,
    -- Of these, the ones that failed by what was asked, and those that failed by the store.
    refused BIGINT NOT NULL,
    failed BIGINT NOT NULL,
    seconds DOUBLE PRECISION NOT NULL,
    -- How many took no longer than each bound of the histogram, one after another; not cumulated.
    buckets BIGINT[] NOT NULL,
    PRIMARY KEY (store, region, operation)
);

CREATE TABLE store_traffic (
    store TEXT NOT NULL,
    region TEXT NOT NULL,
    direction TEXT NOT NULL CHECK (direction IN ('in', 'out')),
    bytes BIGINT NOT NULL,
    PRIMARY KEY (store, region, direction)
);
