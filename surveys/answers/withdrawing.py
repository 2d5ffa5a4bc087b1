"""Taking an answer back, for as long as it can be found.

What was answered is deleted, a draft with it, and results count one less. Whoever does so does not want to be
asked again: the invitation says so, without a moment, and no reminder goes. It says nothing of what was
answered, and nothing is left that it could lead to; where keys are destroyed, it goes with them. The link
still opens the form, and answering anew undoes it.

Which response it was is written down beside the keys, outside the database and its backup: where one from
before is restored, it is deleted again. The number is random and is that of no other response.
"""

from datetime import datetime

from sqlalchemy import delete

from surveys import taken_back
from surveys.answers import made_files, responses, tallies, text_index
from surveys.database import Database
from surveys.keys import Keyring
from surveys.models.response import Response
from surveys.queries import answering
from surveys.queries import withdrawing as queries
from surveys.queries.results import key


class CannotBeFound(Exception):
    """The key to the answer is destroyed: nobody can tell which it is."""

    code = "cannot_be_found"


def withdraw(db: Database, keys: Keyring, public_id: str, token: str, now: datetime) -> bool:
    """Delete the answer to an invitation, also after closing, if it can be found.

    False where there is none, and none was taken back before: to do so twice is to do it once.

    Raises :class:`CannotBeFound`, a :class:`surveys.answers.responses.LinkError` and
    :class:`surveys.keys.KeysUnreadable`.
    """
    with db.writing() as connection:
        answering.hold_invitation(connection, public_id)
        row = responses.opened(connection, keys, public_id, token, now)
        if not responses.stays_open(connection, row):
            raise CannotBeFound
        if not row.revision:
            return bool(row.declined)
        connection.execute(delete(Response).where(Response.id == row.response_id))
        text_index.wipe(connection)
        tallies.forget(connection, [key(row.rule_id, row.target)])
        made_files.drop_of_rule(connection, row.rule_id)
        answering.decline(connection, public_id, True)
        # Before it is kept: should the machine stop in between, what is written ends it.
        taken_back.note(keys.folder, row.response_id.hex)
        return True


def withdraw_again(db: Database, keys: Keyring) -> int:
    """Delete what was taken back once and is there again, from an older backup; returns how many.

    Before anything else is made of it: closing gives it another number. Raises
    :class:`surveys.keys.KeysUnreadable`.
    """
    names = taken_back.noted(keys.folder)
    with db.reading() as session:
        found = [each.id.hex for each in queries.responses_named(session, names)]
    if not found:
        return 0
    with db.transaction() as session:
        rows = queries.responses_named(session, found)
        tallies.forget(session.connection(), [key(row.rule_id, row.target) for row in rows])
        for row in rows:
            for invitation in queries.invitations_at(session, row.rule_id, row.target):
                if keys.response_key(invitation.public_id, invitation.key_name) == row.response_key:
                    invitation.declined = True
            made_files.drop_of_rule(session.connection(), row.rule_id)
            session.delete(row)
        session.flush()
        text_index.wipe(session.connection())
    return len(found)
