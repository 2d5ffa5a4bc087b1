"""What files call their sheets, columns and reasons, in the language of whoever exports."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from surveys.catalogues import catalogue
from surveys.exporting.limits import TooLarge
from surveys.exporting.variables import Gap


@dataclass(frozen=True)
class Words:
    """The texts of files in ``language``, a language of the interface."""

    language: str

    def gettext(self, message: str, **values: Any) -> str:
        text = catalogue(self.language).gettext(message)
        return text % values if values else text

    def ngettext(self, one: str, several: str, num: int) -> str:
        return catalogue(self.language).ngettext(one, several, num) % {"num": num}

    @property
    def series(self) -> str:
        """What one series is called."""
        return str(catalogue(self.language).pgettext("one", "Series"))

    @property
    def gaps(self) -> Mapping[Gap, str]:
        return {
            Gap.NO_ANSWER: self.gettext("no answer"),
            Gap.DONT_KNOW: self.gettext("don’t know"),
            Gap.NOT_ASKED: self.gettext("not asked"),
            Gap.HIDDEN: self.gettext("not shown: too few answers"),
            Gap.NOT_PLACED: self.gettext("not given a place"),
        }

    @property
    def chosen(self) -> Mapping[str, str]:
        """What an option of several is called, chosen or not, and a consent that was not given."""
        return {
            "0": self.gettext("not chosen"),
            "1": self.gettext("chosen"),
            "": self.gettext("Has not consented"),
        }

    @property
    def fixed(self) -> Mapping[str, str]:
        """The columns that are not questions."""
        return {
            "response_id": self.gettext("Response (a random number)"),
            "person_code": self.gettext("Person (the same code for one person’s responses in this series)"),
            "questionnaire": self.gettext("Questionnaire"),
            "version": self.gettext("Version of the questionnaire"),
            "wave": self.gettext("Wave"),
            "occasion": self.gettext("Occasion (its code)"),
            "occasion_number": self.gettext("Number of the occasion"),
            "occasion_date": self.gettext("Day of the occasion"),
            "collected_by": self.gettext("Source (who collected answers that were not given in Följa)"),
            "submitted_on": self.gettext("Day of the answer"),
            "language": self.gettext("Language of the answers"),
            "source": self.gettext("How it was answered"),
            "gender": self.gettext("Gender"),
            "organisation": self.gettext("Organisation"),
            "work_group": self.gettext("Work group"),
            "theme": self.gettext("Theme"),
        }

    @property
    def waves(self) -> Mapping[str, str]:
        return {
            "pre": self.gettext("Pre-measurement"),
            "post": self.gettext("Post-measurement"),
            "occasion": self.gettext("After the occasion"),
            "follow_up": self.gettext("Follow-up measurement"),
            "other": self.gettext("Other measurement"),
        }

    @property
    def states(self) -> Mapping[str, str]:
        return {
            "not_measured": self.gettext("not measured"),
            "cancelled": self.gettext("cancelled"),
            "planned": self.gettext("planned"),
            "open": self.gettext("open"),
            "closed": self.gettext("closed"),
        }

    def too_large(self, large: TooLarge) -> str:
        """What does not fit, and what to do instead."""
        _ = self.gettext
        said = {
            "cells": _("An SPSS file takes %(most)s cells (rows × columns), and this would be %(found)s."),
            "responses": _("A sheet takes %(most)s responses, and these are %(found)s."),
            "columns": _("A sheet takes %(most)s columns, and these are %(found)s."),
            "letters": _("A cell of a workbook takes %(most)s characters, and an answer has %(found)s."),
        }[large.unit]
        found, most = (f"{each:,}".replace(",", "\u00a0") for each in (large.found, large.most))
        return said % {"found": found, "most": most} + " " + _("Choose CSV, which has no limit.")

    def class_label(self, code: str, label: Mapping[str, str], shown: str) -> str:
        """A class as it is shown: its own label, else what every such class is called."""
        return shown if label else self.chosen.get(code, code)
