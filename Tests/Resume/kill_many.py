#!/usr/bin/env python3
"""Kills runs at random moments, goes on with them, and compares what they come to.

  kill_many.py PROGRAM [--kills 4] [--seed 1] [--only NAME,...]

For every system, some balancers with a memory and every way of CrossDistil: one run that nothing
disturbs, and one that is killed (SIGKILL) so many times and resumed each time, on one thread or two.
Both must end with the same fingerprint, and nothing half written may stay. Exit status 1 if not.
"""
import argparse, json, os, random, re, shutil, signal, subprocess, sys, tempfile, time

BALANCERS = ("gradnorm dwa uncertainty metabalance famo fairgrad nash excess-mtl db-mtl").split()


def cases(program):
    known = subprocess.run([program, "models"], capture_output=True, text=True).stdout
    names = re.findall(r"^([a-z0-9-]+)  \(", known, re.M)
    balancers = re.findall(r"^([a-z0-9-]+)  \(", subprocess.run(
        [program, "balancers"], capture_output=True, text=True).stdout, re.M)
    for name in names:
        if name not in ("linear", "crossdistil"):
            yield name, ["--model", name]
    for name in BALANCERS:
        if name in balancers:
            yield "mmoe+" + name, ["--model", "mmoe", "--balancer", name]
    for teacher in ("alternating", "joint", "static"):
        yield "crossdistil " + teacher, ["--model", "crossdistil", "--set", "model.teacher=" + teacher]


class Study:
    def __init__(self, program, state, seed):
        self.program, self.random = program, random.Random(seed)
        self.environment = dict(os.environ, XDG_STATE_HOME=state)
        self.runs = os.path.join(state, "mtl-tui", "runs")

    def start(self, arguments):
        return subprocess.Popen(
            [self.program, "train", "--json", *arguments], env=self.environment, text=True,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True)

    def fingerprint(self, process):
        out, err = process.communicate(timeout=600)
        found = re.findall(r'"fingerprint":"([0-9a-f]+)"', out)
        if process.returncode != 0 or not found:
            raise RuntimeError(f"exit {process.returncode}: {err.strip()[-400:]}")
        return found[-1]

    def run(self, arguments):
        began = time.time()
        return self.fingerprint(self.start(arguments)), time.time() - began

    def disturbed(self, arguments, seconds, kills):
        """The fingerprint of a run that is killed so many times, and how often it truly was."""
        done, resumed = 0, False
        before = set(os.listdir(self.runs)) if os.path.isdir(self.runs) else set()
        folder = None
        for _ in range(kills):
            threads = ["--threads", str(self.random.choice([1, 2]))]
            asked = ["--resume", folder, *threads] if folder else [*arguments, *threads]
            process = self.start(asked)
            try:
                process.wait(self.random.uniform(0.02, max(0.1, seconds)))
            except subprocess.TimeoutExpired:
                os.kill(process.pid, signal.SIGKILL)
                done += 1
            out, err = process.communicate()
            if folder is None:
                new = set(os.listdir(self.runs)) - before if os.path.isdir(self.runs) else set()
                # One that was killed before it said what it is has nothing to go on with.
                known = [os.path.join(self.runs, name) for name in new]
                known = [path for path in known if os.path.exists(os.path.join(path, "run.json"))]
                folder = known[0] if known else None
            if process.returncode == 0:
                return re.findall(r'"fingerprint":"([0-9a-f]+)"', out)[-1], done
            if process.returncode != -signal.SIGKILL:
                raise RuntimeError(f"exit {process.returncode}: {err.strip()[-400:]}")
            # One that was killed when it had said all has nothing to go on with either.
            summary = os.path.join(folder, "summary.json") if folder else ""
            if os.path.exists(summary):
                with open(summary) as file:
                    return json.load(file)["fingerprint"], done
        last = ["--resume", folder] if folder else arguments
        return self.fingerprint(self.start(last)), done

    def leftovers(self):
        return [name for _, _, files in os.walk(self.runs) for name in files if ".partial" in name]


def main():
    parse = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parse.add_argument("program")
    parse.add_argument("--kills", type=int, default=4)
    parse.add_argument("--seed", type=int, default=1)
    parse.add_argument("--only", default="")
    options = parse.parse_args()
    state = tempfile.mkdtemp(prefix="kill-many-")
    study = Study(os.path.abspath(options.program), state, options.seed)
    common = ["--data", "sample", "--epochs", "2", "--batch", "512"]
    failed, kills = 0, 0
    print(f"seed {options.seed}")
    for name, arguments in cases(study.program):
        if options.only and name not in options.only.split(","):
            continue
        try:
            expected, seconds = study.run(common + arguments + ["--threads", "1", "--no-save"])
            found, done = study.disturbed(
                common + arguments + ["--checkpoint-every", "10"], seconds, options.kills)
            kills += done
            good = expected == found
            words = "same bits" if good else f"DIFFER: {expected} undisturbed, {found} resumed"
        except (RuntimeError, subprocess.TimeoutExpired) as error:
            good, words, done = False, f"FAILED: {error}", 0
        failed += not good
        print(f"{name:24} {done} kills  {words}", flush=True)
    left = study.leftovers()
    print(f"{kills} kills, {failed} of the runs differ or failed, {len(left)} partial files left")
    shutil.rmtree(state)
    sys.exit(1 if failed or left else 0)


if __name__ == "__main__":
    main()
