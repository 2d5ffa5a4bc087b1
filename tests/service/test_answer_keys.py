"""Keys of their own: made once by whoever comes first, destroyed for good, whatever is killed on the way."""

import os
from pathlib import Path

import pytest

from surveys.keys import OWN, STONE, BadKeyName, Keyring

NAME = "abcdefgh12345678"


def test_a_key_of_its_own_gives_other_ties_than_the_installations(tmp_path: Path) -> None:
    keys, other = Keyring(tmp_path), Keyring(tmp_path)
    assert keys.response_key("i", NAME) == other.response_key("i", NAME)
    ties = {keys.response_key("i", NAME), keys.pairing_key("i", NAME), keys.response_key("i")}
    assert len(ties) == 3
    assert (tmp_path / OWN / f"{NAME}.key").stat().st_mode & 0o777 == 0o600


def test_a_destroyed_key_is_gone_for_every_process_and_never_made_again(tmp_path: Path) -> None:
    keys, other = Keyring(tmp_path), Keyring(tmp_path)
    secret = (tmp_path / OWN / f"{NAME}.key").read_bytes() if keys.response_key("i", NAME) else b""
    assert not other.is_destroyed(NAME)
    keys.destroy(NAME)
    keys.destroy(NAME)
    assert other.is_destroyed(NAME)
    assert (other.response_key("i", NAME), Keyring(tmp_path).pairing_key("e", NAME)) == ("", "")
    assert all(secret not in file.read_bytes() for file in tmp_path.rglob("*") if file.is_file())
    # also one that nobody had made yet: none may make it afterwards
    keys.destroy("never-made-before")
    assert other.response_key("i", "never-made-before") == ""


@pytest.mark.parametrize("left", ["dying", "0123456789abcdef"])
def test_what_a_kill_left_behind_is_wiped(tmp_path: Path, left: str) -> None:
    keys = Keyring(tmp_path)
    keys.response_key("i", NAME)
    path = tmp_path / OWN / f"{NAME}.key"
    secret, copy = path.read_bytes(), path.with_name(f".{path.name}.{left}")
    os.link(path, copy)
    path.unlink()
    path.write_bytes(STONE)  # killed after the stone was laid, before the key was wiped
    keys.destroy(NAME)
    assert not copy.exists()
    assert all(secret not in file.read_bytes() for file in tmp_path.rglob("*") if file.is_file())


def test_a_name_is_no_path(tmp_path: Path) -> None:
    with pytest.raises(BadKeyName):
        Keyring(tmp_path).response_key("i", "../../session")
