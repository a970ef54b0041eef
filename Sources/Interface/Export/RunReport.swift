import Runs

/// Everything of a run that can be taken along as tables and pictures, and one page with all of it.
public struct RunReport {
  let run: ReportedRun
  /// Runs to compare it with.
  let others: [ReportedRun]
  private let desk: Desk

  /// A report of a run, beside others.
  public init(_ run: ReportedRun, beside others: [ReportedRun] = []) {
    self.run = run
    self.others = others
    var desk = Desk(settings: ExplorerSettings())
    desk.earlier = others.enumerated().map { $1.state(number: $0 + 1) }
    desk.run = run.state(number: others.count + 1)
    self.desk = desk
  }

  /// Every table, as comma-separated values.
  public var tables: [ExportedFile] {
    let charts = files.filter { $0.name.hasSuffix(".csv") }
    return charts + [desk.scoreFile(of: desk.run), courseFile, desk.gateFile].compactMap { $0 }
      + [desk.eventFile, desk.runFile, desk.factsFile]
  }

  /// Every chart, as a picture.
  public var pictures: [ExportedFile] {
    files.filter { $0.name.hasSuffix(".svg") }
      + courses.map {
        ExportedFile("scores-\($0.name)", ending: "svg", text: $0.picture.svg)
      }
      + (gatePicture.map { [ExportedFile("gates", ending: "svg", text: $0.svg)] } ?? [])
  }

  /// The losses of every task, and of all together, each as a picture, text and table.
  private var files: [ExportedFile] {
    desk.run.taskNames.indices.flatMap { desk.chartFiles(of: $0) }
      + (desk.run.taskNames.count > 1 ? desk.overlayFiles : [])
  }

  /// The mean weights of the gates; nil without gates.
  var gatePicture: GatePicture? {
    run.gates.isEmpty ? nil : GatePicture(gates: run.gates, title: "mean weight of each expert")
  }

  // MARK: - Scores over the run

  /// By kind of score, how it went for the tasks that have it.
  var courses: [(name: String, picture: LinePicture)] {
    let evaluations = run.evaluations
    let names = evaluations.first.map { first in
      first.tasks.flatMap { $0.scores.map(\.name) }.reduce(into: [String]()) { names, name in
        if !names.contains(name) { names.append(name) }
      }
    }
    return (names ?? []).map { name in
      let lines = run.description.tasks.enumerated().compactMap { index, task in
        let points = evaluations.compactMap { evaluation in
          evaluation.tasks.first { $0.task == task.name }?[name].map {
            (x: Double(evaluation.step), y: $0)
          }
        }
        return points.isEmpty
          ? nil : LinePicture.Line(name: task.name, color: index, points: points)
      }
      return (
        name,
        LinePicture(title: "\(name) of the validation rows", axis: "step", lines: lines)
      )
    }
  }

  /// Every score of every evaluation of the validation rows.
  private var courseFile: ExportedFile {
    var table = CSVTable(head: ["step", "epoch", "is_best", "task", "score", "value"])
    for evaluation in run.evaluations {
      for task in evaluation.tasks {
        for score in task.scores {
          table.rows.append([
            .number(Double(evaluation.step)), .number(evaluation.epoch),
            .number(evaluation.isBest ? 1 : 0), .text(task.task), .text(score.name),
            .number(score.value),
          ])
        }
      }
    }
    return ExportedFile("scores-by-step", ending: "csv", text: table.text)
  }
}
