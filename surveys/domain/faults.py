"""What is wrong with what somebody typed, field by field."""

from collections.abc import Mapping


class Faulty(ValueError):
    """What cannot be kept as it is; ``faults`` maps a field to a stable code."""

    def __init__(self, faults: Mapping[str, str]) -> None:
        super().__init__(", ".join(f"{name}: {code}" for name, code in faults.items()))
        self.faults = faults
