"""A Flask application that shares its session with the functions; `flask-server.ts` starts it.

Test and application exchange values in a neutral form (see `neutral` below), so that the session contains
each side's own types.
"""

import base64
import json
import os
import sys
import uuid
from datetime import datetime, timezone

from flask import Flask, flash, get_flashed_messages, jsonify, request, session
from markupsafe import Markup
from werkzeug.serving import make_server

app = Flask(__name__)
app.config.from_mapping(json.loads(os.environ["FLASK_SESSION_CONFIG"]))


def neutral(value):
    """Returns a value as JSON that names Python's type where JSON has no such type."""
    if isinstance(value, dict):
        return {"py": "dict", "entries": [[key, neutral(item)] for key, item in value.items()]}
    if isinstance(value, tuple):
        return {"py": "tuple", "value": [neutral(item) for item in value]}
    if isinstance(value, list):
        return [neutral(item) for item in value]
    if isinstance(value, Markup):
        return {"py": "markup", "value": str(value)}
    if isinstance(value, bytes):
        return {"py": "bytes", "base64": base64.b64encode(value).decode()}
    if isinstance(value, uuid.UUID):
        return {"py": "uuid", "value": str(value)}
    if isinstance(value, datetime):
        return {"py": "datetime", "epochSeconds": value.timestamp()}
    if isinstance(value, float):
        return {"py": "float", "value": repr(value)}
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) > 2**53 - 1:
        return {"py": "int", "value": str(value)}
    return value


def concrete(value):
    """Returns the value that a neutral form describes."""
    if isinstance(value, list):
        return [concrete(item) for item in value]
    if not isinstance(value, dict):
        return value
    return {
        "dict": lambda: {key: concrete(item) for key, item in value["entries"]},
        "tuple": lambda: tuple(concrete(item) for item in value["value"]),
        "markup": lambda: Markup(value["value"]),
        "bytes": lambda: base64.b64decode(value["base64"]),
        "uuid": lambda: uuid.UUID(value["value"]),
        "datetime": lambda: datetime.fromtimestamp(value["epochSeconds"], timezone.utc),
        "float": lambda: float(value["value"]),
        "int": lambda: int(value["value"]),
    }[value["py"]]()


@app.get("/session")
def read():
    return jsonify(neutral(dict(session)))


@app.post("/session")
def write():
    session.update(concrete(request.get_json()))
    return "", 204


@app.post("/touch")
def touch():
    session.modified = True
    return "", 204


@app.post("/remove/<key>")
def remove(key):
    del session[key]
    return "", 204


@app.post("/clear")
def clear():
    session.clear()
    return "", 204


@app.post("/permanent")
def permanent():
    session.permanent = True
    return "", 204


@app.post("/flash")
def leave_message():
    flash(request.get_json()["message"], request.get_json()["category"])
    return "", 204


@app.get("/flashes")
def messages():
    return jsonify(get_flashed_messages(with_categories=True))


if __name__ == "__main__":
    server = make_server("127.0.0.1", 0, app)
    print(server.server_port, flush=True)
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        sys.exit(0)
