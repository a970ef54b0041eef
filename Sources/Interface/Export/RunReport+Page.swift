import Runs

extension RunReport {
  /// One page (HTML) with the configuration, curves, scores, gates and the comparison; nothing of it is
  /// loaded from elsewhere, and nothing of it runs.
  public var page: String {
    let parts = [
      Self.head(title: "\(run.description.modelTitle) on \(run.description.data)"),
      facts, section("Scores", scoreTable), section("Losses", pictures(losses)),
      section("Scores over the run", pictures(courses.map(\.picture.svg))),
      gateSection, comparisonSection, section("Configuration", configurationTable),
      section("What happened", happenings), "</main></body></html>",
    ]
    return parts.joined(separator: "\n") + "\n"
  }

  private static func head(title: String) -> String {
    """
    <!DOCTYPE html>
    <html lang="en"><head><meta charset="utf-8">
    <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
    <title>\(escaped(title))</title>
    <style>
    body { font-family: sans-serif; color: #222; background: #fff; margin: 0 }
    main { max-width: 60rem; margin: 0 auto; padding: 1rem }
    table { border-collapse: collapse; margin: 0.5rem 0 }
    th, td { padding: 0.2rem 0.7rem; border-bottom: 1px solid #ddd; text-align: left }
    td.number, th.number { text-align: right; font-variant-numeric: tabular-nums }
    svg { width: 100%; height: auto; display: block; margin: 0.5rem 0 }
    .best { font-weight: bold }
    </style></head><body><main>
    <h1>\(escaped(title))</h1>
    """
  }

  private func section(_ title: String, _ body: String) -> String {
    body.isEmpty ? "" : "<section><h2>\(Self.escaped(title))</h2>\n\(body)</section>"
  }

  // MARK: - The run

  private var facts: String {
    let description = run.description
    var rows = [
      ("Run", run.id), ("Model", "\(description.modelTitle) (\(description.model))"),
      ("Data", description.data),
      (
        "Rows",
        "\(grouped(description.trainingRows)) to train on, "
          + "\(grouped(description.validationRows)) to validate, "
          + "\(grouped(description.testRows)) to test"
      ),
      ("Numbers learned", grouped(description.parameterCount)), ("Seed", "\(description.seed)"),
    ]
    if let summary = run.summary {
      rows.append(("Ended", "\(summary.reason.rawValue) after step \(grouped(summary.step))"))
      rows.append(("Step that is kept", grouped(summary.bestStep)))
      rows.append(("Fingerprint", summary.fingerprint))
    } else {
      rows.append(("Ended", "not yet, or it was cut off"))
    }
    return Self.table(head: [], rows.map { [.text($0.0), .text($0.1)] })
  }

  private var scoreTable: String {
    let splits = [("validation", run.best ?? run.evaluations.last), ("test", run.test)]
    let rows = splits.flatMap { split, evaluation in
      (evaluation?.tasks ?? []).flatMap { task in
        task.scores.map { score -> [Cell] in
          [
            .text(split), .count(evaluation?.step ?? 0), .text(task.task),
            .text(score.name), .score(score.value),
          ]
        }
      }
    }
    guard !rows.isEmpty else { return "<p>Nothing was scored.</p>" }
    return Self.table(head: ["rows", "step", "task", "score", "value"], rows)
  }

  private var losses: [String] {
    pictures.filter { $0.name.hasPrefix("losses-") }.map(\.text)
  }

  /// Pictures on one page: names inside them must not be the same.
  private func pictures(_ texts: [String]) -> String {
    texts.enumerated().map { index, text in
      let mark = "plot-\(text.utf8.count)-\(index)"
      return text.replacing("id=\"plot\"", with: "id=\"\(mark)\"")
        .replacing("url(#plot)", with: "url(#\(mark))")
    }.joined()
  }

  private var gateSection: String {
    guard let picture = gatePicture else {
      return run.description.experts.isEmpty
        ? "" : section("Gates", "<p>The rows that gates are read of were not at hand.</p>")
    }
    let step =
      run.gates.first.map {
        "<p>Means over \(grouped($0.rows)) validation rows at step "
          + "\(grouped($0.step)).</p>\n"
      } ?? ""
    return section("Gates", step + picture.svg)
  }

  private var happenings: String {
    let lines = RunReport.lines(of: run)
    guard !lines.isEmpty else { return "" }
    return Self.table(
      head: ["step", "", ""],
      lines.map { [.count($0.step), .text($0.kind), .text($0.text)] })
  }

  private static func lines(of run: ReportedRun) -> [EventLog.Line] {
    run.state(number: 1).log.lines
  }

  private var configurationTable: String {
    Self.table(head: [], run.configuration.map { [.text($0.key), .text($0.value)] })
  }

  // MARK: - Beside others

  private var comparisonSection: String {
    guard !others.isEmpty else { return "" }
    let all = others + [run]
    let keys = run.configuration.map(\.key).filter { key in
      Set(all.map { value(of: key, in: $0) }).count > 1
    }
    let differences = keys.map { key -> [Cell] in
      [.text(key)] + all.map { .text(value(of: key, in: $0)) }
    }
    let names = run.description.tasks.map(\.name)
    let scores = names.compactMap { task -> [Cell]? in
      let own = all.map { kept in kept.test?.tasks.first { $0.task == task }?.scores.first }
      guard let name = own.compactMap({ $0?.name }).first else { return nil }
      return [.text("\(task) \(name) (test)")] + own.map { .score($0?.value ?? .nan) }
    }
    return section(
      "Beside other runs", Self.table(head: [""] + all.map(\.id), scores + differences))
  }

  private func value(of key: String, in kept: ReportedRun) -> String {
    kept.configuration.first { $0.key == key }?.value ?? ""
  }

  // MARK: - HTML

  private enum Cell {
    case text(String)
    case count(Int)
    case score(Double)
  }

  private static func table(head: [String], _ rows: [[Cell]]) -> String {
    guard !rows.isEmpty else { return "" }
    let top =
      head.isEmpty
      ? "" : "<tr>" + head.map { "<th>\(escaped($0))</th>" }.joined() + "</tr>\n"
    let lines = rows.map { row in
      let cells = row.map { cell in
        switch cell {
        case .text(let text): "<td>\(escaped(text))</td>"
        case .count(let value): "<td class=\"number\">\(grouped(value))</td>"
        case .score(let value):
          "<td class=\"number\">\(value.isFinite ? fixed(value, 4) : "–")</td>"
        }
      }
      return "<tr>\(cells.joined())</tr>\n"
    }
    return "<table>\n\(top)\(lines.joined())</table>\n"
  }

  private static func escaped(_ text: String) -> String { CurvePicture.escaped(text) }
}
