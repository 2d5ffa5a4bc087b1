"""Why nothing was saved or restored."""


class BadBackup(Exception):
    """The file cannot be restored from; ``code``: not_a_backup, damaged (cut off or altered), other_format,
    or differs (what was restored is not what was saved; ``detail`` names the table).
    """

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(f"{code} {detail}".strip())
        self.code, self.detail = code, detail


class RestoreRefused(Exception):
    """Nothing was touched; ``code`` says why: keys_missing, other_keys, other_database, newer_schema,
    not_empty or in_use.
    """

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class ToolFailed(Exception):
    """A program of PostgreSQL is not there (``code`` tool_missing) or failed; ``text`` is what it said."""

    def __init__(self, code: str, tool: str, text: str = "") -> None:
        super().__init__(f"{tool}: {text or code}")
        self.code, self.tool, self.text = code, tool, text
