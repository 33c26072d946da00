"""What others see of an import that runs, and two imports at the same time."""

from __future__ import annotations

import io
import threading

import pytest
from django.db import connection

from leads.intake import stage
from leads.intake.upload import receive
from leads.models import Import, Lead, LeadStatus
from tests.factories import make_source

HEADER = "phone,first name\n"


@pytest.mark.usefixtures("own_database")
def test_progress_is_seen_from_outside_while_it_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stage, "CHUNK", 1)
    monkeypatch.setattr("leads.intake.progress.EVERY", 0.0)
    seen: list[int] = []
    told: list[tuple[int, int]] = []
    run = receive(io.BytesIO(b"phone\n7275550123\n7275550124\n"), "leads.csv", make_source())
    beside = connection.copy()
    take = stage.reserve_ids

    def look(number: int) -> list[int]:
        with beside.cursor() as cursor:
            cursor.execute("SELECT rows_read FROM leads_import WHERE id = %s", [run.pk])
            seen.append(cursor.fetchone()[0])
        return take(number)

    monkeypatch.setattr(stage, "reserve_ids", look)
    stage.load(run, lambda rows, done: told.append((rows, done)))
    beside.close()
    assert seen == [0, 1]
    assert [rows for rows, _ in told] == [1, 2]


@pytest.mark.usefixtures("own_database")
def test_two_imports_at_once_stage_a_new_number_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stage, "CHUNK", 10)
    content = HEADER + "".join(f"72755501{number:02d},Ann\n" for number in range(100))
    runs = [receive(io.BytesIO(content.encode()), "leads.csv", make_source()) for _ in range(2)]
    start = threading.Barrier(2)
    errors: list[BaseException] = []

    def work(run: Import) -> None:
        try:
            start.wait()
            stage.load(run)
        except BaseException as error:
            errors.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=[run]) for run in runs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    assert Lead.objects.filter(status=LeadStatus.STAGED).count() == 100
    duplicates = Lead.objects.filter(status=LeadStatus.DUPLICATE)
    assert duplicates.count() == 100
    assert set(duplicates.values_list("duplicate_of__status", flat=True)) == {LeadStatus.STAGED}
