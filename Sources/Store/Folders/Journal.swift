public import Foundation
import Tensors

/// A fact of a run that its repetition needs.
public struct JournalFact: Codable, Sendable, Hashable {
  /// What happened.
  public enum Kind: String, Codable, Sendable {
    /// The run began.
    case began
    /// A command took effect at a step; its text is ``JournalFact/text``.
    case command
    /// The run was saved at a step.
    case checkpoint
    /// The run went on from a checkpoint of a step; of the facts before, the first
    /// ``JournalFact/keeps`` lines still hold.
    case resumed
    /// The run began as a branch of another, whose id is ``JournalFact/text``, at a step.
    case branched
    /// The run ended at a step, for the reason ``JournalFact/text``.
    case ended
  }

  /// What happened.
  public var kind: Kind
  /// The step at which it happened.
  public var step: Int
  /// What belongs to it, if anything does.
  public var text: String?
  /// How many lines of the journal before this one still hold; nil: all.
  public var keeps: Int?
  /// How many epochs the run had before this step, where it was given others here; nil: as many as after.
  public var epochsBefore: Int?
  /// When it was written, in seconds since 1970.
  public var date: Double

  /// States a fact.
  public init(
    _ kind: Kind, step: Int, text: String? = nil, keeps: Int? = nil, epochsBefore: Int? = nil,
    date: Double = Date().timeIntervalSince1970
  ) {
    self.kind = kind
    self.step = step
    self.text = text
    self.keeps = keeps
    self.epochsBefore = epochsBefore
    self.date = date
  }
}

/// What happened in a run, a line a fact, each with the checksum of its bytes.
///
///     {"checksum":"0123456789abcdef","fact":{"kind":"command","step":120,"text":"task like off",…}}
public struct Journal: Sendable, Equatable {
  /// Every fact that was written, in order.
  public let facts: [JournalFact]
  /// What was left out at the end, in words for a person; nil if nothing was.
  public let leftOut: String?
  /// Bytes of the lines that are whole.
  let wholeBytes: Int

  /// The facts that hold: what was done behind a checkpoint from which the run was resumed later is
  /// not part of the run.
  public var valid: [JournalFact] { Self.valid(facts) }

  /// Those of some facts that hold.
  static func valid(_ facts: [JournalFact]) -> [JournalFact] {
    var kept: [(line: Int, fact: JournalFact)] = []
    for (line, fact) in facts.enumerated() {
      if fact.kind == .resumed, let keeps = fact.keeps { kept.removeAll { $0.line >= keeps } }
      kept.append((line, fact))
    }
    return kept.map(\.fact)
  }

  /// The commands that hold, in their order, with the steps at which they took effect; of a stop that
  /// the run was resumed after nothing has remained.
  public var commands: [(step: Int, command: String)] {
    Self.commands(valid).map { ($0.step, $0.text ?? "") }
  }

  /// The commands among facts that hold.
  static func commands(_ facts: [JournalFact]) -> [JournalFact] {
    var commands: [JournalFact] = []
    for fact in facts {
      switch fact.kind {
      case .command: commands.append(fact)
      case .resumed, .branched: commands.removeAll { $0.text == "stop" }
      case .began, .checkpoint, .ended: break
      }
    }
    return commands
  }

  /// How many epochs the run had when so many lines had been written, where it was given others since;
  /// nil: as many as it has now.
  func epochsBefore(lines: Int) -> Int? {
    facts.dropFirst(lines).lazy.compactMap(\.epochsBefore).first
  }

  /// Reads a journal's bytes.
  ///
  /// A last line that is torn, or was written by something else, is left out; so is everything from the
  /// first line on that is wrong behind the first `strictLines`, which are given up anyway.
  ///
  /// - Throws: ``StoreError/damaged(path:what:)`` for any other line that is wrong and not the last.
  init(_ bytes: [UInt8], path: String, strictLines: Int? = nil) throws(StoreError) {
    var facts: [JournalFact] = []
    var whole = 0
    var leftOut: String?
    let lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    for (number, line) in lines.enumerated() where number < lines.count - 1 || !line.isEmpty {
      guard number < lines.count - 1, let fact = JournalLine.fact(of: line) else {
        // A torn line is the last one, and one: two that run together lost the end between them.
        let isLast =
          (number + 1 == lines.count || number + 2 == lines.count && lines.last?.isEmpty == true)
          && !JournalLine.holdsSeveral(line)
        guard isLast || number >= strictLines ?? .max else {
          throw .damaged(path: path, what: "line \(number + 1) is not as it was written")
        }
        leftOut =
          "\(path): line \(number + 1)"
          + (isLast ? ", the last, is not whole and is left out" : " and what follows are left out")
        break
      }
      facts.append(fact)
      whole += line.count + 1
    }
    self.facts = facts
    self.leftOut = leftOut
    wholeBytes = whole
  }
}

/// The form of a journal's line.
enum JournalLine {
  private static let head = Array(#"{"checksum":""#.utf8)
  private static let middle = Array(#"","fact":"#.utf8)
  private static let digits = 16

  /// A fact with its checksum and the line's end.
  static func text(of fact: JournalFact) -> [UInt8] {
    let body = jsonBytes(of: fact)
    return head + Array(checksum(body).utf8) + middle + body + Array("}\n".utf8)
  }

  /// The fact of a line without its end; nil unless the line is just as it was written.
  static func fact(of line: ArraySlice<UInt8>) -> JournalFact? {
    let start = head.count + digits + middle.count
    guard line.count > start, line.starts(with: head), line.last == UInt8(ascii: "}") else {
      return nil
    }
    let body = Array(line.dropFirst(start).dropLast())
    guard line.dropFirst(head.count).starts(with: Array(checksum(body).utf8) + middle) else {
      return nil
    }
    return try? JSONDecoder().decode(JournalFact.self, from: Data(body))
  }

  /// Whether more than one line begins in a line.
  static func holdsSeveral(_ line: ArraySlice<UInt8>) -> Bool {
    line.dropFirst().indices.contains { line[$0...].starts(with: head) }
  }

  private static func checksum(_ bytes: [UInt8]) -> String {
    StoreChecksum.text(bytes.withUnsafeBytes { xxh64($0) })
  }
}
