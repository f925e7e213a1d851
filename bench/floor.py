"""The floor: a bare Flask view with one hand-written query over an open connection, and a Jinja2 table."""

import json
from collections.abc import Sequence
from typing import Any

from flask import Flask, Response, render_template_string

TABLE = """<!doctype html><title>{{ title }}</title><table><thead><tr>
{%- for name in names %}<th>{{ name }}</th>{% endfor %}</tr></thead><tbody>
{%- for row in rows %}<tr>{% for value in row %}<td>{{ value }}</td>{% endfor %}</tr>{% endfor %}
</tbody></table>"""

QUERIES = {
    "customer": """
        SELECT c.id, c.name, c.level, c.status, u.name, c.last_visit_on, c.next_contact_on, c.region, c.industry,
            c.phone
        FROM customer c LEFT JOIN core_user u ON u.id = c.owner_id
        WHERE c.id IN ({ids}) ORDER BY c.name, c.id
    """,
    "visit": """
        SELECT v.id, v.visited_at, c.name, v.method, v.content, u.name, v.next_contact_on
        FROM visit v JOIN customer c ON c.id = v.customer_id LEFT JOIN core_user u ON u.id = v.owner_id
        WHERE v.id IN ({ids}) ORDER BY v.visited_at DESC, v.id DESC
    """,
    "api": "SELECT {columns} FROM {model} WHERE id IN ({ids}) ORDER BY id",
}


def create_floor(connection: Any, placeholder: str) -> Flask:
    """The bare application on an open connection of the database's driver."""
    app = Flask(__name__)
    app.config.update(IDS=[], COLUMNS=[], MODEL="")

    def rows(query: str) -> tuple[list[str], Sequence[Any]]:
        ids = app.config["IDS"]
        marks = ", ".join([placeholder] * len(ids)) or "NULL"
        columns = ", ".join(app.config["COLUMNS"])
        cursor = connection.execute(query.format(ids=marks, columns=columns, model=app.config["MODEL"]), ids)
        return [column[0] for column in cursor.description], cursor.fetchall()

    @app.get("/<name>")
    def table(name: str) -> str:
        names, found = rows(QUERIES[name])
        return render_template_string(TABLE, title=name, names=names, rows=found)

    @app.get("/api/<name>")
    def api(name: str) -> Response:
        names, found = rows(QUERIES["api"])
        body = {"data": [dict(zip(names, row, strict=True)) for row in found]}
        return Response(json.dumps(body, default=str, ensure_ascii=False), mimetype="application/json")

    return app
