"""The settings of one store: where it is and how it is reached."""

from collections.abc import Sequence

from keyshelf.settings import checks
from keyshelf.settings.values import Setting


def store_settings(role: str) -> Sequence[Setting]:
    """Return the settings of the store of a role."""
    kept = {"source": "the drive's files", "media": "renditions", "repository": "versions"}[role]
    upper = role.upper()
    return (
        Setting(
            f"{upper}_BUCKET",
            f"Where {kept} are: a bucket name, `s3://`, `gs://`, `az://` or `file://`. A folder of KEYSHELF_DATA when unset.",
        ),
        *reaching_settings(upper, f"{role} store"),
    )


def reaching_settings(upper: str, what: str) -> Sequence[Setting]:
    """Return the settings of how a bucket is reached; their names begin with `upper`."""
    return (
        Setting(
            f"{upper}_S3_ENDPOINT",
            f"The S3 server of the {what}; Amazon's when unset.",
            check=checks.url,
        ),
        Setting(
            f"{upper}_S3_PUBLIC_ENDPOINT",
            f"The S3 server of the {what} as browsers reach it, when that differs.",
            check=checks.url,
        ),
        Setting(f"{upper}_S3_REGION", f"The region of the {what}.", "us-east-1"),
        Setting(f"{upper}_S3_ACCESS_KEY", f"The access key of the {what}.", secret=True),
        Setting(f"{upper}_S3_SECRET_KEY", f"The secret key of the {what}.", secret=True),
        Setting(
            f"{upper}_S3_SESSION_TOKEN",
            f"The session token of temporary keys of the {what}.",
            secret=True,
        ),
        Setting(
            f"{upper}_S3_PATH_STYLE",
            f"Whether the bucket of the {what} is in the path of its URLs; true with an endpoint unless set.",
            check=checks.flag,
        ),
        Setting(
            f"{upper}_AZURE_ENDPOINT",
            f"The Azure Blob endpoint of the {what}, with the account; Microsoft's when unset.",
            check=checks.url,
        ),
        Setting(f"{upper}_AZURE_ACCOUNT", f"The Azure storage account of the {what}."),
        Setting(f"{upper}_AZURE_KEY", f"The Azure account key of the {what}.", secret=True),
        Setting(
            f"{upper}_GCS_ENDPOINT",
            f"The Google Cloud Storage endpoint of the {what}; Google's when unset.",
            check=checks.url,
        ),
        Setting(f"{upper}_GCS_ACCESS_KEY", f"The id of the HMAC key of the {what}.", secret=True),
        Setting(
            f"{upper}_GCS_SECRET_KEY",
            f"The secret of the HMAC key of the {what}.",
            secret=True,
        ),
    )
