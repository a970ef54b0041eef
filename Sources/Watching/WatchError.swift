/// Why a run cannot be watched from elsewhere.
public enum WatchError: Error, Equatable, Sendable {
  /// Nobody trains the run of this folder.
  case nobody(folder: String)
  /// The folder cannot be reached.
  case folder(String, reason: String)
  /// Another process already serves watchers of this folder.
  case occupied(folder: String)
  /// The folder's path is longer than a socket's may be, and this system has no way around.
  case tooLong(path: String, most: Int)
  /// The other end belongs to another person.
  case otherPerson(folder: String)
  /// The other end refused, in its words.
  case refused(String)
  /// The other end speaks another version.
  case version(own: Int, other: Int)
  /// The other end says nothing, or what no run says.
  case noAnswer(folder: String)
  /// The system refused.
  case system(String, reason: String)
}

extension WatchError: CustomStringConvertible {
  /// What is wrong, what was found, how to mend it.
  public var description: String { "\(what)\n  found: \(found)\n  fix:   \(fix)" }

  private var what: String {
    switch self {
    case .nobody: "no process trains this run."
    case .folder: "the run's folder cannot be reached."
    case .occupied: "another process already serves this run."
    case .tooLong: "the path of the run's folder is too long for a socket."
    case .otherPerson: "the process that trains this run belongs to another person."
    case .refused: "the process that trains this run refuses."
    case .version: "the process that trains this run is of another version of the program."
    case .noAnswer: "the process that trains this run does not answer."
    case .system(let action, _): "\(action) failed."
    }
  }

  private var found: String {
    switch self {
    case .nobody(let folder), .occupied(let folder), .otherPerson(let folder),
      .noAnswer(let folder):
      folder
    case .folder(let folder, let reason): "\(folder): \(reason)"
    case .tooLong(let path, _): path
    case .refused(let words): words
    case .version(let own, let other): "messages of version \(other), this program's are \(own)"
    case .system(_, let reason): reason
    }
  }

  private var fix: String {
    switch self {
    case .nobody: "mtl-tui runs list says which runs live"
    case .folder: "check the folder and its permissions"
    case .occupied: "mtl-tui attach watches it"
    case .tooLong(_, let most): "keep runs in a folder whose path has \(most) bytes at most"
    case .otherPerson: "ask that person; only one's own runs can be watched"
    case .refused: "try again later"
    case .version: "use the program that trains the run"
    case .noAnswer: "if the process was stopped (Ctrl-Z), let it go on: kill -CONT"
    case .system: "raise the limits of the process (ulimit -n), or end other programs"
    }
  }
}
