"""How the harvests of a database went, as columns of a query: looked for from the end, as there may be thousands."""

LAST_SUCCESS = """
(
  SELECT finished FROM runs
  WHERE command IN ('run', 'backfill', 'bulk') AND status = 'ok' ORDER BY id DESC LIMIT 1
) AS last_success
"""
"""When the last harvest that ended well was over; loading files is none."""

FAILURE = """
(
  SELECT coalesce(error, status) FROM (
    SELECT * FROM runs
    WHERE command IN ('run', 'backfill', 'load', 'bulk') AND status <> 'running' ORDER BY id DESC LIMIT 1
  )
  WHERE status <> 'ok'
) AS failure
"""
"""What went wrong in the last of them."""
