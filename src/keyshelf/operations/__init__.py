"""What keeps the stores well: classes and rules of buckets, replicas, recovery, cost, capacity."""
