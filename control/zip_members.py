"""Members of an archive before they are read: reading takes the memory that a member claims."""

from zipfile import ZipFile, ZipInfo


def honest_members(archive: ZipFile) -> list[ZipInfo]:
    """Return the members of an archive, none of which claims to be longer than the archive.

    Raises:
        ValueError: one does.
    """
    members = archive.infolist()
    for member in members:
        if member.header_offset + member.compress_size > archive.start_dir:
            raise ValueError(
                f"its entry '{member.filename[:80]}' claims {member.compress_size} bytes, more "
                "than the archive holds"
            )
    return members
