/// One of the words that follow a command's name: what it is called, what may stand there.
public struct CommandArgument: Sendable, Hashable {
  /// Whether the word may be left out.
  public enum Presence: Sendable, Hashable {
    /// It must be written.
    case required
    /// On the screen it may be left out: the screen asks, or takes what is selected. `--at` needs it.
    case askedOnScreen
    /// It may be left out everywhere.
    case optional
  }

  /// What a person reads in its place, `TASK`.
  public let name: String
  /// What may stand there; the first that fits counts.
  public let kinds: [ArgumentKind]
  /// Whether it may be left out.
  public let presence: Presence
  /// Whether any number of them may follow.
  public let repeats: Bool

  /// Describes an argument; `name` is not shown where only words of a list may stand.
  public init(
    _ name: String, _ kinds: ArgumentKind..., presence: Presence = .required, repeats: Bool = false
  ) {
    self.init(name, kinds: kinds, presence: presence, repeats: repeats)
  }

  init(_ name: String, kinds: [ArgumentKind], presence: Presence, repeats: Bool = false) {
    self.name = name
    self.kinds = kinds
    self.presence = presence
    self.repeats = repeats
  }

  /// Whether a command is whole without it.
  func mayBeMissing(onScreen: Bool) -> Bool {
    presence == .optional || onScreen && presence == .askedOnScreen
  }

  /// As a person reads it: `TASK`, `on|off`, `SHARE|off`.
  public var bare: String {
    let words = kinds.compactMap { kind -> String? in
      if case .word(let words) = kind { words.joined(separator: "|") } else { nil }
    }
    let names = kinds.count > words.count && !name.isEmpty ? [name] : []
    let isMany = repeats || kinds == [.text]
    return (names + words).joined(separator: "|") + (isMany ? "…" : "")
  }

  /// In brackets if it may be left out.
  func shown(onScreen: Bool) -> String {
    mayBeMissing(onScreen: onScreen) ? "[\(bare)]" : bare
  }

  /// What may stand there, in words: `the name of a task`, `a number of 0 or more or off`.
  var expected: String { kinds.map(\.expected).joined(separator: " or ") }
}

/// What a person may name.
public enum NameKind: String, Sendable, Hashable, CaseIterable {
  /// A task of the data.
  case task
  /// A run of this session before the one that goes on, by its number.
  case run
  /// A number of the model that may be changed while it trains.
  case dial
  /// A way to put the tasks' gradients together.
  case balancer
  /// An expert of the model's gates.
  case expert
  /// A gate of the model.
  case gate
  /// A column of the data by whose values rows can be parted.
  case column
  /// An input of the data, lists among them.
  case input
  /// A model of the registry.
  case model
  /// A choice of a model, or of how it is trained.
  case option
  /// An order of the example rows.
  case order
  /// An array of the model, or several together.
  case array
  /// A screen of the explorer.
  case screen
  /// The colours of the explorer.
  case theme
}

/// What may stand in an argument's place.
public enum ArgumentKind: Sendable, Hashable {
  /// A name of one or more words.
  case name(NameKind)
  /// An expert, by name or by number from 0.
  case expert
  /// A whole number; commas between digits are allowed.
  case count(ClosedRange<Int>)
  /// The number of a validation row.
  case row
  /// A number.
  case number(ClosedRange<Double>)
  /// A number of 0 or more, with or without `x` before it.
  case factor
  /// A number in the range of the dial that was named before it.
  case dialValue
  /// One of these words.
  case word([String])
  /// The path of a file of one of these endings, such as `.yaml`; of any without.
  case file([String])
  /// The path of a folder.
  case folder
  /// `NAME=VALUE`, an option of the model that was named before it.
  case setting
  /// Any word.
  case other
  /// Everything that is left.
  case text
}

extension ArgumentKind {
  /// What may stand there, in words.
  var expected: String {
    switch self {
    case .name(let kind):
      "the name of \("aeio".contains(kind.rawValue.prefix(1)) ? "an" : "a") \(kind)"
    case .expert: "an expert, by name or by number from 0"
    case .count(let range): "a whole number " + Self.words(for: range)
    case .row: "the number of a row"
    case .number(let range):
      range.lowerBound == range.upperBound
        ? shortest(range.lowerBound) : "a number " + Self.words(for: range)
    case .factor: "a number of 0 or more"
    case .dialValue: "a number"
    case .word(let words): Self.choice(of: words)
    case .file(let endings):
      endings.isEmpty ? "a file" : "a file (\(endings.joined(separator: ", ")))"
    case .folder: "a folder"
    case .setting: "NAME=VALUE"
    case .other: "a word"
    case .text: "a text"
    }
  }

  private static func words(for range: ClosedRange<Int>) -> String {
    range.upperBound == .max
      ? "from \(range.lowerBound)" : "from \(range.lowerBound) to \(range.upperBound)"
  }

  static func words(for range: ClosedRange<Double>) -> String {
    let (least, most) = (shortest(range.lowerBound), shortest(range.upperBound))
    if range.upperBound >= .greatestFiniteMagnitude {
      return range.lowerBound <= -.greatestFiniteMagnitude ? "of any size" : "of \(least) or more"
    }
    return "from \(least) to \(most)"
  }

  /// `on or off`, `loss, score or off`.
  private static func choice(of words: [String]) -> String {
    guard let last = words.last, words.count > 1 else { return words.first ?? "" }
    return words.dropLast().joined(separator: ", ") + " or " + last
  }

  /// What is named there; nil if it is no name.
  var nameKind: NameKind? {
    switch self {
    case .name(let kind): kind
    case .expert: .expert
    default: nil
    }
  }

  /// Whether several words may stand there without quotes.
  var mayHoldBlanks: Bool {
    switch self {
    case .name, .expert, .text, .file, .folder, .other: true
    default: false
    }
  }
}

/// A number with as many digits as it has: `5`, `0.001`.
func shortest(_ number: Double) -> String {
  Int(exactly: number).map { "\($0)" } ?? "\(number)"
}

/// What was written in an argument's place.
public enum ArgumentValue: Sendable, Hashable {
  /// A name, a word of a list, a path or a text.
  case text(String)
  /// A whole number; of an expert its index.
  case count(Int)
  /// A number.
  case number(Double)
  /// An option and its value.
  case setting(name: String, value: String)
}

extension ArgumentValue: CustomStringConvertible {
  /// As it could be written, without quotes.
  public var description: String {
    switch self {
    case .text(let text): text
    case .count(let count): "\(count)"
    case .number(let number): shortest(number)
    case .setting(let name, let value): "\(name)=\(value)"
    }
  }
}
