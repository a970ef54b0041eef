import TestSupport
import Testing

@testable import Objectives

/// GradDrop on given uniform numbers, with and without leak.
@Suite struct GoldenGradDrop {
  @Test(arguments: try GoldenCase.of("balancers_graddrop")) func entries(
    _ golden: GoldenCase
  ) throws {
    let node = try golden.load()
    let problem = try BalancerCase(node["inputs"])
    let uniform = try node["inputs"]["uniform"].numbers
    let gradients = EntryRows(problem.gradients)
    let entries = GradientEntries(
      count: uniform.count, first: 0, gradients: gradients.pointers(from: 0))
    for name in try node["expect"].names {
      var rule = GradDrop()
      rule.leak = try node["config"]["leak"][name].numbers
      let found = uniform.indices.map {
        rule.combine(entries, $0, problem.step, uniform: uniform[$0])
      }
      expectClose(found, try node["expect"][name]["combined"].tensor, name)
      let purity = uniform.indices.map {
        GradDrop.purity(entries, $0, count: problem.step.count)
      }
      expectClose(purity, try node["expect"][name]["purity"].tensor, "\(name) purity")
    }
  }
}
