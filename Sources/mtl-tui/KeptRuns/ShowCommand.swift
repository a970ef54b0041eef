import ArgumentParser
import Datasets
import Foundation
import Runs
import Store

/// `mtl-tui runs show`: all that is known of a run.
struct ShowCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "Show a run: settings, what was done, checkpoints, scores.")

  @Argument(help: ArgumentHelp("The run.", valueName: "run"), completion: ShellCompletion.runs)
  var name: String
  @OptionGroup var home: RunsPlace
  @Flag(help: "Print one JSON object.") var json = false

  func run() throws {
    let shown = try ShownRun(try home.run(name))
    if let leftOut = shown.journal.leftOut {
      StandardError.writeLine("mtl-tui: \(printable(leftOut))")
    }
    try StandardOutput.writeLine(json ? shown.json : shown.text)
  }
}

/// A run with all that is shown of it.
struct ShownRun {
  let listed: ListedRun
  let journal: Journal
  private let folder: RunFolder
  private let summary: RunSummary?
  private let settings: RunSettings
  private let bestSteps: Set<Int>

  init(_ folder: RunFolder) throws(Failure) {
    self.folder = folder
    settings = try RunSettings(of: folder)
    listed = ListedRun(
      entry: try attempting { () throws(StoreError) in try RunEntry(folder) }, life: folder.life)
    journal = try attempting { () throws(StoreError) in try folder.journal() }
    summary = try attempting { () throws(StoreError) in
      try folder.decoded(.summary, RunSummary.self)
    }
    bestSteps = Set(folder.bestSteps)
  }

  /// Blocks of lines.
  var text: String {
    let entry = listed.entry
    var head = [
      ("run", printable(entry.id)), ("folder", printable(folder.path)),
      ("state", printable(listed.state)),
      ("model", printable(entry.card.model)), ("data", printable(entry.card.data)),
      ("seed", entry.card.seed.map { "\($0)" } ?? "draws nothing"), ("step", "\(entry.step)"),
    ]
    if let best = entry.bestStep { head.append(("best step", "\(best)")) }
    if let seconds = entry.seconds { head.append(("seconds", String(format: "%.1f", seconds))) }
    if let fingerprint = entry.fingerprint { head.append(("fingerprint", printable(fingerprint))) }
    if let taken = entry.card.warmStart { head.append(("began with", printable(taken))) }
    if let parent = entry.card.parent { head.append(("branch of", printable(parent))) }
    if !entry.tags.isEmpty {
      head.append(("tags", entry.tags.map(printable).joined(separator: ", ")))
    }
    let blocks = [
      Self.lines(head), scoreLines,
      Self.block("checkpoints", checkpointLines),
      Self.block("what was done", journal.valid.map(\.words)),
      Self.block(
        "settings", settings.values.sorted { $0.key < $1.key }.map { "\($0): \($1)" }),
    ]
    return blocks.filter { !$0.isEmpty }.joined(separator: "\n\n")
  }

  private static func lines(_ pairs: [(String, String)]) -> String {
    let width = pairs.map(\.0.count).max() ?? 0
    return pairs.map { name, value in
      name + String(repeating: " ", count: width - name.count) + "  " + value
    }.joined(separator: "\n")
  }

  private static func block(_ title: String, _ lines: [String]) -> String {
    lines.isEmpty ? "" : ([title] + lines.map { "  " + printable($0) }).joined(separator: "\n")
  }

  private var scoreLines: String {
    guard let evaluation = summary?.test ?? summary?.validation else { return "" }
    let lines = evaluation.tasks.map { task in
      "\(task.task): "
        + task.scores.map { "\($0.name) \(String(format: "%.4f", $0.value))" }
        .joined(separator: ", ")
    }
    return Self.block("scores on the \(evaluation.split.rawValue) rows", lines)
  }

  private var checkpointLines: [String] {
    folder.checkpointSteps.map {
      bestSteps.contains($0) ? "step \($0), the best then" : "step \($0)"
    }
  }

  /// All of it as an object.
  var json: String {
    object([
      ("run", listed.json), ("path", quoted(folder.path)),
      (
        "settings",
        object(settings.values.sorted { $0.key < $1.key }.map { ($0.key, quoted($0.value)) })
      ),
      ("journal", "[" + journal.valid.map(\.json).joined(separator: ",") + "]"),
      (
        "checkpoints",
        "["
          + folder.checkpointSteps.map {
            object([("step", "\($0)"), ("best", "\(bestSteps.contains($0))")])
          }.joined(separator: ",") + "]"
      ),
      ("summary", summary.map { Event.finished($0).json } ?? "null"),
    ])
  }
}

extension JournalFact {
  /// `step 500: task like off`.
  fileprivate var words: String {
    switch kind {
    case .began: "began"
    case .command: "step \(step): \(text ?? "")"
    case .checkpoint: "step \(step): saved"
    case .resumed:
      "step \(step): resumed" + (epochsBefore.map { ", with \($0) epochs before" } ?? "")
    case .branched: "step \(step): branched off \(text ?? "")"
    case .ended: "step \(step): ended (\(text ?? ""))"
    }
  }

  fileprivate var json: String {
    object([
      ("kind", quoted(kind.rawValue)), ("step", "\(step)"),
      ("text", text.map(quoted) ?? "null"), ("date", number(date)),
    ])
  }
}
