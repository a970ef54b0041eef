#!/usr/bin/env python3
"""What the explorer's screen costs, measured in a pseudo-terminal of 120 x 40.

    Benchmarks/screen-cost.py [PROGRAM] [--pairs 11] [--epochs 3] [--data sample]

Prints, and exits with 1 if a bound is broken:
  first frame   milliseconds from the start of the program to its first frame (at most 150)
  bytes/s       what a training run at its usual pace sends, at 10 frames a second (at most 6,000)
  paused        bytes in 5 seconds of pause (0)
  cost          how much longer the same steps take with the screen than without (at most 3 %):
                the median of interleaved pairs, each `train` and `explore --leave` on the same data
  processor     the same of the processor time of all threads, which says more where other programs
                run too; threads that wait for each other spin, so it is no bound
"""
import argparse
import fcntl
import os
import pty
import resource
import select
import signal
import statistics
import struct
import subprocess
import sys
import termios
import time

parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
parser.add_argument("program", nargs="?", default=".build/release/mtl-tui")
parser.add_argument("--pairs", type=int, default=11)
parser.add_argument("--epochs", type=int, default=3)
parser.add_argument("--data", default="sample")
options = parser.parse_args()


class Screen:
    """The program in a pseudo-terminal."""

    def __init__(self, *words):
        self.start = time.monotonic()
        self.master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 120, 0, 0))
        environment = dict(os.environ, TERM="xterm-256color", LC_ALL="C.UTF-8")
        environment["XDG_CONFIG_HOME"] = "/dev/null"
        environment.pop("TMUX", None)
        self.process = subprocess.Popen(
            [options.program, "explore", "--no-save", *words], stdin=slave, stdout=slave, stderr=slave,
            env=environment, start_new_session=True, close_fds=True)
        os.close(slave)
        self.seen = b""

    def read(self, seconds):
        """Reads for a while; returns how many bytes came."""
        end, count = time.monotonic() + seconds, 0
        while (left := end - time.monotonic()) > 0:
            if not select.select([self.master], [], [], left)[0]:
                break
            try:
                part = os.read(self.master, 65536)
            except OSError:
                break
            if not part:
                break
            # As a terminal answers that says what it is and nothing else.
            if b"\x1b[c" in part:
                os.write(self.master, b"\x1b[?62;22c")
            count += len(part)
            self.seen += part
        return count

    def wait(self, word, seconds=60):
        """Reads until a word was sent; returns the seconds since the start."""
        end = time.monotonic() + seconds
        while word not in self.seen:
            if time.monotonic() > end:
                sys.exit(f"waited in vain for {word!r}")
            self.read(0.005)
        return time.monotonic() - self.start

    def until(self, word, seconds=120):
        """Asks for the whole screen until a word stands on it; only differences are sent otherwise."""
        end = time.monotonic() + seconds
        while True:
            self.seen = b""
            os.write(self.master, b"\x0c")
            self.read(1)
            if word in self.seen:
                return
            if time.monotonic() > end:
                sys.exit(f"waited in vain for {word!r} on the screen")

    def end(self):
        self.process.send_signal(signal.SIGTERM)
        self.read(1)
        self.process.wait()
        os.close(self.master)


def first_frame():
    screen = Screen("--data", options.data)
    seconds = screen.wait(b"mtl")
    screen.end()
    return seconds * 1000


def sent():
    screen = Screen("--data", options.data, "--theme", "dark", "--epochs", "10000")
    screen.wait(b"mtl")
    screen.until(b"TRAIN")
    screen.read(8)
    rate = screen.read(20) / 20
    screen.until(b"TRAIN")
    os.write(screen.master, b"P")
    screen.until(b"PAUSE")
    screen.read(8)
    paused = screen.read(5)
    screen.end()
    return rate, paused


def processor_seconds():
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def seconds(words, in_terminal):
    """The time that a whole run takes, and the processor time of all its threads."""
    before = processor_seconds()
    if in_terminal:
        screen = Screen(*words, "--leave", "--pace", "0")
        while screen.process.poll() is None:
            screen.read(0.02)
        os.close(screen.master)
        return time.monotonic() - screen.start, processor_seconds() - before
    start = time.monotonic()
    subprocess.run(
        [options.program, "train", "--no-save", *words], check=True, stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL)
    return time.monotonic() - start, processor_seconds() - before


def cost():
    words = ["--data", options.data, "--epochs", str(options.epochs), "--patience", "0"]
    ratios, shares = [], []
    for pair in range(options.pairs):
        order = [False, True] if pair % 2 == 0 else [True, False]
        times = {kind: seconds(words, kind) for kind in order}
        (without, used_without), (with_screen, used_with) = times[False], times[True]
        ratios.append(with_screen / without - 1)
        shares.append(used_with / used_without - 1)
        print(
            f"  pair {pair + 1}: {without:.2f} s without, {with_screen:.2f} s with; processor"
            f" {used_without:.2f} s and {used_with:.2f} s", flush=True)
    return statistics.median(ratios) * 100, statistics.median(shares) * 100


frame = statistics.median(first_frame() for _ in range(5))
print(f"first frame  {frame:.0f} ms", flush=True)
rate, paused = sent()
print(f"bytes/s      {rate:.0f}\npaused       {paused} bytes in 5 s", flush=True)
share, used = cost()
print(f"cost         {share:.1f} % of the time, median of {options.pairs} pairs")
print(f"processor    {used:.1f} % of the time of all threads")
sys.exit(0 if frame <= 150 and rate <= 6000 and paused == 0 and share <= 3 else 1)
