"""Archives: what is accepted, and what is refused before it can do harm."""

import io
import stat
import zipfile
from datetime import date

import pytest

from traitdunion.reach.gtfs import FeedError, Limits, read_gtfs


def read_path(path, **options):
    return read_gtfs([path], start=date(2025, 3, 3), days=7, **options)


def test_a_zip_and_a_folder_give_the_same_tables(write_zip, write_feed):
    zipped, folder = read_path(write_zip()), read_path(write_feed())
    assert zipped.stop_times.equals(folder.stop_times)
    assert zipped.stops.equals(folder.stops)


@pytest.mark.parametrize("inside", ["gtfs/", "a/b/", "./"])
def test_a_feed_in_one_sub_folder_is_accepted(write_zip, inside):
    assert read_path(write_zip(inside=inside)).trips.height == 2


def test_files_that_macos_adds_are_ignored(write_zip):
    path = write_zip(inside="gtfs/")
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("__MACOSX/gtfs/stops.txt", b"\0\1\2")
    assert read_path(path).trips.height == 2


def test_a_missing_file_is_refused_and_named(write_feed):
    with pytest.raises(FeedError, match=r"il manque routes\.txt, trips\.txt\. ") as error:
        read_path(write_feed(routes=None, trips=None))
    assert error.value.report.findings == []


def test_a_feed_without_any_calendar_is_refused(write_feed):
    with pytest.raises(FeedError, match=r"calendar\.txt \(ou calendar_dates\.txt\)"):
        read_path(write_feed(calendar=None))


def test_two_feeds_in_one_zip_are_refused(write_zip):
    path = write_zip(inside="a/")
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("b/stops.txt", "stop_id\n")
    with pytest.raises(FeedError, match="plusieurs jeux de données"):
        read_path(path)


def test_a_zip_of_zips_is_refused_with_advice(tmp_path, write_zip):
    path = tmp_path / "outer.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.write(write_zip(), "feed.zip")
    with pytest.raises(FeedError, match="Décompressez-la"):
        read_path(path)


def test_the_same_file_twice_in_a_zip_is_refused(write_zip):
    path = write_zip()
    with pytest.warns(UserWarning, match="Duplicate name"), zipfile.ZipFile(path, "a") as archive:
        archive.writestr("stops.txt", "stop_id\n")
    with pytest.raises(FeedError, match=r"deux fois stops\.txt"):
        read_path(path)


def test_a_path_that_does_not_exist_is_refused(tmp_path):
    with pytest.raises(FeedError, match=r"nowhere\.zip : fichier introuvable"):
        read_path(tmp_path / "nowhere.zip")


def test_what_is_not_a_zip_is_refused(tmp_path):
    path = tmp_path / "feed.zip"
    path.write_text("<html>404</html>")
    with pytest.raises(FeedError, match="n'est pas une archive zip lisible"):
        read_path(path)


@pytest.mark.parametrize("keep_share", [0.1, 0.5, 0.9, 0.99])
def test_a_truncated_zip_is_refused(write_zip, keep_share):
    path = write_zip()
    data = path.read_bytes()
    path.write_bytes(data[: int(len(data) * keep_share)])
    with pytest.raises(FeedError, match="n'est pas une archive zip lisible"):
        read_path(path)


def test_a_damaged_member_is_refused_and_named(write_zip):
    path = write_zip()
    data = bytearray(path.read_bytes())
    with zipfile.ZipFile(path) as archive:
        member = archive.getinfo("stop_times.txt")
    start = member.header_offset + 30 + len("stop_times.txt")
    data[start + 5 : start + 15] = b"\xff" * 10
    path.write_bytes(data)
    with pytest.raises(FeedError, match=r"stop_times\.txt est illisible"):
        read_path(path)


@pytest.mark.parametrize("name", ["../stops.txt", "/etc/stops.txt", "a/../../b.txt", "C:\\x.txt",
                                  "..\\stops.txt"])  # fmt: skip
def test_members_that_leave_their_folder_are_refused(write_zip, name):
    path = write_zip()
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr(name, "x")
    with pytest.raises(FeedError, match="chemin interdit"):
        read_path(path)


def test_a_symbolic_link_in_a_zip_is_refused(write_zip):
    path = write_zip(stops=None)
    link = zipfile.ZipInfo("stops.txt")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr(link, "/etc/passwd")
    with pytest.raises(FeedError, match="lien symbolique"):
        read_path(path)


def test_a_symbolic_link_in_a_folder_is_refused(write_feed, tmp_path):
    folder = write_feed(stops=None)
    (tmp_path / "elsewhere.txt").write_text("stop_id,stop_lat,stop_lon\n")
    (folder / "stops.txt").symlink_to(tmp_path / "elsewhere.txt")
    with pytest.raises(FeedError, match=r"stops\.txt est un lien"):
        read_path(folder)


def test_an_encrypted_zip_is_refused(write_zip):
    path = write_zip()
    data = bytearray(path.read_bytes())
    # Bit 0 of the flags, in each local header (offset 6) and directory entry (offset 8).
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = data.find(mark)
        while at >= 0:
            data[at + offset] |= 1
            at = data.find(mark, at + 4)
    path.write_bytes(data)
    with pytest.raises(FeedError, match="mot de passe"):
        read_path(path)


def test_a_zip_bomb_is_refused_by_its_ratio(write_zip):
    path = write_zip()
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("shapes.txt", b"0" * (8 << 20))
    with pytest.raises(FeedError, match="bombe de décompression"):
        read_path(path)


def test_a_member_above_two_gigabytes_is_refused_before_reading(write_zip):
    path = write_zip()
    data = bytearray(path.read_bytes())
    entry = data.find(b"PK\x01\x02")
    data[entry + 24 : entry + 28] = (2**31 + 1).to_bytes(4, "little")  # declared size
    path.write_bytes(data)
    with pytest.raises(FeedError, match="trop volumineux"):
        read_path(path)


def test_a_total_above_the_limit_is_refused(write_zip):
    # The sound feed holds about 700 bytes, none of its files more than 300.
    limits = Limits(member_bytes=400, total_bytes=500)
    with pytest.raises(FeedError, match="l'ensemble"):
        read_path(write_zip(), limits=limits)


def test_a_folder_too_big_is_refused(write_feed):
    with pytest.raises(FeedError, match="trop volumineux"):
        read_path(write_feed(), limits=Limits(member_bytes=100))


def test_bytes_really_read_are_counted_whatever_the_header_declares(write_zip):
    from traitdunion.reach.gtfs.tables.archive import Archive

    archive = Archive(
        "liar.zip", "", Limits(member_bytes=10), {"a.txt": lambda: io.BytesIO(b"0" * 11)}
    )
    with pytest.raises(FeedError, match=r"a\.txt » est trop volumineux"):
        archive.read("a.txt")
    several = {name: lambda: io.BytesIO(b"0" * 9) for name in ("a.txt", "b.txt")}
    archive = Archive("liar.zip", "", Limits(member_bytes=10, total_bytes=12), several)
    archive.read("a.txt")
    with pytest.raises(FeedError, match=r"b\.txt » est trop volumineux"):
        archive.read("b.txt")


def test_a_size_declared_too_small_is_refused(write_zip):
    path = write_zip()
    data = bytearray(path.read_bytes())
    with zipfile.ZipFile(path) as archive:
        first = archive.infolist()[0]
    entry = data.find(b"PK\x01\x02")
    data[entry + 24 : entry + 28] = (first.file_size // 2).to_bytes(4, "little")
    path.write_bytes(data)
    with pytest.raises(FeedError, match="est illisible"):
        read_path(path)
