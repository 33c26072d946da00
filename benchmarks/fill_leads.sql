-- %(count)s leads of source %(source)s and import %(run)s. Their numbers are of the exchange 555 from
-- line 3000 on, in all 800 area codes; the files' lines end below that.
INSERT INTO leads_lead (
    lead_source_id, import_run_id, line, raw, created_at, status, reasons, warnings,
    vendor_lead_code, source_id, phone_code, phone_number, title, first_name, middle_initial,
    last_name, address1, address2, address3, city, state, province, postal_code, country_code,
    gender, date_of_birth, alt_phone, email, security_phrase, comments, rank, owner,
    multi_alt_phones, entry_list_id, gmt_offset_now, phone_e164, duplicate_why, decision_reason,
    decision_comment, settle_note, vicidial_status, refusal_reason
)
SELECT
    %(source)s, %(run)s, n + 1,
    jsonb_build_array('F' || n, 'Ann', 'Filler' || n, phone, n || ' Main St', 'Tampa', 'FL',
                      '33602', 'lead' || n || '@example.org', 'Asked for a quote'),
    now(), 'staged', '{}', '{}',
    'F' || n, 'filler', '1', phone, '', 'Ann', '',
    'Filler' || n %% 50000, n || ' Main St', '', '', 'Tampa', 'FL', '', '33602', 'USA',
    'F', date '1950-01-01' + n %% 15000, '', 'lead' || n || '@example.org', '',
    'Asked for a quote', '', '', '', '', '', '+1' || phone, '', '', '', '', '', ''
FROM (
    SELECT n, (200 + n %% 800) || '555' || (3000 + n / 800) AS phone
    FROM generate_series(0, %(count)s - 1) AS n
) AS numbered;
