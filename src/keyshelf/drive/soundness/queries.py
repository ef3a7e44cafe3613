"""The statements that look at the tree as a whole."""

from keyshelf.database.transactions import ReadTransaction
from keyshelf.drive.soundness.values import FolderInCycle, Sample, WrongSize


async def wrong_folder_sizes(tx: ReadTransaction, sample: Sample) -> list[WrongSize]:
    """Return folders whose size is not the sum of the rows right below.

    Where that holds for every folder, every size is the one that a full
    recomputation finds.
    """
    rows = await tx.all(
        """
        WITH sample AS (
            SELECT id, s3_key, size FROM files
            WHERE is_folder AND deleted_at IS NULL
            ORDER BY updated_at DESC LIMIT %(folders)s
        )
        SELECT s.id, s.s3_key, s.size, COALESCE(sum(c.size), 0)::bigint AS holds
        FROM sample s
        LEFT JOIN files c ON c.parent_id = s.id AND c.deleted_at IS NULL
        GROUP BY s.id, s.s3_key, s.size
        HAVING s.size <> COALESCE(sum(c.size), 0)
        ORDER BY s.s3_key LIMIT %(shown)s
        """,
        {"folders": sample.folders, "shown": sample.shown},
    )
    return [WrongSize(row["id"], row["s3_key"], row["size"], row["holds"]) for row in rows]


async def folders_in_cycles(tx: ReadTransaction, sample: Sample) -> list[FolderInCycle]:
    """Return folders of the sample that are their own ancestors. Ends on any tree."""
    rows = await tx.all(
        """
        WITH RECURSIVE sample AS (
            SELECT id, s3_key, parent_id FROM files
            WHERE is_folder AND deleted_at IS NULL
            ORDER BY updated_at DESC LIMIT %(folders)s
        ), above AS (
            SELECT id AS start, parent_id AS id FROM sample WHERE parent_id IS NOT NULL
            UNION
            SELECT a.start, f.parent_id FROM above a JOIN files f ON f.id = a.id
            WHERE f.parent_id IS NOT NULL
        )
        SELECT s.id, s.s3_key FROM above a JOIN sample s ON s.id = a.id AND s.id = a.start
        ORDER BY s.s3_key LIMIT %(shown)s
        """,
        {"folders": sample.folders, "shown": sample.shown},
    )
    return [FolderInCycle(row["id"], row["s3_key"]) for row in rows]
