import Layers
import Testing
import TrainingFixtures

@testable import Graph
@testable import Models

/// What decoders of sentences drop while they train.
@Suite struct TextDropoutTests {
  /// How often a model drops units in a trace, under a share.
  private func count(_ model: String, share: Double, isTraining: Bool) throws -> Int {
    guard case .trained(let make) = try ModelRegistry.entry(named: model).kind else { return -1 }
    let problem = ReviewProblem()
    let builder = Builder()
    builder.dropout = share
    let network = try make([:], problem.input, problem.tasks, builder)
    let graph = Graph()
    _ = network(Forward(graph, isTraining: isTraining, tasks: problem.tasks.count))
    return graph.nodes.count { $0.operation.name == "dropout" }
  }

  /// The words that are read and the states that speak; of NRT the hidden layer of the rating besides, of
  /// Why the same again for the sentences of the policy.
  @Test(arguments: [("caml", 2), ("nrt", 3), ("why", 4)])
  func `words and states are dropped in training alone`(_ model: String, _ expected: Int) throws {
    #expect(try count(model, share: 0.3, isTraining: true) == expected)
    #expect(try count(model, share: 0.3, isTraining: false) == 0)
    #expect(try count(model, share: 0, isTraining: true) == 0)
  }
}
