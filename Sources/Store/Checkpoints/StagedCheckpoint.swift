/// A pair of files that the system has and the disk may not have yet, beside their names.
///
/// A process that is killed leaves files that the next start clears.
final class StagedCheckpoint {
  /// The step that it is of.
  let step: Int
  private let files: CheckpointFiles
  private var model: AtomicFile
  private var state: AtomicFile

  init(
    _ step: Int, of files: CheckpointFiles, model: consuming AtomicFile,
    state: consuming AtomicFile
  ) {
    self.step = step
    self.files = files
    self.model = model
    self.state = state
  }

  /// Waits until the disk has both files whole, then gives them their names, and removes the checkpoints
  /// that it takes the place of.
  ///
  /// - Parameters:
  ///   - growing: Files that it says the lengths of: the disk has them first.
  ///   - interval: Of how many steps each one's checkpoint is kept.
  /// - Throws: What the disk refused; no half of the pair is on its way any more then, unless the first has
  ///   its name: the second waits beside its own, to get it at the next start.
  func settle(behind growing: [OpenFile], keepingEvery interval: Int?) throws(StoreError) {
    do throws(StoreError) {
      for file in growing { try file.synchronise() }
      try model.synchronise()
      try state.synchronise()
      try model.rename()
      state.leave()
      try state.rename()
    } catch {
      // Now, not when nobody holds this any more: the next pair may be of the same step. What has its
      // name, or is left for the next start, stays.
      model.abandon()
      state.abandon()
      throw error
    }
    try files.disk.synchroniseNames(of: files.folder)
    try files.retain(written: step, every: interval)
  }
}
