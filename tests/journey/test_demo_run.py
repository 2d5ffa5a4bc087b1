"""``folja demo run``: started, stopped, started again, and everything that can stand in its way."""

import fcntl
import signal
import socket
import urllib.request
from contextlib import closing
from pathlib import Path

from surveys.commands.demo import accounts
from surveys.demo.users import DemoUser, demo_users
from tests.support.demo import demo_copy
from tests.support.demo_process import children_of, failed, free_port, read_until, started


def test_it_starts_keeps_the_data_and_stops_cleanly(tmp_path: Path) -> None:
    with demo_copy(tmp_path) as installation:
        instance = installation.settings.instance
    port = free_port()
    with started(instance, port) as process:
        said = read_until(process, "Ctrl-C")
        assert f"http://127.0.0.1:{port}" in said
        assert "organisator@demo.example" in said
        assert all(each.password in said for each in demo_users(instance))
        assert "Loading" not in said
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/halsa") as answer:
            assert answer.status == 200
        children = children_of(process.pid)
        assert len(children) == 2
        process.send_signal(signal.SIGINT)
        rest, _ = process.communicate(timeout=30)
        assert process.returncode == 0
        assert rest.strip().endswith("Stopped.")
        assert "Traceback" not in rest
    assert not any(Path(f"/proc/{child}").exists() for child in children)


def test_a_busy_port(tmp_path: Path) -> None:
    with closing(socket.socket()) as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        port = int(listener.getsockname()[1])
        assert failed(tmp_path, port).startswith(f"Port {port} is in use already.")
    assert not (tmp_path / "folja.sqlite").exists()


def test_an_instance_that_cannot_be_written() -> None:
    said = failed(Path("/proc/folja"), free_port())  # where not even root may write
    assert "cannot be written to" in said


def test_a_second_one_from_the_same_folder(tmp_path: Path) -> None:
    with (tmp_path / "demo.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        assert failed(tmp_path, free_port()).startswith("Följa is running already")


def test_no_password_is_cut_however_long() -> None:
    made = (
        DemoUser("a@demo.example", "A", "reader", "skymning-" * 30),
        DemoUser("b@demo.example", "B", "reader", "x"),
    )
    lines = accounts(made)
    assert [each.split()[:2] for each in lines[1:]] == [[user.email, user.password] for user in made]
