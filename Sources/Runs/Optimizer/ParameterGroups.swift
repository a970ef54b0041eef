extension OptimizerConfiguration {
  /// Whether a group has an array: the array's path is its name, or begins with it and a dot.
  public static func group(_ name: String, has path: String) -> Bool {
    path.hasPrefix(name) && (path.count == name.count || path.dropFirst(name.count).first == ".")
  }

  /// What a table of groups says of an array: the value of the longest name that has it; nil where
  /// none has.
  public static func value(of path: String, in groups: [String: Double]) -> Double? {
    groups.filter { group($0.key, has: path) }.max { $0.key.count < $1.key.count }?.value
  }

  /// Checks that every group has arrays among those of a model.
  ///
  /// - Parameter paths: The paths of all arrays that are learned.
  /// - Throws: ``ParameterGroupError`` for a name that fits none, and for a value that cannot be.
  public func checkGroups(_ paths: [String]) throws(ParameterGroupError) {
    for (setting, groups) in [("rate", rates), ("l2", l2)] {
      for (name, value) in groups.sorted(by: { $0.key < $1.key }) {
        guard value >= 0, value.isFinite else {
          throw ParameterGroupError(setting: setting, name: name, problem: .value(value))
        }
        guard paths.contains(where: { Self.group(name, has: $0) }) else {
          throw ParameterGroupError(setting: setting, name: name, problem: .unknown(paths: paths))
        }
      }
    }
  }
}

extension OptimizerConfiguration {
  /// The groups that have none of some arrays.
  ///
  /// - Parameter paths: The paths of all arrays that are learned.
  /// - Returns: their names as they are set, `rate.experts`.
  public func groups(foreignTo paths: [String]) -> [String] {
    func foreign(_ groups: [String: Double]) -> [String] {
      groups.keys.sorted().filter { name in !paths.contains { Self.group(name, has: $0) } }
    }
    return foreign(rates).map { "rate.\($0)" } + foreign(l2).map { "l2.\($0)" }
  }

  /// Leaves out groups of these names, `rate.experts`.
  public mutating func leaveOut(_ groups: [String]) {
    rates = rates.filter { !groups.contains("rate.\($0.key)") }
    l2 = l2.filter { !groups.contains("l2.\($0.key)") }
  }
}

/// Why a setting by group of parameters cannot be followed.
public struct ParameterGroupError: Error, Equatable, Sendable {
  /// What is wrong.
  public enum Problem: Equatable, Sendable {
    /// No array has the name or begins with it.
    case unknown(paths: [String])
    /// Less than 0, or no number.
    case value(Double)
    /// The group has a part of what lies in one embedding table.
    case partOfTable(String)
  }

  /// `rate` or `l2`.
  public var setting: String
  /// The name that was given.
  public var name: String
  /// What is wrong.
  public var problem: Problem

  /// Records an error.
  public init(setting: String, name: String, problem: Problem) {
    self.setting = setting
    self.name = name
    self.problem = problem
  }
}

extension ParameterGroupError: CustomStringConvertible {
  /// What is wrong, what was found, how to mend it.
  public var description: String {
    "\(setting).\(name): \(what)\n  found: \(found)\n  fix:   \(fix)"
  }

  private var what: String {
    switch problem {
    case .unknown: "the model has no such parameters."
    case .value: "must be a number of 0 or more."
    case .partOfTable(let table): "this is a part of the table '\(table)', which moves as a whole."
    }
  }

  private var found: String {
    switch problem {
    case .unknown, .partOfTable: "'\(name)'"
    case .value(let value): "\(value)"
    }
  }

  private var fix: String {
    switch problem {
    case .unknown(let paths):
      let groups = Self.firstNames(of: paths)
      let all = groups.joined(separator: ", ")
      return nearest(to: name, in: groups + paths).map { "did you mean '\($0)'? (groups: \(all))" }
        ?? "name one of \(all), or the path of an array below it"
    case .value: return "as in \(setting).\(name)=\(setting == "l2" ? "1e-6" : "0.1")"
    case .partOfTable(let table):
      return "name the whole of it, as '\(table.prefix { $0 != "." })'"
    }
  }

  /// What paths begin with, each once, in their order.
  private static func firstNames(of paths: [String]) -> [String] {
    var names: [String] = []
    for path in paths {
      let name = String(path.prefix { $0 != "." })
      if !names.contains(name) { names.append(name) }
    }
    return names
  }
}
