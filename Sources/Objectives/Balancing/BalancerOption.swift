/// One choice of a balancer by name: `c`, `relax`, `strategy`.
public struct BalancerOption<Configuration>: Sendable {
  /// The field that it sets.
  public enum Field: Sendable {
    /// A number of a range.
    case number(WritableKeyPath<Configuration, Double> & Sendable, in: ClosedRange<Double>)
    /// A whole number of a range.
    case count(WritableKeyPath<Configuration, Int> & Sendable, in: ClosedRange<Int>)
    /// Numbers of a range by task, `1,0.5`; a single one counts for every task.
    case numbers(WritableKeyPath<Configuration, [Double]> & Sendable, in: ClosedRange<Double>)
    /// One of some words.
    case word(WritableKeyPath<Configuration, String> & Sendable, of: [String])
    /// The name of a task; the first if it is empty, which is written `auto`.
    case task(WritableKeyPath<Configuration, String> & Sendable)
    /// The name of another balancer.
    case balancer(WritableKeyPath<Configuration, String> & Sendable)
  }

  /// The name behind `balancer.`.
  public let name: String
  /// What it means, in a few words.
  public let summary: String
  /// What it sets.
  public let field: Field
  /// Whether it may be changed while the model trains.
  public let isLive: Bool

  /// Names a choice.
  public init(_ name: String, _ field: Field, _ summary: String, isLive: Bool = true) {
    self.name = name
    self.summary = summary
    self.field = field
    self.isLive = isLive
  }
}

/// A choice as it is shown to a person.
public struct BalancerOptionDescription: Sendable, Hashable {
  /// The name behind `balancer.`.
  public let name: String
  /// The default, as it would be written.
  public let defaultValue: String
  /// What a value must look like.
  public let expected: String
  /// What it means.
  public let summary: String
  /// Whether it may be changed while the model trains.
  public let isLive: Bool
}

extension BalancerOption {
  /// The choice for a list, with its default in some configuration.
  func described(in defaults: Configuration) -> BalancerOptionDescription {
    BalancerOptionDescription(
      name: name, defaultValue: text(of: defaults), expected: expected, summary: summary,
      isLive: isLive)
  }

  /// What a value must look like.
  var expected: String {
    switch field {
    case .number(_, let range): "a number \(Self.words(range))"
    case .count(_, let range): "a whole number from \(range.lowerBound) to \(range.upperBound)"
    case .numbers(_, let range): "numbers by task \(Self.words(range)), as in 1,0.5"
    case .word(_, let words): words.joined(separator: " or ")
    case .task: "the name of a task, or auto"
    case .balancer: "the name of a balancer"
    }
  }

  /// The field's value as it would be written.
  func text(of configuration: Configuration) -> String {
    switch field {
    case .number(let path, _): Self.short(configuration[keyPath: path])
    case .count(let path, _): "\(configuration[keyPath: path])"
    case .numbers(let path, _):
      configuration[keyPath: path].map(Self.short).joined(separator: ",")
    case .word(let path, _), .balancer(let path): configuration[keyPath: path]
    case .task(let path):
      configuration[keyPath: path].isEmpty ? "auto" : configuration[keyPath: path]
    }
  }

  /// Sets the field from a text; false if the text does not fit.
  func set(_ text: String, in configuration: inout Configuration) -> Bool {
    func put<Value>(_ value: Value?, _ path: WritableKeyPath<Configuration, Value>) -> Bool {
      guard let value else { return false }
      configuration[keyPath: path] = value
      return true
    }
    func number(_ text: Substring, _ range: ClosedRange<Double>) -> Double? {
      Double(text).flatMap { $0.isFinite && range.contains($0) ? $0 : nil }
    }
    switch field {
    case .number(let path, let range): return put(number(text[...], range), path)
    case .count(let path, let range):
      return put(Int(text).flatMap { range.contains($0) ? $0 : nil }, path)
    case .numbers(let path, let range):
      let parts = text.split(separator: ",", omittingEmptySubsequences: false)
      let numbers = parts.compactMap { number($0, range) }
      return put(numbers.count == parts.count ? numbers : nil, path)
    case .word(let path, let words): return put(words.contains(text) ? text : nil, path)
    case .task(let path):
      return put(text.isEmpty ? nil : text == "auto" ? "" : text, path)
    case .balancer(let path): return put(text.isEmpty ? nil : text, path)
    }
  }

  private static func words(_ range: ClosedRange<Double>) -> String {
    range.upperBound == .greatestFiniteMagnitude
      ? "of \(short(range.lowerBound)) or more"
      : "from \(short(range.lowerBound)) to \(short(range.upperBound))"
  }

  /// A number without decimals that say nothing.
  private static func short(_ number: Double) -> String {
    number == number.rounded() && abs(number) < 1e15 ? "\(Int(number))" : "\(number)"
  }
}

extension ClosedRange<Double> {
  /// Numbers of 0 or more.
  static let fromZero: ClosedRange<Double> = 0...Double.greatestFiniteMagnitude
}
