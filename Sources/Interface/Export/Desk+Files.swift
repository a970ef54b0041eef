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

  /// The tasks' charts over each other, as one.
  var overlayFiles: [ExportedFile] {
    let tasks = listedTasks
    guard !tasks.isEmpty else { return [] }
    return chart(of: tasks).files(
      named: "overlay", title: "losses of \(shown.title), run \(shown.number)")
  }

  /// The charts of a run's tasks, without other runs.
  func chartFiles(of run: RunState) -> [ExportedFile] {
    run.taskNames.indices.flatMap { task in
      let name = run.taskNames[task]
      return chart(of: task, in: run).files(
        named: "run\(run.number)-\(name)", title: "\(name): loss of \(run.title), run \(run.number)"
      )
    }
  }

  /// Tasks with their newest loss and scores on the validation rows, each with the step it is of.
  var taskFile: ExportedFile {
    var table = CSVTable(head: [
      "task", "is_on", "weight", "loss_step", "loss", "score", "score_step", "value", "best_step",
      "best", "own_best_step", "own_best",
    ])
    func step(_ step: Int?) -> CSVTable.Field { .number(step.map { Double($0) } ?? .nan) }
    for (index, task) in shown.snapshot.tasks.enumerated() {
      let own = shown.ownBest(of: index)
      let scores = shown.evaluation?.tasks.first { $0.task == task.name }?.scores ?? []
      for score in scores.isEmpty ? [Score(name: "", value: .nan, higherIsBetter: true)] : scores {
        let best = shown.best?.tasks.first { $0.task == task.name }?[score.name] ?? .nan
        // A task's own best is that of its main score.
        let isMain = score.name == scores.first?.name
        table.rows.append([
          .text(task.name), .number(task.isOn ? 1 : 0), .number(task.weight),
          .number(task.loss.isFinite ? Double(shown.snapshot.step) : .nan), .number(task.loss),
          .text(score.name), step(shown.evaluation?.step), .number(score.value),
          step(shown.best?.step), .number(best), step(isMain ? own?.step : nil),
          .number(isMain ? own?.score ?? .nan : .nan),
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
        func number(_ byExpert: [Float]) -> CSVTable.Field {
          .number(byExpert.indices.contains(index) ? Double(byExpert[index]) : .nan)
        }
        table.rows.append([
          .text(gate.name), .text(expert), number(gate.mean), number(gate.deviation),
          number(gate.low), number(gate.high), number(gate.topShare),
          .number(Double(gate.step)),
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
    var table = CSVTable(head: [
      "run", "model", "choices", "parameters", "step", "task", "score", "value",
    ])
    for run in allRuns {
      let choices = RunRow(run, now: now).options
      for task in (run.best ?? run.evaluation)?.tasks ?? [] {
        for score in task.scores {
          table.rows.append([
            .number(Double(run.number)), .text(run.title), .text(choices),
            .number(run.description.map { Double($0.parameterCount) } ?? .nan),
            .number(Double((run.best ?? run.evaluation)?.step ?? 0)), .text(task.task),
            .text(score.name), .number(score.value),
          ])
        }
      }
    }
    return ExportedFile("runs", ending: "csv", text: table.text)
  }

  /// Every score of a run: of the step that is kept, of the newest one, and of the test rows.
  func scoreFile(of run: RunState) -> ExportedFile {
    var table = CSVTable(head: ["rows", "step", "is_kept", "task", "score", "value"])
    let newest = run.isAtBest ? nil : run.evaluation
    let all = [(run.best, run.best?.step), (newest, newest?.step), (run.test, run.testStep)]
    for (evaluation, step) in all {
      guard let evaluation, let step else { continue }
      for task in evaluation.tasks {
        for score in task.scores {
          table.rows.append([
            .text(evaluation.split.rawValue), .number(Double(step)),
            .number(step == run.best?.step ? 1 : 0), .text(task.task), .text(score.name),
            .number(score.value),
          ])
        }
      }
    }
    return ExportedFile("scores-run\(run.number)", ending: "csv", text: table.text)
  }

  /// Rows and labels of each split.
  var factsFile: ExportedFile {
    var table = CSVTable(head: ["task", "kind", "split", "rows", "positives", "mean", "deviation"])
    for task in shown.description?.facts.tasks ?? [] {
      let splits = [
        ("training", task.training), ("validation", task.validation), ("test", task.test),
      ]
      for (split, labels) in splits {
        let positives = task.kind.hasClasses ? Double(labels.positives) : .nan
        let deviation = task.kind.hasClasses ? .nan : labels.deviation
        table.rows.append([
          .text(task.task), .text(task.kind.rawValue), .text(split),
          .number(Double(labels.rows)), .number(positives), .number(labels.mean),
          .number(deviation),
        ])
      }
    }
    return ExportedFile("facts", ending: "csv", text: table.text)
  }

  /// The models that can be started.
  var modelFile: ExportedFile {
    var table = CSVTable(head: [
      "model", "title", "summary", "paper", "shows", "not_for_these_data",
    ])
    table.rows = settings.models.map { model in
      [model.name, model.title, model.summary, model.paper, model.shows.joined(separator: "; ")]
        .map(CSVTable.Field.text) + [.text(model.unfit ?? "")]
    }
    return ExportedFile("models", ending: "csv", text: table.text)
  }

  /// What may be set about a model, and what is.
  func optionFile(of model: ModelDescription, edits: [String: String]) -> ExportedFile {
    var table = CSVTable(head: ["option", "value", "default", "meaning"])
    table.rows = model.choices.map { option in
      [
        option.name, edits[option.name] ?? option.defaultValue, option.defaultValue, option.summary,
      ].map(CSVTable.Field.text)
    }
    return ExportedFile("options-\(model.name)", ending: "csv", text: table.text)
  }

  /// All of them.
  var allFiles: [ExportedFile] {
    shown.taskNames.indices.flatMap(chartFiles)
      + [taskFile, gateFile, eventFile, runFile, factsFile].compactMap { $0 }
  }
}

extension Desk {
  /// What is known of the run, and what each screen shows of it; the same file once.
  ///
  /// Two tasks may have names that are the same in a file's: both are kept, and whoever writes them
  /// gives the second a number.
  fileprivate func allFiles(of screens: [any Screen]) -> [ExportedFile] {
    var texts: [String: Set<String>] = [:]
    return (allFiles + screens.flatMap { $0.files(self) }).filter {
      texts[$0.name, default: []].insert($0.text).inserted
    }
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
      return [.write(app.desk.allFiles(of: app.screens) + [screen], folder: folder)]
    },
  ]
}
