import Datasets
import Foundation

/// The results file of comparisons: a JSON object a line, one for every run that ended.
///
/// A line is `{"checksum":"…","record":{…}}`, the checksum that of the record's bytes, so that a digit
/// that somebody or a disk has changed is noticed. It is written in one piece and forced to the disk
/// before the next run begins. What an interruption tears is one last line, which is left out at the
/// next reading and done again.
public struct ResultsJournal: Sendable {
  /// The file's name in its folder.
  public static let fileName = "runs.jsonl"

  /// Where the file is.
  public let path: String
  private let folder: String

  /// The results file of a folder, which need not be there yet.
  public init(folder: String) {
    self.folder = folder
    path = folder.hasSuffix("/") ? folder + Self.fileName : "\(folder)/\(Self.fileName)"
  }

  /// A record and the line that it stands in, counted from 1.
  struct Entry: Equatable {
    let record: RunRecord
    let line: Int
  }

  /// What a results file holds.
  struct Contents {
    /// By identity, the newest record.
    var records: [RunIdentity: Entry] = [:]
    /// By line, counted from 1, why it is not believed.
    var refusedLines: [Int: String] = [:]
    /// Whether the last line has no end.
    var isTorn = false
    /// Whether nothing in it was written by this program.
    var isForeign = false
  }

  /// Reads what is there; nothing is no error.
  func read() throws(JournalError) -> Contents {
    var contents = Contents()
    guard FileManager.default.fileExists(atPath: path) else { return contents }
    let data: Data
    do { data = try Data(contentsOf: URL(fileURLWithPath: path)) } catch {
      throw .unreadable(path: path, reason: error.localizedDescription)
    }
    contents.isTorn = data.last.map { $0 != UInt8(ascii: "\n") } ?? false
    let lines = data.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    for (index, line) in lines.enumerated() where !line.isEmpty {
      switch JournalLine.read(line) {
      case .success(let record):
        contents.records[record.identity] = Entry(record: record, line: index + 1)
      case .failure(let fault): contents.refusedLines[index + 1] = fault.words
      }
    }
    contents.isForeign = !data.isEmpty && !lines.contains(where: JournalLine.isOurs)
    return contents
  }

  /// Makes the folder and the file, and ends a torn line so that the next one stands alone.
  func prepare(after contents: Contents) throws(JournalError) {
    guard !contents.isForeign else { throw .foreign(path: path) }
    do {
      try FileManager.default.createDirectory(
        atPath: folder, withIntermediateDirectories: true)
    } catch { throw .unwritable(path: folder, reason: error.localizedDescription) }
    try append(contents.isTorn ? Data("\n".utf8) : Data())
  }

  /// Adds a record and forces it to the disk.
  func append(_ record: RunRecord) throws(JournalError) {
    let line: Data
    do { line = try JournalLine.text(of: record) } catch {
      throw .unwritable(path: path, reason: "\(error)")
    }
    try append(line + Data("\n".utf8))
  }

  private func append(_ bytes: Data) throws(JournalError) {
    let file = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o644)
    guard file >= 0 else { throw .unwritable(path: path, reason: Self.reason()) }
    let failure = Self.write(bytes, to: file)
    guard close(file) == 0, failure == nil else {
      throw .unwritable(path: path, reason: failure ?? Self.reason())
    }
  }

  /// Writes all bytes and waits until the disk has them; what went wrong, if anything.
  private static func write(_ bytes: Data, to file: Int32) -> String? {
    let failure = bytes.withUnsafeBytes { buffer -> String? in
      var rest = UnsafeRawBufferPointer(buffer)
      while !rest.isEmpty {
        let count = systemWrite(file, rest)
        if count < 0 && errno == EINTR { continue }
        guard count > 0 else { return reason() }
        rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(count))
      }
      return nil
    }
    return failure ?? (fsync(file) == 0 ? nil : reason())
  }

  private static func reason() -> String { String(cString: strerror(errno)) }
}

private func systemWrite(_ file: Int32, _ bytes: UnsafeRawBufferPointer) -> Int {
  write(file, bytes.baseAddress, bytes.count)
}

/// Why results cannot be kept.
public enum JournalError: Error, Sendable, Hashable {
  /// The results file is there and cannot be read.
  case unreadable(path: String, reason: String)
  /// Somebody else wrote a file of this name.
  case foreign(path: String)
  /// The folder or the file cannot be written.
  case unwritable(path: String, reason: String)
}

extension JournalError: CustomStringConvertible {
  /// Where, what, what was found, and what to do.
  public var description: String {
    switch self {
    case .unreadable(let path, let reason):
      """
      \(printable(path)): the results so far cannot be read.
        found: \(printable(reason))
        fix:   choose another folder with --out
      """
    case .foreign(let path):
      """
      \(printable(path)): this file holds no results of this program, and is left as it is.
        found: not one line of a run
        fix:   choose another folder with --out, or move the file away
      """
    case .unwritable(let path, let reason):
      """
      \(printable(path)): results cannot be kept here.
        found: \(printable(reason))
        fix:   choose a folder you may write to with --out
      """
    }
  }
}
