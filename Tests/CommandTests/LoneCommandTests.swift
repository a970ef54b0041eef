import Testing

@testable import mtl_tui

/// Commands that mpirun would start several times.
@Suite struct LoneCommandTests {
  private static let ompi = ["OMPI_COMM_WORLD_RANK": "1", "OMPI_COMM_WORLD_SIZE": "4"]

  private static func refusal(_ words: [String], _ environment: [String: String]) -> Failure? {
    do throws(Failure) { try LoneCommand.check(words, environment) } catch { return error }
    return nil
  }

  @Test(arguments: [
    ([], "explore"), (["--data", "a.csv"], "explore"), (["explore"], "explore"),
    (["compare", "--models", "mmoe"], "compare"), (["study"], "study"), (["bench"], "bench"),
    (["data", "pack", "a.yaml"], "data"), (["predict", "--ranks", "openmpi"], "predict"),
  ])
  func refusesSeveralProcesses(_ words: [String], name: String) {
    let failure = Self.refusal(words, Self.ompi)
    // Who wants the explorer is told how to have it.
    let screen =
      name == "explore" ? ", and mtl-tui attach last --control opens a screen on it" : ""
    #expect(failure?.exitCode == 64)
    #expect(
      failure?.message == """
        \(name) is for one process: several would do the same, into the same folders.
          found: Open MPI's mpirun started 4 processes
          fix:   mtl-tui train shares a run among them\(screen); --ranks off lets each run \(name) alone
        """)
  }

  /// srun does not say which library its processes meet over, which matters to ranks alone.
  @Test func refusesThemUnderEveryLauncher() {
    for (environment, launcher) in [
      (["PMI_RANK": "0", "PMI_SIZE": "2"], "MPICH's mpirun"),
      (["SLURM_PROCID": "1", "SLURM_STEP_NUM_TASKS": "2"], "Slurm's srun"),
    ] {
      let failure = Self.refusal(["bench"], environment)
      #expect(failure?.message.contains("\(launcher) started 2 processes") == true)
    }
    let unclear = Self.refusal(["bench"], ["PMI_RANK": "2", "PMI_SIZE": "2"])
    #expect(unclear?.exitCode == 2 && unclear?.message.contains("PMI_SIZE=2") == true)
  }

  @Test func leavesOneProcessAndThoseThatShare() {
    #expect(Self.refusal(["bench"], [:]) == nil)
    #expect(Self.refusal(["bench"], ["PMI_RANK": "0", "PMI_SIZE": "1"]) == nil)
    for name in ["train", "ranks", "help"] { #expect(Self.refusal([name], Self.ompi) == nil) }
  }

  @Test func leavesHelp() {
    for words in [["--help"], ["--version"], ["bench", "-h"], ["data", "pack", "--help"]] {
      #expect(Self.refusal(words, Self.ompi) == nil)
    }
    #expect(Self.refusal(["bench", "--", "--help"], Self.ompi) != nil)
  }

  @Test func ranksOffLetsEachRunAlone() {
    for words in [
      ["bench", "--ranks", "off", "--json"], ["bench", "--ranks=off", "--json"],
      ["bench", "--json", "--ranks", "off"],
    ] {
      #expect(Self.refusal(words, Self.ompi) == nil)
      #expect(LoneCommand.words(words) == ["bench", "--json"])
    }
    #expect(LoneCommand.words(["--ranks", "off"]) == [])
    // What the command takes itself, or cannot take, is its own to read.
    for words in [
      ["train", "--ranks", "off"], ["bench", "--ranks", "mpich"], ["bench", "--ranks"],
      ["bench", "--", "--ranks", "off"],
    ] {
      #expect(LoneCommand.words(words) == words)
    }
    #expect(Self.refusal(["bench", "--", "--ranks", "off"], Self.ompi) != nil)
  }
}
