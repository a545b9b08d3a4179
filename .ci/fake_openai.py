#!/usr/bin/env python3
"""A server on loopback that speaks enough of OpenAI's chat completions to measure and test with.

It prints its port as its first line. GET /counts tells how often each prompt has come.
"""
import argparse
import collections
import json
import random
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

options = argparse.ArgumentParser(description=__doc__)
options.add_argument("--port", type=int, default=0, help="0: any that is free")
options.add_argument("--delay", type=float, default=0.0, help="seconds before an answer")
options.add_argument("--jitter", type=float, default=0.0, help="at most so many seconds more")
options.add_argument("--key", help="every other key is answered with 401")
options = options.parse_args()

counts = collections.Counter()
counts_lock = threading.Lock()


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1

    def log_message(self, *args):
        pass

    def do_GET(self):
        if self.path == "/counts":
            with counts_lock:
                self.answer(200, dict(counts))
        elif self.path.endswith("/models"):
            self.answer(200, {"object": "list", "data": [{"id": "fake", "object": "model"}]})
        else:
            self.answer(404, {"error": {"message": "no such path", "type": "not_found"}})

    def do_POST(self):
        raw = self.rfile.read(int(self.headers.get("content-length", 0)))
        if options.key and self.headers.get("authorization") != "Bearer " + options.key:
            self.answer(401, {"error": {"message": "wrong key", "code": "invalid_api_key"}})
            return
        if self.path.endswith("/embeddings"):
            self.embed(json.loads(raw))
            return
        try:
            body = json.loads(raw)
            prompt = body["messages"][-1]["content"]
        except (ValueError, LookupError, TypeError):
            self.answer(400, {"error": {"message": "not a chat completion", "code": "bad_request"}})
            return
        if not isinstance(prompt, str):
            prompt = json.dumps(prompt)
        with counts_lock:
            counts[prompt] += 1
        time.sleep(options.delay + random.random() * options.jitter)
        if body.get("tools") and body["messages"][-1].get("role") != "tool":
            self.call_tool(body)
            return
        text = "You said: " + prompt
        if body.get("response_format", {}).get("type") in ("json_schema", "json_object"):
            text = json.dumps({"name": "Rex", "age": 3})
        if body.get("stream"):
            self.stream(body, text)
        else:
            message = {"role": "assistant", "content": text}
            choice = {"index": 0, "message": message, "finish_reason": "stop"}
            self.answer(200, self.head(body, "chat.completion", [choice]) | {"usage": usage(text)})

    def call_tool(self, body):
        name = body["tools"][0]["function"]["name"]
        call = {
            "id": "call-fake",
            "type": "function",
            "function": {"name": name, "arguments": json.dumps({"city": "Oslo"})},
        }
        message = {"role": "assistant", "content": None, "tool_calls": [call]}
        choice = {"index": 0, "message": message, "finish_reason": "tool_calls"}
        self.answer(200, self.head(body, "chat.completion", [choice]) | {"usage": usage(name)})

    def embed(self, body):
        texts = body["input"] if isinstance(body["input"], list) else [body["input"]]
        data = [
            {"object": "embedding", "index": i, "embedding": [float(len(str(text))), 0.5]}
            for i, text in enumerate(texts)
        ]
        tokens = {"prompt_tokens": len(texts), "total_tokens": len(texts)}
        model = body.get("model", "fake")
        self.answer(200, {"object": "list", "model": model, "data": data, "usage": tokens})

    def head(self, body, kind, choices):
        return {
            "id": "chatcmpl-fake",
            "object": kind,
            "created": int(time.time()),
            "model": body.get("model", "fake"),
            "choices": choices,
        }

    def answer(self, status, value):
        payload = json.dumps(value).encode()
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(payload)))
        self.send_header("x-request-id", "req-fake")
        self.end_headers()
        self.wfile.write(payload)

    def stream(self, body, text):
        self.send_response(200)
        self.send_header("content-type", "text/event-stream")
        self.send_header("transfer-encoding", "chunked")
        self.send_header("x-request-id", "req-fake")
        self.end_headers()
        words = text.split(" ")
        deltas = [{"role": "assistant", "content": ""}]
        deltas += [{"content": word if i == 0 else " " + word} for i, word in enumerate(words)]
        for delta in deltas:
            self.event(body, [{"index": 0, "delta": delta, "finish_reason": None}])
        self.event(body, [{"index": 0, "delta": {}, "finish_reason": "stop"}])
        if (body.get("stream_options") or {}).get("include_usage"):
            self.event(body, [], {"usage": usage(text)})
        self.chunk(b"data: [DONE]\n\n")
        self.wfile.write(b"0\r\n\r\n")

    def event(self, body, choices, more={}):
        value = self.head(body, "chat.completion.chunk", choices) | more
        self.chunk(b"data: " + json.dumps(value).encode() + b"\n\n")

    def chunk(self, payload):
        self.wfile.write(b"%x\r\n%b\r\n" % (len(payload), payload))
        self.wfile.flush()


def usage(text):
    tokens = len(text) // 4 + 1
    return {"prompt_tokens": tokens, "completion_tokens": tokens, "total_tokens": 2 * tokens}


class Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 1024


server = Server(("127.0.0.1", options.port), Handler)
print(server.server_address[1], flush=True)
server.serve_forever()
