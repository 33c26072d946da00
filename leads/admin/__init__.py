"""The pages: one module each. No rule of the business lives here."""

from __future__ import annotations

from leads.admin import attempts as attempts
from leads.admin import batches as batches
from leads.admin import dialers as dialers
from leads.admin import dnc as dnc
from leads.admin import exports as exports
from leads.admin import imports as imports
from leads.admin import leads as leads
from leads.admin import people as people
from leads.admin import policies as policies
from leads.admin import sources as sources
