"""A real Spark Connect server, one for a run of the tests."""

from collections.abc import Iterator

import pytest
from support.spark import connect_server, why_not

from concordia.deliveries.spark.session import Session, open_session


@pytest.fixture(scope="session")
def spark_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a server that this run started. Skips, with why, where it cannot."""
    if why_not():
        pytest.skip(why_not())
    with connect_server(tmp_path_factory.mktemp("spark")) as address:
        yield address


@pytest.fixture(scope="session")
def spark(spark_server: str) -> Iterator[Session]:
    """A session at that server, as a check has it."""
    with open_session(spark_server) as session:
        yield session
