/// What can be wrong with a file or folder of a run; the wording of all of it is in one place.
public enum StoreError: Error, Equatable {
  /// A file or folder cannot be used: its path, what was tried, and what the system said.
  case unusable(path: String, doing: String, reason: String)
  /// A file is not what it should be: its path, and what is wrong with it.
  case damaged(path: String, what: String)
  /// A file is whole, but of another model: its path, and what does not fit.
  case mismatch(path: String, what: String)
  /// A run is trained by a process: its folder, and the process's number where that is known.
  case inUse(path: String, process: Int?)
  /// A folder is not that of a run: its path, and what is missing.
  case noRun(path: String, missing: String)
  /// No run is called so: what was asked for, where it was looked for, and ids that are near.
  case unknownRun(String, in: String, near: [String])
  /// Several runs begin so.
  case ambiguousRun(String, [String])
  /// Runs have no place: no variable names a home.
  case homeless
  /// A run has no checkpoint that could be read: its folder, and what is wrong with each.
  case noCheckpoint(path: String, damaged: [String])
}

extension StoreError: CustomStringConvertible {
  /// Where, what was found, and what to do.
  public var description: String {
    switch self {
    case .unusable(let path, let doing, let reason): "\(path): cannot \(doing): \(reason)"
    case .damaged(let path, let what): "\(path): damaged: \(what)"
    case .mismatch(let path, let what): "\(path): does not fit the model: \(what)"
    case .inUse(let path, let process):
      """
      \(path): another process trains this run.
        found: its lock is held\(process.map { " by process \($0)" } ?? "")
        fix:   wait for its end, or end it
      """
    case .noRun(let path, let missing):
      """
      \(path): this is no folder of a run.
        found: no \(missing) in it
        fix:   name a run by its id, by the beginning of it, by 'last' or by its folder
      """
    case .unknownRun(let name, let place, let near):
      """
      no run is called '\(name)'.
        found: nothing of that name in \(place)
        fix:   \(near.isEmpty ? "see 'mtl-tui runs list'" : "did you mean \(Self.list(near))?")
      """
    case .ambiguousRun(let name, let ids):
      """
      several runs begin with '\(name)'.
        found: \(Self.list(ids))
        fix:   write more of the id
      """
    case .homeless:
      """
      runs have no folder.
        found: neither XDG_STATE_HOME nor HOME names one
        fix:   set one of them, or pass --out DIR or --no-save
      """
    case .noCheckpoint(let path, let damaged):
      """
      \(path): there is no checkpoint to go on from.
        found: \(damaged.isEmpty ? "none was written" : damaged.joined(separator: "; "))
        fix:   begin the run anew
      """
    }
  }

  private static func list(_ names: [String]) -> String {
    let shown = names.prefix(4).map { "'\($0)'" }.joined(separator: ", ")
    return names.count > 4 ? "\(shown) and \(names.count - 4) more" : shown
  }
}
