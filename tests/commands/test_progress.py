import pytest

from icl_core.commands.progress import Meter


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    now = [0.0]
    monkeypatch.setattr("icl_core.commands.progress.time.monotonic", lambda: now[0])
    return now


def test_a_log_gets_a_line_every_half_minute(capsys: pytest.CaptureFixture[str], clock: list[float]) -> None:
    with Meter("narrow", 4000) as meter:
        for step in range(1, 4001):
            clock[0] = step / 40  # 100 seconds in all
            meter.show(step, f"loss {1 / step:.3f}", (4000 - step) * 3.0)
    lines = capsys.readouterr().err.splitlines()
    assert lines == [
        "narrow: step 1,200 of 4,000, loss 0.001, about 2.3 h left",
        "narrow: step 2,400 of 4,000, loss 0.000, about 80 min left",
        "narrow: step 3,600 of 4,000, loss 0.000, about 20 min left",
    ]


def test_what_is_quickly_done_leaves_no_line(capsys: pytest.CaptureFixture[str], clock: list[float]) -> None:
    with Meter("narrow", 100) as meter:
        meter.show(100)
    assert capsys.readouterr().err == ""


def test_a_terminal_gets_a_bar(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    with Meter("narrow", 10) as meter:
        meter.show(10, "loss 0.5")
    assert "narrow: 100%" in capsys.readouterr().err
