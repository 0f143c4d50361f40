"""Serve an installation: the example on somebody's own machine, or the real thing."""

import argparse
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
STOP_SECONDS = 12  # that a server gets to finish what it is doing
HEAD_BYTES = 32_768  # the longest head of a request: address, cookies and all
HEAD_SECONDS = 10  # within which it must have come


def demo(argv: Sequence[str]) -> int:
    """Set up and show the example alliance; a second time the data is kept."""
    options = _options("demo", "Show the living example alliance on this machine.", argv)
    port = options.port or _free_port(8000)
    url = f"http://127.0.0.1:{port}"
    os.environ |= {"CONCORDIA_EXAMPLE": "1", "CONCORDIA_URL": url, "CONCORDIA_LOG_HOST": "concordia.example"}
    terminal.wake(options.data)
    terminal.prepare(options.language)

    from concordia.demo import build_example
    from concordia.web.accounts.example import entrance_code

    if build_example(language=options.language):
        print("The example alliance was made.", flush=True)
    door = f"{url}/example/{entrance_code()}/"
    print("\n  Concordia shows its example alliance at", flush=True)
    print(f"\n      {door}\n\n  Stop with Ctrl+C. Data: {options.data}\n", flush=True)
    if options.open:
        Timer(1.5, _open, [door]).start()
    return _serve("127.0.0.1", port, workers=options.workers)


def run(argv: Sequence[str]) -> int:
    """Serve an installation for real; settings come from the environment (docs/operating.md)."""
    options = _options("run", "Serve this installation.", argv)
    terminal.wake(options.data)
    terminal.prepare(options.language)
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
    """Print a link with which the first person of an installation makes an account; 1 when there is one."""
    made = terminal.parser("first-account", "Make a link for the first account of this installation.")
    made.add_argument("--data", default=None)
    made.add_argument("--name", default="")
    made.add_argument("--email", default="")
    options = made.parse_args(argv)
    terminal.wake(options.data)
    terminal.prepare(options.language)

    from concordia.kernel.errors import RefusalError
    from concordia.ops.accounts import first_account_link

    try:
        print(first_account_link(name=options.name, email=options.email))
    except RefusalError as error:
        print(error.text.in_language(options.language), file=sys.stderr)
        return 1
    return 0


def _options(name: str, what: str, argv: Sequence[str]) -> argparse.Namespace:
    made = terminal.parser(name, what)
    made.add_argument(
        "--data", default=os.environ.get("CONCORDIA_DATA", "data"), help="folder that keeps everything"
    )
    made.add_argument("--port", type=int, default=0)
    made.add_argument("--host", default="127.0.0.1")
    made.add_argument("--workers", type=int, default=1 if name == "demo" else max(2, os.cpu_count() or 2))
    made.add_argument("--open", action=argparse.BooleanOptionalAction, default=name == "demo")
    made.set_defaults(language=terminal.language(otherwise="nl"))  # what people of the example write in
    return made.parse_args(argv)


def _serve(host: str, port: int, workers: int) -> int:
    """Serve, and do what is due, until somebody asks to stop."""
    running: list[subprocess.Popen[bytes]] = []
    signal.signal(signal.SIGTERM, _interrupted)
    try:
        running.append(_started([sys.executable, "-m", "concordia", "work"]))
        running.append(_started(server_command(host, port, workers)))
        return running[-1].wait()
    except KeyboardInterrupt:
        return 0
    finally:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        _stop(*running)


def _interrupted(*_: object) -> None:
    raise KeyboardInterrupt


def _started(command: list[str]) -> subprocess.Popen[bytes]:
    """A process that leads a group of its own, so that all it started can be ended with it."""
    return subprocess.Popen(command, env=dict(os.environ), start_new_session=True)


def _stop(*processes: subprocess.Popen[bytes]) -> None:
    """Ask them to end, and end what has not after a while: a server with work under way may take no notice."""
    for process in processes:
        with suppress(ProcessLookupError):
            process.terminate()
    for process in processes:
        with suppress(subprocess.TimeoutExpired):
            process.wait(timeout=STOP_SECONDS)
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)


def server_command(host: str, port: int, workers: int) -> list[str]:
    """What serves the pages. Heads are short and come soon; bodies are the entrance's to wait for."""
    return [
        *(sys.executable, "-m", "granian", "--interface", "asginl", "--host", host, "--port", str(port)),
        *("--workers", str(workers), "--http", "1", "--no-ws", "--backpressure", "1024"),
        *("--http1-buffer-size", str(HEAD_BYTES)),
        *("--http1-header-read-timeout", str(HEAD_SECONDS * 1000)),
        *("--log-level", "warning", "--respawn-failed-workers", "--workers-kill-timeout", "8"),
        "concordia.site.asgi:application",
    ]


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
