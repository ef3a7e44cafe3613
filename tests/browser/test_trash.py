"""The trash: into it, out of it, and out of existence."""

import pytest
from playwright.sync_api import expect

from tests.browser.complaints import Complaints
from tests.browser.drive_page import DrivePage

pytestmark = pytest.mark.browser


def test_undo_brings_back_what_was_just_trashed(drive: DrivePage) -> None:
    drive.put("a.txt", "b.txt")
    drive.open()
    drive.click("a.txt")

    drive.press("Delete")
    drive.expect_names("b.txt")
    drive.toast("“a.txt” moved to the trash.").get_by_role("button", name="Undo").click()

    drive.expect_names("a.txt", "b.txt")


def test_restore_from_the_trash(drive: DrivePage) -> None:
    drive.put("come back.txt")
    drive.open()
    drive.choose_for("come back.txt", "Move to trash")
    drive.expect_toast("moved to the trash")
    drive.go_to("Trash")

    drive.click("come back.txt")
    drive.push("Restore")

    drive.expect_toast("“come back.txt” restored.")
    expect(drive.item("come back.txt")).to_have_count(0)
    assert drive.page.evaluate("document.activeElement.closest('#files') !== null")
    assert drive.program.names() == ["come back.txt"]


def test_restoring_beside_a_taken_name_asks(drive: DrivePage) -> None:
    drive.put("twice.txt")
    drive.open()
    drive.choose_for("twice.txt", "Move to trash")
    drive.expect_toast("moved to the trash")
    drive.put("twice.txt")
    drive.go_to("Trash")

    drive.choose_for("twice.txt", "Restore")
    expect(drive.dialog("This name is taken")).to_be_visible()
    drive.push("Keep both")

    drive.expect_toast("restored")
    assert drive.program.names() == ["twice.txt", "twice (2).txt"]


def test_a_file_whose_folder_is_gone_is_restored_to_the_root(drive: DrivePage) -> None:
    inner = drive.put_folder("inner")
    file = drive.program.upload(f"orphan of {inner}.txt", b"orphan", inner)
    drive.program.call("DELETE", f"/api/files/{file['id']}")
    drive.program.call("DELETE", f"/api/files/{inner}")
    drive.open("/trash")

    drive.choose_for(file["filename"], "Restore")
    expect(drive.dialog("Its folder is gone")).to_be_visible()
    drive.push("Restore to My files")

    drive.expect_toast("restored")
    restored = drive.program.call("GET", f"/api/files/{file['id']}")["file"]
    assert (restored["parent_id"], restored["deleted_at"]) == (None, None)


def test_delete_for_ever_asks_first(drive: DrivePage, complaints: Complaints) -> None:
    complaints.expect(404)
    file = drive.program.upload("for ever.txt", b"for ever")
    drive.program.call("DELETE", f"/api/files/{file['id']}")
    drive.open("/trash")
    drive.click("for ever.txt")

    drive.press("Delete")
    drive.push("Cancel")
    expect(drive.item("for ever.txt")).to_be_visible()
    drive.press("Delete")
    drive.push_in("Delete for ever?", "Delete for ever")

    drive.expect_toast("“for ever.txt” deleted for ever.")
    drive.program.call("GET", f"/api/files/{file['id']}", status=404)


def test_empty_trash_says_what_goes_and_empties(drive: DrivePage) -> None:
    file = drive.program.upload("rubbish.txt", b"rubbish")
    drive.program.call("DELETE", f"/api/files/{file['id']}")
    drive.open("/trash")

    drive.push("Empty trash")
    expect(drive.dialog("Empty the trash?")).to_contain_text("will be deleted with their objects")
    drive.push_in("Empty the trash?", "Delete for ever")

    expect(drive.page.get_by_text("What you delete waits here")).to_be_visible()
    assert drive.program.call("GET", "/api/trash")["items"] == []
