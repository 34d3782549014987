"""What both measurements need: processes of /proc, and a Freehold with a data folder of its own."""

import contextlib
import os
import pathlib
import shutil
import socket
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
FREEHOLD = str(HERE.parent / "freehold")
TICKS_PER_SECOND = os.sysconf("SC_CLK_TCK")


def need(program, package):
    """Where a program is, or the end with the words that install it."""
    found = shutil.which(program, path=os.environ.get("PATH", "") + ":/usr/sbin:/sbin")
    if not found:
        sys.exit(f"{program} is needed (Debian, Ubuntu: apt-get install {package})")
    return found


def family(root):
    """The process and all that descend from it, as long as they live."""
    children = {}
    for entry in os.listdir("/proc"):
        if entry.isdigit():
            fields = stat(int(entry))
            if fields:
                children.setdefault(int(fields[1]), []).append(int(entry))
    found, waiting = [], [root]
    while waiting:
        process = waiting.pop()
        found.append(process)
        waiting.extend(children.get(process, []))
    return found


def stat(process):
    """The fields of /proc/PID/stat after the name, or nothing when it is gone."""
    try:
        text = pathlib.Path(f"/proc/{process}/stat").read_text()
    except OSError:
        return None
    return text[text.rindex(")") + 2 :].split()


def processor_seconds(processes):
    """User and system time of the processes so far, without their dead children."""
    ticks = 0
    for process in processes:
        fields = stat(process)
        if fields:
            ticks += int(fields[11]) + int(fields[12])
    return ticks / TICKS_PER_SECOND


def memory_megabytes(processes):
    """Sums of RSS (shared pages counted in each) and PSS (shared pages counted once)."""
    rss = pss = 0
    for process in processes:
        try:
            lines = pathlib.Path(f"/proc/{process}/smaps_rollup").read_text().splitlines()
        except OSError:
            continue
        for line in lines:
            if line.startswith("Rss:"):
                rss += int(line.split()[1])
            elif line.startswith("Pss:"):
                pss += int(line.split()[1])
    return rss / 1024, pss / 1024


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


class Freehold:
    """The command line with its own data folder and port."""

    def __init__(self, folder, postgres_bin=None):
        self.data = pathlib.Path(folder)
        self.port = free_port()
        self.options = ["--port", str(self.port)]
        if postgres_bin:
            self.options += ["--postgres-bin", postgres_bin]

    def words(self, *words):
        return [FREEHOLD, *words, "--data", str(self.data)]

    def call(self, *words):
        done = subprocess.run(
            self.words(*words), text=True, capture_output=True, stdin=subprocess.DEVNULL
        )
        if done.returncode != 0:
            sys.exit(f"freehold {' '.join(words)} failed:\n{done.stdout}{done.stderr}")
        return done.stdout

    def up(self):
        started = time.monotonic()
        self.call("up", *self.options)
        return time.monotonic() - started

    def server(self):
        """The server's process: the one whose argument list names our data folder."""
        for entry in os.listdir("/proc"):
            if entry.isdigit():
                with contextlib.suppress(OSError):
                    words = pathlib.Path(f"/proc/{entry}/cmdline").read_text().split("\0")
                    if "--foreground" in words and str(self.data) in words:
                        return int(entry)
        sys.exit("the server does not run")


@contextlib.contextmanager
def freehold(postgres_bin=None):
    """A Freehold in a temporary folder; stopped and removed at the end, whatever happens."""
    folder = tempfile.mkdtemp(prefix="freehold-benchmark-")
    # The database runs as another user, who must be able to pass.
    os.chmod(folder, 0o711)
    one = Freehold(pathlib.Path(folder) / "data", postgres_bin)
    try:
        yield one
    finally:
        subprocess.run(one.words("down"), capture_output=True, stdin=subprocess.DEVNULL)
        shutil.rmtree(folder, ignore_errors=True)


def machine():
    """One line that says on what the figures were taken."""
    with contextlib.suppress(OSError):
        for line in pathlib.Path("/proc/cpuinfo").read_text().splitlines():
            if line.startswith("model name"):
                name = line.split(":", 1)[1].strip()
                break
        else:
            name = os.uname().machine
    load = os.getloadavg()[0]
    day = time.strftime("%Y-%m-%d")
    return f"{day}, {os.cpu_count()} cores ({name}), load before {load:.1f}"
