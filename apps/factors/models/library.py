"""The factor library: dated releases that never change, their sources, entries and factors."""

from typing import Any, ClassVar, NoReturn, TypeVar

from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from apps.accounts.errors import Conflict
from apps.factors.indicators import Kind, label_of

Row = TypeVar("Row", bound=models.Model)


class ReleasedRowImmutable(Conflict):
    """A row of a published release cannot change."""

    code = "immutable"

    def __init__(self, row: object) -> None:
        super().__init__(
            f"“{row}” belongs to a published factor release and cannot change. Publish a new release."
        )


class FrozenQuerySet(models.QuerySet[Row]):
    """Rows that are written once, by ``bulk_create``, and only read afterwards."""

    def update(self, **kwargs: Any) -> NoReturn:
        row = f"{self.model.__name__}: {', '.join(kwargs)}"
        raise ReleasedRowImmutable(row)

    def delete(self) -> NoReturn:
        raise ReleasedRowImmutable(self.model.__name__)


class Frozen(models.Model):
    """A row that can be inserted, and neither changed nor deleted."""

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise ReleasedRowImmutable(self)
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:  # noqa: ARG002 - Django's signature
        raise ReleasedRowImmutable(self)


class Release(models.Model):
    """A dated, hashed edition of the whole library; assessments point at one."""

    label = models.CharField(max_length=40, unique=True)
    published_on = models.DateField()
    sha256 = models.CharField(max_length=64, unique=True)
    is_current = models.BooleanField(default=False)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering: ClassVar = ["-published_on", "-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["is_current"], condition=Q(is_current=True), name="one_current_release"
            ),
        ]

    def __str__(self) -> str:
        return self.label

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise ReleasedRowImmutable(self)
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:  # noqa: ARG002 - Django's signature
        raise ReleasedRowImmutable(self)


class Source(Frozen):
    """Where numbers come from: citation, address, licence and how it was read."""

    class Retrieval(models.TextChoices):
        PRIMARY = "P", "read in the publisher's own file or text"
        REPUBLISHED = "R", "read in an open package that republishes it"
        TRANSCRIBED = "T", "transcribed by a third party; confirm before quoting"
        COMPUTED = "C", "computed for this library; method in the note"

    release = models.ForeignKey(Release, on_delete=models.PROTECT, related_name="sources")
    key = models.SlugField(max_length=60)
    citation = models.TextField()
    url = models.URLField(max_length=500, blank=True)
    licence = models.CharField(max_length=200)
    year = models.PositiveSmallIntegerField()
    retrieval = models.CharField(max_length=1, choices=Retrieval.choices)
    title = models.CharField(max_length=300, blank=True)
    publisher = models.CharField(max_length=200, blank=True)
    edition = models.CharField(max_length=120, blank=True)
    locator = models.CharField(max_length=200, blank=True)

    objects = FrozenQuerySet["Source"].as_manager()

    class Meta:
        ordering: ClassVar = ["key"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["release", "key"], name="source_once_per_release"),
            models.CheckConstraint(
                condition=~Q(citation="") & ~Q(licence=""), name="source_cited_and_licensed"
            ),
        ]

    def __str__(self) -> str:
        return self.key

    @property
    def is_share_alike(self) -> bool:
        """Whether the licence asks that derived tables carry it too."""
        return "BY-SA" in self.licence


class Entry(Frozen):
    """A thing that has factors: a country's electricity, an accelerator, a default of the method."""

    release = models.ForeignKey(Release, on_delete=models.PROTECT, related_name="entries")
    kind = models.CharField(max_length=20, choices=Kind.choices)
    key = models.SlugField(max_length=80)
    name = models.CharField(max_length=200)
    attributes = models.JSONField(default=dict, blank=True)

    objects = FrozenQuerySet["Entry"].as_manager()

    class Meta:
        ordering: ClassVar = ["kind", "name", "key"]
        verbose_name_plural = "entries"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["release", "kind", "key"], name="entry_once_per_release"
            ),
            models.CheckConstraint(condition=Q(kind__in=Kind.values), name="entry_kind_known"),
            models.CheckConstraint(condition=~Q(name=""), name="entry_named"),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("factors:entry", args=[self.kind, self.key])


class Factor(Frozen):
    """One number of one source; rivals for the same indicator stand side by side and one is chosen."""

    class Distribution(models.TextChoices):
        NONE = "none", "not stated"
        LOGNORMAL = "lognormal", "log-normal"
        TRIANGULAR = "triangular", "triangular"
        UNIFORM = "uniform", "uniform"
        PERT = "beta_pert", "PERT"

    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="factors")
    indicator = models.CharField(max_length=40)
    value = models.FloatField()
    low = models.FloatField(null=True, blank=True)
    high = models.FloatField(null=True, blank=True)
    gsd = models.FloatField(null=True, blank=True)
    distribution = models.CharField(
        max_length=12, choices=Distribution.choices, default=Distribution.NONE
    )
    unit = models.CharField(max_length=40)
    scope = models.CharField(max_length=200, blank=True)
    year = models.PositiveSmallIntegerField()
    retrieval = models.CharField(max_length=1, choices=Source.Retrieval.choices)
    note = models.TextField(blank=True)
    source = models.ForeignKey(Source, on_delete=models.PROTECT, related_name="factors")
    chosen = models.BooleanField(default=True)
    geography = models.CharField(max_length=80, blank=True)
    technology = models.CharField(max_length=120, blank=True)
    method = models.CharField(max_length=200, blank=True)
    pedigree = models.JSONField(default=dict, blank=True)

    is_own = False
    observed: tuple[float, ...] = ()  # a release states ranges; observations are an own factor's
    objects = FrozenQuerySet["Factor"].as_manager()

    class Meta:
        ordering: ClassVar = ["entry", "indicator", "-chosen", "value"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["entry", "indicator", "source"], name="factor_once_per_source"
            ),
            models.UniqueConstraint(
                fields=["entry", "indicator"], condition=Q(chosen=True), name="one_chosen_factor"
            ),
            models.CheckConstraint(
                condition=(Q(low=None) | Q(low__lte=F("value")))
                & (Q(high=None) | Q(high__gte=F("value"))),
                name="factor_within_its_range",
            ),
            models.CheckConstraint(
                condition=Q(gsd=None) | Q(gsd__gt=1), name="factor_gsd_above_one"
            ),
            models.CheckConstraint(condition=~Q(unit=""), name="factor_has_unit"),
        ]

    def __str__(self) -> str:
        return f"{self.entry}: {self.label}"

    @property
    def label(self) -> str:
        """Name of the indicator for readers."""
        return label_of(self.entry.kind, self.indicator)

    @property
    def choice(self) -> str:
        """What names this value among its rivals, in whatever release they stand."""
        return f"library:{self.source.key}"
