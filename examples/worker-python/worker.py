"""An outside worker for Kapok: fetches tasks of its topics over REST, does them, and says how it went.

Nothing but the standard library of Python 3.9 or newer. What a task does is a function that is given the task and
answers variables; `handlers` below says which function does which topic. Run it like this:

    KAPOK_TOKEN=… python3 worker.py --url http://127.0.0.1:8080
"""

import argparse
import json
import os
import sys
import threading
import time
import traceback
import urllib.error
import urllib.request


class BusinessError(Exception):
    """Ends a task in an error that the process may catch (an error event at the step)."""

    def __init__(self, code, message="", variables=None):
        super().__init__(message)
        self.code, self.message, self.variables = code, message, variables or {}


class LostTask(Exception):
    """Somebody else has the task now, or its case needs it no more: there is nothing to say about it."""


class Client:
    """The four things that a worker says to the server."""

    def __init__(self, url, token, worker):
        self.url, self.token, self.worker = url.rstrip("/"), token, worker

    def fetch(self, topics, lock_seconds, limit=1, wait_seconds=20):
        topics = [{"topic": topic, "lock_seconds": lock_seconds} for topic in topics]
        body = {"topics": topics, "limit": limit, "wait_seconds": wait_seconds}
        return self._post("/external-tasks/fetch", body)["items"]

    def extend(self, task, lock_seconds):
        return self._post(f"/external-tasks/{task['id']}/extend", {"lock_seconds": lock_seconds})

    def complete(self, task, variables):
        self._post(f"/external-tasks/{task['id']}/complete", {"variables": variables})

    def fail(self, task, message, details=None):
        # Without `retries` and `retry_seconds` the process itself says how often it is tried again, and when.
        self._post(f"/external-tasks/{task['id']}/fail", {"message": message, "details": details})

    def error(self, task, error):
        body = {"code": error.code, "message": error.message, "variables": error.variables}
        self._post(f"/external-tasks/{task['id']}/error", body)

    def _post(self, path, body):
        data = json.dumps({"worker": self.worker, **body}).encode()
        headers = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"}
        request = urllib.request.Request(f"{self.url}/api/v1{path}", data=data, headers=headers, method="POST")
        try:
            # Longer than the server lets a request wait.
            with urllib.request.urlopen(request, timeout=60) as answer:
                text = answer.read()
        except urllib.error.HTTPError as error:
            problem = error.read().decode(errors="replace")
            if error.code in (404, 409):
                raise LostTask(problem) from error
            raise RuntimeError(f"{path}: {error.code} {problem}") from error
        return json.loads(text) if text else None


class Lock:
    """Keeps a task while it is worked on, and for no longer: a worker that dies loses it."""

    def __init__(self, client, task, lock_seconds):
        self.client, self.task, self.lock_seconds = client, task, lock_seconds
        self.done = threading.Event()

    def __enter__(self):
        self.thread = threading.Thread(target=self._keep, daemon=True)
        self.thread.start()

    def __exit__(self, *_):
        self.done.set()
        self.thread.join()

    def _keep(self):
        while not self.done.wait(self.lock_seconds / 3):
            try:
                self.client.extend(self.task, self.lock_seconds)
            except Exception as problem:  # It will be tried again; if the lock is lost, finishing says so.
                print(f"task {self.task['id']} could not be kept: {problem}", file=sys.stderr)


def work_on(client, task, handler, lock_seconds):
    """Does one task and says how it went."""
    try:
        try:
            with Lock(client, task, lock_seconds):
                variables = handler(task) or {}
        except BusinessError as error:
            client.error(task, error)
        except Exception as error:
            client.fail(task, f"{type(error).__name__}: {error}", traceback.format_exc())
        else:
            client.complete(task, variables)
            print(f"task {task['id']} ({task['topic']}) is done", flush=True)
    except LostTask as lost:
        print(f"task {task['id']} was lost: {lost}", file=sys.stderr)


def run(client, handlers, lock_seconds=60, tasks=None):
    """Works until it is stopped, or until so many tasks were done."""
    done = 0
    while tasks is None or done < tasks:
        try:
            fetched = client.fetch(list(handlers), lock_seconds)
        except Exception as problem:
            # A server that restarts is back soon.
            print(f"the server does not answer: {problem}", file=sys.stderr)
            time.sleep(2)
            continue
        for task in fetched:
            work_on(client, task, handlers[task["topic"]], lock_seconds)
            done += 1


def rate(task):
    """What this example does: how good a customer is. Numbers come as JSON numbers, amounts of money as text."""
    revenue = float(task["variables"].get("revenue") or 0)
    if revenue < 0:
        raise BusinessError("rating.negative", "a revenue is never negative", {"rating": "?"})
    return {"rating": "A" if revenue >= 1_000_000 else "B" if revenue >= 100_000 else "C"}


handlers = {"rate-customer": rate}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--url", default="http://127.0.0.1:8080", help="where Kapok is")
    parser.add_argument("--worker", default=f"python-{os.getpid()}", help="what this worker calls itself")
    parser.add_argument("--tasks", type=int, help="stop after so many tasks")
    options = parser.parse_args()
    token = os.environ.get("KAPOK_TOKEN")
    if not token:
        sys.exit("Set KAPOK_TOKEN to the token that `kapok user token NAME --topic rate-customer` prints.")
    run(Client(options.url, token, options.worker), handlers, tasks=options.tasks)


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        pass
