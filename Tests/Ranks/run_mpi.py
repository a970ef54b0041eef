#!/usr/bin/env python3
"""Trains on ranks under every MPI that is here, and compares with one process.

  run_mpi.py PROGRAM [--only openmpi,mpich,slurm-openmpi,slurm-mpich] [--models mmoe,ple]

Ranks x threads in {1x1, 1x2, 2x1, 4x1} end with the same fingerprint after 200 steps; so do tasks and
weights that change on the way, as settings and from a person who has attached, and tables of which each rank
keeps rows of its own (--table-rows owned). One of four ranks is killed:
the others end within 5 seconds, name it and the checkpoint, and the run goes on with three ranks to the bits
of one process. The same under Slurm, whose daemons are started for it, four nodes on this machine. What is
not here is skipped, and said so. Exit status 1 if anything differs.
"""
import argparse, json, os, re, shutil, signal, subprocess, sys, tempfile, time
sys.dont_write_bytecode = True
from slurm_cluster import SlurmCluster

MODELS = {
    "mmoe": [], "ple": [], "esmm": [], "csrec": [], "stem-net": [], "mmoe+pcgrad": ["--balancer", "pcgrad"],
}
LIVE = ["--at", "40:task TASK off", "--at", "80:task TASK on", "--at", "100:weight TASK 0.25"]


# Launchers that were started; those that are left at the end are ended.
STARTED = []


class Launcher:
    """What starts ranks over one MPI: its mpirun, or Slurm's srun."""

    def __init__(self, name, state, cluster=None):
        self.name, self.mpi, self.cluster = name, name.split("-")[-1], cluster
        self.program = shutil.which("srun" if cluster else "mpirun." + self.mpi)
        self.environment = dict(os.environ, XDG_STATE_HOME=state, OMPI_ALLOW_RUN_AS_ROOT="1",
                                OMPI_ALLOW_RUN_AS_ROOT_CONFIRM="1", OMPI_MCA_mpi_yield_when_idle="1",
                                **(cluster.environment if cluster else {}))
        # Whether a rank that is killed takes the others with it at once.
        self.endsOthers = cluster is None
        # Nodes on one machine: Open MPI takes them for several, and each its memory for its own.
        if cluster:
            self.environment["OMPI_MCA_btl"] = "self,tcp"

    def words(self, ranks):
        if ranks == 1:
            return []
        if self.cluster:
            return [self.program, "-Q", "--mpi=" + {"mpich": "pmi2", "openmpi": "pmix"}[self.mpi],
                    "-N", str(min(ranks, self.cluster.nodes)), "-n", str(ranks), "--overcommit"]
        more = ["--oversubscribe", "--bind-to", "none"] if self.mpi == "openmpi" else ["-bind-to", "none"]
        return [self.program, *more, "-n", str(ranks)]

    def start(self, ranks, words):
        process = subprocess.Popen([*self.words(ranks), *words], env=self.environment, text=True,
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True)
        STARTED.append(process)
        return process

    def interrupt(self, process):
        """As Ctrl-C does: a signal to all processes of the group, some of whose launchers' have one of their
        own; srun wants it twice within a second, and Slurm sends it as well."""
        if self.cluster:
            job = subprocess.run(["squeue", "-h", "-o", "%i"], env=self.environment, capture_output=True,
                                 text=True).stdout.split()
            subprocess.run(["scancel", "--signal=INT", *job], env=self.environment)
        else:
            os.killpg(process.pid, signal.SIGINT)


class Study:
    def __init__(self, program, folder):
        self.program, self.folder, self.failures = program, folder, 0
        made = os.path.join(folder, "data")
        subprocess.run([program, "data", "generate", "--preset", "tiny", "--out", made], check=True,
                       stdout=subprocess.DEVNULL)
        self.data = os.path.join(made, "schema.yaml")
        described = subprocess.run([program, "data", "describe", self.data, "--json"],
                                   capture_output=True, text=True).stdout
        self.task = re.search(r'"tasks":\[\{[^}]*?"name":"([^"]+)"', described)
        self.task = self.task.group(1) if self.task else "click"
        # A table of 9 M rows, which only comes into being where it is looked up.
        self.wide = os.path.join(made, "wide.yaml")
        with open(self.data) as file:
            lines = file.read().replace("user: {type: categorical, minimumCount: 2}",
                                        "user: {type: categorical, hash: 9000000}")
        with open(self.wide, "w") as file:
            file.write(lines)

    def say(self, isRight, text):
        print(("ok    " if isRight else "WRONG ") + text, flush=True)
        self.failures += not isRight

    def train(self, launcher, ranks, threads, words, data=None):
        process = launcher.start(ranks, [
            self.program, "train", "--data", data or self.data, "--json", "--threads", str(threads), *words])
        out, errors = process.communicate(timeout=600)
        if process.returncode != 0:
            raise RuntimeError(f"{ranks} ranks: exit {process.returncode}: {errors.strip()[-600:]}")
        return self.fingerprint(out)

    @staticmethod
    def fingerprint(output):
        finished = [line for line in output.splitlines() if '"fingerprint"' in line]
        if len(finished) != 1:
            raise RuntimeError(f"{len(finished)} ends of the run were printed: {output[-400:]}")
        return re.findall(r'"fingerprint":"([0-9a-f]+)"', finished[0])[-1]

    def bits(self, launcher, name, words):
        words = ["--model", name.split("+")[0], "--batch", "64", "--epochs", "40", "--patience", "0",
                 "--keep", "last", "--at", "200:stop", "--no-save", *words]
        expected = self.train(launcher, 1, 1, words)
        for ranks, threads in ((1, 2), (2, 1), (4, 1)):
            found = self.train(launcher, ranks, threads, words)
            self.say(found == expected, f"{launcher.name} {name} {ranks}x{threads} {found} ({expected})")

    def owned(self, launcher):
        """Each rank keeps rows of its own of a table, and the bits are those of one process."""
        words = ["--model", "mmoe", "--batch", "64", "--epochs", "40", "--patience", "0", "--at", "200:stop",
                 "--no-save"]
        expected = self.train(launcher, 1, 1, words, self.wide)
        for ranks, head in ((2, 0), (4, 0), (4, 1000)):
            more = ["--table-rows", "owned", *(["--table-head", str(head)] if head else [])]
            found = self.train(launcher, ranks, 1, [*words, *more], self.wide)
            self.say(found == expected,
                     f"{launcher.name} owned rows, head {head}, {ranks}x1 {found} ({expected})")

    def steered(self, launcher):
        """Commands of a person who has attached take effect on both ranks at the step that is said."""
        runs = os.path.join(self.folder, "steered-" + launcher.name)
        words = ["--model", "mmoe", "--batch", "64", "--epochs", "400", "--patience", "0", "--keep", "last"]
        process = launcher.start(2, [
            self.program, "train", "--data", self.data, "--json", "--threads", "1", *words, "--out", runs,
            "--at", "0:pace 100"])
        self.wait(lambda: any("socket" in names for _, _, names in os.walk(runs)), process)
        screen = subprocess.Popen(
            [self.program, "attach", "last", "--out", runs, "--control", "--plain"],
            env=launcher.environment, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE)
        for command in (f"task {self.task} off", f"weight {self.task} 0.25", "lr x2", f"task {self.task} on",
                        "balancer pcgrad", "undo", "stop"):
            time.sleep(0.4)
            screen.stdin.write(command + "\n")
            screen.stdin.flush()
        out, errors = process.communicate(timeout=120)
        said, _ = screen.communicate(timeout=30)
        done = [json.loads(line) for line in out.splitlines() if '"event":"command"' in line]
        done = [(event["step"], event["command"]) for event in done if not event["command"].startswith("pace")]
        self.say(len(done) == 7 and process.returncode == 0 and all(step > 0 for step, _ in done),
                 f"{launcher.name} commands of who attached: {done}")
        if len(done) != 7:
            return print(errors[-1500:], said[-1500:])
        again = [part for step, command in done for part in ("--at", f"{step}:{command}")]
        expected = self.train(launcher, 1, 1, [*words, "--no-save", *again])
        self.say(self.fingerprint(out) == expected, f"{launcher.name} they are those of one process: {expected}")

    def lost(self, launcher, *tables):
        """Kills one of four ranks in the middle, and goes on with three."""
        runs = os.path.join(self.folder, "-".join(["runs", launcher.name, *tables]))
        words = ["--model", "mmoe", "--batch", "64", "--epochs", "400", "--patience", "0", "--keep", "last"]
        process = launcher.start(4, [
            self.program, "train", "--data", self.wide if tables else self.data, "--json", "--threads", "1",
            *words, *tables, "--out", runs, "--checkpoint-every", "100"])
        self.wait(lambda: self.checkpoints(runs), process)
        victim = self.rank(runs, 2)
        killed = time.time()
        os.kill(victim, signal.SIGKILL)
        while process.poll() is None and time.time() < killed + 60:
            time.sleep(0.02)
        seconds = time.time() - killed
        out, errors = process.communicate(timeout=60)
        self.say(seconds < 5, f"{launcher.name} all end {seconds:.2f} s behind the kill")
        said = re.findall(r"rank (\d+) on \S+ has ended.*?step (\d+).*?checkpoint of step (\d+)", errors, re.S)
        self.say(len(said) == 1 and said[0][0] == "2" and int(said[0][2]) > 0 and process.returncode != 0,
                 f"{launcher.name} it is named: {said}, exit {process.returncode}")
        if not said:
            print(errors[-1500:])
        three = self.resumed(launcher, 3, runs, "three", *tables)
        alone = self.resumed(launcher, 1, runs, "alone")
        self.say(three == alone, f"{launcher.name} three ranks go on as one process does: {three} {alone}")

    def lost_together(self, launcher):
        """Kills ranks 0 and 1 of four at once: the next one names both."""
        runs = os.path.join(self.folder, "together-" + launcher.name)
        process = launcher.start(4, [
            self.program, "train", "--data", self.data, "--json", "--threads", "1", "--model", "mmoe", "--batch",
            "64", "--epochs", "400", "--patience", "0", "--out", runs])
        self.wait(lambda: any("socket" in names for _, _, names in os.walk(runs)), process)
        victims = [self.rank(runs, rank) for rank in (0, 1)]
        killed = time.time()
        # Stopped, they cannot speak of each other in between.
        for number in (signal.SIGSTOP, signal.SIGKILL):
            for victim in victims:
                os.kill(victim, number)
        out, errors = process.communicate(timeout=60)
        seconds = time.time() - killed
        said = re.findall(r"mtl-tui: (rank \d on \S+ and rank \d on \S+) have ended", errors)
        # Where the launcher lets the others live for a second, two of them speak: they do not hear each other.
        isRight = len(said) in (1, 2) and said[0].startswith("rank 0") and " rank 1 " in said[0]
        # Whoever is ended by its launcher before it can speak has nothing to say.
        isSilent = launcher.endsOthers and "mtl-tui:" not in errors
        self.say((isRight or isSilent) and seconds < 5 and process.returncode != 0,
                 f"{launcher.name} two lost together, {seconds:.2f} s: {said or 'the launcher alone speaks'}")
        if not isRight and not isSilent:
            print(errors[-1500:])

    def interrupted(self, launcher):
        """Ctrl-C ends the run behind its step, with its results; nobody calls a rank lost."""
        runs = os.path.join(self.folder, "interrupted-" + launcher.name)
        process = launcher.start(2, [
            self.program, "train", "--data", self.data, "--json", "--threads", "1", "--model", "mmoe", "--batch",
            "64", "--epochs", "400", "--patience", "0", "--out", runs, "--checkpoint-every", "20"])
        self.wait(lambda: self.checkpoints(runs), process)
        launcher.interrupt(process)
        out, errors = process.communicate(timeout=60)
        isThere = '"fingerprint"' in out
        # Open MPI's mpirun gives ranks a second and drops what it has not read then: what is promised is a run
        # that is kept, to be looked at or gone on with.
        if launcher.name == "openmpi" and not isThere:
            shown = subprocess.run([self.program, "runs", "show", "last", "--in", runs, "--json"],
                                   capture_output=True, text=True)
            isThere = shown.returncode == 0 and self.resumed(launcher, 1, runs, "interrupted") != ""
        self.say(isThere and "mtl-tui: rank" not in errors,
                 f"{launcher.name} Ctrl-C: exit {process.returncode}, {len(out.splitlines())} lines")
        if not isThere:
            print(out[-300:], errors[-1500:])

    def late(self, launcher):
        """One of three ranks never comes: within a minute and some seconds it is named, once."""
        process = launcher.start(3, [
            "sh", "-c", 'test "${OMPI_COMM_WORLD_RANK:-${PMI_RANK:-$SLURM_PROCID}}" = 1 && exec sleep 100;'
            + f' exec "{self.program}" train --data "{self.data}" --model mmoe --threads 1 --no-save'])
        began = time.time()
        out, errors = process.communicate(timeout=120)
        said = re.findall(r"mtl-tui: (.* have not all met)", errors)
        self.say(len(said) == 1 and "rank 1 has not come" in errors and time.time() - began < 75,
                 f"{launcher.name} a rank that never comes is named in {time.time() - began:.0f} s: {said}")
        if len(said) != 1:
            print(errors[-1500:])

    def resumed(self, launcher, ranks, runs, name, *more):
        copy = f"{runs}-{name}"
        shutil.copytree(runs, copy, ignore=shutil.ignore_patterns("socket"))
        process = launcher.start(ranks, [
            self.program, "train", "--resume", "last", "--out", copy, "--json", "--threads", "1",
            "--epochs", "40", *more])
        out, errors = process.communicate(timeout=600)
        if process.returncode != 0:
            raise RuntimeError(f"resumed on {ranks}: exit {process.returncode}: {errors.strip()[-600:]}")
        return self.fingerprint(out)

    @staticmethod
    def wait(found, process, seconds=120):
        end = time.time() + seconds
        while time.time() < end and process.poll() is None:
            value = found()
            if value:
                return value
            time.sleep(0.02)
        ended = process.poll()
        if ended is None:
            os.killpg(process.pid, signal.SIGKILL)
        out, errors = process.communicate()
        raise RuntimeError(f"nothing came to be: exit {ended}: {out[-600:]} {errors.strip()[-1500:]}")

    @staticmethod
    def checkpoints(runs):
        """Steps of checkpoints behind the beginning."""
        found = [re.match(r"0*([1-9][0-9]*)\b", name) for _, _, names in os.walk(runs) for name in names
                 if name.endswith(".safetensors")]
        return [int(match.group(1)) for match in found if match]

    @staticmethod
    def rank(folder, number):
        """The process of a rank that trains into a folder, whoever has started it; not its keeper."""
        found, names = [], {b"%s=%d" % (name, number) for name in
                 (b"OMPI_COMM_WORLD_RANK", b"PMI_RANK", b"SLURM_PROCID")}
        for name in filter(str.isdigit, os.listdir("/proc")):
            try:
                with open(f"/proc/{name}/environ", "rb") as file:
                    variables = file.read().split(b"\0")
                with open(f"/proc/{name}/cmdline", "rb") as file:
                    words = file.read().split(b"\0")
            except OSError:
                continue
            if names & set(variables) and words[1:2] == [b"train"] and folder.encode() in words:
                found.append((any(text.startswith(b"MTL_TUI_RANK_KEEPER=") for text in variables), int(name)))
        if found:
            return max(found)[1]
        raise RuntimeError(f"rank {number} is not to be found")


def launchers(names, folder, cluster):
    """Those of the names that are here; what hinders the others is said."""
    missing = SlurmCluster.missing()
    for name in names:
        if name.startswith("slurm-"):
            if missing:
                print(f"SKIPPED {name}: no Slurm here; on Debian and Ubuntu: apt-get install {' '.join(missing)}")
                continue
            if not cluster.daemons:
                cluster.begin()
        launcher = Launcher(name, folder, cluster if name.startswith("slurm-") else None)
        if launcher.program:
            yield launcher
        else:
            print(f"SKIPPED {name}: there is no mpirun.{name} here")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("program")
    parser.add_argument("--only", default="openmpi,mpich,slurm-openmpi,slurm-mpich")
    parser.add_argument("--models", default=",".join(MODELS))
    asked = parser.parse_args()
    program, tried = os.path.realpath(asked.program), 0
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    folder = tempfile.mkdtemp(prefix="ranks-")
    cluster = SlurmCluster(folder, nodes=4)
    try:
        study = Study(program, folder)
        for launcher in launchers(asked.only.split(","), folder, cluster):
            checked = subprocess.run([*launcher.words(2), program, "ranks"], env=launcher.environment,
                                     capture_output=True, text=True)
            if "make mpi" in checked.stderr:
                print(f"SKIPPED {launcher.name}: its adapter is not built (make mpi)")
                continue
            tried += 1
            study.say(checked.returncode == 0 and "those of one process" in checked.stdout,
                      f"{launcher.name} ranks meet: {' '.join(checked.stdout.split())} {checked.stderr.strip()}")
            for model in asked.models.split(","):
                study.bits(launcher, model, MODELS[model])
            study.bits(launcher, "mmoe", [word.replace("TASK", study.task) for word in LIVE])
            study.owned(launcher)
            study.lost(launcher, "--table-rows", "owned")
            study.steered(launcher)
            study.interrupted(launcher)
            study.lost(launcher)
            study.lost_together(launcher)
            if launcher.name in ("openmpi", "mpich"):
                study.late(launcher)
    finally:
        for process in STARTED:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
        cluster.end()
        shutil.rmtree(folder, ignore_errors=True)
    print(f"{study.failures} wrong" if tried else "SKIPPED: no MPI is here, and nothing was compared")
    return 1 if study.failures else 0


if __name__ == "__main__":
    sys.exit(main())
