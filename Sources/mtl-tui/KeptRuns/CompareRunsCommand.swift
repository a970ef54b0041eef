import ArgumentParser
import Datasets
import Foundation
import Runs
import Store
import Training

/// `mtl-tui runs compare`: what differs between runs, and what came of it.
struct CompareRunsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "compare",
    abstract: "Say what differs between the settings of runs, and compare their scores.",
    discussion: """
      Runs that differ in their seed alone are taken together, whatever their threads and pace; of \
      several with the same seed and settings the newest that was scored counts. Where two settings have two seeds or \
      more in common, their scores are tested by Student's paired t-test over these seeds, against \
      the setting that is named first.
      """)

  @Argument(
    help: ArgumentHelp("The runs, two or more.", valueName: "run"), completion: ShellCompletion.runs
  ) var names: [String] = []
  @Option(
    help: "All runs with this tag that ended, the earliest first; behind those that are named.")
  var tag: String?
  @OptionGroup var home: RunsPlace
  @Flag(help: "Print one JSON object.") var json = false

  func validate() throws {
    guard names.count >= 2 || tag != nil else {
      throw ValidationError("Name two runs or more, or a --tag.")
    }
  }

  func run() throws {
    var folders: [RunFolder] = []
    for name in names {
      let folder = try home.run(name)
      if !folders.contains(where: folder.isSame) { folders.append(folder) }
    }
    for folder in try tagged() where !folders.contains(where: folder.isSame) {
      folders.append(folder)
    }
    guard folders.count >= 2 else {
      throw Failure(
        message: """
          \(tag.map { "--tag \(printable($0)): " } ?? "")there are not two runs to compare.
            found: \(folders.first.map { "\(printable($0.id)) alone" } ?? "no run that ended")
            fix:   mtl-tui runs list shows the runs\(tag == nil ? "" : " and their tags")
          """)
    }
    let kept = try folders.map { folder throws(Failure) in try SettledRun(folder) }
    let comparison = RunComparison(kept)
    try StandardOutput.writeLine(json ? comparison.json : comparison.text)
  }

  /// What a person is told of runs with the tag that are left out; nil: none is.
  static func words(leavingOut ids: [String]) -> String? {
    guard !ids.isEmpty else { return nil }
    let are = ids.count == 1 ? "run with the tag has" : "runs with the tag have"
    return
      "note: \(ids.count) \(are) no end (going on, interrupted or diverged) and no part in this: "
      + ids.map { printable($0) }.joined(separator: ", ")
  }

  /// The runs with the tag that is asked for that ended; none without one.
  private func tagged() throws(Failure) -> [RunFolder] {
    guard let tag else { return [] }
    let collection = try home.collection()
    return try attempting { () throws(StoreError) in
      var filter = RunFilter()
      filter.tag = tag
      let runs = try RunIndex(collection).runs(filter).runs.reversed()
      if let words = Self.words(leavingOut: runs.filter { $0.reason == nil }.map(\.id)) {
        StandardError.writeLine(words)
      }
      return try runs.filter { $0.reason != nil }.map { entry throws(StoreError) in
        try collection.find(entry.id)
      }
    }
  }
}

extension RunFolder {
  /// Whether another path leads to the same folder.
  fileprivate func isSame(as other: RunFolder) -> Bool {
    func real(_ path: String) -> String {
      URL(fileURLWithPath: path).resolvingSymlinksInPath().standardizedFileURL.path
    }
    return self == other || real(path) == real(other.path)
  }
}

/// A run that was kept, with its settings.
struct SettledRun {
  let entry: RunEntry
  let settings: RunSettings
  let summary: RunSummary?

  init(_ folder: RunFolder) throws(Failure) {
    entry = try attempting { () throws(StoreError) in try RunEntry(folder) }
    summary = try attempting { () throws(StoreError) in
      try folder.decoded(.summary, RunSummary.self)
    }
    settings = try RunSettings(of: folder)
  }

  init(entry: RunEntry, settings: RunSettings, summary: RunSummary?) {
    (self.entry, self.settings, self.summary) = (entry, settings, summary)
  }
}

/// Several runs side by side.
struct RunComparison {
  private let runs: [SettledRun]
  /// What differs between them.
  let differing: [String]
  /// The runs by what else than the seed they have in common, in the order in which they were named.
  ///
  /// A seed is in a group once: the same run done twice is no second draw.
  let groups: [[SettledRun]]
  /// By the id of a run that is left out, the id of the one that counts for the same seed and settings.
  let doubled: [(leftOut: String, counted: String)]

  init(_ runs: [SettledRun]) {
    self.runs = runs
    differing = RunSettings.differing(runs.map(\.settings))
    var groups: [[SettledRun]] = []
    var leftOut: [(id: String, group: Int, index: Int)] = []
    for run in runs {
      guard let group = groups.firstIndex(where: { $0[0].isSetting(like: run) }) else {
        groups.append([run])
        continue
      }
      let same = groups[group].firstIndex { $0.entry.card.seed == run.entry.card.seed }
      guard let same else {
        groups[group].append(run)
        continue
      }
      let other = groups[group][same]
      let isNewer = run.counts(before: other)
      if isNewer { groups[group][same] = run }
      leftOut.append(((isNewer ? other : run).entry.id, group, same))
    }
    self.groups = groups
    // Which one counts is known when all have been seen.
    doubled = leftOut.map { ($0.id, groups[$0.group][$0.index].entry.id) }
  }

  /// The table of means, gains and tests; nil without a run that was scored.
  var table: ComparisonTable? {
    ComparisonTable(
      data: runs.map(\.entry.card.data).first ?? "",
      groups: groups.enumerated().map { number, runs in
        (label(number), runs.compactMap { $0.compared(label(number)) })
      })
  }

  /// The model of a group, with its number where another has the same.
  private func label(_ number: Int) -> String {
    let models = groups.map { $0[0].entry.card.model }
    let model = models[number]
    return models.count { $0 == model } > 1 ? "\(model) (\(number + 1))" : model
  }

  /// What differs, by run, then scores.
  var text: String {
    var settings = TextTable(["setting"] + runs.indices.map { "run \($0 + 1)" })
    for path in differing {
      let note = ConfigurationKey.changingNothing.contains(path) ? " (changes no bit)" : ""
      settings.add(
        [printable(path) + note] + runs.map { printable($0.settings.values[path] ?? "–") })
    }
    var parts = [
      runs.enumerated().map { "run \($0 + 1)  \(printable($1.entry.id))" }.joined(separator: "\n"),
      differing.isEmpty ? "Their settings are the same." : settings.text,
    ]
    if !doubled.isEmpty {
      parts.append(
        doubled.map { leftOut, counted in
          "\(printable(leftOut)) is left out: \(printable(counted)) has its settings and its seed"
        }.joined(separator: "\n"))
    }
    if let table { parts.append(table.text) } else { parts.append("None of them was scored.") }
    return parts.joined(separator: "\n\n")
  }

  /// The same as an object.
  var json: String {
    let differences = differing.map { path in
      let values = runs.map { $0.settings.values[path].map(quoted) ?? "null" }
      return (path, "[" + values.joined(separator: ",") + "]")
    }
    let groups = groups.enumerated().map { number, runs in
      object([
        ("label", quoted(label(number))),
        ("runs", "[" + runs.map { quoted($0.entry.id) }.joined(separator: ",") + "]"),
      ])
    }
    return object([
      ("runs", "[" + runs.map { quoted($0.entry.id) }.joined(separator: ",") + "]"),
      ("differences", object(differences)),
      ("groups", "[" + groups.joined(separator: ",") + "]"),
      ("leftOut", "[" + doubled.map { quoted($0.leftOut) }.joined(separator: ",") + "]"),
      ("table", table?.json(isInterrupted: false) ?? "null"),
    ])
  }
}

extension SettledRun {
  /// Whether another run differs at most in its seed and in what changes no bit.
  fileprivate func isSetting(like other: SettledRun) -> Bool {
    settings.withoutSeed == other.settings.withoutSeed
      && entry.card.model == other.entry.card.model && entry.card.data == other.entry.card.data
  }

  /// Whether it counts where another has the same seed and settings: one that was scored before one
  /// that was not, then the newer.
  fileprivate func counts(before other: SettledRun) -> Bool {
    func rank(_ run: SettledRun) -> (Int, Double, String) {
      (run.compared("") == nil ? 0 : 1, run.entry.card.started, run.entry.id)
    }
    return rank(self) > rank(other)
  }

  /// The run as a comparison takes it; nil if it was not scored.
  fileprivate func compared(_ label: String) -> ComparedRun? {
    guard let summary, let scores = summary.test ?? summary.validation else { return nil }
    var run = ComparedRun(
      model: label, seed: entry.card.seed, outcome: .finished, tasks: scores.tasks,
      parameterCount: summary.parameterCount, seconds: summary.seconds, step: summary.step,
      bestStep: summary.bestStep, fingerprint: summary.fingerprint,
      gateOverlap: summary.gateOverlap)
    run.mainScores = scores.tasks.map { $0.scores.first?.value ?? .nan }
    run.mainErrors = scores.tasks.map { $0.scores.first?.standardError ?? .nan }
    return run
  }
}
