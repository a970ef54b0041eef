import ArgumentParser
import Datasets
import Store
import Training

/// Where the runs of a comparison are kept, besides their results.
struct ComparisonSaving: ParsableArguments {
  @Flag(help: "Keep no folder of any run: the results alone.") var noSave = false
  @Option(
    help: """
      The folder in which each run's own folder is made. \
      (default: $XDG_STATE_HOME/mtl-tui/runs, else ~/.local/state/mtl-tui/runs)
      """, completion: .directory)
  var runs: String?
  @Option(
    help: """
      Steps between checkpoints, each of which is kept; without it the last and the best are. \
      (default: \(FolderRecorder.usualInterval))
      """)
  var checkpointEvery: Int?

  func validate() throws {
    if noSave, runs != nil || checkpointEvery != nil {
      throw ValidationError(
        "--no-save keeps no run: leave it out, or --runs and --checkpoint-every.")
    }
    if runs == "" { throw ValidationError("--runs needs a folder.") }
    if let checkpointEvery {
      try TrainingOptions.check("--checkpoint-every", checkpointEvery, 1...1_000_000_000)
    }
  }

  /// Where they are kept, under the tag of the folder of results; nil: nowhere, which is said where
  /// nobody asked for it.
  func folders(command: String, results: String) -> ComparisonFolders? {
    guard !noSave else { return nil }
    let plan = FolderRecorder.Plan(command, checkpointEvery) { () throws(StoreError) in
      guard let runs else { return try RunCollection() }
      return RunCollection(path: DataFiles.expandingHome(runs))
    }
    return plan.map { ComparisonFolders($0, results: results) }
  }
}
