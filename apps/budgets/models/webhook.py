"""Addresses that are told when a budget changes its state, and what was sent to them."""

from django.db import models

from apps.accounts.models import Owned


class Webhook(Owned):
    """An address to tell; its secret signs what is sent."""

    url = models.URLField(max_length=500)
    secret = models.CharField(max_length=64)
    is_active = models.BooleanField(default=True)

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.url


class DeliveryState(models.TextChoices):
    """Where a message stands."""

    WAITING = "waiting", "waiting"
    DONE = "done", "delivered"
    GIVEN_UP = "given_up", "given up"


class Delivery(Owned):
    """A message to one address; tried again, ever more rarely, for a day."""

    webhook = models.ForeignKey(Webhook, on_delete=models.CASCADE, related_name="deliveries")
    event = models.CharField(max_length=40)
    body = models.TextField()
    state = models.CharField(
        max_length=8, choices=DeliveryState.choices, default=DeliveryState.WAITING
    )
    attempts = models.PositiveSmallIntegerField(default=0)
    next_at = models.DateTimeField()
    answer = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["-pk"]
        indexes = [models.Index(fields=["state", "next_at"], name="delivery_due")]

    def __str__(self) -> str:
        return f"{self.event} to {self.webhook}"
