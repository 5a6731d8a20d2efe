import pytest

from indexer.language import detect


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Several human rights organisations were suspended for three months.", "en"),
        ("Сегодня в Алматы прошёл митинг против пыток в тюрьмах.", "ru"),
        ("Бүгін Алматыда бейбіт митинг өтті, полиция бірнеше адамды ұстады.", "kk"),
        ("Сьогодні в Києві відбувся мітинг проти катувань у в'язницях.", "uk"),
        ("Le Parlement européen condamne les détentions arbitraires.", "fr"),
        ("El Parlamento Europeo condena las detenciones arbitrarias.", "es"),
        ("Das Europäische Parlament verurteilt willkürliche Festnahmen.", "de"),
    ],
)
def test_the_language_of_a_sentence_is_found(text: str, language: str) -> None:
    assert detect(text) == language


@pytest.mark.parametrize(
    "text", ["", "Geneva", "A/HRC/14/10, 124.40 (b)", "2021 11 02 " * 20, "https://example.org/" * 9]
)
def test_too_little_text_has_no_language(text: str) -> None:
    assert detect(text) is None
