import Foundation
import Runs
import Store
import Yams

/// The settings of a run, as its configuration says them: paths of keys with their values.
///
/// `model.experts` is `8`; the items of a list are numbered from 0.
struct RunSettings: Equatable {
  private(set) var values: [String: String] = [:]

  /// The settings of a run's folder.
  ///
  /// - Throws: ``Failure`` for a configuration that cannot be read.
  init(of folder: RunFolder) throws(Failure) {
    let bytes = try attempting { () throws(StoreError) in try folder.read(.configuration) }
    // A run without a configuration has no settings.
    do { self = try RunSettings(yaml: String(decoding: bytes ?? [], as: UTF8.self)) } catch {
      throw Failure(
        message: "\(folder.path(of: .configuration)): it is not YAML: \(error)")
    }
  }

  /// The settings of a text.
  init(yaml: String) throws {
    if let node = try Yams.compose(yaml: yaml) { add(node, "") }
  }

  private mutating func add(_ node: Node, _ path: String) {
    switch node {
    case .mapping(let mapping):
      for (key, value) in mapping {
        let name = key.scalar?.string ?? "?"
        add(value, path.isEmpty ? name : "\(path).\(name)")
      }
    case .sequence(let sequence):
      for (index, value) in sequence.enumerated() { add(value, "\(path).\(index)") }
    case .scalar(let scalar): values[path] = scalar.string
    case .alias: values[path] = "an alias"
    }
  }

  /// The settings that a run has in common with others of another seed: without the seed and without
  /// what changes no bit, nor where rows lie that are known by their content.
  var withoutSeed: RunSettings {
    var rest = self
    rest.values["seed"] = nil
    for name in ConfigurationKey.changingNothing { rest.values[name] = nil }
    if values["data.hash"] != nil { for name in ["data", "path"] { rest.values[name] = nil } }
    return rest
  }

  /// The paths of what is not the same in all of some settings, in alphabetical order.
  static func differing(_ settings: [RunSettings]) -> [String] {
    Set(settings.flatMap(\.values.keys)).filter { path in
      Set(settings.map { $0.values[path] }).count > 1
    }.sorted()
  }
}
