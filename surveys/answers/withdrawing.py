"""Taking an answer back, for as long as it can be found.

What was answered is deleted, a draft with it, and results count one less. Whoever does so does not want to be
asked again: the invitation says so, without a moment, and no reminder goes. It says nothing of what was
answered, and nothing is left that it could lead to; where keys are destroyed, it goes with them. The link
still opens the form, and answering anew undoes it.
"""

from datetime import datetime

from sqlalchemy import delete

from surveys.answers import responses
from surveys.database import Database
from surveys.keys import Keyring
from surveys.models.response import Response
from surveys.queries import answering


class CannotBeFound(Exception):
    """The key to the answer is destroyed: nobody can tell which it is."""

    code = "cannot_be_found"


def withdraw(db: Database, keys: Keyring, public_id: str, token: str, now: datetime) -> bool:
    """Delete the answer to an invitation, also after closing, if it can be found.

    False where there is none, and none was taken back before: to do so twice is to do it once.

    Raises :class:`CannotBeFound` and a :class:`surveys.answers.responses.LinkError`.
    """
    with db.writing() as connection:
        answering.hold_invitation(connection, public_id)
        row = responses.opened(connection, keys, public_id, token, now)
        if not responses.stays_open(connection, row):
            raise CannotBeFound
        if not row.revision:
            return bool(row.declined)
        connection.execute(delete(Response).where(Response.id == row.response_id))
        answering.decline(connection, public_id, True)
        return True
