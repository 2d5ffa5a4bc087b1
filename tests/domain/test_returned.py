"""Which refusals say that an address is dead: the answers of mail servers, as they write them."""

import pytest

from surveys.domain.returned import stops_address


@pytest.mark.parametrize(
    ("said", "of_receiver", "is_dead"),
    [
        ("550 5.1.1 no such user", True, True),
        ("554 5.1.1 no such user", False, True),
        ("550 5.1.10 RESOLVER.ADR.RecipientNotFound", True, True),
        ("550 5.1.1 user unknown, see our policy", True, True),
        ("550 no", True, True),
        ("551 user not local", True, True),
        ("553 not ours", True, True),
        # What a server writes into its report when it has been given no code.
        ("550 No such user here 5.0.0", True, True),
        ("554 no", True, False),
        ("550 no", False, False),
        ("550 message from 5.1.1.12 rejected", False, False),
        ("553 5.1.7 bad sender", True, False),
        ("553 5.1.8 bad sender", True, False),
        # Another code says what it is: a mailbox, the way there, a policy.
        ("550 5.2.1 temporarily disabled", True, False),
        ("550 5.2.2 mailbox full", True, False),
        ("550 5.4.1 access denied", True, False),
        ("550 5.7.1 not from you", True, False),
        ("553 sorry, that domain isn't in my list of allowed rcpthosts (#5.7.1)", True, False),
        ("450 4.1.1 try later", True, False),
        # Without one the words tell.
        ("553 sorry, that domain isn't in my list of allowed rcpthosts", True, False),
        ("550 Greylisted, please try again", True, False),
        ("550 Grey-listed", True, False),
        ("550 graylisting in effect", True, False),
        ("550 blocked using zen.spamhaus.org", True, False),
        ("550 your host is on our Blacklist", True, False),
        ("550 looks like SPAM", True, False),
        ("550 rejected by local policy", True, False),
        ("550 relay not permitted", True, False),
        ("550 over quota 5.0.0", True, False),
        ("550 mailbox is full", True, False),
        ("550 temporary failure", True, False),
        ("550 account temporarily disabled", True, False),
    ],
)
def test_only_what_is_said_of_the_address_stops_it(said: str, of_receiver: bool, is_dead: bool) -> None:
    assert stops_address(said, of_receiver) == is_dead
