internal import Foundation
internal import GRDB
internal import Runs

/// What is known of all runs without reading their folders: a table in SQLite that is brought up to date
/// from the folders whenever it is asked, and made anew from them if it is lost, damaged or of another
/// version of this program.
///
/// The folders alone are true; several processes may use the index at once.
public final class RunIndex {
  /// What is in the index that its columns say: another number than in the file, and it is made anew.
  static let version = 1

  /// Why the index is not kept, in words for a person; nil: it is.
  public private(set) var remark: String?

  private let collection: RunCollection
  private let disk: Disk
  private var database: DatabaseQueue?

  /// The index of a collection; nothing is opened before it is asked.
  public convenience init(_ collection: RunCollection) { self.init(collection, on: .real) }

  init(_ collection: RunCollection, on disk: Disk) {
    self.collection = collection
    self.disk = disk
  }

  /// What an answer holds.
  public struct Answer: Sendable {
    /// The runs that are meant, the newest first.
    public var runs: [RunEntry]
    /// What is wrong with folders that are left out, in words for a person.
    public var damaged: [String]
  }

  /// The runs that a filter means, as their folders are now.
  ///
  /// - Throws: ``StoreError`` if the folders cannot be read, or not even memory can hold the index.
  public func runs(_ filter: RunFilter = RunFilter()) throws(StoreError) -> Answer {
    let folders = try collection.folders()
    var found = Stamped(folders)
    do {
      return try answer(filter, &found)
    } catch let error as DatabaseError where error.isRefusal {
      close()
      refuse(error)
    } catch {
      // Damaged, or made by something else: what the folders say is made anew, once.
      close()
      removeFiles()
    }
    found = Stamped(folders)
    do { return try answer(filter, &found) } catch {
      // What is damaged cannot be removed either: memory holds the index.
      close()
      refuse(error)
    }
    found = Stamped(folders)
    do { return try answer(filter, &found) } catch {
      throw .unusable(path: collection.indexPath, doing: "keep an index", reason: "\(error)")
    }
  }

  private func answer(_ filter: RunFilter, _ found: inout Stamped) throws -> Answer {
    let database = try opened()
    let known = try database.read { try Self.stamps($0) }
    found.compare(with: known)
    let changes = found
    if !changes.isEmpty {
      try database.write { database in try changes.write(to: database) }
    }
    let runs = try database.read { database in
      try Self.entries(filter, in: database)
    }
    return Answer(
      runs: runs.filter { entry in filter.tag.map { entry.tags.contains($0) } ?? true },
      damaged: found.damaged)
  }

  /// Lets go of the file.
  func close() {
    try? database?.close()
    database = nil
  }
}

// MARK: - The file

extension RunIndex {
  private func opened() throws -> DatabaseQueue {
    if let database { return database }
    let opened = try openFile() ?? DatabaseQueue()
    try opened.write { try Self.prepare($0) }
    database = opened
    return opened
  }

  /// The file, with its remark where it cannot be written: the index is then kept in memory.
  private func openFile() throws -> DatabaseQueue? {
    guard remark == nil, FileStatus(collection.path) != nil else { return nil }
    var configuration = Configuration()
    configuration.journalMode = .wal
    configuration.busyMode = .timeout(10)
    do {
      let file = try DatabaseQueue(path: collection.indexPath, configuration: configuration)
      try file.write { try Self.prepare($0) }
      return file
    } catch let error as DatabaseError where error.isRefusal {
      refuse(error)
      return nil
    }
  }

  /// The file cannot be used: the index is kept in memory instead.
  private func refuse(_ error: any Error) {
    let words = (error as? DatabaseError)?.message ?? "\(error)"
    remark = "\(collection.indexPath): the index is not kept: \(words)"
  }

  /// Makes the table, if it is not there or is another version's.
  private static func prepare(_ database: Database) throws {
    let found = try Int.fetchOne(database, sql: "PRAGMA user_version") ?? 0
    guard found != version else { return }
    try database.execute(
      sql: """
        DROP TABLE IF EXISTS run;
        CREATE TABLE run (
          id TEXT PRIMARY KEY NOT NULL, stamp TEXT NOT NULL, started DOUBLE NOT NULL,
          model TEXT NOT NULL, data TEXT NOT NULL, entry BLOB NOT NULL);
        CREATE INDEX run_started ON run (started);
        PRAGMA user_version = \(version);
        """)
  }

  /// Removes the index's files: the table first, for a log without a table is dropped.
  private func removeFiles() {
    for ending in ["", "-wal", "-shm"] {
      // What cannot be removed is said by opening it again.
      try? disk.remove(collection.indexPath + ending)
    }
  }

  private static func stamps(_ database: Database) throws -> [String: String] {
    let rows = try Row.fetchAll(database, sql: "SELECT id, stamp FROM run")
    return Dictionary(rows.map { ($0["id"], $0["stamp"]) }) { $1 }
  }

  private static func entries(_ filter: RunFilter, in database: Database) throws -> [RunEntry] {
    let rows = try Row.fetchCursor(
      database,
      sql: """
        SELECT entry FROM run
        WHERE (:model IS NULL OR model = :model) AND (:data IS NULL OR instr(data, :data) > 0)
          AND (:since IS NULL OR started >= :since) AND (:before IS NULL OR started < :before)
        ORDER BY started DESC, id DESC
        """,
      arguments: [
        "model": filter.model, "data": filter.data, "since": filter.since,
        "before": filter.before,
      ])
    var entries: [RunEntry] = []
    while let row = try rows.next() {
      let bytes: Data = row["entry"]
      entries.append(try ValueCoding.decoded(RunEntry.self, from: bytes))
    }
    return entries
  }
}

extension DatabaseError {
  /// Whether the file is as it should be, and cannot be used all the same.
  fileprivate var isRefusal: Bool {
    let codes: [ResultCode] = [
      .SQLITE_CANTOPEN, .SQLITE_READONLY, .SQLITE_FULL, .SQLITE_PERM, .SQLITE_BUSY,
      .SQLITE_LOCKED, .SQLITE_IOERR, .SQLITE_PROTOCOL, .SQLITE_NOLFS,
    ]
    // A file that is too short is damaged; other errors of reading are the file system's.
    return codes.contains(resultCode) && extendedResultCode != .SQLITE_IOERR_SHORT_READ
  }
}

// MARK: - What changed

/// The runs' folders with what tells whether they changed.
private struct Stamped {
  private let folders: [String: (folder: RunFolder, stamp: String)]
  private var changed: [(entry: RunEntry, stamp: String)] = []
  private var gone: [String] = []
  /// What is wrong with folders that cannot be read.
  private(set) var damaged: [String] = []

  init(_ folders: [RunFolder]) {
    self.folders = Dictionary(folders.map { ($0.id, ($0, $0.stamp)) }) { $1 }
  }

  var isEmpty: Bool { changed.isEmpty && gone.isEmpty }

  /// Reads the folders whose stamps are not those that are known.
  mutating func compare(with known: [String: String]) {
    gone = known.keys.filter { folders[$0] == nil }
    for (id, found) in folders.sorted(by: { $0.key < $1.key }) where known[id] != found.stamp {
      do throws(StoreError) {
        changed.append((try RunEntry(found.folder), found.stamp))
      } catch {
        damaged.append("\(error)")
        gone.append(id)
      }
    }
  }

  func write(to database: Database) throws {
    for id in gone { try database.execute(sql: "DELETE FROM run WHERE id = ?", arguments: [id]) }
    for (entry, stamp) in changed {
      try database.execute(
        sql: "INSERT OR REPLACE INTO run VALUES (?, ?, ?, ?, ?, ?)",
        arguments: [
          entry.id, stamp, entry.card.started, entry.card.model, entry.card.data,
          Data(jsonBytes(of: entry)),
        ])
    }
  }
}

extension RunFolder {
  /// What differs whenever something that a list says may have changed.
  fileprivate var stamp: String {
    let paths = [
      path(of: .card), path(of: .summary), path(of: .tags), journalPath, checkpointsPath,
    ]
    return paths.map { FileStatus($0)?.stamp ?? "-" }.joined(separator: " ")
  }
}
