"""Google's rules in its two spellings."""

from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keyshelf.store.control import Document, RuleKind, RulesRefusedError
from keyshelf.store.errors import StoreUnavailableError
from keyshelf.store.gcs_control import documents

LIFECYCLE = RuleKind.LIFECYCLE

days = st.integers(min_value=0, max_value=10_000)
dates = st.dates().map(str)
texts = st.text(st.characters(codec="utf-8", categories=("L", "N", "P", "S", "Zs")), min_size=1)
several = st.lists(texts, min_size=1, max_size=3)
conditions = st.fixed_dictionaries(
    {"age": days},
    optional={
        "createdBefore": dates,
        "customTimeBefore": dates,
        "daysSinceCustomTime": days,
        "daysSinceNoncurrentTime": days,
        "isLive": st.booleans(),
        "matchesPrefix": several,
        "matchesStorageClass": several,
        "matchesSuffix": several,
        "noncurrentTimeBefore": dates,
        "numNewerVersions": days,
    },
)
actions = st.one_of(
    st.sampled_from([{"type": "Delete"}, {"type": "AbortIncompleteMultipartUpload"}]),
    texts.map(lambda name: {"type": "SetStorageClass", "storageClass": name}),
)
rules = st.fixed_dictionaries({"action": actions, "condition": conditions})


@given(st.lists(rules, min_size=1, max_size=4))
def test_a_lifecycle_comes_back_as_it_was_written(found: list[Document]) -> None:
    document = {"lifecycle": {"rule": found}}

    assert documents.parsed(LIFECYCLE, documents.written(LIFECYCLE, document)) == document


@pytest.mark.parametrize(
    "rule",
    [
        "<Rule><Action><Delete/></Action><Condition><SizeAbove>1</SizeAbove></Condition></Rule>",
        "<Rule><Action><Freeze/></Action><Condition><Age>1</Age></Condition></Rule>",
        "<Rule><Action><Delete mode='x'/></Action><Condition><Age>1</Age></Condition></Rule>",
        "<Rule><Action><Delete/></Action><Condition><Age>1</Age><Age>2</Age></Condition></Rule>",
        "<Rule><Action><Delete/></Action><Condition><Age>soon</Age></Condition></Rule>",
        "<Rule><Action><Delete/></Action><Condition><IsLive>maybe</IsLive></Condition></Rule>",
        "<Rule><Action><Delete/></Action><Condition/></Rule>",
        "<Rule><Id>x</Id><Action><Delete/></Action><Condition><Age>1</Age></Condition></Rule>",
        "<Rule><Action><Delete/></Action><Condition><Any><Age>1</Age></Any></Condition></Rule>",
        "<Rule>&lt;\u00e9 &amp; &#13;</Rule>",
    ],
)
def test_a_rule_in_which_something_is_unknown_is_kept_whole(rule: str) -> None:
    body = f"<LifecycleConfiguration>{rule}<Beside a='b'>c</Beside></LifecycleConfiguration>"

    document = documents.parsed(LIFECYCLE, body.encode())

    written = documents.written(LIFECYCLE, document)
    assert ET.canonicalize(written.decode()) == ET.canonicalize(body)


@pytest.mark.parametrize(
    ("kind", "body", "document"),
    [
        (RuleKind.VERSIONING, "<VersioningConfiguration/>", None),
        (
            RuleKind.VERSIONING,
            "<VersioningConfiguration><Status>Suspended</Status></VersioningConfiguration>",
            {"versioning": {"enabled": False}},
        ),
        (RuleKind.LOGGING, "<Logging></Logging>", None),
        (
            RuleKind.LOGGING,
            "<Logging><LogBucket>l</LogBucket><LogObjectPrefix>a&amp;b</LogObjectPrefix></Logging>",
            {"logging": {"logBucket": "l", "logObjectPrefix": "a&b"}},
        ),
        (
            RuleKind.ENCRYPTION,
            "<EncryptionConfiguration><Guard><Mode>x</Mode></Guard></EncryptionConfiguration>",
            {"encryption": {"xml": ["<Guard><Mode>x</Mode></Guard>"]}},
        ),
        (LIFECYCLE, "<LifecycleConfiguration/>", None),
    ],
)
def test_answers_are_read(kind: RuleKind, body: str, document: Document | None) -> None:
    assert documents.parsed(kind, body.encode()) == document
    if document is not None:
        assert ET.canonicalize(documents.written(kind, document).decode()) == ET.canonicalize(body)


def test_an_answer_to_something_else_is_no_answer() -> None:
    with pytest.raises(StoreUnavailableError, match="ListBucketResult"):
        documents.parsed(LIFECYCLE, b"<ListBucketResult/>")


@pytest.mark.parametrize(
    "document",
    [
        {"lifecycle": {"rule": [{"action": {"type": "Freeze"}, "condition": {"age": 1}}]}},
        {"lifecycle": {"rule": [{"action": {"type": "Delete"}, "condition": {"size": 1}}]}},
        {"lifecycle": {"rule": [{"action": {"type": "Delete"}, "condition": {"isLive": "so"}}]}},
        {"lifecycle": {"rule": [{"action": {"type": "Delete"}}]}},
        {"lifecycle": {"rule": [{"xml": "<Rule>"}]}},
    ],
)
def test_what_has_no_words_is_refused(document: Document) -> None:
    with pytest.raises(RulesRefusedError):
        documents.written(LIFECYCLE, document)
