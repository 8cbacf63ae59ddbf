"""Keeps sessions of the Claude Agent SDK with Holdfast: a `SessionStore` that talks to the companion of this host.

    from claude_agent_sdk import ClaudeAgentOptions, query
    from holdfast_session_store import HoldfastSessionStore

    options = ClaudeAgentOptions(session_store=HoldfastSessionStore(), resume=session_id)

What is stored is kept as Holdfast keeps transcripts: accounted for, searchable, in the vault, and gone with
`holdfast forget`. Sessions that the vault has from elsewhere (`holdfast vault import`) can be loaded and resumed, too.
"""
from __future__ import annotations

import http.client
import json
import os
import socket
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import anyio.to_thread
from claude_agent_sdk import SessionStore, fold_session_summary

__all__ = ["HoldfastError", "HoldfastSessionStore"]

JSON = "application/json"
LINES = "application/x-ndjson"
# Writers of one summary that come at the same time go one after the other.
ATTEMPTS = 20


class HoldfastError(RuntimeError):
    """Something was not stored or loaded: what is wrong, and the way out. `status` is that of HTTP, or None where
    nobody answers."""

    def __init__(self, message: str, status: int | None = None):
        super().__init__(message)
        self.status = status


class HoldfastSessionStore(SessionStore):
    """Sessions in the keeping of the Holdfast companion of this host and user.

    socket   the companion's socket for programs; where none is given it is found in the state folder
    timeout  seconds that one call may take
    """

    def __init__(self, socket: str | os.PathLike[str] | None = None, timeout: float = 30):
        self._socket = None if socket is None else os.fspath(socket)
        self._timeout = timeout

    async def append(self, key, entries) -> None:
        """Returns when the entries are on the disk; those with a `uuid` that is there already, and those that are
        forgotten here, are left out."""
        if not entries:
            return
        lines = "".join(json.dumps(entry, separators=(",", ":")) + "\n" for entry in entries)
        await self._ask("POST", _place(key) + "/entries" + _terms(key), lines, LINES)
        if not key.get("subpath"):
            await self._fold(key, entries)

    async def load(self, key):
        answer = await self._ask("GET", _place(key) + "/entries" + _terms(key), none_if_missing=True)
        if answer is None:
            return None
        # Not splitlines(): U+2028 and the like may stand in a string.
        return [json.loads(line) for line in answer.split(b"\n") if line]

    async def list_sessions(self, project_key: str):
        return [{"session_id": row["session_id"], "mtime": row["mtime"]} for row in await self._sessions(project_key)]

    async def list_session_summaries(self, project_key: str):
        return [
            {"session_id": row["session_id"], "mtime": row["summary"]["mtime"],
             "data": json.loads(row["summary"]["json"])}
            for row in await self._sessions(project_key) if row.get("summary")
        ]

    async def delete(self, key) -> None:
        """Removes what Holdfast stores of the session, and what the vault has of it, which keeps a transcript anew that
        is still on the disk of this host. For its words everywhere there is `holdfast forget`."""
        await self._ask("DELETE", _place(key) + _terms(key))

    async def list_subkeys(self, key):
        return json.loads(await self._ask("GET", _place(key) + "/subkeys"))["subkeys"]

    # -- ways --------------------------------------------------------------------------------------------------------

    async def _sessions(self, project_key: str) -> list[dict[str, Any]]:
        return json.loads(await self._ask("GET", f"/api/v1/store/{_quoted(project_key)}"))["sessions"]

    async def _fold(self, key, entries) -> None:
        """Brings the summary up to date. The SDK alone understands it, so it is folded here, after what is there."""
        place = _place(key) + "/summary"
        for _ in range(ATTEMPTS):
            there = json.loads(await self._ask("GET", place))
            before = None
            if there["json"] is not None:
                before = {"session_id": key["session_id"], "mtime": there["mtime"], "data": json.loads(there["json"])}
            data = json.dumps(fold_session_summary(before, key, entries)["data"])
            try:
                await self._ask("POST", f"{place}?version={there['version']}", data, JSON)
                return
            except HoldfastError as error:
                if error.status != 409:
                    raise
        # The entries are stored; who lists sessions sees by its time that the summary is old, and reads them.

    async def _ask(self, method: str, target: str, body: str = "", kind: str = JSON, none_if_missing: bool = False):
        return await anyio.to_thread.run_sync(self._asked, method, target, body, kind, none_if_missing)

    def _asked(self, method: str, target: str, body: str, kind: str, none_if_missing: bool) -> bytes | None:
        path = self._socket or _socket_of_state()
        connection = _Connection(path, self._timeout)
        try:
            headers = {"Content-Type": kind} if body else {}
            connection.request(method, target, body.encode() if body else None, headers)
            answer = connection.getresponse()
            content = answer.read()
        except (OSError, http.client.HTTPException) as error:
            raise HoldfastError(
                f"no Holdfast companion answers on {path} ({error}); start it with 'holdfast up'") from error
        finally:
            connection.close()
        if answer.status == 404 and none_if_missing:
            return None
        if answer.status >= 300:
            raise HoldfastError(_reason(content, answer.status), answer.status)
        return content


class _Connection(http.client.HTTPConnection):
    """HTTP over a Unix socket."""

    def __init__(self, path: str, timeout: float):
        super().__init__("localhost", timeout=timeout)
        self._path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self._path)


def _socket_of_state() -> str:
    """Where the companion of the state folder says that it listens."""
    state = os.environ.get("HOLDFAST_STATE_DIR", "")
    if not state.startswith("/"):
        base = os.environ.get("XDG_STATE_HOME", "")
        state = (base if base.startswith("/") else str(Path.home() / ".local" / "state")) + "/holdfast"
    try:
        return Path(state, "api.address").read_text().strip()
    except OSError as error:
        raise HoldfastError(
            f"no Holdfast companion has run on {state} ({error.strerror}); start it with 'holdfast up', "
            "or set HOLDFAST_STATE_DIR") from error


def _quoted(name: str) -> str:
    return quote(name, safe="")


def _place(key) -> str:
    return f"/api/v1/store/{_quoted(key['project_key'])}/{_quoted(key['session_id'])}"


def _terms(key) -> str:
    subpath = key.get("subpath")
    return "?" + urlencode({"subpath": subpath}) if subpath else ""


def _reason(content: bytes, status: int) -> str:
    try:
        error = json.loads(content)["error"]
        return "; ".join(part for part in (error["message"], error["remedy"]) if part)
    except (ValueError, KeyError, TypeError):
        return f"Holdfast answered {status}"
