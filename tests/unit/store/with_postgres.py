#!/usr/bin/env python3
"""Runs a program beside a real PostgreSQL server of its own; the program finds it in the environment.

usage: with_postgres.py PROGRAM [ARGUMENT...]

The server (from Debian's packages) keeps its data in a temporary folder and listens on a Unix socket
there only; root hands it to an unprivileged user. WARD_TEST_POSTGRES holds its URL,
WARD_TEST_POSTGRES_CONTROL a command that takes `stop` or `start`. Exit status: the program's; 77
(skipped, for Meson) when the packages are missing.
"""
import glob
import os
import pathlib
import pwd
import shutil
import subprocess
import sys
import tempfile

SKIPPED = 77


def find_tools():
    """Folder of initdb and pg_ctl of the newest server installed, or None."""
    found = sorted(glob.glob("/usr/lib/postgresql/*/bin/pg_ctl"), key=lambda p: int(p.split("/")[4]))
    return pathlib.Path(found[-1]).parent if found else None


def unprivileged():
    """(uid, gid) the server runs as: ours, or for root another's."""
    if os.geteuid() != 0:
        return os.geteuid(), os.getegid()
    for name in ("postgres", "nobody"):
        try:
            entry = pwd.getpwnam(name)
            return entry.pw_uid, entry.pw_gid
        except KeyError:
            continue
    return None


class Server:
    """One PostgreSQL server in a temporary folder."""

    def __init__(self, tools, folder, owner):
        self.tools, self.folder, self.owner = tools, folder, owner
        self.data = folder / "data"

    def run(self, *command):
        options = {}
        if os.geteuid() == 0:
            options = {"user": self.owner[0], "group": self.owner[1], "extra_groups": []}
        return subprocess.run(command, cwd=self.folder, stdout=subprocess.PIPE, text=True,
                              stderr=subprocess.STDOUT, check=False, **options)

    def create(self):
        done = self.run(str(self.tools / "initdb"), "-D", str(self.data), "--no-sync", "-A", "trust",
                        "-U", "ward", "-E", "UTF8", "--locale=C")
        if done.returncode:
            raise RuntimeError("initdb: " + done.stdout)

    def start(self):
        options = (f"-k {self.folder} -c listen_addresses= -c logging_collector=off"
                   " -c max_connections=20 -c shared_buffers=128MB -c max_wal_size=2GB")
        done = self.run(str(self.tools / "pg_ctl"), "-D", str(self.data), "-w", "-t", "60",
                        "-l", str(self.folder / "log"), "-o", options, "start")
        if done.returncode:
            log = self.folder / "log"
            raise RuntimeError("pg_ctl start: " + done.stdout + (log.read_text() if log.exists() else ""))

    def stop(self, mode="immediate"):
        self.run(str(self.tools / "pg_ctl"), "-D", str(self.data), "-m", mode, "-w", "stop")


def control(action, folder):
    """What WARD_TEST_POSTGRES_CONTROL runs."""
    server = Server(find_tools(), pathlib.Path(folder), unprivileged())
    if action == "start":
        server.start()
    else:
        server.stop()
    return 0


def main():
    if len(sys.argv) == 4 and sys.argv[1] == "--control":
        return control(sys.argv[3], sys.argv[2])
    tools, owner = find_tools(), unprivileged()
    if not tools or not owner:
        print("with_postgres: PostgreSQL is not installed; skipped")
        return SKIPPED
    folder = pathlib.Path(tempfile.mkdtemp(prefix="ward-pg-", dir="/tmp"))
    os.chown(folder, *owner)
    server = Server(tools, folder, owner)
    try:
        server.create()
        server.start()
        url = f"postgresql:///postgres?host={folder}&user=ward"
        script = f"{sys.executable} {os.path.abspath(__file__)} --control {folder}"
        environment = dict(os.environ, WARD_TEST_POSTGRES=url, WARD_TEST_POSTGRES_CONTROL=script)
        return subprocess.run(sys.argv[1:], env=environment, check=False).returncode
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
