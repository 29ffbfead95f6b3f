"""Replace emoji by what they show, in words: the fonts of printed pages draw none of them."""

import re
from typing import Any

UNNAMED = "pictogramme"
# Signs that the fonts of Typst draw, whatever stands beside them.
DRAWN = frozenset("★☆☎☐☑☒☺☹☀♀♂♠♣♥♦♪♫⚠✓✔✗✘")
NAMES = {
    "sourire": "😀😃😄😁🙂😊☺😇", "rire": "😆😅😂🤣", "clin d'œil": "😉", "amour": "😍🥰😘",
    "cœur": "❤🧡💛💚💙💜🖤🤍🤎💖💗💓💞💕", "cœur brisé": "💔", "triste": "😢😭😞😔🙁☹😟",
    "colère": "😠😡🤬", "peur": "😨😱😰", "doute": "🤔😕🤨", "silence": "🤐🤫",
    "fatigue": "😴🥱😫😩",
    "étonnement": "😮😲😯", "malade": "🤒🤕🤢🤧", "pouce levé": "👍", "pouce baissé": "👎",
    "applaudissements": "👏", "bravo": "🎉🎊🥳", "merci": "🙏", "poignée de main": "🤝",
    "main": "👋✋🤚🖐", "poing": "✊👊", "doigts croisés": "🤞", "muscle": "💪", "attention": "⚠🚨",
    "interdit": "⛔🚫", "oui": "✅✔✓", "non": "❌✖✕❎", "question": "❓❔", "exclamation": "❗❕",
    "idée": "💡", "feu": "🔥", "étoile": "⭐🌟✨", "soleil": "☀🌞", "pluie": "🌧☔", "neige": "❄⛄",
    "fusée": "🚀", "voiture": "🚗🚙🚘", "bus": "🚌🚍🚎", "train": "🚆🚂🚄🚅🚉", "vélo": "🚲🚴",
    "trottinette": "🛴", "scooter": "🛵🏍", "taxi": "🚕", "avion": "✈", "à pied": "🚶",
    "carburant": "⛽",
    "maison": "🏠🏡🏘", "usine": "🏭", "école": "🏫", "hôpital": "🏥", "téléphone": "📞📱☎",
    "courriel": "📧✉📩", "calendrier": "📅📆", "horloge": "⏰🕐⏱⌛⏳", "argent": "💰💶💵",
    "carte": "🗺",
    "lieu": "📍📌", "travail": "💼", "outils": "🔧🔨🛠", "enfant": "👶🧒👧👦", "famille": "👪",
    "groupe": "👥", "femme": "👩", "homme": "👨", "personne": "🧑👤", "document": "📄📃📝",
    "cible": "🎯", "café": "☕",
}  # fmt: skip
BY_SIGN = {sign: name for name, signs in NAMES.items() for sign in signs}
FLAG = "[\U0001f1e6-\U0001f1ff]"
SIGN = "[\u2600-\u27bf\u2b50\u23e9-\u23fa\u231a\u231b\U0001f000-\U0001faff]"
# A sign, its colour of skin and its variant, and those joined to it: one picture, one description.
TAIL = "[\ufe0e\ufe0f\u20e3\U0001f3fb-\U0001f3ff\U000e0020-\U000e007f]*"
SEQUENCE = re.compile(f"{FLAG}{{2}}|{FLAG}|{SIGN}{TAIL}(?:\u200d{SIGN}{TAIL})*")
# What is left of sequences that stand on a letter or a digit: « 1️⃣ ».
INVISIBLE = re.compile("[\ufe0e\ufe0f\u20e3\u200d\U000e0020-\U000e007f]")


def described(text: str) -> str:
    """Return a text whose emoji are replaced by words in brackets: « Bravo [pouce levé] »."""
    return INVISIBLE.sub("", SEQUENCE.sub(_description, text))


def _description(match: re.Match[str]) -> str:
    sign, is_alone = match[0][0], len(INVISIBLE.sub("", match[0])) == 1
    if re.match(FLAG, sign):
        return "[drapeau]"
    wants_colour = "\ufe0f" in match[0]
    if sign in DRAWN and is_alone and not (wants_colour and sign in BY_SIGN):
        return sign
    return f"[{BY_SIGN.get(sign, UNNAMED)}]"


def printable(value: Any) -> Any:
    """Return plain values, as JSON has them, where each text is `described`."""
    if isinstance(value, str):
        return described(value)
    if isinstance(value, dict):
        return {name: printable(inside) for name, inside in value.items()}
    if isinstance(value, list | tuple):
        return [printable(inside) for inside in value]
    return value
