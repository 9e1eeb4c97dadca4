"""A disk that takes its time: ``fsync`` and ``fdatasync`` of this process and its children wait so many milliseconds more.

What a disk in a data centre takes to make a page durable differs by a factor of a hundred, and some computers that benchmarks
run on have disks that promise more than they do. This makes runs comparable: a small shared library is compiled and loaded
before the C library.
"""

from __future__ import annotations

import os
import subprocess
import tempfile
from pathlib import Path

__all__ = ["delay", "slow_environment"]

_DELAY = "REMIT_SYNC_MICROSECONDS"

_SOURCE = """
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdlib.h>
#include <time.h>

static void linger(void) {
    const char *text = getenv("REMIT_SYNC_MICROSECONDS");
    long micros = text ? atol(text) : 0;
    struct timespec left = {micros / 1000000, micros % 1000000 * 1000};
    while (micros > 0 && nanosleep(&left, &left) != 0) {}
}

int fsync(int file) {
    static int (*real)(int);
    if (!real) real = (int (*)(int))dlsym(RTLD_NEXT, "fsync");
    linger();
    return real(file);
}

int fdatasync(int file) {
    static int (*real)(int);
    if (!real) real = (int (*)(int))dlsym(RTLD_NEXT, "fdatasync");
    linger();
    return real(file);
}
"""


def slow_environment(milliseconds: float) -> dict[str, str]:
    """The environment of a process on whose disk every ``fsync`` takes so much longer. Needs Linux and a C compiler."""
    folder = Path(tempfile.mkdtemp(prefix="remit-slow-"))
    folder.chmod(0o755)  # a database server runs as another user
    source, library = folder / "slow.c", folder / "slow.so"
    source.write_text(_SOURCE)
    subprocess.run(["cc", "-shared", "-fPIC", "-O2", "-o", str(library), str(source), "-ldl"], check=True)
    return {**os.environ, "LD_PRELOAD": str(library), _DELAY: str(int(milliseconds * 1000))}


def delay() -> float:
    """How many milliseconds longer this process's disk takes."""
    return int(os.environ.get(_DELAY, 0)) / 1000
