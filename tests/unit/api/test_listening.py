"""The sockets on which the service listens."""

import socket
from pathlib import Path

from keyshelf.api.main import _bind  # pyright: ignore[reportPrivateUsage] -- nothing shows it but time
from keyshelf.settings import load


def test_no_answer_waits_for_its_beginning_to_be_acknowledged(tmp_path: Path) -> None:
    (tmp_path / "config.toml").touch()
    settings = load(
        {
            "KEYSHELF_CONFIG": str(tmp_path / "config.toml"),
            "KEYSHELF_DATA": str(tmp_path),
            "KEYSHELF_PORT": "0",
        }
    )
    with (
        _bind(settings, "KEYSHELF_HOST", "KEYSHELF_PORT") as bound,
        socket.create_connection(bound.getsockname()),
        bound.accept()[0] as connection,
    ):
        assert connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
