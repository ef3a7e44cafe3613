"""The rules of buckets at Google, over its XML API, which takes the keys of objects."""
