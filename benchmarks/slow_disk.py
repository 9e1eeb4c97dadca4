"""A disk that takes its time: ``fsync`` and ``fdatasync`` of this process and its children wait so many milliseconds more.

What a disk in a data centre takes to make a page durable differs by a factor of a hundred, and some computers that benchmarks
run on have disks that promise more than they do. This makes runs comparable: a small shared library is compiled and loaded
before the C library.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

__all__ = ["restart_with"]

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


def restart_with(milliseconds: float) -> None:
    """Start this program again on a disk that takes so much longer; returns at once where that has been done."""
    if "REMIT_SYNC_MICROSECONDS" in os.environ:
        return
    folder = Path(tempfile.mkdtemp(prefix="remit-slow-"))
    source, library = folder / "slow.c", folder / "slow.so"
    source.write_text(_SOURCE)
    subprocess.run(["cc", "-shared", "-fPIC", "-O2", "-o", str(library), str(source), "-ldl"], check=True)
    os.environ["LD_PRELOAD"] = str(library)
    os.environ["REMIT_SYNC_MICROSECONDS"] = str(int(milliseconds * 1000))
    os.execv(sys.executable, [sys.executable, *sys.argv])
