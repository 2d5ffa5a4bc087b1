"""The conditions of a rule (``audience_filter``) as a programme file has them: every value a text."""

from typing import Annotated, Any

from pydantic import BeforeValidator

from surveys.domain import condition_tree
from surveys.importing.values import refuse, text, yes_or_no

DEEPEST_NODE = 12  # below it nothing is read: no tree of conditions is that deep


def conditions(value: Any) -> dict[str, Any]:
    """Return the tree as it is kept; refuses what :func:`surveys.domain.condition_tree.parse` refuses."""
    document = _typed(value, 0)
    try:
        condition_tree.parse(document)
    except condition_tree.AudienceError as error:
        raise refuse(error.code, **error.params) from None
    return dict(document)


def _typed(value: Any, depth: int) -> Any:
    if depth > DEEPEST_NODE:
        raise refuse("audience_too_deep", most=str(condition_tree.DEEPEST))
    if isinstance(value, dict):
        return {
            key: yes_or_no(each) if key == "yes" else _typed(each, depth + 1) for key, each in value.items()
        }
    if isinstance(value, list):
        return [_typed(each, depth + 1) for each in value]
    return text(value)


Conditions = Annotated[dict[str, Any], BeforeValidator(conditions)]
