"""The description as a page for people: HTML that loads nothing, at /docs."""

import json
import re
from base64 import b64encode
from hashlib import sha256
from html import escape
from string import Template
from typing import Any

from web_server.headers import HEADERS

_STYLE = """
body { font: 16px/1.5 system-ui, sans-serif; max-width: 52rem; margin: 2rem auto; padding: 0 1rem; }
h2 { margin: 2.5rem 0 0; font-size: 1.1rem; }
h2 code { background: none; padding: 0; }
code, pre { font: 0.85rem/1.45 ui-monospace, monospace; background: #f3f4f6; border-radius: 4px; }
code { padding: 0.1rem 0.3rem; }
pre { padding: 0.8rem; overflow-x: auto; }
pre code { padding: 0; background: none; }
table { border-collapse: collapse; }
td { padding: 0.1rem 1rem 0.1rem 0; vertical-align: top; }
summary { cursor: pointer; color: #4b5563; }
@media (prefers-color-scheme: dark) {
  body { background: #111827; color: #e5e7eb; } a { color: #93c5fd; }
  code, pre { background: #1f2937; } summary { color: #9ca3af; }
}
"""
#: of the page: its one style, and nothing else
POLICY = (
    f"{HEADERS['content-security-policy']}; style-src"
    f" 'sha256-{b64encode(sha256(_STYLE.encode()).digest()).decode()}'"
)
_PAGE = Template("""\
<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>$title</title>
<style>$style</style>
<h1>$title</h1>
$introduction
<p>For programs: <a href="/openapi.json">openapi.json</a>.</p>
$operations
</html>
""")


def page(openapi: dict[str, Any]) -> str:
    """The description as one page of HTML that loads nothing else."""
    operations = [
        _section(path, method, operation)
        for path, methods in openapi["paths"].items()
        for method, operation in methods.items()
    ]
    return _PAGE.substitute(
        style=_STYLE,
        title=escape(openapi["info"]["title"]),
        introduction=_text(openapi["info"]["description"]),
        operations="\n".join(operations),
    )


def _section(path: str, method: str, operation: dict[str, Any]) -> str:
    parts = [
        f"<h2>{escape(operation['summary'])} <code>{method.upper()} {escape(path)}</code></h2>",
        _text(operation.get("description", "")),
    ]
    body = operation.get("requestBody", {}).get("content", {}).get("application/json", {})
    if "example" in body:
        for parameter in operation["parameters"]:
            path = path.replace(f"{{{parameter['name']}}}", parameter["example"])
        command = (
            f'curl "$SERVER{path}" \\\n'
            '  -H "Authorization: Bearer $AZEKURA_SERVING_TOKEN" \\\n'
            '  -H "Content-Type: application/json" \\\n'
            f"  -d '{_shown(body['example'])}'"
        )
        parts.append(_code(command))
    rows = []
    for status, response in operation["responses"].items():
        example = response.get("content", {}).get("application/json", {}).get("example")
        if example is not None:
            parts.append(_code(_shown(example)))
        rows.append(f"<tr><td>{status}<td>{_marked(response['description'])}</tr>")
    parts.append(f"<details><summary>Statuses</summary><table>{''.join(rows)}</table></details>")
    return "\n".join(parts)


def _shown(example: Any) -> str:
    """Indented JSON, what holds nothing but values on one line."""
    text = json.dumps(example, indent=2)
    return re.sub(r"[\[{][^\[\]{}]*[\]}]", lambda found: re.sub(r"\s+", " ", found[0]), text)


def _text(markdown: str) -> str:
    """Paragraphs; the little Markdown that is used here is marks around code."""
    return "".join(f"<p>{_marked(part)}</p>" for part in markdown.split("\n\n") if part.strip())


def _marked(text: str) -> str:
    pieces = escape(text, quote=False).split("`")
    return "".join(
        f"<code>{piece}</code>" if number % 2 else piece for number, piece in enumerate(pieces)
    )


def _code(text: str) -> str:
    return f"<pre><code>{escape(text, quote=False)}</code></pre>"
