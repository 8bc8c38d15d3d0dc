"""What `mkdocs.yml` adds to docs/: pages that lie elsewhere in the repository.

README.md is the site's first page, and the notebook a page as well. They are written
once, where people look for them, and their links are led to the site's own pages, whose
titles stand for the names of files.
"""

import json
import pathlib
import re

from mkdocs.structure.files import File

ROOT = pathlib.Path(__file__).parents[1]
_CARD = "dgnet_tf/presets/mocap_human36m_17/model_card.md"
# Pages of the site by the file of the repository that they are made from.
PAGES = {
    "README.md": "index.md",
    "BUILD.md": "build.md",
    "CHANGELOG.md": "changelog.md",
    "DECISIONS.md": "decisions.md",
    "SECURITY.md": "security.md",
    "LICENSE": "LICENSE.txt",
    _CARD: "model_card.md",
    "docs/first_poses.ipynb": "first_poses.md",
}
_LINK = re.compile(r"\[([^\[\]]*)\]\(([\w./-]+)((?:#[\w-]+)?)\)")
_TITLE = re.compile(r"^# (.*)$", re.MULTILINE)


def on_files(files, config):
    """Adds the pages that do not lie in docs/."""
    for source, page in PAGES.items():
        path = ROOT / source
        text = path.read_text(encoding="utf-8")
        if path.suffix == ".ipynb":
            text = markdown(json.loads(text))
        text = linked(text, path.parent)
        files.append(File.generated(config, page, content=text))
    return files


def on_page_markdown(markdown, page, config, files):
    """Leads links out of docs/ to the site's pages."""
    if page.file.generated_by:
        return markdown
    folder = (ROOT / "docs" / page.file.src_uri).parent
    return linked(markdown, folder, depth=page.file.src_uri.count("/"))


def linked(text: str, folder: pathlib.Path, depth: int = 0) -> str:
    """Returns Markdown of a file in a folder with the links of a page of the site.

    Args:
        text: Markdown.
        folder: that its links start from.
        depth: folders between the site's root and the page.
    """

    def lead(match):
        shown, link, anchor = match.groups()
        target = (folder / link).resolve()
        if not target.is_relative_to(ROOT):
            return match[0]
        source = target.relative_to(ROOT).as_posix()
        if shown.endswith(".md") and target.is_file():
            shown = _TITLE.search(target.read_text(encoding="utf-8"))[1]
        page = PAGES.get(source, source.removeprefix("docs/"))
        return f"[{shown}]({'../' * depth}{page}{anchor})"

    return _LINK.sub(lead, text)


def markdown(notebook: dict) -> str:
    """Returns a notebook's cells as Markdown, code in fences."""
    cells = []
    for cell in notebook["cells"]:
        text = "".join(cell["source"])
        is_code = cell["cell_type"] == "code"
        cells.append(f"```python\n{text}\n```" if is_code else text)
    return "\n\n".join(cells) + "\n"
