"""The container image that `make image` built, where it did."""

from pathlib import Path

import pytest

from deploy.image import TAG, faults, working
from deploy.slim import main


@pytest.mark.slow
def test_the_image_serves_its_first_page_and_cannot_be_written() -> None:
    builder = working()
    if builder is None or not builder.has(TAG):
        pytest.skip("needs docker, podman or buildah, with the image that `make image` builds")
    assert faults(builder, TAG) == []


def test_what_nothing_needs_is_taken_out(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    packages = tmp_path / "lib" / "python3.11" / "site-packages"
    kept = ["torch/bin/torch_shm_manager", "torch/testing/__init__.py", "pandas/core/frame.py"]
    taken = ["torch/bin/protoc", "torch/include/a.h", "pandas/tests/test_frame.py", "torch/lib/libx.a"]
    for name in (*kept, *taken):
        (packages / name).parent.mkdir(parents=True, exist_ok=True)
        (packages / name).write_text("x")
    main(tmp_path)
    assert sorted(
        str(path.relative_to(packages)) for path in packages.rglob("*") if path.is_file()
    ) == sorted(kept)
    assert "MB taken out" in capsys.readouterr().out
