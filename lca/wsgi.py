"""WSGI entry point."""

import os

from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lca.settings")
application = get_wsgi_application()
_ = (
    get_resolver().url_patterns
)  # loads the views once, before the server forks, instead of at first requests
