import ArgumentParser
import Datasets
import Models
import Objectives
import Runs
import Store

/// What a shell may complete an option's value to.
enum ShellCompletion {
  /// Models of the registry.
  static let models = CompletionKind.list(ModelRegistry.entries.map(\.name))

  /// Balancers of the registry.
  static let balancers = CompletionKind.list(BalancerRegistry.entries.map(\.about.name))

  /// Names that `--data` takes, and schema files.
  static let data = CompletionKind.custom { _, _, prefix in
    let names = ["sample"] + Recipe.all.map(\.name)
    return
      (names.filter { $0.hasPrefix(prefix) } + PathCompletion.paths(prefix, [".yaml", ".yml"]))
      .filter(isPlain)
  }

  /// `STEP:COMMAND`: what the engine may be asked for behind the colon.
  static let schedule = CompletionKind.custom { _, _, prefix in scheduled(unquoted(prefix)) }

  /// `model.KEY=VALUE` of the model that the words name, `balancer.KEY=VALUE` of the balancer.
  static let settings = CompletionKind.custom { words, _, prefix in
    settings(of: words, unquoted(prefix))
  }

  /// Runs that were kept, the newest first.
  static let runs = CompletionKind.custom { words, _, prefix in
    runs(in: collection(of: words), unquoted(prefix))
  }

  /// The ids that a beginning may become, the newest run's first, and `last`; none where the folder of
  /// runs cannot be read.
  ///
  /// A key that is pressed writes nothing and waits for nobody: the index is neither made nor asked.
  static func runs(in collection: RunCollection?, _ prefix: String) -> [String] {
    let ids = collection.flatMap { try? $0.ids() } ?? []
    return (ids + (ids.isEmpty ? [] : ["last"])).filter { $0.hasPrefix(prefix) }
  }

  /// Whether a shell takes a text as it is: bash expands what it is offered, so that a file called
  /// `$(…)` would be a command.
  static func isPlain(_ text: String) -> Bool {
    text.unicodeScalars.allSatisfy { scalar in
      scalar.properties.isAlphabetic || scalar.properties.numericType != nil
        || "._-+/=:,@%".unicodeScalars.contains(scalar)
    }
  }

  /// Where the command of the words looks for runs; nil: nowhere.
  static func collection(of words: [String]) -> RunCollection? {
    let isOut = ["train", "replay", "attach"].contains { words.contains($0) }
    let folder = value(of: "--in", in: words) ?? (isOut ? value(of: "--out", in: words) : nil)
    return folder.map { RunCollection(path: DataFiles.expandingHome($0)) } ?? (try? RunCollection())
  }

  /// The texts that a `--at` may become; nothing before there is a step.
  static func scheduled(_ prefix: String) -> [String] {
    guard let colon = prefix.firstIndex(of: ":"), let step = Int(prefix[..<colon]), step >= 0
    else { return [] }
    let command = String(prefix[prefix.index(after: colon)...])
    let kept = prefix[...colon] + (command.lastIndex(of: " ").map { command[...$0] } ?? "")
    return CommandTable.engine.completions(of: command).map { kept + $0.text }
  }

  /// The options of the model behind `--model`, with their defaults.
  static func settings(of words: [String], _ prefix: String) -> [String] {
    let model = value(of: "--model", in: words) ?? "mmoe"
    let options = ModelRegistry.entries.first { $0.name == model }?.options ?? []
    let balancer = value(of: "--balancer", in: words) ?? "equal"
    let others = BalancerRegistry.entries.first { $0.about.name == balancer }?.options ?? []
    return
      (options.map { "model.\($0.name)=\($0.defaultValue)" }
      + others.map { "balancer.\($0.name)=\($0.defaultValue)" }).filter { $0.hasPrefix(prefix) }
  }

  /// What stands behind an option, or behind its `=`.
  private static func value(of option: String, in words: [String]) -> String? {
    let start = option + "="
    if let joined = words.last(where: { $0.hasPrefix(start) }) {
      return String(joined.dropFirst(start.count))
    }
    return words.firstIndex(of: option).flatMap { index in
      words.indices.contains(index + 1) ? words[index + 1] : nil
    }
  }

  private static func unquoted(_ prefix: String) -> String {
    prefix.first.map { "'\"".contains($0) } == true ? String(prefix.dropFirst()) : prefix
  }
}
