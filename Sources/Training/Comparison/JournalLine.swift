import Foundation
import Runs
import Tensors

/// The form of a line in the results file: a record with the checksum of its bytes.
enum JournalLine {
  /// Why a line is not believed.
  enum Fault: Error, Equatable {
    /// It is torn, or something else was written there.
    case notWhole
    /// It was written by another version of the program.
    case otherVersion
    /// The version that wrote it had other numbers for its settings.
    case otherNumbers
    /// Its bytes are not those that were written.
    case changed

    /// What a person reads behind "line 3".
    var words: String {
      switch self {
      case .notWhole: "is no whole record and is left out"
      case .otherVersion: "is of another version of this program and is left out"
      case .otherNumbers:
        "is of a version of this program that trained such a run otherwise; the run is done anew"
      case .changed: "was changed after it was written (its checksum differs) and is left out"
      }
    }
  }

  private static let head = Data(#"{"checksum":""#.utf8)
  private static let middle = Data(#"","record":"#.utf8)
  private static let digits = 16

  /// `{"checksum":"0123456789abcdef","record":{…}}`, without a line's end.
  static func text(of record: RunRecord) throws -> Data {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    let body = try encoder.encode(record)
    return head + Data(checksum(body).utf8) + middle + body + Data("}".utf8)
  }

  /// The record of a line, if the line is just as it was written.
  static func read(_ line: Data) -> Result<RunRecord, Fault> {
    let start = head.count + digits + middle.count
    guard line.starts(with: head), line.count > start, line.last == UInt8(ascii: "}") else {
      return .failure(isEarlier(line) ? .otherVersion : .notWhole)
    }
    let body = Data(line.dropFirst(start).dropLast())
    let sum = line.dropFirst(head.count).prefix(digits)
    guard Data(sum) == Data(checksum(body).utf8),
      line.dropFirst(head.count + digits).starts(with: middle)
    else { return .failure(.changed) }
    guard let version = try? JSONDecoder().decode(Version.self, from: body).version else {
      return .failure(.notWhole)
    }
    guard (RunRecord.oldestVersion...RunRecord.version).contains(version) else {
      return .failure(.otherVersion)
    }
    guard let record = try? JSONDecoder().decode(RunRecord.self, from: body) else {
      return .failure(.notWhole)
    }
    return record.hasOtherNumbers ? .failure(.otherNumbers) : .success(record)
  }

  /// Whether this program wrote a line or the beginning of it, in whatever version.
  static func isOurs(_ line: Data) -> Bool {
    let start = line.prefix(head.count)
    return !start.isEmpty && head.starts(with: start) || isEarlier(line)
  }

  /// Whether a line is whole in the form without checksums.
  private static func isEarlier(_ line: Data) -> Bool {
    (try? JSONDecoder().decode(Version.self, from: line)) != nil
  }

  private struct Version: Decodable {
    let version: Int
  }

  /// FNV-1a 64 of the bytes in 16 hexadecimal digits.
  private static func checksum(_ bytes: Data) -> String { hexadecimal(fnv1a(bytes)) }
}
