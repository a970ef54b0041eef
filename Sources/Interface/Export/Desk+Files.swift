import Runs
import Terminal

// What can be kept of a run as files: charts and tables.
extension Desk {
  /// The chart of a task.
  func chartFiles(of task: Int) -> [ExportedFile] {
    guard shown.taskNames.indices.contains(task) else { return [] }
    let name = shown.taskNames[task]
    return chart(of: [task]).files(
      named: name, title: "\(name): loss of \(shown.title), run \(shown.number)")
  }

  /// Tasks with their newest loss and scores on the validation rows, each with the step it is of.
  var taskFile: ExportedFile {
    var table = CSVTable(head: [
      "task", "is_on", "weight", "loss_step", "loss", "score", "score_step", "value", "best_step",
      "best",
    ])
    func step(_ step: Int?) -> CSVTable.Field { .number(step.map { Double($0) } ?? .nan) }
    for task in shown.snapshot.tasks {
      let scores = shown.evaluation?.tasks.first { $0.task == task.name }?.scores ?? []
      for score in scores.isEmpty ? [Score(name: "", value: .nan, higherIsBetter: true)] : scores {
        let best = shown.best?.tasks.first { $0.task == task.name }?[score.name] ?? .nan
        table.rows.append([
          .text(task.name), .number(task.isOn ? 1 : 0), .number(task.weight),
          .number(task.loss.isFinite ? Double(shown.snapshot.step) : .nan), .number(task.loss),
          .text(score.name), step(shown.evaluation?.step), .number(score.value),
          step(shown.best?.step), .number(best),
        ])
      }
    }
    return ExportedFile("tasks", ending: "csv", text: table.text)
  }

  /// Gates with the mean weight and load of every expert.
  var gateFile: ExportedFile? {
    guard !shown.snapshot.gates.isEmpty else { return nil }
    var table = CSVTable(head: [
      "gate", "expert", "mean", "deviation", "p10", "p90", "load", "step",
    ])
    for gate in shown.snapshot.gates {
      for (index, expert) in gate.experts.enumerated() where gate.mean.indices.contains(index) {
        func number(_ values: [Float]) -> CSVTable.Field {
          .number(values.indices.contains(index) ? Double(values[index]) : .nan)
        }
        table.rows.append([
          .text(gate.name), .text(expert), number(gate.mean), number(gate.deviation),
          number(gate.low), number(gate.high), number(gate.topShare),
          .number(Double(shown.snapshot.step)),
        ])
      }
    }
    return ExportedFile("gates", ending: "csv", text: table.text)
  }

  /// What happened, oldest first.
  var eventFile: ExportedFile {
    var table = CSVTable(head: ["step", "kind", "text"])
    table.rows = shown.log.lines.map { [.number(Double($0.step)), .text($0.kind), .text($0.text)] }
    return ExportedFile("events", ending: "csv", text: table.text)
  }

  /// The runs of this session with the scores at the best step of each.
  var runFile: ExportedFile {
    var table = CSVTable(head: ["run", "model", "parameters", "step", "task", "score", "value"])
    for run in allRuns {
      for task in (run.best ?? run.evaluation)?.tasks ?? [] {
        for score in task.scores {
          table.rows.append([
            .number(Double(run.number)), .text(run.title),
            .number(run.description.map { Double($0.parameterCount) } ?? .nan),
            .number(Double((run.best ?? run.evaluation)?.step ?? 0)), .text(task.task),
            .text(score.name), .number(score.value),
          ])
        }
      }
    }
    return ExportedFile("runs", ending: "csv", text: table.text)
  }

  /// All of them.
  var allFiles: [ExportedFile] {
    shown.taskNames.indices.flatMap(chartFiles)
      + [taskFile, gateFile, eventFile, runFile].compactMap { $0 }
  }
}

extension Keymap {
  /// What is kept or taken along of what is shown.
  static let exportActions: [Action] = [
    Action(
      name: "copy", keys: keys("y"), section: .general, summary: "copy what has the focus"
    ) { app, _ in
      let files = app.screen.files(app.desk).filter { !$0.name.hasSuffix(".svg") }
      return [.copy(files.first?.text ?? app.view(app.desk.size).text)]
    },
    Action(
      name: "export", form: "[DIR]", keys: keys("e"), section: .general,
      summary: "write it; :export DIR all"
    ) { app, invocation in
      let screen = ExportedFile(
        "screen-\(app.screen.name)", ending: "txt", text: app.view(app.desk.size).text + "\n")
      guard let words = invocation.words, let folder = words.first else {
        return [.write(app.screen.files(app.desk) + [screen], folder: ".")]
      }
      return [.write(app.desk.allFiles + [screen], folder: folder)]
    },
  ]
}
