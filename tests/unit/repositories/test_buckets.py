"""Buckets of tenants: names that every store takes, under a namespace that can be set."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keyshelf.layout.buckets import IllegalBucketNameError, bucket_name, tenant_bucket
from keyshelf.layout.namespace import IllegalNamespaceError, namespace


def test_a_tenants_bucket_names_region_and_tenant() -> None:
    assert tenant_bucket("eu-west-1", "acme") == "dits-eu-west-1-acme"
    assert tenant_bucket("eu", "acme", namespace=namespace("shelf")) == "shelf-eu-acme"


def test_a_bucket_name_ends_at_63_characters() -> None:
    longest = 63 - len("dits-eu-")

    assert len(tenant_bucket("eu", "a" * longest)) == 63
    with pytest.raises(IllegalBucketNameError, match="63"):
        tenant_bucket("eu", "a" * (longest + 1))


@pytest.mark.parametrize(
    ("region", "tenant"),
    [
        ("", "acme"),
        ("eu", ""),
        ("eu", "Acme"),
        ("eu", "a.b"),
        ("eu", "a_b"),
        ("eu", "a/b"),
        ("eu", "-a"),
        ("eu", "a-"),
        ("eu", "a--b"),
        ("eu-", "tenant"),
        ("eu", "a\n"),
        ("eu", "ä"),
        ("eu", "٣"),
        ("eu", "a-s3alias"),
        ("eu", "google-a"),
    ],
)
def test_what_some_store_refuses_is_refused(region: str, tenant: str) -> None:
    with pytest.raises(IllegalBucketNameError):
        tenant_bucket(region, tenant)


@pytest.mark.parametrize("name", ["ab", "sthree-a", "amzn-s3-demo-a", "goog-a", "192.168.0.1"])
def test_names_that_stores_keep_for_themselves_are_refused(name: str) -> None:
    with pytest.raises(IllegalBucketNameError):
        bucket_name(name)


@given(st.text(max_size=80))
def test_a_bucket_name_is_kept_as_it_is_or_refused(text: str) -> None:
    try:
        name = bucket_name(text)
    except IllegalBucketNameError:
        return

    assert name == text
    assert name.isascii()


@pytest.mark.parametrize("text", ["", "Dits", "1a", "-a", "a-", "a--b", "a:b", "a\n", "a" * 21])
def test_a_namespace_is_short_and_plain(text: str) -> None:
    with pytest.raises(IllegalNamespaceError):
        namespace(text)
