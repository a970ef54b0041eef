import Datasets
import Layers
import Models
import Runs
import Testing

/// Data that MTER cannot be built for are refused by name.
@Suite struct MTERRefusalTests {
  private func refusal(
    tasks: [LabelKind], interactions: Bool = true, opinions: Bool = true
  ) throws -> String {
    let entry = try ModelRegistry.entry(named: "mter")
    guard case .trained(let make) = entry.kind else { return "not trained" }
    var schema = FeatureSchema(
      fields: ["user", "item"].map { CategoricalField(name: $0, vocabulary: 4) }, dense: [])
    if interactions { schema.interactions = InteractionFields(user: 0, item: 1) }
    if opinions { schema.opinions = OpinionWords(features: ["sound"], opinions: ["clear"]) }
    let definitions = tasks.enumerated().map {
      TaskDefinition(name: "t\($0.offset)", kind: $0.element)
    }
    do throws(ModelError) {
      _ = try make([:], InputSpecification(schema), definitions, Builder())
      return ""
    } catch {
      return error.description
    }
  }

  @Test func aRatingAndTuplesAreEnough() throws {
    let (two, three) = (
      try refusal(tasks: [.regression, .tuples]),
      try refusal(tasks: [.tuples, .ranking, .regression])
    )
    #expect(two == "" && three == "")
  }

  @Test(
    arguments: [
      [.regression], [.tuples], [.regression, .regression, .tuples],
      [.regression, .tuples, .tuples], [.regression, .ranking, .ranking, .tuples],
    ] as [[LabelKind]]) func otherTasksAreRefused(_ tasks: [LabelKind]) throws
  {
    let found = try refusal(tasks: tasks)
    #expect(found.contains("--model mter: the data do not fit, it needs a regression"))
    #expect(found.contains("found: t0 (\(tasks[0].rawValue))"))
  }

  @Test func itNeedsUserItemAndOpinions() throws {
    let tasks: [LabelKind] = [.regression, .tuples]
    let (nobody, silent) = (
      try refusal(tasks: tasks, interactions: false), try refusal(tasks: tasks, opinions: false)
    )
    #expect(nobody.contains("which inputs are the user and the item"))
    #expect(silent.contains("what users say of features, as tuples"))
    #expect(silent.contains("opinions: {file: opinions.tsv"))
  }
}
