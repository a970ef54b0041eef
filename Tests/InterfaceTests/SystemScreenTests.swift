import Datasets
import Foundation
import Models
import Runs
import Terminal
import Testing
import Training

@testable import Interface

/// What every system shows of itself in a real run, on the screen.
///
/// The run is short and its numbers are rounded to two digits, since their last bits depend on the
/// machine.
@Suite struct SystemScreenTests {
  static let systems = ModelRegistry.entries.compactMap { entry -> String? in
    guard case .trained = entry.kind, entry.kinds.contains(.binary) else { return nil }
    return entry.name
  }

  /// What is shown by systems that do not show something inside them.
  static let subjects: [String: Set<ModelView.Subject>] = [
    "single-task": [], "hard-sharing": [], "omoe": [], "mmoe": [],
    "sparse-sharing": [.masks], "lt4rec": [.masks], "csrec": [.masks],
  ]

  @Test(arguments: systems) func inspector(_ system: String) throws {
    let run = try FinishedRun(system)
    let subjects = run.description.subjects
    #expect(subjects == Self.subjects[system] ?? [.model])
    for subject in ModelView.Subject.allCases
    where subject == .model || subjects.contains(subject) {
      var app = run.app
      app.press(subject == .model ? "4" : "3")
      for size in [Size(rows: 24, columns: 80), Size(rows: 40, columns: 120)] {
        Golden.check(
          app.view(size).text,
          "Systems/\(system)_\(subject.rawValue)_\(size.columns)x\(size.rows)")
      }
    }
  }
}

/// A short run of a system on a tiny made log, after its end.
private struct FinishedRun {
  let description: RunDescription
  private(set) var snapshot: Snapshot

  init(_ system: String) throws {
    var configuration = TrainingConfiguration()
    configuration.model = system
    configuration.embeddingWidth = 4
    configuration.epochs = 2
    configuration.batchSize = 400
    configuration.threads = 1
    let options = try ModelRegistry.entry(named: system).options
    if options.contains(where: { $0.name == "rounds" }) {
      configuration.modelOptions = ["rounds": "2", "min-sparsity": "0"]
    }
    let log = SyntheticLog(preset: .tiny, seed: 1)
    let session = TrainingSession(configuration) { _ in
      try DatasetLoader(
        DatasetSchema(yaml: log.schemaYAML(), path: "schema.yaml"),
        from: .memory(["log.csv": Data(log.csv())]), threads: 1
      ).load()
    }
    defer { session.close() }
    description = try Self.waitForEnd(of: session)
    snapshot = try Self.waitForViews(description.subjects, of: session)
  }

  /// The description, once the run has ended.
  private static func waitForEnd(of session: TrainingSession) throws -> RunDescription {
    var description: RunDescription?
    for _ in 0..<60_000 {
      for event in session.drainEvents() {
        if case .prepared(let found) = event { description = found }
        if case .failed(let message) = event { throw Failure(message: message) }
        if case .finished = event { return try #require(description) }
      }
      Thread.sleep(forTimeInterval: 0.001)
    }
    throw Failure(message: "no end in a minute")
  }

  /// The first snapshot with views of all subjects.
  private static func waitForViews(
    _ subjects: Set<ModelView.Subject>, of session: TrainingSession
  ) throws -> Snapshot {
    var wanted = WantedViews()
    wanted.subjects = subjects
    session.show(wanted)
    for _ in 0..<60_000 {
      if let snapshot = session.takeSnapshot(),
        Set(snapshot.views.map(\.subject)) == subjects
      {
        return snapshot
      }
      Thread.sleep(forTimeInterval: 0.001)
    }
    throw Failure(message: "no views in a minute")
  }

  struct Failure: Error { let message: String }

  /// The explorer as it shows the run.
  var app: App {
    var app = App(settings: ExplorerSettings())
    var shown = Fixture.snapshot(description.tasks.map(\.name), step: 1_790, experts: 0)
    shown.views = snapshot.views.map(\.rounded)
    shown.trainingPhase = snapshot.trainingPhase
    shown.dials = snapshot.dials
    _ = app.update(.time(0))
    _ = app.update(.events([.prepared(description)]))
    _ = app.update(.snapshot(shown))
    return app
  }
}

extension ModelView {
  /// The numbers of the run with two digits each: their last ones depend on the machine.
  fileprivate var rounded: ModelView {
    var view = self
    switch content {
    case .matrix(var matrix):
      matrix.values = matrix.values.map(\.twoDigits)
      view.content = .matrix(matrix)
    case .history(var history):
      history.values = history.values.map(\.twoDigits)
      view.content = .history(history)
    case .bars(var bars):
      for place in bars.bars.indices {
        bars.bars[place].values = bars.bars[place].values.map(\.twoDigits)
        bars.bars[place].mark = bars.bars[place].mark.map(\.twoDigits)
      }
      view.content = .bars(bars)
    case .curves(var curves):
      for place in curves.curves.indices {
        curves.curves[place].y = curves.curves[place].y.map(\.twoDigits)
      }
      view.content = .curves(curves)
    case .table(var table):
      table.rows = table.rows.map { row in
        row.map { cell in
          cell.contains(".") ? Float(cell).map { "\($0.twoDigits)" } ?? cell : cell
        }
      }
      view.content = .table(table)
    case .scatter(var scatter):
      for place in scatter.points.indices {
        scatter.points[place].x = scatter.points[place].x.twoDigits
        scatter.points[place].y = scatter.points[place].y.twoDigits
      }
      view.content = .scatter(scatter)
    case .bitmap, .passages: break
    }
    return view
  }
}

extension Float {
  /// The number with two digits.
  fileprivate var twoDigits: Float {
    guard isFinite, self != 0 else { return self }
    let unit = pow(10, log10(Double(magnitude)).rounded(.down) - 1)
    return Float((Double(self) / unit).rounded() * unit)
  }
}
