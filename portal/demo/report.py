"""What the demo prints: progress, the table, some rows, the address and the logins."""

from __future__ import annotations

from collections.abc import Mapping

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn
from rich.table import Table

from leads.models import LeadStatus
from portal.demo.job import Job

ROWS = ["staged", "invalid", "duplicate", "approved", "pushed", "refused", "unclear"]
SHOWN = {
    LeadStatus.PUSHED: 5,
    LeadStatus.REFUSED: 2,
    LeadStatus.DUPLICATE: 2,
    LeadStatus.INVALID: 2,
}


class Bars(Progress):
    """A progress bar for each step, made when the step begins."""

    def __init__(self, console: Console) -> None:
        columns = TextColumn("  {task.description:<10}"), BarColumn(), MofNCompleteColumn()
        super().__init__(*columns, console=console)
        self._steps: dict[str, TaskID] = {}

    def show(self, step: str, done: int, total: int) -> None:
        if step not in self._steps:
            self._steps[step] = self.add_task(step, total=total)
        self.update(self._steps[step], completed=done, total=total)


def counts_table(job: Job) -> Table:
    """Rows in, what intake made of them, and where they stand now."""
    table = Table(title=f"{job.run.filename}: {job.run.rows_read:,} rows")
    for column in ("", "after import", "now"):
        table.add_column(column, justify="left" if not column else "right")
    run = job.run
    at_import = {
        "staged": run.rows_staged,
        "invalid": run.rows_invalid,
        "duplicate": run.rows_duplicate,
    }
    table.add_row("rows in", f"{run.rows_read:,}", f"{job.counts['rows']:,}")
    for name in ROWS:
        before = f"{at_import[name]:,}" if name in at_import else ""
        table.add_row(name, before, f"{job.counts[name]:,}")
    return table


def leads_table(job: Job) -> Table:
    """A few leads of each kind, with what the dialer answered or why they did not go."""
    table = Table(title="Some of them")
    for column in ("line", "phone", "name", "status", "lead_id", "list_id", "there", "why"):
        table.add_column(column, overflow="fold", no_wrap=column in ("phone", "status"))
    for status, number in SHOWN.items():
        for lead in job.leads().filter(status=status).order_by("line")[:number]:
            why = lead.refusal_reason or ", ".join(lead.reasons)
            if lead.duplicate_of_id:
                why = f"the same number as lead {lead.duplicate_of_id}"
            table.add_row(
                str(lead.line),
                lead.phone_e164 or lead.phone_number,
                f"{lead.first_name} {lead.last_name}".strip(),
                lead.status,
                str(lead.vicidial_lead_id or lead.existing_lead_id or ""),
                str(lead.vicidial_list_id or lead.existing_list_id or ""),
                lead.vicidial_status,
                why,
            )
    return table


def show_logins(console: Console, url: str, logins: Mapping[str, str]) -> None:
    table = Table(title=f"The portal is open at {url}")
    for column in ("role", "user", "password"):
        table.add_column(column)
    for name in ("reviewer", "admin", "auditor", "superuser"):
        table.add_row(name.capitalize(), name, logins[name])
    console.print(table)
