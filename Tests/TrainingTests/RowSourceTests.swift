import Datasets
import Foundation
import Graph
import Models
import Objectives
import Runs
import Tensors
import Testing
import TrainingFixtures

@testable import Layers
@testable import Training

/// Rows that a source makes: which source is asked for what, and that nothing else has a part in them.
@Suite struct RowSourceTests {
  /// z_0 = a·d, z_1 = a·b: rows of V by the two fields and by what was drawn.
  struct Drawing: MultiTaskModel {
    struct Configuration: ModelConfiguration {
      /// Which source it has.
      var source = "drawn"
      static var options: [ModelOption<Self>] { [] }
    }

    static let vocabulary = 12
    let v: Parameter
    let source: String

    init(
      _ configuration: Configuration, input: InputSpecification, tasks: [TaskDefinition],
      builder: Builder
    ) {
      source = configuration.source
      v = builder.shared.table(
        "v", vocabulary: Self.vocabulary, width: 3, .normal(deviation: 0.7))
    }

    func callAsFunction(_ pass: Forward) -> [Variable] {
      func read(_ column: IdColumn) -> Variable {
        pass.graph.lookup([v], columns: [column], widths: [3])
      }
      let a = read(.field(0))
      if source == "unread", pass.isAnswering { return [a.dot(a), a.dot(read(.field(1)))] }
      return [a.dot(read(.drawn(0))), a.dot(read(.field(1)))]
    }

    func source(for purpose: RowPurpose, at site: SourceSite) -> (any RowSource)? {
      switch source {
      case "drawn", "unread": DrawingSource(purpose, site)
      case "twice": purpose == .answering ? DrawingSource(purpose, site) : TwiceSource(site)
      default: nil
      }
    }

    var subjects: Set<ModelView.Subject> { [.model] }

    func inspect(_ reading: ModelReading) -> Inspection {
      let drawn = reading.batch.drawn?[reading.batch.drawnCount * 2] ?? -1
      return Inspection(
        views: [
          ModelView(
            name: "drawn", title: "drawn", note: "",
            content: .bars(.init(bars: [.init(name: "third row", values: [Float(drawn)])])))
        ])
    }
  }

  /// Draws by step and row in training, by the row's own fields for answers; counts how often it was asked.
  final class DrawingSource: RowSource {
    let capacity: Int
    let drawnCount = 1
    let purpose: RowPurpose
    let random: RandomSource
    let drawn: Storage<Int32>
    private(set) var asked = 0

    init(_ purpose: RowPurpose, _ site: SourceSite) {
      self.purpose = purpose
      capacity = site.batchRows
      random = RandomSource(seed: site.seed, .negatives)
      drawn = Storage(count: capacity, filling: 0)
    }

    static func answered(_ a: Int32, _ b: Int32) -> Int32 { 1 + 2 * a + b }

    func rows(at step: Int, beside batch: Batch) -> Batch {
      asked += 1
      var rows = batch
      for row in 0..<batch.rows {
        let at = batch.index.map { Int($0[row]) } ?? row
        drawn.base[row] =
          purpose == .answering
          ? Self.answered(batch.ids?[2 * at] ?? 0, batch.ids?[2 * at + 1] ?? 0)
          : Int32(random.index(below: Drawing.vocabulary, UInt64(step), UInt64(row)))
      }
      (rows.drawn, rows.drawnCount) = (UnsafePointer(drawn.base), 1)
      return rows
    }

    func visit(_ archive: inout Archive) throws(ArchiveError) {
      try archive.number("asked", &asked)
    }
  }

  /// Rows of its own: each row of the batch twice, the second time with another item.
  final class TwiceSource: RowSource {
    let capacity: Int
    let drawnCount = 1
    private let drawn: Storage<Int32>
    private let index: Storage<Int32>

    init(_ site: SourceSite) {
      capacity = 2 * site.batchRows
      drawn = Storage(count: capacity, filling: 0)
      index = Storage(count: capacity, filling: 0)
    }

    func rows(at step: Int, beside batch: Batch) -> Batch {
      var rows = batch
      rows.rows = 2 * batch.rows
      for row in 0..<rows.rows {
        index.base[row] = batch.index.map { $0[row / 2] } ?? Int32(row / 2)
        drawn.base[row] = Int32(row % 2 + 5)
      }
      rows.index = UnsafePointer(index.base)
      (rows.drawn, rows.drawnCount) = (UnsafePointer(drawn.base), 1)
      return rows
    }
  }

  private let tiny = TinyProblem(rows: 600)

  private func trainer(_ source: String = "drawn", threads: Int = 1) -> Trainer {
    let builder = Builder()
    var configuration = Drawing.Configuration()
    configuration.source = source
    let model = Drawing(
      configuration, input: tiny.input, tasks: tiny.tasks, builder: builder)
    return Trainer(
      model, store: ParameterStore(builder.specifications, tasks: 2, seed: 3), tasks: tiny.tasks,
      batchSize: 96, optimizer: OptimizerConfiguration(), seed: 9, dataset: tiny.dataset(),
      pool: WorkerPool(threads: threads))
  }

  private func step(_ trainer: Trainer, _ number: Int) {
    let hasMoved = trainer.step(tiny.batch(from: number * 29 % 500, rows: 96), rate: 0.02)
    #expect(hasMoved, "step \(number)")
  }

  // MARK: - Steps

  /// The rows of a step are what somebody would draw who knows the seed, the step and the rows.
  @Test func aStepTakesWhatWasDrawnForIt() {
    let (drawing, given) = (trainer(), trainer("none"))
    let random = RandomSource(seed: 9, .negatives)
    let drawn = Storage<Int32>(count: 96, filling: 0)
    for number in 0..<12 {
      step(drawing, number)
      for row in 0..<96 {
        drawn.base[row] = Int32(random.index(below: 12, UInt64(number), UInt64(row)))
      }
      var batch = tiny.batch(from: number * 29 % 500, rows: 96)
      (batch.drawn, batch.drawnCount) = (UnsafePointer(drawn.base), 1)
      let hasMoved = given.step(batch, rate: 0.02)
      #expect(hasMoved)
    }
    #expect(drawing.store.fingerprint == given.store.fingerprint)
  }

  @Test func threadsChangeNothing() {
    let (single, several) = (trainer(), trainer(threads: 3))
    for number in 0..<20 {
      step(single, number)
      step(several, number)
    }
    #expect(single.store.fingerprint == several.store.fingerprint)
  }

  /// A source may have more rows than the batch: losses are means over its own.
  @Test func aSourceMayHaveMoreRows() {
    let trainer = trainer("twice", threads: 2)
    for number in 0..<5 { step(trainer, number) }
    #expect(trainer.sums.map(\.rows) == [192, 192])
    // Every row twice, so the second task's mean is that of the batch.
    let plain = self.trainer("drawn")
    for (path, numbers) in trainer.namedNumbers { plain.set(path, to: numbers) }
    let batch = tiny.batch(from: 3, rows: 50)
    trainer.gradients(batch)
    plain.gradients(batch)
    #expect(trainer.sums[1].rows == 100 && plain.sums[1].rows == 50)
    #expect(abs(trainer.loss(of: 1) - plain.loss(of: 1)) <= 1e-6)
  }

  /// A run that goes on, and a fork beside its run, take the same rows.
  @Test func rowsGoOn() throws {
    let main = trainer(threads: 2)
    for number in 0..<10 { step(main, number) }
    let fork = try main.fork().0
    let other = trainer()
    var saving = Archive.saving()
    try saving.part("trainer", main.visit)
    var loading = Archive.loading(saving.entries)
    try loading.part("trainer", other.visit)
    try loading.finish()
    for number in 10..<60 { for run in [main, fork, other] { step(run, number) } }
    #expect(fork.store.fingerprint == main.store.fingerprint)
    #expect(other.store.fingerprint == main.store.fingerprint)
    let asked = [main, fork, other].map { ($0.sources.turns[0] as? DrawingSource)?.asked }
    #expect(asked == [60, 60, 60])
  }

  /// A look at gradients leaves the next step as it was, though it asks for rows, too.
  @Test func aLookChangesNoStep() {
    let (watched, plain) = (trainer(), trainer())
    for number in 0..<6 {
      watched.look(at: 0, tiny.batch(from: 7, rows: 40)) { _ in }
      step(watched, number)
      step(plain, number)
    }
    #expect(watched.store.fingerprint == plain.store.fingerprint)
  }

  // MARK: - Answers

  /// z_0 of rows by the formula, with what belongs to a row that is answered.
  private func expected(_ trainer: Trainer, first: Int, rows: Int) -> [Float] {
    let v = trainer.namedNumbers["v"] ?? []
    return (first..<(first + rows)).map { row in
      let (a, b) = (tiny.examples.ids[2 * row], tiny.examples.ids[2 * row + 1])
      let d = Int(DrawingSource.answered(a, b))
      return (0..<3).reduce(0) { $0 + v[3 * Int(a) + $1] * v[3 * d + $1] }
    }
  }

  private func expectClose(_ found: [Float], _ expected: [Float], _ what: String) {
    #expect(found.count == expected.count, "\(what)")
    for (a, b) in zip(found, expected) { #expect(abs(a - b) <= 1e-6, "\(what)") }
  }

  @Test func answersHaveRowsOfTheirOwn() throws {
    let trainer = trainer()
    for number in 0..<5 { step(trainer, number) }
    let all = expected(trainer, first: 0, rows: 600)
    expectClose(trainer.outputs(for: tiny.examples)[0], all, "outputs")
    let frozen = FrozenModel(trainer)
    let executor = frozen.forward(tiny.batch(from: 4, rows: 30))
    let logits = try #require(executor.output(.logit("board")))
    expectClose(
      Array(UnsafeBufferPointer(start: logits, count: 30)), Array(all[4..<34]), "a frozen model")
    let label = Double(tiny.examples.labels[2 * 11])
    let z = Double(all[11])
    let loss = log1p(exp(-abs(z))) + max(z, 0) - label * z
    #expect(abs(trainer.losses(ofRow: tiny.batch(from: 11, rows: 1))[0] - loss) <= 1e-6)
    #expect(abs(frozen.losses(ofRow: tiny.batch(from: 11, rows: 1))[0] - loss) <= 1e-6)
  }

  /// Of a model whose answers read nothing that is drawn, nothing is drawn for them.
  @Test func nothingIsDrawnThatIsNotRead() {
    let trainer = trainer("unread")
    let source = trainer.sources.answering as? DrawingSource
    #expect(trainer.outputs(for: tiny.examples)[0].count == 600)
    _ = FrozenModel(trainer).forward(tiny.batch(rows: 30))
    #expect(source?.asked == 0)
    #expect(trainer.losses(ofRow: tiny.batch(from: 11, rows: 1)).count == 2)
    #expect(source?.asked == 1)
  }

  /// What a model shows of itself it reads beside the rows that were answered.
  @Test func aModelSeesWhatWasDrawn() {
    let trainer = trainer()
    let views = trainer.inspect(tiny.batch(from: 8, rows: 20), schema: tiny.input.schema).views
    let (a, b) = (tiny.examples.ids[20], tiny.examples.ids[21])
    #expect(
      views.first?.content
        == .bars(
          .init(
            bars: [
              .init(name: "third row", values: [Float(DrawingSource.answered(a, b))])
            ])))
  }
}
