"""The official client, on a server of ours."""
import asyncio
import contextlib
import unittest

import mcp_types as types
from mcp.client.session import ClientSession
from mcp.client.stdio import StdioServerParameters, stdio_client

from wire import command

# The client validates what it receives against the revision agreed upon.
INFO = types.Implementation(name="official", version="1")


class OfficialTest(unittest.IsolatedAsyncioTestCase):
    async def asyncSetUp(self):
        # The test case turns the loop's checks on, which take more time than the server.
        asyncio.get_running_loop().set_debug(False)


@contextlib.asynccontextmanager
async def connection(version=None, *more, server=None, **options):
    """A session that asked for a version, by default the newest the client knows; with another server than
    TOOL_SERVER, if one is given."""
    if server is None:
        words = command() + list(more)
        server = StdioServerParameters(command=words[0], args=words[1:])
    async with stdio_client(server) as (reads, writes):
        async with ClientSession(reads, writes, read_timeout_seconds=30, **options) as session:
            if version is None:
                await session.initialize()
            else:
                await initialize(session, version)
            yield session


async def initialize(session, version):
    """What `session.initialize` does, which always asks for the newest."""
    asked = types.InitializeRequestParams(
        protocol_version=version, capabilities=types.ClientCapabilities(), client_info=INFO
    )
    result = await session.send_request(types.InitializeRequest(params=asked), types.InitializeResult)
    session.adopt(result)
    await session.send_notification(types.InitializedNotification())
