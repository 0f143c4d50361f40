"""Serve an installation: the example on somebody's own machine, or the real thing."""

import argparse
import io
import os
import signal
import socket
import subprocess
import sys
import time
import webbrowser
from collections.abc import Sequence
from contextlib import suppress
from threading import Timer

from concordia.commandline import terminal

WORK_EVERY = 10  # seconds between two looks at what is due


def demo(argv: Sequence[str]) -> int:
    """Set up and show the example alliance; a second time the data is kept."""
    options = _options("demo", "Show the living example alliance on this machine.", argv)
    port = options.port or _free_port(8000)
    url = f"http://127.0.0.1:{port}"
    os.environ |= {"CONCORDIA_EXAMPLE": "1", "CONCORDIA_URL": url, "CONCORDIA_LOG_HOST": "concordia.example"}
    terminal.wake(options.data)
    _prepare(options.language)

    from concordia.demo import build_example
    from concordia.web.accounts.example import entrance_code

    if build_example(language=options.language):
        print("The example alliance was made.", flush=True)
    door = f"{url}/example/{entrance_code()}/"
    print("\n  Concordia shows its example alliance at", flush=True)
    print(f"\n      {door}\n\n  Stop with Ctrl+C. Data: {options.data}\n", flush=True)
    if options.open:
        Timer(1.5, _open, [door]).start()
    return _serve("127.0.0.1", port, workers=1)


def run(argv: Sequence[str]) -> int:
    """Serve an installation for real; settings come from the environment (docs/operating.md)."""
    options = _options("run", "Serve this installation.", argv)
    terminal.wake(options.data)
    _prepare(options.language)
    return _serve(options.host, options.port or 8000, workers=options.workers)


def work(argv: Sequence[str]) -> int:
    """Do what is due, then wait a little, until stopped."""
    made = terminal.parser("work", "Close votes whose time is over and sign checkpoints.")
    made.add_argument("--data", default=None)
    made.add_argument("--once", action="store_true", help="look once and stop")
    options = made.parse_args(argv)
    terminal.wake(options.data)

    from concordia.ops.work import do_due_work

    parent = os.getppid()
    while True:
        do_due_work()
        if options.once:
            return 0
        time.sleep(WORK_EVERY)
        if os.getppid() != parent:  # whoever started this is gone
            return 0


def first_account(argv: Sequence[str]) -> int:
    """Print a link with which the first person of an installation makes an account."""
    made = terminal.parser("first-account", "Make a link for the first account of this installation.")
    made.add_argument("--data", default=None)
    made.add_argument("--name", default="")
    made.add_argument("--email", default="")
    options = made.parse_args(argv)
    terminal.wake(options.data)
    _prepare(options.language)

    from concordia.ops.accounts import first_account_link

    print(first_account_link(name=options.name, email=options.email))
    return 0


def _options(name: str, what: str, argv: Sequence[str]) -> argparse.Namespace:
    made = terminal.parser(name, what)
    made.add_argument(
        "--data", default=os.environ.get("CONCORDIA_DATA", "data"), help="folder that keeps everything"
    )
    made.add_argument("--port", type=int, default=0)
    made.add_argument("--host", default="127.0.0.1")
    made.add_argument("--workers", type=int, default=max(2, os.cpu_count() or 2))
    made.add_argument("--open", action=argparse.BooleanOptionalAction, default=name == "demo")
    made.set_defaults(language=terminal.language(otherwise="nl"))  # what people of the example write in
    return made.parse_args(argv)


def _prepare(language: str) -> None:
    """Bring everything up to date, refuse unsafe settings, and see whether the register is all there."""
    from django.core.management import call_command

    from concordia.ops.starting import open_register
    from concordia.web.shared.catalogs import compile_catalogs

    compile_catalogs()
    call_command("check", deploy=False, verbosity=0, stdout=io.StringIO())
    call_command("migrate", interactive=False, verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0)
    for line in open_register().lines(language):
        print(line, file=sys.stderr, flush=True)


def _serve(host: str, port: int, workers: int) -> int:
    environment = dict(os.environ)
    worker = subprocess.Popen([sys.executable, "-m", "concordia", "work"], env=environment)
    server = subprocess.Popen(
        [
            *(sys.executable, "-m", "granian", "--interface", "wsgi", "--host", host, "--port", str(port)),
            *("--workers", str(workers), "--blocking-threads", "1", "--backpressure", "64"),
            *("--log-level", "warning", "--respawn-failed-workers", "concordia.site.wsgi:application"),
        ],
        env=environment,
    )
    signal.signal(signal.SIGTERM, lambda *_: server.terminate())
    try:
        return server.wait()
    except KeyboardInterrupt:
        return 0
    finally:
        for process in (server, worker):
            with suppress(ProcessLookupError):
                process.terminate()
        for process in (server, worker):
            with suppress(subprocess.TimeoutExpired):
                process.wait(timeout=10)


def _free_port(wanted: int) -> int:
    for port in range(wanted, wanted + 50):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            with suppress(OSError):
                probe.bind(("127.0.0.1", port))
                return port
    return wanted


def _open(url: str) -> None:
    with suppress(Exception):
        if sys.platform != "linux" or os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"):
            webbrowser.open(url)
