import Datasets
import Models
import Runs
import Tensors
import Testing

/// Which tasks of a data set a model answers.
@Suite struct AnsweredKindsTests {
  private static func tasks(_ kinds: LabelKind...) -> [TaskDefinition] {
    kinds.map { TaskDefinition(name: "its-\($0.rawValue)", kind: $0) }
  }

  /// A data set of one row, whose label of task k is k.
  private static func dataset(_ tasks: [TaskDefinition]) -> Dataset {
    let rows = Examples(
      count: 1, ids: Storage([]), dense: Storage([]), labels: Storage(tasks.indices.map(Float.init))
    )
    return Dataset(
      name: "made", features: FeatureSchema(fields: [], dense: []), tasks: tasks, training: rows,
      validation: rows, test: rows)
  }

  @Test func othersAreLeftOutAloud() throws {
    let all = Self.dataset(Self.tasks(.ranking, .binary, .text, .regression))
    let own = try ModelRegistry.entry(named: "mmoe").answered(all)
    #expect(own.tasks.map(\.kind) == [.binary, .regression])
    #expect(own.test.labels.array == [1, 3])
    #expect(
      own.notices == [
        "its-ranking is left out: mmoe has no answer that is a ranking",
        "its-text is left out: mmoe has no answer that is a text",
      ])
    let ranking = try ModelRegistry.entry(named: "bpr-mf").answered(all)
    #expect(ranking.tasks.map(\.kind) == [.ranking] && ranking.test.labels.array == [0])
  }

  @Test func nothingIsLeftOutOfWhatItAnswers() throws {
    let all = Self.dataset(Self.tasks(.binary, .regression))
    let own = try ModelRegistry.entry(named: "linear").answered(all)
    #expect(own.training === all.training && own.notices.isEmpty)
  }

  @Test func aModelWithoutATaskSaysWhatItNeeds() throws {
    let all = Self.dataset(Self.tasks(.tuples))
    let entry = try ModelRegistry.entry(named: "linear")
    let error = #expect(throws: ModelError.self) { try entry.answered(all) }
    #expect(
      error.map { "\($0)" } == """
        --model linear: the data do not fit, it needs tasks of `kind: binary`, `kind: regression`.
          found: task 'its-tuples' of `kind: tuples`
          fix:   take a model of such tasks, or add one of these kinds to the schema
        """)
  }
}
