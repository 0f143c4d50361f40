"""Writers queue on a fair lock that the kernel frees, and every setting a promise needs is in force."""

import fcntl
import os
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import IntegrityError, OperationalError, connections, transaction
from pytest_django import DjangoDbBlocker

from concordia.kernel.snapshots import snapshot
from concordia.kernel.sqlite import base
from concordia.kernel.sqlite.writerlock import WriterLock

HOLDING = """
import sys, time
from django.conf import settings
settings.configure(DATABASES={"default": {"ENGINE": "concordia.kernel.sqlite", "NAME": sys.argv[1]}})
import django
django.setup()
from django.db import connection, transaction
with transaction.atomic(), connection.cursor() as cursor:
    cursor.execute("INSERT INTO thing VALUES (99, 0)")
    print("held", flush=True)
    time.sleep(60)
"""


@pytest.fixture
def trial(tmp_path: Path, django_db_blocker: DjangoDbBlocker) -> Iterator[base.DatabaseWrapper]:
    """A database in a file of its own, whichever database the suite runs on."""
    described = {"ENGINE": "concordia.kernel.sqlite", "NAME": str(tmp_path / "trial.sqlite3")}
    connections.databases["trial"] = connections.configure_settings({"default": {}, "trial": described})[
        "trial"
    ]
    with django_db_blocker.unblock():
        run("CREATE TABLE thing (id integer primary key, count integer)")
        run("INSERT INTO thing VALUES (1, 0)")
        yield connections["trial"]
        connections["trial"].close()
    del connections.databases["trial"]
    del connections["trial"]


def run(query: str, *parameters: object) -> list[tuple[object, ...]]:
    with connections["trial"].cursor() as cursor:
        cursor.execute(query, parameters or None)
        return cursor.fetchall()


def in_turn(*acts: str | Exception | Callable[[], object]) -> None:
    """Do several things: queries are run, exceptions raised."""
    for act in acts:
        if isinstance(act, Exception):
            raise act
        if isinstance(act, str):
            run(act)
        else:
            act()


def behind_djangos_back() -> None:
    """What SQLite itself does when it runs out of room."""
    connections["trial"].connection.execute("ROLLBACK")


def is_free(trial: base.DatabaseWrapper) -> bool:
    """Whether somebody else could take the writer lock now."""
    descriptor = os.open(f"{trial.settings_dict['NAME']}.lock", os.O_RDWR)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    finally:
        os.close(descriptor)
    return True


@pytest.mark.parametrize(
    ("setting", "value"),
    [("journal_mode", "wal"), ("synchronous", 2), ("foreign_keys", 1), ("recursive_triggers", 1)],
)
def test_what_a_promise_needs_is_in_force(trial: base.DatabaseWrapper, setting: str, value: object) -> None:
    assert run(f"PRAGMA {setting}") == [(value,)]


def test_a_library_without_what_we_need_is_refused(
    trial: base.DatabaseWrapper, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlite3, "sqlite_version_info", (3, 36, 0))
    with pytest.raises(ImproperlyConfigured, match=r"3\.37"):
        trial.get_connection_params()


def test_the_lock_is_held_from_the_outermost_begin_to_the_commit(trial: base.DatabaseWrapper) -> None:
    with transaction.atomic("trial"):
        assert not is_free(trial)
        with transaction.atomic("trial"):
            run("UPDATE thing SET count = 1")
        assert not is_free(trial)
    assert is_free(trial)
    assert run("SELECT count FROM thing") == [(1,)]


def test_an_exception_lets_the_next_one_in(trial: base.DatabaseWrapper) -> None:
    with pytest.raises(ValueError, match="halfway"), transaction.atomic("trial"):
        in_turn("UPDATE thing SET count = 1", ValueError("halfway"))
    assert is_free(trial)
    assert run("SELECT count FROM thing") == [(0,)]


def test_an_inner_failure_keeps_the_turn_of_the_outer(trial: base.DatabaseWrapper) -> None:
    with transaction.atomic("trial"):
        with pytest.raises(IntegrityError), transaction.atomic("trial"):
            run("INSERT INTO thing VALUES (1, 0)")
        assert not is_free(trial)
        run("UPDATE thing SET count = 2")
    assert run("SELECT count FROM thing") == [(2,)]


def test_a_commit_that_fails_is_rolled_back_before_the_lock_goes(trial: base.DatabaseWrapper) -> None:
    run("CREATE TABLE part (of integer REFERENCES thing DEFERRABLE INITIALLY DEFERRED)")
    with pytest.raises(IntegrityError), transaction.atomic("trial"):
        run("INSERT INTO part VALUES (77)")
    assert is_free(trial)
    assert run("SELECT * FROM part") == []


def test_a_single_write_takes_its_turn_and_reading_waits_for_nobody(trial: base.DatabaseWrapper) -> None:
    other = WriterLock(Path(f"{trial.settings_dict['NAME']}.lock"))
    other.acquire()
    assert run("SELECT count FROM thing") == [(0,)]
    writing = in_thread("UPDATE thing SET count = 5")
    time.sleep(0.2)
    assert run("SELECT count FROM thing") == [(0,)]
    other.close()
    writing.join(timeout=5)
    assert run("SELECT count FROM thing") == [(5,)]


@pytest.mark.parametrize("query", ["PRAGMA wal_checkpoint(TRUNCATE)", "PRAGMA main.wal_checkpoint", "VACUUM"])
def test_a_checkpoint_by_hand_takes_its_turn(trial: base.DatabaseWrapper, query: str) -> None:
    other = WriterLock(Path(f"{trial.settings_dict['NAME']}.lock"))
    other.acquire()
    waiting = in_thread(query)
    waiting.join(timeout=0.2)
    assert waiting.is_alive()
    other.close()
    waiting.join(timeout=5)
    assert not waiting.is_alive()


def test_a_write_in_a_transaction_begun_by_hand_holds_the_lock_until_it_ends(
    trial: base.DatabaseWrapper,
) -> None:
    run("BEGIN")
    assert is_free(trial)
    run("UPDATE thing SET count = 3")
    assert not is_free(trial)
    run("COMMIT")
    assert is_free(trial)


def in_thread(query: str) -> threading.Thread:
    def work() -> None:
        run(query)
        connections["trial"].close()

    thread = threading.Thread(target=work)
    thread.start()
    return thread


def test_threads_exclude_each_other(trial: base.DatabaseWrapper) -> None:
    def add_one_by_reading_first() -> None:
        for _ in range(20):
            with transaction.atomic("trial"):
                ((count,),) = run("SELECT count FROM thing")
                run("UPDATE thing SET count = %s", count + 1)
        connections["trial"].close()

    threads = [threading.Thread(target=add_one_by_reading_first) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert run("SELECT count FROM thing") == [(120,)]


def test_writers_are_served_in_the_order_they_came(tmp_path: Path) -> None:
    path, served = tmp_path / "lock", []
    first = WriterLock(path)
    first.acquire()

    def wait(name: int) -> None:
        lock = WriterLock(path)
        lock.acquire()
        served.append(name)
        lock.close()

    threads = [threading.Thread(target=wait, args=(name,)) for name in range(10)]
    for thread in threads:
        thread.start()
        time.sleep(0.03)
    first.close()
    for thread in threads:
        thread.join()
    assert served == list(range(10))


def test_whoever_comes_back_at_once_queues_behind_those_who_wait(tmp_path: Path) -> None:
    path, turns, overtaken = tmp_path / "lock", [], []

    def write_without_pause() -> None:
        lock = WriterLock(path)
        for _ in range(40):
            before = len(turns)
            lock.acquire()
            overtaken.append(len(turns) - before)
            turns.append(lock)
            time.sleep(0.002)
            lock.release()
        lock.close()

    threads = [threading.Thread(target=write_without_pause) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    # In turn, three others go first. An unfair lock lets one overtake the other three up to forty times; that
    # the machine looks away between asking and queueing may happen to one.
    assert sorted(overtaken)[-3] <= 6


def test_the_kernel_frees_the_lock_of_a_killed_writer(trial: base.DatabaseWrapper) -> None:
    command = [sys.executable, "-c", HOLDING, trial.settings_dict["NAME"]]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"held\n"
        assert not is_free(trial)
        waiting = in_thread("UPDATE thing SET count = 9")
        time.sleep(0.1)
        holder.send_signal(signal.SIGKILL)
    waiting.join(timeout=1)
    assert not waiting.is_alive()
    assert run("SELECT id, count FROM thing") == [(1, 9)]


def test_a_waiter_that_dies_does_not_hold_up_the_queue(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    first, last = WriterLock(path), WriterLock(path)
    first.acquire()
    child = os.fork()
    if child == 0:
        WriterLock(path).acquire()
        os._exit(0)
    time.sleep(0.1)
    waiting = threading.Thread(target=last.acquire)
    waiting.start()
    time.sleep(0.1)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    waiting.join(timeout=0.2)
    assert waiting.is_alive()
    first.close()
    waiting.join(timeout=1)
    assert last.held
    last.close()


def test_a_forked_child_cannot_give_away_its_parents_turn(trial: base.DatabaseWrapper) -> None:
    lock = WriterLock(Path(f"{trial.settings_dict['NAME']}.lock"))
    lock.acquire()
    child = os.fork()
    if child == 0:
        lock.release()
        os._exit(0)
    os.waitpid(child, 0)
    assert not is_free(trial)
    lock.close()
    assert is_free(trial)


def test_nothing_goes_on_after_the_database_rolled_back_by_itself(trial: base.DatabaseWrapper) -> None:
    with pytest.raises(OperationalError, match="rolled back"), transaction.atomic("trial"):
        in_turn("UPDATE thing SET count = 7", behind_djangos_back, "INSERT INTO thing VALUES (2, 0)")
    assert run("SELECT * FROM thing") == [(1, 0)]
    assert is_free(trial)


def test_a_commit_of_what_was_rolled_back_is_no_success(trial: base.DatabaseWrapper) -> None:
    with pytest.raises(OperationalError, match="rolled back"), transaction.atomic("trial"):
        in_turn("UPDATE thing SET count = 7", behind_djangos_back)
    assert is_free(trial)


def test_a_snapshot_sees_one_moment_and_makes_nobody_wait(trial: base.DatabaseWrapper) -> None:
    with snapshot("trial"):
        assert run("SELECT count FROM thing") == [(0,)]
        in_thread("UPDATE thing SET count = 8").join(timeout=5)
        assert run("SELECT count FROM thing") == [(0,)]
    assert run("SELECT count FROM thing") == [(8,)]


def test_a_snapshot_refuses_to_write(trial: base.DatabaseWrapper) -> None:
    with pytest.raises(OperationalError, match="readonly"), snapshot("trial"):
        run("UPDATE thing SET count = 8")
    run("UPDATE thing SET count = 4")
    assert run("SELECT count FROM thing") == [(4,)]


def test_replacing_a_row_does_not_slip_past_a_trigger(trial: base.DatabaseWrapper) -> None:
    run("CREATE TRIGGER kept BEFORE DELETE ON thing BEGIN SELECT RAISE(ABORT, 'kept'); END")
    with pytest.raises(IntegrityError, match="kept"):
        run("INSERT OR REPLACE INTO thing VALUES (1, 66)")
    assert run("SELECT count FROM thing") == [(0,)]


def test_closing_writes_no_checkpoint_outside_the_lock(trial: base.DatabaseWrapper) -> None:
    run("UPDATE thing SET count = 1")
    log = Path(f"{trial.settings_dict['NAME']}-wal")
    before = log.stat().st_size
    trial.close()
    assert log.stat().st_size == before > 0


def test_without_a_place_for_the_lock_nothing_is_written(
    trial: base.DatabaseWrapper, monkeypatch: pytest.MonkeyPatch
) -> None:
    trial.close()
    monkeypatch.setattr(os, "open", lambda *_: (_ for _ in ()).throw(PermissionError(13, "denied")))
    with pytest.raises(OperationalError, match="writer lock"):
        run("UPDATE thing SET count = 1")
