"""One text message: its signs, its length, and what is told when room is short."""

from dataclasses import replace
from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from traitdunion.desk.sheet.sms import LONGEST, ONE, TWO, cut, in_gsm, link_of, septets, text_of


def test_the_alphabet_has_as_many_signs_as_the_standard():
    # 3GPP TS 23.038 §6.2.1: 128 codes, one of them the escape; € and nine more beside.
    assert len(ONE) == 127
    assert len(TWO) == 10


# Counted by hand: é, è, à, ù are of the alphabet, ê and ç are not; € takes two.
@pytest.mark.parametrize(
    ("text", "sent", "length"),
    [
        ("Été à l'arrêt", "Été à l'arret", 13),
        ("ça coûte 38 €", "ca coute 38 €", 14),
        ("L’arrêt « Cœur »", 'L\'arret " Coeur "', 17),
        ("7\u00a0h\u00a005", "7 h 05", 6),
        ("[A] → B", "[A]  B", 8),
    ],
)
def test_signs_the_network_lacks_are_replaced_and_counted(text, sent, length):
    assert in_gsm(text) == sent
    assert septets(in_gsm(text)) == length


def test_a_sign_outside_the_alphabet_is_not_counted_in_silence():
    with pytest.raises(ValueError, match="ê"):
        septets("arrêt")


@given(st.text())
def test_any_text_becomes_one_the_network_takes(text):
    septets(in_gsm(text))


@given(st.text(alphabet="ab €[", max_size=60), st.integers(0, 40))
def test_a_text_is_cut_between_words_and_fits(text, room):
    kept = cut(text, room)
    assert septets(kept) <= room
    assert " ".join(text.split()).startswith(kept)


def test_a_way_is_told_with_its_hours_its_days_and_the_number_to_call(samples):
    option = samples.sample_answer().options[0]
    text = text_of(option, option.days[0])
    # Home 6 h 31, train 6 h 47, there 7 h 46; work 16 h 05, train 16 h 38, home 17 h 35.
    assert text == (
        "lun mar mer jeu ven. Aller 6h31, Train 6h47 (Gare de Langeac), arr 7h46. "
        "Retour 16h05, Train 16h38 (Gare du Puy-en-Velay), arr 17h35. Tel 04 71 00 00 01"
    )
    assert septets(text) <= LONGEST


def test_with_less_room_the_hours_and_the_number_stay(samples):
    option = samples.sample_answer().options[0]
    day = option.days[0]
    long = tuple(replace(step, from_name=step.from_name * 8) for step in day.out)
    text = text_of(option, replace(day, out=long))
    assert text.startswith("lun mar mer jeu ven. Aller 6h31, Train 6h47, arr 7h46.")
    assert text.endswith("Tel 04 71 00 00 01")
    labels = tuple(replace(step, label=step.label + " x" * 200) for step in long)
    text = text_of(option, replace(day, out=tuple(replace(s, label="T" * 200) for s in labels)))
    assert "Aller 6h31, arr 7h46" in text
    assert septets(text) <= LONGEST


def test_a_solution_without_hours_is_told_by_its_name_and_number(samples):
    option = replace(samples.sample_answer().options[3], title="Prêt " * 60)
    text = text_of(option, None)
    assert text.startswith("Pret Pret")
    assert text.endswith("Tel 04 71 00 00 04")
    assert septets(text) <= LONGEST


def test_the_link_carries_the_text_whole():
    assert unquote(link_of("Aller 6h31, 38 € & retour")) == "sms:?body=Aller 6h31, 38 € & retour"
    assert "&" not in link_of("a & b")
