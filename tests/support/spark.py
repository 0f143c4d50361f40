"""A real Spark Connect server on this machine: one process, no door to elsewhere, nothing fetched."""

import ctypes
import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PR_SET_PDEATHSIG = 1
QUIET = {
    "spark.driver.host": "127.0.0.1",
    "spark.driver.bindAddress": "127.0.0.1",
    "spark.connect.grpc.binding.address": "127.0.0.1",
    "spark.ui.enabled": "false",
    "spark.sql.shuffle.partitions": "2",
    "spark.default.parallelism": "2",
    "spark.sql.catalogImplementation": "in-memory",
}
HEAP = "768m"
# A server that lives for a minute: what it compiles is used a few times only.
SHORT = "-XX:+UseSerialGC -XX:TieredStopAtLevel=1 -XX:MaxMetaspaceSize=384m"


def why_not() -> str:
    """Why no server can be started here; empty where it can."""
    return "" if shutil.which("java") else "no Java found: install a headless JRE of 17 or newer"


@contextmanager
def connect_server(folder: Path, seconds: float = 120) -> Iterator[str]:
    """A server, ready; its address (`sc://…`). It ends with the block, by force."""
    import pyspark

    home = Path(pyspark.__file__).parent
    port = _free_port()
    settings = QUIET | {
        "spark.connect.grpc.binding.port": str(port),
        "spark.sql.warehouse.dir": str(folder / "warehouse"),
        "spark.local.dir": str(folder / "local"),
    }
    options = [part for key, value in settings.items() for part in ("--conf", f"{key}={value}")]
    command = [
        str(home / "bin/spark-submit"),
        *("--class", "org.apache.spark.sql.connect.service.SparkConnectServer"),
        *(
            "--master",
            "local[2]",
            "--driver-memory",
            HEAP,
            "--driver-java-options",
            SHORT,
            *options,
            "spark-internal",
        ),
    ]
    said = folder / "server.log"
    with said.open("wb") as log:
        process = subprocess.Popen(
            command,
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            env=os.environ | {"SPARK_HOME": str(home), "SPARK_LOCAL_IP": "127.0.0.1"},
            preexec_fn=_end_with_us,
        )
    try:
        _wait(process, port, said, seconds)
        yield f"sc://127.0.0.1:{port}"
    finally:
        process.kill()
        process.wait()


@contextmanager
def standalone_master(folder: Path, seconds: float = 120) -> Iterator[str]:
    """A cluster of one master and one worker, ready; its address (`spark://…`). It ends with the block, by force."""
    import pyspark

    home = Path(pyspark.__file__).parent
    port = _free_port()
    address = f"spark://127.0.0.1:{port}"
    here = ("--host", "127.0.0.1", "--webui-port", "0")
    parts = {
        "master": ("org.apache.spark.deploy.master.Master", *here, "--port", str(port)),
        "worker": (
            "org.apache.spark.deploy.worker.Worker",
            *here,
            "-c",
            "1",
            "-m",
            "1g",
            "-d",
            str(folder),
            address,
        ),
    }
    processes: list[subprocess.Popen[bytes]] = []
    try:
        for name, words in parts.items():
            said = folder / f"{name}.log"
            with said.open("wb") as log:
                process = subprocess.Popen(
                    [str(home / "bin/spark-class"), *words],
                    cwd=folder,
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=log,
                    env=os.environ
                    | {"SPARK_HOME": str(home), "SPARK_LOCAL_IP": "127.0.0.1", "SPARK_DAEMON_MEMORY": "256m"},
                    start_new_session=True,  # what a worker starts ends with it
                    preexec_fn=_end_with_us,
                )
            processes.append(process)
            if name == "master":
                _wait(process, port, said, seconds)
            else:
                _wait_for(process, "Successfully registered with master", said, seconds)
        yield address
    finally:
        for process in reversed(processes):
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def _wait_for(process: "subprocess.Popen[bytes]", words: str, said: Path, seconds: float) -> None:
    until = time.monotonic() + seconds
    while time.monotonic() < until and process.poll() is None:
        if words in said.read_text(errors="replace"):
            return
        time.sleep(0.2)
    raise RuntimeError(said.read_text(errors="replace")[-2000:])


def _end_with_us() -> None:
    """A server does not outlive the tests, also where these are killed."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port: int = one.getsockname()[1]
        return port


def _wait(process: "subprocess.Popen[bytes]", port: int, said: Path, seconds: float) -> None:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if process.poll() is not None:
            break
        with socket.socket() as one:
            if one.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.2)
    raise RuntimeError(said.read_text(errors="replace")[-2000:])
