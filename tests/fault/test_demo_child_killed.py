"""``folja demo run`` with one of its processes killed: the other is not left running alone."""

import os
import signal
from pathlib import Path

import pytest

from tests.support.demo import demo_copy
from tests.support.demo_process import children_of, free_port, read_until, started

pytestmark = pytest.mark.fault


def test_a_child_that_dies_brings_the_whole_down(tmp_path: Path) -> None:
    with demo_copy(tmp_path) as installation:
        instance = installation.settings.instance
    with started(instance, free_port()) as process:
        read_until(process, "Ctrl-C")
        web, scheduler = children_of(process.pid)
        os.kill(scheduler, signal.SIGKILL)
        rest, _ = process.communicate(timeout=30)
        assert process.returncode == 1
        assert "scheduler ended by itself (-9); everything is stopped." in rest
    assert not Path(f"/proc/{web}").exists()
