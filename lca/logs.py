"""Logs: one event per line with its keys, JSON for machines or columns for people."""

import re
from typing import Any

import structlog

SECRETS = re.compile(r"(/accounts/(?:invitations|password/reset/[^/\s]+)/|[?&]token=)[^/\s?&'\"]+")


def hide_secrets(_logger: object, _method: str, event: dict[str, Any]) -> dict[str, Any]:
    """Leave out the part of an address that lets its holder join, set a password or send runs."""
    return {
        key: SECRETS.sub(r"\1…", value) if isinstance(value, str) else value
        for key, value in event.items()
    }


def configure(renderer: str, level: str) -> dict[str, Any]:
    """Set structlog up, and return Django's ``LOGGING`` with ``renderer`` (``json`` or ``console``)."""
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso"),
        structlog.processors.format_exc_info,
        hide_secrets,
    ]
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *shared,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    last = (
        structlog.processors.JSONRenderer()
        if renderer == "json"
        else structlog.dev.ConsoleRenderer(colors=False)
    )
    formatter = {
        "()": structlog.stdlib.ProcessorFormatter,
        "processor": last,
        "foreign_pre_chain": shared,
    }
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"event": formatter},
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "event"}},
        "root": {"handlers": ["stderr"], "level": level},
        "loggers": {"django": {"handlers": [], "level": level, "propagate": True}},
    }
