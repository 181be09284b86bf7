"""E-mail: its form, look-alikes named, slips suggested and never made."""

from __future__ import annotations

import pytest
from email_validator import EmailNotValidError, validate_email
from hypothesis import example, given
from hypothesis import strategies as st

from accessflow.domain.email import KNOWN_DOMAINS, Email, read, stripped, suggest


def facts(text: str) -> list[tuple[str, str | None]]:
    return [(flaw.code, flaw.fix) for flaw in read(text).flaws]


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("a.petrova@example.org", "a.petrova@example.org"),
        (" a@mail.ru ", "a@mail.ru"),
        ("a@mail.ru;", "a@mail.ru"),
        ("a@mail.ru,", "a@mail.ru"),
        ("mailto:a@mail.ru", "a@mail.ru"),
        ("<a@mail.ru>", "a@mail.ru"),
        ("a@mail.ru\u00a0\u200b", "a@mail.ru"),
        ("a+work@mail.ru", "a+work@mail.ru"),
        ("a@почта.рф", "a@почта.рф"),
        ("FILARET_200768@GMAIL.COM", "FILARET_200768@GMAIL.COM"),
    ],
)
def test_an_address_is_taken_without_what_clings_to_it(text: str, address: str) -> None:
    reading = read(text)
    assert (reading.value, reading.flaws) == (Email(address), ())


@pytest.mark.parametrize(
    ("text", "fix"),
    [
        ("иванов@mail.ru", None),
        ("нет", None),
        ("a.mail.ru", None),
        ("@mail.ru", None),
        ("a@", None),
        ("a@localhost", None),
        ("a@b.local", None),
        ("a@mail.ru; b@mail.ru", None),
        ("a@mail.ru b@mail.ru", None),
        ("a b@mail.ru", "ab@mail.ru"),
        ("a@@mail.ru", "a@mail.ru"),
        ("a@mail,ru", "a@mail.ru"),
        ("a..b@mail.ru", "a.b@mail.ru"),
        ("a.@mail.ru", "a@mail.ru"),
        ("a@gmailcom", "a@gmail.com"),
        ("a(b)@mail.ru", None),
    ],
)
def test_a_malformed_address_is_refused_with_a_fix_where_one_is_plain(
    text: str, fix: str | None
) -> None:
    assert read(text).value is None
    assert facts(text) == [("email_format", fix)]


def test_russian_look_alikes_are_named_with_their_places() -> None:
    flaw = read("ivаnоv@mail.ru").flaws[0]
    assert (flaw.code, flaw.level, flaw.fix) == ("homoglyph", "error", "ivanov@mail.ru")
    assert "третья «а», пятая «о»" in flaw.message


@pytest.mark.parametrize("text", ["a@mаil.ru", "a@gmail.сом"])
def test_russian_look_alikes_in_the_domain_are_found_too(text: str) -> None:
    assert [flaw.code for flaw in read(text).flaws] == ["homoglyph"]


@pytest.mark.parametrize(
    ("domain", "likely"),
    [
        ("mail.ur", "mail.ru"),
        ("gmial.com", "gmail.com"),
        ("gmail.con", "gmail.com"),
        ("yandx.ru", "yandex.ru"),
        ("maill.ru", "mail.ru"),
        ("ramler.ru", "rambler.ru"),
    ],
)
def test_a_likely_slip_is_a_warning_and_the_address_stays(domain: str, likely: str) -> None:
    reading = read(f"a@{domain}")
    assert reading.value == Email(f"a@{domain}")
    assert [(f.code, f.level, f.fix) for f in reading.flaws] == [
        ("email_typo", "warning", f"a@{likely}")
    ]


@pytest.mark.parametrize("domain", ["mail.ru", "bolnica47.ru", "lenreg.ru", "crb-priozersk.ru"])
def test_other_domains_are_nobodys_slip(domain: str) -> None:
    assert suggest(domain) is None


def test_the_organisations_own_domain_can_be_what_a_slip_is_measured_by() -> None:
    known = KNOWN_DOMAINS | {"bolnica47.ru"}
    assert [f.fix for f in read("a@bolniсa47.ru".replace("с", "s"), known).flaws] == [
        "a@bolnica47.ru"
    ]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("A.Petrova@Mail.RU", "a.petrova@mail.ru"),
        ("a@почта.рф", "a@xn--80a1acny.xn--p1ai"),
        ("a@ПОЧТА.РФ", "a@почта.рф"),
    ],
)
def test_two_spellings_of_one_address_compare_equal(one: str, other: str) -> None:
    assert Email(one).normalized == Email(other).normalized


def test_dots_and_plus_signs_make_another_address() -> None:
    assert len({Email(f"{a}@gmail.com").normalized for a in ("ab", "a.b", "ab+c")}) == 3


def test_an_address_longer_than_mail_can_carry_is_over_length() -> None:
    assert [flaw.code for flaw in read("a" * 250 + "@mail.ru").flaws] == ["over_length"]


def test_an_empty_one_is_asked_for() -> None:
    assert [flaw.code for flaw in read(" ; ").flaws] == ["required"]


def valid_by_the_library(text: str) -> bool:
    try:
        validate_email(text, check_deliverability=False, allow_smtputf8=False)
    except EmailNotValidError:
        return False
    return True


LOCAL = st.text(alphabet="abzAZ019._+-", min_size=1, max_size=70)
LABEL = st.text(alphabet="abzAZ019-x", min_size=1, max_size=34)
TOP = st.sampled_from(["ru", "com", "org", "net", "su", "info", "local", "test", "c", "RU"])


@given(LOCAL, st.lists(LABEL, max_size=4), TOP)
@example("a", ["xn--a"], "ru")
@example("a", ["ab--c"], "ru")
@example("a-", ["b"], "ru")
@example("a", ["example"], "com")
def test_the_quick_way_takes_what_the_library_takes_and_nothing_else(
    local: str, labels: list[str], top: str
) -> None:
    address = f"{local}@{'.'.join([*labels, top])}"
    assert (read(address).value is not None) == valid_by_the_library(stripped(address))


@given(st.text(max_size=30))
def test_any_text_is_answered_with_an_address_or_an_error(text: str) -> None:
    reading = read(text)
    assert (reading.value is None) == any(flaw.level == "error" for flaw in reading.flaws)
    assert reading.value is None or read(reading.value.text).value == reading.value
