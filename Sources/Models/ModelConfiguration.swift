public import Datasets
import Runs

/// Why a model cannot be built as asked.
public enum ModelError: Error, Equatable, Sendable {
  /// No model of this name.
  case unknownModel(String, near: String?, known: [String])
  /// The model has no choice of this name.
  case unknownOption(model: String, option: String, near: String?, known: [String])
  /// A choice does not take this value.
  case badValue(model: String, option: String, found: String, expected: String)
  /// The data have no tasks that the model could learn.
  case unfitData(model: String, needs: String, found: String, fix: String)
  /// The model answers from the rows that trained it, and they are not given.
  case withoutOwnData(model: String)
  /// What it keeps of all words or texts of the rows of a plan, as many as rows may have, is too much.
  case tooManyEntries(model: String, TextMemory)
}

/// What rows that are trained on, or scored, at a time would take for their texts, of which each row may
/// have as many as the schema says.
public struct TextMemory: Equatable, Sendable {
  /// The column of the texts.
  public var column: String
  /// How many texts, and how long.
  public var shape: ReviewShape
  /// Rows at a time.
  public var rows: Int
  /// Whether they are scored, rather than a batch that is trained on.
  public var isScoring: Bool
  /// Whether a smaller batch has fewer rows: no fewer than some are scored at a time.
  public var followsBatch: Bool
  /// Bytes that are needed.
  public var needed: Double
  /// Bytes that are allowed.
  public var limit: Double

  /// Names the figures.
  public init(
    column: String, shape: ReviewShape, rows: Int, isScoring: Bool, followsBatch: Bool,
    needed: Double, limit: Double
  ) {
    self.column = column
    self.shape = shape
    self.rows = rows
    self.isScoring = isScoring
    self.followsBatch = followsBatch
    self.needed = needed
    self.limit = limit
  }
}

extension ModelError: CustomStringConvertible {
  /// Where, what was found, and how to mend it.
  public var description: String {
    switch self {
    case .unknownModel(let name, let near, let known):
      """
      --model: no model '\(name)'.
        known: \(known.joined(separator: ", "))
        fix:   \(near.map { "did you mean '\($0)'?" } ?? "choose one of these")
      """
    case .unknownOption(let model, let option, let near, let known):
      """
      --set model.\(option): \(model) has no option '\(option)'.
        known: \(known.joined(separator: ", "))
        fix:   \(near.map { "did you mean 'model.\($0)'?" } ?? "choose one of these")
      """
    case .badValue(let model, let option, let found, let expected):
      """
      --set model.\(option): \(model) cannot use this value.
        found: \(found.isEmpty ? "nothing" : found)
        fix:   give \(expected)
      """
    case .unfitData(let model, let needs, let found, let fix):
      """
      --model \(model): the data do not fit, it needs \(needs).
        found: \(found)
        fix:   \(fix)
      """
    case .withoutOwnData(let model):
      """
      --model \(model): it answers from what users wrote and said in the rows that trained it.
        found: a kept model without those rows
        fix:   answer where the data of its run are at hand
      """
    case .tooManyEntries(let model, let memory):
      """
      --model \(model): \(memory.isScoring ? "scoring" : "a batch") would take \
      \(memory.megabytes(\.needed)) for the texts of column '\(printable(memory.column))', \
      \(memory.megabytes(\.limit)) at most are allowed.
        found: perUser \(memory.shape.perUser), perItem \(memory.shape.perItem), maximumTokens \
      \(memory.shape.tokens), \(memory.rows) rows at a time
        fix:   lower perUser or perItem in the schema\(memory.followsBatch ? ", or --batch" : "")
      """
    }
  }
}

extension TextMemory {
  fileprivate func megabytes(_ bytes: KeyPath<Self, Double>) -> String {
    "\(Int((self[keyPath: bytes] / Double(1 << 20)).rounded(.up))) MiB"
  }
}

extension ModelConfiguration {
  /// The defaults with some choices changed by name.
  ///
  /// - Throws: ``ModelError`` for an unknown name or a value of the wrong form.
  public init(setting values: [String: String], of model: String) throws(ModelError) {
    self.init()
    for (name, text) in values.sorted(by: { $0.key < $1.key }) {
      guard let option = Self.options.first(where: { $0.name == name }) else {
        let known = Self.options.map(\.name)
        throw .unknownOption(
          model: model, option: name, near: nearest(to: name, in: known), known: known)
      }
      guard option.set(text, in: &self) else {
        throw .badValue(model: model, option: name, found: text, expected: option.expected)
      }
    }
  }
}

extension ModelOption {
  /// What a value must look like.
  var expected: String {
    switch field {
    case .whole: "a whole number from 0 to 4096"
    case .count: "a whole number from 1 to 4096"
    case .sizes(_, let orNone):
      "layer sizes from 1 to 8192, as in 64,32" + (orNone ? ", or none" : "")
    case .levels: "layer sizes from 1 to 8192, level after level, as in 64,32/32"
    case .counts: "whole numbers from 0 to 4096, as in 2,0"
    case .number(_, let range):
      range.upperBound == .greatestFiniteMagnitude
        ? "a number of \(Self.short(range.lowerBound)) or more"
        : "a number from \(Self.short(range.lowerBound)) to \(Self.short(range.upperBound))"
    case .numbers: "numbers of 0 or more, as in 1,0.95"
    case .flag: "true or false"
    case .word(_, let words): words.joined(separator: " or ")
    case .task: "the name of a task, or auto"
    case .tasks: "names of tasks with commas between them, or auto"
    case .column: "the name of a column, auto or none"
    case .part(let part): part.expected
    }
  }

  /// Sets the field from a text; false if the text does not fit.
  func set(_ text: String, in configuration: inout Configuration) -> Bool {
    func put<Value>(_ value: Value?, _ path: WritableKeyPath<Configuration, Value>) -> Bool {
      guard let value else { return false }
      configuration[keyPath: path] = value
      return true
    }
    switch field {
    case .count(let path): return put(Self.count(text, 1...4096), path)
    case .whole(let path): return put(Self.count(text, 0...4096), path)
    case .sizes(let path, let orNone):
      return put(orNone && text == "none" ? [] : Self.sizes(text), path)
    case .levels(let path): return put(Self.levels(text), path)
    case .counts(let path): return put(Self.parts(text) { Self.count($0, 0...4096) }, path)
    case .number(let path, let range):
      return put(Self.number(text).flatMap { range.contains($0) ? $0 : nil }, path)
    case .numbers(let path): return put(Self.parts(text, Self.number), path)
    case .flag(let path): return put(Bool(text), path)
    case .word(let path, let words): return put(words.contains(text) ? text : nil, path)
    case .task(let path):
      return !text.isEmpty && put(.some(text == "auto" ? nil : text), path)
    case .tasks(let path):
      let names = Self.parts(text) { $0.isEmpty ? nil : $0 }
      return names != nil && put(.some(text == "auto" ? nil : names), path)
    case .column(let path): return put(text.isEmpty ? nil : ColumnChoice(text), path)
    case .part(let part): return part.set(text, &configuration)
    }
  }

  /// A whole number of a range.
  private static func count(_ text: String, _ range: ClosedRange<Int>) -> Int? {
    Int(text).flatMap { range ~= $0 ? $0 : nil }
  }

  /// Sizes level after level, `64,32/32`.
  private static func levels(_ text: String) -> [[Int]]? {
    let levels = text.split(separator: "/", omittingEmptySubsequences: false)
      .map { sizes(String($0)) }
    return levels.contains { $0 == nil } ? nil : levels.compactMap { $0 }
  }

  /// A bound without decimals that say nothing.
  private static func short(_ bound: Double) -> String {
    bound == bound.rounded() ? "\(Int(bound))" : "\(bound)"
  }

  /// A finite number of 0 or more.
  private static func number(_ text: String) -> Double? {
    Double(text).flatMap { $0.isFinite && $0 >= 0 ? $0 : nil }
  }

  /// What lies between commas, read piece by piece; nil if one cannot be read.
  private static func parts<Part>(_ text: String, _ read: (String) -> Part?) -> [Part]? {
    let parts = text.split(separator: ",", omittingEmptySubsequences: false).map {
      read(String($0))
    }
    return parts.contains { $0 == nil } ? nil : parts.compactMap { $0 }
  }

  private static func sizes(_ text: String) -> [Int]? {
    let sizes = text.split(separator: ",", omittingEmptySubsequences: false).map { Int($0) }
    guard sizes.allSatisfy({ $0.map { (1...8192).contains($0) } ?? false }) else { return nil }
    return sizes.compactMap { $0 }
  }

  /// The field's value as it would be written.
  func text(of configuration: Configuration) -> String {
    switch field {
    case .count(let path), .whole(let path): "\(configuration[keyPath: path])"
    case .sizes(let path, _):
      configuration[keyPath: path].isEmpty
        ? "none" : configuration[keyPath: path].map { "\($0)" }.joined(separator: ",")
    case .levels(let path):
      configuration[keyPath: path].map { $0.map { "\($0)" }.joined(separator: ",") }
        .joined(separator: "/")
    case .counts(let path):
      configuration[keyPath: path].map { "\($0)" }.joined(separator: ",")
    case .numbers(let path):
      configuration[keyPath: path].map { "\($0)" }.joined(separator: ",")
    case .number(let path, _): "\(configuration[keyPath: path])"
    case .flag(let path): "\(configuration[keyPath: path])"
    case .word(let path, _): configuration[keyPath: path]
    case .task(let path): configuration[keyPath: path] ?? "auto"
    case .tasks(let path): configuration[keyPath: path]?.joined(separator: ",") ?? "auto"
    case .column(let path): configuration[keyPath: path].text
    case .part(let part): part.text(configuration)
    }
  }
}

extension ColumnChoice {
  /// The choice as a person writes it.
  init(_ text: String) {
    switch text {
    case "auto": self = .auto
    case "none": self = .none
    default: self = .named(text)
    }
  }

  /// The choice as it would be written.
  var text: String {
    switch self {
    case .auto: "auto"
    case .none: "none"
    case .named(let name): name
    }
  }
}
