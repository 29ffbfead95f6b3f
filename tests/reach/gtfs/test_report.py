"""The report: counts, examples, words."""

import json

from traitdunion.reach.gtfs import FeedError, Finding, Report


def finding(line=2, severity="error", code="bad_time", count=1):
    return Finding(
        severity, code, "ter.zip", "stop_times.txt", line, "arrival_time", "8h",
        "« 8h » n'est pas une heure HH:MM:SS : ligne laissée de côté.", count,
    )  # fmt: skip


def test_examples_are_kept_up_to_twenty_and_the_count_says_all(read):
    rows = "".join(f"out,8h,8h,P,{n}\n" for n in range(3, 33))
    feed = read(
        stop_times="trip_id,arrival_time,departure_time,stop_id,stop_sequence\n"
        "out,8:00:00,8:00:00,P,1\nout,8:10:00,8:10:00,L,2\n"
        "back,16:00:00,16:00:00,V,1\nback,16:20:00,16:20:00,P,2\n" + rows
    )
    assert [f.line for f in feed.report.errors] == list(range(6, 26))
    assert feed.report.counts == {("error", "bad_time"): 30}
    assert feed.report.left_out == {"stop_times.txt": 30}
    assert feed.report.lines()[-2] == "[erreur] … et 10 autres cas semblables."


def test_a_finding_may_speak_for_several_rows():
    report = Report()
    report.add(finding(severity="warning", count=7))
    report.add(finding())
    assert report.number_of("warning") == 7
    assert report.number_of("error") == 1
    assert len(report.warnings) == len(report.errors) == 1


def test_lines_read_as_french_text():
    report = Report()
    report.add(finding())
    report.add(finding(line=3))
    report.add(finding(severity="warning", code="odd"))
    report.leave_out("stop_times.txt", 2)
    message = "« 8h » n'est pas une heure HH:MM:SS : ligne laissée de côté."
    assert report.lines() == [
        "2 erreurs, 1 avertissement.",
        f"[erreur] ter.zip › stop_times.txt, ligne 2, champ arrival_time : {message}",
        f"[erreur] ter.zip › stop_times.txt, ligne 3, champ arrival_time : {message}",
        f"[avertissement] ter.zip › stop_times.txt, ligne 2, champ arrival_time : {message}",
        "stop_times.txt : 2 lignes laissées de côté.",
    ]


def test_json_holds_everything():
    report = Report()
    report.add(finding())
    report.leave_out("stop_times.txt", 1)
    assert json.loads(json.dumps(report.to_json())) == {
        "errors": 1,
        "warnings": 0,
        "infos": 0,
        "counts": [{"severity": "error", "code": "bad_time", "count": 1}],
        "left_out": {"stop_times.txt": 1},
        "findings": [
            {
                "severity": "error",
                "code": "bad_time",
                "feed": "ter.zip",
                "file": "stop_times.txt",
                "line": 2,
                "field": "arrival_time",
                "value": "8h",
                "message": "« 8h » n'est pas une heure HH:MM:SS : ligne laissée de côté.",
                "count": 1,
            }
        ],
    }


def test_an_error_carries_what_was_found_before_it():
    report = Report()
    assert FeedError("non", report).report is report
    assert FeedError("non").report.findings == []


def test_a_report_comes_back_from_its_plain_values():
    report = Report()
    for line in range(25):
        report.add(Finding("error", "bad", "f.zip", "stops.txt", line, "lat", "x", "fausse"))
    report.leave_out("stops.txt", 25)
    assert Report.from_json(report.to_json()).lines() == report.lines()
