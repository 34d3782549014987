"""`freehold backend` on a PostgreSQL of its own, both in one folder, with what their processes spend."""

import os
import pathlib
import shutil
import subprocess
import sys
import time
import urllib.request

import machine

START_TIMEOUT_SECONDS = 60


def postgres_programs():
    """Where Debian keeps PostgreSQL's own programs: the newest."""
    found = sorted(pathlib.Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    initdb = str(found[-1]) if found else machine.need("initdb", "postgresql")
    return str(pathlib.Path(os.path.realpath(initdb)).parent)


def as_postgres(words):
    """PostgreSQL's programs refuse to run as root."""
    return ["runuser", "-u", "postgres", "--", *words] if os.geteuid() == 0 else words


class Backend:
    """Serves with demo keys until it is closed.

    `lines` go into its configuration, `postgres` are options of the database server.
    """

    def __init__(self, programs, folder, lines=(), postgres=""):
        home = folder / "postgres"
        home.mkdir()
        if os.geteuid() == 0:
            shutil.chown(home, "postgres")
        data, port = str(home / "data"), machine.free_port()
        quiet = {"check": True, "stdout": subprocess.DEVNULL}
        subprocess.run(
            as_postgres([programs + "/initdb", "-D", data, "-A", "trust", "-U", "owner"]), **quiet
        )
        options = f"-p {port} -k {home} -c listen_addresses=127.0.0.1 {postgres}"
        self.control = [programs + "/pg_ctl", "-D", data, "-w", "-l", str(home / "log")]
        subprocess.run(as_postgres([*self.control, "-o", options, "start"]), **quiet)
        self.psql = [programs + "/psql", "-h", "127.0.0.1", "-p", str(port), "-U", "owner", "-q"]
        self.psql += ["-v", "ON_ERROR_STOP=1", "-d", "postgres"]
        self.postmaster = int((home / "data" / "postmaster.pid").read_text().splitlines()[0])
        self.port = machine.free_port()
        self.base = f"http://127.0.0.1:{self.port}"
        configuration = [
            f'db-uri = "postgresql://owner:owner@127.0.0.1:{port}/postgres"',
            "demo-keys = true",
            f"port = {self.port}",
            *lines,
        ]
        (folder / "backend.conf").write_text("\n".join(configuration) + "\n")
        self.log = folder / "log"
        with open(self.log, "wb") as sink:
            words = [machine.FREEHOLD, "backend", str(folder / "backend.conf")]
            self.running = subprocess.Popen(words, stdout=sink, stderr=sink)
        self.await_answers()
        self.process = next(
            process
            for process in machine.family(self.running.pid)
            if "java" in os.readlink(f"/proc/{process}/exe")
        )

    def await_answers(self):
        end = time.monotonic() + START_TIMEOUT_SECONDS
        while True:
            try:
                urllib.request.urlopen(self.base + "/auth/v1/health").read()
                return
            except OSError:
                if time.monotonic() > end or self.running.poll() is not None:
                    sys.exit("the backend does not serve:\n" + self.log.read_text())
                time.sleep(0.2)

    def close(self):
        self.running.terminate()
        self.running.wait()
        words = [*self.control, "-m", "fast", "stop"]
        subprocess.run(as_postgres(words), stdout=subprocess.DEVNULL)

    def sql(self, text):
        subprocess.run(self.psql, input=text, text=True, check=True)

    def spent(self):
        """Processor seconds of the server, and of PostgreSQL with what its sessions spent."""
        fields = machine.stat(self.postmaster)
        ended = (int(fields[13]) + int(fields[14])) / machine.TICKS_PER_SECOND
        database = ended + machine.processor_seconds(machine.family(self.postmaster))
        return machine.processor_seconds([self.process]), database
