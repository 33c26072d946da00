"""Two reviewers, and the simulated dialer."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import User

from tests.factories import make_user
from tests.simulated import dialer as dialer


@pytest.fixture
def ann() -> User:
    return make_user("Reviewer", username="ann")


@pytest.fixture
def bob() -> User:
    return make_user("Reviewer", username="bob")
