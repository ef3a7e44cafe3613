"""What botocore knows better than we do: this machine's credentials, and rules of buckets."""
