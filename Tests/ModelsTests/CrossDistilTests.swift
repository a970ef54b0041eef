import Datasets
import Foundation
import Graph
import Models
import Runs
import Tensors
import Testing
import Training
import TrainingFixtures

/// What CrossDistil promises beside its golden numbers.
@Suite struct CrossDistilTests {
  static let bases = ["hard-sharing", "omoe", "mmoe", "ple", "cross-stitch", "stem-net"]

  /// The student of a base is the base itself, on the same parameters.
  @Test(arguments: bases) func aStudentIsItsBase(_ base: String) throws {
    let problem = TinyProblem(rows: 200, tasks: 3)
    let student = try problem.trainer("crossdistil", ["base": base])
    let plain = try problem.trainer(base)
    for (path, numbers) in plain.namedNumbers {
      #expect(student.namedNumbers[path] == numbers, "\(path)")
    }
    let batch = problem.batch(rows: 200)
    for task in problem.tasks {
      #expect(student.logits(task.name, batch) == plain.logits(task.name, batch))
    }
    let added = Set(student.namedNumbers.keys).subtracting(plain.namedNumbers.keys)
    #expect(added.allSatisfy { $0.hasPrefix("teachers.") || $0.hasPrefix("platt.") })
    // Two binary tasks; a regression has neither.
    #expect(added.count { $0.hasPrefix("platt.") } == 4)
    #expect(!added.contains { $0.contains("amount") })
    let towers = plain.namedNumbers.filter { $0.key.hasPrefix("towers.board") }
    for (path, numbers) in towers {
      let twin = path.replacing("towers", with: "teachers")
      #expect(student.namedNumbers[twin]?.count == numbers.count)
    }
  }

  /// Without soft labels a head learns what it learns without a teacher.
  @Test func noSoftLabelsLeaveTheBase() throws {
    let problem = TinyProblem(rows: 200, tasks: 3)
    let student = try problem.trainer("crossdistil", ["alpha": "0"])
    let plain = try problem.trainer("hard-sharing")
    let batch = problem.batch(rows: 200)
    let (found, expected) = (student.namedGradients(batch), plain.namedGradients(batch))
    for (path, gradient) in expected where path.hasPrefix("towers.") {
      let largest = gradient.map(abs).max() ?? 0
      let own = try #require(found[path])
      #expect(zip(own, gradient).allSatisfy { abs($0 - $1) <= 1e-5 * largest }, "\(path)")
    }
    for task in 0..<3 { #expect(abs(student.loss(of: task) - plain.loss(of: task)) < 1e-5) }
  }

  /// A task that is off has no losses, but its labels order the others' rows.
  @Test func labelsOfATaskThatIsOffStillOrder() throws {
    let problem = TinyProblem(rows: 200, tasks: 3)
    let trainer = try problem.trainer("crossdistil")
    let batch = problem.batch(rows: 200)
    trainer.isOn = [true, false, true]
    let gradients = trainer.namedGradients(batch)
    for (path, gradient) in gradients where path.contains("stripe") {
      #expect(gradient.allSatisfy { $0 == 0 }, "\(path)")
    }
    #expect(gradients["teachers.board.0.weight"]?.contains { $0 != 0 } == true)
  }

  /// Without calibration a teacher's logit is taken as it is, and there is no line to learn.
  @Test func aTeacherMayBeTakenAsItIs() throws {
    let problem = TinyProblem(rows: 64, tasks: 2)
    let trainer = try problem.trainer("crossdistil", ["calibrate": "false"])
    #expect(!trainer.namedNumbers.keys.contains { $0.hasPrefix("platt.") })
    let executor = trainer.forward(problem.batch(rows: 64))
    let (raw, odds) = (
      executor.output(.part("teachers", .logit("board"))),
      executor.output(.part("calibrated", .logit("board")))
    )
    for row in 0..<64 { #expect(raw?[row] != nil && raw?[row] == odds?[row]) }
    #expect(trainer.step(problem.batch(rows: 64), rate: 0.01))
  }

  @Test func choicesOfTheBaseReachIt() throws {
    let problem = TinyProblem(rows: 16, tasks: 2)
    let trainer = try problem.trainer(
      "crossdistil", ["base": "ple", "ple.own": "1", "ple.levels": "8/6", "ple.tower": "5"])
    #expect(trainer.namedNumbers["towers.board.0.weight"]?.count == 30)
    #expect(trainer.namedNumbers["teachers.board.0.weight"]?.count == 30)
    let options = try ModelRegistry.entry(named: "crossdistil").options
    #expect(options.first { $0.name == "mmoe.experts" }?.defaultValue == "8")
    #expect(options.first { $0.name == "hard-sharing.tower" }?.defaultValue == "16")
  }

  @Test func whereItCannotBeBuilt() throws {
    for (count, labels) in [(1, "one binary task: board")] {
      let error = #expect(throws: ModelError.self) {
        _ = try TinyProblem(rows: 8, tasks: count).trainer("crossdistil")
      }
      #expect(error?.description.contains(labels) == true)
    }
  }

  // MARK: - Turns

  @Test func turnsOfAStep() throws {
    func turns(_ options: [String: String]) throws -> [String] {
      try MadeModel("crossdistil", options, tasks: ["view", "buy"]).model.program.turns.map(\.name)
    }
    #expect(try turns([:]) == ["teacher", "calibration", "student"])
    #expect(try turns(["calibrate": "false"]) == ["teacher", "student"])
    #expect(try turns(["teacher": "static"]) == ["teacher", "calibration", "student"])
    #expect(try turns(["teacher": "joint"]) == [""])
  }

  private static let waysToTeach = ["alternating", "joint", "static"]

  @Test(arguments: waysToTeach, ["mmoe", "cross-stitch"]) func sameBitsOnAnyNumberOfThreads(
    _ teacher: String, _ base: String
  ) throws {
    func fingerprint(threads: Int) throws -> UInt64 {
      let problem = TinyProblem(tasks: 3)
      let trainer = try problem.trainer(
        "crossdistil", ["teacher": teacher, "base": base, "pairs": "100"], threads: threads)
      for step in 0..<12 {
        trainer.epoch = step / 6
        let rows = step % 5 == 4 ? 77 : 256
        #expect(trainer.step(problem.batch(from: step * 13, rows: rows), rate: 1e-2))
      }
      return trainer.store.fingerprint
    }
    let one = try fingerprint(threads: 1)
    #expect(try fingerprint(threads: 2) == one && fingerprint(threads: 3) == one)
  }

  /// What a step has moved, but for what an order does not see: a constant of a teacher.
  private func moved(_ trainer: Trainer, _ problem: TinyProblem) -> Set<String> {
    let before = trainer.namedNumbers
    #expect(trainer.step(problem.batch(rows: 256), rate: 0.01))
    return Self.seen(Set(trainer.namedNumbers.filter { $0.value != before[$0.key] }.keys))
  }

  private static func seen(_ paths: Set<String>) -> Set<String> {
    paths.filter { !($0.contains("teachers.") && $0.hasSuffix(".1.bias")) }
  }

  /// The teacher first, a network of its own; then the student alone.
  @Test func aStaticTeacherIsTrainedFirst() throws {
    let problem = TinyProblem(tasks: 3)
    let trainer = try problem.trainer("crossdistil", ["teacher": "static", "teacher-epochs": "2"])
    let all = Self.seen(Set(trainer.namedNumbers.keys))
    let teachers = all.filter { $0.hasPrefix("static.") && !$0.contains("amount") }
    #expect(teachers.count { $0.hasPrefix("static.platt.") } == 4)
    for epoch in 0..<2 {
      trainer.epoch = epoch
      #expect(moved(trainer, problem) == teachers)
      #expect(trainer.hasTrained == [false, false, false])
    }
    trainer.epoch = 2
    #expect(moved(trainer, problem) == all.filter { !$0.hasPrefix("static.") })
    #expect(trainer.hasTrained == [true, true, true])
  }

  /// A turn moves what it is for and nothing by the momentum of another.
  @Test func turnsMoveTheirOwn() throws {
    let problem = TinyProblem(tasks: 3)
    let trainer = try problem.trainer("crossdistil", ["teacher": "alternating"])
    let all = Self.seen(Set(trainer.namedNumbers.keys))
    #expect(moved(trainer, problem) == all)
    // Shared, teachers, calibrations and students count their own steps.
    // An owner without parameters in a group counts none.
    #expect(Set(trainer.optimizer.steps) == [0, 1, 2])
    trainer.isOn = [false, false, true]
    let others = moved(trainer, problem)
    #expect(others.contains("towers.amount.0.weight") && others.contains("bottom.0.weight"))
    #expect(!others.contains { $0.contains("board") || $0.contains("stripe") })
    // A look at gradients is one at the students' losses.
    trainer.isOn = [true, true, true]
    let gradients = trainer.namedGradients(problem.batch(rows: 64))
    #expect(gradients["towers.board.0.weight"]?.contains { $0 != 0 } == true)
  }

  /// What belongs to a task without a teacher is moved by the student's turn alone: its moments decay
  /// once a step, and its steps are those that were taken.
  ///
  /// Not so in PLE, whose shared gate of two levels reads every task's experts for the teachers, too.
  @Test(arguments: ["mmoe", "stem-net"]) func whatTeachersDoNotReachMovesOnce(
    base: String
  ) throws {
    let problem = TinyProblem(tasks: 3)
    let trainer = try problem.trainer("crossdistil", ["teacher": "alternating", "base": base])
    for _ in 0..<5 { #expect(trainer.step(problem.batch(rows: 64), rate: 0.01)) }
    let own = trainer.store.specifications.indices.filter { index in
      let parameter = trainer.store.specifications[index]
      return parameter.isLearned && parameter.owner.segment == 3 && parameter.group == 0
    }
    #expect(!own.isEmpty)
    for index in own {
      let segment = trainer.store.segment(of: Parameter(index: index))
      #expect(trainer.optimizer.steps[segment] == 5)
    }
    let shared = trainer.store.specifications.indices.first {
      trainer.store.specifications[$0].owner.segment == 0
        && trainer.store.specifications[$0].group == 0
        && trainer.store.specifications[$0].isLearned
    }
    #expect(
      shared.map { trainer.optimizer.steps[trainer.store.segment(of: Parameter(index: $0))] } == 10)
  }

  // MARK: - What it shows

  /// Five rows with both labels, and one outside the second task's sample space.
  private static let rows: [Watched: [Float]] = [
    .part("teachers", .logit("view")): [3, 1, 2, 0, -1, 5],
    .part("calibrated", .logit("view")): [2, 0.5, 0.4, -0.5, -3, 2],
    .logit("view"): [1, 2, 0, 0, 1, -1],
    .part("teachers", .logit("buy")): [0, 1, 2, 3, 3, 9],
    .part("calibrated", .logit("buy")): [1, -1, 0, -2, -2, 0],
    .logit("buy"): [0, 0, 0, 0, 0, 0],
  ]

  private func shown() throws -> Inspection {
    let made = try MadeModel("crossdistil", ["margin": "1"], tasks: ["view", "buy"])
    #expect(made.set("platt.view.scale", to: [2]) && made.set("platt.view.shift", to: [-1]))
    return made.show(
      rows: 6, Self.rows, labels: [1, 1, 1, 0, 0, 1, 0, 0, 0, 0, 1, 1],
      spaces: [1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0])
  }

  private static func table(_ name: String, _ shown: Inspection) -> ModelView.Table? {
    guard case .table(let table)? = shown.views.first(where: { $0.name == name })?.content else {
      return nil
    }
    return table
  }

  @Test func cellsAndTheirOrder() throws {
    let shown = try shown()
    let cells = try #require(Self.table("cells", shown))
    #expect(cells.columns == ["labels", "++", "+−", "−+", "−−", "rows"])
    #expect(cells.rows == [["view, buy", "1", "1", "1", "2", "5"]])
    let order = try #require(shown.matrix("order"))
    #expect(order.columns == ["++ > +−", "−+ > −−", "+− > −+"] && order.scale == .share)
    #expect(
      order.rows == [
        "view by buy, teacher", "view by buy, student", "buy by view, teacher",
        "buy by view, student",
      ])
    #expect(order.values == [1, 1, 0, 0, 0.25, 1, 0, 0, 1, 0.5, 0.5, 0.5])
  }

  @Test func teachersAndStudents() throws {
    let shown = try shown()
    let table = try #require(Self.table("teachers", shown))
    #expect(
      table.rows.map { Array($0[0..<5]) } == [
        ["view", "0.889", "0.611", "2.00", "-1.00"], ["buy", "0.167", "0.500", "1.00", "0.00"],
      ])
    #expect(table.rows.map(\.last) == ["0.50", "0.20"])
    #expect(shown.trace("corrected") == ["view": 0.5, "buy": 0.2])
    let auc = try #require(shown.trace("auc"))
    #expect(abs((auc["view teacher"] ?? 0) - 8 / 9) < 1e-6 && auc["buy student"] == 0.5)
  }

  /// Ten parts of six rows: one row a part, from the smallest answer on.
  @Test func calibrationIsDrawnBeforeAndAfter() throws {
    let curves = try #require(try shown().curves("calibration.view"))
    #expect(curves.curves.map(\.name) == ["before", "after", "diagonal"])
    func sigmoid(_ z: Double) -> Double { 1 / (1 + exp(-z)) }
    #expect(isClose(curves.curves[0].x, [-1, 0, 1, 2, 3, 5].map(sigmoid)))
    #expect(curves.curves[0].y == [0, 0, 1, 0, 1, 1])
    #expect(isClose(curves.curves[1].x, [-3, -0.5, 0.4, 0.5, 2, 2].map(sigmoid)))
    #expect(curves.curves[1].y == [0, 0, 0, 1, 1, 1] && curves.areShares)
    #expect(curves.curves[2].x == [0, 1] && curves.curves[2].y == [0, 1])
  }

  /// Nothing is corrected where that is turned off, and a base's own views follow.
  @Test func partsThatAreOff() throws {
    let made = try MadeModel(
      "crossdistil", ["correct": "false", "base": "ple", "ple.own": "1", "ple.levels": "4"],
      tasks: ["view", "buy"])
    let shown = made.show(rows: 6, Self.rows, labels: [1, 1, 1, 0, 0, 1, 0, 0, 0, 0, 1, 1])
    #expect(shown.trace("corrected") == ["view": 0, "buy": 0])
    #expect(shown.bars("gates.0") != nil && shown.trace("own_share.0") != nil)
    #expect(Self.table("cells", shown)?.rows == [["view, buy", "2", "1", "1", "2", "6"]])
  }
}
