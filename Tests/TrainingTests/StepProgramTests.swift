import Datasets
import Graph
import Layers
import Models
import Objectives
import Runs
import Tensors
import Testing
import TrainingFixtures

@testable import Training

/// Turns of a step: whose losses, whose parameters, which rows, in which order.
@Suite struct StepProgramTests {
  /// A teacher and a student with tables, layers and towers of their own; the student's towers also
  /// learn what they and the teacher say together.
  struct TwoNetworks: MultiTaskModel {
    struct Configuration: ModelConfiguration {
      /// How the step goes.
      var program = StepProgram([
        Turn("teacher", losses: .terms, moves: [1]), Turn("student", moves: [0]),
      ])
      /// Whether the student listens.
      var distils = true

      static var options: [ModelOption<Self>] { [] }
    }

    let configuration: Configuration
    let tables: [Embeddings]
    let towers: [[Tower]]

    init(
      _ configuration: Configuration, input: InputSpecification, tasks: [TaskDefinition],
      builder: Builder
    ) {
      self.configuration = configuration
      let names = ["student", "teacher"]
      let tables = names.indices.map {
        Embeddings(input, in: builder.shared.group($0) / names[$0] / "embeddings")
      }
      self.tables = tables
      towers = names.indices.map { group in
        tasks.indices.map {
          Tower(
            input.width, [8], in: builder.task($0).group(group) / names[group] / tasks[$0].name)
        }
      }
    }

    func callAsFunction(_ pass: Forward) -> [Variable] {
      let (own, taught) = (tables[0](pass), tables[1](pass))
      let answers = towers[0].map { $0(own) }
      for task in answers.indices {
        let teacher = towers[1][task](taught)
        pass.minimise("teacher.\(task)", of: task, in: 0) {
          teacher.loss(task: task, .crossEntropy, place: $0)
        }
        guard configuration.distils else { continue }
        pass.minimise("distilled.\(task)", of: task, in: 1) {
          (answers[task] + teacher.detached()).loss(task: task, .crossEntropy, place: $0)
        }
      }
      return answers
    }

    var program: StepProgram { configuration.program }
  }

  private func trainer(
    _ configuration: TwoNetworks.Configuration = .init(), tasks: Int = 2
  ) -> (trainer: Trainer, problem: TinyProblem) {
    let problem = TinyProblem(tasks: tasks)
    let builder = Builder()
    let model = TwoNetworks(
      configuration, input: problem.input, tasks: problem.tasks, builder: builder)
    let store = ParameterStore(builder.specifications, tasks: tasks, seed: 1)
    return (
      Trainer(
        model, store: store, tasks: problem.tasks, batchSize: 256,
        optimizer: OptimizerConfiguration(), pool: WorkerPool(threads: 2)), problem
    )
  }

  private func step(_ trainer: Trainer, _ problem: TinyProblem, _ count: Int, rows: Int = 64) {
    for index in 0..<count {
      #expect(trainer.step(problem.batch(from: index * 32, rows: rows), rate: 0.01))
    }
  }

  private func numbers(_ trainer: Trainer, of network: String) -> [String: [Float]] {
    trainer.namedNumbers.filter { $0.key.hasPrefix(network) }
  }

  // MARK: - Teacher, then student

  /// Each turn moves its own group, whose owners count one step a step.
  @Test func everyTurnMovesItsOwn() {
    let (trainer, problem) = trainer()
    #expect(trainer.store.segments.count == 6)
    step(trainer, problem, 3)
    #expect(trainer.optimizer.steps == [3, 3, 3, 3, 3, 3])
    trainer.isOn = [true, false]
    step(trainer, problem, 2)
    #expect(trainer.optimizer.steps == [5, 5, 3, 5, 5, 3])
    #expect(trainer.hasTrained == [true, false])
  }

  /// The student learns from the teacher, and the teacher nothing from the student.
  @Test func noGradientFlowsBackToTheTeacher() {
    let (listening, problem) = trainer()
    let (deaf, _) = trainer(.init(distils: false))
    for trainer in [listening, deaf] { step(trainer, problem, 8) }
    let start = numbers(self.trainer().trainer, of: "teacher")
    #expect(numbers(listening, of: "teacher") == numbers(deaf, of: "teacher"))
    #expect(numbers(listening, of: "teacher") != start)
    #expect(numbers(listening, of: "student") != numbers(deaf, of: "student"))
  }

  /// The teacher alone, in a program without the student's turn, comes to the same.
  @Test func theTeacherIsTrainedAsIfAlone() {
    let (both, problem) = trainer()
    var configuration = TwoNetworks.Configuration()
    configuration.program.turns.removeLast()
    let (alone, _) = trainer(configuration)
    let student = numbers(alone, of: "student")
    for trainer in [both, alone] { step(trainer, problem, 6) }
    #expect(numbers(alone, of: "teacher") == numbers(both, of: "teacher"))
    #expect(numbers(alone, of: "student") == student)
    #expect(alone.hasTrained == [false, false])
  }

  /// A turn whose losses reach a group that it does not move leaves it where it is.
  @Test func aGroupThatNoTurnMovesStandsStill() {
    var configuration = TwoNetworks.Configuration()
    configuration.program.turns = [Turn("student", moves: [1])]
    let (trainer, problem) = trainer(configuration)
    let student = numbers(trainer, of: "student")
    step(trainer, problem, 3)
    #expect(numbers(trainer, of: "student") == student)
    #expect(trainer.optimizer.steps == [0, 0, 0, 3, 3, 3])
  }

  // MARK: - Several to one, parts of the rows, tasks in turns

  @Test func severalStepsOfOneTurnToOneOfAnother() {
    var configuration = TwoNetworks.Configuration()
    configuration.program.turns[1].every = 3
    let (trainer, problem) = trainer(configuration)
    step(trainer, problem, 2)
    #expect(trainer.optimizer.steps == [0, 0, 0, 2, 2, 2])
    #expect(trainer.hasTrained == [false, false])
    step(trainer, problem, 6)
    #expect(trainer.optimizer.steps == [2, 2, 2, 8, 8, 8])
  }

  /// A teacher that has the first of three parts of a batch moves as on a batch of these rows.
  @Test(arguments: [nil, 5]) func aPartOfTheRows(shuffled: Int?) {
    var configuration = TwoNetworks.Configuration()
    configuration.program.turns[0].rows = .part(1, of: 3)
    let (part, problem) = trainer(configuration)
    let (whole, _) = trainer()
    // 100 rows: 33, 33 and 34.
    let order = Storage((0..<100).map { Int32(($0 * (shuffled ?? 1) + 7) % 200) })
    func batch(from first: Int, rows: Int) -> Batch {
      guard shuffled != nil else { return problem.batch(from: first, rows: rows) }
      var batch = problem.batch(rows: rows)
      batch.index = UnsafePointer(order.base + first)
      return batch
    }
    #expect(part.step(batch(from: 0, rows: 100), rate: 0.01))
    #expect(whole.step(batch(from: 33, rows: 33), rate: 0.01))
    #expect(numbers(part, of: "teacher") == numbers(whole, of: "teacher"))
    #expect(numbers(part, of: "student") != numbers(whole, of: "student"))
  }

  /// Batch by batch, a turn that is due in every second step is met by every task.
  @Test(arguments: [1, 2, 3]) func batchesAreSharedByTurnsThatAreDue(every: Int) {
    var configuration = TwoNetworks.Configuration()
    configuration.program.turns[1].every = every
    configuration.program.alternation = .batches
    let (trainer, problem) = trainer(configuration)
    step(trainer, problem, 6 * every)
    #expect(trainer.optimizer.steps == [6, 3, 3, 6 * every, 3 * every, 3 * every])
  }

  /// With tasks in turns each of the step's turns is taken by one task after another.
  @Test func tasksShareEveryTurn() {
    var configuration = TwoNetworks.Configuration()
    configuration.program.alternation = .turns
    let (trainer, problem) = trainer(configuration)
    step(trainer, problem, 2)
    // What is shared moves in the turns of both tasks.
    #expect(trainer.optimizer.steps == [4, 2, 2, 4, 2, 2])
  }
}
