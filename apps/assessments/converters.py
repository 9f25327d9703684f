"""What an address may hold where a section is named."""

from apps.assessments.sections import SECTIONS, Section


class SectionConverter:
    """``sites`` in an address is the section of that name; any other word is another address."""

    regex = "|".join(SECTIONS)

    def to_python(self, value: str) -> Section:
        return SECTIONS[value]

    def to_url(self, value: Section | str) -> str:
        return value.key if isinstance(value, Section) else value
