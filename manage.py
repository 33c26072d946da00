#!/usr/bin/env python3
"""Django's command line for the lead portal; `manage.py demo` needs no set-up at all."""

import os
import sys

from portal.embedded.environment import use_demo_environment


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
    if sys.argv[1:2] == ["demo"]:
        use_demo_environment()
    elif sys.argv[1:2] == ["vicidial_simulator"]:
        # It has no database and no secrets: it runs where nothing is set.
        os.environ["DEBUG"] = "on"
    from django.core.exceptions import ImproperlyConfigured
    from django.core.management import execute_from_command_line

    try:
        execute_from_command_line(sys.argv)
    except ImproperlyConfigured as error:
        # What to set, in a sentence; the lines of a traceback would hide it.
        sys.exit(str(error))


if __name__ == "__main__":
    main()
