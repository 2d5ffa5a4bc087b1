"""What a logotype may be: a PNG or JPEG of limited size, told by its content and never by its name."""

LARGEST_LOGOTYPE_BYTES = 200_000

_PNG = b"\x89PNG\r\n\x1a\n"
_JPEG = b"\xff\xd8\xff"


def picture_type(content: bytes) -> str | None:
    """Return the media type of a PNG or JPEG, else None."""
    if content.startswith(_PNG) and content[12:16] == b"IHDR":
        return "image/png"
    return "image/jpeg" if content.startswith(_JPEG) and content.rstrip(b"\0").endswith(b"\xff\xd9") else None
