"""Ready questions for the learning log, to begin from in the form of a rule."""

from collections.abc import Mapping, Sequence

from surveys.web.filters import local
from surveys.web.organise.rule_forms import RuleForm
from surveys.writing.sets import ready_sets


def choices() -> list[tuple[str, str]]:
    """The questions as a list offers them: number and text."""
    return [(str(number), local(each)) for number, each in enumerate(_ready())]


def use(form: RuleForm, languages: Sequence[str]) -> None:
    """Put the ready question that was chosen into the form, where it can be changed."""
    chosen, ready = form.one("ready-prompt"), _ready()
    form.fields.pop("ready-prompt", None)
    if chosen.isascii() and chosen.isdigit() and int(chosen) < len(ready):
        for language in languages:
            form.fields[f"prompt-{language}"] = [ready[int(chosen)].get(language, "")]


def _ready() -> list[Mapping[str, str]]:
    return [prompt for each in ready_sets() for prompt in each.log_prompts]
