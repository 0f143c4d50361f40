"""A session on a Spark that runs elsewhere: strict SQL, UTC, and no belief in what a file says of itself.

What is set here holds for this session alone; others on the same server keep their own settings. The address may
hold a token, so it is told to nobody.
"""

import socket
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from concordia.deliveries.checking import UnfinishedError, UnreadError
from concordia.domain.texts import both

CONNECT, MASTER = "sc", "spark"
_PORTS = {CONNECT: 15002, MASTER: 7077}
_PATIENCE = 10.0  # seconds for a server to answer at all
_OF_FILES = ("FAILED_READ_FILE", "CANNOT_READ_FILE_FOOTER", "is not a Parquet file", "UNABLE_TO_INFER_SCHEMA")
_SETTINGS = {
    "spark.sql.ansi.enabled": "true",
    "spark.sql.variable.substitute": "false",
    "spark.sql.caseSensitive": "true",
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.parquet.filterPushdown": "false",
    "spark.sql.parquet.aggregatePushdown": "false",
    "spark.sql.parquet.binaryAsString": "true",
    "spark.sql.parquet.datetimeRebaseModeInRead": "CORRECTED",
    "spark.sql.parquet.int96RebaseModeInRead": "CORRECTED",
    "spark.sql.timeType.enabled": "true",
    "spark.sql.files.ignoreCorruptFiles": "false",
    "spark.sql.files.ignoreMissingFiles": "false",
}


class NotThisEngineError(UnreadError):
    """Raised for what this engine is not there for, or cannot read, with a sentence that says what to do."""


class QueryError(RuntimeError):
    """Raised when Spark gives up on a query. `condition` is Spark's own word for why (`PATH_NOT_FOUND`)."""

    def __init__(self, said: str, condition: str) -> None:
        self.condition = condition
        super().__init__(said)

    @property
    def of_file(self) -> bool:
        """Whether a file is the cause, and not the server."""
        return any(word in f"{self.condition} {self}" for word in _OF_FILES)


@dataclass(frozen=True, slots=True)
class Session:
    """An open session. `spark` is Spark's own; `engine` names it in documents."""

    spark: Any
    engine: str

    def rows(self, statement: str) -> list[tuple[Any, ...]]:
        """What a statement of ours gives. Raises QueryError, UnfinishedError."""
        with asked():
            return [tuple(row) for row in self.spark.sql(statement).collect()]

    def one(self, statement: str) -> tuple[Any, ...]:
        """The one row a statement of ours gives. Raises QueryError, UnfinishedError."""
        return self.rows(statement)[0]


@contextmanager
def open_session(address: str) -> Iterator[Session]:
    """A session at `sc://host:port` or `spark://host:port`, that ends with the block and stops what it still does.

    Raises NotThisEngineError for an address that is none or where the client is not installed, UnfinishedError where
    no server answers.
    """
    kind, host, port = _place(address)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)  # about a library that we do not use through it
        _require(kind)
        _knock(host, port)
        with asked():
            session = _begin(kind, address)
        try:
            yield session
        except BaseException:
            with suppress(Exception):  # what went wrong is told, and not that stopping failed too
                session.spark.interruptAll()
            raise
        finally:
            with suppress(Exception):
                session.spark.stop()


def _place(address: str) -> tuple[str, str, int]:
    try:
        parts = urlsplit(address)
        port = _PORTS[parts.scheme] if parts.port is None else parts.port
    except (ValueError, KeyError):
        raise NotThisEngineError(_ADDRESS) from None
    if parts.scheme not in _PORTS or not parts.hostname:
        raise NotThisEngineError(_ADDRESS)
    return parts.scheme, parts.hostname, port


def _require(kind: str) -> None:
    try:
        import pyspark.sql.connect.session
    except ImportError:
        raise NotThisEngineError(_MISSING) from None
    if kind == MASTER:
        try:
            import pyspark.core.context  # noqa: F401 - only the whole package has it
        except ImportError:
            raise NotThisEngineError(_CLIENT_ONLY) from None


def _knock(host: str, port: int) -> None:
    """Whether anybody answers: Spark's own client would try for minutes."""
    try:
        socket.create_connection((host, port), timeout=_PATIENCE).close()
    except OSError as error:
        raise UnfinishedError(
            both(
                f"Op {host}:{port} antwoordt geen Spark ({error.strerror or error}). Er is niets gecontroleerd. "
                "Kijk of de server draait en bereikbaar is.",
                f"No Spark answers at {host}:{port} ({error.strerror or error}). Nothing was checked. "
                "See whether the server runs and can be reached.",
            )
        ) from None


def _begin(kind: str, address: str) -> Session:
    from pyspark.sql import SparkSession

    if kind == CONNECT:
        spark = SparkSession.builder.remote(address).create()
    else:
        builder = SparkSession.builder.master(address).config("spark.ui.enabled", "false")
        spark = builder.config("spark.ui.showConsoleProgress", "false").getOrCreate()
    for setting, given in _SETTINGS.items():
        spark.conf.set(setting, given)
    return Session(spark, f"Spark {spark.version}" + (" over Connect" if kind == CONNECT else ""))


@contextmanager
def asked() -> Iterator[None]:
    """What Spark's client raises, as one of ours. Raises QueryError, UnfinishedError where the server was lost."""
    from pyspark.errors import PySparkException

    try:
        yield
    except PySparkException as error:
        raise QueryError(str(error), error.getCondition() or "") from None
    except Exception as error:
        if type(error).__module__.partition(".")[0] not in {"grpc", "py4j"}:
            raise
        raise UnfinishedError(_LOST) from None


_ADDRESS = both(
    "Noem de engine als embedded, sc://server:poort (Spark Connect) of spark://server:poort.",
    "Name the engine as embedded, sc://server:port (Spark Connect) or spark://server:port.",
)
_MISSING = both(
    "Voor Spark is een onderdeel nodig dat hier niet staat. Installeer het met: pip install 'concordia[spark]'. "
    "Zonder dat controleert --engine embedded dezelfde regels.",
    "Spark needs a part that is not here. Install it with: pip install 'concordia[spark]'. "
    "Without it, --engine embedded checks the same rules.",
)
_CLIENT_ONLY = both(
    "Voor spark:// zijn het hele pakket pyspark en Java nodig, in plaats van pyspark-client. Gebruik anders "
    "sc://server:poort: dat vraagt hier geen Java.",
    "For spark:// the whole package pyspark and Java are needed, instead of pyspark-client. Or use "
    "sc://server:port: that needs no Java here.",
)
_LOST = both(
    "De verbinding met Spark is weggevallen. Er is geen oordeel; probeer het opnieuw.",
    "The connection with Spark was lost. There is no verdict; try again.",
)
