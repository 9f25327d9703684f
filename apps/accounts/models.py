"""Organisations, users and roles; the base of everything an organisation owns."""

import uuid

from django.contrib.auth.models import AbstractUser
from django.db import models


class User(AbstractUser):
    pass
