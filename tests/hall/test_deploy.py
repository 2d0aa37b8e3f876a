"""The hall's proxy: nginx takes its configuration, which sends a viewer back to the same process."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from deploy.hall import Hall


def test_every_process_has_its_share_and_the_others_behind_it(tmp_path: Path) -> None:
    config = Hall("127.0.0.1", 8501, (8502, 8503, 8504)).config(tmp_path)
    assert re.findall(r"(\S+) \d;", config.partition("split_clients")[2].partition("}")[0]) == [
        "33.33%",
        "33.33%",
        "*",
    ]
    for number, port in enumerate((8502, 8503, 8504)):
        upstream = config.partition(f"upstream icl_{number} {{")[2].partition("}")[0]
        assert f"server 127.0.0.1:{port} max_fails=1 fail_timeout=2s;" in upstream
        assert upstream.count(" backup;") == 2
    assert "$cookie_icl_process" in config
    assert "proxy_set_header Upgrade $http_upgrade;" in config


@pytest.mark.skipif(shutil.which("nginx") is None, reason="needs nginx")
def test_nginx_takes_the_configuration(tmp_path: Path) -> None:
    config = tmp_path / "nginx.conf"
    config.write_text(Hall("127.0.0.1", 8501, (8502, 8503)).config(tmp_path))
    done = subprocess.run(
        ["nginx", "-t", "-c", str(config), "-p", str(tmp_path)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
