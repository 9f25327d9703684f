"""Keeping what a report says besides figures, and the logo it carries."""

import io
from typing import IO

from django.core.files.base import ContentFile
from django.db import transaction
from PIL import Image, UnidentifiedImageError

from apps.accounts import services as accounts
from apps.accounts.models import User
from apps.disclosures.errors import LogoRefused
from apps.disclosures.models import Disclosure

MOST_BYTES = 2_000_000
MOST_PIXELS = 16_000_000
BOX = (480, 160)


@transaction.atomic
def save_particulars(
    *, disclosure: Disclosure, expected_version: int, actor: User | None
) -> Disclosure:
    """Keep an edit of the particulars; raises ``StaleEdit`` if somebody edited them meanwhile."""
    if disclosure.pk is None:
        disclosure.save(force_insert=True)
        accounts.record_event(disclosure.organisation, actor, "created", disclosure)
        return disclosure
    return accounts.save_versioned(disclosure, expected_version, actor=actor)


def save_logo(*, disclosure: Disclosure, file: IO[bytes], actor: User | None) -> Disclosure:
    """Keep a logo as a PNG of at most 480 by 160 pixels, drawn anew so that nothing else of the file remains.

    Raises
    ------
    LogoRefused
        If it is larger than 2 MB or 16 megapixels, or no PNG, JPEG or WebP.
    """
    content = ContentFile(_drawn_anew(file.read(MOST_BYTES + 1)))
    if disclosure.pk is None:
        save_particulars(disclosure=disclosure, expected_version=1, actor=actor)
    old = disclosure.logo.name
    disclosure.logo.save("logo.png", content, save=False)
    accounts.save_versioned(disclosure, disclosure.version, actor=actor)
    if old and old != disclosure.logo.name:
        transaction.on_commit(lambda: disclosure.logo.storage.delete(old))
    return disclosure


def _drawn_anew(content: bytes) -> bytes:
    if len(content) > MOST_BYTES:
        raise LogoRefused("The logo is larger than 2 MB. Send a smaller one.", field="logo")
    try:
        with Image.open(io.BytesIO(content), formats=("PNG", "JPEG", "WEBP")) as image:
            if image.width * image.height > MOST_PIXELS:
                raise LogoRefused("The logo has more than 16 million pixels.", field="logo")
            drawn = image.convert("RGBA")
    except (UnidentifiedImageError, OSError, ValueError, Image.DecompressionBombError) as error:
        msg = "The logo is no PNG, JPEG or WebP that can be opened."
        raise LogoRefused(msg, field="logo") from error
    drawn.thumbnail(BOX)
    made = io.BytesIO()
    drawn.save(made, "PNG", optimize=True)
    return made.getvalue()
