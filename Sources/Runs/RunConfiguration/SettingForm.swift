/// What may stand behind a key of a configuration.
public enum SettingForm: Sendable, Hashable {
  /// Any text but none.
  case text
  /// Any text: what it must be, only the engine knows.
  case choice
  /// A whole number.
  case whole(ClosedRange<Int>)
  /// How many rows, from 1 on, or `all`.
  case rowsOrAll
  /// A whole number of 64 bits.
  case seed
  /// A number above 0.
  case positive
  /// A number of 0 or more.
  case notNegative
  /// A number from 0 on and below 1.
  case share
  /// A number from 0 to 0.5.
  case atMostHalf
  /// A number from 0 to another one.
  case upTo(Double)
  /// 0, or a number from 0.001 to 1,000,000.
  case pace
  /// One of some words.
  case words([String])
  /// Yes or no.
  case flag
  /// Which step's parameters are kept.
  case keepRule
  /// A score of one task, TASK:SCORE.
  case taskScore
  /// A time above 0: 90s, 10m, 1h30m, or seconds.
  case duration
  /// STEP:COMMAND.
  case scheduled
  /// Another form, or `none`.
  indirect case orNone(SettingForm)

  /// What stands for nothing.
  static let none = "none"
  /// What stands for all rows.
  static let all = "all"
}

extension SettingForm {
  /// Whether a text has the form.
  public func accepts(_ text: String) -> Bool {
    switch self {
    case .text: !text.isEmpty
    case .choice: true
    case .whole(let range): Int(text).map(range.contains) ?? false
    case .rowsOrAll: text == Self.all || Int(text).map { $0 > 0 } ?? false
    case .seed: UInt64(text) != nil
    case .positive: Self.number(text).map { $0 > 0 } ?? false
    case .notNegative: Self.number(text).map { $0 >= 0 } ?? false
    case .share: Self.number(text).map { (0..<1).contains($0) } ?? false
    case .atMostHalf: Self.number(text).map { (0...0.5).contains($0) } ?? false
    case .upTo(let most): Self.number(text).map { (0...most).contains($0) } ?? false
    case .pace: Self.number(text).map { $0 == 0 || (0.001...1_000_000).contains($0) } ?? false
    case .words(let words): words.contains(text)
    case .flag: Bool(text) != nil
    case .keepRule: (try? KeepRule(parsing: text)) != nil
    case .taskScore: (try? KeepRule(parsingScore: text)) != nil
    case .duration: Self.seconds(text) != nil
    case .scheduled: (try? RunConfiguration.Scheduled(parsing: text)) != nil
    case .orNone(let form): text == Self.none || form.accepts(text)
    }
  }

  private static func number(_ text: String) -> Double? {
    Double(text).flatMap { $0.isFinite ? $0 : nil }
  }

  /// What belongs there, as in "must be …".
  public var expected: String {
    switch self {
    case .text, .choice: "a text"
    case .whole(let range): "a whole number from \(range.lowerBound) to \(range.upperBound)"
    case .rowsOrAll: "a number of rows from 1 on, or all"
    case .seed: "a whole number from 0 on"
    case .positive: "a number above 0"
    case .notNegative: "a number of 0 or more"
    case .share: "a number from 0 on and below 1"
    case .atMostHalf: "a number from 0 to 0.5"
    case .upTo(let most): "a number from 0 to \(most)"
    case .pace: "0, or a number from 0.001 to 1000000"
    case .words(let words):
      words.dropLast().joined(separator: ", ") + (words.count > 1 ? " or " : "")
        + (words.last ?? "")
    case .flag: "true or false"
    case .keepRule: "balanced, last or TASK:SCORE"
    case .taskScore: "TASK:SCORE, as in click:auc"
    case .duration: "a time above 0, as in 90s, 10m or 1h30m"
    case .scheduled: "STEP:COMMAND, as in 500:task.off=income"
    case .orNone(let form): "\(form.expected), or none"
    }
  }

  /// What belongs behind a flag: there a whole number has been made sure of already.
  var expectedOfFlag: String {
    switch self {
    case .whole(let range): "from \(range.lowerBound) to \(range.upperBound)"
    case .orNone(let form): form.expectedOfFlag
    default: expected
    }
  }

  /// Whether what is found is quoted behind a flag.
  var isWord: Bool { if case .words = self { true } else { false } }

  /// The words that may be meant; none where anything may stand.
  var words: [String] {
    switch self {
    case .words(let words): words
    case .flag: ["true", "false"]
    case .rowsOrAll: [Self.all]
    case .orNone(let form): form.words + [Self.none]
    default: []
    }
  }
}

extension SettingForm {
  /// The seconds of a time such as 90s, 10m, 1h30m or 90; nil for another text and for none.
  static func seconds(_ text: String) -> Double? {
    if let plain = number(text) { return plain > 0 ? plain : nil }
    var (sum, digits, units) = (0.0, "", Substring("hms"))
    for character in text {
      guard let unit = units.firstIndex(of: character) else {
        digits.append(character)
        continue
      }
      guard !digits.isEmpty, digits.allSatisfy({ $0.isASCII && $0.isNumber || $0 == "." }),
        let amount = Double(digits)
      else { return nil }
      sum += amount * (character == "h" ? 3_600 : character == "m" ? 60 : 1)
      units = units[units.index(after: unit)...]
      digits = ""
    }
    return digits.isEmpty && sum > 0 && sum.isFinite ? sum : nil
  }

  /// A time in the text that ``seconds(_:)`` reads.
  static func durationText(_ seconds: Double) -> String { "\(seconds)s" }
}

/// Why a text is no scheduled command.
public enum ScheduledError: Error, Equatable, Sendable {
  /// There is no step in front of a colon.
  case form(String)
  /// Behind the colon stands no command.
  case command(String, CommandError)
}

extension RunConfiguration.Scheduled: CustomStringConvertible {
  /// What `--at` takes: `500:task.off=income`.
  public var description: String { "\(step):\(command)" }

  /// Reads what `--at` takes: STEP:COMMAND.
  ///
  /// - Throws: ``ScheduledError``.
  public init(parsing text: String) throws(ScheduledError) {
    guard let colon = text.firstIndex(of: ":"), let step = Int(text[..<colon]), step >= 0 else {
      throw .form(text)
    }
    do throws(CommandError) {
      self.init(
        step: step, command: try Command(parsing: String(text[text.index(after: colon)...])))
    } catch {
      throw .command(text, error)
    }
  }
}
