"""realgraphiti.py PORT FOLDER [mcp]: the real graphiti-core with its embedded Kuzu, behind its servers' contract.

A scripted model and embedder speak OpenAI's API on loopback. FOLDER/kuzu outlasts the server; see graphiticontract.
"""
import asyncio
import hashlib
import json
import os
import re
import sys
import threading
from datetime import datetime, timezone
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

os.environ["GRAPHITI_TELEMETRY_ENABLED"] = "false"

import kuzu  # noqa: E402
from graphiti_core import Graphiti  # noqa: E402
from graphiti_core.cross_encoder.client import CrossEncoderClient  # noqa: E402
from graphiti_core.driver.driver import GraphProvider  # noqa: E402
from graphiti_core.driver.kuzu_driver import KuzuDriver  # noqa: E402
from graphiti_core.embedder.openai import OpenAIEmbedder, OpenAIEmbedderConfig  # noqa: E402
from graphiti_core.graph_queries import get_fulltext_indices  # noqa: E402
from graphiti_core.llm_client.config import LLMConfig  # noqa: E402
from graphiti_core.llm_client.openai_generic_client import OpenAIGenericClient  # noqa: E402
from graphiti_core.nodes import EpisodeType  # noqa: E402

from graphiticontract import Inbox, serve, serve_tools  # noqa: E402

port, folder = int(sys.argv[1]), sys.argv[2]
WORD = re.compile(r"\bsaid-\d+-\d+\b")


class Model(BaseHTTPRequestHandler):
    """Every episode is of two things: the project, and the word that it speaks of."""

    def log_message(self, *_):
        pass

    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["content-length"])))
        if self.path.endswith("/embeddings"):
            texts = body["input"] if isinstance(body["input"], list) else [body["input"]]
            answer = {"object": "list", "model": "m", "usage": {"prompt_tokens": 1, "total_tokens": 1},
                      "data": [{"object": "embedding", "index": index, "embedding": vector(text)}
                               for index, text in enumerate(texts)]}
        else:
            answer = {"id": "1", "object": "chat.completion", "created": 1, "model": "m", "choices": [
                {"index": 0, "finish_reason": "stop",
                 "message": {"role": "assistant", "content": json.dumps(self.reply(body))}}]}
        text = json.dumps(answer).encode()
        self.send_response(200)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def reply(self, body):
        kind = body["response_format"].get("json_schema", {}).get("name", "")
        prompt = "\n".join(message["content"] for message in body["messages"])
        words = WORD.findall(prompt)
        word = words[-1] if words else "nothing"
        if kind == "ExtractedEntities":
            return {"extracted_entities": [{"name": "project", "entity_type_id": 0, "episode_indices": [0]},
                                           {"name": word, "entity_type_id": 0, "episode_indices": [0]}]}
        if kind == "ExtractedEdges":
            return {"edges": [{"source_entity_name": "project", "target_entity_name": word,
                               "relation_type": "SPOKE_OF", "fact": "the project spoke of " + word,
                               "valid_at": None, "invalid_at": None}]}
        if kind == "NodeResolutions":
            return {"entity_resolutions": []}
        if kind == "EdgeDuplicate":
            return {"duplicate_facts": [], "contradicted_facts": []}
        if kind == "BatchEdgeTimestamps":
            return {"timestamps": []}
        if kind == "SummarizedEntities":
            return {"summaries": []}
        return {"summary": word, "description": word}


def vector(text):
    """The same text, the same direction; any two others, far apart."""
    digest = hashlib.sha256(text.encode()).digest()
    return [(byte - 128) / 128 for byte in digest * 4]


class Reranker(CrossEncoderClient):
    async def rank(self, query, passages):
        return [(passage, 1.0) for passage in passages]


class Graph:
    def __init__(self):
        models = ThreadingHTTPServer(("127.0.0.1", 0), Model)
        threading.Thread(target=models.serve_forever, daemon=True).start()
        url = "http://127.0.0.1:%d/v1" % models.server_port
        self.loop = asyncio.new_event_loop()
        threading.Thread(target=self.loop.run_forever, daemon=True).start()
        self.graphiti = self.run(self.open(url))

    async def open(self, url):
        self.driver = KuzuDriver(db=os.path.join(folder, "kuzu"))
        # Asked for by Graphiti, and set by no other than the servers' drivers.
        self.driver._database = ""
        graphiti = Graphiti(
            graph_driver=self.driver, cross_encoder=Reranker(),
            llm_client=OpenAIGenericClient(LLMConfig(api_key="k", model="m", small_model="m", base_url=url)),
            embedder=OpenAIEmbedder(OpenAIEmbedderConfig(api_key="k", base_url=url, embedding_dim=128)))
        # Its driver makes none of the indexes that its search asks; and one that was there when the database was opened
        # ends the process with the next episode (a fault of Kuzu 0.11).
        connection = kuzu.Connection(self.driver.db)
        connection.execute("LOAD EXTENSION fts")
        for statement in get_fulltext_indices(GraphProvider.KUZU):
            table, name = re.findall(r"'(\w+)'", statement)[:2]
            try:
                connection.execute("CALL DROP_FTS_INDEX('%s', '%s')" % (table, name))
            except RuntimeError:
                pass  # the first time there is none
            connection.execute(statement)
        connection.close()
        return graphiti

    def run(self, work):
        return asyncio.run_coroutine_threadsafe(work, self.loop).result()

    def add(self, group, message):
        self.run(self.graphiti.add_episode(
            name=message["name"], group_id=group, source=EpisodeType.message,
            episode_body="%s(%s): %s" % (message["role"], message["role_type"], message["content"]),
            reference_time=(datetime.fromisoformat(message["timestamp"].replace("Z", "+00:00"))
                            if message["timestamp"] else datetime.now(timezone.utc)),
            source_description=message["source_description"]))

    def episodes(self, group, count):
        found = self.run(self.graphiti.retrieve_episodes(
            group_ids=[group], last_n=count, reference_time=datetime.now(timezone.utc)))
        return [{"uuid": one.uuid, "name": one.name, "group_id": one.group_id, "content": one.content} for one in found]

    def search(self, groups, query, count):
        edges = self.run(self.graphiti.search(group_ids=groups, query=query, num_results=count))
        return [{"uuid": edge.uuid, "name": edge.name, "fact": edge.fact,
                 "valid_at": edge.valid_at and edge.valid_at.isoformat(),
                 "invalid_at": edge.invalid_at and edge.invalid_at.isoformat()} for edge in edges]


(serve_tools if "mcp" in sys.argv else serve)(port, Inbox(folder, Graph()))
