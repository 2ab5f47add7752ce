"""What documents call themselves is read beside what they say, by the same process with bounds."""

import io
import zipfile

import pytest

from listserv.filetexts import text_of

CORE = '<cp:coreProperties xmlns:cp="c" xmlns:dc="d"><dc:title>{}</dc:title><dc:creator>Ktoś</dc:creator></cp:coreProperties>'
META = '<office:document-meta xmlns:office="o" xmlns:dc="d"><office:meta><dc:title>{}</dc:title></office:meta></office:document-meta>'
SLIDE = '<p:sld xmlns:p="p" xmlns:a="a"><a:p><a:r><a:t>Slajd o gazetce</a:t></a:r></a:p></p:sld>'
CONTENT = '<office:document-content xmlns:office="o" xmlns:text="t"><text:p>Slajd o gazetce</text:p></office:document-content>'
KINDS = {
    "docx": {"word/document.xml": SLIDE, "docProps/core.xml": CORE},
    "pptx": {"ppt/presentation.xml": "<p/>", "ppt/slides/slide1.xml": SLIDE, "docProps/core.xml": CORE},
    "odt": {"content.xml": CONTENT, "meta.xml": META},
    "odp": {"content.xml": CONTENT, "meta.xml": META},
}


def archive(parts):
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as file:
        for name, text in parts.items():
            file.writestr(name, text)
    return made.getvalue()


@pytest.mark.parametrize("kind", KINDS)
def test_a_document_says_its_title_and_its_words(kind):
    said = text_of(archive({name: text.format("Gazetka\nszkolna &amp; my") for name, text in KINDS[kind].items()}), kind)

    assert (said.title, said.text.strip(), said.trouble) == ("Gazetka szkolna & my", "Slajd o gazetce", "")


@pytest.mark.parametrize("broken", ["<!DOCTYPE a [<!ENTITY x 'y'>]><dc:title>&x;</dc:title>", "<not xml", ""])
def test_a_title_that_cannot_be_read_leaves_the_words(broken):
    said = text_of(archive({**KINDS["odt"], "meta.xml": broken}), "odt")

    assert (said.title, said.text.strip(), said.trouble) == ("", "Slajd o gazetce", "")
