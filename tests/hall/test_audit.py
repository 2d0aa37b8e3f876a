"""What the audit makes of pip-audit's answer."""

from deploy.audit import judged


def test_a_weakness_is_a_line_with_what_mends_it() -> None:
    found = '{"id": "PYSEC-1", "fix_versions": ["2.1"]}'
    answer = f'{{"dependencies": [{{"name": "thing", "version": "2.0", "vulns": [{found}]}}]}}'
    assert judged(answer) == (["thing 2.0: PYSEC-1, mended in 2.1"], True)


def test_what_could_not_be_looked_up_is_no_all_clear() -> None:
    skipped = '{"dependencies": [{"name": "thing", "skip_reason": "not found"}]}'
    assert judged(skipped) == judged("") == ([], False)
