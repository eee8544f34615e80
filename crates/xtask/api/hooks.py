"""What schemathesis cannot know from the document: how callers identify themselves, and ids of things that exist."""

import os
import secrets
import threading

import requests
import schemathesis

URL = os.environ["LINCHPIN_URL"]
ORIGIN = os.environ["LINCHPIN_ORIGIN"]
SECRET = os.environ["LINCHPIN_CLIENT_SECRET"]

lock = threading.Lock()
state = {"token": None, "link_id": None, "connection_id": None, "institution_id": None}


def call(method, path, bearer, body=None):
    headers = {"Authorization": f"Bearer {bearer}", "Idempotency-Key": secrets.token_hex(16)}
    return requests.request(method, URL + path, json=body, headers=headers, timeout=20)


def begin():
    """A session of a person who has agreed, with a connection."""
    user = "user-" + secrets.token_hex(4)
    link = call("POST", "/v1/link-tokens", SECRET, {"user_id": user, "origin": ORIGIN, "purpose": "both"}).json()
    opened = call("POST", "/v1/sessions", "none", {"link_token": link["link_token"], "origin": ORIGIN}).json()
    token, version = opened["token"], opened["session"]["consent"]["version"]
    call("POST", "/v1/sessions/consent", token, {"version": version}).raise_for_status()
    found = call("GET", "/v1/institutions?query=harbour", token).json()["institutions"]
    wish = {"institution_id": found[0]["id"], "method": "credentials"}
    made = call("POST", "/v1/connections", token, wish).json()
    state.update(token=token, link_id=link["link_id"], connection_id=made["id"], institution_id=found[0]["id"])


def session():
    with lock:
        if state["token"] is None or call("GET", "/v1/sessions/current", state["token"]).status_code != 200:
            begin()
        return state["token"]


@schemathesis.auth(refresh_interval=None)
class Credentials:
    def get(self, case, context):
        tags = context.operation.tags or []
        return SECRET if "client" in tags else session()

    def set(self, case, data, context):
        case.headers = case.headers or {}
        case.headers["Authorization"] = f"Bearer {data}"


@schemathesis.hook
def map_path_parameters(context, path_parameters):
    """Every other id is one that exists."""
    if path_parameters and isinstance(path_parameters.get("id"), str) and len(path_parameters["id"]) % 2:
        session()
        path = context.operation.path
        kind = "link_id" if "link-tokens" in path else "institution_id" if "institutions" in path else "connection_id"
        path_parameters["id"] = state[kind]
    return path_parameters


@schemathesis.hook
def map_query(context, query):
    """Waits are cut short where they are allowed at all: there are thousands of calls to make."""
    if query and isinstance(query.get("wait"), int) and 1 < query["wait"] <= 25:
        query["wait"] = 1
    return query
