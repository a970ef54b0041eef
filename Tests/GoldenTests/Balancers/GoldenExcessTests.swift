import TestSupport
import Testing

/// ExcessMTL over several steps.
@Suite struct GoldenExcess {
  @Test(arguments: try GoldenCase.of("balancers_sequence")) func sequence(
    _ golden: GoldenCase
  ) throws {
    let node = try golden.load()
    for name in try node["expect"].names where name.hasPrefix("excess_rate") {
      // `excess_rate1.0_warm2_quiet`; the weights sum to the tasks' number where the rate is small.
      let parts = name.split(separator: "_")
      let rate = parts[1].dropFirst("rate".count)
      let found = try EntrySequence(
        "excess",
        [
          "rate": "\(rate)", "warmup": "\(parts[2].dropFirst("warm".count))",
          "sum": rate == "1.0" ? "one" : "tasks",
        ], inputs: node["inputs"]["steps"].list, isQuiet: name.hasSuffix("quiet"))
      for (step, expected) in zip(found.steps, try node["expect"][name].list) {
        expectClose(step.sums.map(Float.init), try expected["excess"].tensor, name)
        expectClose(step.weights.shared.map(Float.init), try expected["weights"].tensor, name)
        expectClose(step.combined, try expected["combined"].tensor, name)
        #expect(step.weights.own == step.weights.shared)
      }
    }
  }
}
