/// A file that grows at its end; what could not be written waits.
///
/// What is behind the last whole piece is cut off, so that the file is whole pieces from its first byte
/// to its last.
final class GrowingFile {
  /// Bytes that may wait; what comes then is lost, and counted.
  static let mostWaiting = 64 << 20

  /// What a file consists of.
  enum Pieces {
    case lines
    /// Of so many bytes.
    case records(Int)
  }

  private(set) var path: String
  private let pieces: Pieces
  private let disk: Disk
  private let keepsAll: Bool
  private var file: OpenFile?
  private var waiting: [UInt8] = []
  private var all: [UInt8] = []
  /// Bytes that are in the file.
  private(set) var length: Int
  /// Bytes that the disk has for certain.
  private var settledLength = 0
  /// Bytes that it is waited for to have.
  private var awaitedLength = 0
  private var lost = 0

  /// A file that goes on behind so many bytes.
  ///
  /// With `all` of those bytes it can be written anew where it was taken away; without it then starts
  /// empty.
  init(_ path: String, of pieces: Pieces, length: Int, all: [UInt8]? = nil, on disk: Disk) {
    self.path = path
    self.pieces = pieces
    self.disk = disk
    self.length = length
    keepsAll = all != nil
    self.all = all ?? []
  }

  /// Adds bytes, without writing them yet.
  func add(_ bytes: [UInt8]) {
    guard keepsAll || waiting.count + bytes.count <= Self.mostWaiting else {
      lost += bytes.count
      return
    }
    waiting += bytes
    if keepsAll { all += bytes }
  }

  /// Bytes that were lost since the last call because too many waited.
  func takeLost() -> Int {
    defer { lost = 0 }
    return lost
  }

  /// Writes what waits; the system has it then, the disk when it is synchronised.
  func flush() throws(StoreError) {
    let file = try opened()
    guard !waiting.isEmpty else { return }
    do throws(StoreError) {
      try file.write(waiting)
    } catch {
      // Half of a line, on a full disk for example. If it cannot be cut off now, opening does it.
      do { try file.truncate(to: length) } catch { self.file = nil }
      throw error
    }
    length += waiting.count
    waiting = []
  }

  /// Waits until the disk has it.
  func synchronise() throws(StoreError) {
    guard let file = try unsettled() else { return }
    try file.synchronise()
    settle()
  }

  /// The file, to wait for the disk elsewhere; nil if the disk has all of it.
  func unsettled() throws(StoreError) -> OpenFile? {
    let file = try opened()
    awaitedLength = length
    return length > settledLength ? file : nil
  }

  /// Notes that the disk has what it was waited for to have.
  func settle() { settledLength = max(settledLength, awaitedLength) }

  private func opened() throws(StoreError) -> OpenFile {
    if let file { return file }
    let opened = try OpenFile(path, .appending, on: disk)
    let found = opened.size
    guard found >= length else {
      throw .damaged(path: path, what: "it has \(found) bytes, \(length) were written")
    }
    if found > length { try opened.truncate(to: length) }
    file = opened
    return opened
  }
}

// MARK: - What is taken away

extension GrowingFile {
  /// Goes elsewhere, of a file that could not be made yet.
  func move(to path: String) {
    self.path = path
    file = nil
  }

  /// The file was taken away: the next one is written from the beginning.
  func startAnew() {
    close(length: 0)
    if keepsAll { waiting = all }
  }

  /// Whether the path names no longer the file that is written.
  var isReplaced: Bool {
    guard let file else { return false }
    return FileStatus(path)?.identity != file.identity
  }

  /// Goes on in the file that bears the path now, behind its whole pieces, of which so many bytes at most
  /// are of this run.
  ///
  /// Of a file whose bytes are all known what follows on those that are right is written once more.
  func goOn(behind most: Int? = nil) throws(StoreError) {
    let size = FileStatus(path)?.size ?? 0
    if !keepsAll, case .records(let bytes) = pieces {
      let found = min(size, most ?? size)
      return close(length: found - found % bytes)
    }
    if !keepsAll, let most, size >= most { return close(length: most) }
    let found = size == 0 ? [] : try OpenFile(path, .reading, on: disk).read()
    guard keepsAll else {
      let end = found.lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0
      return close(length: end)
    }
    if all.isEmpty { all = Array(found.prefix(most ?? found.count)) }
    let same = zip(found, all).prefix { $0 == $1 }.count
    close(length: same)
    waiting = Array(all.dropFirst(same))
  }

  private func close(length: Int) {
    file = nil
    self.length = length
    settledLength = 0
    awaitedLength = 0
  }
}
