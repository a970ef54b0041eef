/// The place of this process among those that a launcher of message passing has started.
///
/// Launchers say it in the environment: Open MPI's `mpirun` in `OMPI_COMM_WORLD_RANK` and `_SIZE`, that of
/// MPICH in `PMI_RANK` and `PMI_SIZE`, Slurm's `srun` in `SLURM_PROCID` and `SLURM_STEP_NUM_TASKS`. (Slurm's
/// `SLURM_NTASKS` stands in a batch script as well, which is one process.)
public struct LaunchedRank: Sendable, Hashable {
  /// What started it.
  public enum Launcher: String, Sendable {
    case openmpi, mpich, slurm
  }

  /// What a person says about ranks; nil where nothing is said: as the launcher is.
  public enum Wish: String, Sendable, CaseIterable {
    case off, openmpi, mpich
  }

  /// The number of the process, from 0 on.
  public let rank: Int
  /// How many there are.
  public let count: Int
  /// What started them.
  public let launcher: Launcher
  /// What carries messages between them.
  public let mpi: MessageLibrary
  /// What the launcher calls this run on this machine; nil: it has no name for it.
  let job: String?
  /// How many of the ranks are on this machine; nil: the launcher does not say.
  let neighbours: Int?

  /// Finds it; nil: the process is alone, or ranks are not wanted.
  ///
  /// - Throws: ``RankStartError`` where it is one of several but cannot know how to meet the others.
  public init?(_ environment: [String: String], wish: Wish?) throws(RankStartError) {
    guard wish != .off, let found = try Self.find(environment), found.count > 1 else { return nil }
    (launcher, rank, count) = (found.launcher, found.rank, found.count)
    job = Self.job(environment)
    neighbours = Self.neighbours(environment, count: found.count)
    switch (launcher, wish) {
    case (.openmpi, .mpich), (.mpich, .openmpi):
      throw .otherLauncher(launcher.title, wanted: wish?.rawValue ?? "")
    case (.openmpi, _): mpi = .openmpi
    case (.mpich, _): mpi = .mpich
    case (.slurm, .openmpi): mpi = .openmpi
    case (.slurm, .mpich): mpi = .mpich
    // PMIx is what Open MPI meets over; MPICH's would have said PMI_RANK.
    case (.slurm, _):
      guard environment["PMIX_RANK"] != nil else { throw .unnamedLibrary(ranks: found.count) }
      mpi = .openmpi
    }
  }

  /// What has started this process, and how many of it; nil: no launcher says so.
  ///
  /// - Throws: ``RankStartError/environment(_:)``.
  public static func launch(
    _ environment: [String: String]
  ) throws(RankStartError) -> (launcher: Launcher, count: Int)? {
    try find(environment).map { ($0.launcher, $0.count) }
  }

  private static func find(
    _ environment: [String: String]
  ) throws(RankStartError) -> (launcher: Launcher, rank: Int, count: Int)? {
    let names: [(Launcher, String, String)] = [
      (.openmpi, "OMPI_COMM_WORLD_RANK", "OMPI_COMM_WORLD_SIZE"), (.mpich, "PMI_RANK", "PMI_SIZE"),
      (.slurm, "SLURM_PROCID", "SLURM_STEP_NUM_TASKS"),
    ]
    for (launcher, rankName, countName) in names {
      guard let rankText = environment[rankName], let countText = environment[countName] else {
        continue
      }
      guard let rank = Int(rankText), let count = Int(countText), count > 0,
        (0..<count).contains(rank)
      else {
        throw .environment("\(rankName)=\(rankText) \(countName)=\(countText)")
      }
      return (launcher, rank, count)
    }
    return nil
  }
}

// MARK: - This machine

extension LaunchedRank {
  /// The process on a machine by which MPICH's `mpirun` starts ranks there.
  static let launcherOfMPICH = "hydra_pmi_proxy"

  /// What a launcher calls a run.
  private static func job(_ environment: [String: String]) -> String? {
    if let name = environment["PMIX_NAMESPACE"] { return "pmix-\(name)" }
    if let job = environment["SLURM_JOB_ID"], let step = environment["SLURM_STEP_ID"] {
      return "slurm-\(job).\(step)"
    }
    return launchingProcess(named: launcherOfMPICH).map { "hydra-\($0)" }
  }

  /// How many ranks of so many are on this machine.
  private static func neighbours(_ environment: [String: String], count: Int) -> Int? {
    if let text = environment["OMPI_COMM_WORLD_LOCAL_SIZE"] ?? environment["MPI_LOCALNRANKS"] {
      return Int(text)
    }
    return environment["SLURM_STEP_NUM_NODES"] == "1" ? count : nil
  }
}

extension LaunchedRank.Launcher {
  /// What people call it.
  public var title: String {
    switch self {
    case .openmpi: "Open MPI's mpirun"
    case .mpich: "MPICH's mpirun"
    case .slurm: "Slurm's srun"
    }
  }
}

/// Why a process that was started as one of several cannot begin.
public enum RankStartError: Error, Equatable, Sendable {
  /// The file that speaks to a library is nowhere.
  case noAdapter(MessageLibrary, lookedFor: [String])
  /// The file is there, but cannot be used.
  case unusable(path: String, reason: String)
  /// Another library is asked for than the one that started the processes.
  case otherLauncher(String, wanted: String)
  /// The launcher does not say which library its processes meet over.
  case unnamedLibrary(ranks: Int)
  /// Variables of the environment make no sense.
  case environment(String)
  /// The library finds others than the launcher has started.
  case otherCount(launcher: String, said: Int, library: String, found: Int)
  /// The library numbers ranks otherwise than the launcher.
  case otherRank(launcher: String, said: Int, library: String, found: Int)
  /// The library reports an error.
  case mpi(String)
  /// Rank 0 or 1 and another one cannot reach each other.
  case unreachable(String)
  /// Not all have come in time.
  case late(LateRanks)
}

extension RankStartError: CustomStringConvertible {
  /// What is wrong, what was found, and what to do.
  public var description: String {
    switch self {
    case .noAdapter(let library, let paths):
      """
      several ranks were started, but what speaks to \(library.title) is not there.
        found:    none of \(paths.joined(separator: ", "))
        fix:      `make mpi` builds it, where the headers of \(library.title) are; MTL_TUI_MPI names another \
      folder; --ranks off trains in each process alone
      """
    case .unusable(let path, let reason):
      """
      \(path): it cannot be used.
        found: \(reason)
        fix:   build it anew with `make mpi`, on a machine with the same library
      """
    case .otherLauncher(let launcher, let wanted):
      """
      --ranks \(wanted): the processes were started by \(launcher), whose library is another.
        fix: leave --ranks out, or start them with the mpirun of \(wanted)
      """
    case .unnamedLibrary(let ranks):
      """
      srun started \(ranks) ranks and does not say which library they meet over.
        fix: --ranks openmpi or --ranks mpich; --ranks off trains in each process alone
      """
    case .environment(let found):
      """
      the launcher's variables make no sense.
        found:    \(found)
        expected: a rank from 0 on, below the number of ranks
      """
    case .otherCount(let launcher, let said, let library, let found):
      """
      \(launcher) started \(said) ranks, but the library sees \(found).
        found: \(library)
        fix:   start them with the mpirun of this library, or say --ranks openmpi or mpich
      """
    case .otherRank(let launcher, let said, let library, let found):
      """
      \(launcher) calls this process rank \(said), the library rank \(found).
        found: \(library)
        fix:   leave out options that place ranks in another order (--distribution, --rank-by)
      """
    case .mpi(let words): "the library that connects ranks cannot go on: \(words)"
    case .unreachable(let words):
      """
      ranks cannot reach each other over TCP, which is how a lost one is noticed.
        found: \(words)
        fix:   let them connect to ports that the system chooses, or --ranks off
      """
    case .late(let late):
      """
      \(late.count) ranks were started, and have not all met within \(late.seconds) seconds.
        found: \(late.words)
        fix:   see what holds up those that are missing, or whether machines reach each other; start again
      """
    }
  }
}
