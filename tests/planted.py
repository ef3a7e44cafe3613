"""Rows without objects, by the thousand: for what looks at lists alone."""

PLANT = """
INSERT INTO files
    (s3_key, filename, mimetype, owner_id, parent_id, size, search_name, sort_name)
SELECT folder.s3_key || name, name, 'application/pdf', folder.owner_id, folder.id, 1000, name, name
FROM files AS folder, generate_series(1, %(files)s) AS number,
    LATERAL (SELECT 'report ' || lpad(number::text, 6, '0') || '.pdf') AS named (name)
WHERE folder.id = %(folder)s
"""
"""Plants `files` PDFs in the folder `folder`; nothing asks for a picture of those."""
