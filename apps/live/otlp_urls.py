"""Where an OpenTelemetry exporter sends metrics: the address of a service, and what the protocol adds to it."""

from django.urls import path

from apps.live.api import otlp

urlpatterns = [path("<uuid:uuid>/v1/metrics", otlp.Metrics.as_view(), name="otlp-metrics")]
