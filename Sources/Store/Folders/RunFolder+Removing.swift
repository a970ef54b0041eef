internal import Foundation

extension RunFolder {
  /// Removes the run: what this program wrote, and the folder if nothing else lies in it.
  ///
  /// - Returns: What is left because it is not of this program, by name.
  /// - Throws: ``StoreError/inUse(path:process:)`` while a process trains it,
  ///   ``StoreError/noRun(path:missing:)`` for what is no run's folder.
  @discardableResult
  public func remove() throws(StoreError) -> [String] {
    try checkThatItIsOurs()
    let disk = Disk.real
    let lock = try RunLock(self, on: disk)
    try removeCheckpoints(on: disk)
    let own = [journalPath, eventsPath, curvesPath, stepPath, socketPath, outputPath] + namesPaths
    for path in own { try disk.remove(path) }
    for partial in ownPartials { try disk.remove(partial.partial) }
    // The card last: a removal that is cut short can be done again.
    for document in Document.allCases where document != .card {
      try disk.remove(path(of: document))
    }
    try disk.remove(path(of: .card))
    try disk.remove(lockPath)
    return withExtendedLifetime(lock) { removeEmpty(path) }
  }

  /// A card that is damaged is still a run's where the files lie beside it that every run has.
  private func checkThatItIsOurs() throws(StoreError) {
    do throws(StoreError) { _ = try card() } catch {
      guard case .damaged = error, FileStatus(journalPath) != nil, FileStatus(lockPath) != nil
      else { throw error }
    }
  }

  private func removeCheckpoints(on disk: Disk) throws(StoreError) {
    let files = checkpointFiles(on: disk)
    for name in Self.names(in: checkpointsPath) {
      let path = PartialFile(name, in: checkpointsPath)?.path ?? "\(checkpointsPath)/\(name)"
      guard let step = files.step(ofPath: path) else { continue }
      guard path == files.modelPath(step) || path == files.statePath(step) else { continue }
      try disk.remove("\(checkpointsPath)/\(name)")
    }
    _ = removeEmpty(checkpointsPath)
  }

  /// Removes a folder that holds nothing, and says what it holds.
  private func removeEmpty(_ path: String) -> [String] {
    let left = Self.names(in: path)
    if left.isEmpty { removeEmptyFolder(path) }
    return left
  }

  private static func names(in path: String) -> [String] {
    ((try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []).sorted()
  }
}
