"""A hall: as many app processes as cores behind nginx, with one model store and one training service.

    python -m deploy.hall [--processes N] [--port 8501] [--address 127.0.0.1] [--print-config]

Needs nginx (Debian: `apt-get install nginx-light`). All processes share ICL_MODEL_STORE and ICL_STATE, and so
the training service. Ends with Ctrl-C; a process that died is started again.
"""

from __future__ import annotations

import argparse
import os
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from string import Template

HERE = Path(__file__).resolve().parent
MIME_TYPES = Path("/etc/nginx/mime.types")
CONNECTIONS = 2000  # of one address: a whole hall may sit behind one
LOOK_SECONDS = 1.0


@dataclass(frozen=True)
class Hall:
    """Where the proxy listens, and on which loopback ports the processes behind it."""

    address: str
    port: int
    ports: tuple[int, ...]

    def config(self, folder: Path) -> str:
        """The proxy's configuration; nginx keeps its temporary files in `folder`."""
        count = len(self.ports)
        shares = [f"    {100 / count:.2f}% {number};" for number in range(count - 1)] + [
            f"    * {count - 1};"
        ]
        return Template((HERE / "nginx.conf.template").read_text("utf-8")).substitute(
            folder=folder,
            mime_types=MIME_TYPES,
            address=self.address,
            port=self.port,
            connections=CONNECTIONS,
            shares="\n".join(shares),
            known="\n".join(f"    {number} {number};" for number in range(count)),
            upstreams="\n".join(self._upstream(number) for number in range(count)),
        )

    def _upstream(self, number: int) -> str:
        servers = [
            f"    server 127.0.0.1:{port} max_fails=1 fail_timeout=2s{'' if at == number else ' backup'};"
            for at, port in enumerate(self.ports)
        ]
        return "\n".join((f"  upstream icl_{number} {{", *servers, "    keepalive 64;", "  }"))


def app_command(port: int) -> list[str]:
    """One process of the dashboard; only the proxy reaches it."""
    options = (f"--server.port={port}", "--server.address=127.0.0.1", "--server.headless=true")
    return [sys.executable, "-m", "streamlit", "run", "app.py", *options]


def serve(hall: Hall) -> int:
    """Runs until it is told to stop. Returns 1 where nginx ends by itself."""
    # One secret for all: a session's cookie is read by whichever process gets it.
    environment = os.environ | {"STREAMLIT_SERVER_COOKIE_SECRET": secrets.token_hex(32)}

    def start(command: Sequence[str]) -> subprocess.Popen[bytes]:
        return subprocess.Popen(command, cwd=HERE.parent, env=environment)

    with tempfile.TemporaryDirectory() as folder:
        config = Path(folder) / "nginx.conf"
        config.write_text(hall.config(Path(folder)), "utf-8")
        proxy = start(["nginx", "-c", str(config), "-p", folder])
        apps = [start(app_command(port)) for port in hall.ports]
        try:
            while proxy.poll() is None:
                time.sleep(LOOK_SECONDS)
                for number, app in enumerate(apps):
                    if app.poll() is not None:
                        print(f"Process {number} ended with {app.returncode}: started again.", flush=True)
                        apps[number] = start(app_command(hall.ports[number]))
            return 1
        except KeyboardInterrupt:
            return 0
        finally:
            for process in (proxy, *apps):
                process.terminate()
            for process in (proxy, *apps):
                process.wait()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--processes", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--address", default="127.0.0.1", help="where the proxy listens")
    parser.add_argument("--port", type=int, default=8501, help="the processes take the ports after it")
    parser.add_argument("--print-config", action="store_true", help="print nginx's configuration and end")
    chosen = parser.parse_args()
    if not 1 <= chosen.processes <= 64:
        parser.error("there have to be 1 to 64 processes")
    ports = tuple(range(chosen.port + 1, chosen.port + 1 + chosen.processes))
    hall = Hall(chosen.address, chosen.port, ports)
    if chosen.print_config:
        # Printed alone: nothing is written there.
        print(hall.config(Path("/tmp")))  # nosec B108
        return 0
    if shutil.which("nginx") is None:
        parser.error("nginx is not there: install it (Debian: apt-get install nginx-light)")
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    return serve(hall)


if __name__ == "__main__":
    sys.exit(main())
