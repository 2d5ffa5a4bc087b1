"""Which tests go to one worker process, for they share what is dear to make; they are begun first.

pytest-xdist knows groups by a mark which it writes into the ids of tests (3.8.0), and pytest 9.2 no longer
reads them there: every worker had its share of each group, without a word. So the scheduler is told here.
"""

import pytest
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling, Scheduling

# Reading every module and finding every text takes as long as all the rest of them.
TOGETHER = ("tests/test_house.py", "tests/test_texts.py")


class Scheduler(LoadScopeScheduling):
    """One test after the other to whoever is free, but those that share to one; the largest share first."""

    def _split_scope(self, nodeid: str) -> str:
        return "together" if nodeid.partition("::")[0] in TOGETHER else nodeid


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> Scheduling | None:
    return Scheduler(config, log) if config.getvalue("dist") == "loadgroup" else None
