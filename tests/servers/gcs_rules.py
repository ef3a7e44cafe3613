"""A fake of Google's XML API with the calls on the rules of buckets, in this process.

Google itself cannot be had here, and no emulator has these calls. This one answers them as
"Get bucket metadata", "Set bucket metadata" and "Get an object's encryption information" of
https://cloud.google.com/storage/docs/xml-api describe them, checks every signature, and refuses
each element that is not described there. The published schema of a lifecycle leaves the order
of elements free, so any is taken. What a test may change of it is in `Rules`.
"""

import re
import threading
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import ThreadingHTTPServer
from urllib.parse import unquote
from xml.etree import ElementTree as ET

from tests.servers import xml_signatures
from tests.servers.s3 import S3Server
from tests.servers.xml_fake import Bucket, Handler, State
from tests.servers.xml_signatures import FailureError

ROOTS = {
    "versioning": "VersioningConfiguration",
    "encryptionConfig": "EncryptionConfiguration",
    "lifecycle": "LifecycleConfiguration",
    "logging": "Logging",
}
MOST_RULES = 100
CLASSES = {"STANDARD", "NEARLINE", "COLDLINE", "ARCHIVE", "MULTI_REGIONAL", "REGIONAL"}
NUMBER, DATE, TEXT = r"\d+", r"\d{4}-\d\d-\d\d", r"(?s).+"
CONDITIONS = {
    "Age": NUMBER,
    "CreatedBefore": DATE,
    "CustomTimeBefore": DATE,
    "DaysSinceCustomTime": NUMBER,
    "DaysSinceNoncurrentTime": NUMBER,
    "IsLive": "true|false",
    "MatchesPrefix": TEXT,
    "MatchesStorageClass": "|".join(CLASSES),
    "MatchesSuffix": TEXT,
    "NoncurrentTimeBefore": DATE,
    "NumberOfNewerVersions": NUMBER,
}
OF_UPLOADS = {"Age", "MatchesPrefix", "MatchesSuffix"}
KEY_NAME = r"projects/[^/]+/locations/[^/]+/keyRings/[^/]+/cryptoKeys/[^/]+"


@dataclass
class Rules:
    """What one bucket is told, and how its server behaves."""

    documents: dict[str, str] = field(default_factory=dict[str, str])
    """The XML by the name of the parameter, as it was written."""
    also_known: set[str] = field(default_factory=set[str])
    """Conditions that this server knows, and the reference does not."""
    failures: dict[str, FailureError] = field(default_factory=dict[str, FailureError])
    """What a method is answered with."""
    keep: Callable[[str], str] = str
    """Returns what is kept of a document that was taken."""
    encrypts: bool = True


class GoogleState(State):
    def __init__(self) -> None:
        super().__init__("GOOG4")
        self.rules: dict[str, Rules] = {}
        self.written = 0
        """How often rules were written."""


class GoogleHandler(Handler):
    google: GoogleState

    def _on_bucket(self, name: str) -> None:
        parameter = next((each for each in ROOTS if each in self.query), None)
        if parameter is None:
            super()._on_bucket(name)
            self.google.rules.setdefault(name, Rules())
            return
        self._bucket(name)
        rules = self.google.rules[name]
        if self.command in rules.failures:
            raise rules.failures[self.command]
        if len(self.query) > 1 or self.command not in {"GET", "PUT"}:
            raise FailureError(400, "InvalidArgument")
        if self.command == "GET":
            root = ROOTS[parameter]
            found = rules.documents.get(parameter, f"<{root}/>")
            self._answer(200, f"<?xml version='1.0' encoding='UTF-8'?>{found}".encode())
            return
        if parameter == "logging":
            self._check_target()
        document = checked(parameter, self.body, rules)
        rules.documents[parameter] = rules.keep(document)
        self.google.written += 1
        self._answer(200)

    def _check_target(self) -> None:
        target = ET.fromstring(self.body).findtext("LogBucket")
        if target is not None and target not in self.state.buckets:
            raise FailureError(400, "InvalidArgument", "<Details>no such log bucket</Details>")

    def _on_object(self, bucket: Bucket, key: str) -> None:
        generation = self.query.get("generation")
        if generation and str(self._object(bucket, key).generation) != generation:
            raise FailureError(404, "NoSuchKey")
        if "encryption" in self.query:
            name = self._object(bucket, key).headers.get("fake-kms-key", "")
            told = f"<KmsKeyName>{name}</KmsKeyName>" if name else ""
            self._answer(200, f"<Encryption>{told}</Encryption>".encode())
            return
        super()._on_object(bucket, key)

    def _write(self, bucket: Bucket, key: str) -> None:
        self._check_conditions(bucket, key)
        headers = self._kept_headers()
        rules = self.google.rules[unquote(self.path_part.split("/", 2)[1])]
        config = ET.fromstring(rules.documents.get("encryptionConfig", "<E/>"))
        if (by_default := config.findtext("DefaultKmsKeyName")) and rules.encrypts:
            headers["fake-kms-key"] = f"{by_default}/cryptoKeyVersions/1"
        etag = self._store(bucket, key, self.body, headers)
        told = {"ETag": f'"{etag}"', "x-goog-generation": str(bucket.objects[key].generation)}
        self._answer(200, headers=told)


def checked(parameter: str, body: bytes, rules: Rules) -> str:
    """Return a document without its prolog. Raises `FailureError` for what is none."""
    try:
        tree = ET.fromstring(body)
    except ET.ParseError:
        raise FailureError(400, "MalformedXML") from None
    if tree.tag != ROOTS[parameter] or tree.attrib:
        raise malformed(tree.tag)
    if parameter == "lifecycle":
        check_lifecycle(tree, rules)
    elif parameter == "versioning":
        check_texts(tree, {"Status": "Enabled|Suspended"}, least=1)
    elif parameter == "encryptionConfig":
        check_texts(tree, {"DefaultKmsKeyName": KEY_NAME})
    else:
        check_texts(tree, {"LogBucket": r"[a-z0-9._-]{3,222}", "LogObjectPrefix": r".{1,900}"})
        if len(tree) and tree.find("LogBucket") is None:
            raise malformed("LogBucket")
    return ET.tostring(tree, encoding="unicode")


def check_lifecycle(tree: ET.Element, rules: Rules) -> None:
    if len(tree) > MOST_RULES:
        raise malformed("Rule")
    for rule in tree:
        if rule.tag != "Rule" or sorted(each.tag for each in rule) != ["Action", "Condition"]:
            raise malformed(rule.tag)
        action, condition = rule.findall("Action/*"), rule.find("Condition")
        assert condition is not None
        if len(action) != 1:
            raise malformed("Action")
        does, text = action[0].tag, action[0].text
        if does == "SetStorageClass":
            if text not in CLASSES:
                raise malformed(does)
        elif does not in {"Delete", "AbortIncompleteMultipartUpload"} or text:
            raise malformed(does)
        known = {**CONDITIONS, **dict.fromkeys(rules.also_known, TEXT)}
        if does == "AbortIncompleteMultipartUpload":
            known = {name: known[name] for name in OF_UPLOADS}
        check_texts(condition, known, least=1)


def check_texts(parent: ET.Element, known: Mapping[str, str], *, least: int = 0) -> None:
    """Check children that hold a text each; those called Matches… may be there many times."""
    if len(parent) < least:
        raise malformed(parent.tag)
    seen: set[str] = set()
    for each in parent:
        pattern = known.get(each.tag)
        is_again = each.tag in seen and not each.tag.startswith("Matches")
        if pattern is None or is_again or len(each) or each.attrib:
            raise malformed(each.tag)
        if not re.fullmatch(pattern, each.text or ""):
            raise malformed(each.tag)
        seen.add(each.tag)


def malformed(name: str) -> FailureError:
    return FailureError(400, "InvalidArgument", f"<Details>{name} is not right</Details>")


@contextmanager
def serving() -> Generator[tuple[S3Server, GoogleState]]:
    """Serve memory on a free port, from threads of this process."""
    state = GoogleState()
    handler = type("OneHandler", (GoogleHandler,), {"state": state, "google": state})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield (
            S3Server(
                f"http://127.0.0.1:{server.server_port}",
                scheme="gs",
                access_key=xml_signatures.ACCESS_KEY,
                secret_key=xml_signatures.SECRET_KEY,
                region="auto",
            ),
            state,
        )
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
