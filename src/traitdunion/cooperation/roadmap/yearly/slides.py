"""The bilan of a year as an OpenDocument presentation, to be changed and shown; by `odfdo`."""

from collections.abc import Iterator, Sequence
from io import BytesIO

from odfdo import Document, DrawPage, Frame, List, Paragraph, Style

from .bilan import YearOfRoadmap

MAX_LINES = 6
"""Lines of a slide: more would not be read from the back of a room."""
MARGIN_CM, WIDTH_CM = 1.4, 25.2
TITLE_CM, TITLE_HEIGHT_CM = 0.9, 2.6
TEXT_CM, TEXT_HEIGHT_CM = 4.2, 15.0
STYLES = {"titre": "32pt", "ligne": "22pt"}


def as_odp(bilan: YearOfRoadmap) -> bytes:
    """Return the slides of a bilan: figures, actions by axis, indicators, what blocks."""
    document = Document("presentation")
    document.meta.title = bilan.title
    document.meta.language = "fr-FR"
    for name, size in STYLES.items():
        document.insert_style(Style("paragraph", name=name, area="text", size=size))
    body = document.body
    body.clear()
    for n, (title, lines) in enumerate(slides(bilan), start=1):
        body.append(_page(n, title, lines))
    out = BytesIO()
    document.save(out)
    return out.getvalue()


def slides(bilan: YearOfRoadmap) -> Iterator[tuple[str, Sequence[str]]]:
    """Yield the title and the lines of each slide; long lists go on over several."""
    yield bilan.title, [bilan.as_of]
    figures = [
        f"{figure.value} {figure.label}" + (f" : {figure.detail}" if figure.detail else "")
        for figure in bilan.figures
    ]
    sections: list[tuple[str, Sequence[str]]] = [
        ("L'année en chiffres", figures),
        *((axis.titre, axis.lines) for axis in bilan.axes),
        ("Ce qu'on mesure", bilan.indicators),
        ("Ce qui bloque", bilan.blocked),
    ]
    for title, lines in sections:
        for start in range(0, len(lines), MAX_LINES):
            yield (f"{title} (suite)" if start else title), lines[start : start + MAX_LINES]


def _page(n: int, title: str, lines: Sequence[str]) -> DrawPage:
    page = DrawPage(draw_id=f"page{n}", name=f"Diapositive {n}", master_page="presentation")
    heading = Paragraph(title, style="titre")
    page.append(_frame(heading, "title", TITLE_CM, TITLE_HEIGHT_CM))
    text = List()
    for line in lines:
        text.append_item(Paragraph(line, style="ligne"))
    page.append(_frame(text, "outline", TEXT_CM, TEXT_HEIGHT_CM))
    return page


def _frame(content: object, kind: str, top_cm: float, height_cm: float) -> Frame:
    return Frame.text_frame(
        content,  # type: ignore[arg-type]
        presentation_class=kind,
        layer="layout",
        position=(f"{MARGIN_CM}cm", f"{top_cm}cm"),
        size=(f"{WIDTH_CM}cm", f"{height_cm}cm"),
    )
