"""Files that are replaced as a whole."""

import threading
from pathlib import Path

import pytest

from icl_core.files import atomic_write, replacing, write_whole


def test_a_file_is_made_and_replaced(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "file"
    for content in (b"first", b""):
        atomic_write(path, content)
        assert path.read_bytes() == content
    assert list(path.parent.iterdir()) == [path]


def test_a_failure_keeps_the_old_file_and_leaves_no_draft(tmp_path: Path) -> None:
    path = tmp_path / "file"
    atomic_write(path, b"old")
    with pytest.raises(TypeError), replacing(path) as draft:
        draft.write_bytes([b"new"])  # type: ignore[arg-type]
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def test_writers_at_the_same_time_do_not_mix(tmp_path: Path) -> None:
    path, contents = tmp_path / "file", [bytes([letter]) * 100_000 for letter in b"abcd"]
    faults: list[Exception] = []

    def write(content: bytes) -> None:
        try:
            for _ in range(10):
                atomic_write(path, content)
                assert path.read_bytes() in contents
        except Exception as error:
            faults.append(error)

    threads = [threading.Thread(target=write, args=(content,)) for content in contents]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults == []
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
def test_a_fault_names_the_file(tmp_path: Path) -> None:
    path = tmp_path / "file"

    def write() -> None:
        with replacing(path) as draft:
            draft.symlink_to("/dev/full")
            write_whole(draft, b"new")

    with pytest.raises(OSError, match="No space left") as raised:
        write()
    assert raised.value.filename == str(path)
