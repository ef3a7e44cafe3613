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
    """Return folders that are their own ancestors, of all that there are. Ends on any tree.

    A cycle and what hangs on it is what no root is above. From as many of these as are
    shown, the walk goes up to where it closes.
    """
    rows = await tx.all(
        """
        WITH RECURSIVE rooted (id) AS (
            SELECT id FROM files WHERE is_folder AND parent_id IS NULL
            UNION ALL
            SELECT f.id FROM files f JOIN rooted r ON f.parent_id = r.id WHERE f.is_folder
        ), up (id, parent_id) AS (
            (SELECT id, parent_id FROM files
             WHERE is_folder AND NOT EXISTS (SELECT FROM rooted r WHERE r.id = files.id)
             LIMIT %(shown)s)
            UNION ALL
            SELECT f.id, f.parent_id FROM files f JOIN up ON f.id = up.parent_id
        ) CYCLE id SET closed USING walked
        SELECT DISTINCT f.id, f.s3_key FROM up JOIN files f ON f.id = up.id
        WHERE up.closed ORDER BY f.s3_key LIMIT %(shown)s
        """,
        {"shown": sample.shown},
    )
    return [FolderInCycle(row["id"], row["s3_key"]) for row in rows]
