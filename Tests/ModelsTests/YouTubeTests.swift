import Graph
import Layers
import Runs
import Tensors
import Testing
import Training
import TrainingFixtures

@testable import Models

/// What must hold of the YouTube model beside what holds of every model.
@Suite struct YouTubeTests {
  /// `row` is taken for the position and `column` for the device.
  private static let places = ["position": "row", "device": "column", "gate-dropout": "0.2"]

  @Test func answersDoNotDependOnThePosition() throws {
    let problem = TinyProblem(rows: 200, tasks: 3)
    let trainer = try problem.trainer("youtube", Self.places)
    for _ in 0..<20 { #expect(trainer.step(problem.batch(rows: 200), rate: 1e-2)) }
    let batch = problem.batch(rows: 200)
    let before = problem.tasks.map { trainer.logits($0.name, batch) }
    let table = try #require(trainer.namedNumbers["shallow.board.weight"])
    #expect(table.contains { abs($0) > 0.05 })
    // Every row in another place, on the same device.
    for row in 0..<200 {
      problem.examples.ids[2 * row] = (problem.examples.ids[2 * row] + Int32(row)) % 4
    }
    #expect(problem.tasks.map { trainer.logits($0.name, batch) } == before)
    // The loss does.
    #expect(trainer.gradients(batch))
    let moved = trainer.loss(of: 0)
    for row in 0..<200 { problem.examples.ids[2 * row] = 1 }
    #expect(trainer.gradients(batch))
    #expect(trainer.loss(of: 0) != moved)
  }

  /// The main network does not read the position and the device.
  @Test func positionAndDeviceLeaveTheMainNetwork() throws {
    let problem = TinyProblem(rows: 10, tasks: 3)
    let trainer = try problem.trainer("youtube", Self.places)
    let paths = Set(trainer.namedNumbers.keys)
    #expect(!paths.contains { $0.hasPrefix("embeddings.") })
    #expect(trainer.namedNumbers["bottom.0.weight"]?.count == 64)
    let plain = try problem.trainer("youtube")
    #expect(plain.namedNumbers["bottom.0.weight"]?.count == 64 * problem.input.width)
    #expect(!plain.namedNumbers.keys.contains { $0.hasPrefix("shallow.") })
    #expect(plain.subjects.isEmpty && trainer.subjects == [.model])
    #expect(!plain.dials.contains { $0.name == "position-dropout" })
  }

  @Test func onlyEngagementHasABias() throws {
    let problem = TinyProblem(rows: 10, tasks: 3)
    func biased(_ engagement: String?) throws -> Set<String> {
      let option = engagement.map { ["engagement": $0] } ?? [:]
      let trainer = try problem.trainer(
        "youtube", Self.places.merging(option) { $1 })
      let tables = trainer.namedNumbers.keys.filter { $0.hasPrefix("shallow.") }
      return Set(tables.map { String($0.split(separator: ".")[1]) })
    }
    #expect(try biased("stripe") == ["stripe"])
    #expect(try biased("board,amount") == ["board", "amount"])
    #expect(try biased(nil) == ["board", "stripe", "amount"])
    let choice = YouTube.Configuration()
    let satisfied = ["like", "is_like", "share", "rating", "Dismissed", "follow"]
    #expect(!satisfied.contains { choice.isEngagement($0) })
    #expect(["click", "watch_time", "purchase", "long_view"].allSatisfy(choice.isEngagement))
  }

  /// Without a shallow tower and dropout, with experts and gates on the input, it is MMoE.
  @Test func withoutItsOwnPartsItIsMMoE() throws {
    let problem = TinyProblem(tasks: 3)
    let youtube = try problem.trainer(
      "youtube",
      ["expert-input": "input", "gate-input": "input", "expert": "64,32", "gate-dropout": "0"])
    let mmoe = try problem.trainer("mmoe")
    #expect(youtube.namedNumbers.mapValues(\.count) == mmoe.namedNumbers.mapValues(\.count))
    for step in 0..<30 {
      let batch = problem.batch(from: step * 11, rows: 256)
      #expect(youtube.step(batch, rate: 1e-2) && mmoe.step(batch, rate: 1e-2))
      for task in 0..<3 { #expect(youtube.loss(of: task) == mmoe.loss(of: task)) }
    }
  }

  /// Rows that train without their position take the missing one's place: a tenth, by default.
  @Test func aTenthTrainsWithoutItsPosition() throws {
    let problem = TinyProblem(tasks: 1)
    for row in 0..<1_024 {
      problem.examples.ids[2 * row] = 1
      problem.examples.ids[2 * row + 1] = 0
    }
    let trainer = try problem.trainer("youtube", Self.places, batchSize: 1_024)
    // With all probabilities alike and all labels 1 the gradient counts rows.
    for row in 0..<1_024 { problem.examples.labels[row] = 1 }
    for (path, numbers) in trainer.namedNumbers {
      trainer.set(path, to: numbers.map { _ in 0 })
    }
    let gradient = try #require(
      trainer.namedGradients(problem.batch(rows: 1_024))["shallow.board.weight"])
    #expect(gradient.count == 16)
    let (missing, first) = (gradient[0], gradient[4])
    #expect(abs(missing + first + 0.5) <= 1e-5)
    #expect(abs(missing / (missing + first) - 0.1) <= 0.03)
    #expect(gradient.enumerated().allSatisfy { $0.element == 0 || [0, 4].contains($0.offset) })
    #expect(trainer.turn("position-dropout", to: 0))
    let plain = trainer.namedGradients(problem.batch(rows: 1_024))["shallow.board.weight"]
    #expect(plain?[0] == 0)
  }

  @Test(arguments: ["table", "layers"]) func sameBitsOnAnyNumberOfThreads(
    _ shallow: String
  ) throws {
    func fingerprint(threads: Int) throws -> UInt64 {
      let problem = TinyProblem(tasks: 3)
      let trainer = try problem.trainer(
        "youtube", Self.places.merging(["shallow": shallow]) { $1 }, threads: threads)
      for step in 0..<30 {
        let rows = step % 5 == 4 ? 77 : 256
        #expect(trainer.step(problem.batch(from: step * 13, rows: rows), rate: 1e-2))
      }
      return trainer.store.fingerprint
    }
    let one = try fingerprint(threads: 1)
    for threads in [2, 4] { #expect(try fingerprint(threads: threads) == one) }
  }

  // MARK: - What it shows

  /// Lines by device, the learned ones those of the tower.
  @Test(arguments: ["table", "layers"]) func biasCurves(_ shallow: String) throws {
    let problem = TinyProblem(rows: 300, tasks: 2)
    let trainer = try problem.trainer(
      "youtube", Self.places.merging(["shallow": shallow]) { $1 })
    for _ in 0..<40 { #expect(trainer.step(problem.batch(rows: 256), rate: 1e-2)) }
    let batch = problem.batch(rows: 300)
    let views = trainer.inspect(batch, schema: problem.input.schema).views
    #expect(views.map(\.name) == ["position_bias.board", "position_bias.stripe"])
    guard case .curves(let shown)? = views.last?.content else {
      Issue.record("no curves")
      return
    }
    #expect(shown.curves.map(\.name) == (1...3).flatMap { ["\($0) learned", "\($0) observed"] })
    #expect(shown.curves.allSatisfy { $0.x == [1, 2, 3] && abs($0.y.reduce(0, +)) <= 1e-4 })
    // The stripe is 1 in rows 0 and 1: the first place is well above the others.
    #expect(shown.curves.allSatisfy { $0.y[0] > $0.y[1] + 0.5 && $0.y[0] > $0.y[2] + 0.5 })
  }

  // MARK: - Data that do not fit

  @Test func dataWithoutAPosition() throws {
    let problem = TinyProblem(rows: 1)
    func message(_ options: [String: String]) -> String? {
      let error = #expect(throws: ModelError.self) {
        _ = try problem.trainer("youtube", options)
      }
      return error?.description
    }
    #expect(
      message(["position": "auto"]) == """
        --model youtube: the data do not fit, it needs a column that says in which place of a \
        list a row was shown.
          found: no categorical column named position, slot or rank among row, column
          fix:   name it with --set model.position=COLUMN, or do without with \
        --set model.position=none
        """)
    #expect(
      message(["position": "place"]) == """
        --set model.position: youtube cannot use this value.
          found: place
          fix:   give auto, none or a categorical column of the data: row, column
        """)
    #expect(
      message(["engagement": "board,click"]) == """
        --set model.engagement: youtube cannot use this value.
          found: click
          fix:   give auto or tasks of the data: board, stripe
        """)
    #expect(message(["shallow": "deep"])?.contains("fix:   give table or layers") == true)
    #expect(message(["position-dropout": "1"])?.contains("a number from 0 to 0.9") == true)
  }
}
