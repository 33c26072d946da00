-- Leads and attempts of a portal that has worked for half a year, for benchmarks/pages.py: what is old
-- is done, what is new waits. %(each)s leads an import and a batch; numbers are of the exchange 555.
INSERT INTO leads_lead (
    lead_source_id, import_run_id, line, raw, created_at, status, reasons, warnings, findings,
    vendor_lead_code, source_id, list_id, phone_code, phone_number, title, first_name, middle_initial,
    last_name, address1, address2, address3, city, state, province, postal_code, country_code,
    gender, date_of_birth, alt_phone, email, security_phrase, comments, rank, owner,
    multi_alt_phones, entry_list_id, gmt_offset_now, phone_e164, duplicate_of_id, duplicate_why,
    decided_by_id, decided_at, decision_reason, decision_comment, dialer_id, batch_id, settle_note,
    settle_at, vicidial_lead_id, vicidial_list_id, vicidial_status, pushed_at, refusal_reason)
SELECT
    run.lead_source_id, run.id, n %% %(each)s + 2, '[]', run.created_at, became,
    CASE WHEN became = 'invalid' THEN '{PHONE_LENGTH}'::text[] ELSE '{}' END,
    CASE WHEN n %% 9 = 0 THEN '{WIRE_LOSS}'::text[] WHEN n %% 50021 = 7 THEN '{EMAIL_INVALID}'
        ELSE '{}' END, NULL,
    'V' || n, '', 101 + n %% 5, '1', phone, '', 'Ann' || n %% 400, '', 'Lee' || n %% 30011, '1 Main St',
    '', '', 'Tampa', 'FL', '', '33602', 'USA', 'F', NULL, '', '', '', '', '', '', '', '', '',
    '+1' || phone, CASE WHEN became = 'duplicate' THEN (SELECT min(id) FROM leads_lead) END,
    CASE WHEN became = 'duplicate' THEN 'PHONE' ELSE '' END,
    CASE WHEN became NOT IN ('staged', 'invalid', 'duplicate') THEN run.created_by_id END,
    CASE WHEN became NOT IN ('staged', 'invalid', 'duplicate') THEN run.created_at END,
    CASE WHEN became = 'rejected' THEN 'BAD_DATA' ELSE '' END, '',
    CASE WHEN batched THEN batch.dialer_id END, CASE WHEN batched THEN batch.id END, '',
    CASE WHEN became = 'unclear' THEN now() + interval '1 day' END,
    CASE WHEN became = 'pushed' THEN n END, CASE WHEN became = 'pushed' THEN 101 END,
    CASE WHEN became = 'pushed' THEN 'NEW' ELSE '' END,
    CASE WHEN became = 'pushed' THEN run.created_at END,
    CASE WHEN became = 'refused' THEN CASE WHEN n %% 80 = 0 THEN 'NO_LIST' ELSE 'DNC' END ELSE '' END
FROM (
    SELECT *, became IN ('pushed', 'refused', 'unclear', 'queued') AS batched
    FROM (
        SELECT n, (200 + n %% 800)::text || '555' || lpad((n / 800 %% 10000)::text, 4, '0') AS phone,
            CASE WHEN n = 1 THEN 'approved'
                 WHEN n %% 25 = 3 THEN 'invalid' WHEN n %% 25 IN (4, 5) THEN 'duplicate'
                 WHEN n > %(leads)s * 0.97 THEN 'staged'
                 WHEN n > %(leads)s * 0.95 THEN 'approved'
                 WHEN n > %(leads)s * 0.945 THEN 'queued'
                 WHEN n %% 50 = 6 THEN 'rejected' WHEN n %% 40 = 0 THEN 'refused'
                 WHEN n %% 100003 = 11 THEN 'unclear' ELSE 'pushed' END AS became
        FROM generate_series(%(first)s, %(last)s) AS n
    ) AS numbered
) AS made
JOIN (SELECT *, row_number() OVER (ORDER BY id) AS place FROM leads_import) AS run
    ON run.place = (n - 1) / %(each)s + 1
JOIN (SELECT *, row_number() OVER (ORDER BY id) AS place FROM leads_pushbatch) AS batch
    ON batch.place = (n - 1) / %(each)s + 1;

INSERT INTO leads_pushattempt (
    lead_id, batch_id, dialer_id, kind, number, request, vendor_lead_code, asked_list_id,
    highest_before, worker, user_id, opened_at, sealed_at, outcome, reason, http_status, milliseconds,
    answer, notices, answered_lead_id, answered_list_id)
SELECT lead.id, batch.id, batch.dialer_id, kind, 1, '{"phone_number": "2015550100"}', '',
    list.list_id, 0, 'worker', batch.created_by_id, batch.created_at + lead.line * interval '10 ms',
    batch.created_at + lead.line * interval '10 ms',
    CASE WHEN kind = 'look-up' THEN CASE WHEN lead.id %% 2 = 0 THEN 'found' ELSE 'not found' END
         WHEN lead.status = 'pushed' THEN 'added' WHEN lead.status = 'refused' THEN 'refused'
         WHEN lead.id %% 70001 = 0 THEN 'stop' ELSE 'unclear' END,
    CASE WHEN kind = 'look-up' THEN '' WHEN lead.status = 'refused' THEN lead.refusal_reason
         WHEN lead.id %% 70001 = 0 THEN 'AUTH' ELSE '' END,
    200, 20 + lead.id %% 30, 'SUCCESS: add_lead LEAD HAS BEEN ADDED', '[]',
    lead.vicidial_lead_id, lead.vicidial_list_id
FROM leads_lead AS lead
JOIN leads_pushbatch AS batch ON batch.id = lead.batch_id
JOIN leads_dialerlist AS list ON list.id = batch.dialer_list_id
CROSS JOIN LATERAL (
    SELECT 'add' AS kind UNION ALL SELECT 'look-up' WHERE lead.id %% 6 = 0
) AS kinds
WHERE lead.status <> 'queued' AND lead.id > %(after)s
ORDER BY batch.id, lead.id;
