import ArgumentParser
import Datasets
import Foundation
import Interface
import Runs
import Store
import Training

/// `mtl-tui export`: a run's model, curves and scores in the formats of other programs.
struct ExportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export", abstract: "Take a run's model, curves and scores along.",
    discussion: """
      RUN is the id of a run, the beginning of one, `last`, or its folder. The model is that of the \
      step that the run keeps. ONNX (opset \(OnnxGraph.opset)) has an input for each column, ids as \
      encoding.json and --embeddings number them and numbers as the file has them, and an output for \
      each task: a probability, or a value in the unit of the file. The paths that were written are \
      printed, one a line.
      """)

  @Argument(
    help: ArgumentHelp(
      "A run: its id, the beginning of one, last, or its folder.", valueName: "run"),
    completion: ShellCompletion.runs)
  var name: String
  @Option(help: "The model as ONNX.", completion: .file()) var onnx: String?
  @Option(
    help: "The model's numbers as safetensors, by PyTorch's names and in its layouts.",
    completion: .file()) var safetensors: String?
  @Option(help: "A folder for event files that TensorBoard reads.", completion: .directory)
  var tensorboard: String?
  @Option(help: "A folder for every table.", completion: .directory) var csv: String?
  @Option(help: "A folder for every chart.", completion: .directory) var svg: String?
  @Option(help: "One page (HTML) with all of it; nothing is loaded from elsewhere.")
  var report: String?
  @Option(
    help: "A folder for the embedding tables (.npy), each with its vocabulary (.csv).",
    completion: .directory) var embeddings: String?
  @Option(
    help: ArgumentHelp(
      "Runs that the report compares with, several with commas.", valueName: "runs"))
  var beside: String?
  @Option(
    help: """
      The rows that gates are read of: a table or a schema. (default: the run's own data, its \
      validation rows)
      """, completion: .file()) var data: String?
  @Option(help: "Threads that answer.") var threads = TrainingDefaults.threads
  @Flag(help: "Replace files of those names.") var overwrite = false

  func validate() throws {
    try TrainingOptions.check("--threads", threads, TrainingDefaults.threadCounts)
    let wanted = [onnx, safetensors, tensorboard, csv, svg, report, embeddings]
    guard wanted.contains(where: { $0 != nil }) else {
      throw ValidationError(
        "nothing is asked for: give --onnx FILE, --safetensors FILE, --tensorboard DIR, --csv DIR, "
          + "--svg DIR, --report FILE or --embeddings DIR")
    }
  }

  func run() throws {
    do {
      try export()
    } catch let failure as Failure {
      end(failure)
    } catch {
      end(Failure(message: "\(error)"))
    }
  }

  private func export() throws {
    let used = try UsedRun(name)
    TerminationRequest.listen()
    var written: [String] = []
    let model = RunModel(used, threads: threads)
    if let safetensors { written += try model.writeTensors(to: safetensors, overwrite) }
    if let onnx { written += try model.writeOnnx(to: onnx, overwrite) }
    if let embeddings { written += try model.writeEmbeddings(in: embeddings, overwrite) }
    if [tensorboard, csv, svg, report].contains(where: { $0 != nil }) {
      written += try exportCourse(of: used, model)
    }
    for path in written { try StandardOutput.writeLine(printable(path)) }
  }

  /// What is known of the run's course, as files.
  private func exportCourse(of used: UsedRun, _ model: RunModel) throws -> [String] {
    var kept = try ReportedRun(used.folder)
    let rows = kept.description.experts.isEmpty ? nil : try gateRows(used)
    if let rows { kept.gates = try model.gates(for: rows).map(\.snapshot) }
    var written: [String] = []
    if let tensorboard {
      var board = BoardEvents(kept, started: try used.folder.card().started)
      for step in rows == nil ? [] : used.folder.checkpointSteps {
        board.add(try model.gates(for: rows, at: step), step: step)
      }
      let file = "events.out.tfevents.\(Int(try used.folder.card().started)).\(used.folder.id)"
      written += try write([(file, board.events.bytes)], in: tensorboard)
    }
    let others = try (beside?.split(separator: ",") ?? []).map { name in
      try ReportedRun(RunCollection().find(String(name)))
    }
    let report = RunReport(kept, beside: others)
    if let csv { written += try ExportFolder.write(report.tables, in: csv) }
    if let svg { written += try ExportFolder.write(report.pictures, in: svg) }
    if let path = self.report {
      written += try model.write(Array(report.page.utf8), to: path, overwrite)
    }
    return written
  }

  /// Files under their own names; none is replaced unless that was asked for.
  private func write(
    _ files: [(name: String, bytes: [UInt8])], in folder: String
  ) throws -> [String] {
    var staged = try StagedFiles(
      files.map(\.name), in: folder, replacing: overwrite ? .all : .only([]))
    for file in files { try staged.stage(file.bytes, as: file.name) }
    try staged.publish()
    return files.map { "\(folder)/\($0.name)" }
  }

  /// The rows that gates are read of; nil, and said why, where they are not at hand.
  private func gateRows(_ used: UsedRun) throws -> Examples? {
    do throws(Failure) {
      return try used.examples(named: data, threads: threads)
    } catch {
      if data != nil { throw error }
      StandardError.writeLine(
        "gates are left out: the run's rows cannot be read\n\(printableLines(error.message))")
      return nil
    }
  }
}
