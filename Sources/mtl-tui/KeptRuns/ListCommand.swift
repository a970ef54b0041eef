import ArgumentParser
import Datasets
import Foundation
import Runs
import Store

/// `mtl-tui runs list`: the runs that were kept, the newest first.
struct ListCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "List the runs, the newest first.")

  @Option(help: "Only runs on data whose name contains this.") var data: String?
  @Option(help: "Only runs of this model.") var model: String?
  @Option(help: "Only runs with this tag.") var tag: String?
  @Option(help: "Only runs that began on this day or later (2026-11-27).") var since: Day?
  @Option(help: "Only runs that began before this day.") var before: Day?
  @OptionGroup var home: RunsPlace
  @Flag(help: "Print one JSON array.") var json = false

  func run() throws {
    var filter = RunFilter()
    (filter.data, filter.model, filter.tag) = (data, model, tag)
    (filter.since, filter.before) = (since?.start, before?.start)
    let collection = try home.collection()
    let index = RunIndex(collection)
    let answer = try attempting { () throws(StoreError) in try index.runs(filter) }
    for remark in answer.damaged + [index.remark].compactMap({ $0 }) {
      StandardError.writeLine("mtl-tui: \(printableLines(remark))")
    }
    let listed = answer.runs.map { ListedRun(entry: $0, life: collection.life(of: $0)) }
    if json {
      try StandardOutput.writeLine("[" + listed.map(\.json).joined(separator: ",") + "]")
    } else if listed.isEmpty {
      StandardError.writeLine("mtl-tui: no such run in \(printable(collection.path))")
    } else {
      try StandardOutput.writeLine(listed.table)
    }
  }
}

/// A day of the calendar, `2026-11-27`.
struct Day: ExpressibleByArgument {
  /// Its first moment in local time, in seconds since 1970.
  let start: Double

  init?(argument: String) {
    let parts = argument.split(separator: "-", omittingEmptySubsequences: false)
    let numbers = parts.compactMap { part in
      part.allSatisfy { $0.isASCII && $0.isNumber } ? Int(part) : nil
    }
    guard parts.count == 3, numbers.count == 3, parts[0].count == 4 else { return nil }
    var calendar = Calendar(identifier: .gregorian)
    calendar.timeZone = .current
    let wanted = DateComponents(year: numbers[0], month: numbers[1], day: numbers[2])
    guard let date = calendar.date(from: wanted),
      calendar.dateComponents([.year, .month, .day], from: date) == wanted
    else { return nil }
    start = date.timeIntervalSince1970
  }
}

/// A run as a list says it.
struct ListedRun {
  let entry: RunEntry
  let life: RunLife

  /// How far it is, in a word or two.
  var state: String {
    if let reason = entry.reason { return reason }
    return switch life {
    case .live: "live"
    case .ended: "interrupted"
    }
  }

  /// `click auc 0.7312`.
  var scores: [String] {
    entry.scores.map {
      "\(printable($0.task)) \(printable($0.name)) \(String(format: "%.4f", $0.value))"
    }
  }

  /// All of it as an object.
  var json: String {
    let process: Int? = if case .live(let process) = life { process } else { nil }
    return object([
      ("id", quoted(entry.id)), ("state", quoted(state)),
      ("live", "\(life != .ended)"), ("process", process.map { "\($0)" } ?? "null"),
      ("command", quoted(entry.card.command)), ("model", quoted(entry.card.model)),
      ("data", quoted(entry.card.data)), ("seed", entry.card.seed.map { "\($0)" } ?? "null"),
      ("configuration", quoted(entry.card.configuration)),
      ("program", quoted(entry.card.program)),
      ("parent", entry.card.parent.map(quoted) ?? "null"),
      ("started", number(entry.card.started)), ("step", "\(entry.step)"),
      ("best_step", entry.bestStep.map { "\($0)" } ?? "null"),
      ("seconds", entry.seconds.map(number) ?? "null"),
      ("parameters", entry.parameterCount.map { "\($0)" } ?? "null"),
      ("fingerprint", entry.fingerprint.map(quoted) ?? "null"),
      ("checkpoints", "\(entry.checkpoints)"),
      ("tags", "[" + entry.tags.map(quoted).joined(separator: ",") + "]"),
      (
        "scores",
        object(entry.scores.map { ($0.task, object([($0.name, number($0.value))])) })
      ),
    ])
  }
}

extension [ListedRun] {
  /// A line a run.
  var table: String {
    var table = TextTable(["run", "state", "step", "seed"])
    for run in self {
      let tags = run.entry.tags.map { "#\(printable($0))" }
      table.add(
        [
          printable(run.entry.id), printable(run.state), "\(run.entry.step)",
          run.entry.card.seed.map { "\($0)" } ?? "–",
        ], remark: (run.scores + tags).joined(separator: "  "))
    }
    return table.text
  }
}

extension RunCollection {
  /// Whether a process trains a run of a list; not asked of one that has ended.
  func life(of entry: RunEntry) -> RunLife {
    (try? find(entry.id))?.life ?? .ended
  }
}
