"""The addresses of a département are downloaded from a server of our own, once, and indexed."""

import gzip
from datetime import date

import pytest
from drawn_addresses import Address, write_ban
from misbehaving import LOOPBACK, misbehaving_site, status, whole

from traitdunion.networks.feeds.addresses import synchronise_addresses
from traitdunion.sources.downloads import DownloadError, Limits
from traitdunion.territory.addresses.searching import address_index

QUICK = Limits(total_s=60.0, silence_s=20.0, size_bytes=1 << 20, pauses_s=())
TODAY = date(2026, 11, 30)


def packed(folder, code):
    address = Address(7, "", "Rue Longue", f"{code}000", f"{code}001", "Bourg", 45.0, 3.0)
    return gzip.compress(write_ban(folder / "file.csv", [address]).read_bytes())


def test_the_files_of_the_territory_are_downloaded_and_indexed(tmp_path):
    with misbehaving_site() as site:
        for code in ("48", "15"):
            site.serve(f"/adresses-{code}.csv.gz", whole(packed(tmp_path, code), etag=f'"{code}"'))
        url = site.url("/adresses-{code}.csv.gz")
        report = synchronise_addresses(
            ["48", "15"], tmp_path, on=TODAY, url=url, network=LOOPBACK, limits=QUICK
        )
        again = synchronise_addresses(
            ["48", "15"], tmp_path, on=TODAY, url=url, network=LOOPBACK, limits=QUICK
        )
    assert again.imported is None, "nothing newer is downloaded twice"
    assert (report.departements, report.imported.addresses) == (("48", "15"), 2)
    results = address_index(tmp_path).search("7 rue longue")
    assert {address.code_insee for address in results} == {"48001", "15001"}
    assert not list((tmp_path / "addresses").glob("*.gz"))


@pytest.mark.parametrize("answer", [status(404), whole(b"<html>"), whole(b"a;b\n1;2\n")])
def test_what_is_no_file_of_addresses_is_refused(tmp_path, answer):
    with misbehaving_site() as site:
        site.serve("/adresses-48.csv.gz", answer)
        with pytest.raises(DownloadError, match="adresses du département 48"):
            synchronise_addresses(
                ["48"], tmp_path, on=TODAY, url=site.url("/adresses-{code}.csv.gz"),
                network=LOOPBACK, limits=QUICK,
            )  # fmt: skip
    assert address_index(tmp_path) is None
