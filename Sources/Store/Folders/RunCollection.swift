public import Foundation

/// The folder that the runs' folders lie in.
public struct RunCollection: Sendable, Hashable {
  /// Where it is.
  public let path: String

  /// The folder of this path, made when the first run is written.
  public init(path: String) {
    self.path = path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path
  }

  /// The folder of a person: `$XDG_STATE_HOME/mtl-tui/runs`, else in `~/.local/state`.
  ///
  /// By the XDG Base Directory Specification a relative `XDG_STATE_HOME` counts as not set.
  ///
  /// - Throws: ``StoreError/homeless``.
  public init(
    environment: [String: String] = ProcessInfo.processInfo.environment
  ) throws(StoreError) {
    let named = environment["XDG_STATE_HOME"].flatMap { $0.hasPrefix("/") ? $0 : nil }
    let home = environment["HOME"].flatMap { $0.hasPrefix("/") ? $0 + "/.local/state" : nil }
    guard let state = named ?? home else { throw .homeless }
    self.init(path: state + "/mtl-tui/runs")
  }

  /// Where its index lies.
  var indexPath: String { "\(path)/index.sqlite" }

  /// All runs in it, by their names.
  ///
  /// - Throws: ``StoreError/unusable(path:doing:reason:)`` if the folder is there and cannot be read.
  public func folders() throws(StoreError) -> [RunFolder] {
    guard let status = FileStatus(path) else { return [] }
    guard status.isFolder else {
      throw .unusable(path: path, doing: "read runs", reason: "it is no folder")
    }
    do {
      return try FileManager.default.contentsOfDirectory(atPath: path).sorted().compactMap {
        try? RunFolder(opening: "\(path)/\($0)")
      }
    } catch {
      throw .unusable(path: path, doing: "read runs", reason: error.localizedDescription)
    }
  }

  /// The ids of the runs in it whose names have the form that this program writes, the newest first, by
  /// the minute that the names say; nothing in the folders is read, and nothing is written.
  ///
  /// - Throws: ``StoreError/unusable(path:doing:reason:)`` as ``folders()`` does.
  public func ids() throws(StoreError) -> [String] {
    try folders().map(\.id).filter(RunCard.isId).sorted(by: >)
  }

  /// The run that a person means: an id, the beginning of one, `last`, or the path of a folder.
  ///
  /// - Throws: ``StoreError/unknownRun(_:in:near:)``, ``StoreError/ambiguousRun(_:_:)`` or
  ///   ``StoreError/noRun(path:missing:)``.
  public func find(_ name: String) throws(StoreError) -> RunFolder {
    if name.contains("/") || name == "." || name == ".." { return try RunFolder(opening: name) }
    let folders = try folders()
    if let exact = folders.first(where: { $0.id == name }) { return exact }
    if name == "last" { return try newest(of: folders) }
    let matches = folders.filter { !name.isEmpty && $0.id.hasPrefix(name) }
    if matches.count > 1 { throw .ambiguousRun(name, matches.map(\.id)) }
    if let match = matches.first { return match }
    let near = folders.map(\.id).filter { !name.isEmpty && $0.contains(name) }
    throw .unknownRun(name, in: path, near: near)
  }

  /// The run whose lock a process holds or held; nil: it has none.
  ///
  /// The numbers of processes come again:
  /// of several runs it is the one that was locked last.
  ///
  /// - Throws: ``StoreError/unusable(path:doing:reason:)`` if the folder is there and cannot be read.
  public func run(of process: Int) throws(StoreError) -> RunFolder? {
    let locked = try folders().filter { $0.lastProcess == process }.map { folder in
      let about = try? FileManager.default.attributesOfItem(atPath: folder.lockPath)
      return (folder: folder, since: about?[.modificationDate] as? Date ?? .distantPast)
    }
    return locked.max { $0.since < $1.since }?.folder
  }

  /// Makes the folder where it is not there, for its owner only.
  ///
  /// - Throws: ``StoreError/unusable(path:doing:reason:)``.
  public func make() throws(StoreError) { try Disk.real.makeFolder(path) }

  private func newest(of folders: [RunFolder]) throws(StoreError) -> RunFolder {
    let dated = folders.compactMap { folder in
      (try? folder.card()).map { (folder: folder, started: $0.started) }
    }
    guard let newest = dated.max(by: { ($0.started, $0.folder.id) < ($1.started, $1.folder.id) })
    else { throw .unknownRun("last", in: path, near: []) }
    return newest.folder
  }
}

// MARK: - New runs

extension RunCollection {
  /// Makes a folder for a run: of its id, or with a number behind it where there is one already.
  func makeFolder(_ id: String, on disk: Disk) throws(StoreError) -> RunFolder {
    try disk.makeFolder(path)
    var name = id
    var number = 1
    while try !disk.makeNewFolder("\(path)/\(name)") {
      number += 1
      name = "\(id)-\(number)"
    }
    return RunFolder(path: "\(path)/\(name)")
  }

  /// Clears what killed processes left on its way, in whatever state the runs are; what cannot be
  /// cleared now is tried again at the next start.
  func clearLeftovers(on disk: Disk) {
    for name in (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? [] {
      let folder = RunFolder(path: "\(path)/\(name)")
      guard folder.hasLeftovers, let lock = try? RunLock(folder, on: disk, patience: 1) else {
        continue
      }
      withExtendedLifetime(lock) {
        guard (try? folder.clearLeftovers(on: disk)) != nil, folder.holdsLockOnly else { return }
        // Killed before its card was there: no list names it.
        try? disk.remove(folder.lockPath)
        removeEmptyFolder(folder.path)
      }
    }
  }
}

extension RunFolder {
  /// Whether a process that is gone left something on its way here.
  fileprivate var hasLeftovers: Bool {
    if holdsLockOnly { return true }
    let kept = (try? FileManager.default.contentsOfDirectory(atPath: checkpointsPath)) ?? []
    return ownPartials.contains(where: \.isAbandoned)
      || kept.contains { PartialFile($0, in: checkpointsPath)?.isAbandoned == true }
  }

  /// Whether there is nothing in it but its lock, or not even that.
  var holdsNothing: Bool {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
    return names.allSatisfy { $0 == "lock" }
  }

  fileprivate var holdsLockOnly: Bool {
    (try? FileManager.default.contentsOfDirectory(atPath: path)) == ["lock"]
  }

  /// Documents on their way; a person's file whose name looks like one is none.
  var ownPartials: [PartialFile] {
    let documents = Set(Document.allCases.map(path(of:)))
    return ((try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []).compactMap {
      PartialFile($0, in: path)
    }.filter { documents.contains($0.path) }
  }

  /// Removes what killed processes left on its way; only for who holds the lock.
  func clearLeftovers(on disk: Disk) throws(StoreError) {
    try checkpointFiles(on: disk).recover()
    for partial in ownPartials where partial.isAbandoned { try disk.remove(partial.partial) }
  }
}
