"""What the arguments of several commands mean."""

from pathlib import Path

import pytest

from keyshelf.cli.options import NoLocalPathError, local_path


def test_an_empty_name_is_not_the_current_folder() -> None:
    assert local_path(".") == Path()
    with pytest.raises(NoLocalPathError, match="you are in is"):
        local_path("")
