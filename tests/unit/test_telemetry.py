"""Log lines and metrics as a program reads them."""

import io
import json
import logging
from collections.abc import Iterator

import pytest

from keyshelf import telemetry
from keyshelf.errors import InvalidInputError
from keyshelf.telemetry import LogOptions, Metrics, configure_logging, get_logger, log_context


@pytest.fixture
def stream() -> Iterator[io.StringIO]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield io.StringIO()
    root.handlers[:], root.level = handlers, level


def test_a_line_is_one_json_object_with_its_facts(stream: io.StringIO) -> None:
    configure_logging(LogOptions(format="json"), stream=stream)

    with log_context(request_id="r-1"):
        get_logger("keyshelf.test").info("file stored", size=3)

    line = json.loads(stream.getvalue())
    assert {key: line[key] for key in ("event", "level", "logger", "request_id", "size")} == {
        "event": "file stored",
        "level": "info",
        "logger": "keyshelf.test",
        "request_id": "r-1",
        "size": 3,
    }


def test_lines_of_libraries_look_the_same(stream: io.StringIO) -> None:
    configure_logging(LogOptions(format="json"), stream=stream)

    logging.getLogger("some.library").warning("slow: %d s", 3)

    assert json.loads(stream.getvalue())["event"] == "slow: 3 s"


def test_an_exception_is_told_within_its_line(stream: io.StringIO) -> None:
    configure_logging(LogOptions(format="json"), stream=stream)

    try:
        int("odd")
    except ValueError:
        get_logger("keyshelf.test").exception("failed")

    assert "ValueError: invalid literal" in json.loads(stream.getvalue())["exception"]


def test_what_is_less_severe_is_left_out(stream: io.StringIO) -> None:
    configure_logging(LogOptions(level="warning"), stream=stream)

    get_logger("keyshelf.test").info("unheard")

    assert stream.getvalue() == ""


def test_a_person_reads_lines_without_json(stream: io.StringIO) -> None:
    configure_logging(LogOptions(format="pretty"), stream=stream)

    get_logger("keyshelf.test").info("file stored", size=3)

    assert "file stored" in stream.getvalue()
    assert not stream.getvalue().startswith("{")


def test_refuses_a_level_that_does_not_exist() -> None:
    with pytest.raises(InvalidInputError):
        LogOptions(level="loud")


def test_every_metric_carries_our_prefix() -> None:
    names = [family.name for family in Metrics().registry.collect()]

    assert names
    assert all(name.startswith("keyshelf_") for name in names)


def test_two_sets_of_metrics_do_not_meet() -> None:
    one, other = telemetry.Metrics(), telemetry.Metrics()

    one.jobs.labels("small", "queued").set(1)

    assert other.registry.get_sample_value("keyshelf_jobs") is None
