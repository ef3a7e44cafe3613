"""Uploading: by button and by drop, taken names, pause and cancel, and going on after a reload."""

import os
from pathlib import Path

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.complaints import Complaints
from tests.browser.drive_page import DrivePage
from tests.served import PART_BYTES, Noted, Served

pytestmark = pytest.mark.browser

BIG = "big.bin"
FIRST_PART_IS_KEPT = """async () => {
    const answer = (request) => new Promise((resolve, reject) => {
        request.onsuccess = () => resolve(request.result);
        request.onerror = () => reject(request.error);
    });
    const database = await answer(indexedDB.open("keyshelf-uploads"));
    for (;;) {
        const kept = await answer(database.transaction("pending").objectStore("pending").getAll());
        if (kept.some((upload) => upload.parts.length > 0)) break;
    }
    database.close();
}"""


@pytest.fixture
def big(tmp_path: Path) -> Path:
    """A file that goes up in three parts."""
    path = tmp_path / BIG
    path.write_bytes(os.urandom(2 * PART_BYTES + 1000))
    return path


@pytest.fixture(autouse=True)
def forget_traffic(served: Served) -> None:
    served.traffic.answered.clear()


def is_transfer(request: Noted) -> bool:
    return request.is_transfer


def late_part(request: Noted) -> bool:
    return request.method == "PUT" and (request.part_number or 0) > 1


def tray(drive: DrivePage) -> Locator:
    return drive.page.get_by_role("region", name="Uploads")


def upload(drive: DrivePage, *paths: Path) -> None:
    drive.push("Upload")
    with drive.page.expect_file_chooser() as chooser:
        drive.choose("Upload files")
    chooser.value.set_files(list(paths))


def written(folder: Path, name: str, content: str) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content)
    return path


def id_of(drive: DrivePage, name: str) -> str:
    children = drive.program.call("GET", f"/api/folders/{drive.program.folder}/children")
    return next(each["id"] for each in children["items"] if each["filename"] == name)


def test_the_button_uploads_files(drive: DrivePage, tmp_path: Path) -> None:
    drive.open()

    upload(drive, written(tmp_path, "a.txt", "A"), written(tmp_path, "ünï #1 100%.txt", "B"))

    drive.expect_names("a.txt", "ünï #1 100%.txt")
    expect(tray(drive).get_by_role("heading")).to_have_text("2 items uploaded")
    assert drive.program.download(id_of(drive, "ünï #1 100%.txt")) == b"B"
    tray(drive).get_by_role("button", name="Close uploads").click()
    expect(tray(drive)).to_have_count(0)


def test_the_button_uploads_a_folder(drive: DrivePage, tmp_path: Path) -> None:
    written(tmp_path, "trip/day 1/a.txt", "A")
    drive.open()
    drive.push("Upload")
    with drive.page.expect_file_chooser() as chooser:
        drive.choose("Upload folder")

    chooser.value.set_files(tmp_path / "trip")

    drive.expect_names("trip")
    drive.enter("trip")
    drive.enter("day 1")
    drive.expect_names("a.txt")


def test_a_dropped_tree_arrives_with_its_empty_folder(drive: DrivePage, tmp_path: Path) -> None:
    written(tmp_path, "tree/inner/a.txt", "A")
    (tmp_path / "tree/empty").mkdir()
    loose = written(tmp_path, "loose.txt", "L")
    drive.open()
    overlay = drive.page.get_by_text("Drop to upload to Test")

    with drive.dragging_from_outside(tmp_path / "tree", loose):
        expect(overlay).to_be_visible()

    expect(overlay).to_have_count(0)
    drive.expect_names("tree", "loose.txt")
    drive.enter("tree")
    drive.expect_names("empty", "inner")


def test_a_dropped_folder_keeps_files_whose_names_browsers_hide(
    drive: DrivePage, tmp_path: Path
) -> None:
    names = ["12:30.txt", 'say "hi".txt', "why?.txt"]
    for name in names:
        written(tmp_path, f"odd/{name}", name)
    drive.open()

    with drive.dragging_from_outside(tmp_path / "odd"):
        pass

    drive.enter("odd")
    drive.expect_names(*names)


def test_a_drop_on_a_folder_uploads_into_it(drive: DrivePage, tmp_path: Path) -> None:
    target = drive.put_folder("target")
    drive.open()

    with drive.dragging_from_outside(written(tmp_path, "a.txt", "A"), over=drive.item("target")):
        expect(drive.item("target")).to_have_class("row drop-over")

    expect(tray(drive).get_by_role("heading")).to_have_text("1 item uploaded")
    assert drive.program.names(target) == ["a.txt"]


@pytest.mark.parametrize("answer", ["Replace", "Keep both", "Skip"])
def test_a_taken_name_is_asked_about(
    drive: DrivePage, tmp_path: Path, complaints: Complaints, answer: str
) -> None:
    complaints.expect(409)
    drive.program.upload("a.txt", b"old")
    drive.open()
    upload(drive, written(tmp_path, "a.txt", "new"))
    dialog = drive.dialog("This name is taken")
    expect(dialog).to_contain_text("already has a file named “a.txt”")

    dialog.get_by_role("button", name=answer, exact=True).click()

    expect(dialog).to_have_count(0)
    if answer == "Skip":
        expect(tray(drive)).to_have_count(0)
    else:
        expect(tray(drive).get_by_role("heading")).to_have_text("1 item uploaded")
    drive.expect_names("a.txt", *(["a (2).txt"] if answer == "Keep both" else []))
    content = b"new" if answer == "Replace" else b"old"
    assert drive.program.download(id_of(drive, "a.txt")) == content


def test_one_answer_serves_for_all_taken_names(
    drive: DrivePage, tmp_path: Path, complaints: Complaints
) -> None:
    complaints.expect(409)
    names = ("a.txt", "b.txt", "c.txt")
    drive.put(*names)
    drive.open()
    upload(drive, *(written(tmp_path, name, "new") for name in names))
    dialog = drive.dialog("This name is taken")

    dialog.get_by_text("Do the same for 2 other conflicts").click()
    dialog.get_by_role("button", name="Keep both").click()

    drive.expect_names("a.txt", "a (2).txt", "b.txt", "b (2).txt", "c.txt", "c (2).txt")


def test_what_is_uploaded_to_shared_is_shared(drive: DrivePage, tmp_path: Path) -> None:
    name = f"{drive.program.folder}.txt"
    drive.open("/shared")

    upload(drive, written(tmp_path, name, "for all"))

    drive.item(name).click()
    drive.expect_selected(name)
    listed = drive.program.call("GET", "/api/files", params={"space": "shared"})["items"]
    file = next(each for each in listed if each["filename"] == name)
    assert (file["space"], file["key"]) == ("shared", f"shared/{name}")
    assert drive.program.download(file["id"]) == b"for all"


def test_an_upload_shows_progress_pauses_and_goes_on(
    drive: DrivePage, served: Served, big: Path
) -> None:
    drive.open()
    with served.traffic.holding(late_part):
        upload(drive, big)
        served.traffic.wait_until_answered(lambda request: request.part_number == 1)
        expect(tray(drive).get_by_role("heading")).to_have_text("Uploading 0 of 1 item")
        bar = tray(drive).get_by_role("progressbar", name=BIG)
        expect(bar).not_to_have_attribute("aria-valuenow", "0")

        drive.push(f"Pause {BIG}")
        expect(tray(drive)).to_contain_text("Paused · ")
        served.traffic.drop_held()

    drive.push(f"Resume {BIG}")
    drive.expect_names(BIG)
    expect(tray(drive)).to_contain_text("Uploaded · 10 MiB")
    assert drive.program.download(id_of(drive, BIG)) == big.read_bytes()


def test_cancelling_leaves_nothing_behind(drive: DrivePage, served: Served, big: Path) -> None:
    drive.open()
    with served.traffic.holding(late_part):
        upload(drive, big)
        served.traffic.wait_until_holding()

        with drive.page.expect_response(lambda answer: answer.request.method == "DELETE"):
            drive.push(f"Cancel {BIG}")
        served.traffic.drop_held()

    expect(tray(drive)).to_have_count(0)
    open_uploads = drive.program.call("GET", "/api/uploads")["items"]
    assert [each for each in open_uploads if each["parent_id"] == drive.program.folder] == []
    assert drive.program.names() == []


def test_cancelling_all_asks_first(drive: DrivePage, served: Served, big: Path) -> None:
    drive.open()
    with served.traffic.holding(late_part):
        upload(drive, big)
        served.traffic.wait_until_holding()

        drive.push("Cancel all")
        drive.push_in("Cancel all uploads?", "Keep")
        expect(tray(drive).get_by_text(BIG)).to_be_visible()
        drive.push("Pause all")
        drive.push("Resume all")
        drive.push("Cancel all")
        drive.push_in("Cancel all uploads?", "Cancel all")
        expect(tray(drive)).to_have_count(0)
        served.traffic.drop_held()


@pytest.fixture
def interrupted(drive: DrivePage, served: Served, big: Path) -> DrivePage:
    """A page that was reloaded when one part of three had arrived."""
    drive.open()
    with served.traffic.holding(late_part):
        upload(drive, big)
        served.traffic.wait_until_answered(lambda request: request.part_number == 1)
        drive.page.evaluate(FIRST_PART_IS_KEPT)
        drive.page.reload()
        served.traffic.drop_held()
    served.traffic.answered.clear()
    return drive


def pick_again(drive: DrivePage, path: Path) -> None:
    with drive.page.expect_file_chooser() as chooser:
        drive.push("Pick files")
    chooser.value.set_files(path)


def test_a_reload_interrupts_and_picking_the_file_again_sends_the_rest(
    interrupted: DrivePage, served: Served, big: Path, tmp_path: Path
) -> None:
    expect(tray(interrupted)).to_contain_text("1 upload can continue: pick the same file")
    pick_again(interrupted, written(tmp_path, "another.bin", "no"))
    expect(tray(interrupted)).to_contain_text("None of these files matches")

    pick_again(interrupted, big)

    interrupted.expect_names(BIG)
    parts = sorted(each.part_number or 0 for each in served.traffic.finished("PUT"))
    assert parts == [2, 3]
    assert interrupted.program.download(id_of(interrupted, BIG)) == big.read_bytes()


def test_an_interrupted_upload_can_be_discarded(interrupted: DrivePage) -> None:
    interrupted.push("Discard")
    with interrupted.page.expect_response(lambda answer: answer.request.method == "DELETE"):
        interrupted.push_in("Discard interrupted uploads?", "Discard")

    expect(tray(interrupted)).to_have_count(0)
    interrupted.page.reload()
    expect(interrupted.page.get_by_text("This folder is empty")).to_be_visible()
    expect(tray(interrupted)).to_have_count(0)


def test_a_refused_upload_says_why_and_is_retried(
    drive: DrivePage, served: Served, tmp_path: Path, complaints: Complaints
) -> None:
    complaints.expect(411)
    drive.open()
    with served.traffic.spoiling(is_transfer, times=1, status=411):
        upload(drive, written(tmp_path, "a.txt", "A"))
        expect(tray(drive)).to_contain_text("The store refused the bytes (status 411).")

    drive.push("Retry a.txt")

    drive.expect_names("a.txt")


def test_files_added_without_a_network_go_up_when_it_is_back(
    drive: DrivePage, tmp_path: Path, complaints: Complaints
) -> None:
    complaints.expect_no_network()
    # What draws the uploads comes ahead of need, once the page stands.
    with drive.page.expect_response("**/TrayCard-*.js"):
        drive.open()
    drive.page.context.set_offline(True)

    upload(drive, written(tmp_path, "a.txt", "A"))
    expect(tray(drive)).to_contain_text("Keyshelf cannot be reached")
    drive.page.context.set_offline(False)

    drive.expect_names("a.txt")
