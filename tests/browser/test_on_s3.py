"""The same page where the bytes go to a bucket on another origin."""

import os
from collections.abc import Iterator
from pathlib import Path

import boto3
import pytest
from playwright.sync_api import Browser, expect

from tests.browser.complaints import Complaints
from tests.browser.conftest import PATIENCE_MS
from tests.database import NewDatabase
from tests.served import PART_BYTES, Served, serve
from tests.servers.s3 import S3Server

pytestmark = pytest.mark.browser


@pytest.fixture
def on_s3(
    new_database: NewDatabase, tmp_path: Path, versitygw_server: S3Server
) -> Iterator[Served]:
    """A service whose bucket allows its page what docs/howto/use-s3.md says."""
    options = versitygw_server.new_bucket()
    environment = {
        "SOURCE_BUCKET": options.bucket,
        "SOURCE_S3_ENDPOINT": versitygw_server.endpoint,
        "SOURCE_S3_REGION": versitygw_server.region,
        "SOURCE_S3_ACCESS_KEY": versitygw_server.access_key,
        "SOURCE_S3_SECRET_KEY": versitygw_server.secret_key,
    }
    with new_database() as url, serve(url, tmp_path, environment) as service:
        client = boto3.client(  # pyright: ignore[reportUnknownMemberType] -- other services have no stubs
            "s3",
            endpoint_url=versitygw_server.endpoint,
            region_name=versitygw_server.region,
            aws_access_key_id=versitygw_server.access_key,
            aws_secret_access_key=versitygw_server.secret_key,
        )
        exposed = ["ETag", "Content-Range", "Content-Length", "Content-Disposition"]
        client.put_bucket_cors(
            Bucket=options.bucket.removeprefix("s3://"),
            CORSConfiguration={
                "CORSRules": [
                    {
                        "AllowedOrigins": [service.url],
                        "AllowedMethods": ["GET", "HEAD", "PUT"],
                        "AllowedHeaders": ["*"],
                        "ExposeHeaders": exposed,
                        "MaxAgeSeconds": 3600,
                    }
                ]
            },
        )
        client.close()
        yield service


def test_files_travel_between_the_browser_and_the_bucket(
    chromium: Browser, on_s3: Served, tmp_path: Path, complaints: Complaints
) -> None:
    text, big = tmp_path / "räksmörgås & co.txt", tmp_path / "big.bin"
    text.write_text("straight to the bucket")
    big.write_bytes(os.urandom(2 * PART_BYTES + 1000))
    context = chromium.new_context(locale="en-GB", reduced_motion="reduce")
    context.set_default_timeout(PATIENCE_MS)
    page = context.new_page()
    complaints.listen_to(page)
    page.goto(f"{on_s3.url}/sign-in#token={on_s3.token}")

    page.get_by_role("button", name="Upload", exact=True).click()
    with page.expect_file_chooser() as chooser:
        page.get_by_role("menuitem", name="Upload files").click()
    chooser.value.set_files([text, big])
    expect(page.locator(".item-name")).to_have_text([big.name, text.name])
    expect(page.get_by_role("region", name="Uploads")).to_contain_text("2 items uploaded")
    assert on_s3.traffic.finished("PUT") == []

    page.get_by_text(text.name, exact=True).first.dblclick()
    shown = page.get_by_role("group", name=text.name)
    expect(shown).to_have_text("straight to the bucket")
    page.keyboard.press("Escape")
    page.locator(".item-name", has_text=big.name).click()
    with page.expect_download() as started:
        page.get_by_role("button", name="Download", exact=True).click()
    assert started.value.suggested_filename == big.name
    assert Path(started.value.path()).read_bytes() == big.read_bytes()
    context.close()
