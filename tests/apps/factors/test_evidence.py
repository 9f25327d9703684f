"""Evidence is told by its content: hostile uploads are refused, whatever they are called."""

import io
import zipfile

import pytest

from apps.factors.evidence import MAX_BYTES, EvidenceRefused, examine

PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 20


def workbook(*names):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as file:
        for name in names:
            file.writestr(
                zipfile.ZipInfo(name), "x"
            )  # dated 1980, so that names of tests hold still
    return buffer.getvalue()


SHEET = workbook("[Content_Types].xml", "xl/workbook.xml")


@pytest.mark.parametrize(
    ("content", "name", "kept", "type_"),
    [
        (b"%PDF-1.7 text", "statement.pdf", "statement.pdf", "application/pdf"),
        (b"%PDF-1.7 text", "statement.html", "statement.pdf", "application/pdf"),
        (PNG, "photo", "photo.png", "image/png"),
        (b"\xff\xd8\xff\xe0 jpeg", "photo.exe", "photo.jpg", "image/jpeg"),
        (SHEET, "meter.xlsx", "meter.xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        (b"a,b\n1,2\n", "meter.csv", "meter.csv", "text/plain"),
        (b'{"a": 1}', "meter.json", "meter.json", "text/plain"),
        ("Zähler".encode(), "Zähler 1.txt", "Zähler 1.txt", "text/plain"),
        (b"text", "../../../etc/passwd", "passwd.txt", "text/plain"),
        (b"text", "C:\\Users\\me\\note.txt", "note.txt", "text/plain"),
        (b"text", 'a"\r\nSet-Cookie: x.txt', "a___Set-Cookie_ x.txt", "text/plain"),
        (b"text", "", "evidence.txt", "text/plain"),
        (b"text", "n" * 500 + ".txt", "n" * 112 + ".txt", "text/plain"),
    ],
)  # fmt: skip
def test_a_file_is_what_its_content_says(content, name, kept, type_):
    found = examine(io.BytesIO(content), name)
    assert (found.name, found.type, found.content) == (kept, type_, content)
    assert len(found.sha256) == 64


@pytest.mark.parametrize(
    "content",
    [
        b"<!doctype html><script>alert(1)</script>",
        b"  \n<HTML><body onload=alert(1)>",
        b"\xef\xbb\xbf<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
        b"<?xml version='1.0'?><!DOCTYPE x [<!ENTITY e SYSTEM 'file:///etc/passwd'>]>",
        b"MZ\x90\x00 a program",
        b"\x7fELF a program",
        b"text with a \0 in it",
        b"\xff\xfet\x00e\x00x\x00t\x00",
        b"GIF89a;<script>alert(1)</script>\x00",
        workbook("readme.txt"),
        workbook("[Content_Types].xml", "xl/workbook.xml", "xl/vbaProject.bin"),
        SHEET[: len(SHEET) // 2],
        b"PK\x03\x04 not a zip",
    ],
)
def test_what_is_not_evidence_is_refused_whatever_its_name(content):
    with pytest.raises(EvidenceRefused, match="none of them"):
        examine(io.BytesIO(content), "statement.pdf")


@pytest.mark.parametrize("content", [b"", b"  \n "])
def test_an_empty_file_is_refused(content):
    with pytest.raises(EvidenceRefused, match="empty"):
        examine(io.BytesIO(content), "a.pdf")


def test_a_large_file_is_refused_after_reading_no_more_than_needed():
    file = io.BytesIO(b"%PDF-" + b"x" * (MAX_BYTES * 2))
    with pytest.raises(EvidenceRefused, match="larger than 5 MB"):
        examine(file, "a.pdf")
    assert file.tell() == MAX_BYTES + 1
