"""A private Slurm on this machine: one controller, a daemon a node, all in one folder, gone afterwards.

It needs slurmctld, slurmd, srun and munged (Debian: slurmctld slurmd slurm-client munge), neither systemd
nor an account of its own, and touches no Slurm that the machine may have.
"""
import os, pwd, shutil, socket, subprocess, time

CONFIGURATION = """\
ClusterName=private
SlurmctldHost={host}(127.0.0.1)
SlurmctldPort={port}
SlurmUser={user}
SlurmdUser={user}
AuthType=auth/munge
AuthInfo=socket={folder}/munge.socket
CredType=cred/munge
StateSaveLocation={folder}/state
SlurmdSpoolDir={folder}/%n/spool
TmpFS={folder}/%n/tmp
SlurmctldPidFile={folder}/slurmctld.pid
SlurmdPidFile={folder}/%n/slurmd.pid
SlurmctldLogFile={folder}/slurmctld.log
SlurmdLogFile={folder}/%n/slurmd.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SlurmdParameters=config_overrides
SchedulerType=sched/builtin
SelectType=select/linear
ReturnToService=2
MpiDefault=none
NodeName=n[0-{last}] NodeHostname={host} NodeAddr=127.0.0.1 Port=[{first}-{end}] CPUs=1
PartitionName=all Nodes=n[0-{last}] Default=YES MaxTime=INFINITE State=UP
"""
PROGRAMS = {"slurmctld": "slurmctld", "slurmd": "slurmd", "srun": "slurm-client", "munged": "munge"}


class SlurmCluster:
    """So many nodes; begun by `with`, which ends what it started and nothing else."""

    def __init__(self, folder, nodes):
        self.folder, self.nodes, self.daemons = os.path.join(folder, "slurm"), nodes, []
        self.environment = {"SLURM_CONF": os.path.join(self.folder, "slurm.conf")}

    @staticmethod
    def program(name):
        """Daemons lie where only root's path leads."""
        return shutil.which(name, path=os.environ.get("PATH", "") + ":/usr/sbin:/sbin")

    @classmethod
    def missing(cls):
        """Packages of what is not here."""
        return [package for name, package in PROGRAMS.items() if not cls.program(name)]

    def __enter__(self):
        try:
            self.begin()
        except BaseException:
            self.end()
            raise
        return self

    def __exit__(self, *_):
        self.end()

    def begin(self):
        for name in ["state"] + [f"n{node}/{part}" for node in range(self.nodes) for part in ("spool", "tmp")]:
            os.makedirs(os.path.join(self.folder, name))
        os.chmod(self.folder, 0o755)
        ports = self.free_ports(self.nodes + 1)
        with open(self.environment["SLURM_CONF"], "w") as file:
            file.write(CONFIGURATION.format(
                host=socket.gethostname().split(".")[0], user=pwd.getpwuid(os.getuid()).pw_name,
                folder=self.folder, last=self.nodes - 1, port=ports[0], first=ports[1], end=ports[-1]))
        key = os.path.join(self.folder, "munge.key")
        with open(os.open(key, os.O_WRONLY | os.O_CREAT, 0o600), "wb") as file:
            file.write(os.urandom(128))
        self.start("munged", "--foreground", "--force", "--key-file=" + key,
                   *(f"--{what}={self.folder}/munge.{what.split('-')[0]}"
                     for what in ("socket", "pid-file", "log-file", "seed-file")))
        self.wait("munged", lambda: os.path.exists(os.path.join(self.folder, "munge.socket")))
        self.start("slurmctld", "-D", "-c")
        for node in range(self.nodes):
            self.start("slurmd", "-D", "-N", f"n{node}")
        self.wait("nodes", lambda: self.idle() == self.nodes)

    def start(self, name, *words):
        log = open(os.path.join(self.folder, f"{name}-{len(self.daemons)}.out"), "w")
        self.daemons.append(subprocess.Popen(
            [self.program(name), *words], env=dict(os.environ, **self.environment), cwd=self.folder,
            stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True))
        log.close()

    def idle(self):
        found = subprocess.run(["sinfo", "-h", "-o", "%D %T"], env=dict(os.environ, **self.environment),
                               capture_output=True, text=True).stdout.split("\n")
        return sum(int(line.split()[0]) for line in found if line.endswith(" idle"))

    def wait(self, what, isThere, seconds=30):
        end = time.time() + seconds
        while not isThere():
            gone = [daemon.args[0] for daemon in self.daemons if daemon.poll() is not None]
            if gone or time.time() > end:
                raise RuntimeError(f"Slurm does not begin: {what}, ended: {gone}\n{self.last_words()}")
            time.sleep(0.1)

    def last_words(self):
        words = []
        for folder, _, names in os.walk(self.folder):
            for name in names:
                if name.endswith((".log", ".out")):
                    with open(os.path.join(folder, name), errors="replace") as file:
                        words += [f"{name}: {line.rstrip()}" for line in file.readlines()[-4:]]
        return "\n".join(words)

    def end(self):
        """Jobs first, then nodes, so that they say goodbye; whoever stays is killed."""
        if self.daemons:
            subprocess.run(["scancel", "--signal=KILL", "--user", pwd.getpwuid(os.getuid()).pw_name],
                           env=dict(os.environ, **self.environment), capture_output=True, timeout=30)
        for daemon in reversed(self.daemons):
            daemon.terminate()
            try:
                daemon.wait(timeout=10)
            except subprocess.TimeoutExpired:
                daemon.kill()
                daemon.wait()

    @staticmethod
    def free_ports(count):
        """So many that follow each other, which nobody has at the moment."""
        for first in range(20_000 + os.getpid() % 1_000 * 8, 32_000, count):
            sockets = []
            try:
                for port in range(first, first + count):
                    sockets.append(socket.socket())
                    sockets[-1].bind(("127.0.0.1", port))
                return list(range(first, first + count))
            except OSError:
                continue
            finally:
                for each in sockets:
                    each.close()
        raise RuntimeError("no free ports")
