internal import Runs

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
    }
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
    case .sizes: "layer sizes from 1 to 8192, as in 64,32"
    case .levels: "layer sizes from 1 to 8192, level after level, as in 64,32/32"
    case .counts: "whole numbers from 0 to 4096, as in 2,0"
    case .number: "a number of 0 or more"
    case .numbers: "numbers of 0 or more, as in 1,0.95"
    case .flag: "true or false"
    case .word(_, let words): words.joined(separator: " or ")
    case .task: "the name of a task, or auto"
    case .tasks: "names of tasks with commas between them, or auto"
    case .column: "the name of a column, auto or none"
    }
  }

  /// Sets the field from a text; false if the text does not fit.
  func set(_ text: String, in configuration: inout Configuration) -> Bool {
    switch field {
    case .count(let path):
      guard let count = Int(text), (1...4096).contains(count) else { return false }
      configuration[keyPath: path] = count
    case .whole(let path):
      guard let count = Int(text), (0...4096).contains(count) else { return false }
      configuration[keyPath: path] = count
    case .sizes(let path):
      guard let sizes = Self.sizes(text) else { return false }
      configuration[keyPath: path] = sizes
    case .levels(let path):
      let levels = text.split(separator: "/", omittingEmptySubsequences: false)
        .map { Self.sizes(String($0)) }
      guard levels.allSatisfy({ $0 != nil }) else { return false }
      configuration[keyPath: path] = levels.compactMap { $0 }
    case .counts(let path):
      let counts = Self.parts(text) { part in Int(part).flatMap { (0...4096) ~= $0 ? $0 : nil } }
      guard let counts else { return false }
      configuration[keyPath: path] = counts
    case .number(let path):
      guard let number = Self.number(text) else { return false }
      configuration[keyPath: path] = number
    case .numbers(let path):
      guard let numbers = Self.parts(text, Self.number) else { return false }
      configuration[keyPath: path] = numbers
    case .flag(let path):
      guard let isOn = Bool(text) else { return false }
      configuration[keyPath: path] = isOn
    case .word(let path, let words):
      guard words.contains(text) else { return false }
      configuration[keyPath: path] = text
    case .task(let path):
      guard !text.isEmpty else { return false }
      configuration[keyPath: path] = text == "auto" ? nil : text
    case .tasks(let path):
      let names = text.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
      guard names.allSatisfy({ !$0.isEmpty }) else { return false }
      configuration[keyPath: path] = text == "auto" ? nil : names
    case .column(let path):
      guard !text.isEmpty else { return false }
      configuration[keyPath: path] = ColumnChoice(text)
    }
    return true
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
    case .sizes(let path):
      configuration[keyPath: path].map { "\($0)" }.joined(separator: ",")
    case .levels(let path):
      configuration[keyPath: path].map { $0.map { "\($0)" }.joined(separator: ",") }
        .joined(separator: "/")
    case .counts(let path):
      configuration[keyPath: path].map { "\($0)" }.joined(separator: ",")
    case .numbers(let path):
      configuration[keyPath: path].map { "\($0)" }.joined(separator: ",")
    case .number(let path): "\(configuration[keyPath: path])"
    case .flag(let path): "\(configuration[keyPath: path])"
    case .word(let path, _): configuration[keyPath: path]
    case .task(let path): configuration[keyPath: path] ?? "auto"
    case .tasks(let path): configuration[keyPath: path]?.joined(separator: ",") ?? "auto"
    case .column(let path): configuration[keyPath: path].text
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
